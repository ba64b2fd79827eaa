/* The triage as a form (see ui.h). What a field may hold, what is missing and what the case comes
 * to is the draft's (rules/draft.h); it is written as `davy triage` writes it (cmd/triage_fill.h),
 * as a proposal where it takes two members. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/ui/ui_form.h"
#include "admin-cli/view/show_suggest.h"
#include "crypto/frame.h"

#define SORT "triage"

/* Opening is fetching: the form says what the tip says, so the tip must be here. What she said is
 * printed with the words marked from which the suggestions come. */
static int
open_form(struct cli *cli, void *arg)
{
	struct form *f = arg;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, f->id, 16), &f->d);

	if (err)
		return err;
	cli->opened = f->d;
	err = triage_draft(cli, &f->draft);
	if (err)
		return err;
	f->suggest = show_suggest(f->d);
	for (size_t i = 0; f->suggest && i < f->d->cnt; i++)
		if (f->d->entry[i].by_source)
			show_entry_marked(cli, f->d, i, f->suggest);
	return 0;
}

/* What was filled in before a crash or a lock. */
static void
load(struct ui *ui, struct form *f)
{
	char *text, why[DRAFT_WHY_CAP];
	json_t *saved;

	if (f->lesson || kept_get(ui->ses->workspace, f->id, SORT, &text))
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
	if (f->lesson)
		return;
	json_t *all = draft_save(f->draft);
	char *text = json_object_size(all) ? json_dumps(all, JSON_COMPACT) : strdup("");

	if (!text || kept_put(ui->ses->workspace, f->id, SORT, text))
		ui_note(ui, _("The draft cannot be kept on this machine."));
	free(text);
	json_decref(all);
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
	{ 'P', "P", N_("part"), N_("let one matter of the tip leave the case; the rest goes on") },
	{ ' ', "Space", N_("more of the tip"), N_("the next page of the tip; PgUp: back") },
	{ 'y', "y", N_("why"),
	  N_("floor, start level and priority with their reasons, and all there is to say; F1, too") },
	{ UI_CTRL('s'), "Ctrl-S", N_("to the tray"),
	  N_("write it; where it takes two, as a proposal") },
	{ UI_ESC, "Esc", N_("keep the draft"), N_("back; the draft stays") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 0 },
};

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
	/* what is missing names its field itself */
	for (size_t i = 0; out && i < f->problem_cnt; i++) {
		const struct draft_problem *p = &f->problem[i];

		if (p->mark > DRAFT_WANTED && p->field < DRAFT__MAX)
			fprintf(out, "%s: ", _(draft_info[p->field].label));
		fprintf(out, "%s\n", p->text);
	}
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

/* Whether the lesson can be compared: what could not be written says why. */
static bool
finish_lesson(struct ui *ui, const struct form *f)
{
	for (size_t i = 0; i < f->problem_cnt; i++)
		if (f->problem[i].mark == DRAFT_MISSING || f->problem[i].mark == DRAFT_WRONG) {
			ui_note(ui, f->problem[i].text);
			return false;
		}
	return true;
}

