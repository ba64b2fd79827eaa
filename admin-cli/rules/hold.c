/* The hours in which a reply may become visible (see hold.h). */
#include "admin-cli/rules/hold.h"

#define DAY 24

static uint32_t
next_day(uint32_t hour)
{
	return (hour + DAY - 1) / DAY * DAY;
}

void
hold_range(struct hold_hours *out, uint32_t hour, bool urgent, uint32_t due)
{
	uint32_t now = hour + 1; /* the running hour is not counted */
	uint32_t least = now + (urgent ? 2 : 6);

	out->step = urgent ? 1 : DAY;
	out->first = urgent ? least : next_day(least);
	out->last = urgent ? now + 12 : (now + 72) / DAY * DAY;
	if (due <= hour || due > out->last) /* no clock runs, or it is not met too late */
		return;
	if (due <= now) { /* no full hour is left */
		out->first = out->last = 0;
		return;
	}
	out->last = urgent ? due - 1 : (due - 1) / DAY * DAY;
	if (out->first <= out->last)
		return;
	out->step = 1;
	out->last = due - 1;
	out->first = !urgent && least < out->last ? least : now;
}

uint32_t
hold_cnt(const struct hold_hours *h)
{
	return (h->last - h->first) / h->step + 1;
}

uint32_t
hold_hour(const struct hold_hours *h, uint32_t n)
{
	return h->first + n * h->step;
}
