/* davy case list, davy inbox: the cases in the workspace, most urgent first. */
#include "admin-cli/cmd/case_list.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/waiting.h"
#include "admin-cli/rules/priority.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_clock.h"
#include "admin-cli/view/show_outbox.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#include <sodium.h>

/* What a case is sorted by: comparing these touches far less memory than comparing cases. */
struct place {
	uint32_t due, day;
	const struct workspace_case *c;
};

static int
by_due(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return memcmp(x->c->rec.id, y->c->rec.id, sizeof(x->c->rec.id));
}

/* Mixes the ladders among the first `cnt`, which have something due and stand in its order. */
static void
mix(struct place *out, const struct place *in, size_t cnt)
{
	size_t next[2] = { 0, 0 };
	unsigned run = 0;
	int last = -1;

	for (size_t n = 0; n < cnt; n++) {
		for (int u = 0; u < 2; u++)
			while (next[u] < cnt && (in[next[u]].c->rec.ladder == FRAME_URGENT) != u)
				next[u]++;
		int u = next[0] > next[1];
		if (next[!u] < cnt && (next[u] == cnt || (u == last && run >= CASE_LIST_RUN)))
			u = !u;
		run = u == last ? run + 1 : 1;
		last = u;
		out[n] = in[next[u]++];
	}
}

/* Moves the cases themselves to where `order` wants them, one circle of places after the other. */
static void
arrange(struct workspace_case *list, struct place *order, size_t cnt)
{
	struct workspace_case first;

	for (size_t i = 0; i < cnt; i++) {
		size_t to = i, from;

		if (!order[i].c)
			continue;
		first = list[i];
		while ((from = (size_t)(order[to].c - list)) != i) {
			list[to] = list[from];
			order[to].c = NULL;
			to = from;
		}
		list[to] = first;
		order[to].c = NULL;
	}
	sodium_memzero(&first, sizeof(first));
}

int
case_list_sort(struct workspace_case *list, size_t cnt)
{
	struct place *order = calloc(2 * cnt + 1, sizeof(*order));
	size_t due = 0;

	if (!order)
		return ERR_MEM;
	for (size_t i = 0; i < cnt; i++)
		order[i] = (struct place){ waiting_due(&list[i]), list[i].rec.day, &list[i] };
	qsort(order, cnt, sizeof(*order), by_due);
	while (due < cnt && order[due].due != UINT32_MAX)
		due++;
	mix(order + cnt, order, due);
	memcpy(order, order + cnt, due * sizeof(*order));
	arrange(list, order, cnt);
	free(order);
	return 0;
}

/* An urgent case that nobody has classified may be life in danger. */
static int
rank(const struct workspace_case *c)
{
	bool waits = c->rec.ladder == FRAME_URGENT && !(c->rec.flags & FRAME_R_CLOSED);

	return c->line.priority ? c->line.priority : waits ? PRIORITY_LIFE : 0;
}

struct ranked {
	int rank;
	size_t place;
};

static int
by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

int
case_list_by_priority(struct workspace_case *list, size_t cnt)
{
	struct ranked *r = calloc(cnt + 1, sizeof(*r));
	struct place *order = calloc(cnt + 1, sizeof(*order));
	int err = r && order ? 0 : ERR_MEM;

	for (size_t i = 0; !err && i < cnt; i++)
		r[i] = (struct ranked){ rank(&list[i]), i };
	if (!err)
		qsort(r, cnt, sizeof(*r), by_rank);
	for (size_t i = 0; !err && i < cnt; i++)
		order[i].c = &list[r[i].place];
	if (!err)
		arrange(list, order, cnt);
	free(r);
	free(order);
	return err;
}

int
case_list_load(struct cli *cli, int kind, struct workspace_case **list, size_t *cnt)
{
	int r = workspace_open(cli->ses), err;

	if (r)
		return r;
	err = workspace_case_list(cli->ses->workspace, kind, list, cnt);
	if (!err && (err = case_list_sort(*list, *cnt)) != 0)
		workspace_free(*list, *cnt * sizeof(**list));
	return err ? cli_fail_err(cli, err, "%s", _("The list cannot be read")) : 0;
}

