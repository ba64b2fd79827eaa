/* The order of a sync: roster, keys, lists and cases, outbox. */
#include "admin-cli/desk/sync.h"

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/sync_state.h"
#include "crypto/err.h"

int
sync_all(struct cli *cli, bool quiet)
{
	const struct trust *v;
	struct sync_count count = { 0 };
	int err = trust_get(cli, true, &v);

	if (err)
		return err;
	if (home_has_keys(cli) && !v->me) {
		cli_warn(
			cli, "%s",
			_("You are not in this gateway's members note; hand your card to the registrar."));
	} else if (v->desk) {
		err = sync_keys(cli, v, &count);
		if (!err)
			err = sync_outbox(cli, &count);
		if (!err)
			err = sync_lists(cli, v, &count);
	}
	if (err)
		return err;
	cli_data(cli, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "roster",
				(json_int_t)v->bundle.roster->version, "keys",
				(json_int_t)count.keys, "changed", (json_int_t)count.changed,
				"entries", (json_int_t)count.entries, "sent",
				(json_int_t)count.sent, "waiting", (json_int_t)count.waiting));
	if (quiet)
		return CLI_OK;
	cli_printf(cli, _("Roster %u of %s. "), v->bundle.roster->version,
		   cli_s(cli, v->bundle.roster->name));
	if (v->desk)
		cli_printf(cli, _("%zu changed, %zu entries fetched, %zu sent, %zu waiting."),
			   count.changed, count.entries, count.sent, count.waiting);
	cli_printf(cli, "\n");
	return CLI_OK;
}

static int
sync_exec(struct cli *cli)
{
	uint64_t number = 0;
	int err = cli_opt_number(cli, "drop", 1, UINT64_MAX, &number);

	if (err)
		return err;
	return number ? sync_drop(cli, number) : sync_all(cli, false);
}

static const struct cli_option options[] = {
	{ .name = "drop",
	  .arg = N_("NUMBER"),
	  .help = N_("give up what waits under this number instead; nothing else is done") },
	{ 0 },
};

const struct command cmd_sync = {
	.noun = "sync",
	.help = N_("fetch what changed, send what waits"),
	.more = N_(
		"Fetches roster, desk keys, the lists of your desk and the desk threads that changed, and "
		"sends what was written without a network. Tips that nobody of this home has opened are "
		"not fetched: case show does that, and leaves a read record. What is refused for good stays "
		"until you give it up with --drop."),
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
