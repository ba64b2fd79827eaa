/* davy sync, davy gateway sync: fetch and send everything, and say what changed. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/source/source_taken.h"

/* For programs. */
static const char *const log_names[] = {
	[ACCOUNT_NONE] = "none", [ACCOUNT_SEEN] = "seen", [ACCOUNT_COSIGNED] = "cosigned"
};

static int
sync_now(struct cli *cli)
{
	struct sync_result r;
	size_t sent = 0, left = 0;
	int err = sync_all(cli->ses, &r);

	if (!err)
		err = source_taken_send(cli->ses, &sent, &left);
	if (err)
		return err;
	cli_data(cli, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "roster",
				(json_int_t)r.trust->bundle.roster->version, "keys",
				(json_int_t)r.keys, "changed", (json_int_t)r.changed, "entries",
				(json_int_t)r.entries, "sent", (json_int_t)r.sent, "waiting",
				(json_int_t)r.waiting, "tips_sent", (json_int_t)sent,
				"tips_waiting", (json_int_t)left, "log", log_names[r.log]));
	cli_printf(cli, _("Roster %u of %s. "), r.trust->bundle.roster->version,
		   cli_s(cli, r.trust->bundle.roster->name));
	if (r.trust->desk)
		cli_printf(cli,
			   ngettext("%zu changed, %zu entry fetched, %zu sent, %zu waiting.",
				    "%zu changed, %zu entries fetched, %zu sent, %zu waiting.",
				    r.entries),
			   r.changed, r.entries, r.sent, r.waiting);
	if (sent || left)
		cli_printf(cli, _(" Tips that staff typed: %zu sent, %zu waiting."), sent, left);
	cli_printf(cli, "\n");
	return DAVY_OK;
}

const struct command cmd_sync = {
	.noun = "sync",
	.help = N_("fetch what changed, send what waits"),
	.more = N_(
		"Fetches roster, desk keys, the lists of your desk and the desk threads that changed, and "
		"sends what was written without a network. Tips that nobody of this home has opened are "
		"not fetched: case show does that, and leaves a read record. What is refused for good stays "
		"until davy outbox drop discards it."),
	.group = CLI_KEYS,
	.exec = sync_now,
};

const struct command cmd_gateway_sync = {
	.noun = "gateway",
	.verb = "sync",
	.help = N_("the same as davy sync"),
	.group = CLI_KEYS,
	.exec = sync_now,
};
