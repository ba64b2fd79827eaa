/* What davy ui shows beside an abstract while it is written: the same marks and bounds as davy case
 * abstract judges by. */
#ifndef CASE_ABSTRACT_H
#define CASE_ABSTRACT_H

#include <jansson.h>

#include "admin-cli/rules/mark.h"

struct opened;

/* The marks of an abstract of this case, in the first way of its places. Where the abstract does
 * not say how many could know it, the case's triage does. */
void case_abstract_marks(const struct opened *d, const json_t *body, struct marks *out);
/* Adds what travels with it: the level of the case, whom the source excludes, and the county where
 * none is given. */
void case_abstract_bounds(const struct opened *d, json_t *body);

#endif
