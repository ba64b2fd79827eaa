/* The body of a triage move from options, shared by case triage and case propose. */
#ifndef TRIAGE_H
#define TRIAGE_H

#include <jansson.h>

#include "admin-cli/cli/cli.h"

/* For option tables: --move, --outcome, --severity, --credibility, --hazard, --result, --voice. */
extern const struct cli_option triage_options[];

/* New reference in *body; codes are checked, with what may stand there in the refusal. */
int triage_body(struct cli *cli, json_t **body) __attribute__((warn_unused_result));
/* "CM-15A,CM-15B" as a list, each checked. */
int triage_hazards(struct cli *cli, const char *csv, json_t **list)
	__attribute__((warn_unused_result));
/* Whether this code is a word of the axis; else the refusal names those that are. */
int triage_code(struct cli *cli, int axis, const char *option, const char *code)
	__attribute__((warn_unused_result));

#endif
