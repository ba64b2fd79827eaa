/*
 * davy triage: one case after the other, as git add -p does with hunks: what the list knows, then
 * the tip once the person says so, then the questions of a triage. With --answers the same from a
 * file, for programs. A tip is opened only when somebody asks for it, since each reading leaves a
 * record, and is acknowledged only after it was shown.
 */
#include <string.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_ack.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/cmd/triage_ask.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/shown.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/waiting.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

#define ANSWERS_MAX (4u << 20)

/* Makes a case the one at hand; free_case() ends it. */
static int
open_case(struct cli *cli, const char *id, struct workspace_case *c)
{
	int err = submit_open(cli->ses, FRAME_CASE, id, &cli->opened);

	if (err)
		return err;
	*c = cli->opened->c;
	cli->target = c;
	return 0;
}

static void
free_case(struct cli *cli)
{
	opened_free(cli->opened);
	cli->opened = NULL;
	cli->target = NULL;
}

/* After an entry was written the case has grown. */
static int
reopen(struct cli *cli, struct workspace_case *c)
{
	char id[33];

	term_hex(id, c->rec.id, sizeof(c->rec.id));
	free_case(cli);
	return open_case(cli, id, c);
}

static int
show_case(struct cli *cli)
{
	const struct opened *d = cli->opened;
	size_t i;

	show_head(cli, d);
	show_alarms(cli, d);
	if (!d->c.have_source)
		show_missing(cli, d);
	for (i = 0; i < d->fold.order_cnt; i++)
		show_entry(cli, d, d->fold.order[i]);
	return shown_mark(cli->ses, d);
}

static bool
waits_for_triage(const struct opened *d)
{
	int s = d->fold.state;

	return s == TIP_IN_TRIAGE || s == TIP_NEEDS_INFO || s == TIP_RECEIVED;
}

/* One of the letters of a question; the first where nothing was typed. */
static int
choose(struct cli *cli, const char *question, const char *letters, char *out)
{
	char answer[16];
	int err;

	do {
		err = cli_ask(cli, question, answer, sizeof(answer));
		*out = *answer ? *answer : *letters;
	} while (!err && (strlen(answer) > 1 || !strchr(letters, *out)));
	return err;
}

static int
acknowledge(struct cli *cli, struct workspace_case *c, bool *done)
{
	char letter;
	int err = 0;

	*done = true;
	if (cli->opened->fold.acked)
		return 0;
	err = choose(cli, _("Have you read it? [y]es, acknowledge; [n]o"), "ny", &letter);
	*done = letter == 'y';
	if (!err && *done)
		err = case_ack_write(cli);
	return err || !*done ? err : reopen(cli, c);
}

static int
triage_one(struct cli *cli, struct workspace_case *c)
{
	struct draft *d = NULL;
	bool done, write;
	int err = show_case(cli);

	if (!err)
		err = acknowledge(cli, c, &done);
	if (err || !done)
		return err;
	if (!waits_for_triage(cli->opened)) {
		cli_printf(cli, _("This case does not wait for triage.\n"));
		return 0;
	}
	err = triage_draft(cli, &d);
	if (!err)
		err = triage_ask(cli, d, &write);
	if (!err && write)
		err = triage_draft_write(cli, d, true, false);
	draft_free(d);
	return err;
}

/* What is known without a reading. */
static void
show_line(struct cli *cli, const struct workspace_case *c, size_t at, size_t cnt)
{
	const char *state = c->line.state, *title = c->line.title;
	char id[33], due[TERM_DATE_CAP], severity[8] = "";

	if (c->line.severity)
		snprintf(severity, sizeof(severity), "S%d  ", c->line.severity % 10);
	cli_printf(cli, "\n%zu/%zu  %.8s  %s  %s%s%s  %s\n", at, cnt,
		   term_hex(id, c->rec.id, sizeof(c->rec.id)),
		   *state ? fold_state_text(MACHINE_TIP, state) : show_record_state(&c->rec),
		   severity, c->rec.ladder == FRAME_URGENT ? _("urgent ") : "",
		   term_due(due, waiting_due(c) == UINT32_MAX ? 0 : waiting_due(c),
			    term_now_hour()),
		   *title ? cli_s(cli, title) : _("(not opened)"));
}

