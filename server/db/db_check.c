/*
 * Whether a server keeps what it has said it keeps. Judged at every connection and again in every
 * batch, because an administrator can change any of it while the server runs.
 */
#include "server/db/db.h"

#include <stdlib.h>
#include <string.h>

unsigned
db_standbys(const char *names)
{
	names += strspn(names, " ");
	if (!*names)
		return 0;
	if (!strncasecmp(names, "ANY ", 4) || !strncasecmp(names, "FIRST ", 6)) {
		names = strchr(names, ' ') + 1;
		return (unsigned)strtoul(names, NULL, 10);
	}
	/* "2 (a, b)" waits for two; a list of names, "a, b", for one. */
	char *end;
	unsigned long n = strtoul(names, &end, 10);
	end += strspn(end, " ");
	return n && *end == '(' ? (unsigned)n : 1;
}

enum pg_fail
db_check(struct db *db, const PGresult *r, int col)
{
	const char *const sync = PQgetvalue(r, 0, col + 2);
	if (strcmp(PQgetvalue(r, 0, col), "on") != 0)
		return db_say(db, PG_FAIL_REFUSED,
			      "the server has fsync = off: it loses what it has confirmed when its "
			      "machine stops; set fsync = on");
	if (strcmp(PQgetvalue(r, 0, col + 1), "on") != 0)
		return db_say(
			db, PG_FAIL_REFUSED,
			"the server has full_page_writes = off: a page may be damaged when its "
			"machine stops; set full_page_writes = on");
	if (strcmp(sync, "on") != 0 && strcmp(sync, "remote_apply") != 0)
		return db_say(
			db, PG_FAIL_REFUSED,
			"the server has synchronous_commit = %s: it confirms what it can still "
			"lose; set synchronous_commit = on",
			sync);
	unsigned standbys = db_standbys(PQgetvalue(r, 0, col + 3));
	if (standbys < db->conf->standbys)
		return db_say(db, PG_FAIL_REFUSED,
			      "synchronous_standby_names makes the server wait for %u standbys and "
			      "store_standbys asks for %u: add standbys there",
			      standbys, db->conf->standbys);
	if (strcmp(PQgetvalue(r, 0, col + 4), "off") != 0)
		return db_say(db, PG_FAIL_AWAY, "the server takes no writes: it is a standby");
	return 0;
}
