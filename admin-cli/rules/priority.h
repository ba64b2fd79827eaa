/* In which order a queue is worked on: a number that can be explained term by term. It decides
 * nothing; a person does. */
#ifndef PRIORITY_H
#define PRIORITY_H

#include <jansson.h>

#include "admin-cli/rules/fold_state.h"

#define PRIORITY_TERMS 6
#define PRIORITY_LIFE  10000 /* in priority_rank() where life is in danger */

struct priority_term {
	const char *name; /* N_(): what it is for */
	char value[8];    /* "S2", "A1", "9"; empty where the name says all */
	int points;
};

/* Fills in the terms that are not zero; returns the sum. *cnt = how many terms. */
int priority_of(const struct fold *f, struct priority_term term[static PRIORITY_TERMS],
		unsigned *cnt);
/* The sum alone. */
int priority_sum(const struct fold *f);
/* "priority 140 = 100 severity S1 + 40 actionability 10", in the language of the user; the caller
 * frees it. NULL: no memory. */
char *priority_text(const struct fold *f);
/* [{"term", "value", "points"}]; new reference. */
json_t *priority_json(const struct fold *f);
/* For sorting: life in danger comes first whatever the sum; higher is earlier. */
int priority_rank(const struct fold *f);

#endif
