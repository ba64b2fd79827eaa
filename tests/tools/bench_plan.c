/*
 * A plan of 200 drawn visits among 5,000 sites: from the register's text to the list with its
 * hours, and of this the fit of the coins and one draw, beside the ChaCha20 that the draw takes.
 * Prints microseconds, medians of several rounds.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/plan/verify.h"
#include "tests/tools/bench.h"

#define SITES  5000
#define VISITS 200
#define ROUNDS 15

static size_t
make_text(char *text, size_t cap)
{
	static const char *const sectors[] = { "COAL", "NCM", "HAZ", "FIRE", "OTH" };
	static const char *const tips[] = { "0", "0", "0", "1", "2+" };
	size_t at = (size_t)snprintf(text, cap, "id,name,sector,area,last_visit,tips\n");

	for (unsigned i = 0; i < SITES; i++)
		at += (size_t)snprintf(text + at, cap - at,
				       "s%u,Site %u,%s,9901%02u,2026-%02u-11,%s\n", i, i,
				       sectors[i % 5], i % 40, 1 + i % 9, tips[i % 7 % 5]);
	return at;
}

int
main(void)
{
	static char text[SITES * 64];
	static uint8_t bytes[SITES * 8];
	double whole[ROUNDS], fit[ROUNDS], draw[ROUNDS], chacha[ROUNDS];
	size_t len = make_text(text, sizeof(text));
	uint64_t tries_all = 0;

	if (sodium_init() < 0)
		return 1;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t key[PLAN_KEY_LEN] = { (uint8_t)i }, hash[PLAN_HASH_LEN], hour[VISITS];
		uint32_t list[VISITS];
		struct plan_register r;
		struct plan_wrong wrong;
		struct plan_stream s;
		uint64_t *threshold;
		unsigned tries;
		char *table;
		size_t n;
		double begin = bench_now(CLOCK_MONOTONIC), t;

		must(plan_register_read(&r, text, len, &wrong), "register");
		t = bench_now(CLOCK_MONOTONIC);
		must(plan_thresholds(&threshold, &r, 20700, VISITS, PLAN_LEAST), "odds");
		fit[i] = bench_now(CLOCK_MONOTONIC) - t;
		must(plan_table_print(&table, &n, threshold, r.cnt), "table");
		crypto_hash_sha256(hash, (uint8_t *)table, n);
		must(plan_draw_key(key, key, key, "", hash), "key");
		plan_stream_init(&s, key);
		t = bench_now(CLOCK_MONOTONIC);
		must(plan_draw(&s, threshold, r.cnt, VISITS, list, &tries), "draw");
		draw[i] = (bench_now(CLOCK_MONOTONIC) - t) / tries;
		plan_shuffle(&s, list, VISITS);
		must(plan_hours(&s, hour, VISITS), "hours");
		whole[i] = bench_now(CLOCK_MONOTONIC) - begin;
		tries_all += tries;
		t = bench_now(CLOCK_MONOTONIC);
		randombytes_buf_deterministic(bytes, sizeof(bytes), key);
		chacha[i] = bench_now(CLOCK_MONOTONIC) - t;
		free(table);
		free(threshold);
		plan_register_free(&r);
	}
	printf("{\"whole\":%.0f,\"fit\":%.0f,\"attempt\":%.1f,\"chacha\":%.1f,\"tries\":%.1f}\n",
	       bench_median(whole, ROUNDS), bench_median(fit, ROUNDS), bench_median(draw, ROUNDS),
	       bench_median(chacha, ROUNDS), (double)tries_all / ROUNDS);
	return 0;
}
