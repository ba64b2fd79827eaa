/* davy roster log: names the gateway's public log in the draft, who witnesses it, and how many of
 * them a checkpoint needs. */
#include <sodium.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"
#include "crypto/b64.h"

/* The witnesses that were given replace those of the draft. */
static int
witnesses(struct cli *cli, struct roster *r)
{
	struct roster_witness w;
	const char *line;

	if (!cli_opt_at(cli, "witness", 0))
		return DAVY_OK;
	r->witness_cnt = 0;
	for (size_t i = 0; (line = cli_opt_at(cli, "witness", i)); i++) {
		if (i == ROSTER_WITNESS_MAX || roster_witness(&w, line))
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("A witness is 'ORGANISATION NAME KEY': a number of yours for the "
				  "body, the name under which it signs, its key in base64; at most "
				  "%d of them."),
				ROSTER_WITNESS_MAX);
		snprintf(r->witness[i], sizeof(r->witness[i]), "%s", line);
		r->witness_cnt = i + 1;
	}
	return DAVY_OK;
}

static int
set(struct cli *cli, struct roster_draft *d)
{
	const char *key = cli_opt(cli, "key");
	uint64_t quorum = d->r.quorum;
	int err = cli_opt_number(cli, "quorum", 1, ROSTER_QUORUM_MAX, &quorum);

	if (!err && key && cli_flag(cli, "none"))
		err = cli_fail(cli, DAVY_USAGE, "usage", _("Either --key or --none."));
	if (!err)
		err = roster_edit_begin(cli, d, ROSTER_DRAFT_DAYS);
	if (!err && key &&
	    b64_decode_exact(d->r.log, sizeof(d->r.log), key, strlen(key), B64_PADDED))
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("That is no key of a log: davyd log prints it behind the word log."));
	if (!err)
		err = witnesses(cli, &d->r);
	if (err)
		return err;
	d->r.quorum = (uint8_t)quorum;
	if (cli_flag(cli, "none")) {
		memset(d->r.log, 0, sizeof(d->r.log));
		d->r.witness_cnt = 0;
		d->r.quorum = 0;
	}
	if (sodium_is_zero(d->r.log, sizeof(d->r.log)))
		cli_printf(cli, _("The draft names no public log.\n"));
	else
		cli_printf(
			cli,
			_("The draft names the public log, %zu outside witnesses, and asks for %u "
			  "cosignatures.\n"),
			d->r.witness_cnt, d->r.quorum);
	cli_data(cli, json_pack("{s:I, s:I}", "witnesses", (json_int_t)d->r.witness_cnt, "quorum",
				(json_int_t)d->r.quorum));
	return roster_draft_save(cli->ses, d);
}

static int
roster_log_exec(struct cli *cli)
{
	return roster_edit_with(cli, set);
}

static const struct cli_option options[] = {
	{ .name = "key", .arg = N_("KEY"), .help = N_("of the log, as davyd log prints it") },
	{ .name = "witness",
	  .many = true,
	  .arg = N_("LINE"),
	  .help = N_("an outside witness: ORGANISATION NAME KEY") },
	{ .name = "quorum",
	  .arg = N_("N"),
	  .help = N_("how many cosignatures a checkpoint needs") },
	{ .name = "none", .help = N_("the gateway keeps no public log") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_log = {
	.noun = "roster",
	.verb = "log",
	.help = N_("name the gateway's public log and its witnesses in the draft"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_log_exec,
};