static bool
send_form(struct ui *ui, struct form *f)
{
	if (f->lesson)
		return finish_lesson(ui, f);
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

/* The cursor goes to what is missing next, the outcome first: what is asked depends on it. */
static void
go_on(struct form *f)
{
	unsigned from;

	ui_form_look(f);
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

/* Sets a field. The cursor stays on a field of several words, since more may follow. */
static void
put_text(struct ui *ui, struct form *f, unsigned field, const char *text)
{
	bool many = draft_info[field].kind == DRAFT_MANY;

	if (ui_form_put(ui, f, field, text) && !many && draft_get(f->draft, DRAFT_OUTCOME))
		go_on(f);
	save(ui, f);
}

/* Of a merge the other case is chosen first: all that is suggested then is what that one says. */
static void
put_outcome(struct ui *ui, struct form *f, const char *code)
{
	put_text(ui, f, DRAFT_OUTCOME, code);
	if (draft_asks(f->draft, DRAFT_INTO) && !draft_get(f->draft, DRAFT_INTO))
		ui_form_go(f, ui_form_letter(DRAFT_INTO));
}

static void
fill_in(struct ui *ui, struct form *f, unsigned field)
{
	char text[1024];

	if (!ui_form_ask(ui, f, field, text, sizeof(text)))
		return;
	if (field == DRAFT_OUTCOME)
		put_outcome(ui, f, text);
	else
		put_text(ui, f, field, text);
}

/* Keys that change a value; false: it is another. */
static bool
fill_key(struct ui *ui, struct form *f, int key)
{
	unsigned field = f->field[f->at];
	char text[600];

	if (key == '\n' || key == 'o') {
		fill_in(ui, f, key == 'o' ? DRAFT_OUTCOME : field);
	} else if (key == '.') {
		ui_form_take(ui, f, field);
		save(ui, f);
	} else if (key == '*') {
		draft_take(f->draft);
		f->at = 0;
		go_on(f);
		save(ui, f);
	} else if (key == '-') {
		put_text(ui, f, field, "-");
	} else if (key >= '0' && key <= '9') {
		if (ui_choose(&f->choices, f->draft, key, text, sizeof(text)))
			put_text(ui, f, field, text);
	} else if (key >= 'A' && key <= 'Z') {
		if (ui_form_outcome(key))
			put_outcome(ui, f, ui_form_outcome(key));
	} else {
		return false;
	}
	return true;
}

/* What the case comes to is another question then: the draft follows the case. */
static bool
part(struct ui *ui, struct form *f)
{
	char why[DRAFT_WHY_CAP];

	if (f->lesson) {
		ui_note(ui, _("Practice has no desk to which a part could go."));
		return false;
	}
	if (!ui_split(ui, f->id, f->draft))
		return false;
	(void)draft_set(f->draft, CLASS_HAZARD, "-", why);
	(void)draft_set(f->draft, DRAFT_OUTCOME, "-", why);
	save(ui, f);
	return true;
}

/* Whether the form is left. */
static bool
on_key(struct ui *ui, struct form *f, int key)
{
	if (key == '\t' || key == UI_FUNCTION + KEY_DOWN)
		f->at = f->at + 1 < f->cnt ? f->at + 1 : 0;
	else if (key == UI_FUNCTION + KEY_UP || key == UI_FUNCTION + KEY_BTAB)
		f->at = f->at ? f->at - 1 : f->cnt - 1;
	else if (key == 'y' || key == UI_FUNCTION + KEY_F(1))
		show_why(ui, f);
	else if (key == '?')
		ui_help(ui, _("Triage"), keys,
			_("! is missing or wrong, + belongs to a whole triage, 2 takes two members. "
			  "In brackets stands what the tip suggests. A small letter goes to its "
			  "field; a capital letter chooses an outcome, and (2) says that it takes "
			  "two members."));
	else if (key == UI_CTRL('s'))
		return send_form(ui, f);
	else if (key == 'P')
		return part(ui, f);
	else if (key == ' ' || key == UI_FUNCTION + KEY_NPAGE || key == UI_FUNCTION + KEY_PPAGE)
		(void)ui_page_key(&f->tip, key, ui_form_tip_rows());
	else if (!fill_key(ui, f, key))
		ui_form_go(f, key);
	ui_form_look(f);
	return false;
}

#define KEYS (sizeof(keys) / sizeof(*keys))

/* Of a lesson nothing goes to a tray, no draft stays, and no part leaves. */
static void
lesson_keys(struct ui_keys out[static KEYS])
{
	memcpy(out, keys, sizeof(keys));
	for (; out->name; out++) {
		if (out->key == UI_CTRL('s'))
			out->label = N_("compare");
		if (out->key == UI_ESC)
			out->label = N_("leave");
		if (out->key == 'P')
			out->label = NULL;
	}
}

bool
ui_form_run(struct ui *ui, struct form *f)
{
	struct ui_keys lesson[KEYS];
	bool done = false;
	int key;

	lesson_keys(lesson);
	load(ui, f);
	ui_form_look(f);
	do {
		ui_form_draw(ui, f, f->lesson ? lesson : keys);
		key = ui_key(ui);
		if (key != UI_LEAVE && key != UI_ESC && key != UI_TICK && f->cnt)
			done = on_key(ui, f, key);
	} while (!ui->leave && key != UI_ESC && !done);
	return done;
}

void
ui_triage(struct ui *ui, const uint8_t id[static 16])
{
	struct form f = { 0 };
	char *tip = NULL;

	memcpy(f.id, id, sizeof(f.id));
	/* this case may be merged into one that was judged a moment ago */
	ui_send_others(ui, id);
	if (!ui_call(ui, open_form, &f, &tip)) {
		ui_page_set(&f.tip, tip);
		(void)ui_form_run(ui, &f);
	}
	if (tip)
		sodium_memzero(tip, strlen(tip));
	free(tip);
	ui_form_free(&f);
	ui->stale = true;
}
