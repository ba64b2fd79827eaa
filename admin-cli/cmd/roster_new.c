/* davy roster new, davy roster renew: start a draft of the roster, empty or from a plan
 * (roster_plan.h), or give it new dates. */
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/home/home.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/cmd/roster_plan.h"
#include "crypto/err.h"
#include "crypto/text.h"

static int
take_name(struct cli *cli, const char *option, char *out, size_t cap)
{
	const char *text = cli_opt(cli, option);

	if (!text || !*text || strlen(text) >= cap || text_printable(text, strlen(text), 0) != 0)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Give --%s, at most %zu bytes."),
				option, cap - 1);
	snprintf(out, cap, "%s", text);
	return DAVY_OK;
}

static int
take_card(struct cli *cli, struct roster_draft *d)
{
	const char *path = cli_opt(cli, "gateway");
	uint8_t *bytes;
	size_t len;

	if (!path)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say for which gateway the roster is: --gateway FILE, its card."));
	int err = file_read(cli->ses, path, CARD_MAX, &bytes, &len);
	if (err)
		return err;
	err = card_gateway_parse(&d->card, bytes, len);
	free(bytes);
	if (err)
		return cli_fail_err(cli, err, _("%s is not a gateway's card"), cli_s(cli, path));
	memcpy(d->r.gateway, d->card.id, sizeof(d->r.gateway));
	memcpy(d->r.gateway_key, d->card.key, sizeof(d->r.gateway_key));
	memcpy(d->m->gateway, d->card.id, sizeof(d->m->gateway));
	return DAVY_OK;
}

/* Whoever makes the first roster becomes a registrar in it, since only a registrar of a roster may
 * publish the next one. */
static int
add_registrar(struct cli *cli, struct roster_draft *d)
{
	const struct home_keys *k;

	if (!home_has_keys(cli->ses) || home_keys(cli->ses, &k) != DAVY_OK) {
		cli_forgive(cli);
		cli_warn(
			cli, "%s",
			_("Your key is not open here, so the draft has no registrar yet: davy roster "
			  "member-add --card YOURS --desk 0 --roles RG."));
		return DAVY_OK;
	}
	struct roster_member *m = &d->m->member[d->m->cnt++];
	memcpy(m->handle, k->handle, sizeof(m->handle));
	memcpy(m->name, k->name, sizeof(m->name));
	memcpy(m->sign, k->sign_pk, sizeof(m->sign));
	memcpy(m->seal, k->seal_pk.b, sizeof(m->seal));
	m->roles = ROSTER_RG;
	return DAVY_OK;
}

static int
make(struct cli *cli, struct roster_draft *d, uint64_t *days)
{
	const char *plan = cli_opt(cli, "from");
	struct stat st;
	int err;

	d->m = calloc(1, sizeof(*d->m) + ROSTER_MEMBER_MAX * sizeof(d->m->member[0]));
	if (!d->m)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = take_card(cli, d);
	if (!err && !plan)
		err = take_name(cli, "name", d->r.name, sizeof(d->r.name));
	if (!err && !plan)
		err = take_name(cli, "name-en", d->r.name_en, sizeof(d->r.name_en));
	if (!err && mkdir(d->dir, 0700) != 0 && errno != EEXIST)
		err = cli_fail(cli, DAVY_REFUSED, "io", _("The folder %s cannot be made: %s."),
			       cli_s(cli, d->dir), strerror(errno));
	if (!err && stat(roster_draft_path(cli->ses, d, "draft.json"), &st) == 0)
		err = cli_fail(
			cli, DAVY_REFUSED, "exists",
			_("There is a draft in %s already; davy roster renew --dir starts its next version."),
			cli_s(cli, d->dir));
	if (!err)
		err = add_registrar(cli, d);
	d->r.version = 1;
	if (!err && plan)
		err = roster_plan_read(cli, plan, d, days);
	d->r.from = term_today();
	d->r.until = d->r.from + (uint32_t)*days;
	return !err ? roster_draft_save(cli->ses, d) : err;
}

