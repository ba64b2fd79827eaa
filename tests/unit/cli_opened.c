/* An opened case: the case that the session keeps open, entries that come, and hints, which may be
 * wrong without harm. Its keys: cli_opened_keys.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/expected.h"
#include "admin-cli/desk/opened_inner.h"
#include "crypto/err.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_opened.XXXXXX";
static struct session ses;

static int
setup(void **state)
{
	(void)state;
	if (cli_home_make(dir))
		return -1;
	cli_home_start(&ses, dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	return cli_home_remove(dir);
}

/*
 * Two cases in the workspace of a member who holds the secrets of three epochs. Entries are sealed
 * to the desk's key of one of them and to another desk. The trust is the session's own, as
 * trust_get() would have made it.
 */
#define DESK    5
#define EPOCHS  3
#define DAY     100
#define TIP     "{\"v\":1,\"tile\":0,\"county\":\"\",\"where\":\"w\",\"what\":\"x\"}"
#define MESSAGE "{\"v\":1,\"text\":\"more\"}"
#define NOTE    "{\"v\":1,\"after\":{\"source\":1,\"desk\":0},\"text\":\"n\"}"

struct source_side {
	struct key_sign sign;
	struct xwing_public pk;
	struct workspace_case c;
};

static struct key_sign me;
static struct epoch epochs[2];
static struct roster roster;
static struct trust trust;
static struct source_side one, two;

static void
start_source(struct source_side *s)
{
	struct xwing_secret sk;
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];

	memset(s, 0, sizeof(*s));
	key_sign_new(&s->sign);
	key_sign_public(pk, &s->sign);
	xwing_keypair(&s->pk, &sk);
	frame_case_id(s->c.rec.id, pk);
	s->c.rec.desk = s->c.asked = DESK;
}

/* The signature of the frame in which the source sends the entry. */
static void
sign_frame(const struct source_side *s, const struct entry *e, struct workspace_entry *w)
{
	static uint8_t frame[FRAME_LEN];
	struct frame_request rq = { .op = e->number ? FRAME_APPEND : FRAME_OPEN,
				    .body = w->sealed,
				    .body_len = SEAL_LEN };

	memcpy(rq.routing.id, e->id, sizeof(rq.routing.id));
	rq.routing.number = e->number;
	if (!e->number)
		rq.routing.desk = DESK;
	assert_int_equal(seal_opened(NULL, rq.routing.proof, s->pk.b, e->id), 0);
	assert_int_equal(frame_request_build(frame, &rq, e->gateway, &s->sign), 0);
	memcpy(w->sig, frame + 64, sizeof(w->sig));
}

/* Seals an entry to epoch `epoch` of the desk and puts it at the end of its thread. */
static void
add_entry(struct source_side *s, uint16_t type, int epoch, const char *json)
{
	const struct home_keys *k = &ses.home->secret->keys;
	struct workspace_entry *w = calloc(1, sizeof(*w));
	bool desk = type == ENTRY_NOTE;
	uint32_t *have = desk ? &s->c.have_desk : &s->c.have_source;
	struct seal_set set = { .pk = { k->epoch[epoch].pk.b, epochs[1].key } };
	struct entry e = { .type = type, .json = json, .json_len = strlen(json) };

	assert_non_null(w);
	if (type == ENTRY_TIP) {
		e.binary = s->pk.b;
		e.binary_len = sizeof(s->pk.b);
	}
	e.thread = w->thread = desk ? FRAME_DESK : FRAME_SOURCE;
	e.number = w->number = *have;
	memset(e.gateway, 0x11, sizeof(e.gateway));
	memcpy(e.id, s->c.rec.id, sizeof(e.id));
	memset(e.roster, 1, sizeof(e.roster));
	assert_int_equal(seal_entry(w->sealed, &e,
				    &(struct seal_entry){ .set = &set,
							  .key = desk ? &me : &s->sign }),
			 0);
	if (!desk)
		sign_frame(s, &e, w);
	w->by_source = !desk;
	w->day = DAY;
	key_sha256(w->hash, w->sealed, SEAL_LEN);
	assert_int_equal(workspace_entry_put(ses.workspace, s->c.rec.id, w), 0);
	++*have;
	free(w);
}

