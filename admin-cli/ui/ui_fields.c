/* A form of fields on the screen (see ui_fields.h). */
#include "admin-cli/ui/ui_fields.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"

#define NAME_WIDTH 11
#define BELOW      3 /* rows for the whole meaning of the field under the cursor */

struct ui_field *
ui_fields_add(struct ui_fields *f, const char *name, const char *help)
{
	if (f->cnt == UI_FIELDS)
		return NULL;
	f->field[f->cnt] = (struct ui_field){ .name = name, .help = help };
	return &f->field[f->cnt++];
}

void
ui_field_offer(struct ui_field *x, const char *value, const char *text)
{
	struct ui_option *more = reallocarray(x->option, x->option_cnt + 1, sizeof(*more));
	struct ui_option o = { strdup(value), strdup(text ? text : value) };

	if (more)
		x->option = more;
	if (more && o.value && o.text) {
		x->option[x->option_cnt++] = o;
		return;
	}
	free(o.value);
	free(o.text);
}

void
ui_field_axis(struct ui_field *x, enum taxonomy_axis axis)
{
	size_t cnt;
	const struct taxonomy_word *w = taxonomy_all(axis, &cnt);

	for (size_t i = 0; i < cnt; i++)
		ui_field_offer(x, w[i].code, taxonomy_name(&w[i]));
}

static void
drop(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

/* Takes the last value away. */
static void
take_away(struct ui_field *x)
{
	if (x->cnt)
		drop(x->value[--x->cnt]);
}

void
ui_field_put(struct ui_field *x, const char *value)
{
	char *copy = strdup(value);

	if (!x->many)
		take_away(x);
	if (copy && x->cnt < UI_VALUES)
		x->value[x->cnt++] = copy;
	else
		drop(copy);
}

void
ui_field_clear(struct ui_field *x)
{
	while (x->cnt)
		take_away(x);
}

void
ui_fields_free(struct ui_fields *f)
{
	for (size_t i = 0; i < f->cnt; i++) {
		struct ui_field *x = &f->field[i];

		ui_field_clear(x);
		for (size_t k = 0; k < x->option_cnt; k++) {
			free(x->option[k].value);
			free(x->option[k].text);
		}
		free(x->option);
		x->option = NULL;
		x->option_cnt = 0;
	}
	f->cnt = 0;
}

/* What stands in a field, by the words that were chosen from. */
static const char *
shown(const struct ui_field *x, size_t i)
{
	if (x->is_switch)
		return _("yes");
	for (size_t k = 0; k < x->option_cnt; k++)
		if (!strcmp(x->option[k].value, x->value[i]))
			return x->option[k].text;
	return x->value[i];
}

static void
draw_field(const struct ui_fields *f, size_t i, int y)
{
	const struct ui_field *x = &f->field[i];
	unsigned style = i == f->at ? A_REVERSE : A_NORMAL;
	int value = COLS * 11 / 20, room = COLS - value;
	char *all = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&all, &len);

	if (!out)
		return;
	for (size_t k = 0; k < x->cnt; k++)
		fprintf(out, "%s%s", k ? "; " : "", shown(x, k));
	if (!fclose(out)) {
		ui_put_style(y, 0, 2, i == f->at ? ">" : "", style);
		ui_put_style(y, 2, NAME_WIDTH, x->name, style);
		ui_put_style(y, 2 + NAME_WIDTH, value - NAME_WIDTH - 3, _(x->help),
			     x->cnt ? style : style | A_DIM);
		ui_put_style(y, value - 1, 1, "", A_NORMAL);
		ui_put_style(y, value, room, all, x->cnt ? style | A_BOLD : style);
	}
	drop(all);
}

/* The whole meaning of the field under the cursor, and what stands in it, over some rows. */
static void
draw_below(const struct ui_field *x, int y)
{
	struct ui_page p = { 0 };
	char *all = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&all, &len);

	if (!out)
		return;
	fprintf(out, "%s: %s", x->name, _(x->help));
	for (size_t k = 0; k < x->cnt; k++)
		fprintf(out, "\n%s", shown(x, k));
	if (!fclose(out)) {
		ui_page_set(&p, all);
		mvhline(y, 0, '-', COLS);
		ui_page_draw(&p, y + 1, y + 1 + BELOW);
		ui_page_free(&p);
	}
	drop(all);
}

