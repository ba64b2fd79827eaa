/*
 * Key parts on the gateway (FORMATS §10): the subkeys that members offer, the epoch secrets sealed
 * to them, and the certificates of epoch keys.
 */
#ifndef EPOCH_PART_H
#define EPOCH_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/home.h"
#include "admin-cli/desk/sync.h"

struct session;

struct epoch_part {
	uint32_t epoch;
	uint8_t bytes[FRAME_BODY_LEN];
	size_t len;
};

/* Fetches one part. `kind` is a FRAME_KEY_…; `epoch` 0 means the newest; `handle` (KEY_HANDLE_LEN
 * bytes) is NULL for certificates. *found is false where the gateway has none. epoch_part_put()
 * uploads one. */
int epoch_part_get(struct session *ses, const struct trust *v, uint8_t kind, uint32_t epoch,
		   const uint8_t *handle, struct epoch_part *out, bool *found)
	__attribute__((warn_unused_result));
int epoch_part_put(struct session *ses, const struct trust *v, uint8_t kind, const uint8_t *handle,
		   const struct epoch_part *part) __attribute__((warn_unused_result));

/* The number of the newest complete certificate of our desk at the gateway, also of one that is
 * over or that today's roster no longer verifies; 0 where there is none. */
int epoch_part_newest(struct session *ses, const struct trust *v, uint32_t *number)
	__attribute__((warn_unused_result));
/* Gateways take key parts for at most this many numbers above the newest (FORMATS §10). */
#define EPOCH_PART_AHEAD 2
/* Offers this member's subkey for an epoch: makes it where there is none, keeps it, uploads it. */
int epoch_part_offer(struct session *ses, const struct trust *v, uint32_t epoch)
	__attribute__((warn_unused_result));
/* Seals an epoch secret to a member and uploads it: to the subkey that the member offered for the
 * epoch, else to the key of the member's card (*by_card). */
int epoch_part_give(struct session *ses, const struct trust *v, const struct home_epoch *e,
		    const struct roster_member *to, bool *by_card)
	__attribute__((warn_unused_result));
/* The public half of the voice key that belongs to an epoch secret. 0, or an enum err. */
int epoch_part_voice(uint8_t pk[static KEY_SIGN_PUBLIC_LEN], const struct xwing_secret *secret)
	__attribute__((warn_unused_result));
/* Fetches this member's copy of an epoch secret, compares it with the certificate's public key and
 * voice, and puts it into the keystore. *got is false where the gateway has no copy, and where the
 * copy does not belong to the certificate (*damaged). */
int epoch_part_take(struct session *ses, const struct trust *v, const struct epoch *cert, bool *got,
		    bool *damaged) __attribute__((warn_unused_result));
/* Finds the certificate that the lead of our desk has signed and that needs a second signature.
 * *note is its text. `newest` is what epoch_part_newest() gave. */
int epoch_part_pending(struct session *ses, const struct trust *v, uint32_t newest,
		       struct epoch *cert, struct epoch_part *note, bool *found)
	__attribute__((warn_unused_result));

#endif
