/* davy case overdue and davy case digest: which clocks have run out or are near it; and how many,
 * in bands, for reading aloud. Both read the workspace and ask nobody. */
#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/stopped.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_clock.h"
#include "crypto/err.h"

/* A clock that is over or near it. */
struct item {
	const struct workspace_case *c;
	enum clock_id id;
	struct clock_time time;
};

static int
by_due(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->time.due != y->time.due)
		return x->time.due < y->time.due ? -1 : 1;
	return memcmp(x->c->rec.id, y->c->rec.id, sizeof(x->c->rec.id));
}

/* Those of all cases, the oldest first. Returns how many; *out is freed by the caller. */
static size_t
collect(struct item *out, const struct workspace_case *list, size_t cnt, uint32_t hour)
{
	struct clock_time clock[CLOCK__MAX];
	size_t i, n = 0;
	enum clock_id k;

	for (i = 0; i < cnt; i++) {
		clocks_of(clock, &list[i]);
		for (k = 0; k < CLOCK__MAX; k++)
			if (clock_state(&clock[k], hour) >= CLOCK_WARNED)
				out[n++] = (struct item){ &list[i], k, clock[k] };
	}
	qsort(out, n, sizeof(*out), by_due);
	return n;
}

static json_t *
item_json(const struct item *it, uint32_t hour)
{
	json_t *out = clocks_json(it->id, &it->time, &it->c->rec, hour);
	char id[33];

	json_object_set_new(out, "id", json_string(term_hex(id, it->c->rec.id, 16)));
	json_object_set_new(out, "desk", json_integer(it->c->rec.desk));
	if (it->c->line.severity)
		json_object_set_new(out, "severity",
				    json_sprintf("S%d", it->c->line.severity % 10));
	return out;
}

static void
row(struct cli *cli, struct cli_table *t, const struct trust *view, const struct item *it,
    uint32_t hour)
{
	char id[33], severity[4] = "", gone[8], due[TERM_DATE_CAP];
	bool over = clock_state(&it->time, hour) == CLOCK_OVER;

	if (it->c->line.severity)
		snprintf(severity, sizeof(severity), "S%d", it->c->line.severity % 10);
	snprintf(gone, sizeof(gone), "%u%%", clock_gone(&it->time, hour));
	cli_table_row(t, term_hex(id, it->c->rec.id, 4), severity, _(clock_label(it->id)),
		      term_due(due, it->time.due, hour), gone,
		      over ? show_clock_seen(it->id, &it->c->rec) : "",
		      show_desk(cli, view, it->c->rec.desk));
	cli_table_style(t, over ? "red" : "yellow");
}

/* What the words of the last column mean. */
static void
explain(struct cli *cli, uint32_t hour)
{
	char holidays[SHOW_HOLIDAYS_CAP];

	cli_wrap(
		cli, 0,
		_("The gateway enforces the first read, the first answer and the term: it opens "
		  "the case to the desk above by itself. The other clocks are shown by davy alone and "
		  "open nothing; davy case above does."));
	if (show_clock_holidays(holidays, cli->ses, hour))
		cli_wrap(cli, 0, holidays);
}

static int
print(struct cli *cli, const struct trust *view, const struct item *item, size_t cnt, uint32_t hour)
{
	struct cli_table *t = cli_table_new(cli,
					    (const char *const[]){ _("ID"), _("SEVERITY"),
								   _("CLOCK"), _("DUE"), _(">GONE"),
								   _("SEEN BY"), _("DESK"), NULL });
	json_t *all = json_array();
	size_t i, over = 0;

	for (i = 0; i < cnt; i++) {
		over += clock_state(&item[i].time, hour) == CLOCK_OVER;
		row(cli, t, view, &item[i], hour);
		json_array_append_new(all, item_json(&item[i], hour));
	}
	cli_table_end(t, _("No clock has run out, and none is near it."));
	if (cnt)
		explain(cli, hour);
	cli_data(cli, all);
	return over ? cli_fail(cli, DAVY_REFUSED, "overdue",
			       ngettext("%zu clock has run out.", "%zu clocks have run out.", over),
			       over)
		    : 0;
}

