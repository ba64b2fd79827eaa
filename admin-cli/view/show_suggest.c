/* Suggestions of codes for people and programs (see show_suggest.h). */
#include "admin-cli/view/show_suggest.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/said.h"
#include "admin-cli/view/show.h"

/* How many suggestions of each axis are shown to people. */
static const struct {
	enum taxonomy_axis axis;
	size_t shown;
	const char *label;
} axes[] = {
	{ TAXONOMY_HAZARD, 4, N_("hazard?") }, { TAXONOMY_SECTOR, 1, N_("sector?") },
	{ TAXONOMY_PLACE, 2, N_("place?") },   { TAXONOMY_WORK, 2, N_("work?") },
	{ TAXONOMY_ISSUE, 3, N_("issue?") },
};
#define AXES (sizeof(axes) / sizeof(*axes))

struct suggest *
show_suggest(const struct opened *d)
{
	const json_t **said = said_all(d);
	struct suggest *s = said ? malloc(sizeof(*s)) : NULL;

	if (s)
		suggest_run(said, d->cnt, NULL, s);
	free(said);
	return s;
}

/* The words that speak for a code, without repeats: "back door, chained". Freed by the caller. */
static char *
words_of(const struct opened *d, const struct suggest *s, enum taxonomy_axis axis, const char *code)
{
	char *out = strdup(""), *word, *more;
	size_t i;

	for (i = 0; out && i < s->span_cnt; i++) {
		const struct suggest_span *x = &s->span[i];
		const char *text = schema_text(d->x[x->said].body, x->field);

		if (x->axis != axis || strcmp(x->code, code))
			continue;
		word = term_safe(text + x->at, x->len, TERM_ONE_LINE);
		if (!strstr(out, word)) {
			if (asprintf(&more, "%s%s%s", out, *out ? ", " : "", word) < 0)
				more = NULL;
			free(out);
			out = more;
		}
		free(word);
	}
	return out;
}

static void
show_code(struct cli *cli, const struct opened *d, const struct suggest *s, size_t a, size_t i)
{
	const struct suggest_code *c = &s->axis[axes[a].axis].code[i];
	const struct taxonomy_word *w = taxonomy_find(axes[a].axis, c->code);
	char *words = words_of(d, s, axes[a].axis, c->code), floor[8] = "", *line = NULL;

	if (w && w->floor)
		snprintf(floor, sizeof(floor), "  S%d", w->floor);
	if (w && words &&
	    asprintf(&line, "%s  %s %s%s  %s%s%s", _(axes[a].label), c->code, taxonomy_name(w),
		     floor, *words ? "{" : "", *words ? words : _("from the picture"),
		     *words ? "}" : "") > 0)
		cli_wrap(cli, 2, line);
	free(line);
	free(words);
}

void
show_entry_marked(struct cli *cli, const struct opened *d, size_t i, const struct suggest *s)
{
	json_t *body = d->x[i].body ? json_deep_copy(d->x[i].body) : NULL;
	size_t f, a, k;

	/* On a terminal only: whoever pipes her words on gets them as they are. */
	for (f = 0; cli->tty_out && body && suggest_fields[f]; f++) {
		char *text = suggest_marked(s, i, suggest_fields[f],
					    schema_text(body, suggest_fields[f]));

		if (text)
			json_object_set_new(body, suggest_fields[f], json_string(text));
		free(text);
	}
	show_entry_as(cli, d, i, body);
	json_decref(body);
	if (i != opened_first(d))
		return;
	for (a = 0; a < AXES; a++)
		for (k = 0; k < s->axis[axes[a].axis].cnt && k < axes[a].shown; k++)
			show_code(cli, d, s, a, k);
}

json_t *
show_suggest_json(const struct opened *d, const struct suggest *s)
{
	json_t *out = json_object(), *marks = json_array(), *list;
	size_t a, i;

	for (a = 0; a < AXES; a++) {
		list = json_array();
		for (i = 0; i < s->axis[axes[a].axis].cnt; i++) {
			const struct suggest_code *c = &s->axis[axes[a].axis].code[i];

			json_array_append_new(list,
					      json_pack("{s:s,s:i,s:i}", "code", c->code, "score",
							c->score, "words", c->words));
		}
		json_object_set_new(out, taxonomy_axis_name(axes[a].axis), list);
	}
	for (i = 0; i < s->span_cnt; i++) {
		const struct suggest_span *x = &s->span[i];

		json_array_append_new(marks,
				      json_pack("{s:I,s:s,s:I,s:I,s:s,s:s}", "number",
						(json_int_t)d->entry[x->said].number, "field",
						x->field, "at", (json_int_t)x->at, "len",
						(json_int_t)x->len, "axis",
						taxonomy_axis_name(x->axis), "code", x->code));
	}
	json_object_set_new(out, "marks", marks);
	return out;
}
