/*
 * Figures: how many cases there were, of what kind, what became of them and how long it took. Pure:
 * what is known of each case comes in, tables go out in which small counts are hidden.
 *
 * No figure counts a person: what is known of a case (struct stats_case) has no member for one, and
 * times are not broken down by desk, because a desk may be one or two people.
 *
 * Hiding. A count below STATS_SMALL, zero too, is hidden: it could tell the owner of a mine that
 * somebody has reported, or that nobody has. All tables have the same total, so further counts are
 * hidden until the totals and what is shown still allow each small count to be anything from 0 to
 * 4; where that cannot be reached, the whole table is withheld. Whoever only has the result cannot
 * undo it, because hidden counts are wiped from it.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_SMALL 5
#define STATS_ROWS  64
#define STATS_KEY   16

/* What is known of one case. Times are days from the day on which the tip came, -1: not yet. */
struct stats_case {
	uint32_t day;
	uint16_t desk;
	uint8_t severity; /* 0: none yet */
	char family[4];   /* of its first hazard: "CM" of CM-15; "" none yet */
	char outcome[STATS_KEY], result[STATS_KEY];
	int16_t read, triage, answer;
	bool triaged;
	bool risk;     /* triage marked words that may point at the source */
	bool returned; /* the source has written again */
	bool recheck;
	bool revenge; /* CO-02 is among its hazards */
	bool missed;  /* the reading clock ran out: the case was opened to the desk above */
	/* for rules/packet.h: illegal mining is among the hazards; where, and when it was confirmed
	 */
	bool mining;
	char county[7];
	uint32_t found;
	uint32_t alone; /* the day of what one did and no second has signed; 0: nothing */
	bool urgent;    /* it began on the clock of an hour */
};

/* Whether the visit found what the source said, or part of it. */
bool stats_confirmed(const struct stats_case *c);

enum stats_table_no {
	STATS_MONTH,
	STATS_DESK,
	STATS_FAMILY,
	STATS_SEVERITY,
	STATS_OUTCOME,
	STATS_RESULT,
	STATS_TABLES
};

enum stats_shown { STATS_SHOWN, STATS_LESS, STATS_HIDDEN };

struct stats_row {
	char key[STATS_KEY]; /* a code, a desk's number, "2026-11"; "" is what has no value yet */
	uint32_t cnt;        /* 0 unless shown */
	enum stats_shown shown;
};

struct stats_table {
	struct stats_row row[STATS_ROWS];
	size_t cnt;
	bool whole;    /* every row is shown */
	bool withheld; /* no row is */
};

/* Shares of cases, or of visits, in steps of 5 %. */
enum stats_rate_no {
	STATS_CONFIRMED, /* of the results, how many were right or partly right */
	STATS_CLOCK,     /* read before the clock ran out */
	STATS_S1_READ,   /* of S1, read on the day of their coming: logs have no hours */
	STATS_S1_HOUR,   /* of urgent S1, read before the gateway gave them to the desk above */
	STATS_RISK,      /* of the triaged */
	STATS_RETURNED,  /* sources who wrote again */
	STATS_RECHECK,   /* of the answered */
	STATS_REVENGE,   /* of the triaged: revenge on somebody who reported (CO-02) */
	STATS_RATES
};

/* Exactly `percent`, at least or at most so many, or nothing can be said. */
enum stats_rate_kind { STATS_RATE_NONE, STATS_RATE_ABOUT, STATS_RATE_FROM, STATS_RATE_TO };

struct stats_rate {
	enum stats_rate_kind kind;
	int percent;
};

/* The band in which a median of days lies. */
enum stats_band {
	STATS_BAND_NONE, /* too few */
	STATS_BAND_0,    /* the same day */
	STATS_BAND_2,    /* 1 to 2 days */
	STATS_BAND_5,
	STATS_BAND_15,
	STATS_BAND_30,
	STATS_BAND_90,
	STATS_BAND_MORE,
	STATS_BANDS
};

enum stats_time { STATS_READ, STATS_TRIAGE, STATS_ANSWER, STATS_TIMES };

/* A row "all severities" and one for each of S1 to S4. */
#define STATS_MEDIANS 5

struct stats {
	struct stats_row total;
	struct stats_table table[STATS_TABLES];
	struct stats_rate rate[STATS_RATES];
	enum stats_band median[STATS_MEDIANS][STATS_TIMES];
};

/* A period has at most so many months. */
#define STATS_MONTHS 60
/* A desk with fewer members than this is spoken of as if it were a person: no times, no clocks. */
#define STATS_PEOPLE 3

/* Which cases count: came in [from, to]; desk 0, severity 0 and NULL are no limit. */
struct stats_wanted {
	uint32_t from, to;
	uint16_t desk;
	unsigned members; /* of that desk */
	uint8_t severity;
	const char *family, *outcome;
};

bool stats_match(const struct stats_wanted *w, const struct stats_case *c);
/* What is counted. `desk`: the desks that get a row although they had no case. */
struct stats_input {
	const struct stats_case *list;
	size_t cnt;
	const uint16_t *desk;
	size_t desk_cnt;
};

/* Counts and hides. 0 or ERR_MEM. */
int stats_run(struct stats *out, const struct stats_wanted *w, const struct stats_input *in)
	__attribute__((warn_unused_result));

/* Hides what must be hidden in tables of the same total; in the first row of a table with a row ""
 * stands what has no value yet, and is hidden in all tables or in none. */
void stats_hide(struct stats_row *total, struct stats_table *table, size_t cnt);
/* `part` of `whole`, unless it would tell of a count below STATS_SMALL what it is. */
struct stats_rate stats_share(size_t part, size_t whole);
/* The band of the median; sorts. */
enum stats_band stats_median(int16_t *days, size_t cnt);

/* "CM" of CM-15. */
void stats_family(char out[static STATS_KEY], const char *hazard);
/* Whether there are hazards of that family. */
bool stats_is_family(const char *family);
/* "2026-11" of a unix day. */
void stats_month(char out[static STATS_KEY], uint32_t day);
/* The first day of the month "2026-11", or with `last` its last; false where it is none. */
bool stats_month_day(const char *text, bool last, uint32_t *day);

/* A case in STATS_PACKED bytes, for the workspace; false where the bytes are of another version. */
#define STATS_PACKED 96
void stats_pack(uint8_t out[static STATS_PACKED], const struct stats_case *c);
bool stats_unpack(struct stats_case *out, const uint8_t *in, size_t len);

#endif
