/*
 * davy reward eligible, not-awarded, list: who of the desk that had the case says that its source
 * deserves a reward. They do not learn whether she asked for one.
 */
#include <sodium.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/reward.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/rewards.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/b64.h"
#include "crypto/text.h"

#define WAIT_MIN  30 /* days from the award to the month in which it is passed on */
#define WAIT_SPAN 31

json_t *
reward_blob_json(const uint8_t blob[static REWARD_BLOB_LEN])
{
	char text[FOLD_BLOB_TEXT + 1];

	b64_encode(text, sizeof(text), blob, REWARD_BLOB_LEN, B64_PADDED);
	return json_string(text);
}

/* The first day of the month that begins after a drawn number of days. */
static void
draw_due(char out[static TEXT_DAY_LEN + 1], uint32_t today)
{
	uint32_t day = today + WAIT_MIN + randombytes_uniform(WAIT_SPAN);

	do
		text_day_print(out, day++);
	while (strcmp(out + 8, "01") != 0);
}

/* The award of a case that nothing has ended. */
struct award_of {
	char hex[33];
	uint8_t book[16];
	bool found;
};

static int
look_award(struct session *ses, const struct opened *d, void *arg)
{
	struct award_of *a = arg;

	(void)ses;
	if (d->fold.state == AWARD_NOT_AWARDED ||
	    strcmp(schema_text(d->fold.book, "case"), a->hex) != 0)
		return 0;
	memcpy(a->book, d->c.rec.id, sizeof(a->book));
	return a->found = true;
}

/* Opens the award of the case. */
static int
put_forward(struct cli *cli, const char *band, const uint8_t blob[static REWARD_BLOB_LEN],
	    struct award_of *a)
{
	const struct opened *d = cli->opened;
	char due[TEXT_DAY_LEN + 1];

	draw_due(due, d->view->today);
	return book_new(cli, ENTRY_REWARD_ELIGIBLE,
			json_pack("{s:i,s:s,s:s,s:s,s:b,s:s,s:o}", "v", 1, "case", a->hex, "due",
				  due, "result", d->fold.result, "new", 1, "band", band, "blob",
				  reward_blob_json(blob)),
			a->book);
}

/* The second member signs what he would have said himself. */
static int
check_same(struct cli *cli, const struct opened *book, const char *band,
	   const uint8_t blob[static REWARD_BLOB_LEN])
{
	uint8_t has[REWARD_BLOB_LEN];

	if (!fold_blob(has, book->fold.book) || memcmp(has, blob, sizeof(has)) != 0)
		return cli_fail(
			cli, DAVY_REFUSED, "blob",
			_("The award does not hold what the tip of this case holds. Do not sign it, "
			  "and tell the lead and the desk above."));
	if (strcmp(schema_text(book->fold.book, "band"), band) != 0)
		return cli_fail(cli, DAVY_REFUSED, "band",
				_("The other member has put it forward with %s yuan."),
				schema_text(book->fold.book, "band"));
	return 0;
}

/* Signs the award: proposes it, or signs what another has proposed. */
static int
sign(struct cli *cli, const char *band, const uint8_t blob[static REWARD_BLOB_LEN],
     const struct award_of *a)
{
	struct opened *was = cli->opened, *book;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_BOOK, term_hex(hex, a->book, 16), &book);

	if (err)
		return err;
	err = check_same(cli, book, band, blob);
	if (!err) {
		*cli->target = book->c;
		cli->opened = book;
		err = book_step(cli, json_pack("{s:i,s:s}", "v", 1, "move", "awarded"), false);
		cli->opened = was;
	}
	opened_free(book);
	return err;
}

static int
eligible(struct cli *cli)
{
	const struct opened *d = cli->opened;
	const char *band = cli_opt(cli, "band");
	struct award_of a = { .found = false };
	uint8_t blob[REWARD_BLOB_LEN];
	int err = triage_code(cli, TAXONOMY_BAND, "band", &band);

	if (!err && strcmp(d->fold.result, "substantiated") && strcmp(d->fold.result, "partly"))
		err = cli_fail(cli, DAVY_REFUSED, "result",
			       _("The case has no result substantiated or partly."));
	if (!err)
		err = rewards_case_blob(cli->ses, d, blob);
	if (err)
		return err;
	term_hex(a.hex, d->c.rec.id, 16);
	err = rewards_each(cli->ses, MACHINE_AWARD, look_award, &a);
	if (!err && !a.found && !cli_flag(cli, "new"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say with --new that nobody knew of it before and that to report it was "
			  "not the source's own duty."));
	if (!err && !a.found)
		err = put_forward(cli, band, blob, &a);
	return err ? err : sign(cli, band, blob, &a);
}

static int
not_awarded(struct cli *cli)
{
	int err = book_is(cli, MACHINE_AWARD);

	return err ? err
		   : book_step(cli,
			       json_pack("{s:i,s:s,s:s*}", "v", 1, "move", "not_awarded", "text",
					 cli->text),
			       false);
}

