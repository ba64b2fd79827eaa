/*
 * Reads and checks davyd.conf(5). A value that cannot be used is refused here with a sentence, so
 * that no other file has to doubt the configuration.
 */
#include "server/base/conf.h"

#include "crypto/err.h"
#include "crypto/text.h"
#include "server/base/log.h"

#include <confuse.h>
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

/* Used where a user of that name does not exist: children still leave root. */
#define UID_FACE  61851
#define UID_VAULT 61852
#define UID_TLS   61853
#define UID_DB    61854

/* Keywords that hold a whole number: name, default, minimum, maximum, member of struct conf. */
static const struct conf_number {
	const char *name;
	long def, min, max;
	size_t at; /* offset of an unsigned in struct conf */
} numbers[] = {
	{ "faces", 0, 0, CONF_FACE_MAX, offsetof(struct conf, faces) },
	{ "connections", 10000, 8, 1000000, offsetof(struct conf, connections) },
	{ "header_seconds", 15, 1, 600, offsetof(struct conf, header_s) },
	{ "body_seconds", 60, 1, 3600, offsetof(struct conf, body_s) },
	{ "idle_seconds", 75, 1, 3600, offsetof(struct conf, idle_s) },
	{ "vault_seconds", 20, 1, 600, offsetof(struct conf, vault_s) },
	{ "drain_seconds", 10, 1, 600, offsetof(struct conf, drain_s) },
	{ "open_percent", 70, 1, 100, offsetof(struct conf, open_percent) },
	{ "open_day_percent", 20, 1, 100, offsetof(struct conf, open_day_percent) },
	{ "member_entries", 1000, 1, 1000000, offsetof(struct conf, member_entries) },
	{ "member_keys", 300, 1, 1000000, offsetof(struct conf, member_keys) },
	{ "member_photos", 1000, 1, 1000000, offsetof(struct conf, member_photos) },
	{ "store_standbys", 0, 0, 16, offsetof(struct conf, store_standbys) },
	{ "store_gateways", 1, 1, 16, offsetof(struct conf, store_gateways) },
	{ "case_entries", 64, 2, 1024, offsetof(struct conf, case_entries) },
	{ "case_mib", 8, 1, 64, offsetof(struct conf, case_mib) },
	{ "case_desk_mib", 8, 2, 64, offsetof(struct conf, case_desk_mib) },
	{ "purge_days", 90, 90, 36500, offsetof(struct conf, purge_days) },
	{ "rate", 2000, 0, 1000000, offsetof(struct conf, rate) },
	{ "burst", 20000, 1, 100000000, offsetof(struct conf, burst) },
	{ "puzzle_max", 14, 0, 14, offsetof(struct conf, puzzle_max) },
};
#define NUMBER_CNT (sizeof(numbers) / sizeof(numbers[0]))

/* Keywords that hold a path. */
static const struct conf_path {
	const char *name;
	const char *def;
	size_t at; /* offset of a char[PATH_MAX] */
} paths[] = {
	{ "key", "gateway.key", offsetof(struct conf, key) },
	{ "card", "gateway.card", offsetof(struct conf, card) },
	{ "store", "store", offsetof(struct conf, store) },
	{ "page", "page.html", offsetof(struct conf, page) },
	{ "control", "control.sock", offsetof(struct conf, control) },
	{ "empty", "empty", offsetof(struct conf, empty) },
	{ "tls_cert", "", offsetof(struct conf, tls_cert) },
	{ "tls_key", "", offsetof(struct conf, tls_key) },
	{ "on_alert", "", offsetof(struct conf, on_alert) },
};
#define PATH_CNT (sizeof(paths) / sizeof(paths[0]))

static const struct conf_user_word {
	const char *name, *def;
	uid_t fallback;
	size_t at;
} users[] = {
	{ "user_face", "davylamp-face", UID_FACE, offsetof(struct conf, face_user) },
	{ "user_vault", "davylamp-vault", UID_VAULT, offsetof(struct conf, vault_user) },
	{ "user_tls", "davylamp-tls", UID_TLS, offsetof(struct conf, tls_user) },
	{ "user_db", "davylamp-db", UID_DB, offsetof(struct conf, db_user) },
};
#define USER_CNT (sizeof(users) / sizeof(users[0]))

static void
user_find(struct conf_user *u, const char *name, uid_t fallback)
{
	char *end;
	unsigned long id = strtoul(name, &end, 10);
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->uid = fallback;
	u->gid = (gid_t)fallback;
	if (*name && !*end && id > 0 && id < 0xfffffffful) {
		u->uid = (uid_t)id;
		u->gid = (gid_t)id;
		return;
	}
	const struct passwd *pw = getpwnam(name);
	if (pw && pw->pw_uid != 0) {
		u->uid = pw->pw_uid;
		u->gid = pw->pw_gid;
	}
}

