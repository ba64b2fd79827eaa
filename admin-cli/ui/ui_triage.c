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

static const struct ui_keys keys[] = {
	{ '\t', "Tab", N_("next field"), N_("the next field; arrows, too") },
	{ '\n', "Enter", N_("fill in"),
	  N_("choose a word or write; the letter of a field does it from anywhere; - takes the value "
	     "back") },
	{ '.', ".", N_("as suggested"), N_("take what stands in brackets for this field") },
	{ ',', ",", N_("all of them"), N_("take all that stands in brackets") },
	{ ' ', "Space", N_("more of the tip"), N_("the next page of the tip; PgUp: back") },
	{ '=', "=", N_("why"),
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
	bool done = !ui_call(ui, write_form, f, NULL);
	if (done && kept_drop(ui->ses->workspace, f->id, SORT))
		ui_note(ui, _("The draft cannot be dropped."));
	if (done && !ui->note)
		ui_note(ui, _("It lies in the tray: u takes it back."));
	if (done)
		ui_count(ui);
	return done;
}

static void
take_back(struct ui *ui, struct form *f, unsigned field)
{
	char why[DRAFT_WHY_CAP];

	if (!draft_set(f->draft, field, "-", why))
		ui_note(ui, why);
}

/* Keys that change a value; false: it is another. */
static bool
fill_key(struct ui *ui, struct form *f, int key)
{
	unsigned field = f->field[f->at], named = ui_form_field(key);
	const char *outcome = ui_form_outcome(key);

	if (outcome)
		ui_form_put(ui, f, DRAFT_OUTCOME, outcome);
	else if (named < DRAFT__MAX || key == '\n')
		ui_form_fill(ui, f, key == '\n' ? field : named);
	else if (key == '.' || key == ',')
		ui_form_take(ui, f, key == '.' ? field : DRAFT__MAX);
	else if (key == '-')
		take_back(ui, f, field);
	else
		return false;
	ui_form_look(f);
	for (unsigned i = 0; i < f->cnt; i++)
		if (f->field[i] == (outcome ? DRAFT_OUTCOME : named))
			f->at = i;
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
	else if (key == '=' || key == UI_FUNCTION + KEY_F(1))
		show_why(ui, f);
	else if (key == '?')
		ui_help(ui, _("Triage"), keys,
			_("! is missing or wrong, + belongs to a whole triage, 2 takes two members. "
			  "In brackets stands what the tip suggests. The small letter before a field "
			  "fills it in; a capital letter chooses an outcome, and (2) says that it "
			  "takes two members."));
	else if (key == UI_CTRL('s'))
		return send_form(ui, f);
	else if (key == ' ' || key == UI_FUNCTION + KEY_NPAGE || key == UI_FUNCTION + KEY_PPAGE)
		(void)ui_page_key(&f->tip, key, ui_form_tip_rows());
	else
		(void)fill_key(ui, f, key);
	return false;
}

void
ui_triage(struct ui *ui, const uint8_t id[static 16])
{
	struct form f = { 0 };
	char *tip = NULL;
	bool done = false;
	int key;

	memcpy(f.id, id, sizeof(f.id));
	if (!ui_call(ui, open_form, &f, &tip)) {
		ui_page_set(&f.tip, tip);
		load(ui, &f);
		ui_form_look(&f);
		do {
			ui_form_draw(ui, &f, keys);
			key = ui_key(ui);
			if (key != UI_LEAVE && key != UI_ESC && key != UI_TICK && f.cnt)
				done = on_key(ui, &f, key);
		} while (!ui->leave && key != UI_ESC && !done);
	}
	if (tip)
		sodium_memzero(tip, strlen(tip));
	free(tip);
	ui_form_free(&f);
	ui->stale = true;
}
