/*
 * Conflicts of interest: who is left out of a case and why, the draw that leaves members out
 * without a reason, what a declaration and a rota must say, and who may make and lift a list of
 * readers.
 */
#include "tests/unit/rules_fold.h"
#include "tests/unit/vector.h"

#include "admin-cli/rules/conflict.h"

#include <stdio.h>
#include <sodium.h>

static const uint8_t calm[CONFLICT_KEY_LEN] = { 0 }, seed[CONFLICT_SEED] = { 7 };

static json_t *
json(const char *text)
{
	json_t *v = json_loads(text, 0, NULL);

	assert_non_null(v);
	return v;
}

/* A file key that draws none of these members. */
static void
calm_key(uint8_t key[static CONFLICT_KEY_LEN], const struct conflict_member *m, size_t cnt)
{
	bool any = true;
	size_t i;

	memcpy(key, calm, CONFLICT_KEY_LEN);
	while (any) {
		key[0]++;
		for (any = false, i = 0; i < cnt; i++)
			any |= conflict_drawn(seed, key, m[i].handle);
	}
}

#define SHEET                                                                                      \
	"[{\"member\":\"0200000000000000\",\"kind\":\"UNIT\",\"body\":[\"红石 煤业\"]},"       \
	"{\"member\":\"0300000000000000\",\"kind\":\"HOME\",\"area\":[\"990100\"]},"               \
	"{\"member\":\"0400000000000000\",\"kind\":\"PAST\",\"area\":[\"990102\"],"                \
	"\"site\":[\"Lamp Pit\"]},"                                                                \
	"{\"member\":\"0500000000000000\",\"kind\":\"KIN\",\"area\":[\"990103\"]}]"

