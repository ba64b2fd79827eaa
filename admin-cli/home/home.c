/* The home's folder: its paths, its lock, and the gateways that it knows (see home.h). */
#include "admin-cli/home/home.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home_state.h"
#include "crypto/b64.h"
#include "crypto/err.h"

#define CONF_MAX 65536

static int
check_folder(struct session *ses, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return session_fail(
			ses, DAVY_REFUSED, errno == ENOENT ? "not-found" : "io",
			_("The home %s cannot be used: %s. Give another with --home DIR, or make a key "
			  "with davy key new."),
			session_s(ses, dir), strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return session_fail(ses, DAVY_REFUSED, "invalid", _("The home %s is not a folder."),
				    session_s(ses, dir));
	if (st.st_mode & 022)
		return session_fail(ses, DAVY_REFUSED, "mode",
				    _("Others may write into the home %s; run chmod 700 on it."),
				    session_s(ses, dir));
	return DAVY_OK;
}

int
home_open(struct session *ses, bool create)
{
	if (ses->home)
		return DAVY_OK;
	if (create && mkdir(ses->home_dir, 0700) != 0 && errno != EEXIST)
		return session_fail(ses, DAVY_REFUSED, "io", _("The home %s cannot be made: %s."),
				    session_s(ses, ses->home_dir), strerror(errno));
	int err = check_folder(ses, ses->home_dir);
	if (err)
		return err;
	ses->home = calloc(1, sizeof(*ses->home));
	if (ses->home)
		ses->home->dir = realpath(ses->home_dir, NULL);
	if (!ses->home || !ses->home->dir)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	return DAVY_OK;
}

static const char *
join(struct session *ses, const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? "" : session_keep(ses, path);
}

const char *
home_path(struct session *ses, const char *name)
{
	return join(ses, ses->home->dir, name);
}

int
home_lock(struct session *ses, int *fd)
{
	const char *path = home_path(ses, "lock");

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd >= 0 && flock(*fd, LOCK_EX) == 0)
		return DAVY_OK;
	int e = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return session_fail(ses, DAVY_AGAIN, "lock", _("The home cannot be locked: %s."),
			    strerror(e));
}

/* Finds the one gateway whose id begins with `prefix`; writes its id. */
static int
choose(struct session *ses, const char *prefix, char hex[33])
{
	uint8_t want[16], id[16];
	size_t digits = term_prefix_parse(prefix, want), found = 0;
	DIR *dir = opendir(home_path(ses, "gateways"));

	if (!digits) {
		if (dir)
			closedir(dir);
		return session_fail(
			ses, DAVY_USAGE, "usage",
			_("\"%s\" is not the beginning of a gateway's id: give two or more hex digits."),
			session_s(ses, prefix));
	}
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (strlen(e->d_name) == 32 && term_unhex(id, 16, e->d_name) &&
		    term_prefix_match(id, want, digits)) {
			memcpy(hex, e->d_name, 33);
			found++;
		}
	if (dir)
		closedir(dir);
	if (found == 1)
		return DAVY_OK;
	return session_fail(
		ses, DAVY_REFUSED, found ? "ambiguous" : "not-found",
		found ? _("Several gateways begin with %s; give more digits.")
		      : _("No gateway of this home begins with %s; see davy gateway list."),
		session_s(ses, prefix));
}

/* The id of the gateway in use, which the file `gateway` names. */
static int
current(struct session *ses, char hex[33])
{
	FILE *f = fopen(home_path(ses, "gateway"), "re");
	uint8_t id[16];
	bool ok = f && fread(hex, 1, 32, f) == 32;

	if (f)
		fclose(f);
	hex[32] = '\0';
	if (ok && term_unhex(id, 16, hex))
		return DAVY_OK;
	return session_fail(
		ses, DAVY_REFUSED, "no-gateway",
		_("This home knows no gateway yet: davy gateway connect ADDRESS --card FILE."));
}

