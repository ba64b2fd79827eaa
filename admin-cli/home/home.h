/*
 * The home of one person: a folder of mode 0700.
 *
 *	keystore              the secrets (crypto/keystore.h), mode 0600
 *	gateways/<hex id>/    conf: address, proxy, card; workspace.db: what was synced
 *(workspace.h) gateway               the id that is used where --gateway is not given agent the
 *socket of `davy unlock` lock                  held by whoever changes the keystore
 *
 * A source's home has no keystore, only a gateway.
 */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/card.h"
#include "crypto/epoch.h"
#include "crypto/key.h"
#include "crypto/roster.h"
#include "crypto/xwing.h"

struct session;

/* The secret of an epoch key that this member holds: opens what was sealed to the desk. */
struct home_epoch {
	uint8_t gateway[16];
	uint16_t desk;
	uint32_t epoch;
	uint8_t use; /* enum epoch_use */
	struct xwing_secret secret;
	struct xwing_public pk; /* of the secret */
};

/* A per-epoch subkey that this member offers; the epoch secret is sealed to it. */
struct home_subkey {
	uint8_t gateway[16];
	uint16_t desk;
	uint32_t epoch;
	struct xwing_secret secret;
};

/* An opened keystore. Lives in guarded memory until the command ends. */
struct home_keys {
	uint8_t handle[KEY_HANDLE_LEN];
	char name[ROSTER_NAME_MAX];
	struct key_sign sign;
	uint8_t sign_pk[KEY_SIGN_PUBLIC_LEN];
	struct xwing_secret seal;
	struct xwing_public seal_pk;
	uint8_t workspace[32]; /* root of the workspace keys */
	struct home_epoch *epoch;
	size_t epoch_cnt;
	struct home_subkey *subkey;
	size_t subkey_cnt;
};

/* What `gateway connect` pinned. */
struct home_gateway {
	struct card_gateway card;   /* id, key, roots */
	char *url, *proxy, *cacert; /* proxy and cacert may be NULL */
	char *name;                 /* of the last roster seen, or NULL */
	uint32_t min_version;       /* no roster below it is taken any more */
	uint8_t min_hash[32];       /* the note of that version */
};

/* Makes ses->home; creates the folder where `create`. Done by the calls below where needed. */
int home_open(struct session *ses, bool create) __attribute__((warn_unused_result));
/* A path inside the home; lives until the command ends. */
const char *home_path(struct session *ses, const char *name);
/* Whether there is a keystore: members have one, sources do not. */
bool home_has_keys(struct session *ses);

/* The opened keystore: from the agent, else --passphrase-file, else asked on the terminal.
 * Borrowed until the command ends. */
int home_keys(struct session *ses, const struct home_keys **out)
	__attribute__((warn_unused_result));
/* The epoch secrets of the gateway in use for a desk (0: every desk), newest first, one at a time:
 * start with *i = 0; NULL after the last. */
const struct home_epoch *home_epoch_next(struct session *ses, const struct home_keys *k,
					 uint16_t desk, size_t *i);
/* Adds to the keystore under the home's lock; what another terminal added meanwhile stays.
 * What is there already is left alone. */
int home_add_epoch(struct session *ses, const struct home_epoch *e)
	__attribute__((warn_unused_result));
int home_add_subkey(struct session *ses, const struct home_subkey *s)
	__attribute__((warn_unused_result));
/* Drops the secrets of an epoch and of the subkey that it came by. */
int home_drop_epoch(struct session *ses, const struct home_epoch *e)
	__attribute__((warn_unused_result));

/* The gateway in use; borrowed until the command ends. Refused with what to do where there is none.
 */
int home_gateway(struct session *ses, const struct home_gateway **out)
	__attribute__((warn_unused_result));
/* A path inside the folder of the gateway in use. */
int home_gateway_path(struct session *ses, const char *name, const char **out)
	__attribute__((warn_unused_result));
/* Writes the gateway's conf; `use` makes it the one in use. */
int home_gateway_save(struct session *ses, const struct home_gateway *g, bool use)
	__attribute__((warn_unused_result));

/* Remembers that a roster was seen: the floor only rises, whatever other terminals do meanwhile. */
int home_gateway_raise(struct session *ses, uint32_t version, const uint8_t hash[static 32],
		       const char *name) __attribute__((warn_unused_result));

/* Frees and wipes; the frame calls it. */
void home_close(struct session *ses);

#endif