static int
roster_new_exec(struct cli *cli)
{
	struct roster_draft *d = calloc(1, sizeof(*d));
	uint64_t days = ROSTER_DRAFT_DAYS;
	int err = d ? cli_opt_number(cli, "days", 1, ROSTER_DAYS_MAX, &days)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err && !(d->dir = cli_opt(cli, "dir")))
		err = cli_fail(cli, DAVY_USAGE, "usage", _("Say where the draft goes: --dir DIR."));
	if (!err)
		err = make(cli, d, &days);
	if (!err && cli_opt(cli, "from")) {
		cli_printf(
			cli,
			_("Started a roster of %zu desks and %zu members in %s. Next: each root runs davy "
			  "roster sign --dir %s -o FILE; then davy roster merge and davy roster publish.\n"),
			d->r.desk_cnt, d->m->cnt, cli_s(cli, d->dir), cli_s(cli, d->dir));
	} else if (!err) {
		cli_printf(cli, _("Started a roster in %s. Next: davy roster desk-add.\n"),
			   cli_s(cli, d->dir));
	}
	if (!err)
		cli_data(cli,
			 json_pack("{s:s, s:i, s:I, s:I}", "dir", d->dir, "version", 1, "desks",
				   (json_int_t)d->r.desk_cnt, "members", (json_int_t)d->m->cnt));
	if (d)
		roster_draft_free(d);
	free(d);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "gateway",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the gateway's card, as davyd init wrote it") },
	{ .name = "from",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("a plan with the name, the desks and the members") },
	{ .name = "name", .arg = N_("NAME"), .help = N_("the deployment's name, in Chinese") },
	{ .name = "name-en", .arg = N_("NAME"), .help = N_("and in English") },
	{ .name = "days",
	  .arg = N_("N"),
	  .help = N_("how long the roster is good (35, the most)") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_new = {
	.noun = "roster",
	.verb = "new",
	.help = N_("start a roster in a folder"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_new_exec,
};

/*
 * Another card of the same gateway, with another key, or in which a root was replaced. Rosters must
 * verify with the old card and with the new one until everybody has the new one, so as many roots
 * as either card wants stay in their places.
 */
static int
change_card(struct cli *cli, struct roster_draft *d)
{
	struct roster_draft *other = calloc(1, sizeof(*other));
	size_t same = 0, need;
	int err = DAVY_OK;

	if (other)
		other->m = calloc(1, sizeof(*other->m));
	if (!other || !other->m)
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err)
		err = take_card(cli, other);
	if (!err && memcmp(other->card.id, d->card.id, sizeof(d->card.id)) != 0)
		err = cli_fail(cli, DAVY_REFUSED, "roster", _("The card is another gateway's."));
	if (err)
		goto out;
	const struct roster_roots *was = &d->card.roots, *now = &other->card.roots;
	for (size_t i = 0; i < was->cnt && i < now->cnt; i++)
		same += memcmp(was->key[i], now->key[i], KEY_SIGN_PUBLIC_LEN) == 0;
	need = was->threshold > now->threshold ? was->threshold : now->threshold;
	if (same < need)
		err = cli_fail(
			cli, DAVY_REFUSED, "roots",
			_("Only %zu roots keep their places in the new card, and %zu must: otherwise "
			  "no roster would verify with both cards. Replace one root at a time."),
			same, need);
	if (err)
		goto out;
	if (memcmp(other->card.key, d->card.key, sizeof(d->card.key)) != 0)
		cli_warn(
			cli,
			_("Roster %u will give the gateway the new key of this card. Tell the roots so, "
			  "each by another way than the draft."),
			d->r.version);
	d->card = other->card;
out:
	if (other)
		roster_draft_free(other);
	free(other);
	return err;
}

static int
say_fresh(struct cli *cli, const struct roster_draft *d)
{
	char from[TERM_DATE_CAP];

	term_date(from, d->r.from);
	if (d->published)
		cli_printf(cli, _("Roster %u is from %s: nothing to renew yet.\n"), d->r.version,
			   from);
	else
		cli_printf(
			cli,
			_("The draft of roster %u is from %s: the roots sign it, then davy roster merge "
			  "and publish.\n"),
			d->r.version, from);
	cli_data(cli, json_pack("{s:I, s:s, s:b}", "version", (json_int_t)d->r.version, "from",
				from, "published", d->published));
	return DAVY_OK;
}

static int
roster_renew_exec(struct cli *cli)
{
	struct roster_draft *d = calloc(1, sizeof(*d));
	uint64_t days = ROSTER_DRAFT_DAYS, older = 0;
	int err = d ? cli_opt_number(cli, "days", 1, ROSTER_DAYS_MAX, &days)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err && cli_opt(cli, "if-older"))
		err = cli_opt_number(cli, "if-older", 1, ROSTER_DAYS_MAX, &older);
	if (!err)
		err = roster_edit_load(cli, d);
	/* For a timer: neither a fresh roster nor a draft that waits for signatures is touched. */
	if (!err && older && term_today() < d->r.from + older) {
		err = say_fresh(cli, d);
		roster_draft_free(d);
		free(d);
		return err;
	}
	if (!err)
		err = roster_edit_begin(cli, d, (uint32_t)days);
	if (!err && cli_opt(cli, "gateway"))
		err = change_card(cli, d);
	if (!err) {
		d->r.from = term_today();
		d->r.until = d->r.from + (uint32_t)days;
		err = roster_draft_save(cli->ses, d);
	}
	if (!err) {
		char until[TERM_DATE_CAP];
		cli_printf(cli, _("Roster %u will be good until %s.\n"), d->r.version,
			   term_date(until, d->r.until));
		cli_data(cli, json_pack("{s:I, s:s}", "version", (json_int_t)d->r.version, "until",
					until));
	}
	if (d)
		roster_draft_free(d);
	free(d);
	return err;
}

static const struct cli_option renew_options[] = {
	{ .name = "days", .arg = N_("N"), .help = N_("how long from today (35, the most)") },
	{ .name = "if-older",
	  .arg = N_("DAYS"),
	  .help = N_("only if the newest version began that many days ago") },
	{ .name = "gateway",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the gateway's new card, with a new key, or in which a root was replaced") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_renew = {
	.noun = "roster",
	.verb = "renew",
	.help = N_("give the draft new dates; after publishing, start the next version"),
	.group = CLI_REGISTRAR,
	.options = renew_options,
	.exec = roster_renew_exec,
};
