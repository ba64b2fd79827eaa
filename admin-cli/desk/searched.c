/* Which words of a case are found, and where they count as standing (see searched.h). */
#include "admin-cli/desk/searched.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/copy.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/home/search.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/entry_type.h"
#include "crypto/err.h"

#define TOGETHER    256 /* cases in a transaction */
#define PURGE_FIRST 30  /* days after which the earliest case may be purged by its clock */
#define TEXT_MIN    200 /* a text that may be no longer is a word for programs, not for people */

struct gather {
	struct search_text text;
	json_t *county; /* the list of counties */
	bool full;      /* memory is out */
};

static void
add(struct gather *g, enum search_place place, const char *more)
{
	char *had = g->text.place[place];
	size_t n = had ? strlen(had) : 0, len = strlen(more), cap = n + len + 2;

	if (!len || g->full)
		return;
	char *both = malloc(cap);
	if (!both) {
		g->full = true;
		return;
	}
	snprintf(both, cap, "%s%s%s", had ? had : "", had ? "\n" : "", more);
	workspace_free(had, n);
	g->text.place[place] = both;
}

/* A code, with its name in both languages. */
static void
add_code(struct gather *g, enum search_place place, enum taxonomy_axis axis, const char *code)
{
	const struct taxonomy_word *w = code ? taxonomy_find(axis, code) : NULL;
	char text[512];

	if (!w)
		return;
	snprintf(text, sizeof(text), "%s %s %s", w->code, w->zh, w->en);
	add(g, place, text);
}

static void
add_county(struct gather *g, const char *code)
{
	const json_t *c;
	char text[512];
	size_t i;

	json_array_foreach(g->county, i, c)
	{
		if (strcmp(schema_text(c, "code"), code))
			continue;
		snprintf(text, sizeof(text), "%s %s %s", code, schema_text(c, "zh"),
			 schema_text(c, "en"));
		add(g, SEARCH_AREA, text);
		return;
	}
	add(g, SEARCH_AREA, code);
}

static enum search_place
place_of(const struct entry_type *t)
{
	if (t->by_source)
		return t->no == ENTRY_TIP ? SEARCH_TIP : SEARCH_MESSAGE;
	if (t->no == ENTRY_REPLY)
		return SEARCH_REPLY;
	if (t->no == ENTRY_TRIAGE || t->no == ENTRY_CORRECTION)
		return SEARCH_TRIAGE;
	return t->no == ENTRY_ABSTRACT ? SEARCH_ABSTRACT : SEARCH_NOTE;
}

static void
add_field(struct gather *g, enum search_place place, const struct entry_field *f,
	  const json_t *body)
{
	const json_t *v = json_object_get(body, f->name), *one;
	bool coded = place == SEARCH_TRIAGE || place == SEARCH_ABSTRACT;
	size_t i;

	if (f->kind == FIELD_TEXT && f->max >= TEXT_MIN)
		add(g, place, schema_text(body, f->name));
	else if (f->kind == FIELD_COUNTY && *schema_text(body, f->name))
		add_county(g, schema_text(body, f->name));
	else if (f->kind == FIELD_CODE && coded)
		add_code(g, place, f->axis, json_string_value(v));
	else if (f->kind == FIELD_CODES && coded)
		json_array_foreach(v, i, one) add_code(g, place, f->axis, json_string_value(one));
}

static void
add_entry(struct gather *g, const struct opened *d, size_t i)
{
	json_t *body = copy_mine(d, d->x[i].body);
	const json_t *inner = body;
	uint16_t no = d->entry[i].type;

	if (no == ENTRY_PROPOSE) {
		no = schema_proposed(body);
		inner = json_object_get(body, "body");
	}
	const struct entry_type *t = entry_type_find(no);
	if (t && t->schema && inner && !schema_is(inner, "dummy"))
		for (const struct entry_field *f = t->schema; f->name; f++)
			add_field(g, place_of(t), f, inner);
	json_decref(body);
}

/* Whether it may be found: its tip is open here, it was not purged, and this member may read it. */
static bool
is_there(const struct opened *d)
{
	size_t tip = opened_first(d);

	if (d->view->me && !fold_reads(&d->fold, d->view->me->handle))
		return false;

	return d->c.rec.kind == FRAME_CASE && tip != FOLD_NONE && d->x[tip].body &&
	       strcmp(machine_state_name(d->fold.machine, d->fold.state), "purged");
}

int
searched_keep(struct session *ses, const struct opened *d)
{
	struct gather g = { .text = { .day = d->c.rec.day } };
	int err;

	if (!is_there(d))
		return search_forget(ses->workspace, d->c.rec.id);
	if (county_list(ses, &g.county))
		session_forgive(ses); /* then the code stands alone */
	for (size_t i = 0; i < d->cnt; i++)
		if (d->entry[i].verdict != FOLD_REJECTED)
			add_entry(&g, d, i);
	err = g.full ? ERR_MEM : search_put(ses->workspace, d->c.rec.id, &g.text);
	search_text_free(&g.text);
	json_decref(g.county);
	/* the next search looks what is missing */
	if (err && search_whole_set(ses->workspace, false))
		err = ERR_IO;
	return err;
}

