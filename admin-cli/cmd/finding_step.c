/*
 * davy finding decide, rectify, claim, reinspect, strike-off, supervise, look-back, sister: what
 * becomes of a finding. Who may do each, and how many of them, the rules say
 * (rules/fold_finding.c).
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/finding_arg.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/visits.h"
#include "crypto/entry.h"

#define PLAIN TAXONOMY__MAX

static const struct visit_field decide_fields[] = {
	{ "kind", "kind", VISIT_CODE, true, TAXONOMY_MEASURE },
	{ "paper", "paper", VISIT_TEXT, false, PLAIN },
	{ "text", "text", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

/* The five that every order to put something right has to name: who, how, with what, until when,
 * and what keeps people safe until then. */
static const struct visit_field rectify_fields[] = {
	{ "article", "article", VISIT_TEXT, true, PLAIN },
	{ "owner", "owner", VISIT_TEXT, true, PLAIN },
	{ "measures", "measures", VISIT_TEXT, true, PLAIN },
	{ "money", "money", VISIT_TEXT, true, PLAIN },
	{ "deadline", "deadline", VISIT_DAY, true, PLAIN },
	{ "plan", "plan", VISIT_TEXT, true, PLAIN },
	{ "supervisor", "supervisor", VISIT_TEXT, false, PLAIN },
	{ "penalty", "penalty", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

static const struct visit_field claim_fields[] = {
	{ "proof", "file", VISIT_FILE, true, PLAIN },
	{ "day", "day", VISIT_DAY, false, PLAIN },
	{ "text", "text", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

static const struct visit_field reinspect_fields[] = {
	{ "pass", "pass", VISIT_YES, true, PLAIN },
	{ "proof", "proof", VISIT_FILES, false, PLAIN },
	{ "text", "text", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

static const struct visit_field strike_off_fields[] = {
	{ "look-back", "look_back", VISIT_DAY, true, PLAIN },
	{ "code", "code", VISIT_TEXT, false, PLAIN },
	{ "answered", "answered", VISIT_SWITCH, false, PLAIN },
	{ "no-tip", "no_tip", VISIT_SWITCH, false, PLAIN },
	{ "text", "text", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

static const struct visit_field supervise_fields[] = {
	{ "unit", "unit", VISIT_TEXT, true, PLAIN },
	{ "until", "until", VISIT_DAY, true, PLAIN },
	{ "public", "public", VISIT_SWITCH, false, PLAIN },
	{ 0 },
};

static const struct visit_field look_back_fields[] = {
	{ "fixed", "fixed", VISIT_YES, true, PLAIN },
	{ "text", "text", VISIT_TEXT, false, PLAIN },
	{ 0 },
};

static const struct visit_field sister_fields[] = {
	{ "site", "sites", VISIT_WORDS, true, PLAIN },
	{ "why", "why", VISIT_TEXT, true, PLAIN },
	{ 0 },
};

static int
check_with(struct cli *cli, const struct visit_field *fields, unsigned least)
{
	unsigned k;
	int err = finding_arg(cli, least, &k);

	return err ? err : visit_form_check(cli, fields);
}

static int
step(struct cli *cli, uint16_t type, const struct visit_field *fields)
{
	unsigned k;
	int err = finding_arg(cli, 0, &k);

	if (!err && (k || type != ENTRY_DECISION)) /* 0: the visit as a whole */
		err = finding_there(cli, k);
	return err ? err : order_two(cli, &(struct order_two){ type, fields, k, k });
}

#define STEP(name, type, fields, least)                                                            \
	static int check_##name(struct cli *cli)                                                   \
	{                                                                                          \
		return check_with(cli, fields, least);                                             \
	}                                                                                          \
	static int finding_##name(struct cli *cli)                                                 \
	{                                                                                          \
		return step(cli, type, fields);                                                    \
	}

STEP(decide, ENTRY_DECISION, decide_fields, 0)
STEP(rectify, ENTRY_RECTIFY, rectify_fields, 1)
STEP(claim, ENTRY_CLAIM_FIXED, claim_fields, 1)
STEP(reinspect, ENTRY_REINSPECT, reinspect_fields, 1)
STEP(strike_off, ENTRY_STRIKE_OFF, strike_off_fields, 1)
STEP(supervise, ENTRY_SUPERVISE, supervise_fields, 1)
STEP(look_back, ENTRY_LOOK_BACK, look_back_fields, 1)

static int
check_sister(struct cli *cli)
{
	return visit_form_check(cli, sister_fields);
}

static int
finding_sister(struct cli *cli)
{
	return order_two(cli, &(struct order_two){ ENTRY_SISTER, sister_fields, VISITS_ANY,
						   VISITS_ANY });
}

static const struct cli_option decide_options[] = {
	{ .name = "kind",
	  .arg = N_("KIND"),
	  .words = "warn fix fix-by stop-part stop evacuate seal cut penalise refer",
	  .axis = "measure",
	  .help = N_("what was ordered on the spot") },
	{ .name = "paper", .arg = N_("TEXT"), .help = N_("the number of the paper") },
	CLI_TEXT_OPTIONS(N_("how far it goes, and until when")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_decide = {
	.noun = "finding",
	.verb = "decide",
	.args = "ORDER K",
	.help = N_("write down a measure on the spot; two, but people are got out by one"),
	.more = N_("K 0 is the visit as a whole. \"fix\" puts a general hazard right on the spot."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = decide_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_decide,
	.exec = finding_decide,
};

static const struct cli_option rectify_options[] = {
	{ .name = "article", .arg = N_("TEXT"), .help = N_("which article it breaks") },
	{ .name = "owner", .arg = N_("TEXT"), .help = N_("who puts it right: unit and post") },
	{ .name = "measures", .arg = N_("TEXT"), .help = N_("by which measures") },
	{ .name = "money", .arg = N_("TEXT"), .help = N_("with which money") },
	{ .name = "deadline", .arg = N_("DAY"), .help = N_("until which day, 2026-12-01") },
	{ .name = "plan",
	  .arg = N_("TEXT"),
	  .help = N_("what keeps people safe until then, and in an emergency") },
	{ .name = "supervisor", .arg = N_("TEXT"), .help = N_("who watches over it") },
	{ .name = "penalty",
	  .arg = N_("TEXT"),
	  .help = N_("the penalty or stop, where it did not pass before") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_rectify = {
	.noun = "finding",
	.verb = "rectify",
	.args = "ORDER K",
	.help = N_("order a finding to be put right, with all five named; two inspectors"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = rectify_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_rectify,
	.exec = finding_rectify,
};

static const struct cli_option claim_options[] = {
	{ .name = "proof",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the paper by which the enterprise says so; its SHA-256 is written down") },
	{ .name = "day", .arg = N_("DAY"), .help = N_("the day on which it was handed in") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_claim = {
	.noun = "finding",
	.verb = "claim",
	.args = "ORDER K",
	.help = N_("file the enterprise's paper which says that it is put right"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = claim_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_claim,
	.exec = finding_claim,
};

static const struct cli_option reinspect_options[] = {
	{ .name = "pass",
	  .arg = "yes|no",
	  .words = "yes no",
	  .help = N_("whether it is put right") },
	{ .name = "proof",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .many = true,
	  .help = N_("proof of the same kind as before, such as the photo of after") },
	CLI_TEXT_OPTIONS(N_("what they think of it")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_reinspect = {
	.noun = "finding",
	.verb = "reinspect",
	.args = "ORDER K",
	.help = N_("say whether it is put right; two inspectors who did not find it"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = reinspect_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_reinspect,
	.exec = finding_reinspect,
};

static const struct cli_option strike_off_options[] = {
	{ .name = "look-back",
	  .arg = N_("DAY"),
	  .help = N_("the day on which somebody looks again, 30 to 90 days from now") },
	{ .name = "code",
	  .arg = "NONE|REASON",
	  .words = "NONE NO_DUTY FORMALISM SOFT_ENF POOR_RECT LATE BUCK PERFUNCTORY",
	  .help = N_("for which reason somebody answers for it; NONE with a text: nobody does") },
	{ .name = "answered", .help = N_("the source has been answered") },
	{ .name = "no-tip", .help = N_("no source spoke of it") },
	CLI_TEXT_OPTIONS(N_("why nobody answers for it, or a remark")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_strike_off = {
	.noun = "finding",
	.verb = "strike-off",
	.args = "ORDER K",
	.help = N_("strike off a finding that is put right; two who neither planned nor went"),
	.more = N_("One alone strikes off what was put right on the spot."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = strike_off_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_strike_off,
	.exec = finding_strike_off,
};

static const struct cli_option supervise_options[] = {
	{ .name = "unit", .arg = N_("TEXT"), .help = N_("which unit above watches over it") },
	{ .name = "until", .arg = N_("DAY"), .help = N_("until which day, 2026-12-01") },
	{ .name = "public", .help = N_("it is made public") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_supervise = {
	.noun = "finding",
	.verb = "supervise",
	.args = "ORDER K",
	.help = N_("put a finding under the supervision of a unit above; two senior reviewers"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = supervise_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_supervise,
	.exec = finding_supervise,
};

static const struct cli_option look_back_options[] = {
	{ .name = "fixed",
	  .arg = "yes|no",
	  .words = "yes no",
	  .help = N_("whether it is still in order") },
	CLI_TEXT_OPTIONS(N_("what was seen")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_look_back = {
	.noun = "finding",
	.verb = "look-back",
	.args = "ORDER K",
	.help = N_("say what a look after the strike-off has shown; two inspectors"),
	.more = N_("What was found again can be ordered to be put right anew."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = look_back_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_look_back,
	.exec = finding_look_back,
};

static const struct cli_option sister_options[] = {
	{ .name = "site",
	  .arg = N_("TEXT"),
	  .many = true,
	  .help = N_("a site that is likely to have the same fault") },
	{ .name = "why",
	  .arg = N_("TEXT"),
	  .help = N_("what they share: operator, contractor, fault; nothing of a tip") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_sister = {
	.noun = "finding",
	.verb = "sister",
	.args = "ORDER",
	.help = N_("name sites that are likely to have the same fault, for the next draws"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = sister_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_sister,
	.exec = finding_sister,
};