/* The workspace forgets an entry, so that only what was opened before can show it. */
static void
forget_entry(const struct source_side *s, uint8_t thread, uint32_t number)
{
	uint8_t key[21];

	memcpy(key, s->c.rec.id, 16);
	key[16] = thread;
	for (int i = 0; i < 4; i++)
		key[17 + i] = (uint8_t)(number >> 8 * i);
	assert_int_equal(workspace_del(ses.workspace, WORKSPACE_ENTRY, key, sizeof(key)), 0);
}

static int
setup_cases(void **state)
{
	struct home_keys *k = &ses.home->secret->keys;
	struct xwing_secret other;

	(void)state;
	cli_home_saw(&ses, 1, 1, DAY);
	k->epoch = secret_alloc(EPOCHS * sizeof(*k->epoch));
	assert_non_null(k->epoch);
	for (k->epoch_cnt = 0; k->epoch_cnt < EPOCHS; k->epoch_cnt++) {
		struct home_epoch *e = &k->epoch[k->epoch_cnt];
		memset(e->gateway, 0x11, sizeof(e->gateway));
		e->desk = DESK;
		e->epoch = (uint32_t)k->epoch_cnt + 1;
		xwing_keypair(&e->pk, &e->secret);
	}
	epochs[0] = (struct epoch){ .desk = DESK, .until = UINT32_MAX };
	epochs[1] = (struct epoch){ .desk = 6, .until = UINT32_MAX };
	memcpy(epochs[0].key, k->epoch[EPOCHS - 1].pk.b, sizeof(epochs[0].key));
	struct xwing_public pk;
	xwing_keypair(&pk, &other);
	memcpy(epochs[1].key, pk.b, sizeof(epochs[1].key));
	key_sign_new(&me);
	roster = (struct roster){ .backstop = 6 };
	trust = (struct trust){ .today = DAY };
	trust.bundle.roster = &roster;
	trust.bundle.epoch = epochs;
	trust.bundle.epoch_cnt = 2;
	trust.members = calloc(1, sizeof(*trust.members) + sizeof(trust.members->member[0]));
	assert_non_null(trust.members);
	trust.members->cnt = 1;
	trust.members->member[0].desk = DESK;
	key_sign_public(trust.members->member[0].sign, &me);
	ses.trust = &trust;
	ses.trust_cnt = 1;
	start_source(&one);
	add_entry(&one, ENTRY_TIP, 2, TIP);
	add_entry(&one, ENTRY_NOTE, 2, NOTE);
	start_source(&two);
	add_entry(&two, ENTRY_TIP, 1, TIP);
	return 0;
}

static int
teardown_cases(void **state)
{
	struct home_keys *k = &ses.home->secret->keys;

	(void)state;
	opened_close(&ses);
	ses.trust = NULL;
	free(trust.members);
	secret_free(k->epoch);
	k->epoch = NULL;
	k->epoch_cnt = 0;
	return 0;
}

static struct opened *
load_case(const struct source_side *s)
{
	struct opened *d;

	assert_int_equal(opened_load(&ses, &s->c, &d), 0);
	assert_ptr_equal(d, ses.opened);
	return d;
}

/* Entries that come are added at the end, whatever their thread; nothing that was opened moves or
 * is opened again. */