static void
test_reckon(void **state)
{
	struct conflict_member m[] = {
		{ .handle = { 1 }, .name = "省审核甲", .pair = true },
		{ .handle = { 2 }, .name = "省审核乙", .pair = true },
		{ .handle = { 3 }, .name = "省审核丙" },
		{ .handle = { 4 }, .name = "省审核丁" },
		{ .handle = { 5 }, .name = "省审核戊" },
		{ .handle = { 6 }, .name = "省审核己" },
		{ .handle = { 7 }, .name = "省审核庚", .hidden = true },
		{ .handle = { 8 }, .name = "省审核辛", .recused = true },
	};
	uint8_t key[CONFLICT_KEY_LEN];
	struct conflict_case c = {
		.tip = json(
			"{\"county\":\"990102\",\"where\":\"红石煤业二矿\",\"what\":\"lamp  PIT 漏水\","
			"\"keep_from_text\":\"不要让省审核己知道\"}"),
		.sheet = json(SHEET),
		.key = key,
		.seed = seed,
	};

	(void)state;
	calm_key(key, m, 8);
	/* a body and a site by their words, whatever blanks and capitals; a home by its city */
	assert_int_equal(conflict_reckon(&c, m, 8), 2);
	assert_int_equal(m[0].cause, CONFLICT_NONE);
	assert_int_equal(m[1].cause, CONFLICT_HARD);
	assert_string_equal(m[1].kind, "UNIT");
	assert_string_equal(m[1].word, "红石 煤业");
	assert_int_equal(m[2].cause, CONFLICT_SOFT);
	assert_int_equal(m[3].cause, CONFLICT_HARD);
	assert_int_equal(m[4].cause, CONFLICT_NONE); /* another county */
	assert_int_equal(m[5].cause, CONFLICT_NAME);
	assert_int_equal(m[6].cause, CONFLICT_BY_HAND);
	assert_int_equal(m[7].cause, CONFLICT_RECUSED);
	/* without the fifth only one would be left, so who lives there reads it */
	m[4].hidden = true;
	assert_int_equal(conflict_reckon(&c, m, 8), 2);
	assert_int_equal(m[2].cause, CONFLICT_NONE);
	/* who is bound to a body is bound to its group, whatever part of it the tip names; who
	 * declared a site is not; nor is anybody by a group that is not his */
	m[4].hidden = false;
	json_decref((json_t *)c.tip);
	c.tip = json("{\"county\":\"\",\"where\":\"赤岭 二井\",\"what\":\"x\"}");
	conflict_reckon(&c, m, 8);
	assert_int_equal(m[1].cause, CONFLICT_NONE);
	c.groups = json("[[\"青岭集团\",\"赤岭二井\"],[\"Lamp Pit\",\"赤岭二井\"]]");
	conflict_reckon(&c, m, 8);
	assert_int_equal(m[1].cause, CONFLICT_NONE);
	assert_null(m[1].group);
	assert_int_equal(m[3].cause, CONFLICT_NONE);
	json_decref((json_t *)c.groups);
	c.groups = json("[[\"青岭集团\",\"x y\"],[\"红石煤业有限公司\",\"赤岭二井\"]]");
	conflict_reckon(&c, m, 8);
	assert_int_equal(m[1].cause, CONFLICT_HARD);
	assert_string_equal(m[1].word, "赤岭二井");
	assert_ptr_equal(m[1].group, json_array_get(c.groups, 1)); /* and which group that is */
	json_decref((json_t *)c.groups);
	/* a group of many names is in several lists that begin alike */
	c.groups = json(
		"[[\"红岭控股\",\"红石煤业有限公司\"],[\"x y\",\"z z\"],[\"红岭控股\",\"赤岭二井\"]]");
	conflict_reckon(&c, m, 8);
	assert_int_equal(m[1].cause, CONFLICT_HARD);
	assert_string_equal(m[1].word, "赤岭二井");
	json_decref((json_t *)c.groups);
	c.groups = NULL;
	json_decref((json_t *)c.tip);
	m[4].hidden = true;
	c.tip = json("{\"county\":\"990102\",\"where\":\"红石煤业二矿\",\"what\":\"lamp  PIT\","
		     "\"keep_from_text\":\"省审核己\"}");
	/* what is hard stays hard, also where nobody is left */
	m[2].hidden = m[0].hidden = true;
	assert_int_equal(conflict_reckon(&c, m, 8), 0);
	json_decref((json_t *)c.tip);
	json_decref((json_t *)c.sheet);
	/* a tip that names nobody, and no sheet */
	c.tip = json("{\"county\":\"\",\"where\":\"x\",\"what\":\"y\"}");
	c.sheet = NULL;
	memset(&m[6], 0, sizeof(m[6]));
	m[6].name = "己"; /* one letter is no name */
	assert_int_equal(conflict_reckon(&c, m, 7), 4);
	json_decref((json_t *)c.tip);
	/* what triage names counts as well */
	c.tip = json("{\"county\":\"\",\"where\":\"x\",\"what\":\"y\"}");
	c.said = json("{\"regulator\":\"红石煤业\"}");
	c.sheet = json(SHEET);
	conflict_reckon(&c, m, 7);
	assert_int_equal(m[1].cause, CONFLICT_HARD);
	json_decref((json_t *)c.tip);
	json_decref((json_t *)c.said);
	json_decref((json_t *)c.sheet);
}

/* 10,000 keys, 8 members each: the share is a twentieth; members are drawn independently; the pair
 * never; and at least three are left however the keys fall. */
