/*
 * A case that was handed to this member: what he opens by the file keys that its readers handed on,
 * and that he opens nothing before two of them have said that it is his, whatever one of them and
 * the gateway give him; who leaves a key out or gives a false one is named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/attached.h"
#include "admin-cli/desk/hand_on.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/rules/schema.h"
#include "crypto/attach.h"
#include "tests/lib/cli_home.h"

#define DAY   100
#define DESK  5
#define ABOVE 6
#define OTHER 9
#define KEYS  12 /* file keys that the readers know */

static char dir[] = "/tmp/cli_handed.XXXXXX";
static struct session ses;

/* Two readers of the desk, and this member, who is of another. */
enum who { A, B, ME, WHO_CNT };
static struct key_sign key[WHO_CNT];
static struct roster *roster;
static struct trust trust;
static struct epoch epochs[2];

/* The case, and what its log says so far. */
static struct workspace_case c;
static struct key_sign source;
static struct xwing_public source_pk;
static uint8_t last[32], mine[WHO_CNT][32];
static uint8_t hash[KEYS][32];
static struct age_file_key file_key[KEYS];
static size_t entries;

static int
setup(void **state)
{
	(void)state;
	if (cli_home_make(dir))
		return -1;
	cli_home_start(&ses, dir);
	struct home_keys *keys = &ses.home->secret->keys;

	xwing_keypair(&keys->seal_pk, &keys->seal);
	/* The key of his own desk opens nothing of the case. */
	keys->epoch = secret_alloc(sizeof(*keys->epoch));
	assert_non_null(keys->epoch);
	memset(keys->epoch->gateway, 0x11, sizeof(keys->epoch->gateway));
	keys->epoch->desk = OTHER;
	keys->epoch->epoch = 1;
	xwing_keypair(&keys->epoch->pk, &keys->epoch->secret);
	keys->epoch_cnt = 1;
	cli_home_saw(&ses, 1, 1, DAY); /* the roster that the tip names */
	return 0;
}

static int
teardown(void **state)
{
	struct home_keys *keys = &ses.home->secret->keys;

	(void)state;
	secret_free(keys->epoch);
	keys->epoch = NULL;
	keys->epoch_cnt = 0;
	cli_home_stop(&ses);
	return cli_home_remove(dir);
}

/* A picture that the source sent with her tip. */
static const char picture[] = "what she saw";
static uint8_t sealed_picture[80000], sealed_hash[32];
static size_t sealed_len;
static struct age_file_key picture_key;
static struct xwing_secret desk_secret;

static int
one_by_one(void *arg, const uint8_t *buf, size_t len)
{
	(void)arg;
	memcpy(sealed_picture + sealed_len, buf, len);
	sealed_len += len;
	return 0;
}

static void
seal_picture(void)
{
	struct seal_set set = { .pk = { epochs[0].key, epochs[1].key } };
	struct age_memory in = { .bytes = (uint8_t *)(uintptr_t)picture, .len = sizeof(picture) };
	struct attach_how how = { .set = &set, .id = c.rec.id, .len = sizeof(picture) };

	sealed_len = 0;
	assert_int_equal(attach_seal(&how, sealed_hash, age_memory_source(&in),
				     (struct age_sink){ one_by_one, NULL }),
			 0);
	struct age_memory file = { .bytes = sealed_picture, .len = sealed_len };
	struct age_memory out = { .bytes = (uint8_t[64]){ 0 }, .cap = 64 };
	struct open_key *desk = open_key_new(&desk_secret);
	struct age_opened opened;
	uint64_t len;
	assert_int_equal(attach_open(desk, &len, age_memory_source(&file), age_memory_sink(&out),
				     &opened),
			 0);
	picture_key = opened.key;
	age_stream_forget(&opened);
	open_key_free(desk);
}

static void
sign_frame(const struct entry *e, struct workspace_entry *w)
{
	static uint8_t frame[FRAME_LEN];
	struct frame_request rq = { .op = FRAME_OPEN, .body = w->sealed, .body_len = SEAL_LEN };

	memcpy(rq.routing.id, e->id, sizeof(rq.routing.id));
	rq.routing.desk = DESK;
	assert_int_equal(seal_opened(NULL, rq.routing.proof, source_pk.b, e->id), 0);
	assert_int_equal(frame_request_build(frame, &rq, e->gateway, &source), 0);
	memcpy(w->sig, frame + 64, sizeof(w->sig));
}

