/* davy case claim: says that you work on a case; the others of its desks see that for half an hour.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/claim.h"
#include "crypto/entry.h"

static int
case_claim(struct cli *cli)
{
	uint32_t until = cli_flag(cli, "release") ? 0 : claim_minute() + CLAIM_MINUTES;
	/* a claim that waits for a network says what is no longer so */
	struct submit p = { .type = ENTRY_CLAIM,
			    .body = json_pack("{s:i,s:I}", "v", 1, "until", (json_int_t)until),
			    .now = true };

	return case_write(cli, &p);
}

static const struct cli_option options[] = {
	{ .name = "release", .help = N_("you do not work on it any more") },
	{ 0 },
};

const struct command cmd_case_claim = {
	.noun = "case",
	.verb = "claim",
	.args = "ID",
	.help = N_("say for half an hour that you work on a case"),
	.more = N_(
		"The desks of the case see it in their list. It blocks nobody and ends by itself."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.exec = case_claim,
};
