/* Search: the words of texts, what a person may ask for, the index in the encrypted workspace; that
 * no word lies in clear on the disk, and that a kill in the middle loses nothing and leaves
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/home/search.h"
#include "crypto/err.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_search.XXXXXX";
static struct session ses;

static void
start(struct session *c)
{
	cli_home_start(c, dir);
}

static int
setup(void **state)
{
	(void)state;
	return cli_home_make(dir);
}

static int
teardown(void **state)
{
	(void)state;
	return cli_home_remove(dir);
}

static int
empty(void **state)
{
	(void)state;
	start(&ses);
	assert_int_equal(search_clear(ses.workspace), 0);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	return 0;
}

static void
id_of(uint8_t id[static 16], unsigned n)
{
	memset(id, 0, 16);
	memcpy(id, &n, sizeof(n));
}

static void
put_in(unsigned n, enum search_place place, const char *text)
{
	struct search_text t = { .day = 20000 + n };
	uint8_t id[16];

	id_of(id, n);
	t.place[place] = (char *)text;
	assert_int_equal(search_put(ses.workspace, id, &t), 0);
}

/* How many cases fit; the first of them is *first. */
static size_t
find_all(struct search_query *q, unsigned *first)
{
	struct search_hit *hit;
	size_t cnt;

	q->limit = 1000;
	assert_int_equal(search_find(ses.workspace, q, &hit, &cnt), 0);
	if (cnt && first)
		memcpy(first, hit[0].id, sizeof(*first));
	free(hit);
	return cnt;
}

static size_t
find(const char *words)
{
	struct search_query *q = calloc(1, sizeof(*q));

	assert_int_equal(search_query_parse(q, words), SEARCH_FINE);
	size_t cnt = find_all(q, NULL);
	free(q);
	return cnt;
}

static void
test_words(void **state)
{
	static const struct {
		const char *text, *words;
	} all[] = {
		{ "安全出口", "安全 全出 出口 口" },
		{ "门, 锁", "门 锁" },
		{ "FR-01号门", "fr 01 号门 门" },
		{ "ＡＢ１２　门Ｃ", "ab12 门 c" },
		{ "Café CAFE\u0301", "cafe cafe" },
		{ "ガス ｶﾞｽ", "カス ス カス ス" },
		{ "", "" },
		{ "。！", "" },
		{ "\xff\xfe安\xff全", "安 全" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct search_reader r;
		struct search_word w;
		char got[256] = "";
		size_t n = 0;

		search_words(&r, all[i].text, strlen(all[i].text));
		while (search_word_next(&r, &w)) {
			assert_true(w.at < w.first && w.first <= w.end &&
				    w.end <= strlen(all[i].text));
			n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s", n ? " " : "",
					      w.text);
		}
		assert_string_equal(got, all[i].words);
	}
}

