/* Key parts on the gateway (FORMATS §10): offers, sealed epoch secrets, certificates. */
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

/* Fetches a part: `epoch` 0 = the newest; `handle` NULL for certificates. *found is false where
 * the gateway has none. */
int epoch_part_get(struct session *ses, const struct trust *v, uint8_t kind, uint32_t epoch,
		   const uint8_t *handle, struct epoch_part *out, bool *found)
	__attribute__((warn_unused_result));
int epoch_part_put(struct session *ses, const struct trust *v, uint8_t kind, const uint8_t *handle,
		   const struct epoch_part *part) __attribute__((warn_unused_result));

/* The highest number among the certificates of our desk in the bundle, 0 where there is none. */
uint32_t epoch_part_last(const struct trust *v);
/* Offers this member's subkey for an epoch: makes it, keeps it, uploads it. */
int epoch_part_offer(struct session *ses, const struct trust *v, uint32_t epoch)
	__attribute__((warn_unused_result));
/* Seals the secret to a member: to the subkey that he offered for the epoch, else to the key of
 * his card (*by_card). */
int epoch_part_give(struct session *ses, const struct trust *v, const struct home_epoch *e,
		    const struct roster_member *to, bool *by_card)
	__attribute__((warn_unused_result));
/* Fetches this member's copy of the epoch secret, checks it against the certificate and puts it
 * into the keystore. *got is false where there is no copy for us or it does not fit (*damaged). */
int epoch_part_take(struct session *ses, const struct trust *v, const struct epoch *cert, bool *got,
		    bool *damaged) __attribute__((warn_unused_result));
/* The newest certificate of our desk that waits for its second signature. */
int epoch_part_pending(struct session *ses, const struct trust *v, struct epoch *cert,
		       struct epoch_part *note, bool *found) __attribute__((warn_unused_result));

#endif
