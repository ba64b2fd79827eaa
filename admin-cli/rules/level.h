/*
 * How far up a matter starts, and which desks may get it: the source named an office, or the kind
 * of danger shows that a level is involved. The abstract of a case carries the level, the offices
 * and the county, so that whoever receives it can check them too.
 */
#ifndef LEVEL_H
#define LEVEL_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/rules/fold_state.h"

/* The lowest level, 1 to 4, of a desk that may get an abstract of this case: that of the route of
 * its tile and hazards (those of the case and of `hazard`), and two above the highest office that
 * the tip names in keep_from, because the office next to it is skipped, too. `tip` may be NULL. */
int level_start(const struct fold *f, const json_t *tip, const json_t *hazard);
/* Whether an abstract says at least that level, and excludes whom the tip excludes. */
bool level_kept(const struct fold *f, const json_t *tip, const json_t *abstract);
/* Whether a desk of this level and area may get it. */
bool level_allows(const json_t *abstract, int level, const char *area);

#endif
