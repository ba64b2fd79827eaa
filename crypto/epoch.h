/* Epoch certificates (FORMATS.md section 9): the key of a desk for a time, signed by its lead
 * and a second member. */
#ifndef CRYPTO_EPOCH_H
#define CRYPTO_EPOCH_H

#include "crypto/buf.h"
#include "crypto/key.h"
#include "crypto/roster.h"

#define EPOCH_NOTE_MAX     4096
#define EPOCH_ONLINE_DAYS  100
#define EPOCH_OFFLINE_DAYS 550

enum epoch_use { EPOCH_ONLINE, EPOCH_OFFLINE, EPOCH_USE__MAX };
enum epoch_need { EPOCH_PENDING, EPOCH_COMPLETE }; /* lead alone; lead and another */

struct epoch {
	uint8_t gateway[KEY_ID_LEN];
	uint16_t desk;
	uint8_t use;
	uint32_t number;
	uint32_t from, until; /* unix days; valid if from ≤ day < until */
	uint8_t key[KEY_SEAL_PUBLIC_LEN];
	/* Ed25519; with it the desk states in its own name, not in a person's, that it has opened a
	 * case. The seed is epoch_voice() of the epoch's secret. */
	uint8_t voice[KEY_SIGN_PUBLIC_LEN];
};

/* The voice key that belongs to an epoch's secret (the 32 bytes of the X-Wing seed). */
int epoch_voice(struct key_sign *out, const uint8_t secret[static 32])
	__attribute__((warn_unused_result));

/* Text without signatures. */
int epoch_parse(struct epoch *out, const char *text, size_t len)
	__attribute__((warn_unused_result));
int epoch_print(struct bufw *w, const struct epoch *e) __attribute__((warn_unused_result));
/* Verifies a whole note against the roster: its gateway, its desk, the lead's signature as
 * desk-<n>-lead and, for EPOCH_COMPLETE, a cosigner's as desk-<n>-cosigner. A certificate whose
 * text the roster's desk block names (`keeps`) is complete whoever signed it: the roots vouch for
 * it after its lead or its cosigner has changed. ERR_FORMAT, ERR_RANGE, ERR_AUTH, ERR_ROSTER (no
 * such desk, or another gateway). */
int epoch_verify(struct epoch *out, const void *note, size_t len, const struct roster *r,
		 enum epoch_need need) __attribute__((warn_unused_result));
/* Signs as the lead or as a cosigner of the desk that e names. */
int epoch_sign(struct bufw *w, const char *text, size_t text_len, uint16_t desk, bool lead,
	       const struct key_sign *key) __attribute__((warn_unused_result));
/* Is it good on that day? */
bool epoch_current(const struct epoch *e, uint32_t day);

#endif
