/*
 * Years of an inspection desk, hour by hour: plans by the month, tips that come when they come, and
 * every order as the gateway sees it. The slots are those of the product (admin-cli/plan/slots.c);
 * only what people do is made up here.
 */
#ifndef TESTS_PLAN_YEAR_H
#define TESTS_PLAN_YEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/slots.h"

#define YEAR_SITES     120
#define YEAR_REVIEWERS 3 /* whose davy runs for each post */

/* A tip that is decided to be looked into on site. */
struct year_tip {
	unsigned severity; /* 1 to 4 */
	uint32_t decided;  /* unix hour */
	uint32_t sent;     /* with the post of its reviewer */
	uint32_t taken;    /* in a round */
	uint32_t depart;   /* 0: it has not been visited when the years end */
	bool rides;
};

/* An order, and what it is: enum slot_filling. Slots follow one another by day. */
struct year_order {
	enum slot_filling filling;
	bool drill;
	uint32_t day, hour0, seal, depart;
	uint32_t taken; /* of its need; 0: it has none */
	size_t slot;    /* its place in its plan */
};

/* A book that came to the planners, as the gateway sees it; S1 is not among them. */
struct year_book {
	uint32_t sent, taken;
	bool blank; /* which it does not see */
};

struct year {
	struct year_tip *tip;
	size_t tips;
	struct year_order *order;
	size_t orders;
	struct year_book *book; /* ascending by `sent` */
	size_t books;
	unsigned without; /* needs that had to wait for the next plan */
};

/* How many years, tips a week and visits a month. Out of memory ends the program. */
void year_run(struct year *y, unsigned years, double tips_week, size_t visits);
void year_free(struct year *y);

#endif
