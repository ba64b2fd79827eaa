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

/* ---- the beat to the planners ---- */

uint32_t
hold_beat_last(enum hold_beat beat, uint32_t hour)
{
	static const uint8_t at[][2] = { /* hours of the day in UTC */
					 [HOLD_POST] = { 1, 6 },
					 [HOLD_ROUND] = { 3, 8 }
	};
	uint32_t day = hour / DAY * DAY, of = hour % DAY;

	return of >= at[beat][1]   ? day + at[beat][1]
	       : of >= at[beat][0] ? day + at[beat][0]
				   : day - DAY + at[beat][1];
}

uint32_t
hold_beat_next(enum hold_beat beat, uint32_t hour)
{
	uint32_t last = hold_beat_last(beat, hour), at = hour + 1;

	while (hold_beat_last(beat, at) == last)
		at++;
	return at;
}

uint32_t
hold_take(uint32_t written, unsigned late)
{
	uint32_t round = hold_beat_next(HOLD_ROUND, written + HOLD_AGE - 1);

	while (late--)
		round = hold_beat_next(HOLD_ROUND, round);
	return round;
}

uint32_t
hold_report(uint32_t written)
{
	return hold_beat_next(HOLD_ROUND, written + HOLD_REPORT_DAYS * DAY - 1);
}

unsigned
hold_late(const uint8_t id[static 16])
{
	return id[1] < 64 ? 0 : id[1] < 192 ? 1 : 2;
}