/* The last error message of libconfuse. */
static char conf_error[CONF_WHY_LEN];

static void __attribute__((format(printf, 2, 0)))
conf_on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	int n = snprintf(conf_error, sizeof(conf_error), "line %d: ", cfg ? cfg->line : 0);
	if (n > 0)
		vsnprintf(conf_error + n, sizeof(conf_error) - (size_t)n, fmt, ap);
}

static int
conf_take_numbers(struct conf *conf, cfg_t *cfg, char why[static CONF_WHY_LEN])
{
	for (size_t i = 0; i < NUMBER_CNT; i++) {
		const struct conf_number *w = &numbers[i];
		long v = cfg_getint(cfg, w->name);
		if (v < w->min || v > w->max) {
			snprintf(why, CONF_WHY_LEN, "%s must be from %ld to %ld", w->name, w->min,
				 w->max);
			return ERR_RANGE;
		}
		unsigned u = (unsigned)v;
		memcpy((char *)conf + w->at, &u, sizeof(u));
	}
	long mib = cfg_getint(cfg, "store_mib"), mode = cfg_getint(cfg, "socket_mode");
	if (mib < 16 || mib > 64l * 1024 * 1024 || mode < 0 || mode > 0777) {
		snprintf(why, CONF_WHY_LEN, "store_mib must be at least 16 and socket_mode a mode");
		return ERR_RANGE;
	}
	conf->store_bytes = (uint64_t)mib * 1024 * 1024;
	conf->socket_mode = (unsigned)mode;
	if (!conf->faces) {
		long cpus = sysconf(_SC_NPROCESSORS_ONLN);
		conf->faces = cpus < 1 ? 1 : cpus > CONF_FACE_MAX ? CONF_FACE_MAX : (unsigned)cpus;
	}
	return 0;
}

static int
conf_take_listen(struct conf *conf, cfg_t *cfg, char why[static CONF_WHY_LEN])
{
	conf->listen_cnt = cfg_size(cfg, "listen");
	if (!conf->listen_cnt || conf->listen_cnt > CONF_LISTEN_MAX) {
		snprintf(why, CONF_WHY_LEN, "listen needs 1 to %d addresses", CONF_LISTEN_MAX);
		return ERR_RANGE;
	}
	for (unsigned i = 0; i < conf->listen_cnt; i++) {
		struct conf_listen *l = &conf->listen[i];
		if (conf_listen_parse(l, cfg_getnstr(cfg, "listen", i), conf->dir)) {
			snprintf(why, CONF_WHY_LEN,
				 "listen: write 127.0.0.1:8080, [::1]:8080, unix:PATH or "
				 "https:ADDRESS:PORT, with addresses as numbers");
			return ERR_FORMAT;
		}
		if (l->tls && (!conf->tls_cert[0] || !conf->tls_key[0])) {
			snprintf(why, CONF_WHY_LEN, "listen %s needs tls_cert and tls_key",
				 l->text);
			return ERR_FORMAT;
		}
		conf->tls = conf->tls || l->tls;
		if (!l->tls && !l->local && !conf->behind_proxy) {
			snprintf(why, CONF_WHY_LEN,
				 "%s would carry plain HTTP over a network: use https:, a loopback "
				 "address or a Unix socket, or set behind_proxy = true",
				 l->text);
			return ERR_DENIED;
		}
	}
	return 0;
}

/* A folder, or postgresql: and an address. Another scheme would be taken for a folder of that name.
 */
static int
conf_take_store(struct conf *conf, const char *value, char why[static CONF_WHY_LEN])
{
	static const char pg[] = "postgresql:";
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789+.-");
	if (!n || value[n] != ':')
		return 0;
	if (strncmp(value, pg, sizeof(pg) - 1) != 0) {
		snprintf(why, CONF_WHY_LEN,
			 "store: a path, or postgresql: and an address; this davyd knows no %.*s:",
			 (int)(n < 32 ? n : 32), value);
		return ERR_FORMAT;
	}
	if (strlen(value) >= sizeof(conf->db)) {
		snprintf(why, CONF_WHY_LEN, "store: the address is too long");
		return ERR_RANGE;
	}
	/* libpq takes words and values, or an address that begins with the scheme. */
	const char *rest = value + sizeof(pg) - 1;
	snprintf(conf->db, sizeof(conf->db), "%s", strncmp(rest, "//", 2) ? rest : value);
	memcpy(conf->store, conf->empty, sizeof(conf->store));
	return 0;
}

