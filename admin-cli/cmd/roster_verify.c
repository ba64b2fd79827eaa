/* davy roster verify: checks the signatures, the chain and the dates of a roster, and that it is in
 * the public log. */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/base/session.h"
#include "admin-cli/desk/sync.h"
#include "crypto/err.h"

static const char *
place_name(const struct account_place *p)
{
	return !p->asked ? "off" : p->there ? "stands" : "absent";
}

static void
place_print(struct cli *cli, const struct account_place *p)
{
	if (p->there)
		cli_printf(cli, _("It is entry %llu of the public log, of %llu.\n"),
			   (unsigned long long)p->index, (unsigned long long)p->size);
}

/* Checks a bundle in a file against the pinned roots and against the newest roster seen so far. */
static int
verify_file(struct cli *cli, const char *path)
{
	const struct home_gateway *g;
	struct bundle b = { 0 };
	struct account_place place = { 0 };
	uint8_t *bytes = NULL;
	char until[TERM_DATE_CAP], hex[65];
	size_t len;
	int err = home_gateway(cli->ses, &g);

	if (!err)
		err = file_read(cli->ses, path, BUNDLE_MAX, &bytes, &len);
	if (err)
		return err;
	err = bundle_parse(&b, bytes, len, &g->card.roots);
	if (err)
		err = cli_fail_err(cli, err, _("%s does not verify"), cli_s(cli, path));
	else if (b.roster->version < g->min_version)
		err = cli_fail(cli, DAVY_REFUSED, "rollback",
			       _("%s holds roster %u; this home has seen %u already."),
			       cli_s(cli, path), b.roster->version, g->min_version);
	else if (b.roster->version == g->min_version && memcmp(b.note_hash, g->min_hash, 32) != 0)
		err = cli_fail(
			cli, DAVY_REFUSED, "fork",
			_("%s holds another roster %u than this home has seen: people are shown different "
			  "ones. Use neither; tell the registrar by another way."),
			cli_s(cli, path), b.roster->version);
	else if (roster_current(b.roster, term_today()) != 0)
		err = cli_fail(cli, DAVY_REFUSED, "expired",
			       _("%s holds roster %u, good until %s."), cli_s(cli, path),
			       b.roster->version, term_date(until, b.roster->until));
	/* Nobody need have served it: a draft is in no log. */
	if (!err && account_bundle(cli->ses, &b, &place)) {
		cli_warn(cli, _("The public log was not checked: %s"), session_failure(cli->ses));
		session_forgive(cli->ses);
	} else if (!err && place.asked && !place.there) {
		cli_warn(cli,
			 _("It is not in the public log: no phone has been shown it before the "
			   "last batch."));
	}
	if (!err) {
		term_hex(hex, b.hash, 32);
		cli_printf(cli, _("Roster %u is good until %s.\n"), b.roster->version,
			   term_date(until, b.roster->until));
		cli_printf(cli, _("%zu certificates. Roster hash %s\n"), b.epoch_cnt, hex);
		place_print(cli, &place);
		cli_data(cli,
			 json_pack("{s:I, s:s, s:s, s:s}", "version", (json_int_t)b.roster->version,
				   "until", until, "hash", hex, "log", place_name(&place)));
	}
	bundle_free(&b);
	free(bytes);
	return err;
}

static int
roster_verify_exec(struct cli *cli)
{
	const struct trust *v;
	struct account_place place;
	char until[TERM_DATE_CAP], hex[65];

	if (cli->argc)
		return verify_file(cli, cli->argv[0]);
	int err = trust_get(cli->ses, true, &v);
	if (!err)
		err = trust_may_seal(cli->ses, v);
	if (!err)
		err = account_bundle(cli->ses, &v->bundle, &place);
	if (!err && place.asked && !place.there)
		err = cli_fail(
			cli, DAVY_AGAIN, "unlogged",
			_("Roster %u is served, and the public log does not have it. A new one comes into "
			  "the log with the next batch, in four hours at most: ask again then. If it is not "
			  "there either, people are shown different rosters: tell the registrar, but not "
			  "through this gateway."),
			v->bundle.roster->version);
	if (err)
		return err;
	const struct roster *ro = v->bundle.roster;
	term_hex(hex, v->bundle.hash, 32);
	cli_printf(
		cli,
		_("Roster %u is signed by the roots, follows what was seen, and is good until %s.\n"),
		ro->version, term_date(until, ro->until));
	cli_printf(cli, _("%zu certificates. Roster hash %s\n"), v->bundle.epoch_cnt, hex);
	place_print(cli, &place);
	cli_data(cli, json_pack("{s:I, s:s, s:s, s:s, s:I}", "version", (json_int_t)ro->version,
				"until", until, "hash", hex, "log", place_name(&place),
				"certificates", (json_int_t)v->bundle.epoch_cnt));
	return DAVY_OK;
}

const struct command cmd_roster_verify = {
	.noun = "roster",
	.verb = "verify",
	.args = "[FILE]",
	.help = N_("fetch the roster and check signatures, chain, dates and log"),
	.group = CLI_REGISTRAR,
	.arg_max = 1,
	.words = "@file",
	.exec = roster_verify_exec,
};
