/*
 * Who cosigns the checkpoints of the public log (FORMATS.md section 19): the outside witnesses that
 * the roster names, and its desks, each by the voice key of its epoch; and whether they are enough.
 */
#ifndef CRYPTO_COSIGNER_H
#define CRYPTO_COSIGNER_H

#include "crypto/bundle.h"
#include "crypto/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COSIGN_FRESH_SECONDS (48 * 3600)
#define COSIGN_BATCH_SECONDS (4 * 3600) /* a desk's time is a multiple of it */

struct cosigners {
	size_t cnt;
	struct note_key key[NOTE_KEY_MAX];
	uint16_t org[NOTE_KEY_MAX];
	uint16_t desk[NOTE_KEY_MAX]; /* 0: an outside witness */
};

/* `desk-<n>`: the name under which a desk cosigns. */
void cosigner_desk_name(char out[static NOTE_NAME_MAX], uint16_t desk);
/* All of a bundle. A desk has one for each of its online certificates there; those that find no
 * place are left out. */
void cosigners_of(struct cosigners *out, const struct bundle *b);

struct cosigned {
	size_t cnt;  /* witnesses and desks */
	size_t orgs; /* of so many organisations */
};
/* Counts those that have cosigned in the last COSIGN_FRESH_SECONDS: a key once, and a desk once.
 * ERR_AUTH if a cosignature of one of them does not verify. */
int cosigners_count(struct cosigned *out, const struct cosigners *list, const struct note *note,
		    uint64_t now) __attribute__((warn_unused_result));
/* Whether they are a quorum: as many, and of two organisations where more than one is asked for. */
bool cosigned_enough(const struct cosigned *c, size_t quorum);

#endif
