/*
 * Cosignatures of the gateway's public log (FORMATS §19, ops 0x41 and 0x42): what `davy log relay`
 * asks and brings for outside witnesses, and that of our own desk, made with the voice key of its
 * epoch.
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef COSIGN_H
#define COSIGN_H

#include <stdbool.h>

#include "crypto/checkpoint.h"
#include "crypto/frame.h"

struct session;
struct trust;

/* The newest checkpoint, asked for by op 0x42, with the proof that it goes on from `old` entries
 * (a multiple of TILE_WIDTH). The log has signed it; the proof is not checked. */
struct log_shown {
	struct checkpoint c;
	size_t cnt;
	uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN];
	uint8_t note[FRAME_BODY_LEN];
	size_t len;
};
int cosign_ask(struct session *ses, const struct note_key *key, uint64_t old, struct log_shown *out)
	__attribute__((warn_unused_result));
/* Brings cosignatures of a checkpoint (`text`) to the gateway: lines of a signed note. *cnt: how
 * many it has now. */
int cosign_bring(struct session *ses, const char *text, size_t text_len, const char *lines,
		 size_t *cnt) __attribute__((warn_unused_result));

/* Cosigns a checkpoint that goes on from what this home has seen, for our desk, unless a colleague
 * was here before or a batch was closed meanwhile; *done says whether. */
int cosign_checkpoint(struct session *ses, const struct trust *v, const char *note, bool *done)
	__attribute__((warn_unused_result));

#endif