static int
check(struct cli *cli)
{
	return cli_opt(cli, "band")
		       ? 0
		       : cli_fail(cli, DAVY_USAGE, "usage",
				  _("Say how much: --band 3000|10000|30000|100000|300000."));
}

struct rows {
	struct cli *cli;
	struct cli_table *table;
	json_t *all;
};

/* What is said of one log in the list; an empty text: nothing. */
struct said {
	const uint8_t *id;
	enum machine_id machine;
	const char *state, *band, *number, *due, *way;
};

static void
row(struct rows *r, const struct said *x)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_PAY, x->way);
	const char *const more[][2] = {
		{ "band", x->band }, { "number", x->number }, { "due", x->due }, { "way", x->way }
	};
	char id[33];
	json_t *one = json_pack("{s:s,s:s,s:s}", "id", term_hex(id, x->id, 16), "kind",
				machine_get(x->machine)->name, "state", x->state);

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		if (*more[i][1])
			json_object_set_new(one, more[i][0], json_string(more[i][1]));
	json_array_append_new(r->all, one);
	id[8] = '\0';
	cli_table_row(r->table, id, fold_state_text(x->machine, x->state), x->band, x->number,
		      x->due, w ? taxonomy_name(w) : "");
}

/* How the money is wanted, by the newest claim that counts. */
static void
way_of(const struct opened *d, char way[static 2])
{
	way[0] = way[1] = '\0';
	for (size_t i = 0; i < d->cnt; i++)
		if (d->entry[i].type == ENTRY_REWARD_CLAIMED &&
		    d->entry[i].verdict == FOLD_ACCEPTED)
			way[0] = (char)('0' + schema_number(d->x[i].body, "way") % 10);
}

static int
look_row(struct session *ses, const struct opened *d, void *arg)
{
	char number[REWARD_NUMBER_LEN + 1] = "", way[2];

	(void)ses;
	if (d->in.verifier)
		reward_number(number, d->in.verifier);
	way_of(d, way);
	row(arg, &(struct said){ .id = d->c.rec.id,
				 .machine = d->fold.machine,
				 .state = machine_state_name(d->fold.machine, d->fold.state),
				 .band = schema_text(d->fold.book, "band"),
				 .number = number,
				 .due = schema_text(d->fold.book, "due"),
				 .way = way });
	return 0;
}

/* The claims at the desk that pays. One that nobody has opened yet has no state of its own. */
static int
claims(struct rows *r)
{
	const struct trust *view;
	struct workspace_case *list;
	size_t cnt = 0;
	int err = trust_get(r->cli->ses, false, &view);

	if (!err)
		err = case_list_load(r->cli, FRAME_CASE, &list, &cnt);
	if (err)
		return err;
	for (size_t i = 0; i < cnt; i++) {
		const struct workspace_line *line = &list[i].line;
		const struct roster_desk *at = roster_find(view->bundle.roster, list[i].rec.desk);
		struct said x = { list[i].rec.id, MACHINE_CLAIM, "asked", "", "", "", "" };

		if (!at || at->kind != ROSTER_REWARD)
			continue;
		if (machine_state(MACHINE_CLAIM, line->state) >= 0)
			x.state = line->state;
		row(r, &x);
	}
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

static int
reward_list(struct cli *cli)
{
	struct rows r = { .cli = cli, .all = json_array() };
	int err;

	r.table = cli_table_new(cli,
				(const char *const[]){ _("ID"), _("STATE"), _("YUAN"), _("NUMBER"),
						       _("MONTH"), _("HOW"), NULL });
	err = rewards_each(cli->ses, MACHINE_AWARD, look_row, &r);
	if (!err)
		err = rewards_each(cli->ses, MACHINE_REWARD, look_row, &r);
	if (!err)
		err = claims(&r);
	cli_table_end(r.table, _("No rewards. davy sync fetches what is new."));
	cli_data(cli, r.all);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "band", .arg = N_("YUAN"), .axis = "band", .help = N_("how much") },
	{ .name = "new",
	  .help = N_("nobody knew of it before, and to report it was not her own duty") },
	{ 0 },
};

const struct command cmd_reward_eligible = {
	.noun = "reward",
	.verb = "eligible",
	.args = "ID",
	.help = N_("say that the source of a case deserves a reward (two members)"),
	.more = N_(
		"Whether she wants one is not known here: every tip looks the same, and one that brought nothing "
		"for the desk that pays gets something that nobody can claim. The award is passed on in a month "
		"that is drawn, one to three months later."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.check = check,
	.exec = eligible,
};

static const struct cli_option not_options[] = {
	CLI_TEXT_OPTIONS(N_("the reason")),
	{ 0 },
};

const struct command cmd_reward_not_awarded = {
	.noun = "reward",
	.verb = "not-awarded",
	.args = "ID",
	.help = N_("end an award that was put forward, with the reason (two members)"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = not_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = not_awarded,
};

const struct command cmd_reward_list = {
	.noun = "reward",
	.verb = "list",
	.help = N_("list awards, rewards and claims that this desk sees"),
	.group = CLI_REVIEW,
	.exec = reward_list,
};
