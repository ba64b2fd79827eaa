/*
 * Token bucket, lottery and puzzle against floods; see puzzle.h. It keeps counts only, nothing
 * about one client.
 */
#include "server/base/puzzle.h"

#include <sodium.h>

#define DRAW_PER_S     (1000 / PUZZLE_DRAW_MS)
#define WORK_MS        1000u /* a measurement */
#define WORK_BUSY      85u   /* percent of the time: more is too much */
#define DRAW_FORGET_MS 1000u /* older arrivals do not predict the next ones */

void
puzzle_init(struct puzzle *p, const struct puzzle_limits *limits, uint64_t now_ms)
{
	memset(p, 0, sizeof(*p));
	p->rate = p->able = limits->rate;
	p->burst = limits->burst;
	p->max = limits->max > FRAME_DIFFICULTY_MAX ? FRAME_DIFFICULTY_MAX : limits->max;
	p->tokens = limits->burst;
	p->filled_ms = p->rotated_ms = p->drawn_ms = p->work_since_ms = now_ms;
	for (int i = 0; i < PUZZLE_VALID; i++)
		randombytes_buf(p->valid[i].salt, sizeof(p->valid[i].salt));
	for (int i = 0; i < PUZZLE_LOTS; i++)
		p->chance[i] = PUZZLE_SURE;
}

/* Tokens a second, and the most tokens: as many seconds of them as the configuration says. */
static uint32_t
pace(const struct puzzle *p)
{
	return p->able < p->rate ? p->able : p->rate;
}

static double
burst(const struct puzzle *p)
{
	return p->rate ? (double)p->burst * pace(p) / p->rate : p->burst;
}

void
puzzle_work(struct puzzle *p, uint64_t took_us, uint32_t cnt, uint64_t now_ms)
{
	p->work_us += took_us;
	p->work_cnt += cnt;
	uint64_t age = now_ms > p->work_since_ms ? now_ms - p->work_since_ms : 0;
	if (age < WORK_MS || !p->rate)
		return;
	if (p->work_us >= age * 10 * WORK_BUSY) {
		/* A fifth is left over, so that answers come in time. */
		uint64_t able = p->work_cnt * 1000000 / p->work_us * 4 / 5;
		p->able = able > p->rate ? p->rate : able ? (uint32_t)able : 1;
	} else {
		p->able += p->able / 4 + 1;
		if (p->able > p->rate)
			p->able = p->rate;
	}
	p->work_us = p->work_cnt = 0;
	p->work_since_ms = now_ms;
}

void
puzzle_count(struct puzzle *p, const struct puzzle_tally *tally, uint64_t now_ms)
{
	for (int i = 0; i < PUZZLE_CLASS__MAX; i++)
		p->asked += tally->came[i];
	for (int i = 0; i < PUZZLE_LOTS; i++)
		p->came[i] += tally->came[i];
	if (!p->rate)
		return;
	/*
	 * Faces hear of a flood a moment late. Requests that they let in meanwhile leave the bucket
	 * with a debt, but never more than a fifth of a second's tokens.
	 */
	double debt = pace(p) / 5.0;
	p->tokens += (double)(now_ms - p->filled_ms) * pace(p) / 1000.0 - tally->let;
	p->filled_ms = now_ms;
	if (p->tokens > burst(p))
		p->tokens = burst(p);
	if (p->tokens < -debt)
		p->tokens = -debt;
}

static uint16_t
chance_of(double served, double came)
{
	return served >= came ? PUZZLE_SURE : (uint16_t)(served / came * PUZZLE_SURE);
}

/*
 * Divides the tokens until the next draw among the requests that are expected. Requests that solved
 * the newest salt get a reserved share; the others get the rest, and each side gets what the other
 * leaves.
 */
static bool
chances_set(struct puzzle *p, uint64_t now_ms)
{
	uint16_t old[PUZZLE_LOTS];
	uint64_t age = now_ms - p->drawn_ms;
	if (!p->rate || age < PUZZLE_DRAW_MS)
		return false;
	for (int i = 0; i < PUZZLE_LOTS; i++) {
		double came = (double)p->came[i] * PUZZLE_DRAW_MS / (double)age;
		old[i] = p->chance[i];
		p->coming[i] = age < DRAW_FORGET_MS ? (p->coming[i] + came) / 2 : came;
		p->came[i] = 0;
	}
	p->drawn_ms = now_ms;
	double give = (double)pace(p) / DRAW_PER_S + (p->tokens < 0 ? p->tokens / 4 : p->tokens);
	double newest = p->coming[PUZZLE_NEWEST], older = p->coming[PUZZLE_OLDER];
	double kept = give * PUZZLE_RESERVED / 100;
	if (kept < give - older)
		kept = give - older;
	if (kept > newest)
		kept = newest;
	p->chance[PUZZLE_NEWEST] = chance_of(kept, newest);
	p->chance[PUZZLE_OLDER] = chance_of(give - kept, older);
	return memcmp(old, p->chance, sizeof(old)) != 0;
}

static bool
salt_turn(struct puzzle *p, uint64_t now_ms)
{
	uint64_t age = now_ms - p->rotated_ms;
	bool dry = p->rate && (p->tokens < 1 || p->chance[PUZZLE_NEWEST] != PUZZLE_SURE ||
			       p->chance[PUZZLE_OLDER] != PUZZLE_SURE);
	uint8_t floor = p->floor < p->max ? p->floor : p->max;
	bool cheap = dry && p->valid[0].difficulty < p->max;
	cheap = cheap || p->valid[0].difficulty < floor;
	if (age < PUZZLE_MS && !(cheap && age >= PUZZLE_DRY_MS))
		return false;
	uint8_t d = p->valid[0].difficulty;
	if (dry)
		/*
		 * The first step costs a phone a noticeable moment and a flood a lot; after it the
		 * difficulty grows one bit at a time.
		 */
		d = d ? (uint8_t)(d + 1) : 8;
	else if (d && (!p->rate || (double)p->asked < (double)pace(p) * (double)age / 2000.0))
		d = d > 8 ? (uint8_t)(d - 1) : 0;
	if (d < floor)
		d = floor;
	if (d > p->max)
		d = p->max;
	p->asks = p->kept;
	p->next = d;
	if (p->kept)
		return false;
	struct puzzle_salt valid[PUZZLE_VALID] = { { .difficulty = d }, p->valid[0] };
	randombytes_buf(valid[0].salt, sizeof(valid[0].salt));
	puzzle_set(p, valid, now_ms);
	return true;
}

void
puzzle_set(struct puzzle *p, const struct puzzle_salt valid[static PUZZLE_VALID], uint64_t now_ms)
{
	memcpy(p->valid, valid, sizeof(p->valid));
	p->rotated_ms = now_ms;
	p->asked = 0;
	p->asks = false;
}

bool
puzzle_turn(struct puzzle *p, uint64_t now_ms)
{
	bool drawn = chances_set(p, now_ms);
	return salt_turn(p, now_ms) || drawn;
}
