/*
 * Search over many cases that were opened: filling the index, putting one more case in, answering,
 * forgetting one; beside the primitive, which is the same FTS5 table in plain memory.
 *
 *   bench_search COUNT FOLDER    prints a line for each: a name and milliseconds
 *
 * The texts are made of the words of sample tips' size (about 200 signs) by chance, the same in
 * every run.
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/home/home_state.h"
#include "admin-cli/home/search.h"
#include "admin-cli/home/workspace.h"
#include "crypto/secret.h"

#define SIGNS   200  /* of a text */
#define KINDS   3000 /* of signs; common ones come more often, as in any language */
#define AT_ONCE 256  /* cases in a transaction */

static uint64_t chance = 1;
static struct session ses;
static sqlite3 *plain;
static sqlite3_stmt *plain_add;

static void
must(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "bench_search: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static unsigned
draw(unsigned below)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(chance >> 33) % below;
}

static size_t
put_sign(char *out, unsigned n)
{
	unsigned c = 0x4e00 + n;

	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 0x3f));
	out[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

static void
make_text(char *out)
{
	size_t n = 0;

	for (unsigned i = 0; i < SIGNS; i++) {
		n += put_sign(out + n, draw(1 + draw(1 + draw(KINDS))));
		if (i % 15 == 14)
			out[n++] = ',';
	}
	out[n] = '\0';
}

static void
open_home(const char *dir)
{
	struct home_gateway g = { .url = (char[]){ "unix:/nowhere" } };
	struct key_sign k;

	ses = (struct session){ .home_dir = dir };
	memset(g.card.id, 0x11, sizeof(g.card.id));
	key_sign_new(&k);
	key_sign_public(g.card.key, &k);
	key_sign_public(g.card.roots.key[0], &k);
	g.card.roots.cnt = g.card.roots.threshold = 1;
	must(home_gateway_save(&ses, &g, true) == DAVY_OK && home_open(&ses, false) == DAVY_OK,
	     "a home cannot be made there");
	ses.home->secret = secret_alloc(sizeof(*ses.home->secret));
	must(ses.home->secret != NULL, "memory");
	memset(ses.home->secret->keys.workspace, 7, 32);
	must(workspace_open(&ses) == DAVY_OK, "the workspace cannot be opened");
}

static void
id_of(uint8_t id[static 16], unsigned n)
{
	memset(id, 0, 16);
	memcpy(id, &n, sizeof(n));
}

static void
put_one(unsigned n, char *text)
{
	struct search_text t = { .day = 20000 + n / 100, .place = { text } };
	uint8_t id[16];

	id_of(id, n);
	must(search_put(ses.workspace, id, &t) == 0, "a case cannot be put in");
}

static void
plain_one(unsigned n, const char *text)
{
	static char words[SIGNS * 16];
	struct search_reader r;
	struct search_word w;
	size_t len = 0;

	search_words(&r, text, strlen(text));
	while (search_word_next(&r, &w))
		len += (size_t)snprintf(words + len, sizeof(words) - len, "%s ", w.text);
	sqlite3_bind_int64(plain_add, 1, n);
	sqlite3_bind_text(plain_add, 2, words, -1, SQLITE_STATIC);
	must(sqlite3_step(plain_add) == SQLITE_DONE, "the primitive");
	sqlite3_reset(plain_add);
}

static void
plain_open(void)
{
	must(sqlite3_open(":memory:", &plain) == SQLITE_OK &&
		     sqlite3_exec(plain,
				  "CREATE VIRTUAL TABLE hit USING fts5(tip, content = '', "
				  "tokenize = 'ascii')",
				  NULL, NULL, NULL) == SQLITE_OK &&
		     sqlite3_prepare_v2(plain, "INSERT INTO hit(rowid, tip) VALUES(?1, ?2)", -1,
					&plain_add, NULL) == SQLITE_OK,
	     "the primitive");
}

static double
fill(unsigned cnt, bool ours)
{
	static char text[SIGNS * 4];
	double began = now();

	chance = 1;
	for (unsigned i = 0; i < cnt; i++) {
		make_text(text);
		if (i % AT_ONCE == 0 && ours)
			must(workspace_begin(ses.workspace) == 0, "begin");
		if (i % AT_ONCE == 0 && !ours)
			must(sqlite3_exec(plain, "BEGIN", NULL, NULL, NULL) == SQLITE_OK, "begin");
		if (ours)
			put_one(i, text);
		else
			plain_one(i, text);
		bool last = i % AT_ONCE == AT_ONCE - 1 || i + 1 == cnt;
		if (last && ours)
			must(workspace_commit(ses.workspace) == 0, "commit");
		if (last && !ours)
			must(sqlite3_exec(plain, "COMMIT", NULL, NULL, NULL) == SQLITE_OK,
			     "commit");
	}
	return now() - began;
}

static double
add_some(unsigned from, unsigned cnt)
{
	static char text[SIGNS * 4];
	double began = now();

	for (unsigned i = 0; i < cnt; i++) {
		make_text(text);
		put_one(from + i, text);
	}
	return (now() - began) / cnt;
}

/* Questions of two signs: `rank` low: common ones. */
static double
ask(unsigned cnt, unsigned rank, bool ours, size_t *found)
{
	struct search_query *q = calloc(1, sizeof(*q));
	double spent = 0;

	must(q != NULL, "memory");
	chance = 7;
	for (unsigned i = 0; i < cnt; i++) {
		char text[8], sql[64];
		size_t n = put_sign(text, rank + draw(20)), got = 0;
		n += put_sign(text + n, rank + draw(20));
		text[n] = '\0';
		must(search_query_parse(q, text) == SEARCH_FINE, "query");
		q->limit = 50;
		snprintf(sql, sizeof(sql), "\"%s\"", text);
		double began = now();
		if (ours) {
			struct search_hit *hit;
			must(search_find(ses.workspace, q, &hit, &got) == 0, "find");
			free(hit);
		} else {
			sqlite3_stmt *s;
			must(sqlite3_prepare_v2(plain,
						"SELECT rowid FROM hit WHERE hit MATCH ?1 ORDER "
						"BY bm25(hit), rowid DESC LIMIT 50",
						-1, &s, NULL) == SQLITE_OK,
			     "ask");
			sqlite3_bind_text(s, 1, sql, -1, SQLITE_STATIC);
			while (sqlite3_step(s) == SQLITE_ROW)
				got++;
			sqlite3_finalize(s);
		}
		spent += now() - began;
		*found += got;
	}
	free(q);
	return spent / cnt;
}

int
main(int argc, char **argv)
{
	unsigned cnt = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	size_t rare = 0, common = 0, same = 0;
	uint8_t id[16];

	must(cnt > 1 && sodium_init() >= 0, "usage: bench_search COUNT FOLDER");
	open_home(argv[2]);
	plain_open();
	double a = fill(cnt, true), b = fill(cnt, false);
	printf("fill_ms %.0f\nplain_fill_ms %.0f\n", a, b);
	printf("add_ms %.2f\n", add_some(cnt, 50));
	workspace_close(&ses); /* what the next run of davy sees */
	must(workspace_open(&ses) == DAVY_OK, "the workspace cannot be opened again");
	a = ask(1, 400, true, &rare);
	printf("first_ms %.2f\n", a);
	rare = 0;
	a = ask(200, 400, true, &rare);
	b = ask(200, 400, false, &same);
	printf("rare_ms %.3f\nplain_rare_ms %.3f\nrare_found %zu\n", a, b, rare);
	a = ask(50, 1, true, &common);
	b = ask(50, 1, false, &same);
	printf("common_ms %.3f\nplain_common_ms %.3f\ncommon_found %zu\n", a, b, common);
	id_of(id, cnt / 2);
	a = now();
	must(search_forget(ses.workspace, id) == 0, "forget");
	printf("forget_ms %.0f\n", now() - a);
	workspace_close(&ses);
	home_close(&ses);
	session_end(&ses);
	sqlite3_finalize(plain_add);
	sqlite3_close(plain);
	return 0;
}
