/* The body of a triage entry from options, and the checks of codes. */
#ifndef TRIAGE_H
#define TRIAGE_H

#include <jansson.h>

#include "admin-cli/cli/cli.h"

struct taxonomy_word;

/* For option tables: --move, --outcome, --severity, --credibility, --hazard, --result, --voice, and
 * a text. */
extern const struct cli_option triage_options[];

/* The options that say how grave a case is and how credible, for triage and for a correction. */
#define TRIAGE_CLASS_OPTIONS                                                                       \
	{ .name = "severity",                                                                      \
	  .arg = "S1|S2|S3|S4",                                                                    \
	  .words = "S1 S2 S3 S4",                                                                  \
	  .axis = "severity",                                                                      \
	  .help = N_("how grave; not below the floor of a hazard") },                              \
	{                                                                                          \
		.name = "credibility", .arg = "A1…X4",                                             \
		.help = N_("nearness A B C X and fit 1 2 3 4")                                     \
	}

/* struct command.check of the commands with these options. */
int triage_check(struct cli *cli) __attribute__((warn_unused_result));
/* New reference in *body; codes are checked, with what may stand there in the refusal. The case
 * that
 * --into names may be given by the beginning of its id; triage_check() only looks at its form. */
int triage_body(struct cli *cli, json_t **body) __attribute__((warn_unused_result));
/* Puts severity, credibility and hazards into a body, as far as they were given. */
int triage_class(struct cli *cli, uint16_t type, json_t *body) __attribute__((warn_unused_result));
/* Whether an option that names another case has the form of an id or its beginning. */
int triage_case_check(struct cli *cli, const char *option) __attribute__((warn_unused_result));
/* Finds the case that an option names, another than the one at hand; its whole id in hex. */
int triage_case(struct cli *cli, const char *option, char hex[static 33])
	__attribute__((warn_unused_result));
/* "CM-15A,CM-15B" as a list, each checked; refused where an entry of this type holds fewer. */
int triage_hazards(struct cli *cli, uint16_t type, const char *csv, json_t **list)
	__attribute__((warn_unused_result));
/* The word of an axis (enum taxonomy_axis) with this code, whatever the case of its letters. */
const struct taxonomy_word *triage_word(int axis, const char *code);
/* Puts the code of an option as the taxonomy spells it; refused, with the codes or the nearest one,
 * where the axis has no such word. */
int triage_code(struct cli *cli, int axis, const char *option, const char **code)
	__attribute__((warn_unused_result));

#endif
