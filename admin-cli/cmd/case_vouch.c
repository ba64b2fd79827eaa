/*
 * davy case vouch: says in the desk's name that it has opened a tip. The source sees the desk's
 * name; no person is named. `case ack` does this for the desk that acknowledges.
 */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/voice.h"

static int
case_vouch(struct cli *cli)
{
	bool said = false;
	int err = voice_say(cli->ses, cli->opened, &said);

	if (!err && !said)
		err = cli_fail(
			cli, DAVY_REFUSED, "no-voice",
			_("This home has not opened the tip, or has no current key of its desk: "
			  "davy sync."));
	if (!err)
		cli_printf(cli, _("The source can see now that your desk has opened her tip.\n"));
	return err;
}

const struct command cmd_case_vouch = {
	.noun = "case",
	.verb = "vouch",
	.args = "ID",
	.help = N_("tell the source that your desk has opened her tip"),
	.more = N_(
		"For a desk that opened a case which another desk has acknowledged: the source sees "
		"the names of the desks that said so. It names no person."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_vouch,
};