static void
test_draw(void **state)
{
	struct conflict_member m[8];
	uint8_t key[CONFLICT_KEY_LEN] = { 0 };
	struct conflict_case c = { .tip = json("{\"where\":\"x\",\"what\":\"y\"}"),
				   .key = key,
				   .seed = seed };
	unsigned by[8] = { 0 }, all = 0, both = 0, least = 8;

	(void)state;
	memset(m, 0, sizeof(m));
	for (unsigned i = 0; i < 8; i++) {
		m[i].handle[0] = (uint8_t)(i + 1);
		m[i].name = "";
		m[i].pair = i < 2;
	}
	for (unsigned n = 0; n < 10000; n++) {
		memcpy(key, &n, sizeof(n));
		size_t left = conflict_reckon(&c, m, 8);
		unsigned drawn = 0;
		for (unsigned i = 0; i < 8; i++) {
			assert_true(m[i].cause == CONFLICT_NONE || m[i].cause == CONFLICT_DRAWN);
			by[i] += m[i].cause == CONFLICT_DRAWN;
			drawn += m[i].cause == CONFLICT_DRAWN;
		}
		assert_int_equal(left, 8 - drawn);
		all += drawn;
		both += conflict_drawn(seed, key, m[2].handle) &&
			conflict_drawn(seed, key, m[3].handle);
		least = left < least ? (unsigned)left : least;
	}
	assert_int_equal(by[0] + by[1], 0);
	for (unsigned i = 2; i < 8; i++) /* 500 ± 5 sigma of 22 */
		assert_in_range(by[i], 390, 610);
	assert_in_range(all, 2700, 3300);
	assert_in_range(both, 5, 50); /* 25 ± 5 sigma of 5 */
	assert_true(least >= CONFLICT_LEFT);
	/* of four, one may go; of three, nobody */
	for (unsigned n = 0; n < 10000; n++) {
		memcpy(key, &n, sizeof(n));
		assert_true(conflict_reckon(&c, m, 4) >= 3);
		assert_int_equal(conflict_reckon(&c, m, 3), 3);
	}
	/* without a seed, nobody */
	c.seed = NULL;
	for (unsigned n = 0; n < 200; n++) {
		memcpy(key, &n, sizeof(n));
		assert_int_equal(conflict_reckon(&c, m, 8), 8);
	}
	json_decref((json_t *)c.tip);
	printf("# drawn: %u of 60000, least left %u\n", all, least);
}

/* The vectors; and who has the file key but not the seed learns nothing: over many seeds each key
 * draws each member one time in twenty, and two seeds agree no more often than chance. */
static void
test_seed(void **state)
{
	uint8_t one[CONFLICT_SEED] = { 1 }, key[CONFLICT_KEY_LEN], handle[8];
	unsigned cnt = 0, drawn = 0, both = 0;
	struct vector v;

	(void)state;
	vector_open(&v, "recusal");
	for (; vector_next(&v); cnt++) {
		vector_hex(&v, "seed", one, sizeof(one));
		vector_hex(&v, "file_key", key, sizeof(key));
		vector_hex(&v, "handle", handle, sizeof(handle));
		assert_int_equal(conflict_drawn(one, key, handle), vector_int(&v, "drawn"));
		drawn += conflict_drawn(one, key, handle);
	}
	assert_true(cnt >= 12 && drawn >= 2 && drawn < cnt);
	for (drawn = 0, cnt = 0; cnt < 20000; cnt++) {
		memcpy(one, &cnt, sizeof(cnt));
		bool hit = conflict_drawn(one, key, handle);

		drawn += hit;
		one[31] ^= 1;
		both += hit && conflict_drawn(one, key, handle);
		one[31] ^= 1;
	}
	assert_in_range(drawn, 850, 1150); /* 1000 ± 5 sigma of 31 */
	assert_in_range(both, 15, 85);     /* 50 ± 5 sigma of 7 */
}

static bool
complete(const char *text, bool rota)
{
	json_t *body = json(text);
	uint32_t until = 0;
	bool fits = rota ? conflict_rota_fits(body, DAY, &until) : conflict_complete(body, &until);

	json_decref(body);
	return fits;
}

#define CONFLICT(more) "{\"what\":\"conflict\",\"until\":\"2030-01-01\"" more "}"
#define SEED           "\"seed\":\"0102030405060708091011121314151617181920212223242526272829303132\""
#define PAIR           "\"pair\":[\"0100000000000000\",\"0200000000000000\"]," SEED
/* DAY is 2024-10-04 */
#define ROTA(more)                                                                                 \
	"{\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-11-03\"," PAIR more "}"

