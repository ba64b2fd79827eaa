/* The triage as a form (see ui.h). What a field may hold, what is missing and what the case comes
 * to is the draft's (rules/draft.h); it is written as `davy triage` writes it (cmd/triage_fill.h),
 * as a proposal where it takes two members. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"

#define SORT "triage"

struct form {
	uint8_t id[16];
	struct opened *d;
	struct draft *draft;
	unsigned field[DRAFT__MAX], cnt, at, top;
	struct draft_problem problem[DRAFT_PROBLEMS];
	size_t problem_cnt;
	struct ui_choices choices;
	char *tip;
};

/* Opening is fetching: the form says what the tip says, so the tip must be here. */
static int
open_form(struct cli *cli, void *arg)
{
	struct form *f = arg;
	char hex[33];
	size_t tip;
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, f->id, 16), &f->d);

	if (err)
		return err;
	cli->opened = f->d;
	err = triage_draft(cli, &f->draft);
	if (err)
		return err;
	tip = opened_first(f->d);
	const json_t *body = tip == FOLD_NONE ? NULL : f->d->x[tip].body;
	if (body &&
	    asprintf(&f->tip, "%s\n%s", schema_text(body, "where"), schema_text(body, "what")) < 0)
		f->tip = NULL;
	return 0;
}

static void
close_form(struct form *f)
{
	draft_free(f->draft);
	opened_free(f->d);
	if (f->tip)
		sodium_memzero(f->tip, strlen(f->tip));
	free(f->tip);
}

/* What was filled in before a crash or a lock. */
static void
load(struct ui *ui, struct form *f)
{
	char *text, why[DRAFT_WHY_CAP];
	json_t *saved;

	if (kept_get(ui->ses->workspace, f->id, SORT, &text))
		return;
	saved = json_loads(text, 0, NULL);
	if (saved && draft_load(f->draft, saved, why))
		ui_note(ui, _("This is the draft that was here."));
	json_decref(saved);
	workspace_free(text, strlen(text) + 1);
}

static void
save(struct ui *ui, struct form *f)
{
	json_t *all = draft_save(f->draft);
	char *text = json_object_size(all) ? json_dumps(all, JSON_COMPACT) : strdup("");

	if (!text || kept_put(ui->ses->workspace, f->id, SORT, text))
		ui_note(ui, _("The draft cannot be kept on this machine."));
	free(text);
	json_decref(all);
}

/* The fields that have a place now, and what there is to say of them. */
static void
look(struct form *f)
{
	f->cnt = 0;
	for (size_t i = 0; i < DRAFT__MAX; i++)
		if (draft_asks(f->draft, draft_order[i]))
			f->field[f->cnt++] = draft_order[i];
	if (f->at >= f->cnt)
		f->at = f->cnt ? f->cnt - 1 : 0;
	f->problem_cnt = draft_problems(f->draft, f->problem);
	if (f->cnt)
		ui_choices(&f->choices, f->draft, f->field[f->at]);
}

/* The cursor goes to what is missing next, the outcome first: what is asked depends on it. */
static void
go_on(struct form *f)
{
	unsigned from;

	look(f);
	from = f->at;
	for (unsigned i = 0; i < f->cnt; i++) {
		unsigned at = (from + i) % f->cnt;

		if (f->field[at] == DRAFT_OUTCOME && !draft_get(f->draft, DRAFT_OUTCOME))
			f->at = at;
	}
	for (unsigned i = f->cnt; draft_get(f->draft, DRAFT_OUTCOME) && i-- > 0;) {
		unsigned at = (from + i) % f->cnt;

		for (size_t k = 0; k < f->problem_cnt; k++)
			if (f->problem[k].field == f->field[at] &&
			    f->problem[k].mark <= DRAFT_WANTED)
				f->at = at;
	}
}

static const struct draft_problem *
problem_of(const struct form *f, unsigned field)
{
	for (size_t i = 0; i < f->problem_cnt; i++)
		if (f->problem[i].field == field && f->problem[i].mark != DRAFT_NOTE)
			return &f->problem[i];
	return NULL;
}

