/* The plaintext of an entry: layout, types, everything that a strict reader refuses. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/reward.h"

static uint8_t plain[ENTRY_LEN];
static uint8_t pk[REWARD_BINARY_LEN]; /* of a tip without a blob only the first part */
static struct key_sign key;

static struct entry
message(const char *json)
{
	return (struct entry){ .type = ENTRY_MESSAGE,
			       .id = { 1, 2 },
			       .number = 1,
			       .json = json,
			       .json_len = strlen(json) };
}

static struct entry
tip(void)
{
	struct entry e = message("{\"v\":1}");
	e.type = ENTRY_TIP;
	e.number = 0;
	e.binary = pk;
	e.binary_len = KEY_SEAL_PUBLIC_LEN;
	return e;
}

static struct entry
claim(void)
{
	struct entry e = tip();
	e.type = ENTRY_REWARD_CLAIM;
	return e;
}

/* What opens the log of a source tells her key, and a tip may bring a blob for the reward desk. */
static void
parts_of_an_opening(void **state)
{
	struct entry e = tip(), got;
	(void)state;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_ptr_equal(entry_source_key(&got), plain + ENTRY_HEAD_LEN);
	assert_null(entry_reward_blob(&got));
	e.binary_len = REWARD_BINARY_LEN;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_ptr_equal(entry_source_key(&got), plain + ENTRY_HEAD_LEN);
	assert_ptr_equal(entry_reward_blob(&got), plain + ENTRY_HEAD_LEN + KEY_SEAL_PUBLIC_LEN);
	e = claim();
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_ptr_equal(entry_source_key(&got), plain + ENTRY_HEAD_LEN);
	assert_null(entry_reward_blob(&got));
	e = message("{}");
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_null(entry_source_key(&got));
}

static void
there_and_back(void **state)
{
	struct entry e = tip(), got;
	uint8_t author[32];
	(void)state;
	key_sign_public(author, &key);
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_memory_equal(got.author, author, 32);
	assert_int_equal(got.type, ENTRY_TIP);
	assert_int_equal(got.hour, 0);
	assert_ptr_equal(got.binary, plain + ENTRY_HEAD_LEN);
	assert_int_equal(got.json_len, 7);
	assert_memory_equal(got.json, "{\"v\":1}", 7);
}

static void
every_bit_is_signed(void **state)
{
	struct entry e = tip(), got;
	(void)state;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	for (size_t i = 0; i < ENTRY_LEN; i += i < 320 ? 1 : 101) {
		plain[i] ^= 1;
		assert_int_not_equal(entry_parse(&got, plain), 0);
		assert_int_equal(got.type, 0);
		plain[i] ^= 1;
	}
	assert_int_equal(entry_parse(&got, plain), 0);
}

static void
layout_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t with;
	} change[] = { { 0, 1 },   { 6, 1 },      { 7, 1 },     { 41, 1 },
		       { 43, 1 },  { 40, 2 },     { 310, 255 }, { 311, 255 },
		       { 308, 1 }, { 309, 0xc0 }, { 9733, 1 },  { 1600, 1 } };
	struct entry e = tip(), got;
	(void)state;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_decode(&got, plain), 0);
	for (size_t i = 0; i < sizeof(change) / sizeof(*change); i++) {
		plain[change[i].at] ^= change[i].with;
		if (entry_decode(&got, plain) == 0)
			fail_msg("a change at %zu is taken", change[i].at);
		plain[change[i].at] ^= change[i].with;
	}
}