static void
test_complete(void **state)
{
	(void)state;
	assert_true(complete(CONFLICT(",\"kind\":\"UNIT\",\"body\":[\"红石\"]"), false));
	assert_true(complete(CONFLICT(",\"kind\":\"HOME\",\"area\":[\"990102001\"]"), false));
	assert_false(complete(CONFLICT(",\"kind\":\"UNIT\""), false));
	assert_false(complete(CONFLICT(",\"kind\":\"FOE\",\"body\":[\"红石\"]"), false));
	assert_false(complete(CONFLICT(",\"kind\":\"UNIT\",\"body\":[\"红\"]"), false));
	assert_false(complete(CONFLICT(",\"kind\":\"HOME\",\"area\":[\"9901\"]"), false));
	assert_false(
		complete("{\"what\":\"conflict\",\"kind\":\"UNIT\",\"body\":[\"红石\"]}", false));
	assert_true(complete(
		"{\"what\":\"recusal\",\"until\":\"2030-01-01\",\"kind\":\"KIN\",\"case\":" CASE_HEX
		"}",
		false));
	assert_false(complete("{\"what\":\"recusal\",\"until\":\"2030-01-01\",\"case\":" CASE_HEX
			      "}",
			      false));
	assert_true(complete("{\"what\":\"off\",\"until\":\"2030-01-01\",\"member\":"
			     "\"0100000000000000\",\"case\":" CASE_HEX "}",
			     false));
	assert_false(complete("{\"what\":\"off\",\"until\":\"2030-01-01\",\"case\":" CASE_HEX "}",
			      false));
	assert_true(complete(ROTA(""), true));
	assert_true(complete(ROTA(",\"sheet\":" SHEET), true));
	assert_true(complete(ROTA(",\"groups\":[[\"红石\",\"赤岭\"]]"), true));
	assert_false(complete(ROTA(",\"groups\":[[\"红石\"]]"), true));
	assert_false(complete(ROTA(",\"groups\":[[\"红石\",\"赤\"]]"), true));
	assert_false(complete(ROTA(",\"groups\":{}"), true));
	assert_false(complete(ROTA(",\"sheet\":[{\"member\":\"01\",\"kind\":\"UNIT\"}]"), true));
	assert_false(complete(ROTA(",\"sheet\":{}"), true));
	assert_false(
		complete("{\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-11-05\"," PAIR
			 "}",
			 true)); /* 32 days ahead */
	assert_false(
		complete("{\"what\":\"rota\",\"from\":\"2024-10-01\",\"until\":\"2024-11-04\"," PAIR
			 "}",
			 true)); /* too long */
	assert_false(complete("{\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-10-05\","
			      "\"pair\":[\"0100000000000000\",\"0100000000000000\"]," SEED "}",
			      true));
	/* a draw that its lead could do again, because it has no seed or a short one */
	assert_false(complete("{\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-10-05\","
			      "\"pair\":[\"0100000000000000\",\"0200000000000000\"]}",
			      true));
	assert_false(complete("{\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-10-05\","
			      "\"pair\":[\"0100000000000000\",\"0200000000000000\"],"
			      "\"seed\":\"0102\"}",
			      true));
	for (const struct conflict_kind *k = conflict_kind; k->code; k++)
		assert_ptr_equal(conflict_find(k->code), k);
}

#define REST                                                                                       \
	"\"1100000000000000\",\"1200000000000000\",\"1300000000000000\",\"1400000000000000\","     \
	"\"1500000000000000\",\"1600000000000000\""
#define LIST(one, two) "{\"v\":1,\"hidden\":[\"" one "\",\"" two "\"," REST "]}"
#define GIL            "0600000000000000"
#define NOBODY         "aaaaaaaaaaaaaaaa"

static enum fold_reason verdict_in(struct log *l, enum machine_id machine);

static enum fold_reason
verdict(struct log *l)
{
	return verdict_in(l, MACHINE_TIP);
}

