/*
 * Sealed orders: the vectors; keys that need both halves, of the same order and layer; hours;
 * bodies with one form; parts that stand in their place only; and that two orders with different
 * contents cannot be told apart by a size.
 */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/open.h"
#include "crypto/order.h"
#include "crypto/seal.h"

static const uint8_t id[KEY_ID_LEN] = { 7, 7 };

static const char *const names[] = {
	"code_0", "code_1", "code_2", "half_0",  "half_1",  "half_2",
	"seed_0", "seed_1", "seed_2", "layer_0", "layer_1", "layer_2"
};

/* The halves of a vector, and that they make its keys. */
static void
halves_of(const struct vector *v, struct order_halves *h, const uint8_t *order)
{
	memset(h, 0, sizeof(*h));
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		struct xwing_secret secret;
		unsigned layer;
		size_t len;
		char *digits = vector_text(v, names[i], &len);
		assert_int_equal(receipt_parse(&h->code[i], digits, len), 0);
		free(digits);
		vector_hex(v, names[3 + i], h->half[i].b, ORDER_HALF_LEN);
		vector_hex(v, names[9 + i], h->layer[i], 32);
		assert_int_equal(order_layer_secret(&secret, &h->code[i], &h->half[i], order, i),
				 0);
		vector_same(v, names[6 + i], secret.seed, sizeof(secret.seed));
		if (i + 1 == ORDER_LAYERS) {
			assert_int_equal(order_code_find(&secret, &layer, &h->code[i], h, order),
					 0);
			vector_same(v, names[6 + layer], secret.seed, sizeof(secret.seed));
		}
	}
}

static void
body_same(const struct vector *v, const char *name, const struct bufw *w)
{
	size_t len;
	char *want = vector_text(v, name, &len);
	assert_int_equal(w->len, len);
	assert_memory_equal(w->base, want, len);
	free(want);
}

static void
bodies_of(const struct vector *v, const struct order_halves *h)
{
	static const char *const body[] = { NULL, "half_a", "half_b" };
	uint8_t text[ORDER_BODY_MAX];
	struct order_halves back;
	struct order_head head;
	struct order_code code;
	struct bufw w;
	size_t len;
	for (enum order_who side = ORDER_A; side <= ORDER_B; side++) {
		bufw_init(&w, text, sizeof(text));
		assert_int_equal(order_halves_print(&w, h, side), 0);
		body_same(v, body[side], &w);
		assert_int_equal(order_halves_read(&back, side, (char *)text, w.len), 0);
		assert_memory_equal(back.layer, h->layer, sizeof(h->layer));
		/* One side's half says nothing of the other's. */
		if (side == ORDER_A)
			assert_true(sodium_is_zero(back.half[0].b, sizeof(back.half)));
		else
			assert_true(sodium_is_zero((uint8_t *)back.code, sizeof(back.code)));
		assert_int_equal(order_halves_read(&back, side == ORDER_A ? ORDER_B : ORDER_A,
						   (char *)text, w.len),
				 ERR_FORMAT);
	}
	char *json = vector_text(v, "head", &len);
	assert_int_equal(order_head_read(&head, json, len), 0);
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(order_head_print(&w, &head), 0);
	body_same(v, "head", &w);
	assert_int_equal(head.hour0, vector_int(v, "hour_0"));
	vector_same(v, "late", head.late, sizeof(head.late));
	assert_memory_equal(head.layer, h->layer, sizeof(h->layer));
	free(json);
	json = vector_text(v, "code", &len);
	assert_int_equal(order_code_read(&code, json, len), 0);
	assert_int_equal(code.layer, 2);
	assert_int_equal(code.number, vector_int(v, "number"));
	vector_same(v, "end_hash", code.hash, sizeof(code.hash));
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(order_code_print(&w, &code), 0);
	body_same(v, "code", &w);
	free(json);
}

