/* Entries, sealing, opening, audit, attachments: the vectors, and every cheat that the
 * audit must find. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/attach.h"
#include "crypto/err.h"
#include "crypto/open.h"
#include "crypto/seal.h"

static uint8_t sealed[SEAL_LEN], plain[ENTRY_LEN];

struct party {
	struct xwing_secret secret;
	struct xwing_public pk;
	int dummy;
};

static void
parties_of(const struct vector *v, struct party party[static SEAL_CNT], struct seal_set *set)
{
	char name[] = "seal_seed_0";
	for (size_t i = 0; i < SEAL_CNT; i++) {
		name[10] = (char)('0' + i);
		party[i].dummy = vector_hex(v, name, party[i].secret.seed, 32) == 0;
		xwing_public_of(&party[i].pk, &party[i].secret);
		set->pk[i] = party[i].dummy ? NULL : party[i].pk.b;
	}
}

static size_t
known_of(struct open_known *known, const struct party *party)
{
	size_t n = 0;
	for (size_t i = 0; i < SEAL_CNT; i++)
		if (!party[i].dummy)
			open_known_set(&known[n++], party[i].pk.b, (uint16_t)(i + 1));
	return n;
}

static void
entry_of(const struct vector *v, struct entry *e, uint8_t *binary, char **json)
{
	memset(e, 0, sizeof(*e));
	e->type = (uint16_t)vector_int(v, "type");
	e->thread = (uint8_t)vector_int(v, "thread");
	e->number = (uint32_t)vector_int(v, "number");
	e->hour = (uint32_t)vector_int(v, "hour");
	vector_hex(v, "gateway", e->gateway, 16);
	vector_hex(v, "id", e->id, 16);
	vector_hex(v, "prev", e->prev, 32);
	vector_hex(v, "seen", e->seen, 32);
	vector_hex(v, "roster", e->roster, 32);
	e->binary = binary;
	e->binary_len = vector_hex(v, "binary", binary, XWING_PUBLIC_LEN);
	*json = vector_text(v, "json", &e->json_len);
	e->json = *json;
}

static void
hash_is(const struct vector *v, const char *name, const void *bytes, size_t len)
{
	uint8_t hash[32];
	key_sha256(hash, bytes, len);
	vector_same(v, name, hash, sizeof(hash));
}

/* Everybody of the set opens it, sees what was written, and the audit names everybody. */
static void
all_open(const struct vector *v, const struct party *party)
{
	struct open_known known[SEAL_CNT];
	size_t known_cnt = known_of(known, party);
	for (size_t i = 0; i < SEAL_CNT; i++) {
		struct open_result r;
		struct entry e;
		if (party[i].dummy)
			continue;
		struct open_key *key = open_key_new(&party[i].secret);
		assert_non_null(key);
		assert_memory_equal(open_key_public(key), party[i].pk.b, XWING_PUBLIC_LEN);
		assert_int_equal(open_sealed(plain, &r, sealed, key, 0), 0);
		hash_is(v, "plain_sha256", plain, sizeof(plain));
		vector_same(v, "file_key", r.file_key.b, 16);
		assert_int_equal(entry_parse(&e, plain), 0);
		if (e.type == ENTRY_TIP) {
			uint8_t t[SEAL_PROOF_LEN], T[SEAL_PROOF_LEN];
			assert_int_equal(seal_opened(t, T, e.binary, e.id), 0);
			vector_same(v, "t", t, sizeof(t));
			vector_same(v, "T", T, sizeof(T));
		}
		assert_int_equal(open_audit(&r, sealed, &e, known, known_cnt), 0);
		assert_int_equal(r.audit, OPEN_AUDITED);
		size_t named = 0;
		for (size_t s = 0; s < SEAL_CNT; s++)
			named += r.who[s] != NULL;
		assert_int_equal(named, known_cnt);
		assert_int_equal(r.who[r.stanza]->desk, i + 1);
		/* Somebody whom we do not know and who is no dummy. */
		if (known_cnt > 1) {
			assert_int_equal(open_audit(&r, sealed, &e, known + 1, known_cnt - 1),
					 ERR_NOT_FOUND);
			assert_int_equal(r.audit, OPEN_UNAUDITED);
			assert_null(r.who[0]);
		}
		open_key_free(key);
	}
}

