/* Fills the papers of a visit (see printed.h). */
#include "admin-cli/rules/printed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/text.h"

#include "papers.inc"

#define WORD_CAP 32
#define LINE     "____________"

const struct printed *
printed_all(size_t *cnt)
{
	*cnt = sizeof(printed) / sizeof(*printed);
	return printed;
}

const struct printed *
printed_find(const char *name)
{
	size_t cnt, i;
	const struct printed *all = printed_all(&cnt);

	for (i = 0; i < cnt; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}

const char *
printed_text(const struct printed *p)
{
	return taxonomy_chinese() ? p->title : p->help;
}

/* What a paper is filled from: in a list its row alone, else the facts. */
struct fill {
	const json_t *facts, *row;
	json_t *words;
};

/* ---- values as text ---- */

static enum taxonomy_axis
axis(const char *word)
{
	enum taxonomy_axis a;

	for (a = 0; a < TAXONOMY__MAX; a++)
		if (!strcmp(taxonomy_axis_name(a), word))
			break;
	return a;
}

/* A value as it stands in an entry: words are themselves, numbers and yes or no their names. */
static const char *
plain(const json_t *v, char buf[static 24])
{
	if (json_is_boolean(v))
		return json_is_true(v) ? "true" : "false";
	if (!json_is_integer(v))
		return json_is_string(v) ? json_string_value(v) : "";
	snprintf(buf, 24, "%lld", (long long)json_integer_value(v));
	return buf;
}

/* A day "2026-12-01" or a number of days, and an hour since 1970, as Chinese papers write them. */
static json_t *
date(const json_t *v, bool hour)
{
	char text[64];
	uint32_t day = 0;
	struct tm tm;
	time_t at = (time_t)json_integer_value(v) * (hour ? 3600 : 86400);

	if (json_is_string(v)) {
		if (text_day(&day, json_string_value(v), json_string_length(v)))
			return json_incref((json_t *)v);
		at = (time_t)day * 86400;
	}
	if (hour)
		localtime_r(&at, &tm);
	else
		gmtime_r(&at, &tm);
	strftime(text, sizeof(text), hour ? "%Y年%-m月%-d日%-H时" : "%Y年%-m月%-d日", &tm);
	return json_string(text);
}

/* One value, said by a list of words. New reference. */
static json_t *
said(const struct fill *f, const json_t *v, const char *word)
{
	char buf[24];
	const char *text = plain(v, buf);
	const struct taxonomy_word *t;
	const json_t *own;

	if (!strcmp(word, "day") || !strcmp(word, "hour"))
		return date(v, *word == 'h');
	if (!strcmp(word, "paper")) {
		const struct printed *p = printed_find(text);

		return json_string(p ? p->title : text);
	}
	own = json_object_get(json_object_get(f->words, word), text);
	if (own)
		return json_incref((json_t *)own);
	t = *word && axis(word) < TAXONOMY__MAX ? taxonomy_find(axis(word), text) : NULL;
	return json_string(t ? t->zh : text);
}

/* ---- paths ---- */

static void look(json_t *out, const struct fill *f, const json_t *at, const char *path,
		 const char *word);

/* Adds what stands at a value: one text, or each of a list. */
static void
take(json_t *out, const struct fill *f, const json_t *v, const char *word)
{
	const json_t *x;
	size_t i;

	if (json_is_array(v))
		json_array_foreach(v, i, x) take(out, f, x, word);
	else if (v && !json_is_object(v))
		json_array_append_new(out, said(f, v, word));
}

/* Adds what a path leads to; through a list, of each of its members. */
static void
look(json_t *out, const struct fill *f, const json_t *at, const char *path, const char *word)
{
	size_t n = strcspn(path, "."), i;
	const json_t *x, *next;
	char name[WORD_CAP];

	if (json_is_array(at)) {
		json_array_foreach(at, i, x) look(out, f, x, path, word);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)n, path);
	next = json_object_get(at, name);
	if (path[n])
		look(out, f, next, path + n + 1, word);
	else
		take(out, f, next, word);
}

/* The texts of a value of papers.json, "path,path|word": the first path that leads to one. */
static json_t *
texts(const struct fill *f, const char *value)
{
	json_t *out = json_array();
	size_t end = strcspn(value, "|"), n;
	const char *word = value[end] ? value + end + 1 : "", *p = value;
	char path[64];

	if (!strcmp(word, "check"))
		json_array_append_new(out, json_string("□"));
	while (p < value + end && !json_array_size(out)) {
		n = strcspn(p, ",|");
		snprintf(path, sizeof(path), "%.*s", (int)n, p);
		look(out, f, f->row ? f->row : f->facts, path, word);
		p += n + (p[n] == ',');
	}
	return out;
}

