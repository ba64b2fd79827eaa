/* What a digit takes on a field of the triage (see ui.h): the words of a short axis, the codes that
 * the tip suggests, the cases that are like this one. The line under the fields shows them, so that
 * no code has to be known and no list has to be opened. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"

static void
add(struct ui_choices *c, const char *value, const char *name)
{
	if (c->cnt == UI_CHOICES)
		return;
	snprintf(c->value[c->cnt], sizeof(c->value[0]), "%s", value);
	c->name[c->cnt++] = name;
}

static void
add_axis(struct ui_choices *c, enum taxonomy_axis axis)
{
	size_t cnt;
	const struct taxonomy_word *w = taxonomy_all(axis, &cnt);

	for (size_t i = 0; cnt <= UI_CHOICES && i < cnt; i++)
		add(c, w[i].code, taxonomy_name(&w[i]));
}

/* The codes of a long axis: those that stand in the field, then those that are suggested. */
static void
add_codes(struct ui_choices *c, enum taxonomy_axis axis, const json_t *codes)
{
	for (size_t i = 0; i < json_array_size(codes); i++) {
		const struct taxonomy_word *w = taxonomy_find(axis,
							      json_string_value(
								      json_array_get(codes, i)));
		size_t k = 0;

		while (w && k < c->cnt && strcmp(c->value[k], w->code))
			k++;
		if (w && k == c->cnt)
			add(c, w->code, taxonomy_name(w));
	}
}

void
ui_choices(struct ui_choices *c, const struct draft *d, unsigned field)
{
	const struct draft_info *info = &draft_info[field];
	const char *had = c->field == field ? c->begun : "";

	c->cnt = 0;
	c->field = field;
	memmove(c->begun, had, strlen(had) + 1);
	if (info->kind == DRAFT_MARK) {
		add_axis(c, *c->begun ? TAXONOMY_FIT : TAXONOMY_NEARNESS);
	} else if (info->kind == DRAFT_YES) {
		add(c, "yes", _("yes"));
		add(c, "no", _("no"));
	} else if (info->kind == DRAFT_ONE) {
		add_axis(c, info->axis);
	} else if (info->kind == DRAFT_MANY) {
		json_t *hint = draft_suggestion(d, field);

		add_axis(c, info->axis);
		if (!c->cnt) {
			add_codes(c, info->axis, hint);
			add_codes(c, info->axis, draft_get(d, field));
		}
		json_decref(hint);
	} else if (field == DRAFT_QUESTION) {
		size_t cnt;
		const struct taxonomy_word *w = taxonomy_all(TAXONOMY_TEMPLATE, &cnt);

		for (size_t i = 0; i < cnt; i++)
			if (w[i].to && !strcmp(w[i].to, "3"))
				add(c, w[i].code, taxonomy_name(&w[i]));
	} else if (field == DRAFT_INTO) {
		size_t cnt;
		const struct draft_like *like = draft_likes(d, &cnt);

		for (size_t i = 0; i < cnt; i++)
			add(c, like[i].id,
			    *like[i].other.title
				    ? like[i].other.title
				    : fold_state_text(MACHINE_TIP, like[i].other.state));
	}
}

void
ui_toggle(const struct draft *d, unsigned field, const char *code, char *out, size_t cap)
{
	const json_t *v = draft_get(d, field);
	bool there = schema_has(v, code);
	size_t at = 0;

	*out = '\0';
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (strcmp(s, code))
			at += (size_t)snprintf(out + at, cap - at, "%s%s", at ? "," : "", s);
	}
	if (!there)
		snprintf(out + at, cap - at, "%s%s", at ? "," : "", code);
	else if (!at)
		snprintf(out, cap, "-");
}

bool
ui_choose(struct ui_choices *c, const struct draft *d, int key, char *out, size_t cap)
{
	size_t i = (size_t)(key - '1');
	enum draft_kind kind = draft_info[c->field].kind;

	if (kind == DRAFT_NUMBER) {
		snprintf(out, cap, "%c", key);
		return true;
	}
	if (key == '0' || i >= c->cnt)
		return false;
	if (kind == DRAFT_MARK && !*c->begun) {
		snprintf(c->begun, sizeof(c->begun), "%s", c->value[i]);
		return false;
	}
	if (kind == DRAFT_MANY)
		ui_toggle(d, c->field, c->value[i], out, cap);
	else
		snprintf(out, cap, "%s%s", c->begun, c->value[i]);
	c->begun[0] = '\0';
	return true;
}

/* One choice as it is shown: "2*FR-01 ..." where FR-01 stands in the field. */
static void
say(const struct ui_choices *c, const struct draft *d, size_t i, char *out, size_t cap)
{
	bool codes = draft_info[c->field].kind == DRAFT_MANY ||
		     draft_info[c->field].kind == DRAFT_CASE;

	snprintf(out, cap, "%zu%c%.8s%s%s", i + 1,
		 schema_has(draft_get(d, c->field), c->value[i]) ? '*' : ' ',
		 codes ? c->value[i] : "", codes ? " " : "", c->name[i]);
}

void
ui_choices_draw(const struct ui_choices *c, const struct draft *d, int y)
{
	int x = 0, total = 0, most = COLS, end = y + 2;
	char line[200];

	for (size_t i = 0; i < c->cnt; i++) {
		say(c, d, i, line, sizeof(line));
		total += term_width(line) + 2;
	}
	if (total > 2 * COLS - COLS / 4) /* each has its share of two lines */
		most = COLS / ((int)(c->cnt + 1) / 2) - 2;
	for (size_t i = 0; i < c->cnt; i++) {
		say(c, d, i, line, sizeof(line));
		int width = term_width(line) < most ? term_width(line) : most;

		if (x && x + width > COLS) {
			x = 0;
			if (++y == end)
				return;
		}
		ui_put(y, x, width, line);
		x += width + 2;
	}
}
