/* Fills in the triage form: a letter for each field and for each outcome, words that are found by
 * what they mean, suggestions (see ui_form.h). */
#include "admin-cli/ui/ui_form.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/rules/fold.h"

static const char letters[DRAFT__MAX] = {
	[CLASS_SECTOR] = 's',       [CLASS_PLACE] = 'p',       [CLASS_WORK] = 'w',
	[CLASS_ISSUE] = 'i',        [CLASS_HAZARD] = 'h',      [CLASS_MASS] = 'm',
	[CLASS_SEVERITY] = 'v',     [CLASS_CREDIBILITY] = 'c', [CLASS_ACTIONABILITY] = 'a',
	[CLASS_KNOWER] = 'k',       [CLASS_RISK] = 'r',        [CLASS_NAMED] = 'd',
	[CLASS_NO_REGULATOR] = 'n', [CLASS_REGULATOR] = 'g',   [CLASS_RECURRENCE] = 'e',
	[CLASS_CAMPAIGN] = 'b',     [CLASS_RECEIPT] = 'x',     [CLASS_LINKS] = 'l',
	[CLASS_ORDER_KIND] = 'j',   [DRAFT_OUTCOME] = 'o',     [DRAFT_QUESTION] = 'q',
	[DRAFT_INTO] = 'f',         [DRAFT_TARGET] = 't',      [DRAFT_VOICE] = 'u',
	[DRAFT_TEXT] = 'y',
};

static const struct {
	char letter;
	const char *code;
} outcomes[] = {
	{ 'A', "ACCEPT" },    { 'U', "URGENT" }, { 'N', "NEED_INFO" }, { 'M', "MERGE" },
	{ 'L', "LINK" },      { 'R', "REFER" },  { 'S', "SEAL" },      { 'H', "HOLD_SOURCE" },
	{ 'O', "OUT_SCOPE" }, { 'I', "INSUFF" }, { 'X', "ABUSE" },
};
#define OUTCOMES (sizeof(outcomes) / sizeof(*outcomes))

unsigned
ui_form_field(int key)
{
	unsigned i = 0;

	while (i < DRAFT__MAX && letters[i] != key)
		i++;
	return i;
}

char
ui_form_letter(unsigned field)
{
	return letters[field];
}

const char *
ui_form_outcome(int key)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (outcomes[i].letter == key)
			return outcomes[i].code;
	return NULL;
}

char
ui_form_outcome_letter(const char *code)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (!strcmp(outcomes[i].code, code))
			return outcomes[i].letter;
	return ' ';
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

static bool
pick_some(struct ui *ui, struct words *w, const char *title, unsigned field, char *out, size_t cap)
{
	const json_t *has_now = draft_get(w->f->draft, field);
	bool *on = calloc(w->cnt + 1, sizeof(*on)), given;
	const json_t *v;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)has_now, i, v) for (size_t k = 0; on && k < w->cnt;
								    k++)
		on[k] |= !strcmp(w->word[k]->code, json_string_value(v));
	given = on &&
		ui_pick_some(ui, title, w->item, w->cnt, find_words, w, on, draft_info[field].max);
	for (size_t k = 0; given && k < w->cnt; k++)
		if (on[k])
			snprintf(out + strlen(out), cap - strlen(out), "%s%s", *out ? "," : "",
				 w->word[k]->code);
	free(on);
	return given;
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

void
ui_form_put(struct ui *ui, struct form *f, unsigned field, const char *text)
{
	struct typed t = { f, field, text };

	(void)ui_call(ui, type_in, &t, NULL);
}

void
ui_form_fill(struct ui *ui, struct form *f, unsigned field)
{
	const struct draft_info *info = &draft_info[field];
	const char *title = _(info->help);
	char text[1024] = "";
	struct words w;
	bool given;

	ui_note(ui, NULL);
	if (info->kind == DRAFT_YES) { /* a switch: no list of two words */
		ui_form_put(ui, f, field, json_is_true(draft_get(f->draft, field)) ? "no" : "yes");
		return;
	}
	if (info->kind != DRAFT_ONE && info->kind != DRAFT_MANY) {
		given = ui_prompt(ui, title, text, sizeof(text), true);
	} else {
		if (!words_make(&w, f, info->axis))
			return;
		given = info->kind == DRAFT_ONE
				? pick_one(ui, &w, title, text, sizeof(text))
				: pick_some(ui, &w, title, field, text, sizeof(text));
		words_free(&w);
	}
	if (given && *text)
		ui_form_put(ui, f, field, text);
}

void
ui_form_take(struct ui *ui, struct form *f, unsigned field)
{
	char why[DRAFT_WHY_CAP];

	for (unsigned i = 0; i < f->cnt; i++) {
		unsigned at = f->field[i];
		char *now = draft_text(f->draft, at);
		bool wanted = field == at || (field == DRAFT__MAX && !*now);
		json_t *hint = wanted ? draft_suggestion(f->draft, at) : NULL;

		if (hint && !draft_put(f->draft, at, hint, why))
			ui_note(ui, why);
		json_decref(hint);
		free(now);
	}
}
