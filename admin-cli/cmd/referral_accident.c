/*
 * davy referral accident: after an accident, which sources had spoken of the place. Where the
 * accident is of the second grade or above, a legal hold is proposed in each of these cases, and a
 * book is opened that the desk above and the backstop read: what was known, and which clocks were
 * missed. The desks of level 3 and 4 are told of the accident (desk/alerts.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/desk/alerts.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/accident.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/text.h"

/* What is known of the accident, and the cases that it touches. */
struct accident {
	const char *day, *county, *where;
	uint32_t on;
	uint64_t dead, injured;
	enum accident_grade grade;
	struct workspace_case *list;
	size_t cnt, missed;
	struct workspace_case *order; /* of visits to the place */
	size_t orders;
};

static int
read_options(struct cli *cli, struct accident *a)
{
	int err = 0;

	*a = (struct accident){ .day = cli_opt(cli, "day"),
				.county = cli_opt(cli, "county"),
				.where = cli_opt(cli, "where") };
	if (!a->day || !a->county || !a->where)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say when and where: --day DATE --county CODE --where WORDS."));
	if (text_day(&a->on, a->day, strlen(a->day)))
		return cli_fail(cli, DAVY_USAGE, "usage", _("--day is a day such as 2026-11-16."));
	if (cli_opt(cli, "dead"))
		err = cli_opt_number(cli, "dead", 0, 100000, &a->dead);
	if (!err && cli_opt(cli, "injured"))
		err = cli_opt_number(cli, "injured", 0, 100000, &a->injured);
	a->grade = accident_grade((uint32_t)a->dead, (uint32_t)a->injured);
	return err;
}

static int
check(struct cli *cli)
{
	struct accident a;

	return read_options(cli, &a);
}

/* The cases at that place that came in the time before. */
static int
find_cases(struct cli *cli, struct accident *a)
{
	struct likes_hit *hit;
	size_t cnt, i;
	int err = likes_site(cli->ses, a->where, &hit, &cnt);

	if (err)
		return err;
	a->list = calloc(cnt + 1, sizeof(*a->list));
	for (i = 0; a->list && i < cnt; i++) {
		struct workspace_case *c = &a->list[a->cnt];

		if (workspace_case_get(cli->ses->workspace, hit[i].hit.id, c) ||
		    !accident_looks_back(a->on, c->rec.day))
			continue;
		a->missed += (c->rec.flags & FRAME_R_ABOVE) != 0;
		a->cnt++;
	}
	free(hit);
	return a->list ? 0 : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
}

static void
show_list(struct cli *cli, const struct accident *a)
{
	json_t *all = json_array();
	struct cli_table *t = cli_table_new(cli,
					    (const char *const[]){ _("ID"), _("CAME"), _("STATE"),
								   _("CLOCK"), NULL });
	size_t i;

	cli_printf(cli, _("Grade: %s. Tips about the place in the 24 months before:\n"),
		   _(accident_grade_text(a->grade)));
	for (i = 0; i < a->cnt; i++) {
		const struct workspace_case *c = &a->list[i];
		bool missed = c->rec.flags & FRAME_R_ABOVE;
		char id[33], day[TERM_DATE_CAP];

		term_hex(id, c->rec.id, 16);
		json_array_append_new(all, json_pack("{s:s,s:s,s:b}", "id", id, "state",
						     c->line.state, "missed", missed));
		cli_table_row(t, term_hex(id, c->rec.id, 4), term_date(day, c->rec.day),
			      fold_state_text(MACHINE_TIP, c->line.state),
			      missed ? _("missed: came up") : "");
	}
	cli_table_end(t, _("None that was opened here."));
	if (a->orders)
		cli_printf(cli, _("Visits to the place under seal: %zu\n"), a->orders);
	cli_data(cli, all);
}

/* The visits to that place which stand open here: two hold them as well. */
static int
one_visit(void *arg, const struct opened *d)
{
	struct accident *a = arg;
	struct visits_act act;
	const char *site = visits_arrival(d, &act) ? schema_text(act.body, "site") : "";
	struct workspace_case *more;

	if (!*site || (!strstr(site, a->where) && !strstr(a->where, site)))
		return 0;
	more = realloc(a->order, (a->orders + 1) * sizeof(*more));
	if (!more)
		return DAVY_REFUSED;
	a->order = more;
	a->order[a->orders++] = d->c;
	return 0;
}

/* One of two signatures for a hold in this case or order; nothing where one stands. */
static int
propose_hold(struct cli *cli, struct workspace_case *c, const char *why)
{
	bool order = c->rec.kind == FRAME_ORDER;
	struct submit p = { .type = ENTRY_PROPOSE };
	struct opened *d;
	char id[33];
	int err = submit_open(cli->ses, c->rec.kind, term_hex(id, c->rec.id, 16), &d);

	if (err)
		return err;
	bool stands = d->fold.hold;
	opened_free(d);
	if (stands)
		return 0;
	p.body = json_pack("{s:i,s:s,s:{s:i,s:b,s:s}}", "v", 1, "type", "hold", "body", "v", 1,
			   "set", 1, "text", why);
	err = p.body ? submit_send(cli->ses, c, &p) : DAVY_REFUSED;
	json_decref(p.body);
	if (!err && order)
		cli_printf(cli,
			   _("Another reviewer signs it with: davy order hold %s --text WHY\n"),
			   id);
	else if (!err)
		cli_printf(cli, _("Another member signs it with: davy case cosign %s %s\n"), id,
			   term_hex((char[9]){ 0 }, p.hash, 4));
	return err;
}