json_t *
case_list_json(const struct workspace_case *c)
{
	json_t *out = opened_line_json(&c->line);
	char id[33];

	json_object_set_new(out, "id", json_string(term_hex(id, c->rec.id, sizeof(c->rec.id))));
	json_object_set_new(out, "desk", json_integer(c->rec.desk));
	json_object_set_new(out, "relation", json_integer(c->rec.relation));
	json_object_set_new(out, "urgent", json_boolean(c->rec.ladder == FRAME_URGENT));
	json_object_set_new(out, "acknowledged", json_boolean(c->rec.flags & FRAME_R_ACKED));
	json_object_set_new(out, "closed", json_boolean(c->rec.flags & FRAME_R_CLOSED));
	json_object_set_new(out, "open_above", json_boolean(c->rec.flags & FRAME_R_ABOVE));
	json_object_set_new(out, "open_backstop", json_boolean(c->rec.flags & FRAME_R_BACKSTOP));
	json_object_set_new(out, "close_due", json_integer(c->rec.close_due));
	json_object_set_new(out, "held", json_integer(c->rec.held));
	json_object_set_new(out, "read_due", json_integer(c->rec.read_due));
	json_object_set_new(out, "answer_due", json_integer(c->rec.answer_due));
	json_object_set_new(out, "clock", show_clock_next_json(c, term_now_hour()));
	json_object_set_new(out, "day", json_integer(c->rec.day));
	json_object_set_new(out, "entries", json_integer(c->rec.entries));
	json_object_set_new(out, "desk_entries", json_integer(c->rec.desk_entries));
	return out;
}

bool
case_list_review(const struct workspace_case *c)
{
	return c->line.date && !strcmp(c->line.state, "held");
}

/* What the last column says; numbers in front: replies that are held back, what waits here. */
static void
title_of(const struct workspace_case *c, const char *title, size_t waiting, char *buf, size_t cap)
{
	char held[64] = "", waits[64] = "", review[64] = "", date[TERM_DATE_CAP];
	const char *second = c->line.proposed ? _("(waits for a second member) ") : "";

	if (case_list_review(c))
		snprintf(review, sizeof(review),
			 c->line.date < term_today() ? _("(review overdue since %s) ")
						     : _("(review by %s) "),
			 term_date(date, c->line.date));

	if (!*title)
		title = !c->rec.relation    ? _("(not opened)")
			: sync_may_fetch(c) ? _("(open to your desk)")
					    : _("(at the desk below)");
	if (c->rec.held)
		snprintf(held, sizeof(held), _("(%u held) "), c->rec.held);
	if (waiting)
		snprintf(waits, sizeof(waits), _("(%zu in the outbox) "), waiting);
	snprintf(buf, cap, "%s%s%s%s%s", second, review, waits, held, title);
}

/* The day of the newest entry of which the line knows; 0: none is here. */
static uint32_t
as_of(struct cli *cli, const struct workspace_case *c)
{
	const uint32_t have[] = { [FRAME_SOURCE] = c->have_source, [FRAME_DESK] = c->have_desk };
	struct workspace_entry *w = malloc(sizeof(*w));
	uint32_t day = 0;

	for (int thread = FRAME_SOURCE; w && thread <= FRAME_DESK; thread++)
		if (have[thread] &&
		    !workspace_entry_get(cli->ses->workspace, c->rec.id, thread, have[thread] - 1,
					 w) &&
		    w->day > day)
			day = w->day;
	free(w);
	return day;
}

/* What stands before the title of a case of which the gateway has newer entries than are here. */
static const char *
newer(struct cli *cli, const struct workspace_case *c)
{
	uint32_t cnt = waiting_newer(c), day = cnt ? as_of(cli, c) : 0;
	char date[TERM_DATE_CAP], *out;

	if (!day ||
	    asprintf(&out, _("(as of %s, %u newer entries) "), term_date(date, day), cnt) < 0)
		return "";
	return cli_keep(cli, out);
}

