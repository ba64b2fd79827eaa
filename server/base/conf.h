/* davyd.conf(5): read once by the parent, before anything else. */
#ifndef SERVER_CONF_H
#define SERVER_CONF_H

#include "crypto/card.h"
#include "crypto/key.h"
#include "crypto/leaf.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/*
 * The folders of an installed davyd: its configuration, its store, and files that a restart of the
 * machine removes.
 */
#define CONF_HOME    "/etc/davylamp"
#define CONF_DEFAULT CONF_HOME "/davyd.conf"
#define CONF_STATE   "/var/lib/davylamp"
#define CONF_RUN     "/run/davylamp"

#define CONF_LISTEN_MAX 8
#define CONF_FACE_MAX   16
#define CONF_WHY_LEN    256

struct conf_listen {
	char text[200];  /* as written */
	bool tls, local; /* local: loopback or Unix socket */
	struct sockaddr_storage addr;
	socklen_t addr_len;
};

struct conf_user {
	char name[64];
	uid_t uid;
	gid_t gid;
};

struct conf {
	char path[PATH_MAX],
		dir[PATH_MAX]; /* the file, and the folder that relative names start from */
	char key[PATH_MAX], card[PATH_MAX], store[PATH_MAX], page[PATH_MAX], control[PATH_MAX];
	/* What comes behind postgresql: in `store`, for libpq; "" where the store is a folder. Then
	 * `store` is the empty folder, in which nothing is kept. */
	char db[PATH_MAX];
	char on_alert[PATH_MAX]; /* "" where none is named */
	char empty[PATH_MAX];    /* an empty folder: the root of faces and tls processes */
	char tls_cert[PATH_MAX], tls_key[PATH_MAX]; /* "" without HTTPS */
	struct conf_listen listen[CONF_LISTEN_MAX];
	size_t listen_cnt;
	bool behind_proxy;
	unsigned socket_mode;
	bool tls; /* at least one address speaks TLS */
	/* Used when root starts davyd. */
	struct conf_user face_user, tls_user, vault_user, db_user;

	unsigned faces, connections; /* connections: of one face */
	unsigned header_s, body_s, idle_s, vault_s, drain_s;
	uint64_t store_bytes;
	unsigned open_day_percent, member_entries, member_keys, member_photos;
	unsigned store_standbys; /* that must have a batch before it counts */
	unsigned store_gateways; /* davyd that should have the store: `davyd status` */
	unsigned open_percent, case_entries, case_mib, case_desk_mib, purge_days;
	unsigned rate, burst, puzzle_max; /* exchanges a second over all faces; 0: no bucket */
};

/*
 * The file that -c names, or the default; NULL after an unknown option, which getopt has reported.
 * optind is the first other argument.
 */
const char *conf_option(int argc, char **argv) __attribute__((warn_unused_result));
/* Reads and checks; *why (CONF_WHY_LEN) is one sentence with what to do. 0, ERR_FORMAT, ERR_IO or
 * ERR_DENIED. */
int conf_read(struct conf *conf, const char *path, char why[static CONF_WHY_LEN])
	__attribute__((warn_unused_result));
/* Another value of `store`: relative names start from the working folder. ERR_FORMAT, ERR_RANGE. */
int conf_store(struct conf *conf, const char *value, char why[static CONF_WHY_LEN])
	__attribute__((warn_unused_result));
/* "127.0.0.1:8080", "[::1]:80", "unix:/path", "https:0.0.0.0:443". 0 or ERR_FORMAT. */
int conf_listen_parse(struct conf_listen *out, const char *text, const char *dir)
	__attribute__((warn_unused_result));
/* A name that starts from dir, unless it begins with a slash or is empty. ERR_RANGE */
int conf_path(char dst[static PATH_MAX], const char *dir, const char *name)
	__attribute__((warn_unused_result));

/* Secrets and pins that the parent loads for its children. */
struct conf_keys {
	struct card_gateway card;
	struct key_sign sign;
	/* Of the public log, made from `sign` (crypto/leaf.h). */
	struct key_sign log;
	uint8_t log_key[KEY_SIGN_PUBLIC_LEN];
	struct hkdf_prk batches;
};
/* Where the key or card that is to succeed the one at `path` waits for its turn
 * (server/ctl/succeed.c). ERR_RANGE */
int conf_beside(char out[static PATH_MAX], const char *path) __attribute__((warn_unused_result));
/* gateway.key (mode 0600 or stricter) and gateway.card, which must agree; where the succession of
 * the key was stopped in its middle, the card that waits beside it counts. `out` should be secret
 * memory. */
int conf_keys_read(struct conf_keys *out, const struct conf *conf, char why[static CONF_WHY_LEN])
	__attribute__((warn_unused_result));
/* Makes the keys of the log from the gateway's. */
void conf_keys_log(struct conf_keys *keys, const uint8_t id[static KEY_ID_LEN]);
/* The text of gateway.key into dst (256 bytes or more); 0 or ERR_FULL. */
int conf_key_print(char *dst, size_t cap, const uint8_t id[static KEY_ID_LEN],
		   const struct key_sign *key) __attribute__((warn_unused_result));
/* A whole file of at most max bytes, malloc'ed; ERR_IO (errno), ERR_RANGE, ERR_MEM. */
int conf_file(uint8_t **out, size_t *len, const char *path, size_t max)
	__attribute__((warn_unused_result));

#endif
