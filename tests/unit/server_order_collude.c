/*
 * What several together can read of a sealed order, and when: every coalition of the planner, the A
 * side, the B side, the gateway and all other key holders, in four phases, with and without a
 * release by the A side. A real order is sealed; the coalition has the bytes that the vault gives
 * its members at that hour, or with the gateway all that the store holds, and tries its keys on
 * them, round after round, with what it has learnt. SECURITY.md shows the result as a table; its
 * rows are compared.
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_order.h"

#include "crypto/open.h"
#include "crypto/seal.h"

enum { PLANNER = 1, SIDE_A = 2, SIDE_B = 4, GATEWAY = 8, OTHERS = 16, ALL = 32 };
#define PHASES 4

enum key { KEY_A1, KEY_B1, KEY_I7, KEY_J7, KEY_OTHER, KEY_CNT };
static struct open_key *keys[KEY_CNT];
static struct order_halves truth;

static void
seal_part(uint32_t place, const struct seal_set *set, const char *json, size_t len)
{
	struct key_sign key;
	struct seal_entry how = { .set = set, .key = &key };
	struct entry e;
	key_sign_new(&key);
	assert_int_equal(order_part_head(&e, place), 0);
	memcpy(e.id, id, sizeof(id));
	e.json = json;
	e.json_len = len;
	assert_int_equal(seal_entry(part[place], &e, &how), 0);
}

static void
seal_code(unsigned layer, const struct seal_set *b)
{
	struct order_code code = { .code = truth.code[layer], .layer = layer };
	uint8_t text[ORDER_BODY_MAX];
	struct bufw t;
	bufw_init(&t, text, sizeof(text));
	assert_int_equal(order_code_print(&t, &code), 0);
	seal_part(ORDER_CODE + layer, b, (char *)text, t.len);
}

/* All eight parts, and the five that the planner writes at the vault. */
static void
make_order(void)
{
	struct xwing_public pk[ORDER_LAYERS];
	struct seal_set set[2] = {
		{ .pk = { open_key_public(keys[KEY_A1]), open_key_public(keys[KEY_B1]) } },
		{ .pk = { open_key_public(keys[KEY_I7]), open_key_public(keys[KEY_J7]) } }
	};
	assert_int_equal(order_halves_new(&truth, pk, id), 0);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t text[ORDER_BODY_MAX];
		struct bufw t;
		bufw_init(&t, text, sizeof(text));
		assert_int_equal(order_halves_print(&t, &truth, i ? ORDER_B : ORDER_A), 0);
		seal_part(i, &set[i], (char *)text, t.len);
	}
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		struct seal_set layer = { .pk = { pk[i].b } };
		seal_part(ORDER_LAYER + i, &layer, "{\"v\":1}", 7);
		seal_code(i, &set[1]);
	}
	seal();
}

/* ---- a coalition ---- */

static struct coalition {
	unsigned who;
	bool have[ORDER_PLACES]; /* the bytes of a part */
	bool code[ORDER_LAYERS], open[ORDER_LAYERS], halves;
	struct order_halves known;
} c;

/* The bytes that the vault gives a member, or that lie in the store. */
static void
get_bytes(void)
{
	struct store_log log;
	log_of(&log);
	if (c.who & GATEWAY)
		for (uint32_t i = 0; i < ORDER_PLACES; i++)
			c.have[i] = c.have[i] || (log.order.parts >> i & 1);
	if ((c.who & SIDE_A) && fetches(A1, FRAME_PARTS, ORDER_HALF_A) == FRAME_OK)
		c.have[ORDER_HALF_A] = true;
	for (uint32_t i = 0; i < ORDER_PLACES && (c.who & SIDE_B); i++)
		if (i != ORDER_HALF_A && fetches(I7, FRAME_PARTS, i) == FRAME_OK)
			c.have[i] = true;
	/* The later layers are taken by whoever has read the hours in the first. */
	for (unsigned i = 0; i < ORDER_LAYERS && (c.who & SIDE_B); i++)
		if ((!i || c.open[0]) && fixture_as(J7, take_request(J7, i)) == FRAME_OK) {
			assert_memory_equal(w.body, part[ORDER_LAYER + i], FRAME_BODY_LEN);
			c.have[ORDER_LAYER + i] = true;
			next++;
		}
	/* Others of the desks ask, too; they are given nothing. */
	for (uint32_t i = 0; i < ORDER_PLACES && (c.who & OTHERS); i++) {
		assert_int_equal(fetches(REG, FRAME_PARTS, i), FRAME_NOT_FOUND);
		assert_int_equal(fetches(A2, FRAME_PARTS, i), FRAME_NOT_FOUND);
	}
}