static const struct ui_keys keys[] = {
	{ '\t', "Tab", N_("next field"), N_("the next field; arrows, too") },
	{ '\n', "Enter", N_("fill in"),
	  N_("choose a word, again to take it out, or write; - takes the value back") },
	{ '.', ".", N_("as suggested"), N_("take what the tip suggests for this field") },
	{ '*', "*", N_("all suggested"), N_("take what is suggested for every empty field") },
	{ 0, "1-9", N_("this word"), N_("take the word with this digit, or put it back") },
	{ 0, "abc", N_("to the field"),
	  N_("to the field with this letter; on the outcome Enter lists what can happen with the tip") },
	{ 0, "AUNMLRSHOIX", NULL,
	  N_("the outcome by its letter: Accept, Urgent, Need info, Merge, Link, Refer, Seal, Hold, Out of "
	     "scope, Insufficient, abuse (X)") },
	{ 'p', "p", N_("the tip"), N_("show the whole tip") },
	{ 'y', "y", N_("why"),
	  N_("floor, start level and priority with their reasons, and all there is to say") },
	{ UI_CTRL('s'), "Ctrl-S", N_("to the tray"),
	  N_("write it; where it takes two, as a proposal") },
	{ UI_ESC, "Esc", N_("keep the draft"), N_("back; the draft stays") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 0 },
};

/* The letter that puts the cursor on a field. */
static const struct {
	char key;
	uint8_t field;
} letters[] = {
	{ 's', CLASS_SECTOR },       { 'l', CLASS_PLACE },       { 'w', CLASS_WORK },
	{ 'i', CLASS_ISSUE },        { 'h', CLASS_HAZARD },      { 'm', CLASS_MASS },
	{ 'v', CLASS_SEVERITY },     { 'c', CLASS_CREDIBILITY }, { 'a', CLASS_ACTIONABILITY },
	{ 'n', CLASS_KNOWER },       { 'r', CLASS_RISK },        { 'b', CLASS_NAMED },
	{ 'd', CLASS_NO_REGULATOR }, { 'o', DRAFT_OUTCOME },     { 't', DRAFT_TEXT },
	{ 'e', DRAFT_INTO },         { 'g', DRAFT_TARGET },      { 'u', DRAFT_QUESTION },
};

static char
letter_of(unsigned field)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (letters[i].field == field)
			return letters[i].key;
	return ' ';
}

/* Whether the key is such a letter; then the cursor is there. */
static bool
go_to(struct form *f, int key)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		for (unsigned at = 0; key == letters[i].key && at < f->cnt; at++)
			if (f->field[at] == letters[i].field) {
				f->at = at;
				return true;
			}
	return false;
}

/* The value as it fits: of several words the codes alone where their names are too long, so that
 * none is hidden. */
static char *
value_in(const struct form *f, unsigned field, int width)
{
	const json_t *v = draft_get(f->draft, field);
	char *value = draft_text(f->draft, field);

	if (draft_info[field].kind != DRAFT_MANY || term_width(value) <= width)
		return value;
	size_t cap = strlen(value) + 1, at = 0; /* codes are shorter than codes with names */
	for (size_t i = 0; i < json_array_size(v) && at < cap; i++)
		at += (size_t)snprintf(value + at, cap - at, "%s%s", i ? ", " : "",
				       json_string_value(json_array_get(v, i)));
	return value;
}

static void
draw_field(const struct form *f, unsigned i, int y, int width)
{
	unsigned field = f->field[i];
	const struct draft_problem *p = problem_of(f, field);
	char *value = value_in(f, field, width - 19);
	unsigned style = i == f->at ? A_REVERSE : A_NORMAL;
	json_t *hint = *value ? NULL : draft_suggestion(f->draft, field);
	char label[80];

	ui_put_style(y, 0, 1,
		     p ? p->mark == DRAFT_TWO          ? "2"
			     : p->mark == DRAFT_WANTED ? "+"

						       : "!"
		       : "",
		     style);
	snprintf(label, sizeof(label), "%c %s", letter_of(field), _(draft_info[field].label));
	ui_put_style(y, 1, 18, label, style);
	ui_put_style(y, 19, width - 19,
		     *value ? value
		     : hint ? _("(. takes the suggestion)")
			    : "",
		     style);
	json_decref(hint);
	free(value);
}

/* The sentence beside the field under the cursor: what is asked, or what is wrong. */
static void
draw_hint(const struct form *f, int y)
{
	unsigned field = f->field[f->at];
	const struct draft_problem *p = problem_of(f, field);

	for (size_t i = 0; !p && i < f->problem_cnt; i++)
		if (f->problem[i].mark == DRAFT_WRONG || f->problem[i].field == field)
			p = &f->problem[i];
	ui_put_style(y, 0, COLS, p ? p->text : _(draft_info[field].help), A_BOLD);
}