/* The part of the vector: the half of the B side, sealed to two of its members. */
static void
part_of(const struct vector *v, const uint8_t *order)
{
	static uint8_t sealed[SEAL_LEN];
	struct xwing_secret secret[2];
	struct xwing_public pk[2];
	struct seal_set set = { .pk = { pk[0].b, pk[1].b } };
	struct seal_test_rng rng;
	struct key_sign key;
	struct entry e;
	uint8_t seed[32], hash[32];
	vector_hex(v, "seal_seed_0", secret[0].seed, 32);
	vector_hex(v, "seal_seed_1", secret[1].seed, 32);
	xwing_public_of(&pk[0], &secret[0]);
	xwing_public_of(&pk[1], &secret[1]);
	vector_hex(v, "member_seed", seed, sizeof(seed));
	key_sign_from_seed(&key, seed);
	vector_hex(v, "test_seed", seed, sizeof(seed));
	seal_test_rng_init(&rng, seed);
	assert_int_equal(order_part_head(&e, ORDER_HALF_B), 0);
	memcpy(e.id, order, KEY_ID_LEN);
	vector_hex(v, "gateway", e.gateway, sizeof(e.gateway));
	vector_hex(v, "roster", e.roster, sizeof(e.roster));
	e.hour = 498870;
	char *json = vector_text(v, "half_b", &e.json_len);
	e.json = json;
	struct seal_entry how = { .set = &set, .key = &key, .rng = &rng.rng };
	assert_int_equal(seal_entry(sealed, &e, &how), 0);
	key_sha256(hash, sealed, sizeof(sealed));
	vector_same(v, "part_sha256", hash, sizeof(hash));
	free(json);
}

static void
vectors(void **state)
{
	struct vector v;
	unsigned cnt = 0;
	(void)state;
	vector_open(&v, "order");
	for (; vector_next(&v); cnt++) {
		struct order_halves h;
		struct order_hours hours = { .open = { (uint32_t)vector_int(&v, "hour_0"),
						       (uint32_t)vector_int(&v, "hour_1"),
						       (uint32_t)vector_int(&v, "hour_2") } };
		uint8_t order[KEY_ID_LEN], late[ORDER_LATE_LEN], hash[32];
		char end[ORDER_END_LEN + 1];
		vector_hex(&v, "id", order, sizeof(order));
		halves_of(&v, &h, order);
		vector_hex(&v, "salt", hours.salt, sizeof(hours.salt));
		assert_true(order_hours_ok(&hours));
		order_late(late, &hours);
		vector_same(&v, "late", late, sizeof(late));
		vector_hex(&v, "end_hash", hash, sizeof(hash));
		order_end(end, order, (uint32_t)vector_int(&v, "number"), hash);
		assert_true(vector_is(&v, "end", end));
		bodies_of(&v, &h);
		part_of(&v, order);
	}
	assert_int_equal(cnt, 2);
}

/* A layer opens with its own code and half, of its own order, and with nothing else. */
static void
both_halves(void **state)
{
	static const uint8_t other[KEY_ID_LEN] = { 7, 8 };
	struct order_halves h, b, no;
	struct xwing_public pk[ORDER_LAYERS], none[ORDER_LAYERS];
	struct xwing_secret s;
	struct xwing_public back;
	unsigned layer;
	(void)state;
	assert_int_equal(order_halves_new(&h, pk, id), 0);
	assert_int_equal(order_halves_new(&no, none, id), 0);
	b = h;
	memset(b.code, 0, sizeof(b.code)); /* what the B side has */
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		assert_int_equal(order_code_find(&s, &layer, &h.code[i], &b, id), 0);
		assert_int_equal(layer, i);
		xwing_public_of(&back, &s);
		assert_memory_equal(back.b, pk[i].b, sizeof(back.b));
		for (unsigned k = 0; k < ORDER_LAYERS; k++) {
			uint8_t hash[32];
			assert_int_equal(order_layer_secret(&s, &h.code[i], &h.half[k], id, i), 0);
			xwing_public_of(&back, &s);
			key_sha256(hash, back.b, sizeof(back.b));
			assert_int_equal(memcmp(hash, h.layer[i], 32) == 0, i == k);
		}
		/* Of another order, by its code, by its halves or by its id. */
		assert_int_equal(order_code_find(&s, &layer, &no.code[i], &b, id), ERR_NOT_FOUND);
		assert_true(sodium_is_zero(s.seed, sizeof(s.seed)));
		assert_int_equal(layer, ORDER_LAYERS);
		assert_int_equal(order_code_find(&s, &layer, &h.code[i], &no, id), ERR_NOT_FOUND);
		assert_int_equal(order_code_find(&s, &layer, &h.code[i], &b, other), ERR_NOT_FOUND);
	}
	assert_int_equal(order_layer_secret(&s, &h.code[0], &h.half[0], id, 3), ERR_ARG);
}

