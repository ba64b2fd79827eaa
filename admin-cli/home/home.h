/*
 * The home of one person: a folder of mode 0700.
 *
 *	keystore               the secrets (FORMATS §12, crypto/keystore.h), mode 0600
 *	gateways/ID/conf       address, proxy, card and veil of a gateway, ID in hex
 *	gateways/ID/roster     the last roster that was verified
 *	gateways/ID/counties   the names of counties, from the registrar (desk/county.h)
 *	gateways/ID/holidays-YEAR  signed by the roots, for working days (desk/workdays.h)
 *	gateways/ID/workspace.db   what was synced (workspace.h)
 *	gateways/ID/alarms/    proofs that the gateway hides something (desk/alarm.h)
 *	gateways/ID/taken/     sealed tips that staff typed and that wait (source/source_taken.h)
 *	gateway                the id of the gateway in use where --gateway is not given
 *	duty                   the program that calls the duty (desk/duty.h), written by hand
 *	agent                  the socket of `davy unlock`
 *	lock                   held while a command changes the keystore
 *
 * A source's home has no keystore, only a gateway.
 *
 * The room home is disk and keystore. It speaks to no network and does not know what an entry says.
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/card.h"
#include "crypto/epoch.h"
#include "crypto/key.h"
#include "crypto/ohttp.h"
#include "crypto/roster.h"
#include "crypto/xwing.h"

struct session;

/* An epoch key's secret that this member holds: it opens what was sealed to the desk in that epoch.
 */
struct home_epoch {
	uint8_t gateway[16];
	uint16_t desk;
	uint32_t epoch;
	uint8_t use; /* enum epoch_use */
	struct xwing_secret secret;
	struct xwing_public pk; /* belongs to `secret` */
};

/* The subkey that this member offers for one epoch; the epoch secret is sealed to it (FORMATS §10).
 */
struct home_subkey {
	uint8_t gateway[16];
	uint16_t desk;
	uint32_t epoch;
	struct xwing_secret secret;
};

/* An opened keystore, in guarded memory (crypto/secret.h) until home_close(). */
struct home_keys {
	uint8_t handle[KEY_HANDLE_LEN];
	char name[ROSTER_NAME_MAX];
	struct key_sign sign;
	uint8_t sign_pk[KEY_SIGN_PUBLIC_LEN];
	struct xwing_secret seal;
	struct xwing_public seal_pk;
	uint8_t workspace[32]; /* the keys of the workspace are derived from it */
	struct home_epoch *epoch;
	size_t epoch_cnt;
	struct home_subkey *subkey;
	size_t subkey_cnt;
};

/* What `gateway connect` pinned. */
struct home_gateway {
	struct card_gateway card; /* id, first key, roots */
	/* Answers must be signed by it: the card's, or the one that the roots have given the
	 * gateway since. */
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
	bool key_named; /* a roster has named that key: only then may a newer one give another */
	char *url, *proxy, *cacert; /* proxy and cacert may be NULL */
	/* NULL, or: the url is a relay's, and frames are sealed to this key of the gateway's veil
	 */
	struct ohttp_config *veil;
	char *name;           /* of the last roster seen, or NULL */
	uint32_t min_version; /* the floor: an older roster is refused */
	uint8_t min_hash[32]; /* SHA-256 of the note of that version */
};

/* Sets ses->home after checking the folder; creates the folder where `create`. The calls below that
 * return int do this themselves. */
int home_open(struct session *ses, bool create) __attribute__((warn_unused_result));
/* A path inside the home, which must be open; lives until the session ends. */
const char *home_path(struct session *ses, const char *name);
/* Whether the home has a keystore: a member's has one, a source's has not. */
bool home_has_keys(struct session *ses);

/* Opens the keystore with the key of the agent, else with the passphrase from --passphrase-file,
 * else by asking for it. Borrowed until home_close(); its arrays move with home_add_epoch(),
 * home_add_subkey() and home_drop_epoch(). */
int home_keys(struct session *ses, const struct home_keys **out)
	__attribute__((warn_unused_result));
/* Walks the epoch secrets of the gateway in use for one desk (0: every desk), newest first. Start
 * with *i = 0; NULL after the last. */
const struct home_epoch *home_epoch_next(struct session *ses, const struct home_keys *k,
					 uint16_t desk, size_t *i);
/* Adds a secret to the keystore under the home's lock: reads the file again first, so that what
 * another terminal has added stays. A secret that is there already is not added twice. */
int home_add_epoch(struct session *ses, const struct home_epoch *e)
	__attribute__((warn_unused_result));
int home_add_subkey(struct session *ses, const struct home_subkey *s)
	__attribute__((warn_unused_result));
/* Removes the secret of an epoch, and the subkey to which it was sealed. */
int home_drop_epoch(struct session *ses, const struct home_epoch *e)
	__attribute__((warn_unused_result));

/* The gateway in use; borrowed until home_close(). Refused where the home knows none. */
int home_gateway(struct session *ses, const struct home_gateway **out)
	__attribute__((warn_unused_result));
/* A path inside the folder of the gateway in use; lives until the session ends. */
int home_gateway_path(struct session *ses, const char *name, const char **out)
	__attribute__((warn_unused_result));
/* The same of a folder in it, which is made where it is not there. */
int home_gateway_folder(struct session *ses, const char *name, const char **out)
	__attribute__((warn_unused_result));
/* Writes the gateway's conf and creates the home where needed; `use` makes it the gateway in use.
 */
int home_gateway_save(struct session *ses, const struct home_gateway *g, bool use)
	__attribute__((warn_unused_result));

/* Notes that a roster was verified and may be believed, and takes the gateway's key from it, both
 * in one write. The floor (min_version) never falls, also when two terminals write at once; the key
 * goes with it. home_gateway() has been called before. */
int home_gateway_raise(struct session *ses, const struct roster *r, const uint8_t hash[static 32])
	__attribute__((warn_unused_result));
/* Takes answers by another key until this run of davy ends. */
void home_gateway_use_key(struct session *ses, const uint8_t key[static KEY_SIGN_PUBLIC_LEN]);

/* Wipes and frees all of it; desk_close() calls it. */
void home_close(struct session *ses);

#endif