/* Puts in what is missing of these cases, in one transaction. */
static int
keep_missing(struct session *ses, const struct workspace_case *list, size_t cnt)
{
	int err = sync_workspace_failed(ses, workspace_begin(ses->workspace));

	if (err)
		return err;
	for (size_t i = 0; !err && i < cnt; i++) {
		struct opened *d;

		if (!list[i].have_source || search_has(ses->workspace, list[i].rec.id))
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		err = sync_workspace_failed(ses, searched_keep(ses, d));
		opened_free(d);
	}
	int kept = sync_workspace_failed(ses, workspace_commit(ses->workspace));
	return err ? err : kept;
}

static int
catch_up(struct session *ses)
{
	struct workspace_case *list = NULL;
	size_t cnt = 0;

	if (search_whole(ses->workspace))
		return DAVY_OK;
	int err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_CASE, &list,
								 &cnt));
	for (size_t i = 0; !err && i < cnt; i += TOGETHER)
		err = keep_missing(ses, list + i, cnt - i < TOGETHER ? cnt - i : TOGETHER);
	workspace_free(list, cnt * sizeof(*list));
	return err ? err : sync_workspace_failed(ses, search_whole_set(ses->workspace, true));
}

int
searched_read(struct session *ses, struct search_query *q, const char *text)
{
	switch (search_query_parse(q, text)) {
	case SEARCH_FINE:
		return DAVY_OK;
	case SEARCH_QUOTE:
		return session_fail(ses, DAVY_USAGE, "usage",
				    _("A quotation mark has no other: \"words in a row\"."));
	case SEARCH_LONG:
		return session_fail(ses, DAVY_USAGE, "usage",
				    _("Too long: at most %d words, and %d bytes of them."),
				    SEARCH_TERMS, SEARCH_QUERY);
	case SEARCH_ONLY_NOT:
		return session_fail(
			ses, DAVY_USAGE, "usage",
			_("Give a word to look for, besides those that are to be left out."));
	default:
		return session_fail(ses, DAVY_USAGE, "usage",
				    _("There is no letter or digit in it to look for."));
	}
}

/* Whether the clock alone may have purged it since it was folded last: nothing that is open is. */
static bool
may_be_over(const struct workspace_case *c)
{
	return !strcmp(c->line.state, "answered") || !strncmp(c->line.state, "closed", 6);
}

/* Whether a case may be shown still. Its clock may have purged it since it was folded last. */
static int
is_still_there(struct session *ses, const uint8_t *id, bool *is)
{
	struct workspace_case c;
	struct opened *d;
	int err = workspace_case_get(ses->workspace, id, &c);

	if (err == ERR_NOT_FOUND)
		err = search_forget(ses->workspace, id);
	else if (!err && may_be_over(&c)) {
		err = opened_glance(ses, &c, &d);
		if (err)
			return err;
		if (!is_there(d))
			err = search_forget(ses->workspace, id);
		opened_free(d);
	}
	*is = search_has(ses->workspace, id);
	return sync_workspace_failed(ses, err);
}

int
searched_find(struct session *ses, const struct search_query *q, struct search_hit **out,
	      size_t *cnt)
{
	size_t left = 0;
	bool is;
	int err = workspace_open(ses);

	*out = NULL;
	*cnt = 0;
	if (!err)
		err = catch_up(ses);
	if (!err)
		err = sync_workspace_failed(ses, search_find(ses->workspace, q, out, cnt));
	for (size_t i = 0; !err && i < *cnt; i++) {
		err = is_still_there(ses, (*out)[i].id, &is);
		if (!err && is)
			(*out)[left++] = (*out)[i];
	}
	*cnt = left;
	if (err) {
		free(*out);
		*out = NULL;
	}
	return err;
}

/* Looks at these cases, in one transaction. */
static int
purge_some(struct session *ses, const struct workspace_case *list, size_t cnt, uint32_t today)
{
	bool is;
	int err = sync_workspace_failed(ses, workspace_begin(ses->workspace));

	if (err)
		return err;
	for (size_t i = 0; !err && i < cnt; i++)
		if (may_be_over(&list[i]) && list[i].rec.day + PURGE_FIRST <= today &&
		    search_has(ses->workspace, list[i].rec.id))
			err = is_still_there(ses, list[i].rec.id, &is);
	int kept = sync_workspace_failed(ses, workspace_commit(ses->workspace));
	return err ? err : kept;
}

int
searched_purge(struct session *ses, uint32_t today)
{
	static const char key[] = "words purged";
	struct workspace_case *list = NULL;
	size_t cnt = 0, len;
	uint8_t *had;
	bool done = false;
	int err = workspace_open(ses);

	if (err)
		return err;
	if (!workspace_get(ses->workspace, WORKSPACE_META, key, sizeof(key) - 1, &had, &len)) {
		done = len == sizeof(today) && !memcmp(had, &today, len);
		workspace_free(had, len);
	}
	if (done)
		return DAVY_OK;
	err = sync_workspace_failed(ses,
				    workspace_case_list(ses->workspace, FRAME_CASE, &list, &cnt));
	for (size_t i = 0; !err && i < cnt; i += TOGETHER)
		err = purge_some(ses, list + i, cnt - i < TOGETHER ? cnt - i : TOGETHER, today);
	workspace_free(list, cnt * sizeof(*list));
	return err ? err
		   : sync_workspace_failed(ses,
					   workspace_put(ses->workspace, WORKSPACE_META, key,
							 sizeof(key) - 1, &today, sizeof(today)));
}
