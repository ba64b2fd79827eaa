/* What a face checks before the vault hears of a request: form, puzzle, signature. Design section 2. */
#ifndef SERVER_FACE_CHECK_H
#define SERVER_FACE_CHECK_H

#include "crypto/frame.h"
#include "server/puzzle.h"

struct face_rules {
	uint8_t gateway[KEY_ID_LEN];
	struct puzzle_salt valid[PUZZLE_VALID]; /* newest first */
	unsigned valid_cnt;
};

/* 0: pass it on; else the status of the refusal that the vault shall sign. R is set in both cases. */
int face_check(uint8_t r[static FRAME_HASH_LEN], const uint8_t frame[static FRAME_LEN],
	       const struct face_rules *rules) __attribute__((warn_unused_result));

#endif
