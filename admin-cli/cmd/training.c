/*
 * davy training: practising triage on the sample tips. It has no home, no key and no gateway:
 * nothing that is typed here can reach a case, and nothing is kept. After each triage it says what
 * an experienced reviewer chose, and why.
 */
#include "admin-cli/cmd/training.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/triage_ask.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/training.h"
#include "admin-cli/source/source.h"
#include "admin-cli/view/show.h"

const char *
lesson_text(const json_t *tip, const char *name)
{
	char full[32];

	snprintf(full, sizeof(full), "%s_%s", name, taxonomy_chinese() ? "zh" : "en");
	return schema_text(tip, full);
}

int
lesson_begin(struct cli *cli, struct lesson *l, json_t *tip)
{
	const struct fold_person me = { .handle = { 1 },
					.desk = 1,
					.level = 3,
					.roles = 1u << BY_TR | 1u << BY_SR | 1u << BY_PL,
					.related = true };
	struct draft_case c = { .in = &l->in, .fold = &l->fold, .desk = 1, .me = me };

	memset(l, 0, sizeof(*l));
	l->tip = tip;
	l->body = source_form_body(json_object_get(tip, "form"), &(struct source_form){ 0 });
	l->ack = json_pack("{s:i}", "v", 1);
	schema_set_after(l->ack, 1, 0);
	l->entry[0] = (struct fold_entry){
		.type = ENTRY_TIP, .hash = { 1 }, .by_source = true, .body = l->body
	};
	l->entry[1] = (struct fold_entry){
		.type = ENTRY_ACKNOWLEDGE, .thread = 1, .hash = { 2 }, .who = me, .body = l->ack
	};
	l->in = (struct fold_input){
		.machine = MACHINE_TIP, .entry = l->entry, .entry_cnt = 2, .today = term_today()
	};
	l->entry[0].day = l->entry[1].day = l->in.today;
	c.tip = l->body;
	if (fold_run(&l->fold, &l->in) || !(l->d = draft_new(&c)))
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	return 0;
}

void
lesson_end(struct lesson *l)
{
	draft_free(l->d);
	fold_free(&l->fold);
	json_decref(l->body);
	json_decref(l->ack);
	json_decref(l->tip);
}

static void
mark(struct cli *cli)
{
	cli_printf(cli, "\n%s=== TRAINING / 练习 === %s%s\n", cli_style(cli, "yellow"),
		   cli_style(cli, "off"), _("an invented tip; nothing is sent or kept"));
}

void
lesson_tell(struct cli *cli, const struct lesson *l, json_t *all)
{
	const json_t *expect = json_object_get(l->tip, "expect");
	struct training_point p[TRAINING_POINTS];
	size_t n = training_compare(p, l->d, expect), i, agree = 0;
	json_t *list = json_array();

	mark(cli);
	for (i = 0; i < n; i++) {
		agree += p[i].same;
		if (p[i].same)
			continue;
		cli_printf(cli, _("%s: you: %s\n"), _(p[i].label), cli_s(cli, p[i].mine));
		cli_printf(cli, _("  an experienced reviewer: %s\n"), cli_s(cli, p[i].his));
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "field", p[i].label, "you",
						      p[i].mine, "reviewer", p[i].his));
	}
	cli_printf(cli, _("%zu of %zu as an experienced reviewer.\n"), agree, n);
	if (*schema_text(expect, "note"))
		cli_wrap(cli, 2, schema_text(expect, "note"));
	if (*lesson_text(expect, "abstract")) {
		cli_printf(cli, _("The abstract could be:\n"));
		cli_wrap(cli, 2, lesson_text(expect, "abstract"));
	}
	json_array_append_new(all, json_pack("{s:s, s:I, s:I, s:o}", "id",
					     schema_text(l->tip, "id"), "same", (json_int_t)agree,
					     "points", (json_int_t)n, "differs", list));
	training_free(p, n);
}