/* A book of that kind about the accident; takes over `cases`, which may be NULL. */
static json_t *
book_of(const struct accident *a, const char *kind, const char *why, json_t *cases)
{
	return json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:o*}", "v", 1, "kind", kind, "target",
			 _("the desks of level 3 and 4"), "text", a->where, "county", a->county,
			 "evidence", why, "reported", a->day, "cases", cases);
}

/* Tells the desks of level 3 and 4, whether or not a tip is known here: they may hold one. */
static int
tell_desks(struct cli *cli, const struct accident *a, const char *why)
{
	json_t *body = book_of(a, BOOK_TOLD, why, NULL);
	size_t told = 0;
	int err = body ? alerts_send(cli->ses, body, &told)
		       : cli_fail(cli, DAVY_REFUSED, "utf-8", _("The text is not valid UTF-8."));

	json_decref(body);
	if (!err && told)
		cli_printf(cli, _("Desks of level 3 and 4 that were told: %zu\n"), told);
	return err;
}

/* Keeps the cases that are known here, and says so to those who supervise this desk. */
static int
hold_cases(struct cli *cli, struct accident *a, const char *grave)
{
	json_t *ids = json_array();
	uint8_t book[16];
	char why[512], id[33];
	size_t i;
	int err;

	for (i = 0; i < a->cnt; i++)
		json_array_append_new(ids, json_string(term_hex(id, a->list[i].rec.id, 16)));
	snprintf(why, sizeof(why), _("%s; tips in 24 months: %zu; came up by a clock: %zu"), grave,
		 a->cnt, a->missed);
	err = book_new(cli, ENTRY_REFERRAL, book_of(a, "ACCIDENT", why, ids), book);
	for (i = 0; !err && i < a->cnt; i++)
		err = propose_hold(cli, &a->list[i], why);
	return err;
}

/* Keeps the visits. Who went reads the reason, so it says nothing of tips, not even their number.
 */
static int
hold_visits(struct cli *cli, struct accident *a, const char *grave)
{
	int err = 0;

	for (size_t i = 0; !err && i < a->orders; i++)
		err = propose_hold(cli, &a->order[i], grave);
	return err;
}

static int
declare(struct cli *cli, struct accident *a)
{
	char grave[256];
	int err = 0;

	snprintf(grave, sizeof(grave), _("accident of %s, grade %s, %u dead, %u injured"), a->day,
		 _(accident_grade_text(a->grade)), (unsigned)a->dead, (unsigned)a->injured);
	if (a->cnt)
		err = hold_cases(cli, a, grave);
	if (!err)
		err = hold_visits(cli, a, grave);
	return err ? err : tell_desks(cli, a, grave);
}

static int
referral_accident(struct cli *cli)
{
	struct accident a;
	int err = read_options(cli, &a);

	if (!err)
		err = find_cases(cli, &a);
	if (!err)
		err = visits_each(cli->ses, one_visit, &a);
	if (!err)
		show_list(cli, &a);
	if (!err && a.grade == ACCIDENT_ORDINARY)
		cli_printf(cli, "%s", _("An accident of this grade calls for no legal hold.\n"));
	else if (!err && !cli_flag(cli, "hold"))
		cli_printf(
			cli, "%s",
			_("--hold proposes a legal hold in each, and of each visit, and tells the desks of level 3 "
			  "and 4 whose area covers the county.\n"));
	else if (!err)
		err = declare(cli, &a);
	workspace_free(a.list, (a.cnt + 1) * sizeof(*a.list));
	free(a.order);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "day", .arg = N_("DATE"), .help = N_("the day of the accident") },
	{ .name = "county", .arg = N_("CODE"), .help = N_("its county") },
	{ .name = "where", .arg = N_("WORDS"), .help = N_("its place, as people call it") },
	{ .name = "dead", .arg = N_("NUMBER"), .help = N_("how many died") },
	{ .name = "injured", .arg = N_("NUMBER"), .help = N_("how many were heavily injured") },
	{ .name = "hold",
	  .help = N_("declare it: propose a legal hold in each case and visit that is listed, and "
		     "tell the desks of level 3 and 4") },
	{ 0 },
};

const struct command cmd_referral_accident = {
	.noun = "referral",
	.verb = "accident",
	.help = N_("list what sources had said of the place of an accident"),
	.more = N_(
		"Looks through the cases of the 24 months before it that were opened on this machine. From "
		"the second grade on (3 dead, or 10 heavily injured) --hold keeps them: it proposes a "
		"legal hold in each, which another member signs, and opens a referral of the kind "
		"ACCIDENT, which the desk above and the backstop read from the beginning. Each desk of "
		"level 3 or 4 whose area covers the county is told of the accident, and of no tip; it "
		"looks into its own cases within a day (davy referral looked)."),
	.group = CLI_REVIEW,
	.options = options,
	.check = check,
	.exec = referral_accident,
};
