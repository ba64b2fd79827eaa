/*
 * davy case ack: tells all desks that the tip was read. The proof of opening that is inside the tip
 * goes with it, and stops the read clock of the gateway.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/voice.h"
#include "crypto/entry.h"

static int
case_ack(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ACKNOWLEDGE,
			    .body = json_pack("{s:i}", "v", 1),
			    .now = true };

	bool said;
	int err = case_write(cli, &p);

	return err ? err : voice_say(cli->ses, cli->opened, &said);
}

const struct command cmd_case_ack = {
	.noun = "case",
	.verb = "ack",
	.args = "ID",
	.help = N_("acknowledge that you opened and read a tip"),
	.more = N_(
		"Shows the gateway the proof that is inside the tip; nothing else stops the read clock."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_ack,
};