#define HOUR0 500000u

static void
hours(void **state)
{
	struct order_hours h, again;
	uint8_t late[ORDER_LATE_LEN], changed[ORDER_LATE_LEN];
	(void)state;
	for (uint32_t t = HOUR0 - 1; t < HOUR0 + 60; t++) {
		bool ok = t == HOUR0 || (t >= HOUR0 + 24 && t < HOUR0 + 48);
		assert_int_equal(order_hours_new(&h, HOUR0, t), ok ? 0 : ERR_RANGE);
		if (!ok) {
			assert_true(sodium_is_zero((uint8_t *)&h, sizeof(h)));
			continue;
		}
		assert_true(order_hours_ok(&h));
		assert_int_equal(h.open[1], t == HOUR0 ? t : t - 2);
		assert_int_equal(h.open[2], t == HOUR0 ? t : t - 1);
	}
	assert_int_equal(order_hours_new(&h, 0, 0), ERR_RANGE);
	assert_int_equal(order_hours_new(&h, UINT32_MAX, UINT32_MAX), ERR_RANGE);
	/* The commitment hides the hours by a salt and binds to both of them. */
	assert_int_equal(order_hours_new(&h, HOUR0, HOUR0 + 30), 0);
	assert_int_equal(order_hours_new(&again, HOUR0, HOUR0 + 30), 0);
	assert_memory_not_equal(h.salt, again.salt, sizeof(h.salt));
	order_late(late, &h);
	for (int i = 0; i < 3; i++) {
		again = h;
		again.open[1] += i == 0;
		again.open[2] += i == 1;
		again.salt[0] ^= i == 2;
		order_late(changed, &again);
		assert_memory_not_equal(late, changed, sizeof(late));
	}
}

static void
windows(void **state)
{
	(void)state;
	assert_int_equal(order_time(HOUR0, HOUR0, HOUR0 - 1), ORDER_EARLY);
	assert_int_equal(order_time(HOUR0, HOUR0, HOUR0), ORDER_NOW);
	assert_int_equal(order_time(HOUR0, HOUR0 + 30, HOUR0 + 29), ORDER_EARLY);
	assert_int_equal(order_time(HOUR0, HOUR0 + 30, HOUR0 + 30), ORDER_NOW);
	assert_int_equal(order_time(HOUR0, HOUR0, HOUR0 + 71), ORDER_NOW);
	assert_int_equal(order_time(HOUR0, HOUR0, HOUR0 + 72), ORDER_OVER);
	/* An hour before the first one opens nothing earlier. */
	assert_int_equal(order_time(HOUR0, 1, HOUR0 - 1), ORDER_EARLY);
	assert_int_equal(order_time(HOUR0, UINT32_MAX, UINT32_MAX - 1), ORDER_EARLY);
}

/* 24 hours, each as likely as any: chi-square with 23 degrees, 99.99 % point 56.6 over 24,000. */
static void
sealing_hour(void **state)
{
	unsigned cnt[24] = { 0 };
	double chi = 0;
	(void)state;
	for (int i = 0; i < 24000; i++) {
		uint32_t h = order_seal_hour(HOUR0);
		assert_in_range(h, HOUR0 - 36, HOUR0 - 13);
		cnt[h - (HOUR0 - 36)]++;
	}
	for (int i = 0; i < 24; i++)
		chi += ((double)cnt[i] - 1000) * ((double)cnt[i] - 1000) / 1000;
	assert_true(chi < 75); /* 1 in 5 million */
}

static int
read_body(int what, const char *json, size_t len)
{
	struct order_halves h;
	struct order_head head;
	struct order_code code;
	if (what == 0)
		return order_head_read(&head, json, len);
	if (what == 3)
		return order_code_read(&code, json, len);
	return order_halves_read(&h, what == 1 ? ORDER_A : ORDER_B, json, len);
}