static void
draw(struct ui *ui, struct form *f)
{
	struct ui_page p = { 0 };
	char id[33], title[128],
		*why[] = { draft_why_floor(f->draft), draft_why_level(f->draft),
			   draft_why_priority(f->draft) };
	int foot, y, rows;

	snprintf(title, sizeof(title), _("Triage of %.8s"), term_hex(id, f->id, 16));
	ui_frame(ui, title);
	foot = ui_foot(ui, keys);
	rows = foot - 2 - 6;
	if (f->at < f->top)
		f->top = f->at;
	if (f->at >= f->top + (unsigned)rows)
		f->top = f->at - (unsigned)rows + 1;
	for (y = 0; y < rows && f->top + (unsigned)y < f->cnt; y++)
		draw_field(f, f->top + (unsigned)y, 2 + y, COLS);
	if (f->cnt) {
		draw_hint(f, foot - 6);
		ui_choices_draw(&f->choices, f->draft, foot - 5);
	}
	for (int i = 0; i < 3; i++) {
		ui_put(foot - 3 + i, 0, COLS, why[i] ? why[i] : "");
		free(why[i]);
	}
	ui_page_free(&p);
}

struct axis {
	enum taxonomy_axis axis;
	const struct taxonomy_word *first;
};

/* Words before codes: what was typed is looked for in names of both languages and further words. */
static size_t
find_words(void *arg, const char *typed, size_t *fit, size_t max)
{
	const struct axis *a = arg;
	const struct taxonomy_word *hit[64];
	size_t n = draft_find(a->axis, typed, hit, max < 64 ? max : 64);

	for (size_t i = 0; i < n; i++)
		fit[i] = (size_t)(hit[i] - a->first);
	return n;
}

/* The words of an axis as items to choose from. */
static bool
pick_word(struct ui *ui, struct form *f, unsigned field, char *out, size_t cap)
{
	size_t cnt, n = 0, which;
	const struct taxonomy_word *w = taxonomy_all(draft_info[field].axis, &cnt);
	char **item = calloc(cnt + 1, sizeof(*item));
	bool chosen;

	(void)f;
	for (; item && n < cnt; n++)
		if (asprintf(&item[n], "%s  %s", w[n].code, taxonomy_name(&w[n])) < 0)
			break;
	chosen = item && ui_pick_by(ui, _(draft_info[field].help), item, n, find_words,
				    &(struct axis){ draft_info[field].axis, w }, &which);
	if (chosen)
		snprintf(out, cap, "%s", w[which].code);
	while (n)
		free(item[--n]);
	free(item);
	return chosen;
}

/* One more word; chosen again, it is taken out. */
static bool
pick_words(struct ui *ui, struct form *f, unsigned field, char *out, size_t cap)
{
	char one[64];

	if (!pick_word(ui, f, field, one, sizeof(one)))
		return false;
	ui_toggle(f->draft, field, one, out, cap);
	return true;
}

struct typed {
	struct form *f;
	unsigned field;
	const char *text;
};

/* Another case may be named by the beginning of its id, so this may ask the workspace. */
static int
type_in(struct cli *cli, void *arg)
{
	const struct typed *t = arg;
	char why[DRAFT_WHY_CAP];

	return triage_draft_type(cli, t->f->draft, t->field, t->text, why)
		       ? 0
		       : cli_fail(cli, DAVY_USAGE, "usage", "%s", cli_s(cli, why));
}

/* Sets a field. The cursor stays on a field of several words, since more may follow. */
static void
put_text(struct ui *ui, struct form *f, unsigned field, const char *text)
{
	bool many = draft_info[field].kind == DRAFT_MANY;
	struct typed t = { f, field, text };

	if (!ui_call(ui, type_in, &t, NULL) && !many && draft_get(f->draft, DRAFT_OUTCOME))
		go_on(f);
	save(ui, f);
}

static void
fill_in(struct ui *ui, struct form *f, unsigned field)
{
	char text[1024] = "";
	const struct draft_info *info = &draft_info[field];
	bool given;

	ui_note(ui, NULL);
	if (info->kind == DRAFT_ONE)
		given = pick_word(ui, f, field, text, sizeof(text));
	else if (info->kind == DRAFT_MANY)
		given = pick_words(ui, f, field, text, sizeof(text));
	else
		given = ui_prompt(ui, _(info->help), text, sizeof(text), true);
	ui_note(ui, NULL);
	if (given && *text)
		put_text(ui, f, field, text);
}

/* An outcome has a letter, as its name begins; X is abuse. */
static const char *
outcome_of(int key)
{
	size_t cnt;
	const struct taxonomy_word *w = taxonomy_all(TAXONOMY_OUTCOME, &cnt);

	if (key == 'X')
		return "ABUSE";
	for (size_t i = 0; i < cnt; i++)
		if (*w[i].code == key)
			return w[i].code;
	return NULL;
}

