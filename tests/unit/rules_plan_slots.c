/*
 * The slots of a plan: how they are spread, that every one is filled, that a need never waits long
 * and changes nothing that was decided before it came, and that the number of visits stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "crypto/err.h"

#define SITES 60
#define DAY   20800u /* the first day of the period */

static uint64_t threshold[SITES];
static uint32_t order[200];
static uint8_t hour[200], seed[32];
static struct plan_body body;
static struct plan_slots in;
static struct plan_slot *slot;
static size_t cnt;

static void
prepare(size_t days, size_t m, size_t d)
{
	free(body.slot);
	free(slot);
	memset(&body, 0, sizeof(body));
	body.from = DAY;
	body.until = DAY + (uint32_t)days - 1;
	randombytes_buf(body.plan, sizeof(body.plan));
	randombytes_buf(seed, sizeof(seed));
	assert_int_equal(plan_slots_days(&body, m, d, SLOT_WEEK), 0);
	cnt = body.drawn + body.free;
	slot = calloc(cnt, sizeof(*slot));
	for (size_t i = 0; i < SITES; i++)
		threshold[i] = plan_threshold(((double)(i % 7) + 1) / 10);
	for (size_t i = 0; i < m; i++) {
		order[i] = (uint32_t)(SITES - 1 - i);
		hour[i] = (uint8_t)randombytes_uniform(24);
	}
	in = (struct plan_slots){ .plan = &body,
				  .order = order,
				  .hour = hour,
				  .threshold = threshold,
				  .sites = SITES,
				  .seed = seed };
}

static void
fill_all(struct plan_need *need, size_t needs)
{
	in.need = need;
	in.needs = needs;
	assert_int_equal(plan_slots_fill(slot, &in), 0);
}

static struct plan_need
need_of(uint32_t taken, uint32_t site)
{
	struct plan_need n = { .taken = taken, .site = site };

	randombytes_buf(n.id, sizeof(n.id));
	return n;
}

static size_t
count(enum slot_filling filling)
{
	size_t n = 0;

	for (size_t k = 0; k < cnt; k++)
		n += slot[k].filling == filling;
	return n;
}

/* The numbers asked for, one slot a day at least, three of ten visits free, and never more than
 * two days without a free slot, whatever is asked for. */
static void
days(void **state)
{
	(void)state;
	for (size_t period = 3; period <= 100; period += 7)
		for (size_t visits = 2; visits <= 80; visits += 3) {
			size_t d = (2 * visits + 4) / 5, free_cnt = 0;
			uint32_t last = DAY - 1; /* of the period before */
			prepare(period, visits - d, d);
			assert_int_equal(body.drawn, visits - d);
			assert_int_equal(plan_discretionary(&body), d);
			assert_true(cnt >= period && body.standby >= d);
			for (size_t k = 0; k < body.free; k++) {
				uint32_t day = body.slot[body.drawn + k];
				assert_true(day >= last && day - last <= SLOT_GAP);
				last = day;
				free_cnt++;
			}
			assert_int_equal(body.until, last);
			assert_true(free_cnt * 7 >= period * 3);
		}
	/* The policy: of seven slots a week three are drawn, two discretionary, two stand-by. */
	prepare(28, 12, 8);
	assert_int_equal(body.standby, 8);
	assert_int_equal(cnt, 28);
}

/* Hours of a slot, whatever it holds. */
static void
hours(void **state)
{
	unsigned drilled = 0;
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	for (size_t k = 0; k < cnt; k++) {
		const struct plan_slot *s = &slot[k];
		assert_true(!k || s->hour0 >= slot[k - 1].hour0);
		drilled += s->drill;
		if (s->drill) {
			assert_true(s->drawn && s->hour0 == s->depart && s->seal == s->depart);
			assert_int_equal(plan_slot_hour(s), (s->depart + 8) % 24);
			continue;
		}
		assert_int_equal(s->hour0, (s->day - 1) * 24 - 8);
		assert_true(s->seal >= s->hour0 - 36 && s->seal < s->hour0 - 12);
		assert_true(s->depart >= s->hour0 + 24 && s->depart < s->hour0 + 48);
		assert_int_equal(plan_slot_hour(s), (s->depart + 8) % 24);
	}
	assert_int_equal(drilled, 1); /* two a quarter */
	assert_int_equal(count(SLOT_DRAWN), 12);
	assert_int_equal(count(SLOT_PRIVATE), 8);
	assert_int_equal(count(SLOT_STANDBY), 8);
}

