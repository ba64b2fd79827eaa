/*
 * The sum of a row: eight bytes of BLAKE2b over its columns. SQLite computes it with each write,
 * because the schema names row_sum() in a stored column; whoever checks the store computes it
 * again. It finds what a disk or memory has changed. It does not stop somebody who can write the
 * file: that person can compute sums, too.
 */
#include "server/store/sqlite/sqlite.h"

#include "crypto/err.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SUM_LEN   8
#define QUERY_LEN 640

static void
sum_number(crypto_generichash_state *st, char type, uint64_t v)
{
	uint8_t b[9] = { (uint8_t)type };
	for (int i = 0; i < 8; i++)
		b[1 + i] = (uint8_t)(v >> 8 * i);
	crypto_generichash_update(st, b, sizeof(b));
}

/* row_sum(table, column, ...): type and length stand before each value, so that no two rows run
 * into each other. */
static void
row_sum(sqlite3_context *ctx, int cnt, sqlite3_value **value)
{
	crypto_generichash_state st;
	uint8_t sum[16];
	crypto_generichash_init(&st, NULL, 0, sizeof(sum));
	for (int i = 0; i < cnt; i++) {
		int type = sqlite3_value_type(value[i]);
		if (type == SQLITE_INTEGER) {
			sum_number(&st, 'i', (uint64_t)sqlite3_value_int64(value[i]));
		} else if (type == SQLITE_NULL) {
			sum_number(&st, 'n', 0);
		} else {
			const void *bytes = sqlite3_value_blob(value[i]);
			size_t len = (size_t)sqlite3_value_bytes(value[i]);
			sum_number(&st, type == SQLITE_TEXT ? 't' : 'b', len);
			if (len && bytes)
				crypto_generichash_update(&st, bytes, len);
		}
	}
	crypto_generichash_final(&st, sum, sizeof(sum));
	sqlite3_result_blob(ctx, sum, SUM_LEN, SQLITE_TRANSIENT);
}

int
sqlite_sums_add(sqlite3 *db)
{
	return sqlite_err(
		sqlite3_create_function_v2(db, "row_sum", -1,
					   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
					   NULL, row_sum, NULL, NULL, NULL));
}

int
sqlite_sums_check(sqlite3 *db, char why[static STORE_WHY_LEN])
{
	for (size_t i = 0; i < SQLITE_SUMMED_CNT; i++) {
		const struct sqlite_summed *t = &sqlite_summed[i];
		char query[QUERY_LEN];
		snprintf(query, sizeof(query),
			 "SELECT count(*) FROM %s WHERE sum IS NOT row_sum(%s)", t->table, t->sum);
		int64_t bad = sqlite_number(db, query, -1);
		if (!bad)
			continue;
		if (bad < 0)
			snprintf(why, STORE_WHY_LEN, "its table \"%s\" cannot be read to its end",
				 t->table);
		else
			snprintf(why, STORE_WHY_LEN,
				 "%lld rows of its table \"%s\" are not what was stored",
				 (long long)bad, t->table);
		return ERR_IO;
	}
	return 0;
}
