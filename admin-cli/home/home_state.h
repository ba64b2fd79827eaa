/* The inside of the room home: what its sources share. Commands that handle the keystore file
 * itself (davy key …, unlock, lock) use it too. */
#ifndef HOME_STATE_H
#define HOME_STATE_H

#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "crypto/keystore_key.h"

/* In guarded memory: secret_alloc() and home_secret_free(). */
struct home_secret {
	struct keystore_key key;
	struct home_keys keys;
};

struct home {
	char *dir;
	struct home_secret *secret; /* NULL until unlocked */
	struct home_gateway gateway;
	char *gateway_dir; /* NULL until chosen */
};

/* Waits for the lock that one terminal of a home holds at a time; close(*fd) unlocks. */
int home_lock(struct session *ses, int *fd) __attribute__((warn_unused_result));
/* Gets the passphrase from --passphrase-file or the terminal; with `again` a new one, which is
 * typed twice and has 8 bytes or more. The caller wipes `buf`. */
#define HOME_PASSPHRASE_CAP 1024
int home_passphrase(struct session *ses, bool again, char buf[static HOME_PASSPHRASE_CAP])
	__attribute__((warn_unused_result));
int home_passphrase_file(struct session *ses, const char *path,
			 char buf[static HOME_PASSPHRASE_CAP]) __attribute__((warn_unused_result));
/* Reads a keystore file; refused where other users can read it or own it. The caller frees *bytes.
 */
int home_keystore_read(struct session *ses, const char *path, uint8_t **bytes, size_t *len)
	__attribute__((warn_unused_result));
/* Encrypts and writes ses->home->secret->keys under secret->key. */
int home_keystore_write(struct session *ses, const char *path) __attribute__((warn_unused_result));
/* Opens the keystore into ses->home->secret; with `agent` it tries the agent's key first. */
int home_unlock(struct session *ses, bool agent) __attribute__((warn_unused_result));
void home_secret_free(struct home_secret *s);

/* Asks the agent of this home for the key: 0, or ERR_NOT_FOUND where none runs. The caller wipes.
 */
int agent_get(const char *home_dir, struct keystore_key *key) __attribute__((warn_unused_result));
/* Starts an agent that ends after so many minutes; replaces one that runs. 0 or ERR_IO. */
int agent_start(const char *home_dir, const struct keystore_key *key, unsigned minutes)
	__attribute__((warn_unused_result));
/* Ends the agent, which wipes its key first: 0, or ERR_NOT_FOUND where none runs. */
int agent_stop(const char *home_dir);

#endif
