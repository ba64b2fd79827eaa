/* Draws the triage form beside the tip, or below it where the window is narrow (see ui_form.h). */
#include "admin-cli/ui/ui_form.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/class.h"
#include "admin-cli/rules/fold.h"

#define TALL 32 /* rows from which floor, level and priority stand below with their reasons */

/* A value in words; of another case that is like this one the first digits and the first words. */
static char *
value_text(const struct form *f, unsigned field)
{
	char *text = draft_text(f->draft, field), *more;
	size_t cnt;
	const struct draft_like *like = draft_likes(f->draft, &cnt);

	for (size_t i = 0; field == DRAFT_INTO && i < cnt; i++)
		if (!strcmp(text, like[i].id) &&
		    asprintf(&more, "%.8s %s", text, like[i].other.title) >= 0) {
			free(text);
			return more;
		}
	return text;
}

/* What the tip suggests for a field that nobody has filled in. Text is made by the draft, so the
 * value is put there for a moment. */
static void
put_hint(struct form *f, unsigned field)
{
	char why[DRAFT_WHY_CAP];

	f->hinted[field] = draft_suggestion(f->draft, field);
	if (f->hinted[field] && draft_put(f->draft, field, f->hinted[field], why)) {
		f->hint[field] = value_text(f, field);
		(void)draft_set(f->draft, field, "-", why);
	}
}

static void
drop_hints(struct form *f)
{
	for (unsigned i = 0; i < DRAFT__MAX; i++) {
		free(f->hint[i]);
		json_decref(f->hinted[i]);
		f->hint[i] = NULL;
		f->hinted[i] = NULL;
	}
}

void
ui_form_look(struct form *f)
{
	drop_hints(f);
	f->cnt = 0;
	for (size_t i = 0; i < DRAFT__MAX; i++)
		if (draft_asks(f->draft, draft_order[i]))
			f->field[f->cnt++] = draft_order[i];
	if (f->at >= f->cnt)
		f->at = f->cnt ? f->cnt - 1 : 0;
	for (unsigned i = 0; i < f->cnt; i++) {
		char *now = draft_text(f->draft, f->field[i]);

		if (!*now)
			put_hint(f, f->field[i]);
		free(now);
	}
	f->problem_cnt = draft_problems(f->draft, f->problem);
	f->outcome_cnt = draft_outcomes(f->draft, f->outcome);
	if (f->cnt)
		ui_choices(&f->choices, f->draft, f->field[f->at]);
}

void
ui_form_free(struct form *f)
{
	drop_hints(f);
	draft_free(f->draft);
	opened_free(f->d);
	free(f->suggest);
	ui_page_free(&f->tip);
}

static const struct draft_problem *
problem_of(const struct form *f, unsigned field)
{
	for (size_t i = 0; i < f->problem_cnt; i++)
		if (f->problem[i].field == field && f->problem[i].mark != DRAFT_NOTE)
			return &f->problem[i];
	return NULL;
}

static char
mark_of(const struct draft_problem *p)
{
	return !p ? ' ' : p->mark == DRAFT_TWO ? '2' : p->mark == DRAFT_WANTED ? '+' : '!';
}

/* What limits the field, beside its value: the floor, two members. */
static void
beside(const struct form *f, unsigned field, char *out, size_t cap)
{
	int floor = class_floor(draft_fold(f->draft), NULL);
	int given = draft_fold(f->draft)->severity;
	const char *chosen = json_string_value(draft_get(f->draft, DRAFT_OUTCOME));

	out[0] = '\0';
	if ((field == CLASS_HAZARD || field == CLASS_SEVERITY) && floor < 4)
		snprintf(out, cap,
			 field == CLASS_SEVERITY && given > floor
				 ? _("under floor S%d: two members")
				 : _("floor S%d"),
			 floor);
	for (size_t i = 0; field == DRAFT_OUTCOME && chosen && i < f->outcome_cnt; i++)
		if (!strcmp(f->outcome[i].word->code, chosen) && f->outcome[i].persons == 2)
			snprintf(out, cap, "%s", _("two members"));
}

/* The value as it fits: of several words the codes alone where their names are too long, so that
 * none is hidden. Takes over `value`. */
static char *
fitting(unsigned field, const json_t *v, char *value, int width)
{
	if (draft_info[field].kind != DRAFT_MANY || term_width(value) <= width)
		return value;
	size_t cap = strlen(value) + 1, at = 0; /* codes are shorter than codes with names */
	for (size_t i = 0; i < json_array_size(v) && at < cap; i++)
		at += (size_t)snprintf(value + at, cap - at, "%s%s", i ? ", " : "",
				       json_string_value(json_array_get(v, i)));
	return value;
}

