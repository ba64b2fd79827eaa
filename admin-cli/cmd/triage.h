/* The body of a triage entry from options, and the checks of codes. */
#ifndef TRIAGE_H
#define TRIAGE_H

#include <jansson.h>

#include "admin-cli/cli/cli.h"

struct taxonomy_word;

/* For option tables: --move, --outcome, --severity, --credibility, --hazard, --result, --voice, and
 * a text. */
extern const struct cli_option triage_options[];

/* The options of the classification, for triage and for a correction: one for each member, but
 * --hazard, whose help differs. */
#define TRIAGE_CLASS_OPTIONS                                                                       \
	{ .name = "severity",                                                                      \
	  .arg = "S1|S2|S3|S4",                                                                    \
	  .words = "S1 S2 S3 S4",                                                                  \
	  .axis = "severity",                                                                      \
	  .help = N_("how grave; not below the floor of a hazard") },                              \
		{ .name = "credibility",                                                           \
		  .arg = "A1…X4",                                                                  \
		  .help = N_("nearness A B C X and fit 1 2 3 4") },                                \
		{ .name = "sector",                                                                \
		  .arg = N_("CODE"),                                                               \
		  .words = "COAL NCM HAZ FIRE OTH",                                                \
		  .axis = "sector",                                                                \
		  .help = N_("which industry") },                                                  \
		{ .name = "place",                                                                 \
		  .arg = N_("CODES"),                                                              \
		  .axis = "place",                                                                 \
		  .help = N_("one or two kinds of place") },                                       \
		{ .name = "work",                                                                  \
		  .arg = N_("CODES"),                                                              \
		  .axis = "work",                                                                  \
		  .help = N_("high-risk work, if any") },                                          \
		{ .name = "issue",                                                                 \
		  .arg = N_("CODES"),                                                              \
		  .axis = "issue",                                                                 \
		  .help = N_("one to three of the five issues") },                                 \
		{ .name = "actionability",                                                         \
		  .arg = "0…10",                                                                   \
		  .help = N_("0 to 10: site 3, what 2, where inside, when, how hidden, "           \
			     "how to check, still going on 1 each") },                             \
		{ .name = "knower",                                                                \
		  .arg = N_("BAND"),                                                               \
		  .words = "<=5 6-20 21-100 >100",                                                 \
		  .axis = "knower",                                                                \
		  .help = N_("how many people could know this") },                                 \
		{ .name = "risk",                                                                  \
		  .arg = N_("CODES"),                                                              \
		  .axis = "risk",                                                                  \
		  .help = N_("what in the tip may point at the source") },                         \
		{ .name = "mass",                                                                  \
		  .arg = "yes|no",                                                                 \
		  .words = "yes no",                                                               \
		  .help = N_("could three or more people die in one event") },                     \
		{ .name = "no-regulator",                                                          \
		  .arg = "yes|no",                                                                 \
		  .words = "yes no",                                                               \
		  .help = N_("does the place fall between the regulators") },                      \
		{ .name = "regulator",                                                             \
		  .arg = N_("NAME"),                                                               \
		  .help = N_("which regulator leads; without one the case starts a level "         \
			     "higher") },                                                          \
		{ .name = "named",                                                                 \
		  .arg = "L0…L3",                                                                  \
		  .words = "L0 L1 L2 L3",                                                          \
		  .axis = "post",                                                                  \
		  .help = N_("the highest office whose people the tip names") },                   \
		{ .name = "order-kind",                                                            \
		  .arg = N_("CODE"),                                                               \
		  .words = "SURPRISE COVERT JOINT EXPERT LOOKBACK RANDOM",                         \
		  .axis = "order_kind",                                                            \
		  .help = N_("which inspection fits") },                                           \
		{ .name = "recurrence",                                                            \
		  .arg = N_("TIMES"),                                                              \
		  .help = N_("how often the matter came back after it was closed") },              \
		{ .name = "campaign",                                                              \
		  .arg = "ID",                                                                     \
		  .help = N_("the campaign in whose scope it is") },                               \
		{ .name = "receipt",                                                               \
		  .arg = N_("TEXT"),                                                               \
		  .help = N_("how the body that took it over confirmed that") },                   \
	{                                                                                          \
		.name = "links", .arg = "ID,ID", .help = N_("cases of the same place or operator") \
	}

/* struct command.check of the commands with these options. */
int triage_check(struct cli *cli) __attribute__((warn_unused_result));
/* New reference in *body; codes are checked, with what may stand there in the refusal. The case
 * that
 * --into names may be given by the beginning of its id; triage_check() only looks at its form. */
int triage_body(struct cli *cli, json_t **body) __attribute__((warn_unused_result));
/* Puts the classification into a body, as far as it was given. */
int triage_class(struct cli *cli, uint16_t type, json_t *body) __attribute__((warn_unused_result));
/* Whether an option that names another case has the form of an id or its beginning. */
int triage_case_check(struct cli *cli, const char *option) __attribute__((warn_unused_result));
/* Finds the case that an option names, another than the one at hand; its whole id in hex. */
int triage_case(struct cli *cli, const char *option, char hex[static 33])
	__attribute__((warn_unused_result));
/* The whole id of the standing campaign whose id begins so. */
int triage_campaign(struct cli *cli, const char *prefix, char hex[static 33])
	__attribute__((warn_unused_result));
/* Whether one of those options, or --hazard, was given. */
bool triage_class_given(const struct cli *cli);
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