static void
take_all(struct ui *ui, struct form *f)
{
	draft_take(f->draft);
	go_on(f);
	save(ui, f);
}

static void
take_hint(struct ui *ui, struct form *f, unsigned field)
{
	json_t *hint = draft_suggestion(f->draft, field);
	char why[DRAFT_WHY_CAP];

	if (hint && !draft_put(f->draft, field, hint, why))
		ui_note(ui, why);
	json_decref(hint);
	save(ui, f);
}

static void
show_why(struct ui *ui, const struct form *f)
{
	char *text = NULL, *why[] = { draft_why_floor(f->draft), draft_why_level(f->draft),
				      draft_why_priority(f->draft) };
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < 3; i++) {
		if (out && why[i])
			fprintf(out, "%s\n\n", why[i]);
		free(why[i]);
	}
	for (size_t i = 0; out && i < f->problem_cnt; i++)
		fprintf(out, "%s: %s\n",
			f->problem[i].field < DRAFT__MAX ? _(draft_info[f->problem[i].field].label)
							 : "",
			f->problem[i].text);
	if (out && !fclose(out))
		ui_pager(ui, _("Why"), text);
	free(text);
}

static bool
takes_two(const struct form *f)
{
	for (size_t i = 0; i < f->problem_cnt; i++)
		if (f->problem[i].mark == DRAFT_TWO)
			return true;
	return false;
}

static int
write_form(struct cli *cli, void *arg)
{
	struct form *f = arg;
	struct workspace_case c = f->d->c;

	cli->opened = f->d;
	cli->target = &c;
	return triage_draft_write(cli, f->draft, false, false);
}

static bool
send_form(struct ui *ui, struct form *f)
{
	if (takes_two(f) && !ui_confirm(ui, _("It takes two members: propose it?"), NULL))
		return false;
	size_t before = ui->waiting.tray;
	/* what lies in the tray is written, even where calling the duty failed */
	bool done = !ui_call(ui, write_form, f, NULL) || ui->waiting.tray > before;
	if (done && kept_drop(ui->ses->workspace, f->id, SORT))
		ui_note(ui, _("The draft cannot be dropped."));
	if (done && !ui->note)
		ui_note(ui, _("It lies in the tray: u takes it back."));
	if (done)
		ui_count(ui);
	return done;
}

/* Whether the form is left. */
static bool
on_key(struct ui *ui, struct form *f, int key)
{
	unsigned field = f->field[f->at];
	char text[600];

	if (key == '\t' || key == UI_FUNCTION + KEY_DOWN || key == 'j')
		f->at = f->at + 1 < f->cnt ? f->at + 1 : 0;
	else if (key == UI_FUNCTION + KEY_UP || key == UI_FUNCTION + KEY_BTAB || key == 'k')
		f->at = f->at ? f->at - 1 : f->cnt - 1;
	else if (key == '\n')
		fill_in(ui, f, field);
	else if (key == '.')
		take_hint(ui, f, field);
	else if (key == '*')
		take_all(ui, f);
	else if (key >= '0' && key <= '9') {
		if (ui_choose(&f->choices, f->draft, key, text, sizeof(text)))
			put_text(ui, f, field, text);
	} else if (key >= 'A' && key <= 'Z') {
		if (outcome_of(key))
			put_text(ui, f, DRAFT_OUTCOME, outcome_of(key));
	} else if (key == 'o')
		fill_in(ui, f, DRAFT_OUTCOME);
	else if (key == 'p' && f->tip)
		ui_pager(ui, _("The tip"), f->tip);
	else if (key == 'y')
		show_why(ui, f);
	else if (key == '?')
		ui_help(ui, _("Triage"), keys,
			_("! is missing or wrong, + belongs to a whole triage, 2 takes two members. Below stand "
			  "the floor, the level at which the case starts, and its priority."));
	else if (key == UI_CTRL('s'))
		return send_form(ui, f);
	else
		(void)go_to(f, key);
	return false;
}

void
ui_triage(struct ui *ui, const uint8_t id[static 16])
{
	struct form f = { 0 };
	bool done = false;
	int key;

	memcpy(f.id, id, sizeof(f.id));
	/* this case may be merged into one that was judged a moment ago */
	ui_send_others(ui, id);
	if (!ui_call(ui, open_form, &f, NULL)) {
		load(ui, &f);
		do {
			look(&f);
			draw(ui, &f);
			key = ui_key(ui);
			if (key != UI_LEAVE && key != UI_ESC)
				done = on_key(ui, &f, key);
		} while (!ui->leave && key != UI_ESC && !done);
	}
	close_form(&f);
	ui->stale = true;
}
