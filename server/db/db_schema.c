/*
 * The tables, made from the one description that SQLite has as well (sql_schema.c), and what only
 * this engine has: the row `head`, and the rows of the pad. No sequence, trigger or function: the
 * vault gives all numbers.
 */
#include "server/db/db.h"

#include "server/store/sql/sql_schema.h"
#include "server/store/sql/sql_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What PostgreSQL says otherwise. A sum of a row is SQLite's; it ends with STORED. */
static const struct {
	const char *ours, *theirs;
	const char *until; /* what is left out goes up to the end of this */
} words[] = {
	{ "," SQL_SUM_OF, "", SQL_STORED }, { ") STRICT, WITHOUT ROWID;", ");", NULL },
	{ ") STRICT;", ");", NULL },        { " INTEGER", " int8", NULL },
	{ " BLOB", " bytea", NULL },
};

char *
db_schema_text(void)
{
	const char *from = sql_schema;
	char *dst = malloc(strlen(from) + 1);
	size_t n = 0;
	while (dst && *from) {
		size_t i = 0;
		while (i < sizeof(words) / sizeof(words[0]) &&
		       strncmp(from, words[i].ours, strlen(words[i].ours)) != 0)
			i++;
		if (i == sizeof(words) / sizeof(words[0])) {
			dst[n++] = *from++;
			continue;
		}
		const char *end = words[i].until ? strstr(from, words[i].until) : NULL;
		from = end ? end + strlen(words[i].until) : from + strlen(words[i].ours);
		for (const char *t = words[i].theirs; *t; t++)
			dst[n++] = *t;
	}
	if (dst)
		dst[n] = 0;
	return dst;
}

/* What several davyd need; a store that was made before they could share one gets it here. used:
 * the bytes in use; common: what the vaults tell each other (vault_common.c); marks: db_mark.c. */
#define OLD_COLUMNS 4
#define SHARED                                                                                     \
	"ALTER TABLE head ADD COLUMN used int8 NOT NULL DEFAULT 0,"                                \
	" ADD COLUMN common bytea NOT NULL DEFAULT '', ADD COLUMN marks bytea NOT NULL DEFAULT ''"

/*
 * Sealed bytes are not compressed: a pad of zeros would be written in a few bytes, and a request
 * that writes nothing would take less time than a tip.
 */
static const char own[] =
	"ALTER TABLE body ALTER COLUMN bytes SET STORAGE EXTERNAL;"
	"CREATE TABLE head(one int8 PRIMARY KEY CHECK(one = 1), schema int8 NOT NULL,"
	" touched int8 NOT NULL, owner bytea NOT NULL);" SHARED ";"
	/* The pad: as in sqlite_schema.c. */
	"INSERT INTO body(n, bytes) WITH RECURSIVE c(i) AS (SELECT 1::int8 UNION ALL"
	" SELECT i + 1 FROM c WHERE i < 64) SELECT i, decode(repeat('00', 16128), 'hex') FROM c;"
	"INSERT INTO log(n, id, kind, state, ladder, desk, origin, acked, answered, above, day,"
	" closed_day, read_due, answer_due, next_due, source_cnt, entries, desk_entries, reads,"
	" attachments, bytes, proof, opened, terms, readers, touched, fresh, sealed, given)"
	" SELECT n, decode(md5(n::text), 'hex'), 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1099511627776,"
	" 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'),"
	" decode(repeat('00', 80), 'hex'), decode(repeat('00', 404), 'hex'), n, 0, '', 0 FROM body;"
	"INSERT INTO entry(log, thread, number, source, day, not_before, desk, stub, hash, body)"
	" SELECT n, 0, 0, 0, 0, 0, 0, decode(repeat('00', 304), 'hex'),"
	" decode(repeat(md5(n::text), 2), 'hex'), n FROM body;"
	"INSERT INTO leaf(n, bytes) SELECT n, decode(repeat('00', 108), 'hex') FROM body;";
_Static_assert(STORE_LEAF_LEN == 108, "a leaf of the pad");
_Static_assert(SQL_PAD_CNT == 64, "the pad's rows");

static enum pg_fail
make(struct db *db)
{
	char head[128];
	char *tables = db_schema_text();
	enum pg_fail fail = tables ? 0 : PG_FAIL_BROKEN;
	snprintf(head, sizeof(head), "INSERT INTO head VALUES(1, %d, %d, '', 0, '', '')",
		 SQL_SCHEMA, SQL_PAD_CNT);
	if (!fail)
		fail = db_exec(db, "BEGIN");
	if (!fail)
		fail = db_exec(db, tables);
	if (!fail)
		fail = db_exec(db, own);
	if (!fail)
		fail = db_exec(db, head);
	if (!fail)
		fail = db_exec(db, "COMMIT");
	free(tables);
	if (fail)
		db_close(db);
	return fail;
}

static enum pg_fail
number(struct db *db, const char *text, long *n)
{
	PGresult *r = NULL;
	enum pg_fail fail = db_ask(db, text, &r);
	*n = fail ? 0 : strtol(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return fail;
}

/* Of two davyd that start at once on an empty database, or on an old store, one makes the tables;
 * the other one fails at it, and tries again. */
enum pg_fail
db_schema(struct db *db)
{
	long columns, schema = 0;
	enum pg_fail fail = number(db,
				   "SELECT count(*) FROM information_schema.columns WHERE"
				   " table_schema = current_schema() AND table_name = 'head'",
				   &columns);
	if (!fail && !columns)
		return make(db);
	if (!fail)
		fail = number(db, "SELECT schema FROM head", &schema);
	if (!fail && schema == SQL_SCHEMA && columns == OLD_COLUMNS)
		fail = db_exec(db, SHARED);
	if (fail || schema == SQL_SCHEMA)
		return fail;
	return db_say(
		db, PG_FAIL_REFUSED,
		"the store has schema %ld and this davyd knows %d: install the davyd that made it",
		schema, SQL_SCHEMA);
}