/* What one clerk, one of the pair, the desk above and a recused member can do with a list. */
static void
test_readers(void **state)
{
	struct fold_person gil = {
		.handle = { 6 }, .desk = 1, .level = 3, .roles = ALL, .related = true, .home = true
	};
	struct fold_entry *p;
	struct log l;

	(void)state;
	start(&l);
	tip(&l);
	/* one writes a list, and one signs his own: nothing */
	add(&l, &bob, ENTRY_RESTRICT, 1, LIST(GIL, NOBODY));
	assert_int_equal(verdict(&l), FOLD_TWO);
	p = propose(&l, &bob, "restrict", LIST(GIL, NOBODY));
	cosign(&l, &bob, p);
	assert_int_equal(verdict(&l), FOLD_SAME);
	assert_false(l.f.readers_set);
	/* one of the desk above signs: not his list to make */
	cosign(&l, &eve, p);
	assert_int_equal(verdict(&l), FOLD_ROLE);
	assert_true(fold_reads(&l.f, gil.handle));
	/* the second of the desk */
	cosign(&l, &ann, p);
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_true(l.f.readers_set);
	assert_false(fold_reads(&l.f, gil.handle));
	assert_true(fold_reads(&l.f, bob.handle));
	/* lists that are none */
	propose(&l, &ann, "restrict", "{\"v\":1,\"hidden\":[\"" GIL "\"]}");
	assert_int_equal(verdict(&l), FOLD_LIST);
	propose(&l, &ann, "restrict", LIST(GIL, GIL));
	assert_int_equal(verdict(&l), FOLD_LIST);
	propose(&l, &ann, "restrict", LIST(GIL, "zz"));
	assert_int_equal(verdict(&l), FOLD_LIST);
	propose(&l, &ann, "restrict", "{\"v\":1}");
	assert_int_equal(verdict(&l), FOLD_LIST);
	/* who is not the lead does not lift it; the lead, and the desk above, do */
	add(&l, &bob, ENTRY_RESTRICT, 1, "{\"v\":1,\"lift\":true}");
	assert_int_equal(verdict(&l), FOLD_ROLE);
	assert_false(fold_reads(&l.f, gil.handle));
	add(&l, &ann, ENTRY_RESTRICT, 1, "{\"v\":1,\"lift\":true}");
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_true(l.f.readers_set && fold_reads(&l.f, gil.handle));
	/* who took himself off stays off, whatever list two make, until one lifts it from above */
	add(&l, &gil, ENTRY_RECUSE, 1, "{\"v\":1}");
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_false(fold_reads(&l.f, gil.handle));
	cosign(&l, &ann, propose(&l, &bob, "restrict", LIST(NOBODY, "bbbbbbbbbbbbbbbb")));
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_false(fold_reads(&l.f, gil.handle));
	add(&l, &gil, ENTRY_RECUSE, 1, "{\"v\":1}");
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_int_equal(l.f.recused_cnt, 1);
	add(&l, &gil, ENTRY_RESTRICT, 1, "{\"v\":1,\"lift\":true}");
	assert_int_equal(verdict(&l), FOLD_ROLE);
	add(&l, &eve, ENTRY_RESTRICT, 1, "{\"v\":1,\"lift\":true}");
	assert_int_equal(verdict(&l), FOLD_FINE);
	assert_true(fold_reads(&l.f, gil.handle));
	/* a lifting that was forged counts for nothing */
	cosign(&l, &ann, propose(&l, &bob, "restrict", LIST(NOBODY, "0200000000000000")));
	assert_int_equal(verdict(&l), FOLD_FINE);
	add(&l, &eve, ENTRY_RESTRICT, 1, "{\"v\":1,\"lift\":true}")->fault = FOLD_SIGNATURE;
	assert_int_equal(verdict(&l), FOLD_SIGNATURE);
	assert_false(fold_reads(&l.f, bob.handle));
	end(&l);
}

#define MOVE(to) "{\"v\":1,\"move\":\"" to "\"}"
#define ENDS(on) "{\"v\":1,\"move\":\"ended\",\"until\":\"" on "\"}"
#define RULE     "{\"v\":1," PAIR ",\"what\":\"rota\",\"from\":\"2024-10-04\",\"until\":\"2024-10-08\"}"
#define COPY                                                                                       \
	"{\"v\":1," PAIR ",\"what\":\"standin\",\"from\":\"2024-10-04\",\"until\":\"2024-10-08\"," \
	"\"day\":\"2024-10-04\",\"deputy\":[\"0600000000000000\"],\"book\":" CASE_HEX "}"