/* A body that is shorter, longer or otherwise written is none. */
static void
one_form(void **state)
{
	static const char *const body[] = { "head", "half_a", "half_b", "code" };
	struct vector v;
	(void)state;
	vector_open(&v, "order");
	while (vector_next(&v))
		for (int what = 0; what < 4; what++) {
			size_t len;
			char *json = vector_text(&v, body[what], &len);
			assert_int_equal(read_body(what, json, len), 0);
			for (size_t n = 0; n < len; n++)
				assert_int_equal(read_body(what, json, n), ERR_FORMAT);
			json[len] = ' ';
			assert_int_equal(read_body(what, json, len + 1), ERR_FORMAT);
			json[len] = '\0';
			for (size_t i = 0; i < len; i++) {
				char was = json[i];
				json[i] = '~';
				assert_int_equal(read_body(what, json, len), ERR_FORMAT);
				json[i] = was;
			}
			free(json);
		}
}

/* Whom an order names: two to four on each side, nobody twice, no key twice. */
static void
persons(void **state)
{
	struct order_head good = { .hour0 = HOUR0, .a_cnt = 2, .b_cnt = 2 };
	uint8_t text[ORDER_BODY_MAX];
	struct bufw w;
	(void)state;
	for (uint8_t i = 0; i < 2 * ORDER_PERSONS; i++)
		good.handle[i][0] = good.key[i][0] = (uint8_t)(i + 1);
	for (int bad = 0; bad < 7; bad++) {
		struct order_head h = good;
		h.a_cnt = bad == 1 ? 1 : bad == 2 ? 5 : 2;
		h.hour0 = bad == 3 ? 0 : HOUR0;
		if (bad == 4)
			memcpy(h.handle[3], h.handle[0], KEY_HANDLE_LEN);
		if (bad == 5)
			memcpy(h.key[3], h.key[2], 32);
		if (bad == 6)
			memset(h.handle[1], 0, KEY_HANDLE_LEN);
		bufw_init(&w, text, sizeof(text));
		assert_int_equal(order_head_print(&w, &h), bad ? ERR_ARG : 0);
	}
	good.a_cnt = good.b_cnt = 4;
	bufw_init(&w, text, sizeof(text));
	assert_int_equal(order_head_print(&w, &good), 0);
	assert_true(w.len <= ENTRY_ROOM);
	bufw_init(&w, text, w.len - 1);
	assert_int_equal(order_head_print(&w, &good), ERR_FULL);
}

/* A part stands in its own place and is linked to nothing; no other entry stands among them. */
static void
places(void **state)
{
	static uint8_t plain[ENTRY_LEN];
	struct key_sign key;
	struct entry e = { .type = ENTRY_PLAN_ESCROW, .json = "{}", .json_len = 2 };
	(void)state;
	key_sign_new(&key);
	/* A share of a plan stands in one of two places, and in no other thread. */
	for (uint8_t t = 0; t < 6; t++)
		for (uint32_t n = 0; n < 4; n++) {
			e.thread = t;
			e.number = n;
			assert_int_equal(entry_build(plain, &e, &key),
					 t == FRAME_PARTS && n < FRAME_SHARES ? 0 : ERR_ARG);
		}
	assert_null(order_place(ORDER_PLACES));
	assert_int_equal(order_part_head(&e, ORDER_PLACES), ERR_RANGE);
	for (uint32_t at = 0; at < ORDER_PLACES; at++) {
		const struct order_place *p = order_place(at);
		assert_int_equal(p->by, at < ORDER_PLANNED ? ORDER_PLANNER : ORDER_A);
		assert_int_equal(order_part_head(&e, at), 0);
		e.json = "{}";
		e.json_len = 2;
		assert_int_equal(entry_build(plain, &e, &key), 0);
		for (uint32_t n = 0; n < ORDER_PLACES + 2; n++) {
			const struct order_place *q = order_place(n);
			e.number = n;
			assert_int_equal(entry_build(plain, &e, &key),
					 q && q->type == p->type ? 0 : ERR_ARG);
		}
		e.number = at;
		for (uint8_t t = 0; t < 6; t++) {
			e.thread = t;
			assert_int_equal(entry_build(plain, &e, &key),
					 t == FRAME_PARTS ? 0 : ERR_ARG);
		}
		e.thread = FRAME_PARTS;
		e.prev[31] = 1;
		assert_int_equal(entry_build(plain, &e, &key), ERR_ARG);
		e.prev[31] = 0;
		e.seen[0] = 1;
		assert_int_equal(entry_build(plain, &e, &key), ERR_ARG);
	}
	/* A shared layer stands behind the parts, where the gateway has no place. */
	assert_int_equal(order_share_head(&e, ORDER_LAYERS), ERR_RANGE);
	for (unsigned layer = 0; layer < ORDER_LAYERS; layer++) {
		assert_int_equal(order_share_head(&e, layer), 0);
		assert_null(order_place(e.number));
		e.json = "{}";
		e.json_len = 2;
		for (uint32_t n = 0; n < ORDER_SHARED + ORDER_LAYERS + 3; n++)
			for (uint8_t t = 0; t < 6; t++) {
				bool fits = t == FRAME_PARTS && n >= ORDER_SHARED &&
					    n < ORDER_SHARED + ORDER_LAYERS;
				e.thread = t;
				e.number = n;
				assert_int_equal(entry_build(plain, &e, &key), fits ? 0 : ERR_ARG);
			}
	}
	e = (struct entry){
		.type = ENTRY_NOTE, .thread = FRAME_PARTS, .json = "{}", .json_len = 2
	};
	assert_int_equal(entry_build(plain, &e, &key), ERR_ARG);
}

