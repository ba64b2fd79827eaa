/*
 * The checks of a face before it passes a request to the vault: puzzle, lottery, format (FORMATS.md
 * sections 2 and 4). The vault checks the signature of every request, so that a face that has been
 * taken over can speak for nobody.
 */
#ifndef SERVER_FACE_CHECK_H
#define SERVER_FACE_CHECK_H

#include "crypto/frame.h"
#include "server/base/puzzle.h"

struct face_rules {
	uint8_t gateway[KEY_ID_LEN];
	struct puzzle_salt valid[PUZZLE_VALID]; /* newest first */
	unsigned valid_cnt;                     /* 0: the vault has sent no puzzle yet */
	uint16_t chance[PUZZLE_LOTS];
};

struct face_verdict {
	uint8_t r[FRAME_HASH_LEN];
	uint8_t status; /* 0: pass it on; else the status of the refusal that the vault shall sign
			 */
	uint8_t class;  /* enum puzzle_class */
};

void face_check(struct face_verdict *out, const uint8_t frame[static FRAME_LEN],
		const struct face_rules *rules);

#endif