static char *
get_string(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text ? strdup(text) : NULL;
}

/* True where there is none. */
static bool
veil_parse(const json_t *j, struct home_gateway *g)
{
	const char *text = json_string_value(j);
	uint8_t bytes[OHTTP_CONFIG_LEN];

	if (!j || json_is_null(j))
		return true;
	g->veil = calloc(1, sizeof(*g->veil));
	return g->veil && text &&
	       b64_decode_exact(bytes, sizeof(bytes), text, strlen(text), B64_PADDED) == 0 &&
	       ohttp_config_get(g->veil, bytes) == 0;
}

static int
conf_parse(struct session *ses, const char *path, struct home_gateway *g)
{
	uint8_t *bytes;
	size_t len;
	int err = file_read(ses, path, CONF_MAX, &bytes, &len);

	if (err)
		return err;
	json_t *j = json_loadb((char *)bytes, len, 0, NULL);
	free(bytes);
	const char *card = json_string_value(json_object_get(j, "card"));
	const char *hash = json_string_value(json_object_get(j, "min_hash"));
	const char *key = json_string_value(json_object_get(j, "key"));
	g->url = get_string(j, "url");
	g->proxy = get_string(j, "proxy");
	g->cacert = get_string(j, "cacert");
	g->name = get_string(j, "name");
	bool veiled = veil_parse(json_object_get(j, "veil"), g);
	g->min_version = (uint32_t)json_integer_value(json_object_get(j, "min_version"));
	g->key_named = json_is_true(json_object_get(j, "key_named"));
	bool ok = veiled && card && g->url && hash && term_unhex(g->min_hash, 32, hash) && key &&
		  term_unhex(g->key, sizeof(g->key), key) &&
		  card_gateway_parse(&g->card, card, strlen(card)) == 0;
	json_decref(j);
	if (ok)
		return DAVY_OK;
	return session_fail(ses, DAVY_REFUSED, "format",
			    _("%s is damaged; connect again with davy gateway connect."),
			    session_s(ses, path));
}

static void
gateway_clear(struct home_gateway *g)
{
	free(g->url);
	free(g->proxy);
	free(g->cacert);
	free(g->name);
	free(g->veil);
	*g = (struct home_gateway){ 0 };
}

