/* Key parts and certificates of desks at the vault, and what a desk says with its voice. */
#include "crypto/statement.h"
#include "tests/lib/fixture.h"

static uint8_t b1[FRAME_BODY_LEN];

/* ---- keys ---- */

static int
key_put(enum who who, struct frame_routing r, const void *blob, size_t len)
{
	struct frame_request rq = { .op = FRAME_KEY_PUT, .routing = r };
	rq.routing.length = (uint32_t)len;
	rq.body = blob;
	rq.body_len = len;
	return fixture_as(who, rq);
}

static int
key_get(enum who who, struct frame_routing r)
{
	struct frame_request rq = { .op = FRAME_KEY_GET, .routing = r };
	return fixture_as(who, rq);
}

static size_t
certificate(char *dst, size_t cap, uint32_t number, bool both)
{
	return fixture_certificate(1, (int)number, dst, cap, number, both);
}

static struct frame_routing
of_handle(struct frame_routing r, enum who who)
{
	memcpy(r.proof, w.person[who].handle, 8);
	return r;
}

/* The source hears from the vault which desks say that they opened her tip, and from nobody else.
 */
static void
statements(void **state)
{
	static const uint8_t secret[32] = { 7 };
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing r = { .desk = 1, .number = 3, .flags = FRAME_KEY_CERT };
	struct frame_request rq, ask;
	struct statement said = { .desk = 1, .epoch = 3 };
	struct key_sign voice;
	struct source s;
	uint8_t sig[KEY_SIG_LEN], back[KEY_SIG_LEN];
	(void)state;
	assert_int_equal(epoch_voice(&voice, secret), 0);
	size_t len = certificate(cert, sizeof(cert), 3, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	source_new(&s);
	assert_int_equal(source_open(&s, 1, 0), FRAME_OK);
	memcpy(said.gateway, w.keys.card.id, sizeof(said.gateway));
	memcpy(said.id, s.id, sizeof(said.id));
	memcpy(said.t, s.t, sizeof(said.t));
	said.day = CLOCK_DAY(fixture_minute);
	rq = request(FRAME_STATEMENT, s.id);
	rq.routing.desk = 1;
	rq.routing.number = 3;
	rq.routing.hour = said.day * 24;
	statement_sign(sig, &said, &voice);
	memcpy(rq.routing.proof, sig, 32);
	memcpy(rq.routing.hash, sig + 32, 32);
	/* Nobody has shown t: the vault cannot check it. */
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	struct frame_routing ack = { .desk = 1 };
	memcpy(ack.proof, s.t, 32);
	random_body(b1);
	assert_int_equal(member_put(A1, FRAME_ACKNOWLEDGE, s.id, ack, b1), FRAME_OK);
	ask = request(FRAME_OPENED, s.id);
	assert_int_equal(fixture_send(ask, &s.key), FRAME_OK);
	assert_int_equal(w.out.count, 0);
	/* A forged one, one of another day, of another epoch, by another desk, by no member. */
	rq.routing.proof[0] ^= 1;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.proof[0] ^= 1;
	rq.routing.hour -= 24;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.hour += 24;
	rq.routing.number = 2;
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	rq.routing.number = 3;
	assert_int_equal(fixture_as(A2, rq), FRAME_NOT_FOUND);
	assert_int_equal(fixture_send(rq, &s.key), FRAME_NOT_FOUND);
	assert_int_equal(fixture_as(A1, rq), FRAME_OK);
	assert_true(w.wrote);
	assert_int_equal(fixture_as(B1, rq), FRAME_OK); /* once for each desk */
	assert_false(w.wrote);
	assert_int_equal(fixture_send(ask, &s.key), FRAME_OK);
	assert_int_equal(w.out.count, 1);
	memset(&said.desk, 0, sizeof(said.desk));
	statement_get(&said, back, w.body);
	assert_int_equal(said.desk, 1);
	assert_int_equal(said.epoch, 3);
	assert_memory_equal(back, sig, sizeof(sig));
	/* Only to her. */
	ask.routing.id[0] ^= 1;
	struct source other;
	source_new(&other);
	memcpy(ask.routing.id, other.id, sizeof(other.id));
	assert_int_equal(fixture_send(ask, &other.key), FRAME_NOT_FOUND);
}

static void
certificates(void **state)
{
	char cert[EPOCH_NOTE_MAX];
	uint8_t before[32];
	struct frame_routing r = { .desk = 1, .number = 3, .flags = FRAME_KEY_CERT };
	(void)state;
	memcpy(before, w.v.bundle_hash, 32);
	size_t len = certificate(cert, sizeof(cert), 3, false);
	/* One signature is kept under the handle of the lead, who alone sends it. */
	assert_int_equal(key_put(A1, r, cert, len), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, B1), cert, len), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, A1), cert, len), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_OK);
	assert_memory_equal(before, w.v.bundle_hash, 32); /* pending: not published */
	assert_int_equal(key_get(B1, r), FRAME_NOT_FOUND);
	assert_int_equal(key_get(B1, of_handle(r, A1)), FRAME_OK);
	assert_int_equal(w.out.length, len);
	assert_memory_equal(w.body, cert, len);
	r.desk = 2;
	assert_int_equal(key_put(A2, r, cert, len), FRAME_BAD);
	assert_int_equal(key_get(A1, r), FRAME_NOT_FOUND);
	r.desk = 1;
	assert_int_equal(key_get(A2, r), FRAME_NOT_FOUND);
	len = certificate(cert, sizeof(cert), 3, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	assert_memory_not_equal(before, w.v.bundle_hash, 32);
	assert_int_equal(w.v.bundle_len % BUNDLE_STEP, 0);
	assert_non_null(memmem(w.v.bundle, w.v.bundle_len, cert, len));
	/* Numbers only grow. */
	r.number = 2;
	len = certificate(cert, sizeof(cert), 2, true);
	assert_int_equal(key_put(A1, r, cert, len), FRAME_BAD);
	r.number = 0;
	assert_int_equal(key_get(A1, r), FRAME_OK);
	assert_int_equal(w.out.number, 3);
	/* A certificate that is over leaves the bundle. */
	fixture_minute += 31 * 1440;
	vault_clock_advance(&w.v);
	assert_int_equal(vault_roster_load(&w.v), 0);
	assert_null(memmem(w.v.bundle, w.v.bundle_len, "davylamp/v1 epoch", 17));
	/* The old bundle is there under its hash. */
	assert_memory_equal(before, w.v.bundle_hash, 32);
}

