/* Stops by person (see stops.h). */
#include "admin-cli/rules/stops.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/err.h"

/* One signature under a stop. */
struct hand {
	uint8_t handle[8];
	uint16_t desk, writer;
	uint32_t day;
};

static int
by_person_and_day(const void *a, const void *b)
{
	const struct hand *x = a, *y = b;
	int order = memcmp(x->handle, y->handle, sizeof(x->handle));

	if (order)
		return order;
	return x->day < y->day ? -1 : x->day > y->day;
}

static size_t
gather(struct hand *hand, const struct stops_stop *list, size_t stops, uint32_t since)
{
	size_t n = 0;

	for (size_t i = 0; i < stops; i++)
		for (unsigned k = 0; k < list[i].cnt && k < STOPS_HANDS; k++) {
			if (list[i].day < since)
				continue;
			hand[n] = (struct hand){ .desk = list[i].desk[k],
						 .writer = list[i].writer,
						 .day = list[i].day };
			memcpy(hand[n++].handle, list[i].handle[k], 8);
		}
	if (n)
		qsort(hand, n, sizeof(*hand), by_person_and_day);
	return n;
}

/* The most stops of one person, hand[0] to hand[n - 1], within STOPS_DAYS days. */
static void
most(struct stops_flag *f, const struct hand *hand, size_t n)
{
	size_t first = 0;

	memcpy(f->handle, hand->handle, sizeof(f->handle));
	f->desk = hand[n - 1].desk;
	f->writer = hand[n - 1].writer;
	f->cnt = 0;
	for (size_t i = 0; i < n; i++) {
		while (hand[i].day - hand[first].day >= STOPS_DAYS)
			first++;
		if (i - first + 1 < f->cnt)
			continue;
		f->cnt = (unsigned)(i - first + 1);
		f->day = hand[i].day;
	}
}

int
stops_find(struct stops_flag **out, size_t *cnt, const struct stops_stop *list, size_t stops,
	   uint32_t since)
{
	struct hand *hand = calloc(stops * STOPS_HANDS + 1, sizeof(*hand));
	struct stops_flag *flag = calloc(stops * STOPS_HANDS + 1, sizeof(*flag));
	size_t n, from, to;

	*out = NULL;
	*cnt = 0;
	if (!hand || !flag) {
		free(hand);
		free(flag);
		return ERR_MEM;
	}
	n = gather(hand, list, stops, since);
	for (from = 0; from < n; from = to) {
		for (to = from + 1; to < n && !memcmp(hand[to].handle, hand[from].handle, 8); to++)
			;
		most(&flag[*cnt], &hand[from], to - from);
		*cnt += flag[*cnt].cnt >= STOPS_LEAST;
	}
	free(hand);
	*out = flag;
	return 0;
}