/* Opens a part with one of the keys that the coalition has. */
static bool
try_keys(struct entry *e, uint8_t plain[static ENTRY_LEN], uint32_t place)
{
	const bool has[KEY_CNT] = { c.who & SIDE_A, c.who & SIDE_A, c.who & SIDE_B, c.who & SIDE_B,
				    c.who & OTHERS };
	for (size_t i = 0; i < KEY_CNT && c.have[place]; i++) {
		struct open_result r;
		if (has[i] && !open_sealed(plain, &r, part[place], keys[i], 0))
			return entry_parse(e, plain) == 0;
	}
	return false;
}

static void
open_halves(void)
{
	static uint8_t plain[ENTRY_LEN];
	struct order_halves h;
	struct order_code code;
	struct entry e;
	if (try_keys(&e, plain, ORDER_HALF_A) &&
	    !order_halves_read(&h, ORDER_A, e.json, e.json_len)) {
		memcpy(c.known.code, h.code, sizeof(h.code));
		memset(c.code, 1, sizeof(c.code));
	}
	if (try_keys(&e, plain, ORDER_HALF_B) &&
	    !order_halves_read(&h, ORDER_B, e.json, e.json_len)) {
		memcpy(c.known.half, h.half, sizeof(h.half));
		memcpy(c.known.layer, h.layer, sizeof(h.layer));
		c.halves = true;
	}
	for (unsigned i = 0; i < ORDER_LAYERS; i++)
		if (try_keys(&e, plain, ORDER_CODE + i) &&
		    !order_code_read(&code, e.json, e.json_len)) {
			c.known.code[code.layer] = code.code;
			c.code[code.layer] = true;
		}
}

/* The layer's key is made from what is known, be it little: zeros stand for what is not. */
static void
open_layers(void)
{
	static uint8_t plain[ENTRY_LEN];
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		struct xwing_secret secret;
		struct open_result r;
		struct entry e;
		bool opens = try_keys(&e, plain, ORDER_LAYER + i);
		assert_false(opens);
		assert_int_equal(order_layer_secret(&secret, &c.known.code[i], &c.known.half[i], id,
						    i),
				 0);
		struct open_key *key = open_key_new(&secret);
		assert_non_null(key);
		opens = c.have[ORDER_LAYER + i] &&
			!open_sealed(plain, &r, part[ORDER_LAYER + i], key, 0);
		open_key_free(key);
		assert_true(!opens || (c.code[i] && c.halves));
		c.open[i] = c.open[i] || opens;
	}
}

/* How many layers it reads. Who reads a later one reads the earlier ones. */
static unsigned
reads(unsigned who)
{
	unsigned cnt = 0;
	memset(&c, 0, sizeof(c));
	c.who = who;
	if (who & PLANNER) /* wrote them */
		return ORDER_LAYERS;
	for (unsigned round = 0; round < 3; round++) {
		get_bytes();
		open_halves();
		open_layers();
	}
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		assert_true(!c.open[i] || i == 0 || c.open[i - 1]);
		cnt += c.open[i];
	}
	return cnt;
}

