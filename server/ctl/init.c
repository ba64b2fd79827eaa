/* davyd init: a folder with davyd.conf, gateway.key and gateway.card. Nothing that is there is
 * overwritten. */
#include "server/ctl/commands.h"

#include "crypto/b64.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/text.h"
#include "server/base/conf.h"
#include "server/ctl/succeed.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct init {
	struct card_gateway card;
	const char *listen[CONF_LISTEN_MAX];
	size_t listen_cnt;
	unsigned long threshold;
	int (*succeed)(const char *dir); /* only this, in a folder that is there */
	bool installed;                  /* init into CONF_HOME: the store lies in CONF_STATE */
};

/* A member card, or the key itself in base64. */
static int
root_add(struct init *in, const char *text)
{
	struct roster_roots *roots = &in->card.roots;
	if (roots->cnt == ROSTER_ROOT_MAX)
		return ERR_FULL;
	uint8_t *to = roots->key[roots->cnt], *bytes;
	size_t len;
	if (text_unbase64(to, KEY_SIGN_PUBLIC_LEN, text, strlen(text))) {
		struct card_member *card = calloc(1, sizeof(*card));
		int err = conf_file(&bytes, &len, text, CARD_MAX);
		if (!err && card)
			err = card_member_parse(card, bytes, len);
		if (!err && card)
			memcpy(to, card->sign, KEY_SIGN_PUBLIC_LEN);
		free(bytes);
		free(card);
		if (err || !card)
			return err ? err : ERR_MEM;
	}
	for (size_t i = 0; i < roots->cnt; i++)
		if (!memcmp(roots->key[i], to, KEY_SIGN_PUBLIC_LEN))
			return ERR_DUP;
	roots->cnt++;
	return 0;
}

