/*
 * Practice: the sample tips, and where a triage differs from that of an experienced reviewer. No
 * tip here was ever sent by anybody, and nothing is kept of how somebody did.
 */
#ifndef TRAINING_H
#define TRAINING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "admin-cli/rules/draft.h"

/* How many tips there are; one of them as an object (id, title_zh, title_en, form, expect), new
 * reference. */
size_t training_cnt(void);
json_t *training_tip(size_t i);

/* One thing that the experienced reviewer said of the tip. */
struct training_point {
	const char *label; /* N_() */
	bool same;
	char *mine, *his; /* in words; freed by training_free() */
};
#define TRAINING_POINTS 20
/* Compares what was chosen with `expect`; lists are compared as sets. What the rules compute of it
 * (start level, who is left out) is no choice and not compared. Returns how many points. */
size_t training_compare(struct training_point out[static TRAINING_POINTS], const struct draft *d,
			const json_t *expect);
void training_free(struct training_point *p, size_t cnt);

#endif