/* Seals a layer with that body. */
static void
seal_layer(uint8_t sealed[static SEAL_LEN], const struct xwing_public *pk, unsigned layer,
	   const char *json, size_t len)
{
	struct seal_set set = { .pk = { pk[layer].b } };
	struct key_sign key;
	struct seal_entry how = { .set = &set, .key = &key };
	struct entry e;
	key_sign_new(&key);
	assert_int_equal(order_part_head(&e, ORDER_LAYER + layer), 0);
	memcpy(e.id, id, sizeof(id));
	e.json = json;
	e.json_len = len;
	assert_int_equal(seal_entry(sealed, &e, &how), 0);
}

/*
 * A layer opens with its own key alone. It has the same size, the same lines and as many recipients
 * whatever it says: that nobody goes, or as long a text as there is room for.
 */
static void
parts_alike(void **state)
{
	static uint8_t sealed[2][SEAL_LEN], plain[ENTRY_LEN];
	static const char nobody[] = "{\"v\":1,\"kind\":\"STANDBY\"}";
	static char site[ENTRY_ROOM];
	struct order_halves h;
	struct xwing_public pk[ORDER_LAYERS];
	struct open_result r;
	(void)state;
	memset(site, 'x', sizeof(site));
	site[0] = '{';
	site[sizeof(site) - 1] = '}';
	assert_int_equal(order_halves_new(&h, pk, id), 0);
	for (unsigned layer = 0; layer < ORDER_LAYERS; layer++) {
		seal_layer(sealed[0], pk, layer, nobody, sizeof(nobody) - 1);
		seal_layer(sealed[1], pk, layer, site, sizeof(site));
		for (size_t i = 0; i < SEAL_HEADER_LEN; i++)
			assert_int_equal(sealed[0][i] == '\n', sealed[1][i] == '\n');
		for (unsigned k = 0; k < ORDER_LAYERS; k++) {
			struct xwing_secret s;
			unsigned found;
			assert_int_equal(order_code_find(&s, &found, &h.code[k], &h, id), 0);
			struct open_key *key = open_key_new(&s);
			assert_non_null(key);
			for (int i = 0; i < 2; i++)
				assert_int_equal(open_sealed(plain, &r, sealed[i], key, 0),
						 k == layer ? 0 : ERR_NO_MATCH);
			open_key_free(key);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),      cmocka_unit_test(both_halves),
		cmocka_unit_test(hours),        cmocka_unit_test(windows),
		cmocka_unit_test(sealing_hour), cmocka_unit_test(one_form),
		cmocka_unit_test(persons),      cmocka_unit_test(places),
		cmocka_unit_test(parts_alike),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
