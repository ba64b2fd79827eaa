/* davy desk remove: makes the next epoch key of the desk without one of its members. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/desk_rotate.h"

#define DAYS 75

/* The member may have kept what he could open until now. He cannot open what is sealed to the next
 * key. */
static int
desk_remove_exec(struct cli *cli)
{
	const struct roster_member *who;
	const struct trust *v;
	int err = desk_rotate_view(cli, true, &v);

	if (!err)
		err = desk_rotate_member(cli, v, cli->argv[0], &who);
	if (!err && who == v->me)
		err = cli_fail(cli, DAVY_REFUSED, "denied",
			       _("You lead the desk: the registrar must name another lead first."));
	if (!err)
		err = desk_rotate_make(cli, v,
				       &(struct desk_rotate_how){ .days = DAYS,
								  .use = EPOCH_ONLINE,
								  .again = true,
								  .without = who->handle });
	if (!err)
		cli_warn(
			cli,
			_("%s stays a member until the registrar publishes a roster without him (davy roster "
			  "member-remove), and may keep what he could open until now."),
			cli_s(cli, who->name));
	return err;
}

const struct command cmd_desk_remove = {
	.noun = "desk",
	.verb = "remove",
	.args = "HANDLE",
	.help = N_("make the next epoch key without a member"),
	.group = CLI_KEYS,
	.arg_min = 1,
	.arg_max = 1,
	.exec = desk_remove_exec,
};
