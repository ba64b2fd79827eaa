/* In which order a queue is worked on: a number that can be explained term by term. It decides
 * nothing; a person does. */
#ifndef PRIORITY_H
#define PRIORITY_H

#include "admin-cli/rules/fold_state.h"

#define PRIORITY_TERMS 6

struct priority_term {
	const char *name; /* N_(): what it is for */
	char value[8];    /* "S2", "A1", "9"; empty where the name says all */
	int points;
};

/* Fills in the terms that are not zero; returns the sum. *cnt = how many terms. */
int priority_of(const struct fold *f, struct priority_term term[static PRIORITY_TERMS],
		unsigned *cnt);
/* For sorting: life in danger comes first whatever the sum; higher is earlier. */
int priority_rank(const struct fold *f);

#endif
