/*
 * The clocks of a case: by when it is read, decided, taken up, verified and answered, by severity
 * (data/clocks.json). They follow from the entries, the gateway's record and the hour alone, so
 * every reader of a case sees the same clocks, at its desk and above.
 *
 * The gateway enforces three of its own: reading, answering and the term, after which the case
 * opens to the desk above by itself. The clocks here are shown and open nothing.
 *
 * The gateway stores the day of an entry, not its hour. A clock therefore begins when the day is
 * over, and never accuses anybody too early; where the gateway's own clock still runs and is
 * earlier, its hour counts.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/fold_state.h"
#include "crypto/holidays.h"

/* The years that the table of holidays lacks, one each, as the roots have signed them. */
#define CLOCK_YEARS 8
struct clock_years {
	size_t cnt;
	struct holidays year[CLOCK_YEARS];
};

/* In the order in which they come in the life of a case. */
enum clock_id {
	CLOCK_READ,    /* sent -> somebody acknowledged it */
	CLOCK_REPLY,   /* sent -> the source heard something; the gateway's alone */
	CLOCK_DECIDE,  /* sent -> an outcome of triage that is not a question */
	CLOCK_APPROVE, /* taken up -> an order was made of it */
	CLOCK_VERIFY,  /* taken up, or a recheck -> verified; an extension adds to it */
	CLOCK_ANSWER,  /* verified -> the source knows the result */
	CLOCK_LATEST,  /* sent -> she heard more than that it was received and read */
	CLOCK__MAX
};

/* One clock in hours since 1970; due 0: it does not run. What a list keeps of a case. */
struct clock_time {
	uint32_t from, due;
};

enum clock_state { CLOCK_IDLE, CLOCK_FINE, CLOCK_WARNED, CLOCK_OVER };

/* What the gateway's record says of the case. */
struct clock_record {
	bool urgent;   /* its ladder */
	bool answered; /* answer_due is the end of the term */
	bool closed;
	bool above; /* open to the desk above */
	uint32_t read_due, answer_due;
};

/* Who sees that a clock is over. */
enum clock_seen {
	CLOCK_SEEN_DESK,  /* this desk; the desk above when the gateway opens the case to it */
	CLOCK_SEEN_ABOVE, /* the desk above as well: the case is open to it */
	CLOCK_SEEN_OPENS  /* the gateway opens it to the desk above by this very clock */
};

/* N_(): "first read"; and the word for programs. */
const char *clock_label(enum clock_id id);
const char *clock_name(enum clock_id id);
const char *clock_state_name(enum clock_state state);

/* By which severity the clocks of a case run. Nobody has said: S1 where the source says that
 * somebody may get hurt now or the ladder is urgent, else the floor, at least S2. Where the source
 * says it and triage does not, never longer than S2. */
int clock_severity(const struct fold *f, bool urgent);
/* The hour at which a clock is due that begins with the end of `day`, by the table; 0: there is
 * none.
 */
uint32_t clock_due(enum clock_id id, int severity, uint32_t day, const struct clock_years *more);
/* The clocks of a case that was folded from these entries. */
void clock_fold(struct clock_time out[static CLOCK__MAX], const struct fold_input *in,
		const struct fold *f, bool urgent);
/* Puts the gateway's own in; a case that is not opened here has these alone. An earlier hour of
 * theirs counts, a closed case has none. */
void clock_gateway(struct clock_time clock[static CLOCK__MAX], const struct clock_record *rec);

/* How much of a clock is gone, in per cent, at most 999. */
unsigned clock_gone(const struct clock_time *c, uint32_t hour);
enum clock_state clock_state(const struct clock_time *c, uint32_t hour);
enum clock_seen clock_seen(enum clock_id id, const struct clock_record *rec);
/* The one that is due first; CLOCK__MAX: none runs. */
enum clock_id clock_next(const struct clock_time clock[static CLOCK__MAX]);

/* Whether people work on that day (unix day), by the table of this davy. Outside of it Monday to
 * Friday count. Draws of visits use it, which others verify with a davy alone. */
bool clock_workday(uint32_t day);
/* The n-th working day after `day`, for a clock that begins with the end of that day: by the table,
 * and in the years that it lacks by the holidays that the roots have signed (NULL: none), as far as
 * these count for it. Without either it is never too late but for a moved weekend. */
uint32_t clock_workday_after(const struct clock_years *more, uint32_t day, unsigned n);
/* The last day of the table of holidays. */
uint32_t clock_holidays_until(void);
/* The year of which neither the table nor `more` has the holidays, from CLOCK_HOLIDAYS_SOON days
 * before it begins; 0: none is missed on that day. */
#define CLOCK_HOLIDAYS_SOON 30
unsigned clock_holidays_missing(const struct clock_years *more, uint32_t day);

/* How many, in bands: "0   ", "1-4 ", "5-19", "20+ ", each of four bytes. */
const char *clock_band(size_t cnt);

#endif
