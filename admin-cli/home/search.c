/* The index of words in the workspace (see search.h). */
#include "admin-cli/home/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <unistring/version.h>

#include "admin-cli/home/pages.h"
#include "admin-cli/home/workspace.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define VERSION 1 /* of this layout; that of the Unicode tables counts as well */

#define COLUMNS "tip, message, reply, note, abstract, triage, area"

const char *const search_place_name[SEARCH__MAX] = {
	[SEARCH_TIP] = "tip",   [SEARCH_MESSAGE] = "message",   [SEARCH_REPLY] = "reply",
	[SEARCH_NOTE] = "note", [SEARCH_ABSTRACT] = "abstract", [SEARCH_TRIAGE] = "triage",
	[SEARCH_AREA] = "area",
};

/* The words come folded, with a blank between them: the tokenizer takes them as they are. */
static const char schema[] =
	"CREATE TABLE IF NOT EXISTS doc(n INTEGER PRIMARY KEY, id BLOB NOT NULL, day INTEGER NOT NULL) "
	"STRICT;"
	"CREATE VIRTUAL TABLE IF NOT EXISTS hit USING fts5(" COLUMNS
	", content = '', tokenize = 'ascii');";

enum stmt { ADD_DOC, DROP_DOC, ADD_HIT, DROP_HIT, FIND, STMT__MAX };

static const char *const sql[STMT__MAX] = {
	[ADD_DOC] = "INSERT INTO doc(id, day) VALUES(?1, ?2)",
	[DROP_DOC] = "DELETE FROM doc WHERE n = ?1",
	[ADD_HIT] = "INSERT INTO hit(rowid, " COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[DROP_HIT] = "INSERT INTO hit(hit, rowid, " COLUMNS
		     ") VALUES('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[FIND] = "SELECT id, day FROM hit JOIN doc ON doc.n = hit.rowid WHERE hit MATCH ?1 AND "
		 "day >= ?2 "
		 "ORDER BY bm25(hit, 4, 2, 1, 1, 3, 2, 3), day DESC, doc.n DESC LIMIT ?3",
};

struct index {
	struct workspace *ws;
	struct pages *pages;
	sqlite3_stmt *stmt[STMT__MAX];
	bool broken; /* it could not be emptied */
};

/* ---- which version it is, and whether it is whole ---- */

static const char about_name[] = "search";
#define ABOUT_LEN 9

static int
about_put(struct workspace *ws, bool whole)
{
	uint8_t val[ABOUT_LEN];
	struct bufw w;

	bufw_init(&w, val, sizeof(val));
	bufw_u32(&w, VERSION);
	bufw_u32(&w, (uint32_t)_libunistring_version);
	bufw_u8(&w, whole);
	return workspace_put(ws, WORKSPACE_META, about_name, strlen(about_name), val, sizeof(val));
}

/* False where there is none. *ours: it is of this version; *whole: and nothing is missing. */
static bool
about_get(struct workspace *ws, bool *ours, bool *whole)
{
	uint8_t *val;
	struct buf b;
	size_t len;

	*ours = *whole = false;
	int err = workspace_get(ws, WORKSPACE_META, about_name, strlen(about_name), &val, &len);
	if (err)
		return err != ERR_NOT_FOUND;
	buf_init(&b, val, len);
	uint32_t version = buf_u32(&b), tables = buf_u32(&b);
	bool is = buf_u8(&b) == 1;
	*ours = !buf_end(&b) && version == VERSION && tables == (uint32_t)_libunistring_version;
	*whole = *ours && is;
	workspace_free(val, len);
	return true;
}

static bool
is_ours(struct workspace *ws)
{
	bool ours, whole;

	return !about_get(ws, &ours, &whole) || ours;
}

bool
search_whole(struct workspace *ws)
{
	bool ours, whole;

	return about_get(ws, &ours, &whole) && whole;
}

int
search_whole_set(struct workspace *ws, bool whole)
{
	return about_put(ws, whole);
}

/* ---- the database, as a guest of the workspace ---- */

static void
shut(struct index *x)
{
	for (int i = 0; i < STMT__MAX; i++) {
		sqlite3_finalize(x->stmt[i]);
		x->stmt[i] = NULL;
	}
	pages_close(x->pages);
	x->pages = NULL;
}

/* Inside a transaction of the workspace. An index that is damaged must not keep a case from being
 * stored: it is emptied. */