static void
draw_field(const struct form *f, unsigned i, int y, int x, int width)
{
	unsigned field = f->field[i], style = i == f->at ? A_REVERSE : A_NORMAL;
	char *value, lead[4], limit[48], offered[400] = "";
	int side;

	snprintf(lead, sizeof(lead), "%c%c", mark_of(problem_of(f, field)), ui_form_letter(field));
	beside(f, field, limit, sizeof(limit));
	side = *limit ? term_width(limit) + 1 : 0;
	value = fitting(field, draft_get(f->draft, field), value_text(f, field), width - 17 - side);
	if (!*value && f->hint[field]) {
		char *hint = fitting(field, f->hinted[field], strdup(f->hint[field]),
				     width - 19 - side);

		snprintf(offered, sizeof(offered), "(%.380s)", hint);
		free(hint);
	}
	ui_put_style(y, x, width, "", style);
	ui_put_style(y, x, 3, lead, style);
	ui_put_style(y, x + 3, 13, _(draft_info[field].label), style);
	ui_put_style(y, x + 17, width - 17 - side, *value ? value : offered, style);
	if (side)
		ui_put_style(y, x + width - side, side, limit, style | A_BOLD);
	free(value);
}

/* The sentence for the field under the cursor: what is asked, or what is wrong. */
static void
draw_hint(const struct form *f, int y)
{
	unsigned field = f->field[f->at];
	const struct draft_problem *p = problem_of(f, field);

	for (size_t i = 0; !p && i < f->problem_cnt; i++)
		if (f->problem[i].mark == DRAFT_WRONG || f->problem[i].field == field)
			p = &f->problem[i];
	const char *text = p ? p->text : _(draft_info[field].help);
	bool fits = term_width(text) <= COLS;
	ui_put_style(y, 0, fits ? COLS : COLS - 4, text, A_BOLD);
	if (!fits) /* the key that shows all of it */
		ui_put_style(y, COLS - 3, 3, "[y]", A_BOLD);
}

/* The outcomes with their letters, "A accept  X abuse (2)", in two rows; those that are not
 * possible now are left out. */
static void
draw_outcomes(const struct form *f, int y)
{
	char text[160];
	int x = 0, row = 0, any = 0;

	for (size_t i = 0; i < f->outcome_cnt && row < 2; i++) {
		const struct draft_outcome *o = &f->outcome[i];
		int width;

		if (!o->persons)
			continue;
		any = 1;
		snprintf(text, sizeof(text), "%c %s%s", ui_form_outcome_letter(o->word->code),
			 taxonomy_name(o->word), o->persons == 2 ? " (2)" : "");
		width = term_width(text) + 2;
		if (x && x + width > COLS + 2) {
			row++;
			x = 0;
		}
		if (row < 2)
			ui_put(y + row, x, width, text);
		x += width;
	}
	if (!any && f->outcome_cnt)
		ui_put(y, 0, COLS, fold_reason_text(f->outcome[0].why));
}

/* Where the tip stands, and where the form. */
static void
split(struct form *f, int to, int *y, int *x, int *width)
{
	bool wide = COLS >= UI_WIDE;
	int rows = (to - 2) * 2 / 5;

	f->tip.width = wide ? COLS / 2 - 2 : COLS;
	*x = wide ? COLS / 2 : 0;
	*y = wide ? 2 : 2 + rows + 1;
	*width = COLS - *x;
	ui_page_draw(&f->tip, 2, wide ? to : 2 + rows);
	if (wide)
		mvvline(2, *x - 1, '|', to - 2);
	else
		mvhline(*y - 1, 0, '-', COLS);
}

int
ui_form_tip_rows(void)
{
	return COLS >= UI_WIDE ? LINES - 8 : (LINES - 8) * 2 / 5;
}

/* Which case it is; of a merge and a link also the other one, which is far down in the form. */
static void
title(const struct form *f, char *out, size_t cap)
{
	char id[33], *into = value_text(f, DRAFT_INTO);

	if (f->lesson)
		snprintf(out, cap, "TRAINING 练习  %s", f->lesson);
	else
		snprintf(out, cap, _("Triage of %.8s"), term_hex(id, f->id, 16));
	if (*into && draft_asks(f->draft, DRAFT_INTO))
		snprintf(out + strlen(out), cap - strlen(out), _("  other case: %s"), into);
	free(into);
}

void
ui_form_draw(struct ui *ui, struct form *f, const struct ui_keys *keys)
{
	char text[300], *why[] = { draft_why_floor(f->draft), draft_why_level(f->draft),
				   draft_why_priority(f->draft) };
	int foot, to, y, x, width, tall = LINES >= TALL ? 3 : 0;

	title(f, text, sizeof(text));
	ui_frame(ui, text);
	foot = ui_foot(ui, keys);
	to = foot - tall - 3;
	split(f, to, &y, &x, &width);
	unsigned rows = to > y ? (unsigned)(to - y) : 1;
	if (f->at < f->top)
		f->top = f->at;
	if (f->at >= f->top + rows)
		f->top = f->at - rows + 1;
	for (unsigned i = 0; i < rows && f->top + i < f->cnt; i++)
		draw_field(f, f->top + i, y + (int)i, x, width);
	if (f->cnt)
		draw_hint(f, to);
	if (f->cnt && f->field[f->at] == DRAFT_OUTCOME)
		draw_outcomes(f, to + 1);
	else if (f->cnt)
		ui_choices_draw(&f->choices, f->draft, to + 1);
	for (int i = 0; i < 3; i++) {
		if (tall)
			ui_put(foot - 3 + i, 0, COLS, why[i] ? why[i] : "");
		free(why[i]);
	}
}
