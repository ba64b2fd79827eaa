/* The folder: paths, lock, and the gateways that it knows. */
#include "admin-cli/home/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/home/home_state.h"
#include "crypto/err.h"

#define CONF_MAX 65536

static int
check_folder(struct cli *cli, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return cli_fail(
			cli, CLI_REFUSED, errno == ENOENT ? "not-found" : "io",
			_("The home %s cannot be used: %s. Give another with --home DIR, or make a key "
			  "with davy key new."),
			cli_s(cli, dir), strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return cli_fail(cli, CLI_REFUSED, "invalid", _("The home %s is not a folder."),
				cli_s(cli, dir));
	if (st.st_mode & 022)
		return cli_fail(cli, CLI_REFUSED, "mode",
				_("Others may write into the home %s; run chmod 700 on it."),
				cli_s(cli, dir));
	return CLI_OK;
}

int
home_open(struct cli *cli, bool create)
{
	if (cli->home)
		return CLI_OK;
	if (create && mkdir(cli->home_dir, 0700) != 0 && errno != EEXIST)
		return cli_fail(cli, CLI_REFUSED, "io", _("The home %s cannot be made: %s."),
				cli_s(cli, cli->home_dir), strerror(errno));
	int err = check_folder(cli, cli->home_dir);
	if (err)
		return err;
	cli->home = calloc(1, sizeof(*cli->home));
	if (cli->home)
		cli->home->dir = realpath(cli->home_dir, NULL);
	if (!cli->home || !cli->home->dir)
		return cli_fail(cli, CLI_REFUSED, "memory", _("Out of memory."));
	return CLI_OK;
}

static const char *
join(struct cli *cli, const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? "" : cli_keep(cli, path);
}

const char *
home_path(struct cli *cli, const char *name)
{
	return join(cli, cli->home->dir, name);
}

int
home_lock(struct cli *cli, int *fd)
{
	const char *path = home_path(cli, "lock");

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd >= 0 && flock(*fd, LOCK_EX) == 0)
		return CLI_OK;
	int e = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return cli_fail(cli, CLI_AGAIN, "lock", _("The home cannot be locked: %s."), strerror(e));
}

/* Writes the id of the only gateway that begins like `prefix`. */
static int
choose(struct cli *cli, const char *prefix, char hex[33])
{
	uint8_t want[16], id[16];
	size_t digits = cli_prefix_parse(prefix, want), found = 0;
	DIR *dir = opendir(home_path(cli, "gateways"));

	if (!digits) {
		if (dir)
			closedir(dir);
		return cli_fail(
			cli, CLI_USAGE, "usage",
			_("\"%s\" does not begin a gateway's id (hex digits, two or more)."),
			cli_s(cli, prefix));
	}
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (strlen(e->d_name) == 32 && cli_unhex(id, 16, e->d_name) &&
		    cli_prefix_match(id, want, digits)) {
			memcpy(hex, e->d_name, 33);
			found++;
		}
	if (dir)
		closedir(dir);
	if (found == 1)
		return CLI_OK;
	return cli_fail(cli, CLI_REFUSED, found ? "ambiguous" : "not-found",
			found ? _("Several gateways begin with %s; give more digits.")
			      : _("No gateway of this home begins with %s; see davy gateway list."),
			cli_s(cli, prefix));
}

static int
current(struct cli *cli, char hex[33])
{
	FILE *f = fopen(home_path(cli, "gateway"), "re");
	uint8_t id[16];
	bool ok = f && fread(hex, 1, 32, f) == 32;

	if (f)
		fclose(f);
	hex[32] = '\0';
	if (ok && cli_unhex(id, 16, hex))
		return CLI_OK;
	return cli_fail(
		cli, CLI_REFUSED, "no-gateway",
		_("This home knows no gateway yet: davy gateway connect ADDRESS --card FILE."));
}

static char *
get_string(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text ? strdup(text) : NULL;
}

static int
conf_parse(struct cli *cli, const char *path, struct home_gateway *g)
{
	uint8_t *bytes;
	size_t len;
	int err = cli_read_file(cli, path, CONF_MAX, &bytes, &len);

	if (err)
		return err;
	json_t *j = json_loadb((char *)bytes, len, 0, NULL);
	free(bytes);
	const char *card = json_string_value(json_object_get(j, "card"));
	const char *hash = json_string_value(json_object_get(j, "min_hash"));
	g->url = get_string(j, "url");
	g->proxy = get_string(j, "proxy");
	g->cacert = get_string(j, "cacert");
	g->name = get_string(j, "name");
	g->min_version = (uint32_t)json_integer_value(json_object_get(j, "min_version"));
	bool ok = card && g->url && hash && cli_unhex(g->min_hash, 32, hash) &&
		  card_gateway_parse(&g->card, card, strlen(card)) == 0;
	json_decref(j);
	if (ok)
		return CLI_OK;
	return cli_fail(cli, CLI_REFUSED, "format",
			_("%s is damaged; connect again with davy gateway connect."),
			cli_s(cli, path));
}