static const struct ui_keys keys[] = {
	{ '\n', "Enter", N_("fill in"), N_("fill in the line under the cursor, or choose for it") },
	{ 0, "up/down", NULL, N_("the line before and the next") },
	{ '-', "-", N_("take out"), N_("take out what stands there") },
	{ 's', "s", N_("do it"), N_("do it with what is filled in") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("leave"), N_("leave without doing anything; Esc, too") },
	{ 0 },
};

static void
draw(struct ui *ui, struct ui_fields *f)
{
	int foot;

	ui_frame(ui, f->title);
	foot = ui_foot(ui, keys);
	size_t rows = foot > BELOW + 4 ? (size_t)(foot - BELOW - 3) : 1;
	if (f->at < f->top)
		f->top = f->at;
	if (f->at >= f->top + rows)
		f->top = f->at - rows + 1;
	for (size_t i = 0; i < rows && f->top + i < f->cnt; i++)
		draw_field(f, f->top + i, 2 + (int)i);
	if (f->cnt)
		draw_below(&f->field[f->at], foot - BELOW - 1);
	else
		ui_put(3, 2, COLS - 2, _("There is nothing to fill in: s does it."));
}

/* Puts a word that was chosen in, or takes it out where it stands already. */
static void
toggle(struct ui_field *x, const char *value)
{
	for (size_t i = 0; x->many && i < x->cnt; i++)
		if (!strcmp(x->value[i], value)) {
			drop(x->value[i]);
			memmove(&x->value[i], &x->value[i + 1], (--x->cnt - i) * sizeof(*x->value));
			return;
		}
	ui_field_put(x, value);
}

static bool
choose(struct ui *ui, struct ui_field *x)
{
	char **item = calloc(x->option_cnt, sizeof(*item));
	size_t which;
	bool chosen = false;

	for (size_t i = 0; item && i < x->option_cnt; i++)
		if (asprintf(&item[i], "%s%s%s", x->option[i].text,
			     strcmp(x->option[i].text, x->option[i].value) ? "   " : "",
			     strcmp(x->option[i].text, x->option[i].value) ? x->option[i].value
									   : "") < 0)
			item[i] = strdup("");
	if (item)
		chosen = ui_pick(ui, _(x->help), item, x->option_cnt, &which);
	if (chosen)
		toggle(x, x->option[which].value);
	for (size_t i = 0; item && i < x->option_cnt; i++)
		free(item[i]);
	free(item);
	return chosen;
}

static bool
type_in(struct ui *ui, struct ui_field *x)
{
	char text[UI_FILL] = "";
	bool typed;

	if (!x->many && x->cnt)
		snprintf(text, sizeof(text), "%s", x->value[0]);
	typed = ui_prompt(ui, x->name, text, sizeof(text), true);
	if (typed && *text)
		ui_field_put(x, text);
	else if (typed && !x->many)
		take_away(x);
	sodium_memzero(text, sizeof(text));
	return typed;
}

/* After what takes one value, the next line is likely to be filled in. */
static void
fill_in(struct ui *ui, struct ui_fields *f)
{
	struct ui_field *x = &f->field[f->at];
	bool filled = true;

	if (x->is_switch && x->cnt)
		take_away(x);
	else if (x->is_switch)
		ui_field_put(x, "yes");
	else
		filled = x->option_cnt ? choose(ui, x) : type_in(ui, x);
	if (filled && !x->many && f->at + 1 < f->cnt)
		f->at++;
}

static void
explain(struct ui *ui, const struct ui_fields *f)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	if (f->more)
		fprintf(out, "%s\n\n", _(f->more));
	for (size_t i = 0; i < f->cnt; i++)
		fprintf(out, "%s: %s\n", f->field[i].name, _(f->field[i].help));
	if (!fclose(out))
		ui_help(ui, f->title, keys, text);
	free(text);
}

bool
ui_fields_run(struct ui *ui, struct ui_fields *f)
{
	int key;

	for (;;) {
		draw(ui, f);
		key = ui_key(ui);
		if (key == UI_LEAVE || key == UI_ESC || key == 'q')
			return false;
		if (key == 's')
			return true;
		if (key == '?')
			explain(ui, f);
		else if (f->cnt && key == '\n')
			fill_in(ui, f);
		else if (f->cnt && (key == '-' || key == 127 || key == '\b' ||
				    key == UI_FUNCTION + KEY_BACKSPACE))
			take_away(&f->field[f->at]);
		else
			(void)ui_moves(&f->at, f->cnt, key);
	}
}
