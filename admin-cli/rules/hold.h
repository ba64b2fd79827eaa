/*
 * The hours in which a reply may become visible to its source. A reply shows late and at a drawn
 * hour, so that nobody can tell from it when a team worked; it shows inside the answer clock of the
 * case, so that a prompt answer does not count as a missing one.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdbool.h>
#include <stdint.h>

/* Every step-th hour from first to last; both 0: at once. */
struct hold_hours {
	uint32_t first, last, step;
};

/* What is said, and of which case. */
enum hold {
	HOLD_USUAL,  /* the beginning of a day 6 to 72 hours after the next full hour */
	HOLD_URGENT, /* of an urgent case: 2 to 12 hours after it */
	/* The result of an inspection, of whatever case: the beginning of a day 3 to 10 days after
	 * it. Whoever was inspected shall not be able to tell from it which visit was hers. */
	HOLD_DONE,
};

/* `hour`: the gateway's unix hour, which began up to an hour ago. `due`: the hour by which the
 * source must be answered, 0 where no clock runs. Where the range ends too late for the clock, the
 * last hour is the one before it is due. */
void hold_range(struct hold_hours *out, uint32_t hour, enum hold kind, uint32_t due);
/* How many hours there are to draw from, and the n-th of them (n below that number). */
uint32_t hold_cnt(const struct hold_hours *h);
uint32_t hold_hour(const struct hold_hours *h, uint32_t n);

/*
 * What goes to the planners, and what they answer, leaves at fixed hours of the day, the same for
 * all, and as often on a day without needs as on one with them (desk/beat.h): so no hour tells when
 * a need came or was taken. All are unix hours.
 */
enum hold_beat {
	HOLD_POST, /* 09:00 and 14:00 in China: needs leave, or blank ones in their place */
	HOLD_ROUND /* 11:00 and 16:00: what planners say to them */
};
#define HOLD_AGE         2  /* hours after which a need can be taken in a round */
#define HOLD_REPORT_DAYS 14 /* days after which a report leaves */

/* The newest such hour at or before `hour`; the first one after it. */
uint32_t hold_beat_last(enum hold_beat beat, uint32_t hour);
uint32_t hold_beat_next(enum hold_beat beat, uint32_t hour);
/* The round in which a need that was written at `written` is taken at the earliest, and `late` of
 * them later; and the one in which its report leaves. */
uint32_t hold_take(uint32_t written, unsigned late);
uint32_t hold_report(uint32_t written);
/* How many rounds later a blank need is taken, by its id: as planners do who have more to do. */
unsigned hold_late(const uint8_t id[static 16]);

#endif