/* From a file: an object of answers by field, as davy triage takes them. */
static int
answer(struct cli *cli, struct lesson *l, const json_t *answers)
{
	char why[DRAFT_WHY_CAP];
	const json_t *mine = json_object_get(answers, schema_text(l->tip, "id"));

	if (!draft_load(l->d, mine ? mine : answers, why))
		return cli_fail(cli, DAVY_USAGE, "usage", "%s", cli_s(cli, why));
	return 0;
}

/* One tip. *on: whether the next one is wanted. */
static int
lesson(struct cli *cli, json_t *tip, const json_t *answers, json_t *all, bool *on)
{
	struct lesson l;
	bool write = false;
	int err = lesson_begin(cli, &l, tip);

	if (!err) {
		mark(cli);
		cli_printf(cli, "%s  %s\n", schema_text(tip, "id"), lesson_text(tip, "title"));
		show_body(cli, l.body, 0);
	}
	if (!err && answers)
		err = answer(cli, &l, answers);
	else if (!err)
		err = triage_ask(cli, l.d, &write);
	*on = answers || write;
	if (!err && *on)
		lesson_tell(cli, &l, all);
	lesson_end(&l);
	return err;
}

static int
read_answers(struct cli *cli, json_t **out)
{
	const char *path = cli_opt(cli, "answers");
	char *text = NULL;
	int err = path ? file_read_text(cli->ses, path, 1 << 20, &text) : 0;

	*out = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	free(text);
	if (!err && path && !json_is_object(*out))
		err = cli_fail(cli, DAVY_REFUSED, "body", _("%s holds no answers as JSON."),
			       cli_s(cli, path));
	return err;
}

/* The lessons that were asked for, in a folder without keys and without a gateway. */
static int
teach(struct cli *cli, void *answers)
{
	json_t *all = json_array(), *tip;
	bool on = true, found = false;
	size_t i;
	int err = 0;

	for (i = 0; !err && on && (tip = training_tip(i)); i++) {
		if (cli->argc && strcmp(cli->argv[0], schema_text(tip, "id"))) {
			json_decref(tip);
			continue;
		}
		found = true;
		err = lesson(cli, tip, answers, all, &on);
	}
	if (!err && !found)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("No sample tip is called %s; the first is T01."),
			       cli_s(cli, cli->argv[0]));
	if (err)
		json_decref(all);
	else
		cli_data(cli, all);
	return err;
}

int
lesson_home(struct cli *cli, int (*call)(struct cli *cli, void *arg), void *arg)
{
	char dir[] = "/tmp/davy-training.XXXXXX";
	const char *was = cli->ses->home_dir;
	int err;

	if (!mkdtemp(dir))
		return cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be made."), dir);
	cli->ses->home_dir = dir;
	cli->ses->gateway = cli->ses->passphrase_file = NULL;
	cli->state->training = true;
	err = call(cli, arg);
	cli->state->training = false;
	cli->ses->home_dir = was;
	(void)rmdir(dir);
	return err;
}

static int
training(struct cli *cli)
{
	json_t *answers = NULL;
	int err = read_answers(cli, &answers);

	if (!err)
		err = lesson_home(cli, teach, answers);
	json_decref(answers);
	return err;
}

static int
check(struct cli *cli)
{
	if (!cli_opt(cli, "answers") && (!cli->tty_in || cli->json))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("There is no terminal to ask on: give --answers FILE."));
	return 0;
}

static const struct cli_option options[] = {
	{ .name = "answers",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the answers by field, or by tip and field, as JSON: nothing is asked") },
	{ 0 },
};

const struct command cmd_training = {
	.noun = "training",
	.args = "[TIP]",
	.help = N_("practise triage on invented tips"),
	.more = N_(
		"After each triage it says what an experienced reviewer chose and where yours differs. It has "
		"no home, no key and no gateway of its own and uses none of yours: nothing leaves, and nobody "
		"learns how you did."),
	.group = CLI_REVIEW,
	.arg_max = 1,
	.options = options,
	.check = check,
	.exec = training,
};
