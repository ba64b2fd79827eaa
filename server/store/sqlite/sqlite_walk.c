/*
 * The check of a store that is in use, some rows at a time: the sum of each row, and the hash of
 * the sealed bytes that it names. A step begins behind the key at which the last one ended, so that
 * rows may be written in between.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <stdio.h>
#include <string.h>

#define QUERY_LEN 1280

static const struct walk_table {
	const char *name, *key[SQLITE_WALK_KEYS];
	bool body;
} tables[] = {
	{ "log", { "n" }, false },
	{ "entry", { "log", "thread", "number" }, true },
	{ "held", { "log", "hash" }, true },
	{ "chunk", { "log", "attach", "part" }, true },
	{ "meta", { "name" }, false },
	{ "gone", { "id" }, false },
	{ "reading", { "log", "place" }, false },
	{ "statement", { "log", "desk" }, false },
	{ "keypart", { "desk", "kind", "handle", "epoch" }, false },
	{ "doc", { "n" }, false },
	{ "leaf", { "n" }, false },
	{ "tile", { "level", "n" }, false },
	{ "batch", { "n" }, false },
};
_Static_assert(sizeof(tables) / sizeof(tables[0]) == SQLITE_SUMMED_CNT, "every table with sums");

static const char *
sum_of(const char *table)
{
	for (size_t i = 0; i < SQLITE_SUMMED_CNT; i++)
		if (!strcmp(sqlite_summed[i].table, table))
			return sqlite_summed[i].sum;
	return "";
}

static void
walk_query(char query[static QUERY_LEN], const struct walk_table *t, bool first)
{
	char keys[96] = "", marks[32] = "", where[160] = "";
	for (int i = 0; i < SQLITE_WALK_KEYS && t->key[i]; i++) {
		size_t k = strlen(keys), m = strlen(marks);
		snprintf(keys + k, sizeof(keys) - k, "%st.%s", i ? ", " : "", t->key[i]);
		snprintf(marks + m, sizeof(marks) - m, "%s?%d", i ? ", " : "", i + 1);
	}
	if (!first)
		snprintf(where, sizeof(where), " WHERE (%s) > (%s)", keys, marks);
	snprintf(query, QUERY_LEN,
		 "SELECT t.sum IS row_sum(%s), %s, %s FROM %s t%s%s ORDER BY %s LIMIT ?%d",
		 sum_of(t->name),
		 t->body ? "t.hash, b.bytes, iif(t.body, t.log, 0)" : "NULL, NULL, 0", keys,
		 t->name, t->body ? " LEFT JOIN body b ON b.n = t.body" : "", where, keys,
		 SQLITE_WALK_KEYS + 1);
}

static bool
row_sound(sqlite3_stmt *st, bool body)
{
	uint8_t kept[32], found[32];
	if (!sqlite3_column_int(st, 0))
		return false;
	/* The pad, and parts of old orders, whose bytes were removed, have none to compare. */
	if (!body || sqlite3_column_int64(st, 3) <= SQL_PAD_CNT)
		return true;
	if (sqlite_blob(st, 1, kept, sizeof(kept)) ||
	    sqlite3_column_bytes(st, 2) != STORE_BODY_LEN || !sqlite3_column_blob(st, 2))
		return false;
	key_sha256(found, sqlite3_column_blob(st, 2), FRAME_BODY_LEN);
	return !memcmp(kept, found, sizeof(kept));
}

static void
walk_drop(struct sqlite_walk *w)
{
	for (int i = 0; i < SQLITE_WALK_KEYS; i++) {
		sqlite3_value_free(w->key[i]);
		w->key[i] = NULL;
	}
}

/* Remembers the keys of the row that was read. */
static void
walk_keep(struct sqlite_walk *w, sqlite3_stmt *st)
{
	walk_drop(w);
	for (int i = 0; i < SQLITE_WALK_KEYS && tables[w->table].key[i]; i++)
		w->key[i] = sqlite3_value_dup(sqlite3_column_value(st, 4 + i));
}

int
sqlite_walk(struct store *store, unsigned rows, struct store_walk *out)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_walk *w = &s->walk;
	const struct walk_table *t = &tables[w->table];
	char query[QUERY_LEN];
	sqlite3_stmt *st = NULL;
	unsigned read = 0;
	*out = (struct store_walk){ .table = t->name };
	walk_query(query, t, !w->key[0]);
	int rc = sqlite3_prepare_v2(s->db, query, -1, &st, NULL);
	for (int i = 0; !rc && i < SQLITE_WALK_KEYS && w->key[i]; i++)
		rc = sqlite3_bind_value(st, i + 1, w->key[i]);
	if (!rc)
		rc = sqlite3_bind_int64(st, SQLITE_WALK_KEYS + 1, rows);
	while (!rc && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out->damaged += !row_sound(st, t->body);
		walk_keep(w, st);
		read++;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(st);
	if (sqlite_err(rc) == ERR_MEM)
		return ERR_MEM;
	/* What cannot be read is damaged as well; the rest of that table cannot be reached. */
	bool unreadable = sqlite_err(rc) != 0;
	out->damaged += unreadable;
	if (unreadable || read < rows) {
		walk_drop(w);
		w->table = (w->table + 1) % SQLITE_SUMMED_CNT;
		out->done = !w->table;
	}
	return 0;
}

void
sqlite_walk_end(struct sqlite *s)
{
	walk_drop(&s->walk);
}