static void
sealed_vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "sealed");
	while (vector_next(&v)) {
		struct party party[SEAL_CNT];
		struct seal_set set;
		struct seal_test_rng rng;
		struct seal s;
		struct entry e;
		struct key_sign key;
		uint8_t seed[32], binary[XWING_PUBLIC_LEN], again[SEAL_LEN];
		char *json = NULL, place[5] = { 0 }, name[] = "recipient_0";
		parties_of(&v, party, &set);
		entry_of(&v, &e, binary, &json);
		vector_hex(&v, "seed", seed, sizeof(seed));
		key_sign_from_seed(&key, seed);
		vector_hex(&v, "test_seed", seed, sizeof(seed));
		seal_test_rng_init(&rng, seed);
		assert_int_equal(seal_begin(&s, &set, e.id, &rng.rng), 0);
		vector_same(&v, "file_key", s.file_key.b, 16);
		for (size_t i = 0; i < SEAL_CNT; i++) {
			place[i] = (char)('0' + s.place[i]);
			name[10] = (char)('0' + i);
			vector_same(&v, name, s.hash[i], 32);
		}
		assert_true(vector_is(&v, "place", place));
		memcpy(e.recipient, s.hash, sizeof(e.recipient));
		assert_int_equal(entry_build(plain, &e, &key), 0);
		vector_same(&v, "plain_head", plain, 312);
		vector_same(&v, "plain_signature", plain + ENTRY_SIGNED_LEN, 64);
		hash_is(&v, "plain_sha256", plain, sizeof(plain));
		assert_int_equal(seal_finish(&s, plain, sealed), 0);
		hash_is(&v, "header_sha256", sealed, SEAL_HEADER_LEN);
		hash_is(&v, "sealed_sha256", sealed, sizeof(sealed));
		/* All in one call. */
		seal_test_rng_init(&rng, seed);
		memset(e.recipient, 0, sizeof(e.recipient));
		struct seal_entry how = { .set = &set, .key = &key, .rng = &rng.rng };
		assert_int_equal(seal_entry(again, &e, &how), 0);
		assert_memory_equal(again, sealed, sizeof(sealed));
		/* And with true randomness it is another file of the same size. */
		how.rng = NULL;
		assert_int_equal(seal_entry(again, &e, &how), 0);
		assert_memory_not_equal(again + 22, sealed + 22, 3000);
		all_open(&v, party);
		free(json);
	}
}

/* A tip to parties 0 to 2 and a dummy, sealed by hand so that it can cheat. */
struct cheat {
	struct party party[SEAL_CNT];
	struct seal_set set;
	struct seal s;
	struct entry e;
	struct key_sign key;
	struct open_known known[SEAL_CNT];
	uint8_t binary[XWING_PUBLIC_LEN];
};

static void
cheat_begin(struct cheat *c)
{
	memset(c, 0, sizeof(*c));
	key_sign_new(&c->key);
	for (size_t i = 0; i < SEAL_CNT; i++) {
		xwing_keypair(&c->party[i].pk, &c->party[i].secret);
		c->party[i].dummy = i == 3;
		c->set.pk[i] = i == 3 ? NULL : c->party[i].pk.b;
	}
	assert_int_equal(known_of(c->known, c->party), 3);
	c->e = (struct entry){ .type = ENTRY_TIP,
			       .id = { 1, 2, 3 },
			       .binary = c->binary,
			       .binary_len = sizeof(c->binary),
			       .json = "{}",
			       .json_len = 2 };
	assert_int_equal(seal_begin(&c->s, &c->set, c->e.id, NULL), 0);
	memcpy(c->e.recipient, c->s.hash, sizeof(c->s.hash));
}

/* What party 0 finds: error of the opening, or of the audit. */
static int
cheat_end(struct cheat *c)
{
	struct open_result r;
	struct entry e;
	struct open_key *key = open_key_new(&c->party[0].secret);
	assert_int_equal(entry_build(plain, &c->e, &c->key), 0);
	assert_int_equal(seal_finish(&c->s, plain, sealed), 0);
	int err = open_sealed(plain, &r, sealed, key, 0);
	if (!err)
		err = entry_parse(&e, plain);
	if (!err)
		err = open_audit(&r, sealed, &e, c->known, 3);
	open_key_free(key);
	return err;
}

static size_t
place_of(const struct cheat *c, uint8_t who)
{
	for (size_t i = 0; i < SEAL_CNT; i++)
		if (c->s.place[i] == who)
			return i;
	return 0;
}

