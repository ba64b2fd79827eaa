/* davy case triage: moves a case to another state, where one member may do that alone. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage.h"

static int
case_triage(struct cli *cli)
{
	struct submit p = { .type = ENTRY_TRIAGE };
	int err = triage_body(cli, &p.body);

	json_t *said = NULL;

	if (err)
		return err;
	said = json_incref(p.body);
	err = case_write(cli, &p);
	if (!err)
		reply_tell(cli, said);
	json_decref(said);
	return err;
}

const struct command cmd_case_triage = {
	.noun = "case",
	.verb = "triage",
	.args = "ID",
	.help = N_("move a case on, classified"),
	.more = N_(
		"What takes two members is refused here: davy case propose, then another's davy case cosign. "
		"Where the case is referred or out of scope, the source is told so (status 6)."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = triage_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_MAY,
	.check = triage_check,
	.exec = case_triage,
};
