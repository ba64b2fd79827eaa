/*
 * Flooding is met without addresses. A token bucket over everybody; when it runs dry, a puzzle that
 * is the same for everybody; and whatever comes beyond the bucket is drawn by lot, with chances
 * that know nothing of a request but which salt it solved.
 *
 * Salt and difficulty change every ten minutes, sooner when the bucket is dry; the last two are
 * valid. The vault counts and sets the chances; faces draw, before they look at anything else,
 * because a refusal has to be cheaper than what it refuses.
 */
#ifndef SERVER_PUZZLE_H
#define SERVER_PUZZLE_H

#include "crypto/frame.h"

#include <stdbool.h>
#include <stdint.h>

#define PUZZLE_VALID   2
#define PUZZLE_MS      (10u * 60 * 1000)
#define PUZZLE_DRY_MS  (30u * 1000) /* the least time between two rotations */
#define PUZZLE_DRAW_MS 100u         /* the least time between two settings of the chances */
#define PUZZLE_SURE    0xffffu      /* a chance of one */
/* What those who solved the newest salt keep of the rate, in percent, where not all can be served.
 */
#define PUZZLE_RESERVED 75

struct puzzle_salt {
	uint8_t salt[FRAME_NONCE_LEN];
	uint8_t difficulty;
};

/* What a request has shown. The first two stand in the lottery, each with its own chance. */
enum puzzle_class {
	PUZZLE_NEWEST, /* solved the newest salt while that asks for something */
	PUZZLE_OLDER,  /* solved the one before, or nothing was asked */
	PUZZLE_LOTS,
	PUZZLE_UNSOLVED = PUZZLE_LOTS, /* refused */
	PUZZLE_CLASS__MAX
};

struct puzzle {
	struct puzzle_salt valid[PUZZLE_VALID]; /* newest first */
	uint16_t chance[PUZZLE_LOTS];           /* of 65536; PUZZLE_SURE: always */
	uint8_t max;
	uint32_t rate, burst; /* tokens a second, at most; rate 0: never a puzzle, nor a lottery */
	double tokens;        /* below zero: let in before the chances knew */
	double coming[PUZZLE_LOTS]; /* a draw's time, smoothed */
	uint64_t filled_ms, rotated_ms, drawn_ms;
	uint64_t asked;             /* all that came since the rotation */
	uint32_t came[PUZZLE_LOTS]; /* since the chances were set */
};

struct puzzle_limits {
	uint32_t rate, burst;
	uint8_t max;
};
void puzzle_init(struct puzzle *p, const struct puzzle_limits *limits, uint64_t now_ms);

/* What one batch brought. */
struct puzzle_tally {
	uint32_t came[PUZZLE_CLASS__MAX];
	uint32_t let; /* of them through the lottery: a token each */
};
void puzzle_count(struct puzzle *p, const struct puzzle_tally *tally, uint64_t now_ms);
/* New chances, salt and difficulty where it is time: true where faces must hear of it. */
bool puzzle_turn(struct puzzle *p, uint64_t now_ms);

#endif
