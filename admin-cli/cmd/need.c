/* davy need: an abstract that waits at a planning desk until somebody has looked. The planning desk
 * never sees the case; what it reports goes back to the desk that sent the abstract. */
#include <string.h>

#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/cmd/plan_slots.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/beat.h"
#include "admin-cli/desk/need_watch.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_finding.h"
#include "admin-cli/view/show_need.h"
#include "crypto/frame.h"

/* Below the list: which of them are visited too late, and what a planner does. */
static void
say_late(struct cli *cli, const struct need_watch *watch)
{
	char id[33], text[300];

	for (size_t i = 0; i < watch->late_cnt; i++) {
		show_need_late(&watch->late[i], text, sizeof(text));
		cli_printf(cli, "%s%s%s  %s\n", cli_style(cli, "red"),
			   term_hex(id, watch->late[i].id, 4), cli_style(cli, "off"), text);
	}
}

static int
need_list(struct cli *cli)
{
	const struct trust *view;
	struct workspace_case *list;
	struct need_watch watch = { 0 };
	struct cli_table *t;
	json_t *all = json_array();
	size_t cnt = 0, i;
	char id[33], due[TERM_DATE_CAP];
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = need_watch(cli->ses, &watch);
	if (!err)
		err = book_load(cli, MACHINE_NEED, &list, &cnt);
	if (err) {
		need_watch_end(&watch);
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"), _("DUE"), _("DESK"),
						      _("WHAT"), NULL });
	for (i = 0; i < cnt; i++) {
		const struct workspace_line *line = &list[i].line;
		const struct need_late *late = need_watch_find(&watch, list[i].rec.id);
		int state = machine_state(MACHINE_NEED, line->state);

		cli_table_row(t, term_hex(id, list[i].rec.id, 4),
			      fold_state_text(MACHINE_NEED, line->state),
			      line->date ? term_date(due, line->date) : "",
			      show_desk(cli, view, list[i].rec.desk), line->title);
		if (late || book_late(MACHINE_NEED, state, line->date, view->today) == BOOK_LATE)
			cli_table_style(t, "red");
		json_t *one = case_list_json(&list[i]);
		json_object_set_new(one, "late", show_need_late_json(late));
		json_array_append_new(all, one);
	}
	cli_table_end(t, _("No needs. davy sync fetches what is new."));
	say_late(cli, &watch);
	need_watch_end(&watch);
	cli_data(cli, all);
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

static int
need_show(struct cli *cli)
{
	int err = book_is(cli, MACHINE_NEED);

	return err ? err : book_show(cli);
}

static int
step(struct cli *cli, const char *move, json_t *body, bool now)
{
	int err = book_is(cli, MACHINE_NEED);

	if (err) {
		json_decref(body);
		return err;
	}
	json_object_set_new(body, "v", json_integer(1));
	json_object_set_new(body, "move", json_string(move));
	if (cli->text && json_object_set_new(body, "text", json_string(cli->text))) {
		json_decref(body);
		body = NULL; /* not UTF-8 */
	}
	return book_step(cli, body, now);
}

static void
warn_keeper(struct cli *cli)
{
	const struct opened *d = cli->opened;
	const struct roster_member *keeper = beat_keeper(d->view, d->c.rec.desk, d->c.rec.id);

	if (keeper && keeper != d->view->me)
		cli_warn(
			cli,
			_("%s keeps this need, by its number. Taken by another planner it can be told from "
			  "the blank ones."),
			cli_s(cli, keeper->name));
}

/* Before it is taken for good: what else the planner can do where the slot comes too late. */
static int
warn_late(struct cli *cli, uint32_t visit)
{
	const struct need_late *late;
	struct need_watch watch;
	char text[300];
	uint32_t by;

	if (!visit || !need_watch_grave(cli->opened, &by) || visit <= by)
		return 0;
	int err = need_watch(cli->ses, &watch);
	late = err ? NULL : need_watch_find(&watch, cli->opened->c.rec.id);
	if (late) {
		show_need_late(late, text, sizeof(text));
		cli_warn(cli, "%s", text);
	}
	need_watch_end(&watch);
	return err;
}

/* With its site the need has a slot of a plan (davy plan slots). */
static int
need_take(struct cli *cli)
{
	struct plan_take take = { .plan = cli_opt(cli, "plan"),
				  .site = cli_opt(cli, "site"),
				  .urgent = cli_flag(cli, "urgent") };
	json_t *body = json_object();
	uint32_t visit = 0;
	int err = 0;

	if (take.site)
		err = plan_week_take(cli, &take, cli->opened->c.rec.id, body, &visit);
	if (!err)
		err = warn_late(cli, visit);
	if (err) {
		json_decref(body);
		return err;
	}
	warn_keeper(cli);
	return step(cli, "taken", body, cli_flag(cli, "now"));
}

static int
check_take(struct cli *cli)
{
	if (!cli_opt(cli, "site") == !cli_opt(cli, "plan") &&
	    (cli_opt(cli, "site") || !cli_flag(cli, "urgent")))
		return 0;
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("--site and --plan go together: which site, in which plan."));
}

