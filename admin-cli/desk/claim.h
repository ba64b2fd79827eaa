/*
 * Claims: a member says that he works on a case, so that two do not begin the same one. A claim
 * ends by itself after half an hour, blocks nobody and hides nothing; whoever writes is served.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/fold_state.h"

struct session;

/* Whether a claim stands at this unix minute. One that says a later end than a claim may have does
 * not stand before its last half hour. */
bool claim_stands(const struct workspace_line *line, uint32_t minute);
uint32_t claim_minute(void);
/* Who claims the case and for how many minutes yet: "Yi 3 min"; "" where nobody does. The name is
 * made harmless. */
void claim_text(struct session *ses, const struct workspace_line *line, char *out, size_t cap);

#endif
