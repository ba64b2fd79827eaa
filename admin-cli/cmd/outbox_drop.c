/* davy outbox drop: discards an entry that was written without a network and was not sent yet, for
 * example because it was refused for good. */
#include <errno.h>
#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"

/* Shows the entry that will be lost, and asks before it discards it. */
static int
drop(struct cli *cli, const struct workspace_out *o)
{
	json_t *body = json_loads(o->json, 0, NULL),
	       *extra = o->extra ? json_loads(o->extra, 0, NULL) : NULL;
	char id[33];

	term_hex(id, o->id, KEY_ID_LEN);
	cli_printf(cli, _("%s in %s, never sent:\n"), show_type(cli, o->type), id);
	show_body(cli, body, 2);
	if (json_object_get(extra, "sent"))
		cli_warn(cli, "%s",
			 _("It was sent once, but the answer was lost: the gateway may "
			   "have it all the same."));
	int err = cli_confirm(cli, "%s", _("Discard it?"));
	if (!err)
		err = sync_workspace_failed(cli->ses,
					    workspace_out_del(cli->ses->workspace, o->seq));
	if (!err) {
		cli_printf(cli, _("Discarded.\n"));
		cli_data(cli, json_pack("{s:I, s:s, s:O?}", "dropped", (json_int_t)o->seq, "id", id,
					"body", body));
	}
	json_decref(extra);
	json_decref(body);
	return err;
}

static int
drop_number(struct cli *cli, uint64_t number)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0, i = 0;
	int err = workspace_open(cli->ses);

	if (!err)
		err = sync_workspace_failed(cli->ses,
					    workspace_out_list(cli->ses->workspace, &list, &cnt));
	while (i < cnt && list[i].seq != number)
		i++;
	if (!err && i == cnt)
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("Nothing waits under number %llu; davy outbox list tells what waits."),
			(unsigned long long)number);
	if (!err)
		err = drop(cli, &list[i]);
	workspace_out_free(list, cnt);
	return err;
}

/* The number of the item, 0 where the argument is none. */
static uint64_t
argument(const struct cli *cli)
{
	const char *s = cli->argv[0];
	char *end;
	unsigned long long n;

	if (*s < '0' || *s > '9')
		return 0;
	errno = 0;
	n = strtoull(s, &end, 10);
	return errno || *end ? 0 : n;
}

static int
check(struct cli *cli)
{
	return argument(cli) ? 0
			     : cli_fail(cli, DAVY_USAGE, "usage",
					_("%s is not a number of davy outbox list."),
					cli_s(cli, cli->argv[0]));
}

static int
outbox_drop(struct cli *cli)
{
	return drop_number(cli, argument(cli));
}

const struct command cmd_outbox_drop = {
	.noun = "outbox",
	.verb = "drop",
	.args = "NUMBER",
	.help = N_("discard what waits under this number"),
	.more = N_(
		"Shows it once more and asks first. What the gateway has taken cannot be recalled."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.check = check,
	.exec = outbox_drop,
};