int
conf_store(struct conf *conf, const char *value, char why[static CONF_WHY_LEN])
{
	char here[PATH_MAX];
	conf->db[0] = 0;
	if (!*value || !getcwd(here, sizeof(here)) || conf_path(conf->store, here, value)) {
		snprintf(why, CONF_WHY_LEN, "that name of a store cannot be used");
		return ERR_RANGE;
	}
	return conf_take_store(conf, value, why);
}

static int
conf_take(struct conf *conf, cfg_t *cfg, char why[static CONF_WHY_LEN])
{
	for (size_t i = 0; i < PATH_CNT; i++)
		if (conf_path((char *)conf + paths[i].at, conf->dir,
			      cfg_getstr(cfg, paths[i].name))) {
			snprintf(why, CONF_WHY_LEN, "the path of %s is too long", paths[i].name);
			return ERR_RANGE;
		}
	for (size_t i = 0; i < USER_CNT; i++)
		user_find((struct conf_user *)(void *)((char *)conf + users[i].at),
			  cfg_getstr(cfg, users[i].name), users[i].fallback);
	conf->behind_proxy = cfg_getbool(cfg, "behind_proxy");
	int err = conf_take_store(conf, cfg_getstr(cfg, "store"), why);
	if (!err)
		err = conf_take_numbers(conf, cfg, why);
	return err ? err : conf_take_listen(conf, cfg, why);
}

/* The file as one text, to be freed; NULL, errno set, if it cannot be read or is no text. */
static char *
conf_text(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;

	if (!f)
		return NULL;
	ssize_t n = getdelim(&text, &cap, 0, f);
	int err = ferror(f) ? errno : n > 0 && !text[n - 1] ? EILSEQ : 0;
	fclose(f);
	if (!err && n < 0) {
		free(text);
		return strdup("");
	}
	if (!err)
		return text;
	free(text);
	errno = err;
	return NULL;
}

int
conf_read(struct conf *conf, const char *path, char why[static CONF_WHY_LEN])
{
	cfg_opt_t opts[NUMBER_CNT + PATH_CNT + USER_CNT + 5];
	size_t n = 0;
	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < NUMBER_CNT; i++)
		opts[n++] = (cfg_opt_t)CFG_INT(numbers[i].name, numbers[i].def, CFGF_NONE);
	for (size_t i = 0; i < PATH_CNT; i++)
		opts[n++] = (cfg_opt_t)CFG_STR(paths[i].name, paths[i].def, CFGF_NONE);
	for (size_t i = 0; i < USER_CNT; i++)
		opts[n++] = (cfg_opt_t)CFG_STR(users[i].name, users[i].def, CFGF_NONE);
	opts[n++] = (cfg_opt_t)CFG_STR_LIST("listen", NULL, CFGF_NONE);
	opts[n++] = (cfg_opt_t)CFG_BOOL("behind_proxy", cfg_false, CFGF_NONE);
	opts[n++] = (cfg_opt_t)CFG_INT("store_mib", 10240, CFGF_NONE);
	opts[n++] = (cfg_opt_t)CFG_INT("socket_mode", 0660, CFGF_NONE);
	opts[n] = (cfg_opt_t)CFG_END();

	if (!realpath(path, conf->path)) {
		snprintf(why, CONF_WHY_LEN, "cannot read %.150s: %s", path, strerror(errno));
		return ERR_IO;
	}
	memcpy(conf->dir, conf->path, sizeof(conf->dir));
	char *slash = strrchr(conf->dir, '/');
	if (slash && slash != conf->dir)
		*slash = 0;
	else if (slash)
		slash[1] = 0;
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	if (!cfg)
		return ERR_MEM;
	cfg_set_error_function(cfg, conf_on_error);
	char *text = conf_text(conf->path);
	int err;
	if (!text) {
		snprintf(why, CONF_WHY_LEN, "cannot read %.150s: %s", path, strerror(errno));
		err = ERR_IO;
	} else if (text_blank_comments(text), cfg_parse_buf(cfg, text) != CFG_SUCCESS) {
		snprintf(why, CONF_WHY_LEN, "%.100s, %.140s", path, conf_error);
		err = ERR_FORMAT;
	} else {
		err = conf_take(conf, cfg, why);
	}
	free(text);
	cfg_free(cfg);
	return err;
}

const char *
conf_option(int argc, char **argv)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'c' },
					       { NULL, 0, NULL, 0 } };
	const char *path = CONF_DEFAULT;
	int c;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:", longs, NULL)) != -1) {
		if (c != 'c')
			return NULL;
		path = optarg;
	}
	return path;
}