/* A case of this list that may be opened here and whose triage is not over. */
static bool
is_waiting(const struct workspace_case *c)
{
	const char *state = c->line.state;

	return (!*state || !strcmp(state, "received") || !strcmp(state, "in_triage")) &&
	       sync_may_fetch(c) && !(c->rec.flags & FRAME_R_CLOSED);
}

/* The failure of one case is told, and the next one comes. */
static bool
told(struct cli *cli, int err)
{
	if (!err)
		return false;
	cli_warn(cli, "%s", cli_failure(cli));
	cli_forgive(cli);
	return true;
}

static int
walk(struct cli *cli, struct workspace_case *list, size_t cnt)
{
	struct workspace_case c;
	char letter, id[33];
	size_t i;
	int err = 0;

	for (i = 0; !err && i < cnt; i++) {
		show_line(cli, &list[i], i + 1, cnt);
		err = choose(cli, _("[o]pen (leaves a read record), [n]ext, [q]uit"), "noq",
			     &letter);
		if (err || letter == 'q')
			break;
		if (letter == 'n')
			continue;
		term_hex(id, list[i].rec.id, sizeof(list[i].rec.id));
		err = open_case(cli, id, &c);
		if (!err)
			err = triage_one(cli, &c);
		free_case(cli);
		if (told(cli, err))
			err = 0;
	}
	return err;
}

/* The cases that the arguments name, or all that wait: *cnt of the *room in the list. */
static int
collect(struct cli *cli, struct workspace_case **list, size_t *cnt, size_t *room)
{
	size_t i;
	int err = 0;

	if (!cli->argc) {
		err = case_list_load(cli, FRAME_CASE, list, room);
		for (i = 0; !err && i < *room; i++)
			if (is_waiting(&(*list)[i]))
				(*list)[(*cnt)++] = (*list)[i];
		return err;
	}
	*cnt = *room = (size_t)cli->argc;
	*list = calloc(*room, sizeof(**list));
	if (!*list)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	for (i = 0; !err && i < *cnt; i++)
		err = submit_find(cli->ses, FRAME_CASE, cli->argv[i], &(*list)[i]);
	return err;
}

static int
interactive(struct cli *cli)
{
	struct workspace_case *list = NULL;
	size_t cnt = 0, room = 0;
	int err = collect(cli, &list, &cnt, &room);

	if (!err && !cnt)
		cli_printf(cli, _("No tip waits for triage. davy sync fetches what is new.\n"));
	if (!err)
		err = walk(cli, list, cnt);
	workspace_free(list, room * sizeof(*list));
	return err;
}

/* In a file the tip's hash says that the one who answers had the tip before him. */
static int
acknowledge_by_hash(struct cli *cli, const json_t *answer, struct workspace_case *c)
{
	const struct opened *d = cli->opened;
	size_t tip = opened_find(d, FRAME_SOURCE, 0);
	char hash[65];
	int err;

	if (d->fold.acked)
		return 0;
	if (tip == FOLD_NONE ||
	    strcmp(term_hex(hash, d->entry[tip].hash, 32), schema_text(answer, "tip")) != 0)
		return cli_fail(
			cli, DAVY_REFUSED, "unseen",
			_("Nobody has acknowledged this tip: give its \"hash\" from davy case show "
			  "--json as \"tip\"."));
	err = case_ack_write(cli);
	return err ? err : reopen(cli, c);
}

/* Fills the draft from one object of the file. */
static int
fill(struct cli *cli, struct draft *d, const json_t *answer)
{
	char why[DRAFT_WHY_CAP];
	const char *name, *text;
	const json_t *v;
	unsigned field;

	json_object_foreach((json_t *)answer, name, v)
	{
		field = draft_field(name);
		text = json_string_value(v);
		if (!strcmp(name, "id") || !strcmp(name, "tip"))
			continue;
		if (field == DRAFT__MAX)
			return cli_fail(cli, DAVY_USAGE, "usage",
					_("No field is called \"%.60s\"."), cli_s(cli, name));
		if (text ? !triage_draft_type(cli, d, field, text, why)
			 : !draft_put(d, field, v, why))
			return cli_fail(cli, DAVY_USAGE, "usage", "%s", cli_s(cli, why));
	}
	return 0;
}

static const char *
problem_name(enum draft_mark mark)
{
	static const char *const names[] = { "missing", "wanted", "wrong", "two", "note" };

	return names[mark];
}