static void
test_grows(void **state)
{
	const uint8_t *plain[2];
	uint8_t hash[2][32];

	(void)state;
	struct opened *d = load_case(&one), *again;
	assert_int_equal(d->cnt, 2);
	assert_int_equal(d->fold.rejected, 0);
	for (int i = 0; i < 2; i++) {
		plain[i] = d->x[i].plain;
		assert_non_null(plain[i]);
		assert_int_equal(d->x[i].audit, OPENED_AUDITED);
		memcpy(hash[i], d->entry[i].hash, 32);
	}
	forget_entry(&one, FRAME_SOURCE, 0); /* the other stays, and must not appear twice */
	for (int i = 0; i < 40; i++)         /* enough that the arrays move */
		add_entry(&one, i % 2 ? ENTRY_NOTE : ENTRY_MESSAGE, 2, i % 2 ? NOTE : MESSAGE);
	again = load_case(&one);
	assert_ptr_equal(again, d);
	assert_int_equal(d->cnt, 42);
	for (int i = 0; i < 2; i++) {
		assert_ptr_equal(d->x[i].plain, plain[i]);
		assert_memory_equal(d->entry[i].hash, hash[i], 32);
		assert_int_equal(d->entry[i].thread, i ? FRAME_DESK : FRAME_SOURCE);
	}
	assert_memory_equal(d->x[0].e.json, TIP, sizeof(TIP) - 1);
	assert_int_equal(d->entry[2].thread, FRAME_SOURCE);
	assert_int_equal(d->entry[2].number, 1);
	assert_int_equal(d->entry[22].thread, FRAME_DESK);
	assert_int_equal(d->entry[22].number, 1);
	assert_int_equal(d->entry[41].number, 20);
	for (size_t i = 0; i < d->cnt; i++)
		assert_non_null(d->x[i].plain);
	assert_int_equal(d->fold.order_cnt, 42); /* folded anew, with all of them */
	opened_free(again);
	opened_free(d);
}

/* What was borrowed has changed: the case is opened anew. */
static void
test_dropped(void **state)
{
	struct home_keys *k = &ses.home->secret->keys;

	(void)state;
	struct opened *d = load_case(&one), *e, *f;
	ses.trust_cnt++; /* as trust_get() with `fresh` does */
	e = load_case(&one);
	assert_ptr_not_equal(e, d);
	assert_int_equal(e->cnt, 2);
	k->epoch_cnt--; /* another set of secrets */
	f = load_case(&one);
	k->epoch_cnt++;
	assert_ptr_not_equal(f, e);
	assert_null(f->x[0].plain); /* it was sealed to the newest epoch */
	opened_free(f);
	opened_free(e);
	opened_free(d);
}

/* Another case takes the place; a glance at one does not. */
static void
test_replaced(void **state)
{
	(void)state;
	struct opened *d = load_case(&one), *e, *f;
	assert_int_equal(opened_glance(&ses, &two.c, &e), 0);
	assert_int_equal(e->cnt, 1);
	assert_ptr_equal(ses.opened, d);
	opened_free(e);
	e = load_case(&two);
	assert_ptr_not_equal(e, d);
	assert_memory_equal(e->c.rec.id, two.c.rec.id, sizeof(two.c.rec.id));
	f = load_case(&one);
	assert_ptr_not_equal(f, d);
	assert_ptr_not_equal(f, e);
	assert_int_equal(f->cnt, 2);
	opened_free(f);
	opened_free(e);
	opened_free(d);
}

/* A holder keeps the case after the session has dropped it; only the last one wipes. */
static void
test_refs(void **state)
{
	(void)state;
	struct opened *d = load_case(&one), *again = load_case(&one);
	assert_ptr_equal(again, d);
	opened_forget(&ses);
	assert_null(ses.opened);
	opened_forget(&ses);
	opened_free(again);
	assert_int_equal(d->cnt, 2);
	assert_memory_equal(d->x[0].e.json, TIP, sizeof(TIP) - 1);
	assert_string_equal(schema_text(d->x[0].body, "what"), "x");
	opened_free(d);
	opened_free(NULL);
}

#define MEMO_LEN (32 + 1 + 34 + RECORD_OVERHEAD)

/* With these bytes in the place of its hint (NULL: with none) the tip opens, and the right hint is
 * kept afterwards, which goes to `right`. */
static void
opens_with(const uint8_t *hint, size_t len, uint8_t right[static MEMO_LEN])
{
	struct workspace_entry *w = calloc(1, sizeof(*w));
	const struct open_key *key;
	uint8_t *val;
	size_t n;

	assert_non_null(w);
	assert_int_equal(workspace_entry_get(ses.workspace, two.c.rec.id, FRAME_SOURCE, 0, w), 0);
	assert_int_equal(workspace_del(ses.workspace, WORKSPACE_OPENED, w->hash, 32), 0);
	if (hint)
		assert_int_equal(workspace_put(ses.workspace, WORKSPACE_OPENED, w->hash, 32, hint,
					       len),
				 0);
	opened_forget(&ses);
	struct opened *d = load_case(&two);
	assert_int_equal(d->cnt, 1);
	assert_non_null(d->x[0].plain);
	assert_int_equal(d->x[0].audit, OPENED_AUDITED);
	assert_memory_equal(d->x[0].e.json, TIP, sizeof(TIP) - 1);
	key = opened_key(d, 0);
	assert_int_equal(workspace_get(ses.workspace, WORKSPACE_OPENED, w->hash, 32, &val, &n), 0);
	assert_int_equal(n, MEMO_LEN);
	assert_memory_equal(val, open_key_hash(key), 32);
	assert_true(val[32] < SEAL_CNT);
	memcpy(right, val, MEMO_LEN);
	workspace_free(val, n);
	opened_free(d);
	free(w);
}

