/*
 * davylamp-db, the program beside davyd that speaks to a PostgreSQL server. It is started once,
 * before the parent enters its sandbox, in which no program can be started; it keeps its own worker
 * running (server/db/db.c).
 */
#ifndef SERVER_PARENT_DB_H
#define SERVER_PARENT_DB_H

#include "server/base/conf.h"

#include <sys/types.h>

struct parent_db {
	pid_t pid; /* 0: none */
	int sock;  /* the vault's end; -1: none */
};

/* Does nothing where the store is a folder. copy: for davyd copy. A sentence on failure. */
int parent_db_start(struct parent_db *db, const struct conf *conf, bool copy,
		    char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));

#endif
