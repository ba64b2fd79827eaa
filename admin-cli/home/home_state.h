/* What home.c, home_keys.c and agent.c share. */
#ifndef HOME_STATE_H
#define HOME_STATE_H

#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "crypto/keystore_key.h"

struct home_secret { /* in guarded memory */
	struct keystore_key key;
	struct home_keys keys;
};

struct home {
	char *dir;
	struct home_secret *secret; /* NULL until unlocked */
	struct home_gateway gateway;
	char *gateway_dir; /* NULL until chosen */
};

/* Exclusive among the terminals of one home; the descriptor, closed to unlock. */
int home_lock(struct session *ses, int *fd) __attribute__((warn_unused_result));
/* The passphrase from --passphrase-file or the terminal. `again`: asked twice (a new one). The
 * buffer is the caller's to wipe. */
#define HOME_PASSPHRASE_CAP 1024
int home_passphrase(struct session *ses, bool again, char buf[static HOME_PASSPHRASE_CAP])
	__attribute__((warn_unused_result));
int home_passphrase_file(struct session *ses, const char *path,
			 char buf[static HOME_PASSPHRASE_CAP]) __attribute__((warn_unused_result));
/* The bytes of a keystore file whose mode nobody else can read. */
int home_keystore_read(struct session *ses, const char *path, uint8_t **bytes, size_t *len)
	__attribute__((warn_unused_result));
/* Encrypts and writes ses->home->secret->keys under secret->key. */
int home_keystore_write(struct session *ses, const char *path) __attribute__((warn_unused_result));
/* Opens the keystore into ses->home->secret, with the key of the agent where `agent`. */
int home_unlock(struct session *ses, bool agent) __attribute__((warn_unused_result));
void home_secret_free(struct home_secret *s);

/* The agent of this home: its key, or ERR_NOT_FOUND. */
int agent_get(const char *home_dir, struct keystore_key *key) __attribute__((warn_unused_result));
/* Starts one for so many minutes. ERR_IO. */
int agent_start(const char *home_dir, const struct keystore_key *key, unsigned minutes)
	__attribute__((warn_unused_result));
/* Ends it; ERR_NOT_FOUND where none runs. */
int agent_stop(const char *home_dir);

#endif