static void
cheats(void **state)
{
	struct cheat c;
	struct xwing_secret sk;
	(void)state;
	cheat_begin(&c);
	assert_int_equal(cheat_end(&c), 0);
	/* A stanza for a key of the cheat's own where the backstop is listed. */
	cheat_begin(&c);
	xwing_keypair(&c.s.pk[place_of(&c, 2)], &sk);
	assert_int_equal(cheat_end(&c), ERR_AUTH);
	/* The dummy is somebody. */
	cheat_begin(&c);
	size_t i = place_of(&c, 3);
	xwing_keypair(&c.s.pk[i], &sk);
	key_sha256(c.s.hash[i], c.s.pk[i].b, XWING_PUBLIC_LEN);
	memcpy(c.e.recipient[i], c.s.hash[i], 32);
	assert_int_equal(cheat_end(&c), ERR_NOT_FOUND);
	/* A known desk listed twice. */
	cheat_begin(&c);
	i = place_of(&c, 3);
	size_t j = place_of(&c, 1);
	c.s.pk[i] = c.s.pk[j];
	memcpy(c.s.hash[i], c.s.hash[j], 32);
	memcpy(c.e.recipient[i], c.s.hash[j], 32);
	assert_int_equal(cheat_end(&c), ERR_AUTH);
	/* Coins for another case. */
	cheat_begin(&c);
	c.s.id[0] ^= 1;
	assert_int_equal(cheat_end(&c), ERR_AUTH);
	/* Coins from other hashes, for another desk and for us. */
	for (uint8_t who = 0; who < 2; who++) {
		cheat_begin(&c);
		c.s.hash[place_of(&c, who)][0] ^= 1;
		assert_int_equal(cheat_end(&c), ERR_AUTH);
	}
	/* We are not listed though we can open it. */
	cheat_begin(&c);
	memset(c.e.recipient[place_of(&c, 0)], 7, 32);
	assert_int_equal(cheat_end(&c), ERR_FORMAT);
	/* The dummy of another place. */
	cheat_begin(&c);
	i = place_of(&c, 3);
	assert_int_equal(seal_dummy(&c.s.pk[i], &c.s.file_key, (uint8_t)((i + 1) % 4)), 0);
	key_sha256(c.s.hash[i], c.s.pk[i].b, XWING_PUBLIC_LEN);
	memcpy(c.e.recipient[i], c.s.hash[i], 32);
	assert_int_equal(cheat_end(&c), ERR_NOT_FOUND);
}

static void
damage(void **state)
{
	struct cheat c;
	struct open_result r;
	struct xwing_secret stranger = { { 9 } };
	struct open_key *key, *other;
	(void)state;
	cheat_begin(&c);
	assert_int_equal(cheat_end(&c), 0);
	key = open_key_new(&c.party[0].secret);
	other = open_key_new(&stranger);
	assert_int_equal(open_sealed(plain, &r, sealed, other, 0), ERR_NO_MATCH);
	assert_true(sodium_is_zero(plain, sizeof(plain)));
	for (size_t i = 0; i < SEAL_LEN; i += 131) {
		sealed[i] ^= 1;
		int err = open_sealed(plain, &r, sealed, key, 0);
		assert_true(err == ERR_AUTH || err == ERR_HEADER || err == ERR_NO_MATCH);
		assert_true(sodium_is_zero(plain, sizeof(plain)));
		assert_true(sodium_is_zero((uint8_t *)&r, sizeof(r)));
		sealed[i] ^= 1;
	}
	for (size_t i = 0; i < SEAL_LEN; i += 7919) { /* and it still opens */
		assert_int_equal(open_sealed(plain, &r, sealed, key, 0), 0);
	}
	open_key_free(key);
	open_key_free(other);
	open_key_free(NULL);
}

static void
begin_refuses(void **state)
{
	struct cheat c;
	struct seal s;
	struct xwing_public bad;
	(void)state;
	cheat_begin(&c);
	struct seal_set none = { { NULL, NULL, NULL, NULL } };
	assert_int_equal(seal_begin(&s, &none, c.e.id, NULL), ERR_ARG);
	struct seal_set twice = { { c.party[0].pk.b, NULL, c.party[0].pk.b, NULL } };
	assert_int_equal(seal_begin(&s, &twice, c.e.id, NULL), ERR_DUP);
	memset(&bad, 0xff, sizeof(bad));
	struct seal_set broken = { { c.party[0].pk.b, NULL, bad.b, NULL } };
	assert_int_equal(seal_begin(&s, &broken, c.e.id, NULL), ERR_KEY);
	assert_true(sodium_is_zero((uint8_t *)&s, sizeof(s)));
}

/* Every place comes up, and about equally often. */
static void
shuffled(void **state)
{
	struct cheat c;
	struct seal s;
	unsigned count[SEAL_CNT] = { 0 };
	(void)state;
	cheat_begin(&c);
	for (int n = 0; n < 400; n++) {
		assert_int_equal(seal_begin(&s, &c.set, c.e.id, NULL), 0);
		for (size_t i = 0; i < SEAL_CNT; i++)
			if (s.place[i] == 0)
				count[i]++;
	}
	for (size_t i = 0; i < SEAL_CNT; i++)
		assert_in_range(count[i], 50, 150);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealed_vectors), cmocka_unit_test(cheats),
		cmocka_unit_test(damage),         cmocka_unit_test(begin_refuses),
		cmocka_unit_test(shuffled),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
