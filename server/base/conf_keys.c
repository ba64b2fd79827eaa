/* The files of keys beside davyd.conf. */
#include "server/base/conf.h"

#include "crypto/b64.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_HEAD "davylamp/v1 gateway-key"

static int
fd_read_all(int fd, uint8_t **out, size_t *len, size_t max)
{
	struct stat st;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return ERR_IO;
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return ERR_RANGE;
	size_t cap = (size_t)st.st_size;
	uint8_t *b = malloc(cap + 1);
	if (!b)
		return ERR_MEM;
	size_t at = 0;
	while (at < cap) {
		ssize_t n = read(fd, b + at, cap - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	if (at != cap) {
		free(b);
		return ERR_IO;
	}
	b[at] = 0;
	*out = b;
	*len = at;
	return 0;
}

int
conf_file(uint8_t **out, size_t *len, const char *path, size_t max)
{
	*out = NULL;
	*len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return ERR_IO;
	int err = fd_read_all(fd, out, len, max);
	int saved = errno;
	close(fd);
	errno = saved;
	return err;
}

int
conf_key_print(char *dst, size_t cap, const uint8_t id[static KEY_ID_LEN],
	       const struct key_sign *key)
{
	struct bufw w;
	uint8_t seed[KEY_SIGN_SEED_LEN];
	memcpy(seed, key->bytes, sizeof(seed));
	bufw_init(&w, dst, cap);
	bufw_text(&w, KEY_FILE_HEAD "\ngateway ");
	bufw_hex(&w, id, KEY_ID_LEN);
	bufw_text(&w, "\nseed ");
	bufw_base64(&w, seed, sizeof(seed));
	bufw_text(&w, "\n");
	bufw_u8(&w, 0);
	sodium_memzero(seed, sizeof(seed));
	return bufw_end(&w);
}

int
conf_beside(char out[static PATH_MAX], const char *path)
{
	int n = snprintf(out, PATH_MAX, "%s.new", path);
	return n < 0 || n >= PATH_MAX ? ERR_RANGE : 0;
}

/* "keyword value" where the value is returned; NULL otherwise. */
static const char *
key_line(struct buf *b, const char *word, size_t *len)
{
	size_t n, w = strlen(word);
	const char *line = buf_line(b, &n);
	if (!line || n < w || memcmp(line, word, w)) {
		buf_fail(b);
		return NULL;
	}
	*len = n - w;
	return line + w;
}

static int
key_parse(uint8_t id[static KEY_ID_LEN], struct key_sign *key, const uint8_t *bytes, size_t len)
{
	struct buf b;
	size_t n = 0;
	uint8_t seed[KEY_SIGN_SEED_LEN];
	int err = ERR_FORMAT;
	buf_init(&b, bytes, len);
	const char *head = key_line(&b, KEY_FILE_HEAD, &n);
	if (!head || n)
		goto out;
	const char *hex = key_line(&b, "gateway ", &n);
	if (!hex || text_unhex(id, KEY_ID_LEN, hex, n))
		goto out;
	const char *text = key_line(&b, "seed ", &n);
	if (!text || text_unbase64(seed, sizeof(seed), text, n))
		goto out;
	err = buf_end(&b);
	if (!err)
		key_sign_from_seed(key, seed);
out:
	sodium_memzero(seed, sizeof(seed));
	return err;
}

/* Whether the file is the card of the key that was read. */
static int
card_read(struct conf_keys *out, const char *path, const uint8_t id[static KEY_ID_LEN])
{
	uint8_t *b = NULL, pk[KEY_SIGN_PUBLIC_LEN];
	size_t len;
	int err = conf_file(&b, &len, path, CARD_MAX);
	if (!err)
		err = card_gateway_parse(&out->card, b, len);
	free(b);
	key_sign_public(pk, &out->sign);
	if (!err && (memcmp(out->card.id, id, KEY_ID_LEN) || memcmp(out->card.key, pk, sizeof(pk))))
		err = ERR_FORMAT;
	return err;
}

void
conf_keys_log(struct conf_keys *keys, const uint8_t id[static KEY_ID_LEN])
{
	leaf_keys(&keys->log, &keys->batches, &keys->sign, id);
	key_sign_public(keys->log_key, &keys->log);
}

int
conf_keys_read(struct conf_keys *out, const struct conf *conf, char why[static CONF_WHY_LEN])
{
	struct stat st;
	uint8_t *b = NULL, id[KEY_ID_LEN];
	char coming[PATH_MAX];
	size_t len;
	if (stat(conf->key, &st) || (st.st_mode & 077)) {
		snprintf(why, CONF_WHY_LEN, "%.160s must exist with mode 0600", conf->key);
		return ERR_DENIED;
	}
	int err = conf_file(&b, &len, conf->key, 4096);
	if (!err)
		err = key_parse(id, &out->sign, b, len);
	if (!err)
		conf_keys_log(out, id);
	if (b)
		sodium_memzero(b, len);
	free(b);
	if (err) {
		snprintf(why, CONF_WHY_LEN, "%.160s is not a gateway key that davyd init made",
			 conf->key);
		return err;
	}
	err = card_read(out, conf->card, id);
	/* davyd init --switch that was stopped after it moved the key has its card here still. */
	if (err && conf_beside(coming, conf->card) == 0 && card_read(out, coming, id) == 0)
		err = 0;
	if (err)
		snprintf(why, CONF_WHY_LEN, "%.160s is not the card of this gateway's key",
			 conf->card);
	return err;
}
