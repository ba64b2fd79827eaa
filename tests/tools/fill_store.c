/*
 * Fills a store that davyd has made with cases, each with its tip, through the store's own
 * functions, without a sync: for the bench of stores of different size. Nothing else may have the
 * store open.
 *
 *   fill_store FILE COUNT
 */
#include "server/store/sqlite/sqlite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define AT_ONCE 2000

static int
run(struct store *s, const char *text)
{
	return sqlite3_exec(sqlite_of(s)->db, text, NULL, NULL, NULL);
}

static int
fill(struct store *s, unsigned long cnt)
{
	static uint8_t body[STORE_BODY_LEN];
	int err = 0;

	randombytes_buf(body, sizeof(body));
	for (unsigned long i = 0; !err && i < cnt; i++) {
		struct store_entry tip = { .thread = FRAME_SOURCE, .day = 20000 };
		struct store_log log = { .kind = FRAME_CASE,
					 .desk = (uint16_t)(1 + i % 3),
					 .day = 20000,
					 .source_cnt = 1,
					 .entries = 1,
					 .bytes = STORE_BODY_LEN,
					 .read_due = 1000000,
					 .answer_due = 1000000 };
		randombytes_buf(log.id, sizeof(log.id));
		randombytes_buf(log.proof, sizeof(log.proof));
		randombytes_buf(tip.stub, sizeof(tip.stub));
		memcpy(body, log.id, sizeof(log.id));
		key_sha256(tip.hash, body, FRAME_BODY_LEN); /* a backup checks it */
		if (i % AT_ONCE == 0)
			err = store_begin(s);
		if (!err)
			err = store_log_add(s, &log);
		if (!err)
			err = store_entry_add(s, log.n, &tip, body);
		if (!err && (i % AT_ONCE == AT_ONCE - 1 || i + 1 == cnt))
			err = store_commit(s);
	}
	return err;
}

int
main(int argc, char **argv)
{
	struct store *s;
	char why[STORE_WHY_LEN] = "out of memory";

	if (argc != 3 || sodium_init() < 0) {
		fprintf(stderr, "usage: fill_store FILE COUNT\n");
		return 2;
	}
	if (store_open(&s, argv[1], why)) {
		fprintf(stderr, "fill_store: %s\n", why);
		return 1;
	}
	/* Without the write-ahead log: every page is written once. */
	int err = run(
		s,
		"PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -524288");
	if (!err)
		err = fill(s, strtoul(argv[2], NULL, 10));
	/* As after a night: the places of these cases are not mixed while somebody measures. */
	if (!err)
		err = run(s, "UPDATE log SET fresh = 0");
	if (!err)
		err = run(s, "PRAGMA journal_mode = WAL");
	if (err)
		fprintf(stderr, "fill_store: failed (%d): %s\n", err,
			sqlite3_errmsg(sqlite_of(s)->db));
	store_close(s);
	return err ? 1 : 0;
}