static int
settle(void *arg)
{
	struct index *x = arg;

	if (!x->pages || pages_settle(x->pages) == 0)
		return 0;
	shut(x);
	return search_clear(x->ws);
}

static void
drop(void *arg)
{
	shut(arg);
}

static void
end(void *arg)
{
	shut(arg);
	free(arg);
}

/* The index; one of another version is emptied first. NULL: no memory. */
static struct index *
index_of(struct workspace *ws)
{
	struct index *x = workspace_guest_of(ws);

	if (x)
		return x;
	x = calloc(1, sizeof(*x));
	if (!x)
		return NULL;
	x->ws = ws;
	workspace_invite(ws, &(struct workspace_guest){ settle, drop, end, x });
	if (!is_ours(ws) && search_clear(ws))
		x->broken = true;
	return x;
}

static int
prepare(struct index *x)
{
	sqlite3 *db = pages_db(x->pages);

	for (int i = 0; i < STMT__MAX; i++)
		if (!x->stmt[i] && sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
						      &x->stmt[i], NULL))
			return ERR_IO;
	return 0;
}

/* Opens the index inside a transaction, to write where `write`. */
static int
wake(struct index *x, bool write)
{
	if (!x->pages && !x->broken)
		x->pages = pages_open(x->ws);
	if (!x->pages || (write && pages_begin(x->pages)))
		return ERR_IO;
	if (write && !x->stmt[0] &&
	    sqlite3_exec(pages_db(x->pages), schema, NULL, NULL, NULL) != SQLITE_OK)
		return ERR_IO;
	return prepare(x);
}

static int
step(sqlite3_stmt *s)
{
	int err = sqlite3_step(s) == SQLITE_DONE ? 0 : ERR_IO;

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return err;
}

/* ---- the texts of a case ---- */

void
search_text_free(struct search_text *t)
{
	for (int i = 0; i < SEARCH__MAX; i++) {
		workspace_free(t->place[i], t->place[i] ? strlen(t->place[i]) : 0);
		t->place[i] = NULL;
	}
}

/* The record: u32 number in the index ‖ u32 day ‖ the texts, each with a final zero. */
static int
text_put(struct workspace *ws, const uint8_t *id, uint32_t n, const struct search_text *t)
{
	size_t cap = 8 + SEARCH__MAX;
	struct bufw w;

	for (int i = 0; i < SEARCH__MAX; i++)
		cap += t->place[i] ? strlen(t->place[i]) : 0;
	uint8_t *buf = malloc(cap);
	if (!buf)
		return ERR_MEM;
	bufw_init(&w, buf, cap);
	bufw_u32(&w, n);
	bufw_u32(&w, t->day);
	for (int i = 0; i < SEARCH__MAX; i++) {
		if (t->place[i])
			bufw_text(&w, t->place[i]);
		bufw_u8(&w, 0);
	}
	int err = bufw_end(&w);
	if (!err)
		err = workspace_put(ws, WORKSPACE_SEARCH_TEXT, id, 16, buf, w.len);
	workspace_free(buf, cap);
	return err;
}

static int
text_get(struct workspace *ws, const uint8_t *id, uint32_t *n, struct search_text *out)
{
	uint8_t *val;
	struct buf b;
	size_t len;
	int err = workspace_get(ws, WORKSPACE_SEARCH_TEXT, id, 16, &val, &len);

	memset(out, 0, sizeof(*out));
	if (err)
		return err;
	buf_init(&b, val, len);
	*n = buf_u32(&b);
	out->day = buf_u32(&b);
	for (int i = 0; i < SEARCH__MAX && !err && !b.bad; i++) {
		size_t k = strnlen((const char *)b.at, b.left);
		const uint8_t *text = buf_take(&b, k + 1);

		if (text && k && !(out->place[i] = strndup((const char *)text, k)))
			err = ERR_MEM;
	}
	if (!err)
		err = buf_end(&b);
	workspace_free(val, len);
	if (err)
		search_text_free(out);
	return err;
}

int
search_text_get(struct workspace *ws, const uint8_t id[static 16], struct search_text *out)
{
	uint32_t n;

	return text_get(ws, id, &n, out);
}

