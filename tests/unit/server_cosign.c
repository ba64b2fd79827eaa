/*
 * Cosignatures of the newest checkpoint at the vault: what it takes from whom, what a restart and
 * the next batch leave of them, and which checkpoint a source is shown.
 */
#include "crypto/cosigner.h"
#include "tests/lib/fixture.h"

#include <string.h>

#define UNION "union.example/w1"
#define PRESS "press.example/w1"
#define NOW   (fixture_minute * 60)
#define SLOT  (NOW / COSIGN_BATCH_SECONDS * COSIGN_BATCH_SECONDS)

static struct key_sign witness[2], voice, stranger;

static void
name_log(struct roster *r)
{
	const char *name[2] = { UNION, PRESS };
	memcpy(r->log, w.keys.log_key, sizeof(r->log));
	for (size_t i = 0; i < 2; i++) {
		uint8_t pk[32];
		struct bufw b;
		bufw_init(&b, r->witness[i], ROSTER_WITNESS_LEN);
		bufw_printf(&b, "%zu %s ", 70 + i, name[i]);
		key_sign_public(pk, &witness[i]);
		bufw_base64(&b, pk, sizeof(pk));
	}
	r->witness_cnt = 2;
	r->quorum = 2;
}

static void
batch(void)
{
	assert_int_equal(store_begin(w.v.store), 0);
	assert_int_equal(vault_tlog_turn(&w.v), 0);
	assert_int_equal(store_commit(w.v.store), 0);
}

static void
hours(unsigned n)
{
	fixture_minute += n * 60;
	vault_clock_advance(&w.v);
	batch();
}

static int
ready(void **state)
{
	uint8_t seed[32] = { 9 };
	char cert[EPOCH_NOTE_MAX];
	for (size_t i = 0; i < 2; i++, seed[0]++)
		key_sign_from_seed(&witness[i], seed);
	key_sign_from_seed(&stranger, seed);
	assert_int_equal(epoch_voice(&voice, (const uint8_t[32]){ 7 }), 0); /* of fixture.c */
	fixture_amend = name_log;
	fixture_ready(state);
	fixture_amend = NULL;
	struct frame_request rq = { .op = FRAME_KEY_PUT,
				    .routing = { .desk = 1, .number = 3, .flags = FRAME_KEY_CERT },
				    .body = (uint8_t *)cert };
	rq.body_len = fixture_certificate(1, 1, cert, sizeof(cert), 3, true);
	rq.routing.length = (uint32_t)rq.body_len;
	assert_int_equal(fixture_as(B1, rq), FRAME_OK);
	batch();
	return 0;
}

/* The newest checkpoint: into *note, which borrows w.body. */
static uint64_t
newest(enum who who, uint32_t old, struct note *note, size_t *steps)
{
	struct frame_request rq = { .op = FRAME_CHECKPOINT, .routing.number = old };
	struct checkpoint c;
	struct buf b;
	assert_int_equal(fixture_as(who, rq), FRAME_OK);
	buf_init(&b, w.body, w.body_len);
	*steps = buf_u8(&b);
	buf_take(&b, *steps * MERKLE_LEN);
	size_t len = buf_u16(&b);
	const uint8_t *bytes = buf_take(&b, len);
	assert_int_equal(buf_end(&b), 0);
	assert_int_equal(note_parse(note, bytes, len), 0);
	assert_int_equal(checkpoint_get(&c, note->text, note->text_len), 0);
	return c.size;
}

static size_t
cosignatures(void)
{
	struct note n;
	size_t steps, cnt = 0;
	newest(A1, 0, &n, &steps);
	for (size_t i = 0; i < n.sig_cnt; i++)
		cnt += n.sig[i].kind == NOTE_COSIGNATURE;
	return cnt;
}

/* One that is brought: by whom, in which name, with which key, of which time. */
static int
bring(enum who who, const char *name, const struct key_sign *key, uint64_t time)
{
	static uint8_t body[FRAME_BODY_LEN];
	struct note n;
	struct bufw b;
	size_t steps;
	newest(who, 0, &n, &steps);
	bufw_init(&b, body, sizeof(body));
	bufw_bytes(&b, n.text, n.text_len);
	bufw_text(&b, "\n");
	assert_int_equal(note_cosign(&b, n.text, n.text_len, time, name, key), 0);
	return fixture_as(who, (struct frame_request){ .op = FRAME_COSIGN,
						       .routing.length = (uint32_t)b.len,
						       .body = body,
						       .body_len = b.len });
}

static void
takes(void **state)
{
	(void)state;
	assert_int_equal(cosignatures(), 0);
	assert_int_equal(bring(REG, UNION, &witness[0], NOW), FRAME_OK);
	assert_true(w.wrote);
	assert_int_equal(w.out.count, 1);
	/* A stranger, a known name with another's key, another's name. */
	assert_int_equal(bring(A1, "else.example/w1", &stranger, NOW), FRAME_BAD);
	assert_int_equal(bring(A1, PRESS, &stranger, NOW), FRAME_BAD);
	assert_int_equal(bring(A1, PRESS, &witness[0], NOW), FRAME_BAD);
	/* Of a time to come, of three days ago. */
	assert_int_equal(bring(A1, PRESS, &witness[1], NOW + 1200), FRAME_BAD);
	assert_int_equal(bring(A1, PRESS, &witness[1], NOW - 72 * 3600), FRAME_BAD);
	/* A desk for itself, and not by the minute. */
	assert_int_equal(bring(A2, "desk-1", &voice, SLOT), FRAME_BAD);
	assert_int_equal(bring(A1, "desk-2", &voice, SLOT), FRAME_BAD);
	assert_int_equal(bring(A1, "desk-1", &voice, SLOT + 60), FRAME_BAD);
	assert_int_equal(cosignatures(), 1);
	assert_int_equal(bring(A1, "desk-1", &voice, SLOT), FRAME_OK);
	assert_int_equal(w.out.count, 2);
	/* The same again, and an older one of the same witness, change nothing. */
	assert_int_equal(bring(B1, "desk-1", &voice, SLOT), FRAME_OK);
	assert_int_equal(bring(B1, UNION, &witness[0], NOW - 60), FRAME_OK);
	assert_int_equal(cosignatures(), 2);
}

