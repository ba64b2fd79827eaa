/*
 * Flooding is met without addresses: a token bucket over everybody, and when it runs dry a puzzle that is the same for everybody.
 * Salt and difficulty change every ten minutes, sooner when the bucket is dry; the last two are valid.
 */
#ifndef SERVER_PUZZLE_H
#define SERVER_PUZZLE_H

#include "crypto/frame.h"

#include <stdbool.h>
#include <stdint.h>

#define PUZZLE_VALID  2
#define PUZZLE_MS     (10u * 60 * 1000)
#define PUZZLE_DRY_MS (30u * 1000) /* the least time between two rotations */

struct puzzle_salt {
	uint8_t salt[FRAME_NONCE_LEN];
	uint8_t difficulty;
};

struct puzzle {
	struct puzzle_salt valid[PUZZLE_VALID]; /* newest first */
	uint8_t max;
	uint32_t rate, burst; /* tokens a second, at most; rate 0: never a puzzle */
	double tokens;
	uint64_t filled_ms, rotated_ms;
	uint64_t spent; /* tokens asked for since the rotation */
};

struct puzzle_limits {
	uint32_t rate, burst;
	uint8_t max;
};
void puzzle_init(struct puzzle *p, const struct puzzle_limits *limits, uint64_t now_ms);
/* Takes cnt tokens, as far as there are any. */
void puzzle_spend(struct puzzle *p, uint32_t cnt, uint64_t now_ms);
/* New salt and difficulty where it is time: true, and faces must hear of it. */
bool puzzle_turn(struct puzzle *p, uint64_t now_ms);

#endif
