/* The store of a fixture, of either engine; see fixture_store.h. */
#include "tests/lib/fixture_store.h"

#include "server/store/sqlite/sqlite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	pid_t keeper, psql;
	int sock, to;
	FILE *from;
	char conninfo[400], schema[32];
} pg;

static const char *
server(void)
{
	return getenv("DAVYLAMP_TEST_STORE");
}

bool
fixture_is_pg(void)
{
	return server() != NULL;
}

static void
must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fixture: %s\n", what);
	exit(1);
}

/* A psql that runs as long as the fixture: a statement goes in by its standard input. */
static void
psql_start(const char *where)
{
	int in[2], out[2];
	must(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC), "no pipe");
	pg.psql = fork();
	if (!pg.psql) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execlp("psql", "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", where, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	pg.to = in[1];
	pg.from = fdopen(out[0], "r");
	must(pg.psql > 0 && pg.from, "no psql");
}

static void
psql_end(void)
{
	close(pg.to);
	fclose(pg.from);
	must(waitpid(pg.psql, NULL, 0) == pg.psql, "no psql");
}

/* Runs statements; their first line into dst, "" where they give none. */
static void
psql(const char *query, char *dst, size_t cap)
{
	char line[128];
	dst[0] = 0;
	must(dprintf(pg.to, "%s;\n\\echo end\n", query) > 0, query);
	while (fgets(line, sizeof(line), pg.from) && strcmp(line, "end\n") != 0)
		if (!dst[0])
			snprintf(dst, cap, "%.30s", line);
	must(!ferror(pg.from) && !feof(pg.from), query);
}

static void
keeper_start(void)
{
	char program[256], fd[16];
	int sv[2];
	const char *build = getenv("BUILD");
	snprintf(program, sizeof(program), "%s/davylamp-db", build ? build : "build");
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), "no socket pair");
	fcntl(sv[0], F_SETFD, FD_CLOEXEC);
	pg.sock = sv[0];
	pg.keeper = fork();
	if (!pg.keeper) {
		snprintf(fd, sizeof(fd), "%d", sv[1]);
		execl(program, program, "--keeper", fd, pg.conninfo, NULL);
		_exit(127);
	}
	close(sv[1]);
	must(pg.keeper > 0, "no process");
}

void
fixture_store_new(char place[static 96], const char *dir)
{
	static unsigned cnt;
	char text[96], out[64];
	if (!fixture_is_pg()) {
		snprintf(place, 96, "%s/t.db", dir);
		return;
	}
	snprintf(pg.schema, sizeof(pg.schema), "t%d_%u", (int)getpid(), ++cnt);
	snprintf(pg.conninfo, sizeof(pg.conninfo), "%s options='-c search_path=%s'", server(),
		 pg.schema);
	psql_start(pg.conninfo);
	snprintf(text, sizeof(text), "CREATE SCHEMA %s", pg.schema);
	psql(text, out, sizeof(out));
	keeper_start();
	snprintf(place, 96, "postgresql:@%d", pg.sock);
}

void
fixture_store_end(const char *place)
{
	static const char *const suffix[] = { "", "-wal", "-mark", "-journal" };
	char text[128], out[64];
	if (fixture_is_pg()) {
		close(pg.sock);
		waitpid(pg.keeper, NULL, 0);
		snprintf(text, sizeof(text),
			 "SET client_min_messages = error; DROP SCHEMA %s CASCADE", pg.schema);
		psql(text, out, sizeof(out));
		psql_end();
		return;
	}
	for (size_t i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "%s%s", place, suffix[i]);
		unlink(text);
	}
}

int64_t
fixture_store_number(struct store *s, const char *query)
{
	char out[64];
	if (!fixture_is_pg())
		return sqlite_number(sqlite_of(s)->db, query, -1);
	psql(query, out, sizeof(out));
	return out[0] ? (int64_t)strtoll(out, NULL, 10) : -1;
}