static void
test_hints(void **state)
{
	const struct home_keys *k = &ses.home->secret->keys;
	uint8_t hint[MEMO_LEN + 8], right[MEMO_LEN + 8] = { 0 };

	(void)state;
	memset(hint, 0xee, sizeof(hint));
	opens_with(NULL, 0, right);
	opens_with(right, MEMO_LEN, hint);
	assert_memory_equal(hint, right, MEMO_LEN); /* it told all, so it was not written again */
	opens_with(right, MEMO_LEN + 1, hint); /* right but for its length, so it is written anew */
	assert_memory_not_equal(hint, right, MEMO_LEN);
	for (size_t at = 0; at < MEMO_LEN; at++) { /* damaged: it is not believed */
		memcpy(hint, right, MEMO_LEN);
		hint[at] ^= 1;
		opens_with(hint, MEMO_LEN, right);
	}
	memset(hint, 0xee, sizeof(hint));
	opens_with(hint, MEMO_LEN, right); /* a key of nobody, a stanza that does not exist */
	for (size_t len = 0; len <= sizeof(hint); len += 8)
		opens_with(hint, len, right);
	opens_with(hint, 32, right);
	for (int i = 0; i < EPOCHS; i++) /* one of ours, mostly the wrong one */
		for (int stanza = 0; stanza < 6; stanza++) {
			key_sha256(hint, k->epoch[i].pk.b, sizeof(k->epoch[i].pk.b));
			hint[32] = (uint8_t)(stanza < 5 ? stanza : 255);
			opens_with(hint, MEMO_LEN, right);
		}
}

/* Entries that come are opened by threads while this one goes on: each has the memo that opening it
 * alone gives; a damaged one and one of a stranger have none. More come than have places. */
static void
test_crowd(void **state)
{
	enum { CNT = 300, ASKED = 200 };
	struct workspace_entry *w = calloc(CNT, sizeof(*w));
	struct opened_memo kept, *alone = calloc(CNT, sizeof(*alone));
	uint64_t cnt = 0;

	(void)state;
	assert_true(w && alone);
	while (two.c.have_desk < CNT)
		add_entry(&two, ENTRY_NOTE, (int)two.c.have_desk % EPOCHS, NOTE);
	struct opened *d = load_case(&two);
	for (uint32_t i = 0; i < CNT; i++) {
		assert_int_equal(workspace_entry_get(ses.workspace, two.c.rec.id, 1, i, &w[i]), 0);
		opened_memo_get(&ses, d->inner->ring, w[i].hash, &alone[i]);
		assert_true(alone[i].known && alone[i].sound && alone[i].audited);
	}
	assert_int_equal(workspace_clear(ses.workspace, WORKSPACE_OPENED), 0);
	w[7].sealed[SEAL_LEN - 1] ^= 1;
	w[8].sealed[200] ^= 1;
	for (uint32_t i = 0; i < CNT; i++) {
		cnt = opened_came(&ses, two.c.rec.id, &w[i]);
		assert_int_equal(cnt, i + 1);
		/* whoever opens a case meanwhile learns keys, and the threads have their own */
		if (i == 20)
			(void)opened_keys_older(&ses, d->inner->ring);
		if (i == ASKED)
			opened_arrived(&ses, ASKED);
	}
	opened_arrived(&ses, cnt);
	/* the last ones are still at hand, the first are in the workspace alone */
	struct workspace_entry *last = calloc(1, sizeof(*last));
	assert_non_null(last);
	assert_true(opened_crowd_entry(&ses, two.c.rec.id, 1, CNT - 1, last));
	assert_memory_equal(last, &w[CNT - 1], sizeof(*last));
	assert_true(opened_crowd_memo(&ses, d->inner->ring, last->hash, &kept));
	assert_memory_equal(&kept.file_key, &alone[CNT - 1].file_key, sizeof(kept.file_key));
	assert_false(opened_crowd_entry(&ses, two.c.rec.id, 0, CNT - 1, last));
	assert_false(opened_crowd_entry(&ses, two.c.rec.id, 1, 0, last));
	assert_false(opened_crowd_memo(&ses, d->inner->ring, w[0].hash, &kept));
	free(last);
	opened_rest(&ses);
	opened_rest(&ses);
	for (size_t i = 0; i < CNT; i++) {
		opened_memo_get(&ses, d->inner->ring, w[i].hash, &kept);
		if (i == 7 || i == 8) {
			assert_false(kept.has);
			continue;
		}
		assert_true(kept.known && kept.sound && kept.audited);
		assert_memory_equal(&kept.file_key, &alone[i].file_key, sizeof(kept.file_key));
		assert_int_equal(kept.key, alone[i].key);
		assert_int_equal(kept.stanza, alone[i].stanza);
		assert_int_equal(kept.dummies, alone[i].dummies);
	}
	opened_free(d);
	free(alone);
	free(w);
}