static void
add_draft(const struct draft *d, json_t *out)
{
	struct draft_problem list[DRAFT_PROBLEMS];
	size_t n = draft_problems(d, list), i;
	json_t *all = json_array();

	for (i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:s,s:s*,s:s}", "mark",
						     problem_name(list[i].mark), "field",
						     list[i].field < DRAFT__MAX
							     ? draft_info[list[i].field].name
							     : NULL,
						     "text", list[i].text));
	json_object_set_new(out, "problems", all);
	json_object_set_new(out, "computed", draft_computed(d));
}

static int
answer_one(struct cli *cli, const json_t *answer, json_t *out)
{
	struct workspace_case c;
	struct draft *d = NULL;
	int err = open_case(cli, schema_text(answer, "id"), &c);

	if (!err)
		err = acknowledge_by_hash(cli, answer, &c);
	if (!err)
		err = triage_draft(cli, &d);
	if (!err)
		err = fill(cli, d, answer);
	if (!err) {
		add_draft(d, out);
		err = triage_draft_write(cli, d, true, false);
	}
	if (!err)
		err = reopen(cli, &c);
	if (!err)
		json_object_set_new(out, "state",
				    json_string(machine_state_name(MACHINE_TIP,
								   cli->opened->fold.state)));
	draft_free(d);
	free_case(cli);
	return err;
}

/* Each object is a case of its own: one that cannot be written does not stop the others, and the
 * command then ends with a failure. */
static int
by_answers(struct cli *cli, const char *file)
{
	json_t *all, *results = json_array();
	char *text = NULL;
	size_t i, failed = 0;
	int err = file_read_text(cli->ses, file, ANSWERS_MAX, &text);

	if (err)
		return err;
	all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (json_is_object(all))
		all = json_pack("[o]", all);
	if (!json_is_array(all))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("%s is not a list of objects in JSON, one for each case."),
			       cli_s(cli, file));
	for (i = 0; !err && i < json_array_size(all); i++) {
		const json_t *answer = json_array_get(all, i);
		json_t *out = json_pack("{s:s}", "id", schema_text(answer, "id"));

		if (answer_one(cli, answer, out)) {
			json_object_set_new(out, "refused", json_string(cli_failure(cli)));
			cli_warn(cli, "%.8s: %s", cli_s(cli, schema_text(answer, "id")),
				 cli_failure(cli));
			cli_forgive(cli);
			failed++;
		}
		json_array_append_new(results, out);
	}
	json_decref(all);
	cli_data(cli, results);
	return err || !failed ? err
			      : cli_fail(cli, DAVY_REFUSED, "partly",
					 ngettext("%zu case was not written.",
						  "%zu cases were not written.", failed),
					 failed);
}

static int
check(struct cli *cli)
{
	if (cli_opt(cli, "answers") && (cli->argc || cli_flag(cli, "all")))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("The file of --answers names the cases: give no ID and no --all."));
	if (cli->argc && cli_flag(cli, "all"))
		return cli_fail(cli, DAVY_USAGE, "usage", _("Give ids or --all, not both."));
	if (!cli_opt(cli, "answers") && (!cli->tty_in || cli->json))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("There is no terminal to ask on: give --answers FILE."));
	return 0;
}

static int
triage_cases(struct cli *cli)
{
	const char *file = cli_opt(cli, "answers");

	return file ? by_answers(cli, file) : interactive(cli);
}

static const struct cli_option options[] = {
	{ .name = "all", .help = N_("every case that waits for triage (the same as no ID)") },
	{ .name = "answers",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_(
		  "the answers in JSON: a list of objects, one for each case; - is standard input") },
	{ 0 },
};

const struct command cmd_triage = {
	.noun = "triage",
	.args = "[ID…]",
	.help = N_("work through the tips that wait, one after the other"),
	.more = N_(
		"Each case is opened only when you say so, since a reading leaves a record; then it asks for the "
		"triage field by field and shows floor, start level and priority with their reasons. An object of an "
		"answer file has \"id\", the fields by the names of the options of davy case triage (with _ for -), "
		"\"question\", \"into\", \"target\", \"voice\", \"text\"; for a tip that nobody has acknowledged also "
		"\"tip\", its hash as davy case show --json tells it."),
	.group = CLI_REVIEW,
	.arg_min = 0,
	.arg_max = -1,
	.options = options,
	.check = check,
	.exec = triage_cases,
};
