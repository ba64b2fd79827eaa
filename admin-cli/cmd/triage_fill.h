/* Fills a draft of a triage (rules/draft.h) for the case at hand, and writes what it comes to. */
#ifndef TRIAGE_FILL_H
#define TRIAGE_FILL_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/rules/draft.h"

struct cli;

/* A draft for cli->opened; the caller ends with draft_free(). */
int triage_draft(struct cli *cli, struct draft **out) __attribute__((warn_unused_result));
/* Fills in the members of a body, as triage_body() makes it. */
int triage_draft_body(struct cli *cli, struct draft *d, const json_t *body)
	__attribute__((warn_unused_result));
/* What a person typed for a field; ids of other cases may be given by their beginning. False: the
 * sentence is in `why`. */
bool triage_draft_type(struct cli *cli, struct draft *d, unsigned field, const char *text,
		       char why[static DRAFT_WHY_CAP]);
/* Writes the entries of the draft: the question first, then the decision or its proposal; tells the
 * source where the matter went; calls the duty. `whole`: a draft that lacks what a whole triage has
 * is refused. `alone`: what takes two members is refused instead of proposed. */
int triage_draft_write(struct cli *cli, const struct draft *d, bool whole, bool alone)
	__attribute__((warn_unused_result));
/* For who signs a proposal: shows what the case would come to, and warns where the case that it
 * merges into does not fit it. */
void triage_draft_warn(struct cli *cli, const json_t *triage);
/* Shows floor, start level, priority and what there is to say. Returns how many problems keep a
 * whole triage from being written. */
unsigned triage_draft_show(struct cli *cli, const struct draft *d);

#endif
