/* Fills in the triage form: a letter for each field and for each outcome, words that are found by
 * what they mean, suggestions (see ui_form.h). */
#include "admin-cli/ui/ui_form.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/rules/fold.h"

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

#define LETTERS (sizeof(letters) / sizeof(*letters))

char
ui_form_letter(unsigned field)
{
	for (size_t i = 0; i < LETTERS; i++)
		if (letters[i].field == field)
			return letters[i].key;
	return ' ';
}

void
ui_form_go(struct form *f, int key)
{
	for (size_t i = 0; i < LETTERS; i++)
		for (unsigned at = 0; key == letters[i].key && at < f->cnt; at++)
			if (f->field[at] == letters[i].field)
				f->at = at;
}

/* As its name begins; X is abuse. */
char
ui_form_outcome_letter(const char *code)
{
	return strcmp(code, "ABUSE") ? *code : 'X';
}

const char *
ui_form_outcome(int key)
{
	size_t cnt;
	const struct taxonomy_word *w = taxonomy_all(TAXONOMY_OUTCOME, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (ui_form_outcome_letter(w[i].code) == key)
			return w[i].code;
	return NULL;
}

/* The words of an axis as they are offered: those that the tip suggests first. */
struct words {
	const struct form *f;
	enum taxonomy_axis axis;
	const struct taxonomy_word **word;
	char **item;
	size_t cnt;
};

static bool
has(const struct words *w, const struct taxonomy_word *word)
{
	for (size_t i = 0; i < w->cnt; i++)
		if (w->word[i] == word)
			return true;
	return false;
}

/* What a person must know before he chooses it: its floor, or that it takes two. */
static void
say_more(const struct words *w, const struct taxonomy_word *word, bool suggested, char *out,
	 size_t cap)
{
	const struct form *f = w->f;

	snprintf(out, cap, "%s", suggested ? _("  (suggested)") : "");
	if (word->floor && word->floor < 4)
		snprintf(out + strlen(out), cap - strlen(out), _("  floor S%d"), word->floor);
	for (size_t i = 0; i < f->outcome_cnt; i++)
		if (f->outcome[i].word == word && f->outcome[i].persons != 1)
			snprintf(out + strlen(out), cap - strlen(out), "  %s",
				 f->outcome[i].persons ? _("two members")
						       : fold_reason_text(f->outcome[i].why));
}

static void
add(struct words *w, const struct taxonomy_word *word, bool suggested)
{
	char more[300], letter[3] = "";

	if (!word || has(w, word))
		return;
	say_more(w, word, suggested, more, sizeof(more));
	if (w->axis == TAXONOMY_OUTCOME)
		snprintf(letter, sizeof(letter), "%c ", ui_form_outcome_letter(word->code));
	if (asprintf(&w->item[w->cnt], "%s%s  %s%s", letter, word->code, taxonomy_name(word),
		     more) < 0)
		return;
	w->word[w->cnt++] = word;
}

static void
words_free(struct words *w)
{
	while (w->cnt)
		free(w->item[--w->cnt]);
	free(w->item);
	free(w->word);
}

static bool
words_make(struct words *w, const struct form *f, enum taxonomy_axis axis)
{
	const struct suggest *s = f->suggest;
	size_t cnt;
	const struct taxonomy_word *all = taxonomy_all(axis, &cnt);

	*w = (struct words){ .f = f,
			     .axis = axis,
			     .word = calloc(cnt + 1, sizeof(*w->word)),
			     .item = calloc(cnt + 1, sizeof(*w->item)) };
	if (!w->word || !w->item) {
		words_free(w);
		return false;
	}
	for (size_t i = 0; s && i < s->axis[axis].cnt; i++)
		if (s->axis[axis].code[i].words)
			add(w, taxonomy_find(axis, s->axis[axis].code[i].code), true);
	for (size_t i = 0; i < cnt; i++)
		add(w, &all[i], false);
	return true;
}

/* Words before codes: what was typed is looked for in names of both languages and further words. */
static size_t
find_words(void *arg, const char *typed, size_t *fit, size_t max)
{
	const struct words *w = arg;
	const struct taxonomy_word *hit[64];
	size_t n = draft_find(w->axis, typed, hit, max < 64 ? max : 64), cnt = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < w->cnt; k++)
			if (w->word[k] == hit[i])
				fit[cnt++] = k;
	return cnt;
}

static bool
pick_one(struct ui *ui, struct words *w, const char *title, char *out, size_t cap)
{
	size_t which;

	if (!ui_pick_by(ui, title, w->item, w->cnt, find_words, w, &which))
		return false;
	snprintf(out, cap, "%s", w->word[which]->code);
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

bool
ui_form_put(struct ui *ui, struct form *f, unsigned field, const char *text)
{
	struct typed t = { f, field, text };

	return !ui_call(ui, type_in, &t, NULL);
}

/* A word of the axis; of a field of several, one more, or chosen again, one less. */
static bool
pick(struct ui *ui, struct form *f, unsigned field, char *out, size_t cap)
{
	const struct draft_info *info = &draft_info[field];
	struct words w;
	char one[64] = "";
	bool given;

	if (!words_make(&w, f, info->axis))
		return false;
	given = pick_one(ui, &w, _(info->help), one, sizeof(one));
	words_free(&w);
	if (given && info->kind == DRAFT_MANY)
		ui_toggle(f->draft, field, one, out, cap);
	else
		snprintf(out, cap, "%s", one);
	return given;
}

bool
ui_form_ask(struct ui *ui, struct form *f, unsigned field, char *out, size_t cap)
{
	const struct draft_info *info = &draft_info[field];
	bool given;

	ui_note(ui, NULL);
	out[0] = '\0';
	if (info->kind == DRAFT_ONE || info->kind == DRAFT_MANY)
		given = pick(ui, f, field, out, cap);
	else
		given = ui_prompt(ui, _(info->help), out, cap, true);
	ui_note(ui, NULL);
	return given && *out;
}

void
ui_form_take(struct ui *ui, struct form *f, unsigned field)
{
	json_t *hint = draft_suggestion(f->draft, field);
	char why[DRAFT_WHY_CAP];

	if (hint && !draft_put(f->draft, field, hint, why))
		ui_note(ui, why);
	json_decref(hint);
}