/* S1 goes at once: it takes no slot, and one later visit becomes stand-by. One that is given back
 * before its order could be sealed has no slot any more, and leaves everything as it was. */
static void
urgent_and_gone(void **state)
{
	static struct plan_slot before[100];
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	memcpy(before, slot, cnt * sizeof(*slot));
	struct plan_need need = need_of(DAY * 24, 3);
	need.urgent = true;
	fill_all(&need, 1);
	assert_int_equal(need.slot, SIZE_MAX);
	assert_int_equal(count(SLOT_PRIVATE), 7);
	assert_int_equal(count(SLOT_STANDBY), 9);
	for (size_t k = 0; k < cnt; k++)
		assert_true(slot[k].cut > need.taken || slot[k].filling == before[k].filling);
	need.urgent = false;
	fill_all(&need, 1);
	size_t had = need.slot;
	need.gone = slot[had].cut;
	fill_all(&need, 1);
	assert_int_equal(need.slot, SIZE_MAX);
	assert_memory_equal(before, slot, cnt * sizeof(*slot));
	need.gone++; /* an order with it may have been sealed */
	fill_all(&need, 1);
	assert_int_equal(need.slot, had);
}

/* A drawn slot holds what the draw says; no site is visited twice. */
static void
sites(void **state)
{
	(void)state;
	prepare(28, 12, 8);
	fill_all(NULL, 0);
	for (size_t i = 0; i < cnt; i++) {
		for (size_t k = 0; slot[i].drawn && k < body.drawn; k++)
			if (body.slot[k] == slot[i].day)
				assert_int_equal(slot[i].site, order[k]);
		for (size_t k = 0; k < i; k++)
			if (slot[i].filling != SLOT_STANDBY && slot[k].filling != SLOT_STANDBY)
				assert_int_not_equal(slot[i].site, slot[k].site);
	}
}

/* A need takes the next free slot that nobody may have sealed. As many visits as before. */
static void
next_slot(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		prepare(28, 12, 8);
		uint32_t taken = DAY * 24 - 72 + randombytes_uniform(20 * 24);
		struct plan_need need = need_of(taken, 3);
		fill_all(NULL, 0);
		size_t want = SIZE_MAX;
		for (size_t k = 0; k < cnt && want == SIZE_MAX; k++)
			want = !slot[k].drawn && slot[k].cut > taken ? k : SIZE_MAX;
		fill_all(&need, 1);
		assert_int_equal(need.slot, want);
		assert_false(need.rides);
		assert_int_equal(slot[want].filling, SLOT_NEED);
		assert_int_equal(slot[want].site, 3);
		assert_int_equal(slot[want].need, 0);
		assert_int_equal(count(SLOT_NEED) + count(SLOT_PRIVATE), 8);
		assert_int_equal(count(SLOT_STANDBY), 8);
		assert_true(slot[want].depart - taken < (2 * 24 + 36 + 48));
		for (size_t k = 0; k < cnt; k++)
			assert_true(k <= want || slot[k].site != 3);
	}
}

/* What was decided for a slot before its cut does not change when further needs come, in whatever
 * order: nobody finds an order sealed that says something else. */
