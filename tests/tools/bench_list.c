/*
 * What a list of cases cannot be without: opening COUNT cases, 16 in a sealed record, making the
 * names of the records again, and sorting the cases; and what the search for the beginning of an id
 * cannot be without: opening the first four bytes of each id in records of 1,024. No SQLite, no
 * words, no output.
 *
 *   bench_list COUNT LENGTH    prints a line for each: a name and milliseconds, the best of five
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/record.h"

#define ROUNDS    5
#define ID_LEN    16
#define HEADS_LEN (1024 * 4)
#define SHELF     16

struct world {
	struct record_keys keys;
	uint8_t index[RECORD_INDEX_LEN];
	uint8_t *plain, *sealed;
	uint64_t *order;
	size_t cnt, len;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
open_all(struct world *w, size_t cnt, size_t len)
{
	uint8_t name[RECORD_INDEX_LEN];

	for (size_t i = 0; i < cnt; i++) {
		if (record_open(w->plain, &w->keys, w->index, w->sealed, len + RECORD_OVERHEAD))
			exit(1);
		record_index(name, &w->keys, "f", w->plain, ID_LEN);
	}
}

static void
list(struct world *w)
{
	open_all(w, w->cnt / SHELF + 1, w->len);
	randombytes_buf(w->order, w->cnt * sizeof(*w->order));
	qsort(w->order, w->cnt, sizeof(*w->order), by_number);
}

static void
heads(struct world *w)
{
	open_all(w, w->cnt / 1024 + 1, HEADS_LEN);
}

static void
report(const char *name, struct world *w, size_t len, void (*work)(struct world *))
{
	double best = 1e12;

	record_seal(w->sealed, &w->keys, w->index, w->plain, len);
	for (int i = 0; i < ROUNDS; i++) {
		double from = now_ms();

		work(w);
		double took = now_ms() - from;
		best = took < best ? took : best;
	}
	printf("%s %.2f\n", name, best);
}

int
main(int argc, char **argv)
{
	struct world w = { 0 };
	size_t room;

	if (argc != 3 || sodium_init() < 0)
		return 2;
	w.cnt = strtoul(argv[1], NULL, 10);
	w.len = SHELF * strtoul(argv[2], NULL, 10);
	room = (w.len > HEADS_LEN ? w.len : HEADS_LEN) + RECORD_OVERHEAD;
	w.plain = calloc(1, room);
	w.sealed = calloc(1, room);
	w.order = calloc(w.cnt + 1, sizeof(*w.order));
	if (!w.cnt || w.len < ID_LEN || !w.plain || !w.sealed || !w.order)
		return 2;
	randombytes_buf(&w.keys, sizeof(w.keys));
	report("list_ms", &w, w.len, list);
	report("heads_ms", &w, HEADS_LEN, heads);
	free(w.plain);
	free(w.sealed);
	free(w.order);
	return 0;
}