static void
gateway_clear(struct home_gateway *g)
{
	free(g->url);
	free(g->proxy);
	free(g->cacert);
	free(g->name);
	*g = (struct home_gateway){ 0 };
}

int
home_gateway(struct cli *cli, const struct home_gateway **out)
{
	char hex[33], sub[64];
	int err = home_open(cli, false);

	*out = NULL;
	if (err)
		return err;
	if (!cli->home->gateway_dir) {
		err = cli->gateway ? choose(cli, cli->gateway, hex) : current(cli, hex);
		if (err)
			return err;
		snprintf(sub, sizeof(sub), "gateways/%s", hex);
		const char *dir = home_path(cli, sub);
		err = conf_parse(cli, join(cli, dir, "conf"), &cli->home->gateway);
		if (err) {
			gateway_clear(&cli->home->gateway);
			return err;
		}
		cli->home->gateway_dir = strdup(dir);
		if (!cli->home->gateway_dir)
			return cli_fail(cli, CLI_REFUSED, "memory", _("Out of memory."));
	}
	*out = &cli->home->gateway;
	return CLI_OK;
}

int
home_gateway_path(struct cli *cli, const char *name, const char **out)
{
	const struct home_gateway *g;
	int err = home_gateway(cli, &g);

	*out = err ? NULL : join(cli, cli->home->gateway_dir, name);
	return err;
}

static json_t *
conf_json(const struct home_gateway *g)
{
	uint8_t card[CARD_MAX];
	char hash[65];
	struct bufw w;

	bufw_init(&w, card, sizeof(card));
	if (card_gateway_print(&w, &g->card) != 0)
		return NULL;
	return json_pack("{s:i, s:s, s:s?, s:s?, s:s%, s:s?, s:I, s:s}", "v", 1, "url", g->url,
			 "proxy", g->proxy, "cacert", g->cacert, "card", (char *)card, w.len,
			 "name", g->name, "min_version", (json_int_t)g->min_version, "min_hash",
			 cli_hex(hash, g->min_hash, 32));
}

int
home_gateway_save(struct cli *cli, const struct home_gateway *g, bool use)
{
	char hex[33], sub[64];
	int err = home_open(cli, true);

	if (err)
		return err;
	snprintf(sub, sizeof(sub), "gateways/%s", cli_hex(hex, g->card.id, 16));
	const char *dir = home_path(cli, sub);
	if ((mkdir(home_path(cli, "gateways"), 0700) != 0 && errno != EEXIST) ||
	    (mkdir(dir, 0700) != 0 && errno != EEXIST))
		return cli_fail(cli, CLI_REFUSED, "io", _("The folder %s cannot be made: %s."),
				cli_s(cli, dir), strerror(errno));
	json_t *j = conf_json(g);
	char *text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	json_decref(j);
	if (!text)
		return cli_fail(cli, CLI_REFUSED, "invalid",
				_("The gateway's card is not usable."));
	err = cli_write_file(cli, join(cli, dir, "conf"), 0600, text, strlen(text));
	free(text);
	if (!err && use)
		err = cli_write_file(cli, home_path(cli, "gateway"), 0600, hex, 32);
	return err;
}

int
home_gateway_raise(struct cli *cli, uint32_t version, const uint8_t hash[static 32],
		   const char *name)
{
	struct home_gateway *g = &cli->home->gateway, now = { 0 };
	int fd, err = home_lock(cli, &fd);

	if (err)
		return err;
	/* another terminal may have seen a newer one meanwhile */
	err = conf_parse(cli, join(cli, cli->home->gateway_dir, "conf"), &now);
	if (!err && (version > now.min_version || !now.name)) {
		char *was = now.name;
		now.name = strdup(name);
		free(was);
		if (version > now.min_version) {
			now.min_version = version;
			memcpy(now.min_hash, hash, sizeof(now.min_hash));
		}
		err = home_gateway_save(cli, &now, false);
	}
	close(fd);
	if (!err) {
		g->min_version = now.min_version;
		memcpy(g->min_hash, now.min_hash, sizeof(g->min_hash));
	}
	gateway_clear(&now);
	return err;
}

void
home_close(struct cli *cli)
{
	struct home *h = cli->home;

	if (!h)
		return;
	home_secret_free(h->secret);
	gateway_clear(&h->gateway);
	free(h->gateway_dir);
	free(h->dir);
	free(h);
	cli->home = NULL;
}