/* Several texts as one; "" for none. New reference. */
static json_t *
joined(const struct fill *f, const char *value)
{
	json_t *list = texts(f, value), *x, *out;
	char *all = NULL;
	size_t i, len = 0;
	FILE *s = open_memstream(&all, &len);

	json_array_foreach(list, i, x) if (s)
		fprintf(s, "%s%s", i ? "；" : "", json_string_value(x));
	if (s)
		fclose(s);
	out = json_string(all);
	free(all);
	json_decref(list);
	return out;
}

/* ---- blocks ---- */

/* The values in the cells of a list: every one, or every second of label and value. */
static json_t *
cells(const struct fill *f, const json_t *list, bool labels)
{
	json_t *out = json_array();
	const json_t *x;
	size_t i;

	json_array_foreach(list, i, x)
	{
		if (labels && i % 2 == 0)
			json_array_append(out, (json_t *)x);
		else
			json_array_append_new(out, joined(f, json_string_value(x)));
	}
	return out;
}

static void
put_rows(json_t *out, const struct fill *f, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) json_array_append_new(out, cells(f, row, true));
}

/* A member of a list as a row: {"n":1,"text":"…"} of a text, and "n" of every other. */
static json_t *
as_row(const json_t *x, size_t n)
{
	json_t *row = json_is_object(x) ? json_copy((json_t *)x) : json_pack("{s:O}", "text", x);

	json_object_set_new(row, "n", json_integer((json_int_t)n));
	return row;
}

/* The members of a list that have got so far; all, where none has. New reference. */
static json_t *
chosen(const json_t *list, const char *with)
{
	json_t *out = json_array();
	const json_t *x;
	size_t i;

	json_array_foreach(list, i, x) if (!*with || json_object_get(x, with))
		json_array_append(out, (json_t *)x);
	if (!json_array_size(out))
		json_array_extend(out, (json_t *)list);
	return out;
}

/* One paper row for each member of a list, then as many empty ones as are missing to `blank`. */
static void
put_each(json_t *out, struct fill f, const json_t *block, bool table)
{
	json_t *list = chosen(json_object_get(f.facts, schema_text(block, "each")),
			      schema_text(block, "with"));
	size_t cnt = json_array_size(list), least = schema_number(block, "blank"), i;

	for (i = 0; i < cnt || i < least; i++) {
		if (!table && i)
			json_array_append_new(out, json_array());
		json_t *row = i < cnt ? as_row(json_array_get(list, i), i + 1) : json_object();

		f.row = row;
		if (table)
			json_array_append_new(out,
					      cells(&f, json_object_get(block, "cells"), false));
		else
			put_rows(out, &f, json_object_get(block, "rows"));
		json_decref(row);
	}
	json_decref(list);
}

/* A sentence with its values; a line to write on where there is none. */
static json_t *
sentence(const struct fill *f, const char *text)
{
	char *all = NULL, path[64];
	size_t len = 0, n;
	FILE *s = open_memstream(&all, &len);
	json_t *out;

	while (s && *text) {
		n = strcspn(text, "{");
		fwrite(text, 1, n, s);
		text += n;
		if (!*text)
			break;
		n = strcspn(text, "}");
		snprintf(path, sizeof(path), "%.*s", (int)(n - 1), text + 1);
		out = joined(f, path);
		fputs(json_string_length(out) ? json_string_value(out) : LINE, s);
		json_decref(out);
		text += n + 1;
	}
	if (s)
		fclose(s);
	out = json_string(all);
	free(all);
	return out;
}

/* A block as davy-paper draws it: the same members, values in the place of paths. */
static json_t *
filled(const struct fill *f, const json_t *block)
{
	json_t *out = json_copy((json_t *)block), *rows = json_array();
	const char *from = schema_text(block, "from");

	if (json_object_get(block, "say"))
		json_object_set_new(out, "say", sentence(f, schema_text(block, "say")));
	else if (json_object_get(block, "text") && *from)
		json_object_set_new(out, "values", texts(f, from));
	else if (json_object_get(block, "each"))
		put_each(rows, *f, block, json_object_get(block, "table"));
	else if (json_object_get(block, "rows"))
		put_rows(rows, f, json_object_get(block, "rows"));
	if (json_is_true(json_object_get(block, "seal")))
		json_object_set(out, "office", json_object_get(f->facts, "office"));
	json_object_set_new(out, "rows", rows);
	json_object_del(out, "from");
	json_object_del(out, "cells");
	json_object_del(out, "each");
	return out;
}

json_t *
printed_page(const struct printed *p, const json_t *facts)
{
	json_t *body = json_loads(p->body, 0, NULL), *blocks = json_array(), *b;
	struct fill f = { .facts = facts, .words = json_loads(printed_words, 0, NULL) };
	size_t i;

	json_array_foreach(body, i, b) json_array_append_new(blocks, filled(&f, b));
	json_decref(body);
	json_decref(f.words);
	return json_pack("{s:s,s:s,s:o}", "title", p->title, "number", schema_text(facts, "number"),
			 "blocks", blocks);
}