static void
test_query(void **state)
{
	static const struct {
		const char *text, *sql;
	} good[] = {
		{ "安全", "(\"安全\")" },
		{ "门", "(\"门\"*)" },
		{ "安全出口。", "(\"安全 全出 出口\")" },
		{ "Door", "(\"door\"*)" },
		{ "\"fire door\"", "(\"fire door\")" },
		{ "“fire door” 锁 -玩", "(\"fire door\" AND \"锁\"*) NOT (\"玩\"*)" },
		{ "-a b", "(\"b\"*) NOT (\"a\"*)" },
		{ "门3号", "(\"门 3 号\"*)" },
		/* what would mean something to FTS5 is a word, or nothing */
		{ "a OR b* NEAR(c) tip:d",
		  "(\"a\"* AND \"or\"* AND \"b\"* AND \"near c\"* AND \"tip d\"*)" },
	};
	static const struct {
		const char *text;
		enum search_fault fault;
	} bad[] = {
		{ "", SEARCH_NOTHING },
		{ "。 *", SEARCH_NOTHING },
		{ "-a -b", SEARCH_ONLY_NOT },
		{ "\"fire", SEARCH_QUOTE },
		{ "a \"", SEARCH_QUOTE },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", SEARCH_LONG },
	};
	struct search_query *q = calloc(1, sizeof(*q));
	char sql[400], text[SEARCH_QUERY + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(search_query_parse(q, good[i].text), SEARCH_FINE);
		assert_true(search_query_print(q, sql, sizeof(sql)));
		assert_string_equal(sql, good[i].sql);
		for (size_t cap = 1; cap <= strlen(sql); cap++)
			assert_false(search_query_print(q, text, cap));
		assert_int_equal(find(good[i].text), 0); /* and FTS5 takes it */
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(search_query_parse(q, bad[i].text), bad[i].fault);
	memset(text, 'a', sizeof(text));
	text[SEARCH_QUERY + 1] = '\0';
	assert_int_equal(search_query_parse(q, text), SEARCH_LONG);
	free(q);
}

static void
test_find(void **state)
{
	struct search_query *q = calloc(1, sizeof(*q));
	unsigned first = 0;

	(void)state;
	assert_int_equal(find("安全"), 0); /* nothing was ever put in */
	put_in(1, SEARCH_TIP, "后门用铁链锁住，安全出口打不开 The rear exit is LOCKED");
	put_in(2, SEARCH_NOTE, "甲矿三号井口 gas probe bagged; exit sign dark");
	put_in(3, SEARCH_TIP, "ｇａｓ 瓶");
	assert_int_equal(find("安全"), 1);
	assert_int_equal(find("全出"), 1);
	assert_int_equal(find("口"), 2);
	assert_int_equal(find("锁"), 1); /* the last sign before another */
	assert_int_equal(find("全口"), 0);
	assert_int_equal(find("lock"), 1); /* the beginning of a word */
	assert_int_equal(find("\"lock\""), 0);
	assert_int_equal(find("\"REAR exit\""), 1);
	assert_int_equal(find("\"exit rear\""), 0);
	assert_int_equal(find("gas"), 2);
	assert_int_equal(find("gas -瓶"), 1);
	assert_int_equal(find("exit gas"), 1);
	search_query_parse(q, "exit");
	q->places = 1u << SEARCH_NOTE;
	assert_int_equal(find_all(q, &first), 1);
	assert_int_equal(first, 2);
	q->places = 0;
	q->since = 20002;
	assert_int_equal(find_all(q, NULL), 1);
	q->since = 0;
	assert_int_equal(find_all(q, &first), 2);
	assert_int_equal(first, 1);    /* a word of a tip counts more than one of a note */
	put_in(1, SEARCH_TIP, "又来"); /* in place of what was there */
	assert_int_equal(find("安全"), 0);
	assert_int_equal(find("又"), 1);
	free(q);
}

/* A random text of a few signs, so that pairs come again, with words and signs between. */
static void
random_text(char *out, size_t cap)
{
	static const char *const sign[] = { "门", "锁", "安",   "全", "井", "口",
					    "，", " ",  "gas ", "Ｋ", "7",  "火" };
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < 40 && n + 8 < cap; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s", sign[randombytes_uniform(12)]);
}

static bool
is_han(const char *s)
{
	return ((unsigned char)*s & 0xf0) == 0xe0 && (unsigned char)*s < 0xea &&
	       (unsigned char)*s > 0xe3;
}

/* Every two signs that stand side by side are found, and no text that does not have them. */
static void
test_pairs(void **state)
{
	static char text[60][200];
	char pair[7];

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		random_text(text[i], sizeof(text[i]));
		put_in(i, i % SEARCH__MAX, text[i]);
	}
	for (unsigned i = 0; i < 60; i++)
		for (const char *s = text[i]; *s; s++) {
			size_t want = 0;

			if (!is_han(s) || !is_han(s + 3))
				continue;
			memcpy(pair, s, 6);
			pair[6] = '\0';
			for (unsigned k = 0; k < 60; k++)
				want += strstr(text[k], pair) != NULL;
			assert_int_equal(find(pair), want);
			pair[3] = '\0';
			want = 0;
			for (unsigned k = 0; k < 60; k++)
				want += strstr(text[k], pair) != NULL;
			assert_int_equal(find(pair), want);
		}
}

static const char *secret_word;
static size_t seen;

