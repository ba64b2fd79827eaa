/*
 * A SQLite database inside the workspace: each of its pages is a record (WORKSPACE_SEARCH_PAGE), so
 * that it lies on the disk encrypted, only pages that are needed are read, and only pages that have
 * changed are written. It has no file, no log and no temporary file of its own.
 *
 * It is written inside a transaction of the workspace and read inside one (workspace_begin,
 * workspace_begin_read). What it holds in memory is written by pages_settle() before that
 * transaction ends, so both are kept or neither is.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <sqlite3.h>

struct workspace;
struct pages;

/* Opens it; an empty one where there is none. NULL: no memory, or it cannot be read. */
struct pages *pages_open(struct workspace *ws);
void pages_close(struct pages *p);
/* Borrowed until pages_close(). */
sqlite3 *pages_db(const struct pages *p);
/* Begins to change it, where it was not begun; pages_settle() writes what has changed. Without
 * settling, pages_close() forgets it. 0 or ERR_IO. */
int pages_begin(struct pages *p) __attribute__((warn_unused_result));
int pages_settle(struct pages *p) __attribute__((warn_unused_result));

#endif
