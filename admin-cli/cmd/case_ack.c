/*
 * davy case ack: tells all desks that the tip was read. The proof of opening that is inside the tip
 * goes with it, and stops the read clock of the gateway. A tip whose words were on no screen here
 * was not read here.
 */
#include "admin-cli/cmd/case_ack.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/shown.h"
#include "admin-cli/desk/voice.h"
#include "admin-cli/view/show_readers.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

int
case_ack_write(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ACKNOWLEDGE,
			    .body = json_pack("{s:i}", "v", 1),
			    .now = true };
	const struct opened *d = cli->opened;
	size_t tip = opened_find(d, FRAME_SOURCE,
				 0); /* her words, even where they break the format */
	char id[33];
	bool said;
	int err = 0;

	if (tip == FOLD_NONE || !d->x[tip].plain)
		err = cli_fail(cli, DAVY_REFUSED, "unopened",
			       _("No key of this home opens the tip, so nobody here has read it."));
	else if (d->entry[tip].fault == FOLD_SIGNATURE)
		err = cli_fail(
			cli, DAVY_REFUSED, "malformed",
			_("The tip is malformed and holds no proof that it was opened. Nothing "
			  "stops its read clock, which hands it to the desk above."));
	else if (!d->x[tip].proof)
		err = cli_fail(
			cli, DAVY_REFUSED, "proof",
			_("The gateway keeps another proof of opening than the one inside the "
			  "tip and would refuse it. Tell the backstop."));
	else if (!shown_is(cli->ses, d, tip))
		err = cli_fail(
			cli, DAVY_REFUSED, "unseen",
			_("The words of this tip have not been shown here: davy case show %s."),
			term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)));
	if (!err)
		err = case_write(cli, &p);
	else
		json_decref(p.body);
	if (!err)
		show_unset(cli, d);
	return err ? err : voice_say(cli->ses, d, &said);
}

const struct command cmd_case_ack = {
	.noun = "case",
	.verb = "ack",
	.args = "ID",
	.help = N_("acknowledge that you opened and read a tip"),
	.more = N_(
		"Shows the gateway the proof that is inside the tip; nothing else stops the read clock. "
		"Refused until davy case show has shown the tip here."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_ack_write,
};