#define GROUP "{\"v\":1,\"what\":\"group\",\"body\":[\"红石\",\"赤岭\"],\"until\":\"2030-01-01\"}"

/* The verdict on the last entry. */
static enum fold_reason
verdict_in(struct log *l, enum machine_id machine)
{
	run(l, machine);
	return l->e[l->cnt - 1].verdict == FOLD_ACCEPTED ? FOLD_FINE : l->e[l->cnt - 1].reason;
}

static void
test_books(void **state)
{
	struct fold_person gil = {
		.handle = { 6 }, .desk = 1, .level = 3, .roles = ALL, .related = true, .home = true
	};
	struct fold_person kim = eve;
	struct fold_entry *p;
	struct log l;

	kim.handle[0] = 7;
	kim.over = true;

	(void)state;
	start(&l);
	/* the lead draws it up; he alone does not put it in force */
	add(&l, &ann, ENTRY_ROTA, 1,
	    "{\"v\":1," PAIR ",\"what\":\"rota\",\"from\":\"2024-10-04\","
	    "\"until\":\"2024-10-06\"}");
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_DRAWN_UP);
	add(&l, &ann, ENTRY_BOOK_MOVE, 1, MOVE("in_force"));
	cosign(&l, &ann, propose(&l, &ann, "book-move", MOVE("in_force")));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_DRAWN_UP);
	cosign(&l, &bob, &l.e[2]);
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_IN_FORCE);
	l.day += 2;
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_IN_FORCE);
	l.day++;
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_ENDED);
	end(&l);
	/* nobody but the lead */
	start(&l);
	add(&l, &bob, ENTRY_ROTA, 1,
	    "{\"v\":1," PAIR ",\"what\":\"rota\",\"from\":\"2024-10-04\","
	    "\"until\":\"2024-10-06\"}");
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_DRAWN_UP);
	assert_int_equal(l.e[0].reason, FOLD_ROLE);
	end(&l);
	/* two of the desk without the lead put nothing in force */
	start(&l);
	add(&l, &ann, ENTRY_ROTA, 1, RULE);
	cosign(&l, &gil, propose(&l, &bob, "book-move", MOVE("in_force")));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_DRAWN_UP);
	assert_int_equal(l.e[2].reason, FOLD_GUARD + GUARD_LEAD_SIGNS);
	end(&l);
	/* the lead of the desk above draws one up and puts it in force alone; his colleague does
	 * not */
	start(&l);
	add(&l, &eve, ENTRY_ROTA, 1, RULE);
	assert_int_equal(verdict_in(&l, MACHINE_ROTA), FOLD_ROLE);
	end(&l);
	start(&l);
	add(&l, &kim, ENTRY_ROTA, 1, RULE);
	add(&l, &eve, ENTRY_BOOK_MOVE, 1, MOVE("in_force"));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_DRAWN_UP);
	add(&l, &kim, ENTRY_BOOK_MOVE, 1, MOVE("in_force"));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_IN_FORCE);
	assert_int_equal(l.f.since, DAY);
	/* it ends by two on one day, one of them the lead; by him above alone; else not */
	l.day = DAY + 1;
	add(&l, &ann, ENTRY_BOOK_MOVE, 1, ENDS("2024-10-05"));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_IN_FORCE);
	cosign(&l, &gil, propose(&l, &bob, "book-move", ENDS("2024-10-05")));
	assert_int_equal(verdict_in(&l, MACHINE_ROTA), FOLD_GUARD + GUARD_LEAD_SIGNS);
	p = propose(&l, &ann, "book-move", ENDS("2024-10-05"));
	l.day = DAY + 2;
	cosign(&l, &bob, p);
	assert_int_equal(verdict_in(&l, MACHINE_ROTA), FOLD_GUARD + GUARD_UNTIL_TODAY);
	cosign(&l, &ann, propose(&l, &bob, "book-move", ENDS("2024-10-06")));
	assert_int_equal(verdict_in(&l, MACHINE_ROTA), FOLD_FINE);
	assert_int_equal(l.f.state, ROTA_ENDED);
	add(&l, &kim, ENTRY_BOOK_MOVE, 1, MOVE("in_force"));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_ENDED);
	end(&l);
	start(&l);
	add(&l, &kim, ENTRY_ROTA, 1, RULE);
	add(&l, &kim, ENTRY_BOOK_MOVE, 1, MOVE("in_force"));
	add(&l, &kim, ENTRY_BOOK_MOVE, 1, ENDS("2024-10-04"));
	assert_int_equal(run(&l, MACHINE_ROTA), ROTA_ENDED);
	end(&l);
	/* a copy for those who stand in is written by the pair or a lead; a clerk deceives nobody
	 */
	const struct {
		struct fold_person *who;
		enum fold_reason reason;
	} copies[] = { { &ann, FOLD_FINE },
		       { &bob, FOLD_FINE },
		       { &kim, FOLD_FINE },
		       { &gil, FOLD_ROLE },
		       { &eve, FOLD_ROLE } };
	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++) {
		start(&l);
		add(&l, copies[i].who, ENTRY_ROTA, 1, COPY);
		assert_int_equal(verdict_in(&l, MACHINE_CONFLICT), copies[i].reason);
		end(&l);
	}
	/* what the gateway lets the lead above open at a desk below is a rota and nothing else */
	static const struct {
		uint16_t type;
		enum machine_id machine;
		const char *body;
	} others[] = {
		{ ENTRY_REFERRAL, MACHINE_REFERRAL,
		  "{\"v\":1,\"kind\":\"REFER\",\"target\":\"x\",\"text\":\"t\"}" },
		{ ENTRY_CAMPAIGN, MACHINE_CAMPAIGN,
		  "{\"v\":1,\"name\":\"n\",\"issuer\":\"i\",\"basis\":\"b\",\"from\":\"2024-10-04\","
		  "\"until\":\"2024-12-01\"}" },
	};
	for (size_t i = 0; i < 2; i++) {
		start(&l);
		add(&l, &kim, others[i].type, 1, others[i].body);
		assert_int_equal(verdict_in(&l, others[i].machine), FOLD_FOREIGN);
		end(&l);
		start(&l);
		add(&l, &bob, others[i].type, 1, others[i].body);
		assert_int_equal(verdict_in(&l, others[i].machine), FOLD_FINE);
		end(&l);
	}
	/* the lead keeps the groups, nobody else */
	start(&l);
	add(&l, &bob, ENTRY_ROTA, 1, GROUP);
	assert_int_equal(verdict_in(&l, MACHINE_CONFLICT), FOLD_ROLE);
	end(&l);
	start(&l);
	add(&l, &ann, ENTRY_ROTA, 1, GROUP);
	assert_int_equal(verdict_in(&l, MACHINE_CONFLICT), FOLD_FINE);
	end(&l);
	/* each declares for himself, and takes back his own alone, not the lead for him */
	start(&l);
	add(&l, &bob, ENTRY_ROTA, 1,
	    "{\"v\":1,\"what\":\"conflict\",\"kind\":\"KIN\","
	    "\"body\":[\"红石\"],\"until\":\"2024-10-06\"}");
	add(&l, &ann, ENTRY_BOOK_MOVE, 1, MOVE("dropped"));
	assert_int_equal(run(&l, MACHINE_CONFLICT), CONFLICT_DECLARED);
	add(&l, &bob, ENTRY_BOOK_MOVE, 1, MOVE("dropped"));
	assert_int_equal(run(&l, MACHINE_CONFLICT), CONFLICT_DROPPED);
	end(&l);
	start(&l);
	add(&l, &bob, ENTRY_ROTA, 1,
	    "{\"v\":1,\"what\":\"conflict\",\"kind\":\"KIN\","
	    "\"body\":[\"红石\"],\"until\":\"2024-10-06\"}");
	l.day += 3;
	assert_int_equal(run(&l, MACHINE_CONFLICT), CONFLICT_LAPSED);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reckon),  cmocka_unit_test(test_draw),
		cmocka_unit_test(test_seed),    cmocka_unit_test(test_complete),
		cmocka_unit_test(test_readers), cmocka_unit_test(test_books),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