static void
heads_refused(void **state)
{
	struct entry e;
	(void)state;
#define REFUSED(make, change)                                                                      \
	do {                                                                                       \
		e = make;                                                                          \
		change;                                                                            \
		assert_int_equal(entry_build(plain, &e, &key), ERR_ARG);                           \
		assert_true(sodium_is_zero(plain, sizeof(plain)));                                 \
	} while (0)
	REFUSED(tip(), e.thread = 1);
	REFUSED(tip(), e.number = 1);
	REFUSED(tip(), e.prev[3] = 1);
	REFUSED(tip(), e.seen[3] = 1);
	REFUSED(tip(), e.binary_len = 1215);
	REFUSED(tip(), e.binary_len = REWARD_BINARY_LEN - 1);
	REFUSED(claim(), e.binary_len = REWARD_BINARY_LEN);
	REFUSED(claim(), e.number = 1);
	REFUSED(claim(), e.thread = 1);
	REFUSED(claim(), e.prev[0] = 1);
	REFUSED(tip(), e.type = 0);
	REFUSED(tip(), e.type = ENTRY_READ);
	REFUSED(message("{}"), e.binary = pk; e.binary_len = 1);
	REFUSED(tip(), e.hour = 490000); /* a source says no hour */
	REFUSED(message("{}"), e.hour = 490000);
	REFUSED(message("{}"), e.thread = 2);
	REFUSED(message("{}"), e.number = ENTRY_NO_NUMBER);
	REFUSED(message("{}"), e.type = ENTRY_REPLY);
	REFUSED(message("[]"), (void)0);
	REFUSED(message(""), (void)0);
	REFUSED(message("{} "), (void)0);
	e = message("{\"a\":\"\xed\xa0\x80\"}");
	assert_int_equal(entry_build(plain, &e, &key), ERR_UTF8);
	e = message("{\"a\":\"x\"}");
	e.json = "{\0}";
	e.json_len = 3;
	assert_int_equal(entry_build(plain, &e, &key), ERR_UTF8);
	/* What we do not know may carry what it likes. */
	e = message("{}");
	e.type = 500;
	e.number = ENTRY_NO_NUMBER;
	e.binary = pk;
	e.binary_len = 5;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	e = message("{}");
	e.type = ENTRY_REPLY;
	e.number = ENTRY_NO_NUMBER;
	assert_int_equal(entry_build(plain, &e, &key), 0);
}

static void
room(void **state)
{
	static char json[ENTRY_ROOM + 2];
	struct entry e, got;
	(void)state;
	memset(json, 'x', sizeof(json));
	json[0] = '{';
	json[ENTRY_ROOM - 1] = '}';
	e = message("{}");
	e.json = json;
	e.json_len = ENTRY_ROOM;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	assert_int_equal(entry_parse(&got, plain), 0);
	assert_int_equal(got.json_len, ENTRY_ROOM);
	e.json_len++;
	assert_int_equal(entry_build(plain, &e, &key), ERR_RANGE);
	e = tip();
	e.json = json;
	json[ENTRY_ROOM - KEY_SEAL_PUBLIC_LEN - 1] = '}';
	e.json_len = ENTRY_ROOM - KEY_SEAL_PUBLIC_LEN;
	assert_int_equal(entry_build(plain, &e, &key), 0);
	e.json_len++;
	assert_int_equal(entry_build(plain, &e, &key), ERR_RANGE);
	e.json_len = SIZE_MAX;
	assert_int_equal(entry_build(plain, &e, &key), ERR_RANGE);
}

static void
registry(void **state)
{
	size_t cnt = 0;
	const struct entry_name *t = entry_name_table(&cnt);
	(void)state;
	assert_int_equal(cnt, 76);
	for (size_t i = 0; i < cnt; i++) {
		assert_ptr_equal(entry_name(t[i].no), t[i].name);
		assert_true(i == 0 || t[i].no > t[i - 1].no);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(t[i].name, t[j].name);
	}
	assert_null(entry_name(7));
	assert_null(entry_name(0));
	assert_string_equal(entry_name(31), "close");
	assert_string_equal(entry_name(70), "order-release");
	assert_string_equal(entry_name(77), "compromise");
	assert_string_equal(entry_name(101), "strike-off");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(parts_of_an_opening),
		cmocka_unit_test(every_bit_is_signed),
		cmocka_unit_test(layout_refused),
		cmocka_unit_test(heads_refused),
		cmocka_unit_test(room),
		cmocka_unit_test(registry),
	};
	if (sodium_init() < 0)
		return 1;
	key_sign_new(&key);
	randombytes_buf(pk, sizeof(pk));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
