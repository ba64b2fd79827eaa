/* davy sync, davy gateway sync: fetch and send everything, and say what changed. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"

static int
sync_now(struct cli *cli)
{
	struct sync_result r;
	int err = sync_all(cli->ses, &r);

	if (err)
		return err;
	cli_data(cli,
		 json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "roster",
			   (json_int_t)r.trust->bundle.roster->version, "keys", (json_int_t)r.keys,
			   "changed", (json_int_t)r.changed, "entries", (json_int_t)r.entries,
			   "sent", (json_int_t)r.sent, "waiting", (json_int_t)r.waiting));
	cli_printf(cli, _("Roster %u of %s. "), r.trust->bundle.roster->version,
		   cli_s(cli, r.trust->bundle.roster->name));
	if (r.trust->desk)
		cli_printf(cli,
			   ngettext("%zu changed, %zu entry fetched, %zu sent, %zu waiting.",
				    "%zu changed, %zu entries fetched, %zu sent, %zu waiting.",
				    r.entries),
			   r.changed, r.entries, r.sent, r.waiting);
	cli_printf(cli, "\n");
	return DAVY_OK;
}

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
sync_drop(struct cli *cli, uint64_t number)
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
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("Nothing waits under number %llu; davy sync tells what waits."),
			       (unsigned long long)number);
	if (!err)
		err = drop(cli, &list[i]);
	workspace_out_free(list, cnt);
	return err;
}

static int
sync_exec(struct cli *cli)
{
	uint64_t number = 0;
	int err = cli_opt_number(cli, "drop", 1, UINT64_MAX, &number);

	if (err)
		return err;
	return number ? sync_drop(cli, number) : sync_now(cli);
}

static const struct cli_option options[] = {
	{ .name = "drop",
	  .arg = N_("NUMBER"),
	  .help = N_("discard what waits under this number instead; nothing else is done") },
	{ 0 },
};

const struct command cmd_sync = {
	.noun = "sync",
	.help = N_("fetch what changed, send what waits"),
	.more = N_(
		"Fetches roster, desk keys, the lists of your desk and the desk threads that changed, and "
		"sends what was written without a network. Tips that nobody of this home has opened are "
		"not fetched: case show does that, and leaves a read record. What is refused for good stays "
		"until you discard it with --drop."),
	.group = CLI_KEYS,
	.options = options,
	.exec = sync_exec,
};

const struct command cmd_gateway_sync = {
	.noun = "gateway",
	.verb = "sync",
	.help = N_("the same as davy sync"),
	.group = CLI_KEYS,
	.options = options,
	.exec = sync_exec,
};