static int
need_return(struct cli *cli)
{
	return step(cli, "given_back", json_object(), true);
}

static int
check_report(struct cli *cli)
{
	const char *result = cli_opt(cli, "result");
	uint64_t visits;

	if (!result)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say what was found: --result substantiated|partly|not_found|unable."));
	return cli_opt(cli, "visits") ? cli_opt_number(cli, "visits", 0, 99, &visits) : 0;
}

/* What a visit of this need has found: the hashes of its findings, and whether it was expected. The
 * report names no order. */
static int
add_order(struct cli *cli, const char *prefix, json_t *body)
{
	json_t *all = json_object_get(body, "findings"), *one;
	struct opened *d;
	int err = submit_open(cli->ses, FRAME_ORDER, prefix, &d);

	if (err)
		return err;
	if (d->fold.state != ORDER_SIGNED_OFF && d->fold.state != ORDER_ARCHIVED)
		err = cli_fail(cli, DAVY_REFUSED, "state",
			       _("The visit of order %s is not signed off yet."),
			       cli_s(cli, prefix));
	for (unsigned k = 1; !err && k <= d->fold.visit.finding_cnt; k++) {
		one = show_finding_json(d, k);
		json_array_append(all, json_object_get(one, "hash"));
		json_decref(one);
	}
	if (!err && d->fold.visit.anomaly)
		json_object_set_new(body, "anomaly", json_true());
	opened_free(d);
	return err;
}

static int
add_orders(struct cli *cli, json_t *body)
{
	size_t i = 0;
	int err = 0;

	if (cli_opt(cli, "order"))
		json_object_set_new(body, "findings", json_array());
	for (; !err && cli_opt_at(cli, "order", i); i++)
		err = add_order(cli, cli_opt_at(cli, "order", i), body);
	if (!err && i && !cli_opt(cli, "visits"))
		json_object_set_new(body, "visits", json_integer((json_int_t)i));
	return err;
}

static int
need_report(struct cli *cli)
{
	const char *result = cli_opt(cli, "result");
	json_t *body = json_object();
	uint64_t visits = 0;
	int err = triage_code(cli, TAXONOMY_RESULT, "result", &result);

	if (!err && cli_opt(cli, "visits"))
		err = cli_opt_number(cli, "visits", 0, 99, &visits);
	json_object_set_new(body, "visits", json_integer((json_int_t)visits));
	if (!err)
		err = add_orders(cli, body);
	if (err) {
		json_decref(body);
		return err;
	}
	json_object_set_new(body, "result", json_string(result));
	return step(cli,
		    !strcmp(result, "not_found") || !strcmp(result, "unable") ? "unconfirmed"
									      : "reported",
		    body, cli_flag(cli, "now"));
}

const struct command cmd_need_list = {
	.noun = "need",
	.verb = "list",
	.help = N_("list the needs at your planning desk, or that your desk has sent"),
	.group = CLI_INSPECT,
	.exec = need_list,
};

const struct command cmd_need_show = {
	.noun = "need",
	.verb = "show",
	.args = "ID",
	.help = N_("show a need and every step of it"),
	.more = N_(
		"One that this desk may not get, by its level, its office or its area, is shown as rejected, and "
		"nothing can be done with it."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = need_show,
};

static const struct cli_option take_options[] = {
	{ .name = "site",
	  .arg = N_("ID"),
	  .help = N_(
		  "the site, by its id in the register: it gets the next free slot of the plan") },
	{ .name = "plan", .arg = N_("PLAN"), .help = N_("the plan, by its number") },
	{ .name = "urgent", .help = N_("S1: goes at once, outside the slots") },
	{ .name = "now", .help = N_("at once, not in the next round") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	{ 0 },
};

const struct command cmd_need_take = {
	.noun = "need",
	.verb = "take",
	.args = "ID",
	.help = N_("say that your desk plans a visit"),
	.check = check_take,
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = take_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.exec = need_take,
};

static const struct cli_option return_options[] = {
	CLI_TEXT_OPTIONS(N_("the reason")),
	{ 0 },
};

const struct command cmd_need_return = {
	.noun = "need",
	.verb = "return",
	.args = "ID",
	.help = N_("give a need back to the desk that sent it, with the reason"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = return_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = need_return,
};

static const struct cli_option report_options[] = {
	{ .name = "result",
	  .arg = "substantiated|partly|not_found|unable",
	  .words = "substantiated partly not_found unable",
	  .axis = "result",
	  .help = N_("what the visits found") },
	{ .name = "visits", .arg = N_("NUMBER"), .help = N_("how many visits there were") },
	{ .name = "order",
	  .arg = N_("ID"),
	  .many = true,
	  .help = N_(
		  "a visit that is signed off: its findings go into the report by their hashes") },
	{ .name = "now", .help = N_("at once, not in the next round") },
	CLI_TEXT_OPTIONS(N_("what was found, or why nothing was")),
	{ 0 },
};

const struct command cmd_need_report = {
	.noun = "need",
	.verb = "report",
	.args = "ID",
	.help = N_("report what the visits found to the desk that sent the need"),
	.more = N_("not_found and unable take two members, and a reason."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = report_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_report,
	.exec = need_report,
};
