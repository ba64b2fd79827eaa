/*
 * The store of a fixture. It lies in a file, as SQLite's; or, where DAVYLAMP_TEST_STORE names the
 * address of a PostgreSQL server (tests/server/pg_unit.test.mjs starts one), in a schema of its own
 * there, behind a davylamp-db of its own.
 */
#ifndef TESTS_FIXTURE_STORE_H
#define TESTS_FIXTURE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

bool fixture_is_pg(void);
/* Makes room for one: its place for store_open. */
void fixture_store_new(char place[static 96], const char *dir);
void fixture_store_end(const char *place);
/* One number from the database of that store, from what is committed; -1 where there is none. */
int64_t fixture_store_number(struct store *s, const char *query);

#endif