int
home_gateway(struct session *ses, const struct home_gateway **out)
{
	char hex[33], sub[64];
	int err = home_open(ses, false);

	*out = NULL;
	if (err)
		return err;
	if (!ses->home->gateway_dir) {
		err = ses->gateway ? choose(ses, ses->gateway, hex) : current(ses, hex);
		if (err)
			return err;
		snprintf(sub, sizeof(sub), "gateways/%s", hex);
		const char *dir = home_path(ses, sub);
		err = conf_parse(ses, join(ses, dir, "conf"), &ses->home->gateway);
		if (err) {
			gateway_clear(&ses->home->gateway);
			return err;
		}
		ses->home->gateway_dir = strdup(dir);
		if (!ses->home->gateway_dir)
			return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	*out = &ses->home->gateway;
	return DAVY_OK;
}

int
home_gateway_path(struct session *ses, const char *name, const char **out)
{
	const struct home_gateway *g;
	int err = home_gateway(ses, &g);

	*out = err ? NULL : join(ses, ses->home->gateway_dir, name);
	return err;
}

int
home_gateway_folder(struct session *ses, const char *name, const char **out)
{
	int err = home_gateway_path(ses, name, out);

	if (!err && mkdir(*out, 0700) && errno != EEXIST)
		err = session_fail(ses, DAVY_REFUSED, "io", _("%s cannot be written: %s."), *out,
				   strerror(errno));
	return err;
}

static json_t *
conf_json(const struct home_gateway *g)
{
	uint8_t card[CARD_MAX];
	char hash[65], key[65], veil[B64_LEN(OHTTP_CONFIG_LEN) + 1];
	uint8_t bytes[OHTTP_CONFIG_LEN];
	struct bufw w;

	bufw_init(&w, card, sizeof(card));
	if (card_gateway_print(&w, &g->card) != 0)
		return NULL;
	if (g->veil) {
		ohttp_config_put(bytes, g->veil);
		b64_encode(veil, sizeof(veil), bytes, sizeof(bytes), B64_PADDED);
	}
	return json_pack("{s:i, s:s, s:s?, s:s?, s:s%, s:s, s:b, s:s?, s:I, s:s, s:s?}", "v", 1,
			 "url", g->url, "proxy", g->proxy, "cacert", g->cacert, "card",
			 (char *)card, w.len, "key", term_hex(key, g->key, sizeof(g->key)),
			 "key_named", g->key_named, "name", g->name, "min_version",
			 (json_int_t)g->min_version, "min_hash", term_hex(hash, g->min_hash, 32),
			 "veil", g->veil ? veil : NULL);
}

int
home_gateway_save(struct session *ses, const struct home_gateway *g, bool use)
{
	char hex[33], sub[64];
	int err = home_open(ses, true);

	if (err)
		return err;
	snprintf(sub, sizeof(sub), "gateways/%s", term_hex(hex, g->card.id, 16));
	const char *dir = home_path(ses, sub);
	if ((mkdir(home_path(ses, "gateways"), 0700) != 0 && errno != EEXIST) ||
	    (mkdir(dir, 0700) != 0 && errno != EEXIST))
		return session_fail(ses, DAVY_REFUSED, "io", _("The folder %s cannot be made: %s."),
				    session_s(ses, dir), strerror(errno));
	json_t *j = conf_json(g);
	char *text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	json_decref(j);
	if (!text)
		return session_fail(ses, DAVY_REFUSED, "invalid",
				    _("The gateway's card is not usable."));
	err = file_write(ses, join(ses, dir, "conf"), 0600, text, strlen(text));
	free(text);
	if (!err && use)
		err = file_write(ses, home_path(ses, "gateway"), 0600, hex, 32);
	return err;
}

int
home_gateway_raise(struct session *ses, const struct roster *r, const uint8_t hash[static 32])
{
	struct home_gateway *g = &ses->home->gateway, now = { 0 };
	int fd, err = home_lock(ses, &fd);

	if (err)
		return err;
	/* another terminal may have raised the floor or taken a new card since the file was read */
	err = conf_parse(ses, join(ses, ses->home->gateway_dir, "conf"), &now);
	bool same = !err && memcmp(now.key, r->gateway_key, sizeof(now.key)) == 0;
	bool above = !err && r->version > now.min_version && (same || now.key_named);
	if (!err && (above || !now.name || (same && !now.key_named))) {
		char *was = now.name;
		now.name = strdup(r->name);
		free(was);
		now.key_named |= above || same;
		if (above) {
			now.min_version = r->version;
			memcpy(now.min_hash, hash, sizeof(now.min_hash));
			memcpy(now.key, r->gateway_key, sizeof(now.key));
		}
		err = home_gateway_save(ses, &now, false);
	}
	close(fd);
	if (!err) {
		g->min_version = now.min_version;
		memcpy(g->min_hash, now.min_hash, sizeof(g->min_hash));
		memcpy(g->key, now.key, sizeof(g->key));
		g->key_named = now.key_named;
	}
	gateway_clear(&now);
	return err;
}

void
home_gateway_use_key(struct session *ses, const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	memcpy(ses->home->gateway.key, key, KEY_SIGN_PUBLIC_LEN);
}

void
home_close(struct session *ses)
{
	struct home *h = ses->home;

	if (!h)
		return;
	home_secret_free(h->secret);
	gateway_clear(&h->gateway);
	free(h->gateway_dir);
	free(h->dir);
	free(h);
	ses->home = NULL;
}