/* Puts an entry at the end of its thread, sealed to the two desks and, before them, to `first`. */
static void
add(uint16_t type, enum who who, const uint8_t *first, json_t *body)
{
	struct workspace_entry *w = calloc(1, sizeof(*w));
	bool tip = type == ENTRY_TIP;
	uint32_t *have = tip ? &c.have_source : &c.have_desk;
	struct seal_set set = { .pk = { epochs[0].key, epochs[1].key, first } };
	struct entry e = { .type = type };

	assert_non_null(w);
	if (!tip)
		schema_set_after(body, c.have_source, c.have_desk);
	char *json = json_dumps(body, JSON_COMPACT);
	e.json = json;
	e.json_len = strlen(json);
	if (tip) {
		e.binary = source_pk.b;
		e.binary_len = sizeof(source_pk.b);
	} else {
		memcpy(e.seen, last, sizeof(last));
		memcpy(e.prev, mine[who], sizeof(e.prev));
	}
	e.thread = w->thread = tip ? FRAME_SOURCE : FRAME_DESK;
	e.number = w->number = *have;
	memset(e.gateway, 0x11, sizeof(e.gateway));
	memcpy(e.id, c.rec.id, sizeof(e.id));
	memset(e.roster, 1, sizeof(e.roster));
	assert_int_equal(seal_entry(w->sealed, &e,
				    &(struct seal_entry){ .set = &set,
							  .key = tip ? &source : &key[who],
							  .file_key = &file_key[entries] }),
			 0);
	if (tip)
		sign_frame(&e, w);
	w->by_source = tip;
	w->day = DAY;
	key_sha256(w->hash, w->sealed, SEAL_LEN);
	memcpy(hash[entries++], w->hash, 32);
	if (!tip) {
		memcpy(last, w->hash, 32);
		memcpy(mine[who], w->hash, 32);
	}
	assert_int_equal(workspace_entry_put(ses.workspace, c.rec.id, w), 0);
	++*have;
	free(w);
	free(json);
	json_decref(body);
}

static void
note(enum who who)
{
	add(ENTRY_NOTE, who, NULL, json_pack("{s:i,s:s}", "v", 1, "text", "n"));
}

static char *
handle(enum who who)
{
	static char hex[WHO_CNT][17];

	return term_hex(hex[who], trust.members->member[who].handle, 8);
}

static void
propose(enum who who, bool back)
{
	json_t *to = json_array();

	if (!back)
		json_array_append_new(to, json_string(handle(ME)));
	add(ENTRY_PROPOSE, who, NULL,
	    json_pack("{s:i,s:s,s:{s:i,s:o}}", "v", 1, "type", "reseal", "body", "v", 1, "to", to));
}

/* The proposal is the last entry. */
static void
cosign(enum who who)
{
	char hex[65];

	add(ENTRY_COSIGN, who, NULL,
	    json_pack("{s:i,s:s}", "v", 1, "proposal", term_hex(hex, last, 32)));
}

static void
handed(enum who who, bool back)
{
	propose(who, back);
	cosign(who == A ? B : A);
}

/* Hands the keys of the entries so far on, without one of them, or with a false one. */
static void
keys(enum who who, size_t without, size_t false_one)
{
	json_t *words = json_array();
	size_t cnt = entries;

	for (size_t i = 0; i < cnt; i++) {
		char word[97];

		if (i == without)
			continue;
		term_hex(word, hash[i], 32);
		term_hex(word + 64, file_key[i == false_one ? (i + 1) % cnt : i].b, 16);
		json_array_append_new(words, json_string(word));
	}
	add(ENTRY_FILE_KEYS, who, ses.home->secret->keys.seal_pk.b,
	    json_pack("{s:i,s:s,s:o}", "v", 1, "to", handle(ME), "keys", words));
}

/* Hands the key of the picture on, or a false one. */
static void
hand_picture(enum who who, bool lie)
{
	char word[97];

	term_hex(word, sealed_hash, 32);
	term_hex(word + 64, lie ? file_key[0].b : picture_key.b, 16);
	add(ENTRY_FILE_KEYS, who, ses.home->secret->keys.seal_pk.b,
	    json_pack("{s:i,s:s,s:[s]}", "v", 1, "to", handle(ME), "keys", word));
}

static struct opened *
load(void)
{
	struct opened *d;

	assert_int_equal(opened_load(&ses, &c, &d), 0);
	return d;
}

/* Opens it anew, twice: the second time by what the first has kept. */
static void
opens(bool yes)
{
	for (int i = 0; i < 2; i++) {
		struct opened *d = load();
		size_t tip = opened_find(d, FRAME_SOURCE, 0);

		assert_int_equal(d->x[tip].body != NULL, yes);
		assert_int_equal(d->x[tip].plain != NULL, yes);
		assert_int_equal(d->x[tip].handed, yes);
		assert_int_equal(d->source_pk != NULL, yes);
		if (yes)
			assert_int_equal(d->x[tip].audit, OPENED_AUDITED);
		for (size_t k = 0; k < d->cnt && !yes; k++)
			assert_true(d->entry[k].type == ENTRY_FILE_KEYS || !d->x[k].body);
		opened_free(d);
		opened_forget(&ses);
	}
}

