#include "server/puzzle.h"

#include <sodium.h>

void
puzzle_init(struct puzzle *p, const struct puzzle_limits *limits, uint64_t now_ms)
{
	memset(p, 0, sizeof(*p));
	p->rate = limits->rate;
	p->burst = limits->burst;
	p->max = limits->max > FRAME_DIFFICULTY_MAX ? FRAME_DIFFICULTY_MAX : limits->max;
	p->tokens = limits->burst;
	p->filled_ms = p->rotated_ms = now_ms;
	for (int i = 0; i < PUZZLE_VALID; i++)
		randombytes_buf(p->valid[i].salt, sizeof(p->valid[i].salt));
}

void
puzzle_spend(struct puzzle *p, uint32_t cnt, uint64_t now_ms)
{
	if (!p->rate)
		return;
	p->tokens += (double)(now_ms - p->filled_ms) * p->rate / 1000.0;
	p->filled_ms = now_ms;
	if (p->tokens > p->burst)
		p->tokens = p->burst;
	p->tokens = p->tokens > cnt ? p->tokens - cnt : 0;
	p->spent += cnt;
}

bool
puzzle_turn(struct puzzle *p, uint64_t now_ms)
{
	uint64_t age = now_ms - p->rotated_ms;
	bool dry = p->rate && p->tokens < 1;
	if (age < PUZZLE_MS && !(dry && age >= PUZZLE_DRY_MS && p->valid[0].difficulty < p->max))
		return false;
	uint8_t d = p->valid[0].difficulty;
	if (dry)
		/* The first step is one that a phone feels and a flood pays for; then one bit at a time. */
		d = d ? (uint8_t)(d + 1) : 8;
	else if (d && (double)p->spent < (double)p->rate * (double)age / 2000.0)
		d = d > 8 ? (uint8_t)(d - 1) : 0;
	if (d > p->max)
		d = p->max;
	p->valid[1] = p->valid[0];
	randombytes_buf(p->valid[0].salt, sizeof(p->valid[0].salt));
	p->valid[0].difficulty = d;
	p->rotated_ms = now_ms;
	p->spent = 0;
	return true;
}
