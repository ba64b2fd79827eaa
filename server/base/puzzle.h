/*
 * Defence against flooding without addresses. One token bucket serves all clients; when it is
 * empty, all clients get the same puzzle. Requests beyond the bucket are drawn by lottery; the
 * chance depends only on which salt a request has solved. Salt and difficulty change every ten
 * minutes, sooner when the bucket is empty; the last two salts are valid. The vault counts and sets
 * the chances. Faces draw before they look at anything else of a request, because a refusal has to
 * be cheaper than the work it saves.
 *
 * The bucket fills with `rate` tokens a second, or with as many as the disk has lately shown that
 * it can serve, where that is less: on a slow disk the puzzle starts below `rate`.
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
/*
 * Percent of the rate that is reserved for requests that solved the newest salt, when not all
 * requests can be served.
 */
#define PUZZLE_RESERVED 75

struct puzzle_salt {
	uint8_t salt[FRAME_NONCE_LEN];
	uint8_t difficulty;
};

/*
 * The proof that came with a request. Requests of the first two classes take part in the lottery,
 * each class with its own chance.
 */
enum puzzle_class {
	PUZZLE_NEWEST, /* solved the newest salt, with a difficulty above zero */
	PUZZLE_OLDER,  /* solved the salt before it, or the difficulty is zero */
	PUZZLE_LOTS,
	PUZZLE_UNSOLVED = PUZZLE_LOTS, /* refused */
	PUZZLE_CLASS__MAX
};

struct puzzle {
	struct puzzle_salt valid[PUZZLE_VALID]; /* newest first */
	uint16_t chance[PUZZLE_LOTS];           /* of 65536; PUZZLE_SURE: always */
	uint8_t max, floor;   /* floor: the least difficulty, whatever the bucket says */
	uint32_t rate, burst; /* tokens a second, and at most; rate 0: neither puzzle nor lottery */
	double tokens; /* below zero: requests were let in before the chances were adjusted */
	double coming[PUZZLE_LOTS]; /* a draw's time, smoothed */
	uint64_t filled_ms, rotated_ms, drawn_ms;
	uint64_t asked;             /* requests that arrived since the rotation */
	uint32_t came[PUZZLE_LOTS]; /* since the chances were set */
	uint32_t able;              /* requests a second that disk and processor manage */
	uint64_t work_us, work_cnt, work_since_ms; /* of the second that is measured */
	/* Where several gateways have the same salts: puzzle_turn asks for new ones, of the
	 * difficulty `next`, and puzzle_set makes them. */
	bool kept, asks;
	uint8_t next;
};

struct puzzle_limits {
	uint32_t rate, burst;
	uint8_t max;
};
void puzzle_init(struct puzzle *p, const struct puzzle_limits *limits, uint64_t now_ms);

/* The requests of one batch. */
struct puzzle_tally {
	uint32_t came[PUZZLE_CLASS__MAX];
	uint32_t let; /* requests that the lottery let in: each takes a token */
};
void puzzle_count(struct puzzle *p, const struct puzzle_tally *tally, uint64_t now_ms);
/*
 * A batch of `cnt` requests took that long, its commit included. Where the vault is busy nearly all
 * the time, what it manages becomes the rate.
 */
void puzzle_work(struct puzzle *p, uint64_t took_us, uint32_t cnt, uint64_t now_ms);
/* Sets new chances, salt and difficulty when they are due; true when faces must be told. */
bool puzzle_turn(struct puzzle *p, uint64_t now_ms);
void puzzle_set(struct puzzle *p, const struct puzzle_salt valid[static PUZZLE_VALID],
		uint64_t now_ms);

#endif
