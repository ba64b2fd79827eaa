/* The hours in which a reply may become visible (see hold.h). */
#include "admin-cli/rules/hold.h"

#include <stdbool.h>

#define DAY 24

void
hold_range(struct hold_hours *out, uint32_t hour, enum hold kind, uint32_t due)
{
	static const struct {
		uint32_t least, most, step; /* hours */
	} ranges[] = {
		[HOLD_USUAL] = { 6, 72, DAY },
		[HOLD_URGENT] = { 2, 12, 1 },
		[HOLD_DONE] = { 3 * DAY, 10 * DAY, DAY },
	};
	uint32_t now = hour + 1; /* the running hour is not counted */
	uint32_t least = now + ranges[kind].least;
	bool urgent = kind == HOLD_URGENT;

	out->step = ranges[kind].step;
	out->first = (least + out->step - 1) / out->step * out->step;
	out->last = (now + ranges[kind].most) / out->step * out->step;
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

uint32_t
hold_forward(bool urgent, int severity, uint32_t draw)
{
	uint32_t most = severity == 2 ? 12 : 30;

	return urgent || severity == 1 ? 0 : 6 * 3600 + draw % ((most - 6) * 3600);
}
