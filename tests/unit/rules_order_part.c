/* What the parts of a sealed order say: the rules and crypto/ read the same bodies, byte for byte;
 * and what a layer must say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/text.h"

static void
head_new(struct order_head *h)
{
	randombytes_buf(h, sizeof(*h));
	h->hour0 = 480000 + randombytes_uniform(100000);
	h->a_cnt = ORDER_LEAST + randombytes_uniform(3);
	h->b_cnt = ORDER_LEAST + randombytes_uniform(3);
	memset(h->handle[h->a_cnt + h->b_cnt], 0,
	       sizeof(h->handle) - (h->a_cnt + h->b_cnt) * sizeof(*h->handle));
	memset(h->key[h->a_cnt + h->b_cnt], 0,
	       sizeof(h->key) - (h->a_cnt + h->b_cnt) * sizeof(*h->key));
}

/* Whether the rules and crypto/ agree on these bytes; *good where they are an order. */
static bool
agree(const char *text, size_t len, bool *good)
{
	struct order_head a, b;
	char why[SCHEMA_WHY_CAP];
	json_t *body = NULL;
	int err = order_head_read(&a, text, len);

	*good = !schema_parse(&body, ENTRY_ORDER, text, len, why);
	/* without hours it is an order that its desk may read, of which crypto/ knows nothing */
	bool open = *good && !json_object_get(body, "hours");
	bool same = open || *good == !err;
	if (same && *good && !open)
		same = !order_part_order(&b, body) && !memcmp(&a, &b, sizeof(a));
	json_decref(body);
	return same;
}

static void
test_order(void **state)
{
	char text[ORDER_BODY_MAX], other[ORDER_BODY_MAX + 1];
	static const char put[] = " \"0,}[:\n9";
	struct order_head h;
	struct bufw w;
	bool good;

	(void)state;
	for (int i = 0; i < 20; i++) {
		head_new(&h);
		bufw_init(&w, text, sizeof(text));
		assert_int_equal(order_head_print(&w, &h), 0);
		assert_true(agree(text, w.len, &good) && good);
		for (size_t at = 0; at <= w.len; at += 1 + randombytes_uniform(16)) {
			memcpy(other, text, at);
			other[at] = put[randombytes_uniform(sizeof(put) - 1)];
			memcpy(other + at + 1, text + at, w.len - at);
			assert_true(agree(other, w.len + 1, &good));
			if (at == w.len)
				break;
			memcpy(other, text, w.len);
			other[at] = put[randombytes_uniform(sizeof(put) - 1)];
			assert_true(agree(other, w.len, &good));
		}
	}
}

static int
layer(const char *text)
{
	char why[SCHEMA_WHY_CAP];
	json_t *body;
	int err = schema_parse(&body, ENTRY_ORDER_SEAL, text, strlen(text), why);

	json_decref(body);
	return err;
}

#define LATE ",\"h1\":480030,\"h2\":480031,\"salt\":\"000102030405060708090a0b0c0d0e0f\"}"

static void
test_layers(void **state)
{
	(void)state;
	assert_int_equal(layer("{\"v\":1,\"layer\":0,\"kind\":\"COVERT\",\"region\":\"r\"" LATE),
			 0);
	assert_int_equal(layer("{\"v\":1,\"layer\":0,\"kind\":\"STANDBY\"" LATE), 0);
	assert_int_equal(layer("{\"v\":1,\"layer\":0,\"kind\":\"PICNIC\"" LATE), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1,\"layer\":0,\"kind\":\"COVERT\"}"), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1,\"layer\":3}"), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1}"), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1,\"layer\":1,\"muster\":\"m\",\"turn\":[\"a\",\"b\"]}"), 0);
	assert_int_equal(layer("{\"v\":1,\"layer\":1,\"muster\":7}"), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1,\"layer\":2}"), 0); /* nobody goes */
#define ROUTE(stops, at) "{\"v\":1,\"layer\":2,\"site\":\"s\",\"route\":[" stops "],\"at\":" at "}"
#define FIVE             "\"a\",\"b\",\"c\",\"d\",\"e\""
	assert_int_equal(layer(ROUTE(FIVE, "2")), 0);
	assert_int_equal(layer(ROUTE(FIVE, "4")), 0);
	assert_int_equal(layer(ROUTE(FIVE, "1")), ERR_FORMAT);
	assert_int_equal(layer(ROUTE(FIVE, "5")), ERR_FORMAT);
	assert_int_equal(layer(ROUTE(FIVE, "0")), ERR_FORMAT);
	assert_int_equal(layer(ROUTE("\"a\",\"b\",\"c\",\"d\"", "2")), ERR_FORMAT);
	assert_int_equal(layer(ROUTE(FIVE "," FIVE, "2")), ERR_FORMAT);
	assert_int_equal(layer("{\"v\":1,\"layer\":2,\"cover\":\"FIRE\"}"), 0);
	assert_int_equal(layer("{\"v\":1,\"layer\":2,\"cover\":\"because\"}"), ERR_FORMAT);
}

/* Halves and codes: the rules take what crypto/ prints, and nothing else. */
static void
test_halves(void **state)
{
	struct xwing_public *pk = calloc(ORDER_LAYERS, sizeof(*pk));
	uint8_t id[KEY_ID_LEN] = { 1 };
	struct order_halves h;
	struct order_code c = { .layer = 2, .number = 7 };
	char text[ORDER_BODY_MAX], why[SCHEMA_WHY_CAP];
	struct bufw w;
	json_t *body;

	(void)state;
	assert_int_equal(order_halves_new(&h, pk, id), 0);
	for (int i = 0; i < 3; i++) {
		uint16_t type = i < 2 ? ENTRY_ORDER_HALF : ENTRY_ORDER_CODE;

		c.code = h.code[2];
		bufw_init(&w, text, sizeof(text));
		assert_int_equal(i < 2 ? order_halves_print(&w, &h, i ? ORDER_B : ORDER_A)
				       : order_code_print(&w, &c),
				 0);
		assert_int_equal(schema_parse(&body, type, text, w.len, why), 0);
		json_decref(body);
		text[w.len] = ' ';
		assert_int_equal(schema_parse(&body, type, text, w.len + 1, why), ERR_FORMAT);
	}
	free(pk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_halves),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