/* One that was changed under way makes all that came with it bad. */
static void
changed(void **state)
{
	static uint8_t body[FRAME_BODY_LEN];
	struct note n;
	struct bufw b;
	size_t steps, from;
	(void)state;
	newest(A1, 0, &n, &steps);
	bufw_init(&b, body, sizeof(body));
	bufw_bytes(&b, n.text, n.text_len);
	bufw_text(&b, "\n");
	assert_int_equal(note_cosign(&b, n.text, n.text_len, NOW, UNION, &witness[0]), 0);
	from = b.len;
	assert_int_equal(note_cosign(&b, n.text, n.text_len, NOW, PRESS, &witness[1]), 0);
	struct frame_request rq = { .op = FRAME_COSIGN,
				    .routing.length = (uint32_t)b.len,
				    .body = body,
				    .body_len = b.len };
	for (size_t at = from + 30; at + 4 < b.len; at += 9) {
		uint8_t was = body[at];
		body[at] = was == 'A' ? 'B' : 'A';
		/* Where the hash of the key was hit it is nobody's, and the first one counts. */
		int status = fixture_as(A1, rq);
		assert_true(status == FRAME_BAD || w.out.count == 1);
		body[at] = was;
	}
	/* Of another checkpoint. */
	body[n.text_len - 3] ^= 1;
	assert_int_equal(fixture_as(A1, rq), FRAME_BEHIND);
	body[n.text_len - 3] ^= 1;
	rq.routing.length = 20;
	rq.body_len = 20;
	memset(body + 20, 0, sizeof(body) - 20);
	assert_int_equal(fixture_as(A1, rq), FRAME_BAD);
	fixture_send((struct frame_request){ .op = FRAME_CHECKPOINT }, &stranger);
	assert_int_equal(w.status, FRAME_NOT_FOUND);
}

/* What her proof shows: how many cosignatures, of a checkpoint of which size. */
static size_t
shown(const struct source *s, uint64_t *size)
{
	struct log_proof p;
	struct note n;
	struct buf b;
	size_t cnt = 0;
	assert_int_equal(fixture_send(request(FRAME_OPENED, s->id), &s->key), FRAME_OK);
	buf_init(&b, w.body, w.body_len);
	assert_int_equal(log_proof_get(&p, &b), 0);
	assert_int_equal(p.state, LOG_STANDS);
	assert_int_equal(note_parse(&n, p.checkpoint, p.checkpoint_len), 0);
	for (size_t i = 0; i < n.sig_cnt; i++)
		cnt += n.sig[i].kind == NOTE_COSIGNATURE;
	*size = p.size;
	return cnt;
}

static void
batches(void **state)
{
	struct source first, later;
	struct note n;
	size_t steps;
	uint64_t size;
	(void)state;
	source_new(&first);
	assert_int_equal(source_open(&first, 1, 0), FRAME_OK);
	hours(4);
	assert_int_equal(newest(A1, 0, &n, &steps), 512);
	assert_int_equal(steps, 0);
	assert_int_equal(newest(A1, 1, &n, &steps), 512);
	assert_int_equal(steps, 1);
	assert_int_equal(newest(A1, 2, &n, &steps), 512);
	assert_int_equal(steps, 0);
	newest(A1, UINT32_MAX, &n, &steps);
	assert_int_equal(steps, 0);
	/* One of two is shown, and the newest checkpoint takes its place when it comes. */
	assert_int_equal(bring(A1, UNION, &witness[0], NOW), FRAME_OK);
	assert_int_equal(shown(&first, &size), 1);
	hours(4);
	assert_int_equal(shown(&first, &size), 0);
	assert_int_equal(size, 768);
	/* A quorum stays until the next one, also over a restart. */
	assert_int_equal(bring(A1, UNION, &witness[0], NOW), FRAME_OK);
	assert_int_equal(bring(A1, "desk-1", &voice, SLOT), FRAME_OK);
	assert_int_equal(shown(&first, &size), 2);
	source_new(&later);
	assert_int_equal(source_open(&later, 1, 0), FRAME_OK);
	hours(4);
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(cosignatures(), 0);
	assert_int_equal(shown(&first, &size), 2);
	assert_int_equal(size, 768);
	assert_int_equal(shown(&later, &size), 0);
	assert_int_equal(size, 1024);
	assert_int_equal(bring(REG, PRESS, &witness[1], NOW), FRAME_OK);
	vault_close(&w.v);
	fixture_open_vault();
	assert_int_equal(cosignatures(), 1);
	assert_int_equal(bring(A1, UNION, &witness[0], NOW), FRAME_OK);
	assert_int_equal(shown(&first, &size), 2);
	assert_int_equal(size, 1024);
	assert_int_equal(shown(&later, &size), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes, ready, fixture_end),
		cmocka_unit_test_setup_teardown(changed, ready, fixture_end),
		cmocka_unit_test_setup_teardown(batches, ready, fixture_end),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