/* The folded words of a text with blanks between them, for workspace_free(*cap). */
static char *
fold_text(const char *text, size_t *cap)
{
	struct search_reader r;
	struct search_word w;
	size_t n = 0;
	char *out;

	*cap = 64;
	out = malloc(*cap);
	search_words(&r, text, strlen(text));
	while (out && search_word_next(&r, &w)) {
		size_t len = strlen(w.text);

		if (n + len + 2 > *cap) {
			char *more = malloc(2 * *cap + len);

			if (more)
				memcpy(more, out, n);
			workspace_free(out, *cap);
			out = more;
			*cap = 2 * *cap + len;
			if (!out)
				return NULL;
		}
		memcpy(out + n, w.text, len);
		n += len;
		out[n++] = ' ';
	}
	if (out)
		out[n] = '\0';
	return out;
}

/* Runs ADD_HIT or DROP_HIT for a case. */
static int
run_hit(struct index *x, enum stmt which, uint32_t n, const struct search_text *t)
{
	char *folded[SEARCH__MAX] = { 0 };
	size_t cap[SEARCH__MAX];
	sqlite3_stmt *s = x->stmt[which];
	int err = sqlite3_bind_int64(s, 1, n) ? ERR_IO : 0;

	for (int i = 0; !err && i < SEARCH__MAX; i++) {
		folded[i] = fold_text(t->place[i] ? t->place[i] : "", &cap[i]);
		err = !folded[i]                                                  ? ERR_MEM
		      : sqlite3_bind_text(s, 2 + i, folded[i], -1, SQLITE_STATIC) ? ERR_IO
										  : 0;
	}
	if (!err)
		err = step(s);
	sqlite3_clear_bindings(s);
	for (int i = 0; i < SEARCH__MAX; i++)
		workspace_free(folded[i], folded[i] ? cap[i] : 0);
	return err;
}

/* ---- changes ---- */

/* Takes a case out, inside a transaction. ERR_NOT_FOUND where it is not in it. */
static int
take_out(struct index *x, const uint8_t *id)
{
	struct search_text had;
	uint32_t n;
	int err = text_get(x->ws, id, &n, &had);

	if (err)
		return err;
	err = wake(x, true);
	if (!err)
		err = run_hit(x, DROP_HIT, n, &had);
	if (!err && sqlite3_bind_int64(x->stmt[DROP_DOC], 1, n))
		err = ERR_IO;
	if (!err)
		err = step(x->stmt[DROP_DOC]);
	if (!err)
		err = workspace_del(x->ws, WORKSPACE_SEARCH_TEXT, id, 16);
	search_text_free(&had);
	return err;
}

static int
put_in(struct index *x, const uint8_t *id, const struct search_text *t)
{
	int err = take_out(x, id);

	bool ours, whole;

	if (!err || err == ERR_NOT_FOUND)
		err = wake(x, true);
	if (!err && !about_get(x->ws, &ours, &whole))
		err = about_put(x->ws, false);
	if (err)
		return err;
	sqlite3_stmt *s = x->stmt[ADD_DOC];
	if (sqlite3_bind_blob(s, 1, id, 16, SQLITE_STATIC) || sqlite3_bind_int64(s, 2, t->day))
		return ERR_IO;
	err = step(s);
	uint32_t n = (uint32_t)sqlite3_last_insert_rowid(pages_db(x->pages));
	if (!err)
		err = run_hit(x, ADD_HIT, n, t);
	return err ? err : text_put(x->ws, id, n, t);
}

/* Ends a change. Where the index could not take it, it is emptied: half of a change would stay. */
static int
finish(struct index *x, int err)
{
	if (err) {
		shut(x);
		if (search_clear(x->ws))
			err = ERR_IO;
	}
	int kept = workspace_commit(x->ws);
	return err ? err : kept;
}

int
search_put(struct workspace *ws, const uint8_t id[static 16], const struct search_text *t)
{
	struct index *x = index_of(ws);
	int err = x ? workspace_begin(ws) : ERR_MEM;

	return err ? err : finish(x, put_in(x, id, t));
}

int
search_forget(struct workspace *ws, const uint8_t id[static 16])
{
	struct index *x = index_of(ws);

	if (!search_has(ws, id))
		return 0;
	int err = x ? workspace_begin(ws) : ERR_MEM;
	if (err)
		return err;
	err = take_out(x, id);
	/* FTS5 only notes that a row was deleted, until its pieces are merged. That is done here,
	 * as far as so many pages go: all of an index of some thousand cases. */
	if (!err &&
	    (pages_settle(x->pages) || pages_begin(x->pages) ||
	     sqlite3_exec(pages_db(x->pages), "INSERT INTO hit(hit, rank) VALUES('merge', -2000)",
			  NULL, NULL, NULL)))
		err = ERR_IO;
	return finish(x, err);
}

