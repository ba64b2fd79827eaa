/*
 * What a source is shown of her entry in the public log, behind the statements of an answer to
 * `opened` (FORMATS.md sections 4 and 19): where it stands, and the proof that it stands there.
 */
#ifndef CRYPTO_PROOF_H
#define CRYPTO_PROOF_H

#include "crypto/checkpoint.h"
#include "crypto/cosigner.h"
#include "crypto/frame.h"
#include "crypto/leaf.h"
#include "crypto/note.h"
#include "crypto/receipt.h"

enum log_state {
	LOG_NONE,   /* the gateway keeps no log */
	LOG_WAITS,  /* the entry is in the batch that is open */
	LOG_STANDS, /* it is in the log: the proof follows */
	LOG_MISSING /* the gateway says itself that the log does not have it */
};

struct log_proof {
	uint8_t state;  /* enum log_state */
	uint64_t batch; /* LOG_WAITS: the one that is open */
	/* LOG_STANDS: */
	uint64_t index, size;
	size_t cnt;
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	uint8_t mark[LEAF_MARK_LEN], blind[LEAF_BLIND_LEN];
	uint8_t stub[FRAME_STUB_LEN];
	const uint8_t *checkpoint; /* borrowed: the signed note */
	size_t checkpoint_len;
};

/* The record at the end of an answer. ERR_FULL, ERR_FORMAT. Get borrows the bytes. */
int log_proof_put(struct bufw *w, const struct log_proof *p) __attribute__((warn_unused_result));
int log_proof_get(struct log_proof *out, struct buf *b) __attribute__((warn_unused_result));

/* What whoever checks a proof knows. */
struct log_trust {
	uint8_t gateway[KEY_ID_LEN];
	uint8_t log[KEY_SIGN_PUBLIC_LEN]; /* of the roster */
	const struct cosigners *cosigners;
	size_t quorum;
	uint64_t now; /* unix seconds */
};

enum log_verdict {
	LOG_PROVEN, /* inclusion, the log's signature, and enough fresh cosignatures */
	LOG_UNSEEN, /* the same, without enough cosignatures that are fresh: *seen tells them */
	LOG_REFUTED /* anything else: it is no proof, and the gateway signed it */
};
/* Whether her frame with this number (0: the tip) is in the log. Mark and stub are checked as well:
 * they have to be hers, and the stub signed. */
enum log_verdict log_proof_check(const struct log_proof *p, const struct log_trust *trust,
				 const struct receipt_keys *source, uint32_t number,
				 struct cosigned *seen);

#endif