static void
final(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		struct plan_need need[6], some[6];
		static struct plan_slot before[100];
		prepare(28, 12, 8);
		for (size_t i = 0; i < 6; i++)
			need[i] = need_of(DAY * 24 - 100 + randombytes_uniform(25 * 24),
					  (uint32_t)i + 1);
		fill_all(need, 6);
		memcpy(before, slot, cnt * sizeof(*slot));
		for (size_t known = 0; known < 6; known++) {
			/* need[] is in the order in which they were taken. */
			memcpy(some, need, sizeof(need));
			fill_all(some, known);
			for (size_t k = 0; k < cnt; k++) {
				if (slot[k].cut > need[known].taken)
					continue;
				assert_int_equal(slot[k].filling, before[k].filling);
				assert_int_equal(slot[k].site, before[k].site);
			}
		}
	}
}

/* A site that is drawn anyway: the need rides on that visit, if it comes in time. */
static void
rides(void **state)
{
	unsigned rode = 0;
	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		prepare(28, 12, 8);
		struct plan_need need = need_of(DAY * 24 - 100 + randombytes_uniform(20 * 24),
						order[randombytes_uniform(12)]);
		need.due = need.taken + 7 * 24;
		fill_all(&need, 1);
		rode += need.rides;
		assert_true(slot[need.slot].cut > need.taken);
		assert_int_equal(slot[need.slot].site, need.site);
		assert_true(slot[need.slot].drawn == need.rides);
		assert_true(slot[need.slot].depart <= need.due);
		assert_int_equal(count(SLOT_STANDBY), 8);
	}
	assert_true(rode > 5 && rode < 95);
}

/* More needs than discretionary visits: the rest is told that no slot is left, and the number of
 * visits still stays. The same for one that comes after the last cut. */
static void
full(void **state)
{
	struct plan_need need[12], late;
	unsigned placed = 0;
	(void)state;
	prepare(28, 12, 8);
	for (size_t i = 0; i < 12; i++)
		need[i] = need_of(DAY * 24 - 100, (uint32_t)i + 1);
	fill_all(need, 12);
	for (size_t i = 0; i < 12; i++)
		placed += need[i].slot != SIZE_MAX;
	assert_int_equal(placed, 8);
	assert_int_equal(count(SLOT_NEED), 8);
	assert_int_equal(count(SLOT_STANDBY), 8);
	late = need_of((body.until + 1) * 24, 2);
	fill_all(&late, 1);
	assert_int_equal(late.slot, SIZE_MAX);
}

/* Two planners with the same books fill alike; another seed fills otherwise. */
static void
alike(void **state)
{
	struct plan_need need[3], turned[3];
	static struct plan_slot first[100];
	bool same = true;
	(void)state;
	prepare(28, 12, 8);
	for (size_t i = 0; i < 3; i++)
		turned[2 - i] = need[i] = need_of(DAY * 24 + (uint32_t)i * 50, (uint32_t)i + 1);
	fill_all(need, 3);
	memcpy(first, slot, cnt * sizeof(*slot));
	fill_all(turned, 3);
	assert_memory_equal(first, slot, cnt * sizeof(*slot));
	seed[0] ^= 1;
	fill_all(need, 3);
	for (size_t k = 0; k < cnt; k++)
		same = same && first[k].seal == slot[k].seal;
	assert_false(same);
}

/* Which free slots are visits is drawn evenly. */
static void
even(void **state)
{
	unsigned seen[16] = { 0 };
	(void)state;
	for (unsigned round = 0; round < 4000; round++) {
		size_t at = 0;
		prepare(28, 12, 8);
		fill_all(NULL, 0);
		for (size_t k = 0; k < cnt; k++)
			if (!slot[k].drawn)
				seen[at++] += slot[k].filling == SLOT_PRIVATE;
	}
	for (size_t k = 0; k < 16; k++)
		assert_in_range(seen[k], 2000 - 160, 2000 + 160); /* five deviations */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days),  cmocka_unit_test(hours),
		cmocka_unit_test(sites), cmocka_unit_test(next_slot),
		cmocka_unit_test(final), cmocka_unit_test(rides),
		cmocka_unit_test(full),  cmocka_unit_test(alike),
		cmocka_unit_test(even),  cmocka_unit_test(urgent_and_gone),
	};
	if (sodium_init() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(body.slot);
	free(slot);
	return failed;
}