/* Referrals have terms of their own, and a list of their own. */
static int
say_referrals(struct cli *cli, const struct trust *view)
{
	struct workspace_case *list;
	size_t cnt, i, late = 0;
	int err = book_load(cli, MACHINE_REFERRAL, &list, &cnt);

	if (err)
		return err;
	for (i = 0; i < cnt; i++)
		late += book_late(MACHINE_REFERRAL,
				  machine_state(MACHINE_REFERRAL, list[i].line.state),
				  list[i].line.date, view->today) == BOOK_LATE;
	workspace_free(list, cnt * sizeof(*list));
	if (late)
		cli_printf(cli,
			   ngettext("%zu referral is overdue: davy referral list --overdue\n",
				    "%zu referrals are overdue: davy referral list --overdue\n",
				    late),
			   late);
	return 0;
}

static int
case_overdue(struct cli *cli)
{
	const struct trust *view;
	struct workspace_case *list;
	struct item *item;
	size_t cnt;
	uint32_t hour;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = say_referrals(cli, view);
	if (!err)
		err = case_list_load(cli, FRAME_CASE, &list, &cnt);
	if (err)
		return err;
	hour = sync_hour(cli->ses);
	item = calloc(cnt * CLOCK__MAX + 1, sizeof(*item));
	err = item ? print(cli, view, item, collect(item, list, cnt, hour), hour) : ERR_MEM;
	free(item);
	workspace_free(list, cnt * sizeof(*list));
	return err;
}

/* A line of the digest: a word, and bands; every line has the same bytes whatever the bands are. */
static void
line(struct cli *cli, const char *word, const char *one, const char *two)
{
	int width = 24 - term_width(word);

	cli_printf(cli, "%s%*s%s   %s\n", word, width > 1 ? width : 1, "", one, two);
}

static int
case_digest(struct cli *cli)
{
	struct workspace_case *list;
	struct clocks_sum sum;
	json_t *data = json_object();
	enum clock_id k;
	struct stops_flag *flag;
	size_t cnt, flags;
	int err = stopped_above(cli->ses, &flag, &flags);

	free(flag);
	if (!err)
		err = case_list_load(cli, FRAME_CASE, &list, &cnt);
	if (err) {
		json_decref(data);
		return err;
	}
	clocks_sum(&sum, list, cnt, sync_hour(cli->ses));
	workspace_free(list, cnt * sizeof(*list));
	line(cli, "", _("over"), _("soon"));
	for (k = 0; k < CLOCK__MAX; k++) {
		line(cli, _(clock_label(k)), clock_band(sum.over[k]), clock_band(sum.warned[k]));
		json_object_set_new(data, clock_name(k),
				    json_pack("{s:s,s:s}", "over", clock_band(sum.over[k]),
					      "warned", clock_band(sum.warned[k])));
	}
	line(cli, _("all clocks"), clock_band(sum.all_over), clock_band(sum.all_warned));
	line(cli, _("open cases of S1"), clock_band(sum.life), "    ");
	line(cli, _("came up from below"), clock_band(sum.above), "    ");
	line(cli, _("many stops of visits"), clock_band(flags), "    ");
	json_object_set_new(data, "all",
			    json_pack("{s:s,s:s}", "over", clock_band(sum.all_over), "warned",
				      clock_band(sum.all_warned)));
	json_object_set_new(data, "life", json_string(clock_band(sum.life)));
	json_object_set_new(data, "above", json_string(clock_band(sum.above)));
	json_object_set_new(data, "stoppers", json_string(clock_band(flags)));
	cli_data(cli, data);
	return 0;
}

const struct command cmd_case_overdue = {
	.noun = "case",
	.verb = "overdue",
	.help = N_("list the clocks that have run out or are near it"),
	.more = N_(
		"All desks whose cases this home lists, and what came up to yours. A clock of which 75 "
		"per cent are gone is near its end. The exit code is 1 where one has run out."),
	.group = CLI_REVIEW,
	.exec = case_overdue,
};

const struct command cmd_case_digest = {
	.noun = "case",
	.verb = "digest",
	.help = N_("count the clocks in bands, to read out or to post"),
	.more = N_(
		"Always as many lines and bytes, whatever the desk has: 0, 1-4, 5-19, 20+. Names no "
		"case, no place and no hour."),
	.group = CLI_REVIEW,
	.exec = case_digest,
};