/* A lead alone cannot end the line of his desk's keys, nor take another desk's key. */
static void
certificates_ahead(void **state)
{
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing r = { .desk = 1, .flags = FRAME_KEY_CERT };
	(void)state;
	size_t len = certificate(cert, sizeof(cert), 4294967295, false);
	r.number = 4294967295;
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_BAD);
	r.number = 1001;
	len = certificate(cert, sizeof(cert), 1001, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_BAD);
	/* A pending one far ahead does not count. */
	r.number = 1000;
	len = certificate(cert, sizeof(cert), 1000, false);
	assert_int_equal(key_put(A1, of_handle(r, A1), cert, len), FRAME_OK);
	r.number = 1;
	len = certificate(cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	r.number = 0;
	assert_int_equal(key_get(A1, r), FRAME_OK);
	assert_int_equal(w.out.number, 1);
	/* The next step begins at the newest complete one, also when that is over. */
	fixture_minute += 31 * 1440;
	vault_clock_advance(&w.v);
	r.number = 1002;
	len = certificate(cert, sizeof(cert), 1002, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_BAD);
	r.number = 1001;
	len = certificate(cert, sizeof(cert), 1001, true);
	assert_int_equal(key_put(B1, r, cert, len), FRAME_OK);
	/* The fill of that key, tried by desk 2. */
	r.desk = 2;
	r.number = 1;
	len = fixture_certificate(2, 1001, cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B2, r, cert, len), FRAME_BAD);
	len = fixture_certificate(2, 1001, cert, sizeof(cert), 1, false);
	assert_int_equal(key_put(A2, of_handle(r, A2), cert, len), FRAME_BAD);
	len = fixture_certificate(2, 77, cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B2, r, cert, len), FRAME_OK);
}