static int
grep_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)walk;
	if (type != FTW_F)
		return 0;
	FILE *f = fopen(path, "rb");
	char *buf = malloc((size_t)st->st_size + 1);
	size_t n = f && buf ? fread(buf, 1, (size_t)st->st_size, f) : 0;

	seen += memmem(buf, n, secret_word, strlen(secret_word)) != NULL;
	free(buf);
	if (f)
		fclose(f);
	return 0;
}

static size_t
grep_home(const char *word)
{
	secret_word = word;
	seen = 0;
	assert_int_equal(nftw(dir, grep_one, 8, FTW_PHYS), 0);
	return seen;
}

static void
test_sealed(void **state)
{
	char plain[256];

	(void)state;
	snprintf(plain, sizeof(plain), "%s/plain", dir);
	FILE *f = fopen(plain, "w");
	assert_non_null(f);
	fputs("canary", f);
	fclose(f);
	assert_int_equal(grep_home("canary"), 1); /* the search itself works */
	remove(plain);
	assert_int_equal(workspace_begin(ses.workspace), 0);
	for (unsigned i = 0; i < 300; i++)
		put_in(i, SEARCH_TIP, "canary 金丝雀在井下");
	assert_int_equal(grep_home("canary"), 0);
	assert_int_equal(workspace_commit(ses.workspace), 0);
	assert_int_equal(find("丝雀"), 300);
	static const char *const word[] = { "canary", "金丝", "丝雀", "SQLite format 3 of fts5",
					    "fts5" };
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		assert_int_equal(grep_home(word[i]), 0);
	cli_home_stop(&ses);
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		assert_int_equal(grep_home(word[i]), 0);
	start(&ses);
	assert_int_equal(find("丝雀"), 300);
}

/* Counts the pages in which the bytes of a word stand, inside the encryption. */
static int
page_has(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	const char *word = arg;

	(void)key;
	(void)key_len;
	seen += memmem(val, len, word, strlen(word)) != NULL;
	return 0;
}

static size_t
pages_with(char *word)
{
	seen = 0;
	assert_int_equal(workspace_each(ses.workspace, WORKSPACE_SEARCH_PAGE, page_has, word), 0);
	assert_int_equal(workspace_each(ses.workspace, WORKSPACE_SEARCH_TEXT, page_has, word), 0);
	return seen;
}

static void
test_forget(void **state)
{
	char word[] = "quokka";
	uint8_t id[16];

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		put_in(i, SEARCH_TIP, i == 77 ? "quokka 袋鼠" : "other 其他");
	assert_int_equal(find("quokka"), 1);
	assert_true(pages_with(word) > 0);
	id_of(id, 77);
	assert_int_equal(search_forget(ses.workspace, id), 0);
	assert_int_equal(find("quokka"), 0);
	assert_int_equal(find("袋鼠"), 0);
	assert_int_equal(find("其他"), 199);
	/* not even inside the encryption: nor in pages that are free */
	assert_int_equal(pages_with(word), 0);
	assert_int_equal(search_forget(ses.workspace, id), 0);
	assert_int_equal(search_clear(ses.workspace), 0);
	assert_int_equal(find("其他"), 0);
}

static void
test_rollback(void **state)
{
	(void)state;
	put_in(1, SEARCH_TIP, "first");
	assert_int_equal(workspace_begin(ses.workspace), 0);
	put_in(1, SEARCH_TIP, "second");
	put_in(2, SEARCH_TIP, "third");
	workspace_abort(ses.workspace);
	assert_int_equal(find("first"), 1);
	assert_int_equal(find("second"), 0);
	assert_int_equal(find("third"), 0);
	put_in(2, SEARCH_TIP, "fourth");
	assert_int_equal(find("fourth"), 1);
}