int
search_clear(struct workspace *ws)
{
	struct index *x = workspace_guest_of(ws);
	int err = workspace_begin(ws);

	if (err)
		return err;
	if (x)
		shut(x);
	err = workspace_clear(ws, WORKSPACE_SEARCH_PAGE);
	if (!err)
		err = workspace_clear(ws, WORKSPACE_SEARCH_TEXT);
	if (!err)
		err = search_whole_set(ws, false);
	if (!err)
		return workspace_commit(ws);
	workspace_abort(ws);
	return err;
}

bool
search_has(struct workspace *ws, const uint8_t id[static 16])
{
	return workspace_has(ws, WORKSPACE_SEARCH_TEXT, id, 16);
}

/* ---- answers ---- */

static bool
expression(const struct search_query *q, char *out, size_t cap)
{
	size_t n = 0;

	if (q->places) {
		n += (size_t)snprintf(out, cap, "{");
		for (int i = 0; i < SEARCH__MAX; i++)
			if (q->places & 1u << i)
				n += (size_t)snprintf(out + n, cap - n, " %s",
						      search_place_name[i]);
		n += (size_t)snprintf(out + n, cap - n, " } : (");
	}
	if (!search_query_print(q, out + n, cap - n - 2))
		return false;
	if (q->places)
		memcpy(out + strlen(out), ")", 2);
	return true;
}

static int
run_find(struct index *x, const struct search_query *q, struct search_hit *hit, size_t *cnt)
{
	const size_t cap = SEARCH_TERMS * SEARCH_ROW * (SEARCH_WORD_CAP + 8);
	char *match = malloc(cap);
	sqlite3_stmt *s = x->stmt[FIND];
	int err = !match                       ? ERR_MEM
		  : !expression(q, match, cap) ? ERR_RANGE
		  : sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC) ||
				  sqlite3_bind_int64(s, 2, q->since) ||
				  sqlite3_bind_int64(s, 3, (sqlite3_int64)q->limit)
			  ? ERR_IO
			  : 0;
	int row = SQLITE_DONE;

	while (!err && *cnt < q->limit && (row = sqlite3_step(s)) == SQLITE_ROW) {
		if (sqlite3_column_bytes(s, 0) != 16)
			err = ERR_FORMAT;
		else
			memcpy(hit[*cnt].id, sqlite3_column_blob(s, 0), 16);
		hit[(*cnt)++].day = (uint32_t)sqlite3_column_int64(s, 1);
	}
	if (!err && row != SQLITE_DONE && row != SQLITE_ROW)
		err = ERR_IO;
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	workspace_free(match, match ? strlen(match) : 0);
	return err;
}

int
search_find(struct workspace *ws, const struct search_query *q, struct search_hit **out,
	    size_t *cnt)
{
	struct index *x = index_of(ws);
	uint8_t first[4] = { 0 };

	*cnt = 0;
	*out = x ? calloc(q->limit + 1, sizeof(**out)) : NULL;
	int err = *out ? workspace_begin_read(ws) : ERR_MEM;
	/* without a first page nothing was ever put in */
	if (!err) {
		if (workspace_has(ws, WORKSPACE_SEARCH_PAGE, first, sizeof(first))) {
			err = wake(x, false);
			if (!err)
				err = run_find(x, q, *out, cnt);
		}
		int kept = workspace_commit(ws);
		err = err ? err : kept;
	}
	if (err) {
		free(*out);
		*out = NULL;
		*cnt = 0;
	}
	return err;
}

bool
search_best(const struct search_query *q, const struct search_text *t, enum search_place *place,
	    size_t *at)
{
	size_t most = 0;

	for (int i = 0; i < SEARCH__MAX; i++) {
		size_t fits = 0, begin = SIZE_MAX, from, len;

		if (!t->place[i] || (q->places && !(q->places & 1u << i)))
			continue;
		for (size_t k = 0; k < q->cnt; k++) {
			if (q->term[k].without ||
			    !search_term_find(&q->term[k], t->place[i], 0, &from, &len))
				continue;
			fits++;
			begin = from < begin ? from : begin;
		}
		if (fits > most) {
			most = fits;
			*place = (enum search_place)i;
			*at = begin;
		}
	}
	return most > 0;
}
