/*
 * Runs SQL on a store that nothing else has open: for tests that change rows. The sqlite3 program
 * can read a store but not write it, because it lacks the function that computes the sums of rows.
 *
 *   store_sql FILE SQL
 */
#include "server/store/sqlite/sqlite.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int rc = 2;

	if (argc != 3) {
		fprintf(stderr, "usage: store_sql FILE SQL\n");
		return rc;
	}
	rc = sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) || sqlite_sums_add(db) ||
	     sqlite3_exec(db, argv[2], NULL, NULL, NULL);
	if (rc)
		fprintf(stderr, "store_sql: %s\n", db ? sqlite3_errmsg(db) : "out of memory");
	sqlite3_close(db);
	return rc;
}