static int
write_new(const char *path, mode_t mode, const char *text)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fsync(fd)) {
		fprintf(stderr, "davyd: cannot write %s: %s\n", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	return close(fd) ? ERR_IO : 0;
}

static int
print_conf(char *dst, size_t cap, const struct init *in)
{
	struct bufw w;
	bufw_init(&w, (uint8_t *)dst, cap);
	bufw_text(&w, "# davyd.conf(5). Names without a leading slash start from this folder.\n"
		      "listen = {");
	for (size_t i = 0; i < in->listen_cnt; i++)
		bufw_printf(&w, "%s\"%s\"", i ? ", " : "", in->listen[i]);
	bufw_text(
		&w,
		"}\n"
		"# plain HTTP for other than loopback and Unix sockets, where a proxy of yours ends TLS\n"
		"behind_proxy = false\n"
		"# tls_cert = \"cert.pem\"\n"
		"# tls_key = \"key.pem\"\n"
		"\n"
		"page = \"page.html\"   # and page.html.br, page.html.gz beside it\n");
	bufw_text(&w, in->installed ? "store = \"" CONF_STATE "/store\"\n"
				      "empty = \"" CONF_STATE "/empty\"\n"
				      "control = \"" CONF_RUN "/control.sock\"\n"
				    : "store = \"store\"\n");
	bufw_text(&w, "store_mib = 10240\n"
		      "\n"
		      "# exchanges a second over everybody before puzzles begin; 0: never\n"
		      "rate = 2000\n");
	bufw_u8(&w, 0);
	return bufw_end(&w);
}

/* The key first: a card that is there has a whole key. */
int
init_pair(struct card_gateway *card, const char *key_path, const char *card_path)
{
	char key_text[256], card_text[CARD_MAX];
	struct key_sign key;
	struct bufw w;
	key_sign_new(&key);
	key_sign_public(card->key, &key);
	bufw_init(&w, (uint8_t *)card_text, sizeof(card_text));
	int err = card_gateway_print(&w, card);
	bufw_u8(&w, 0);
	if (!err)
		err = bufw_end(&w);
	if (!err)
		err = conf_key_print(key_text, sizeof(key_text), card->id, &key);
	if (!err)
		err = write_new(key_path, 0600, key_text);
	if (!err)
		err = write_new(card_path, 0644, card_text);
	sodium_memzero(&key, sizeof(key));
	sodium_memzero(key_text, sizeof(key_text));
	return err;
}

static int
init_write(const char *dir, struct init *in)
{
	char key[PATH_MAX], card[PATH_MAX], conf[PATH_MAX], conf_text[4096];
	if (mkdir(dir, 0700) && errno != EEXIST) {
		fprintf(stderr, "davyd: cannot make %s: %s\n", dir, strerror(errno));
		return ERR_IO;
	}
	snprintf(key, sizeof(key), "%s/gateway.key", dir);
	snprintf(card, sizeof(card), "%s/gateway.card", dir);
	snprintf(conf, sizeof(conf), "%s/davyd.conf", dir);
	randombytes_buf(in->card.id, sizeof(in->card.id));
	int err = print_conf(conf_text, sizeof(conf_text), in);
	if (!err)
		err = init_pair(&in->card, key, card);
	return err ? err : write_new(conf, 0644, conf_text);
}

static int
init_options(struct init *in, int argc, char **argv)
{
	static const struct option longs[] = { { "root", required_argument, NULL, 'r' },
					       { "threshold", required_argument, NULL, 't' },
					       { "listen", required_argument, NULL, 'l' },
					       { "succeed", no_argument, NULL, 's' },
					       { "switch", no_argument, NULL, 'w' },
					       { NULL, 0, NULL, 0 } };
	struct conf_listen probe;
	char *end;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		int err = 0;
		if (c == 'r') {
			err = root_add(in, optarg);
		} else if (c == 't') {
			errno = 0;
			in->threshold = strtoul(optarg, &end, 10);
			err = errno || *end || !in->threshold ? ERR_RANGE : 0;
		} else if (c == 'l') {
			err = in->listen_cnt == CONF_LISTEN_MAX || strpbrk(optarg, "\"\\$\n") ||
					      conf_listen_parse(&probe, optarg, "/")
				      ? ERR_FORMAT
				      : 0;
			if (!err)
				in->listen[in->listen_cnt++] = optarg;
		} else if (c == 's' && !in->succeed) {
			in->succeed = succeed_make;
		} else if (c == 'w' && !in->succeed) {
			in->succeed = succeed_switch;
		} else {
			return 2;
		}
		if (err) {
			fprintf(stderr, "davyd: %.200s: %s\n", optarg, err_text(err));
			return 1;
		}
	}
	return 0;
}

int
init_main(int argc, char **argv)
{
	static struct init in;
	int rc = init_options(&in, argc, argv);
	if (rc)
		return rc;
	const char *dir = optind < argc ? argv[optind] : CONF_HOME;
	bool fresh = in.card.roots.cnt || in.threshold || in.listen_cnt;
	if (optind + 1 < argc || (in.succeed ? fresh : !in.card.roots.cnt)) {
		fprintf(stderr, "usage: davyd init [DIR] --root KEY|CARD ... [--threshold K] "
				"[--listen ADDRESS] ...\n"
				"       davyd init [DIR] --succeed | --switch\n");
		return 2;
	}
	if (in.succeed)
		return in.succeed(dir);
	if (!in.threshold)
		in.threshold = in.card.roots.cnt / 2 + 1;
	if (in.threshold > in.card.roots.cnt) {
		fprintf(stderr, "davyd: the threshold is above the number of roots\n");
		return 1;
	}
	in.card.roots.threshold = in.threshold;
	if (!in.listen_cnt)
		in.listen[in.listen_cnt++] = "127.0.0.1:8080";
	/*
	 * However the path is written, the systemd unit expects the store of CONF_HOME in one
	 * place.
	 */
	char real[PATH_MAX];
	in.installed = !strcmp(dir, CONF_HOME) || (realpath(dir, real) && !strcmp(real, CONF_HOME));
	if (init_write(dir, &in))
		return 1;
	printf("made %s/davyd.conf, gateway.key (keep it secret, keep a copy) and gateway.card (give "
	       "it to everybody)\n",
	       dir);
	return 0;
}
