/* Cards: there and back, and what is refused. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/card.h"
#include "crypto/err.h"

static char text[CARD_MAX];

static void
gateway(void **state)
{
	struct card_gateway card = { .roots = { .cnt = 2, .threshold = 2 } }, back;
	struct bufw w;
	(void)state;
	randombytes_buf(card.id, sizeof(card.id));
	randombytes_buf(card.key, sizeof(card.key));
	randombytes_buf(card.roots.key, 2 * sizeof(card.roots.key[0]));
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(card_gateway_print(&w, &card), 0);
	assert_memory_equal(text, "davylamp/v1 card\ngateway ", 25);
	assert_int_equal(card_gateway_parse(&back, text, w.len), 0);
	assert_memory_equal(&back, &card, sizeof(card));
	assert_int_equal(card_gateway_parse(&back, text, w.len - 1), ERR_FORMAT);
	assert_int_equal(back.roots.cnt, 0);
	text[w.len - 2] = '3'; /* threshold above the roots */
	assert_int_equal(card_gateway_parse(&back, text, w.len), ERR_RANGE);
	text[w.len - 2] = '0';
	assert_int_equal(card_gateway_parse(&back, text, w.len), ERR_RANGE);
	card.roots.threshold = 0;
	assert_int_equal(card_gateway_print(&w, &card), ERR_RANGE);
	card.roots.threshold = 2;
	memcpy(card.roots.key[1], card.roots.key[0], 32); /* one person twice */
	assert_int_equal(card_gateway_print(&w, &card), ERR_DUP);
}

static void
member(void **state)
{
	struct card_member card = { .name = "审核甲" }, back;
	struct bufw w;
	(void)state;
	randombytes_buf(card.handle, sizeof(card.handle));
	randombytes_buf(card.sign, sizeof(card.sign));
	randombytes_buf(card.seal, sizeof(card.seal));
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(card_member_print(&w, &card), 0);
	assert_int_equal(card_member_parse(&back, text, w.len), 0);
	assert_memory_equal(&back, &card, sizeof(card));
	text[w.len] = '\n';
	assert_int_equal(card_member_parse(&back, text, w.len + 1), ERR_FORMAT);
	assert_int_equal(card_member_parse(&back, text, CARD_MAX + 1), ERR_RANGE);
	memcpy(text + 18, "member-cord", 11);
	assert_int_equal(card_member_parse(&back, text, w.len), ERR_FORMAT);
	snprintf(card.name, sizeof(card.name), "a\nsign b");
	bufw_init(&w, text, sizeof(text));
	assert_int_not_equal(card_member_print(&w, &card), 0);
	snprintf(card.name, sizeof(card.name), " a");
	bufw_init(&w, text, sizeof(text));
	assert_int_not_equal(card_member_print(&w, &card), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gateway),
		cmocka_unit_test(member),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