static void
key_parts(void **state)
{
	uint8_t said[64 + 1216 + 64], blob[1216 + 64], *p = said;
	struct frame_routing r = { .desk = 1, .number = 1, .flags = FRAME_KEY_SUBKEY };
	(void)state;
	randombytes_buf(blob, sizeof(blob));
	memcpy(p, "davylamp/v1 subkey", 18);
	memcpy(p + 18, w.keys.card.id, 16);
	memcpy(p + 34, "\1\0\1\0\0\0", 6);
	memcpy(p + 40, blob, 1216);
	crypto_sign_detached(blob + 1216, NULL, said, 40 + 1216, w.person[B1].key.bytes);
	memcpy(r.proof, w.person[B1].handle, 8);
	assert_int_equal(key_put(A1, r, blob, sizeof(blob)), FRAME_BAD); /* not his own */
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_OK);
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_OK);
	assert_false(w.wrote);
	blob[3] ^= 1;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	r.number = 2; /* the signature is for 1 */
	blob[3] ^= 1;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	/* Numbers far ahead of the newest certificate would fill the store. */
	memcpy(p + 34, "\1\0\3\0\0\0", 6);
	crypto_sign_detached(blob + 1216, NULL, said, 40 + 1216, w.person[B1].key.bytes);
	r.number = 3;
	assert_int_equal(key_put(B1, r, blob, sizeof(blob)), FRAME_BAD);
	/* A secret goes from the lead to a member of the desk. */
	r = (struct frame_routing){ .desk = 1, .number = 1, .flags = FRAME_KEY_SECRET };
	assert_int_equal(key_put(A1, of_handle(r, A2), "sealed", 6), FRAME_BAD);
	assert_int_equal(key_put(B1, of_handle(r, A1), "spoilt", 6), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "sealed", 6), FRAME_OK);
	assert_int_equal(key_put(B1, of_handle(r, B1), "spoilt", 6), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "again", 5), FRAME_OK);
	assert_int_equal(key_get(B1, of_handle(r, B1)), FRAME_OK);
	assert_int_equal(w.out.length, 5);
	assert_memory_equal(w.body, "again", 5);
	/* Once the certificate is complete nobody replaces a secret; a member may add one. */
	char cert[EPOCH_NOTE_MAX];
	struct frame_routing rc = { .desk = 1, .number = 1, .flags = FRAME_KEY_CERT };
	size_t len = certificate(cert, sizeof(cert), 1, true);
	assert_int_equal(key_put(B1, rc, cert, len), FRAME_OK);
	assert_int_equal(key_put(A1, of_handle(r, B1), "rubbish", 7), FRAME_BAD);
	assert_int_equal(key_put(A1, of_handle(r, B1), "again", 5), FRAME_OK); /* a repeat */
	assert_false(w.wrote);
	assert_int_equal(key_put(B1, of_handle(r, A1), "added", 5), FRAME_OK);
}

/* Only a roster that the roots signed names the key that succeeds the gateway's. */
static void
succession(void **state)
{
	char said[4096];
	struct key_sign old = w.keys.sign;
	(void)state;
	said[vault_status(&w.v, said, sizeof(said) - 1)] = 0;
	assert_non_null(strstr(said, "roster-other-key 0\n"));
	vault_close(&w.v);
	key_sign_new(&w.keys.sign);
	key_sign_public(w.keys.card.key, &w.keys.sign);
	fixture_open_vault();
	said[vault_status(&w.v, said, sizeof(said) - 1)] = 0;
	assert_non_null(strstr(said, "roster-other-key 1\n"));
	memcpy(w.note_hash, w.v.note_hash, sizeof(w.note_hash));
	fixture_roster(2, 1);
	assert_int_equal(fixture_upload(REG), FRAME_BAD); /* one root of two */
	memcpy(w.note_hash, w.v.note_hash, sizeof(w.note_hash));
	uint8_t own[KEY_SIGN_PUBLIC_LEN];
	memcpy(own, w.keys.card.key, sizeof(own));
	key_sign_public(w.keys.card.key, &old);
	fixture_roster(2, 2);
	memcpy(w.keys.card.key, own, sizeof(own));
	assert_int_equal(fixture_upload(REG), FRAME_BAD); /* it names the old key */
	memcpy(w.note_hash, w.v.note_hash, sizeof(w.note_hash));
	fixture_roster(2, 2);
	assert_int_equal(fixture_upload(A1), FRAME_NOT_FOUND); /* no registrar */
	assert_int_equal(fixture_upload(REG), FRAME_OK);
	assert_int_equal(vault_roster_load(&w.v), 0);
	said[vault_status(&w.v, said, sizeof(said) - 1)] = 0;
	assert_non_null(strstr(said, "roster-other-key 0\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(certificates, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(statements, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(certificates_ahead, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(key_parts, fixture_ready, fixture_end),
		cmocka_unit_test_setup_teardown(succession, fixture_ready, fixture_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
