/* What waits for a network: sent with each sync, or given up by a person. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/view/show.h"
#include "admin-cli/desk/sync_state.h"
#include "crypto/err.h"

int
sync_outbox(struct cli *cli, struct sync_count *count)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	char id[33];
	int err = workspace_open(cli);

	if (!err)
		err = sync_workspace_failed(cli, workspace_out_list(cli->workspace, &list, &cnt));
	for (size_t i = 0; !err && i < cnt; i++) {
		struct workspace_out *o = &list[i];
		int sent = sync_hooks.send ? sync_hooks.send(cli, o) : CLI_REFUSED;
		if (sent == CLI_OK) {
			err = sync_workspace_failed(cli, workspace_out_del(cli->workspace, o->seq));
			count->sent++;
			continue;
		}
		count->waiting++;
		free(o->error);
		o->error = cli_failure(cli) ? strdup(cli_failure(cli)) : NULL;
		cli_warn(
			cli,
			_("What was written offline still waits: %s (number %llu, %s in %.8s; davy sync --drop "
			  "%llu gives it up)"),
			o->error ? o->error : "?", (unsigned long long)o->seq,
			show_type(cli, o->type), cli_hex(id, o->id, KEY_ID_LEN),
			(unsigned long long)o->seq);
		cli_forgive(cli);
		err = sync_workspace_failed(cli, workspace_out_update(cli->workspace, o));
	}
	workspace_out_free(list, cnt);
	return err;
}

/* Shows what is lost before anybody says yes to it. */
static int
drop(struct cli *cli, const struct workspace_out *o)
{
	json_t *body = json_loads(o->json, 0, NULL),
	       *extra = o->extra ? json_loads(o->extra, 0, NULL) : NULL;
	char id[33];
	int err;

	cli_hex(id, o->id, KEY_ID_LEN);
	cli_printf(cli, _("%s in %s, never sent:\n"), show_type(cli, o->type), id);
	show_body(cli, body, 2);
	if (json_object_get(extra, "sent"))
		cli_warn(
			cli, "%s",
			_("It was sent once and its answer was lost: perhaps it is there all the same."));
	err = cli_confirm(cli, _("Give it up?"));
	if (!err)
		err = sync_workspace_failed(cli, workspace_out_del(cli->workspace, o->seq));
	if (!err) {
		cli_printf(cli, _("It is given up.\n"));
		cli_data(cli, json_pack("{s:I, s:s, s:O?}", "dropped", (json_int_t)o->seq, "id", id,
					"body", body));
	}
	json_decref(extra);
	json_decref(body);
	return err;
}

int
sync_drop(struct cli *cli, uint64_t number)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0, i = 0;
	int err = workspace_open(cli);

	if (!err)
		err = sync_workspace_failed(cli, workspace_out_list(cli->workspace, &list, &cnt));
	while (i < cnt && list[i].seq != number)
		i++;
	if (!err)
		err = i < cnt ? drop(cli, &list[i])
			      : cli_fail(
					cli, CLI_REFUSED, "not-found",
					_("Nothing waits under number %llu; davy sync tells what waits."),
					(unsigned long long)number);
	workspace_out_free(list, cnt);
	return err;
}
