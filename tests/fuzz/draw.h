/* Random bytes that are the same in every run, so that an input means the same: for keys of
 * invented worlds. */
#ifndef TESTS_FUZZ_DRAW_H
#define TESTS_FUZZ_DRAW_H

#include <sodium.h>

static uint32_t draw_state = 1;

static const char *
draw_name(void)
{
	return "fuzz";
}

static uint32_t
draw_number(void)
{
	draw_state = draw_state * 1664525u + 1013904223u;
	return draw_state;
}

static void
draw_bytes(void *dst, const size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)dst)[i] = (uint8_t)(draw_number() >> 24);
}

/* Before sodium_init(). */
static inline void
draw_same(void)
{
	static struct randombytes_implementation same = { draw_name, draw_number, NULL,
							  NULL,      draw_bytes,  NULL };
	randombytes_set_implementation(&same);
}

#endif