static void
row(struct cli *cli, struct cli_table *t, const struct workspace_case *c, size_t waiting,
    const json_t *counties)
{
	const char *state = c->line.state, *title = c->line.title;
	char severity[4] = "", id[33], held[512], whole[640], next[SHOW_CLOCK_CAP];
	enum clock_state clock = show_clock_next(next, c, term_now_hour());

	if (c->line.severity)
		snprintf(severity, sizeof(severity), "S%d", c->line.severity % 10);
	term_hex(id, c->rec.id, 4);
	title_of(c, title, waiting, held, sizeof(held));
	snprintf(whole, sizeof(whole), "%s%s", newer(cli, c), held);
	/* A closing is shown to those who may object to it, whatever they could open. */
	cli_table_row(t, id,
		      *state && !(c->rec.flags & FRAME_R_CLOSING)
			      ? fold_state_text(MACHINE_TIP, state)
			      : show_record_state(&c->rec),
		      severity, c->rec.ladder == FRAME_URGENT ? _("urgent") : "", next,
		      county_named(counties, c->line.county), whole);
	if (clock == CLOCK_OVER || (case_list_review(c) && c->line.date < term_today()))
		cli_table_style(t, "red");
	else if (clock == CLOCK_WARNED)
		cli_table_style(t, "yellow");
	else if (c->rec.flags & FRAME_R_CLOSED)
		cli_table_style(t, "dim");
}

static bool
is_by_priority(struct cli *cli)
{
	const char *sort = cli_opt(cli, "sort");

	return sort && !strcmp(sort, "priority");
}

static int
check(struct cli *cli)
{
	const char *sort = cli_opt(cli, "sort");

	if (!sort || !strcmp(sort, "due") || !strcmp(sort, "priority"))
		return 0;
	return cli_fail(cli, DAVY_USAGE, "usage", _("--sort is due or priority, not \"%s\"."),
			cli_s(cli, sort));
}

static const struct cli_option options[] = {
	{ .name = "sort",
	  .arg = N_("ORDER"),
	  .words = "due priority",
	  .help = N_("due: by the clocks, so that no case waits behind another; priority: by the "
		     "number that davy case show explains") },
	{ 0 },
};

static int
list_cases(struct cli *cli)
{
	struct workspace_case *list;
	struct cli_table *t;
	struct workspace_out *out = NULL;
	json_t *all = json_array(), *counties = NULL, *one;
	size_t cnt, waits, i, outs = 0;
	int err = case_list_load(cli, FRAME_CASE, &list, &cnt);

	if (!err && is_by_priority(cli) && case_list_by_priority(list, cnt))
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err && county_list(cli->ses, &counties)) {
		cli_forgive(cli); /* names only help */
		counties = NULL;
	}
	if (!err && workspace_out_list(cli->ses->workspace, &out, &outs)) {
		workspace_free(list, cnt * sizeof(*list));
		err = cli_fail(cli, DAVY_REFUSED, "io", _("The outbox cannot be read."));
	}
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli,
			  (const char *const[]){ _("ID"), _("STATE"), _("SEVERITY"), _("LADDER"),
						 _("NEXT CLOCK"), _("COUNTY"), _("WHAT"), NULL });
	for (i = 0; i < cnt; i++) {
		waits = show_outbox_cnt(out, outs, list[i].rec.id);
		if (!cli->json) {
			row(cli, t, &list[i], waits, counties);
			continue;
		}
		one = case_list_json(&list[i]);
		json_object_set_new(one, "outbox", json_integer((json_int_t)waits));
		if (waiting_newer(&list[i]))
			json_object_set_new(one, "as_of", json_integer(as_of(cli, &list[i])));
		json_array_append_new(all, one);
	}
	cli_table_end(t, _("No cases. davy sync fetches what is new."));
	cli_data(cli, all);
	json_decref(counties);
	workspace_out_free(out, outs);
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

const struct command cmd_case_list = {
	.noun = "case",
	.verb = "list",
	.help = N_("list the cases of your desk, most urgent first"),
	.more = N_(
		"Shows what the last davy sync brought, and of each case the clock that is due first. davy "
		"case overdue says which of them the gateway enforces."),
	.group = CLI_REVIEW,
	.options = options,
	.check = check,
	.exec = list_cases,
};

const struct command cmd_inbox = {
	.noun = "inbox",
	.help = N_("the same as davy case list"),
	.group = CLI_REVIEW,
	.options = options,
	.check = check,
	.exec = list_cases,
};
