/*
 * What a witness is asked (C2SP tlog-witness, add-checkpoint), and what it answers: bytes in, a
 * verdict out. FORMATS.md section 19.
 */
#ifndef CRYPTO_WITNESS_H
#define CRYPTO_WITNESS_H

#include "crypto/checkpoint.h"

#define WITNESS_REQUEST_MAX 16384
#define WITNESS_STEP_MAX    63

struct witness_request {
	uint64_t old; /* entries of the checkpoint that the witness has */
	size_t cnt;
	uint8_t path[WITNESS_STEP_MAX][MERKLE_LEN];
	const char *note; /* borrowed: the signed checkpoint */
	size_t len;
};
/* ERR_FORMAT, ERR_RANGE; ERR_FULL. */
int witness_request_get(struct witness_request *out, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
int witness_request_put(struct bufw *w, const struct witness_request *q)
	__attribute__((warn_unused_result));

/* The status of HTTP that the protocol names for it. */
enum witness_verdict {
	WITNESS_GOOD = 200,
	WITNESS_BAD = 400,
	WITNESS_UNSIGNED = 403,
	WITNESS_UNKNOWN = 404,
	WITNESS_CONFLICT = 409, /* another old size; or the same size with another root */
	WITNESS_UNPROVEN = 422
};
/* The checkpoint of a request, unjudged: *note borrows the request. ERR_FORMAT, ERR_UTF8,
 * ERR_RANGE. */
int witness_checkpoint(struct checkpoint *out, struct note *note, const struct witness_request *q)
	__attribute__((warn_unused_result));
/* Judges it for the log with that key, of which the last checkpoint was `last` (size 0: none). */
enum witness_verdict witness_judge(const struct witness_request *q, const struct checkpoint *now,
				   const struct note *note, const struct note_key *log,
				   const struct checkpoint *last);

#endif