/* What the design promises: both halves, and the hour or the gateway. */
static unsigned
promised(unsigned who, unsigned phase, bool released)
{
	if ((who & PLANNER) || (who & (SIDE_A | SIDE_B | GATEWAY)) == (SIDE_A | SIDE_B | GATEWAY))
		return ORDER_LAYERS;
	if ((who & SIDE_B) && ((who & SIDE_A) || released))
		return phase;
	return 0;
}

static unsigned found[2][PHASES][ALL];

/* Phase by phase; the A side puts the code of each layer when its hour has come, or never does. */
static void
all_coalitions(void **state)
{
	for (int released = 0; released < 2; released++) {
		if (released) {
			assert_int_equal(fixture_end(state), 0);
			assert_int_equal(ready(state), 0);
		}
		make_order();
		for (unsigned phase = 0; phase < PHASES; phase++) {
			at_hour(phase ? hours.open[phase - 1] : hours.open[0] - 1);
			if (released && phase)
				assert_int_equal(put(A1, ORDER_CODE + phase - 1), FRAME_OK);
			for (unsigned who = 0; who < ALL; who++) {
				unsigned n = reads(who), want = promised(who, phase, released);
				found[released][phase][who] = n;
				if (n != want)
					fail_msg("coalition %02x, phase %u, released %d: %u "
						 "layers, %u promised",
						 who, phase, released, n, want);
			}
		}
	}
}

/* ---- the paper ---- */

static const struct {
	unsigned who;
	const char *name;
} rows[] = {
	{ PLANNER, "the planner" },
	{ SIDE_A, "the A side" },
	{ SIDE_B, "the B side" },
	{ GATEWAY | OTHERS, "the gateway, and every other desk's keys" },
	{ GATEWAY | SIDE_A | OTHERS, "the gateway, the A side, and every other desk's keys" },
	{ GATEWAY | SIDE_B, "the gateway and the B side" },
	{ SIDE_A | SIDE_B, "the A side and the B side" },
	{ GATEWAY | SIDE_A | SIDE_B, "the gateway, the A side and the B side" },
};

static void
paper_has_the_table(void **state)
{
	static const char *const word[] = { "nothing", "layer 0", "layers 0, 1", "all" };
	static char paper[1 << 18];
	(void)state;
	FILE *f = fopen("SECURITY.md", "r");
	assert_non_null(f);
	size_t n = fread(paper, 1, sizeof(paper) - 1, f);
	fclose(f);
	assert_true(n > 1000 && n < sizeof(paper) - 1);
	const char *at = strstr(paper, "| who | before h0 |");
	assert_non_null(at);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char row[256];
		int len = snprintf(row, sizeof(row), "\n| %s |", rows[i].name);
		for (unsigned p = 0; p < PHASES; p++) {
			unsigned with = found[1][p][rows[i].who];
			bool same = with == found[0][p][rows[i].who];
			assert_true(same || !found[0][p][rows[i].who]);
			len += snprintf(row + len, sizeof(row) - (size_t)len, " %s%s |", word[with],
					same ? "" : " if released");
		}
		at = strstr(at, "\n| ");
		while (at && !strncmp(at, "\n| who", 6))
			at = strstr(at + 1, "\n| ");
		if (!at || strncmp(at, row, (size_t)len) != 0)
			fail_msg("SECURITY.md has not%s\nbut%.200s", row, at ? at : " no row");
		at++;
	}
}

static int
keys_new(void **state)
{
	(void)state;
	if (sodium_init() < 0)
		return -1;
	for (size_t i = 0; i < KEY_CNT; i++) {
		struct xwing_public pk;
		struct xwing_secret secret;
		xwing_keypair(&pk, &secret);
		keys[i] = open_key_new(&secret);
		if (!keys[i])
			return -1;
	}
	return 0;
}

static int
keys_free(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_CNT; i++)
		open_key_free(keys[i]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_coalitions, ready, fixture_end),
		cmocka_unit_test(paper_has_the_table),
	};
	return cmocka_run_group_tests(tests, keys_new, keys_free);
}
