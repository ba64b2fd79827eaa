/* Which confirmed cases of illegal mining call for a packet (see packet.h). */
#include "admin-cli/rules/packet.h"

#include <stdlib.h>
#include <string.h>

static int
by_day(const void *a, const void *b)
{
	const struct packet_case *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return memcmp(x->id, y->id, sizeof(x->id));
}

static bool
has_county(const struct packet *out, size_t cnt, const struct packet_case *list, const char *county)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		if (!strcmp(list[out[i].second].county, county))
			return true;
	return false;
}

/* The newest case before list[b] with which it calls for a packet. */
static bool
pair(struct packet *out, const struct packet_case *list, size_t b, packet_same *same, void *arg)
{
	size_t a = b;

	while (a-- > 0) {
		bool near = *list[b].county && !strcmp(list[a].county, list[b].county) &&
			    list[b].day - list[a].day <= PACKET_DAYS;
		bool site = same(arg, a, b);

		if (!near && !site)
			continue;
		*out = (struct packet){ .first = a, .second = b, .site = site };
		return true;
	}
	return false;
}

size_t
packet_find(struct packet *out, size_t cap, struct packet_case *list, size_t cnt, packet_same *same,
	    void *arg)
{
	size_t n = 0, b = cnt;

	if (cnt)
		qsort(list, cnt, sizeof(*list), by_day);
	while (b-- > 0 && n < cap)
		if (!has_county(out, n, list, list[b].county) && pair(&out[n], list, b, same, arg))
			n++;
	return n;
}