/* Another process changes the index while this one has it open. */
static void
test_two(void **state)
{
	struct session other;

	(void)state;
	put_in(1, SEARCH_TIP, "first");
	start(&other);
	struct session mine = ses;
	ses = other;
	assert_int_equal(find("first"), 1);
	for (unsigned i = 2; i < 40; i++)
		put_in(i, SEARCH_TIP, "another first");
	other = ses;
	ses = mine;
	assert_int_equal(find("another"), 38);
	put_in(1, SEARCH_TIP, "gone");
	mine = ses;
	ses = other;
	assert_int_equal(find("first"), 38);
	assert_int_equal(find("gone"), 1);
	cli_home_stop(&ses);
	ses = mine;
}

/* A process that is killed at any moment leaves an index that answers, and loses at most the case
 * that it was about to put in. */
static void
test_kill(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	for (unsigned round = 0; round < 12; round++) {
		int pipe_fd[2];
		unsigned n, last = 0;

		assert_int_equal(pipe(pipe_fd), 0);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (!pid) {
			start(&ses);
			for (n = 1;; n++) {
				put_in(n, SEARCH_TIP, "kept 井下");
				if (write(pipe_fd[1], &n, sizeof(n)) != sizeof(n))
					_exit(1);
			}
		}
		close(pipe_fd[1]);
		usleep(3000 + randombytes_uniform(60000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(pipe_fd[0], &n, sizeof(n)) == sizeof(n))
			last = n;
		close(pipe_fd[0]);
		start(&ses);
		size_t cnt = find("井下");
		assert_true(cnt == last || cnt == last + 1);
		assert_int_equal(find("kept"), cnt);
		assert_int_equal(search_clear(ses.workspace), 0);
		cli_home_stop(&ses);
	}
	start(&ses);
}

/* An index that is damaged is emptied, and does not keep a case from being stored. */
static void
test_damage(void **state)
{
	static const uint8_t junk[4096] = { 1, 2, 3 };
	uint8_t key[4] = { 0 };
	struct search_text t = { .place = { (char[]){ "two" } } };
	uint8_t id[16];

	(void)state;
	put_in(1, SEARCH_TIP, "one");
	assert_int_equal(search_whole_set(ses.workspace, true), 0);
	cli_home_stop(&ses);
	start(&ses);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_SEARCH_PAGE, key, sizeof(key), junk,
				       sizeof(junk)),
			 0);
	id_of(id, 2);
	assert_int_equal(workspace_begin(ses.workspace), 0);
	assert_int_not_equal(search_put(ses.workspace, id, &t), 0);
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_NOTE, "case", 4, "kept", 4), 0);
	assert_int_equal(workspace_commit(ses.workspace), 0);
	assert_true(workspace_has(ses.workspace, WORKSPACE_NOTE, "case", 4));
	assert_false(search_whole(ses.workspace)); /* so the next search fills it */
	id_of(id, 1);
	assert_false(search_has(ses.workspace, id));
	put_in(1, SEARCH_TIP, "one");
	assert_int_equal(find("one"), 1);
}

/* An index of another version is emptied when it is first used. */
static void
test_version(void **state)
{
	static const uint8_t old[9] = { 99, 0, 0, 0, 1, 0, 0, 0, 1 };

	(void)state;
	put_in(1, SEARCH_TIP, "one");
	assert_int_equal(search_whole_set(ses.workspace, true), 0);
	assert_true(search_whole(ses.workspace));
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_META, "search", 6, old,
				       sizeof(old)),
			 0);
	cli_home_stop(&ses);
	start(&ses);
	assert_false(search_whole(ses.workspace));
	put_in(2, SEARCH_TIP, "one");
	assert_int_equal(find("one"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test_setup_teardown(test_query, empty, leave),
		cmocka_unit_test_setup_teardown(test_find, empty, leave),
		cmocka_unit_test_setup_teardown(test_pairs, empty, leave),
		cmocka_unit_test_setup_teardown(test_sealed, empty, leave),
		cmocka_unit_test_setup_teardown(test_forget, empty, leave),
		cmocka_unit_test_setup_teardown(test_rollback, empty, leave),
		cmocka_unit_test_setup_teardown(test_two, empty, leave),
		cmocka_unit_test_setup_teardown(test_kill, empty, leave),
		cmocka_unit_test_setup_teardown(test_damage, empty, leave),
		cmocka_unit_test_setup_teardown(test_version, empty, leave),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