static int
setup_case(void **state)
{
	struct xwing_secret sk;
	struct xwing_public pk;
	uint8_t verify[KEY_SIGN_PUBLIC_LEN];
	static const uint16_t desks[] = { DESK, ABOVE, OTHER };

	(void)state;
	roster = calloc(1, sizeof(*roster));
	trust.members = calloc(1,
			       sizeof(*trust.members) + WHO_CNT * sizeof(trust.members->member[0]));
	assert_true(roster && trust.members);
	for (size_t i = 0; i < 3; i++)
		roster->desk[i].number = desks[i];
	roster->desk_cnt = 3;
	roster->desk[0].above = ABOVE;
	roster->backstop = ABOVE;
	for (size_t i = 0; i < 2; i++) {
		xwing_keypair(&pk, &sk);
		desk_secret = i == 0 ? sk : desk_secret;
		epochs[i] = (struct epoch){ .desk = desks[i], .until = UINT32_MAX };
		memcpy(epochs[i].key, pk.b, sizeof(epochs[i].key));
	}
	for (size_t i = 0; i < WHO_CNT; i++) {
		struct roster_member *m = &trust.members->member[i];

		key_sign_new(&key[i]);
		memset(m->handle, (int)i + 1, sizeof(m->handle));
		m->desk = i == ME ? OTHER : DESK;
		m->roles = ROSTER_TR | ROSTER_SR;
		key_sign_public(m->sign, &key[i]);
	}
	trust.members->cnt = WHO_CNT;
	trust.me = &trust.members->member[ME];
	memcpy(trust.members->member[ME].seal, ses.home->secret->keys.seal_pk.b,
	       KEY_SEAL_PUBLIC_LEN);
	trust.today = DAY;
	trust.bundle.roster = roster;
	trust.bundle.epoch = epochs;
	trust.bundle.epoch_cnt = 2;
	ses.trust = &trust;
	ses.trust_cnt++;
	memset(&c, 0, sizeof(c));
	memset(last, 0, sizeof(last));
	memset(mine, 0, sizeof(mine));
	entries = 0;
	key_sign_new(&source);
	key_sign_public(verify, &source);
	xwing_keypair(&source_pk, &sk);
	frame_case_id(c.rec.id, verify);
	c.rec.desk = DESK;
	c.asked = OTHER;
	c.rec.relation = FRAME_REL_GIVEN;
	seal_picture();
	char hex[65];
	add(ENTRY_TIP, A, NULL,
	    json_pack("{s:i,s:i,s:s,s:s,s:s,s:[{s:i,s:s,s:s,s:i,s:i,s:i,s:s}]}", "v", 1, "tile", 0,
		      "county", "", "where", "w", "what", "x", "media", "i", 0, "name", "n", "type",
		      "image/png", "len", (int)sizeof(picture), "class",
		      (int)attach_class(sizeof(picture)), "parts",
		      (int)attach_parts(attach_class(sizeof(picture))), "sha256",
		      term_hex(hex, sealed_hash, 32)));
	note(A);
	return 0;
}

static int
teardown_case(void **state)
{
	(void)state;
	opened_close(&ses);
	ses.trust = NULL;
	free(trust.members);
	free(roster);
	return 0;
}

/* A reader hands on all the keys, and the gateway gives him the whole log. */
static void
one_alone(void **state)
{
	(void)state;
	keys(A, KEYS, KEYS);
	opens(false);
	propose(A, false);
	keys(A, KEYS, KEYS);
	opens(false);
}

static void
one_signs_twice(void **state)
{
	(void)state;
	propose(A, false);
	cosign(A);
	keys(A, KEYS, KEYS);
	opens(false);
	/* He whom it names signs for the second. */
	propose(A, false);
	cosign(ME);
	keys(A, KEYS, KEYS);
	opens(false);
}

static void
by_two(void **state)
{
	size_t by;

	(void)state;
	handed(A, false);
	opens(false); /* no key yet */
	keys(A, KEYS, KEYS);
	opens(true);
	struct opened *d = load();
	for (size_t i = 0; i < d->cnt; i++) {
		assert_non_null(d->x[i].body);
		assert_int_equal(d->entry[i].verdict, FOLD_ACCEPTED);
		assert_int_equal(opened_handed_fault(d, i, &by), OPENED_HANDED_FINE);
	}
	assert_int_equal(hand_on_left(d), 1); /* the picture */
	opened_free(d);
	hand_picture(A, false);
	d = load();
	assert_int_equal(hand_on_left(d), 0);
	opened_free(d);
	/* What is written later waits for its key, which is nobody's fault. */
	note(B);
	d = load();
	assert_null(d->x[d->cnt - 1].body);
	assert_int_equal(opened_handed_fault(d, d->cnt - 1, &by), OPENED_HANDED_FINE);
	opened_free(d);
	keys(B, KEYS, KEYS);
	opens(true);
	/* Two take it back: then his davy shows nothing of it any more. */
	handed(B, true);
	keys(B, KEYS, KEYS);
	opens(false);
}