/* A case that is opened from memos is what it was, and costs no X-Wing: the same desks, audit and
 * fold. The memo of an entry is of no use without the epoch secret that opened it. */
static void
test_memo(void **state)
{
	struct workspace_entry *w = calloc(1, sizeof(*w));
	struct home_keys *k = &ses.home->secret->keys;
	struct opened_memo kept;

	(void)state;
	assert_non_null(w);
	assert_int_equal(workspace_entry_get(ses.workspace, one.c.rec.id, 0, 0, w), 0);
	opened_arrived(&ses, opened_came(&ses, one.c.rec.id, w));
	opened_rest(&ses);
	free(w);
	struct opened *d = load_case(&one);
	uint8_t hash[32];
	memcpy(hash, d->entry[0].hash, sizeof(hash));
	opened_memo_get(&ses, d->inner->ring, hash, &kept);
	assert_true(kept.known && kept.sound && kept.audited);
	assert_false(sodium_is_zero(kept.frame, sizeof(kept.frame)));
	size_t key = d->inner->ring->key_cnt - 1 - kept.key;
	opened_close(&ses);
	struct opened *e = load_case(&one);
	assert_ptr_not_equal(e, d);
	assert_int_equal(e->cnt, d->cnt);
	for (size_t i = 0; i < d->cnt; i++) {
		assert_int_equal(e->x[i].audit, d->x[i].audit);
		assert_int_equal(e->x[i].proof, d->x[i].proof);
		assert_int_equal(e->x[i].desk_cnt, d->x[i].desk_cnt);
		assert_memory_equal(e->x[i].desk, d->x[i].desk, sizeof(d->x[i].desk));
		assert_memory_equal(e->x[i].t, d->x[i].t, 32);
		assert_memory_equal(e->x[i].plain, d->x[i].plain, ENTRY_LEN);
		assert_int_equal(e->entry[i].fault, d->entry[i].fault);
	}
	opened_free(e);
	opened_free(d);
	opened_close(&ses);
	/* the gateway says another urgency than the one that the source signed */
	one.c.rec.ladder = !one.c.rec.ladder;
	d = load_case(&one);
	assert_false(d->x[0].proof);
	opened_free(d);
	one.c.rec.ladder = !one.c.rec.ladder;
	opened_close(&ses);
	/* another secret in its place */
	xwing_keypair(&k->epoch[key].pk, &k->epoch[key].secret);
	d = load_case(&one);
	assert_null(d->x[0].plain);
	opened_memo_get(&ses, d->inner->ring, hash, &kept);
	assert_false(kept.has || kept.known);
	opened_free(d);
}
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_grows, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_dropped, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_replaced, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_refs, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_hints, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_crowd, setup_cases, teardown_cases),
		cmocka_unit_test_setup_teardown(test_memo, setup_cases, teardown_cases),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
