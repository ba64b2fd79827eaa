/*
 * Soft enforcement: a unit was at a site twice within two years and found nothing, and now a major
 * hazard is there that whoever looked could see. Then somebody looks into the earlier visits. Pure:
 * what is known of each visit comes in.
 */
#ifndef SOFT_H
#define SOFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOFT_LEAST 2   /* visits of one unit that found nothing */
#define SOFT_DAYS  730 /* within which they were */
#define SOFT_MOST  16  /* of them that are named */

struct soft_visit {
	const char *site; /* "" unknown: it is like no other */
	uint16_t unit;
	uint32_t day;
	bool over;      /* all that was found is written down */
	unsigned found; /* findings */
};

/* The visits of one unit that count against it, for what visit `at` of the list has found: their
 * places in `out`, the newest first. Of several units the one with most. Returns how many, 0 where
 * there are fewer than SOFT_LEAST. */
size_t soft_find(size_t out[static SOFT_MOST], const struct soft_visit *list, size_t cnt,
		 size_t at);

#endif