static void
left_out(void **state)
{
	size_t by;

	(void)state;
	handed(A, false);
	keys(A, 1, KEYS);
	struct opened *d = load();
	size_t i = opened_find(d, FRAME_DESK, 0);

	assert_null(d->x[i].body);
	assert_int_equal(opened_handed_fault(d, i, &by), OPENED_HANDED_LEFT_OUT);
	assert_ptr_equal(d->x[by].author, &trust.members->member[A]);
	assert_true(opened_alarm(d));
	opened_free(d);
	/* Another reader gives it, and all is well. */
	keys(B, KEYS, KEYS);
	d = load();
	assert_non_null(d->x[i].body);
	assert_int_equal(opened_handed_fault(d, i, &by), OPENED_HANDED_FINE);
	assert_false(opened_alarm(d));
	opened_free(d);
}

static void
false_key(void **state)
{
	size_t by;

	(void)state;
	handed(A, false);
	keys(A, KEYS, 0);
	struct opened *d = load();

	assert_null(d->x[0].body);
	assert_int_equal(opened_handed_fault(d, 0, &by), OPENED_HANDED_FALSE);
	assert_ptr_equal(d->x[by].author, &trust.members->member[A]);
	assert_int_equal(d->entry[0].fault, FOLD_UNOPENED);
	opened_free(d);
	/* The right one opens it; that the other was false is still said. */
	keys(B, KEYS, KEYS);
	d = load();
	assert_non_null(d->x[0].body);
	assert_int_equal(opened_handed_fault(d, 0, &by), OPENED_HANDED_FALSE);
	assert_ptr_equal(d->x[by].author, &trust.members->member[A]);
	assert_true(opened_alarm(d));
	opened_free(d);
}

static char warned[256];

static void
warn(void *arg, const char *text)
{
	(void)arg;
	snprintf(warned, sizeof(warned), "%s", text);
}

/* Opens the picture, or not; what was warned of begins so. */
static void
shows(bool yes, const char *warning)
{
	static const struct session_face face = { .warn = warn };
	uint8_t bytes[64];
	struct age_memory out = { .bytes = bytes, .cap = sizeof(bytes) };
	struct opened *d = load();
	struct attached_at at = { 0 };
	struct attached a;
	uint64_t len = 0;

	ses.face = &face;
	warned[0] = '\0';
	assert_true(attached_next(d, &at, &a));
	a.file = (struct age_memory){ .bytes = sealed_picture, .len = sealed_len };
	int err = attached_open(&ses, d, &a, age_memory_sink(&out), &len, NULL);
	assert_int_equal(err, yes ? DAVY_OK : DAVY_REFUSED);
	assert_true(yes || strstr(session_failure(&ses), "was not handed on to you"));
	assert_int_equal(len, yes ? sizeof(picture) : 0);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.bytes, picture, len);
	assert_int_equal(strncmp(warned, warning, strlen(warning)), 0);
	assert_true(*warning || !*warned);
	assert_false(attached_next(d, &at, &a));
	session_forgive(&ses);
	ses.face = NULL;
	opened_free(d);
}

/* A picture of the tip opens by the key that a reader has handed on. A false one opens nothing, its
 * giver is named, and the next one is tried. */
static void
pictures(void **state)
{
	(void)state;
	snprintf(trust.members->member[A].name, sizeof(trust.members->member[A].name), "A");
	handed(A, false);
	keys(A, KEYS, KEYS);
	shows(false, "");
	hand_picture(A, true);
	shows(false, "ALARM: the key of attachment 0 that A handed on is false");
	hand_picture(B, false);
	shows(true, "ALARM: the key of attachment 0 that A handed on is false");
}

/* An entry that somebody seals to this member's own key is no entry of a case, unless it hands keys
 * on. */
static void
to_one_member(void **state)
{
	(void)state;
	handed(A, false);
	keys(A, KEYS, KEYS);
	add(ENTRY_NOTE, A, ses.home->secret->keys.seal_pk.b,
	    json_pack("{s:i,s:s}", "v", 1, "text", "for you alone"));
	struct opened *d = load();

	assert_int_equal(d->entry[d->cnt - 1].fault, FOLD_UNOPENED);
	assert_null(d->x[d->cnt - 1].body);
	opened_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_alone, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(one_signs_twice, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(by_two, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(left_out, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(false_key, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(pictures, setup_case, teardown_case),
		cmocka_unit_test_setup_teardown(to_one_member, setup_case, teardown_case),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
