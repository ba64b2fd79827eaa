/* Rosters, members, epoch certificates and bundles: the vectors, printing, chain and
 * days. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/bundle.h"
#include "crypto/err.h"
#include "crypto/note.h"

static struct roster r, back;
static uint8_t page[65536];

static int
want(const struct vector *v)
{
	static const struct {
		const char *word;
		int err;
	} results[] = { { "ok", 0 },
			{ "pending", ERR_AUTH },
			{ "auth", ERR_AUTH },
			{ "format", ERR_FORMAT },
			{ "range", ERR_RANGE },
			{ "roster", ERR_ROSTER } };
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (vector_is(v, "result", results[i].word))
			return results[i].err;
	fail_msg("a result that the test does not know");
	return 1;
}

static void
expect(const struct vector *v, int err, int wanted)
{
	if (err == wanted)
		return;
	char *name = vector_text(v, "name", NULL);
	fail_msg("%s: %s", name, err_text(err));
}

static void
roster_vectors(void **state)
{
	struct vector v;
	struct roster_roots roots;
	struct bufw w;
	struct note note;
	(void)state;
	vector_open(&v, "roster");
	while (vector_next(&v)) {
		size_t len = 0;
		char *bytes = vector_text(&v, "note", &len);
		vector_roots(&v, &roots);
		expect(&v, roster_verify(&r, bytes, len, &roots), want(&v));
		if (vector_is(&v, "result", "ok")) {
			assert_int_equal(r.version, vector_int(&v, "version"));
			assert_int_equal(r.from, vector_int(&v, "from"));
			assert_int_equal(r.until, vector_int(&v, "until"));
			assert_int_equal(r.desk_cnt, vector_int(&v, "desks"));
			assert_int_equal(r.backstop, vector_int(&v, "backstop"));
			assert_string_equal(r.desk[0].name, "省台");
			assert_string_equal(r.desk[0].sectors, "COAL,NCM");
			assert_int_equal(roster_current(&r, r.from - 1), ERR_STALE);
			assert_int_equal(roster_current(&r, r.from), 0);
			assert_int_equal(roster_current(&r, r.until), ERR_STALE);
			/* What was read prints the same. */
			assert_int_equal(note_parse(&note, bytes, len), 0);
			bufw_init(&w, page, sizeof(page));
			assert_int_equal(roster_print(&w, &r), 0);
			assert_int_equal(w.len, note.text_len);
			assert_memory_equal(page, note.text, w.len);
		} else {
			assert_int_equal(r.version, 0);
		}
		free(bytes);
	}
}

static void
good_roster(struct roster *out, struct roster_roots *roots, uint8_t hash[static 32])
{
	struct vector v;
	size_t len = 0;
	vector_open(&v, "roster");
	assert_true(vector_next(&v));
	char *bytes = vector_text(&v, "note", &len);
	vector_roots(&v, roots);
	assert_int_equal(roster_verify(out, bytes, len, roots), 0);
	key_sha256(hash, bytes, len);
	vector_same(&v, "sha256", hash, 32);
	free(bytes);
	free(v.text);
}

static void
chain(void **state)
{
	struct roster_roots roots;
	uint8_t hash[32];
	(void)state;
	good_roster(&r, &roots, hash);
	back = r;
	assert_int_equal(roster_follows(&back, NULL, NULL), 0);
	assert_int_equal(roster_follows(&back, &r, hash), ERR_STALE);
	back.version = 4;
	assert_int_equal(roster_follows(&back, &r, hash), ERR_ROSTER); /* previous is zero */
	memcpy(back.previous, hash, 32);
	assert_int_equal(roster_follows(&back, &r, hash), 0);
	back.version = 9;
	memset(back.previous, 0, 32);
	assert_int_equal(roster_follows(&back, &r, hash), 0); /* a gap that the roots signed */
	back.gateway_key[0] ^= 1;
	assert_int_equal(roster_follows(&back, &r, hash), 0); /* a key that the roots gave it */
	back.version = 2;
	assert_int_equal(roster_follows(&back, &r, hash), ERR_STALE);
	back.version = 9;
	back.gateway[0] ^= 1;
	assert_int_equal(roster_follows(&back, &r, hash), ERR_ROSTER);
}

static void
printing_refuses(void **state)
{
	struct roster_roots roots;
	uint8_t hash[32];
	struct bufw w;
	const char *why = NULL;
	(void)state;
	good_roster(&r, &roots, hash);
	back = r;
	bufw_init(&w, page, 100);
	assert_int_equal(roster_print(&w, &back), ERR_FULL);
	/* A name that would smuggle in a line. */
	snprintf(back.desk[0].name, sizeof(back.desk[0].name), "a\n kind reward");
	bufw_init(&w, page, sizeof(page));
	assert_int_equal(roster_print(&w, &back), ERR_ROSTER);
	back = r;
	back.desk[1].org = back.desk[2].org;
	assert_int_equal(roster_check(&back, &why), ERR_ROSTER);
	assert_non_null(strstr(why, "level 4"));
	struct roster_roots few = roots;
	few.threshold = 4;
	assert_int_equal(roster_verify(&back, "x", 1, &few), ERR_ARG);
}

static void
members(void **state)
{
	struct vector v;
	struct roster_members *m = NULL;
	struct bufw w;
	(void)state;
	vector_open(&v, "members");
	while (vector_next(&v)) {
		struct roster_roots roots;
		uint8_t hash[32], handle[8];
		char roles[ROSTER_ROLES_MAX];
		size_t len = 0;
		char *text = vector_text(&v, "text", &len);
		int err = roster_members_parse(&m, text, len);
		if (!vector_is(&v, "result", "ok")) {
			assert_true(err == ERR_FORMAT || err == ERR_ROSTER);
			assert_null(m);
			free(text);
			continue;
		}
		expect(&v, err, 0);
		good_roster(&r, &roots, hash);
		assert_int_equal(roster_members_check(m, &r, text, len), 0);
		assert_int_equal(roster_members_check(m, &r, text, len - 1), ERR_AUTH);
		assert_int_equal(m->cnt, vector_int(&v, "cnt"));
		vector_hex(&v, "handle", handle, sizeof(handle));
		const struct roster_member *one = roster_member_by_handle(m, handle);
		assert_non_null(one);
		assert_ptr_equal(one, roster_member_by_key(m, one->sign));
		assert_int_equal(one->roles, vector_int(&v, "roles"));
		roster_roles_print(roles, sizeof(roles), one->roles);
		assert_string_equal(roles, "TR,PL,lead");
		bufw_init(&w, page, sizeof(page));
		assert_int_equal(roster_members_print(&w, m), 0);
		assert_int_equal(w.len, len);
		assert_memory_equal(page, text, len);
		free(m);
		free(text);
	}
}

static void
epochs(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "epoch");
	while (vector_next(&v)) {
		struct epoch e;
		struct roster_roots roots;
		uint8_t hash[32], out[EPOCH_NOTE_MAX];
		size_t roster_len = 0, len = 0;
		char *roster = vector_text(&v, "roster", &roster_len);
		char *bytes = vector_text(&v, "note", &len);
		struct note note;
		struct bufw w;
		vector_roots(&v, &roots);
		assert_int_equal(roster_verify(&r, roster, roster_len, &roots), 0);
		expect(&v, epoch_verify(&e, bytes, len, &r, EPOCH_COMPLETE), want(&v));
		int pending = want(&v);
		if (vector_is(&v, "result", "pending"))
			pending = 0;
		expect(&v, epoch_verify(&e, bytes, len, &r, EPOCH_PENDING), pending);
		if (vector_is(&v, "result", "ok")) {
			assert_int_equal(e.desk, vector_int(&v, "desk"));
			assert_int_equal(e.number, vector_int(&v, "number"));
			assert_int_equal(note_parse(&note, bytes, len), 0);
			bufw_init(&w, out, sizeof(out));
			assert_int_equal(epoch_print(&w, &e), 0);
			assert_int_equal(w.len, note.text_len);
			assert_memory_equal(out, note.text, w.len);
		}
		if (vector_has(&v, "key_sha256")) {
			key_sha256(hash, e.key, sizeof(e.key));
			vector_same(&v, "key_sha256", hash, 32);
			struct key_sign voice;
			uint8_t secret[32], pk[KEY_SIGN_PUBLIC_LEN];
			vector_hex(&v, "secret", secret, sizeof(secret));
			assert_int_equal(epoch_voice(&voice, secret), 0);
			key_sign_public(pk, &voice);
			vector_same(&v, "voice", pk, sizeof(pk));
			assert_memory_equal(pk, e.voice, sizeof(pk));
			assert_false(epoch_current(&e, e.from - 1));
			assert_true(epoch_current(&e, e.from));
			assert_false(epoch_current(&e, e.until));
		}
		free(roster);
		free(bytes);
	}
}

/* Splits a container again, for building it anew. */
static size_t
split(struct bundle_doc *docs, size_t cap, const uint8_t *bytes, size_t len)
{
	struct buf b;
	size_t n = 0;
	buf_init(&b, bytes, len);
	while (n < cap && bundle_next(&b, &docs[n]) == 0)
		n++;
	return n;
}

static void
bundles(void **state)
{
	struct vector v;
	struct roster_roots roots;
	struct bundle b;
	struct bundle_doc docs[32];
	uint8_t *built = NULL, hash[32];
	size_t len = 0, built_len = 0;
	(void)state;
	vector_open(&v, "bundle");
	assert_true(vector_next(&v));
	char *box = vector_text(&v, "container", &len);
	vector_roots(&v, &roots);
	assert_true(len < sizeof(page));
	memset(page, '\n', sizeof(page));
	memcpy(page, box, len);
	expect(&v, bundle_parse(&b, page, sizeof(page), &roots), 0);
	vector_same(&v, "roster_hash", b.hash, 32);
	assert_int_equal(b.epoch_cnt, vector_int(&v, "certs"));
	assert_int_equal(b.container_len, len);
	assert_int_equal(bundle_key(&b, 5, EPOCH_ONLINE, b.roster->from + 5)->number, 1);
	assert_int_equal(bundle_key(&b, 5, EPOCH_ONLINE, b.roster->from + 15)->number, 2);
	assert_null(bundle_key(&b, 4, EPOCH_ONLINE, b.roster->from + 15));
	assert_null(bundle_key(&b, 7, EPOCH_ONLINE, b.roster->from + 15));
	assert_int_equal(bundle_key(&b, 5, EPOCH_OFFLINE, b.roster->from + 15)->number, 1);

	/* The gateway builds the same from certificates in any order, some twice. */
	size_t cnt = split(docs, 24, (uint8_t *)box, len);
	assert_int_equal(cnt, b.epoch_cnt + 1);
	struct bundle_doc note = docs[0];
	docs[0] = docs[cnt - 1];
	struct bundle_source src = { .roster = b.roster,
				     .note = note,
				     .certs = docs,
				     .cert_cnt = cnt,
				     .day = b.roster->from };
	assert_int_equal(bundle_build(&built, &built_len, hash, &src), 0);
	vector_same(&v, "roster_hash", hash, 32);
	assert_int_equal(built_len, sizeof(page));
	assert_memory_equal(built, page, sizeof(page));
	free(built);
	/* A desk that certifies another desk's key: left out by the builder, refused by the reader.
	 */
	size_t stolen_len = 0;
	char *stolen = vector_text(&v, "stolen", &stolen_len);
	docs[cnt] = (struct bundle_doc){ .bytes = (uint8_t *)stolen, .len = stolen_len };
	src.cert_cnt = cnt + 1;
	assert_int_equal(bundle_build(&built, &built_len, hash, &src), 0);
	vector_same(&v, "roster_hash", hash, 32);
	src.cert_cnt = cnt;
	struct bundle other;
	struct bufw bw;
	bufw_init(&bw, built, built_len);
	bufw_bytes(&bw, box, len - 4); /* without `end` */
	bundle_put(&bw, "epoch", stolen, stolen_len);
	bundle_put_end(&bw);
	assert_int_equal(bufw_end(&bw), 0);
	memset(built + bw.len, '\n', built_len - bw.len);
	assert_int_equal(bundle_parse(&other, built, built_len, &roots), ERR_ROSTER);
	free(built);
	free(stolen);
	src.day = b.roster->from + 10; /* three are over by then: 6/1, 4/1 are; 5/1 is not */
	assert_int_equal(bundle_build(&built, &built_len, hash, &src), 0);
	bundle_free(&b);
	expect(&v, bundle_parse(&b, built, built_len, &roots), 0);
	assert_int_equal(b.epoch_cnt, vector_int(&v, "certs") - 2);
	free(built);
	bundle_free(&b);

	/* Damage. */
	assert_int_equal(bundle_parse(&b, page, sizeof(page) - 1, &roots), ERR_FORMAT);
	page[sizeof(page) - 1] = ' ';
	assert_int_equal(bundle_parse(&b, page, sizeof(page), &roots), ERR_FORMAT);
	page[sizeof(page) - 1] = '\n';
	assert_int_equal(bundle_parse(&b, box, len, &roots), ERR_FORMAT);
	page[len - 10] ^= 1; /* in the last signature */
	assert_int_not_equal(bundle_parse(&b, page, sizeof(page), &roots), 0);
	page[len - 10] ^= 1;
	/* Two certificates in exchanged places, and one twice. */
	cnt = split(docs, 24, (uint8_t *)box, len);
	struct bufw w;
	for (int twice = 0; twice < 2; twice++) {
		bufw_init(&w, page, sizeof(page));
		bundle_put(&w, "roster", docs[0].bytes, docs[0].len);
		bundle_put(&w, "epoch", docs[2].bytes, docs[2].len);
		bundle_put(&w, "epoch", docs[twice ? 2 : 1].bytes, docs[twice ? 2 : 1].len);
		bundle_put_end(&w);
		memset(page + w.len, '\n', sizeof(page) - w.len);
		assert_int_equal(bundle_parse(&b, page, sizeof(page), &roots), ERR_FORMAT);
	}
	free(box);
	free(v.text);
}

/* What stands behind a container: the proof of the log, read strictly. */
static void
logged(void **state)
{
	static const char *const not [] = { "log 999999\n", "log 1\na\nx", "logs 1\na",
					    "epoch 1\na",   "end\n",       "log 1\na\nlog 1\na" };
	struct vector v;
	(void)state;
	for (vector_open(&v, "bundle_log"); vector_next(&v);) {
		struct roster_roots roots;
		struct bundle b;
		struct bufw w;
		size_t len, proof_len;
		char *box = vector_text(&v, "container", &len);
		char *proof = vector_text(&v, "proof", &proof_len);
		vector_roots(&v, &roots);
		memset(page, '\n', sizeof(page));
		bufw_init(&w, page, sizeof(page));
		bufw_bytes(&w, box, len);
		if (proof_len)
			bundle_put(&w, "log", proof, proof_len);
		assert_int_equal(bundle_parse(&b, page, BUNDLE_STEP, &roots), 0);
		expect(&v, b.logged, (int)vector_int(&v, "logged"));
		assert_int_equal(b.container_len, len);
		assert_int_equal(b.whole_len, w.len);
		bundle_free(&b);
		for (size_t i = 0; i < sizeof(not ) / sizeof(not [0]); i++) {
			memset(page, '\n', sizeof(page));
			memcpy(page, box, len);
			memcpy(page + len, not [i], strlen(not [i]));
			expect(&v, bundle_parse(&b, page, BUNDLE_STEP, &roots), ERR_FORMAT);
		}
		free(box);
		free(proof);
	}
}

static void
uploads(void **state)
{
	struct bufw w;
	struct bundle_doc note, members_doc;
	(void)state;
	bufw_init(&w, page, sizeof(page));
	bundle_put(&w, "roster", "abc", 3);
	bundle_put(&w, "members", "end\n", 4);
	bundle_put_end(&w);
	assert_int_equal(bundle_upload_parse(&note, &members_doc, page, w.len), 0);
	assert_int_equal(note.len, 3);
	assert_memory_equal(members_doc.bytes, "end\n", 4);
	assert_int_equal(bundle_upload_parse(&note, &members_doc, page, w.len + 1), ERR_FORMAT);
	assert_int_equal(bundle_upload_parse(&note, &members_doc, page, w.len - 1), ERR_FORMAT);
#define BAD(s)                                                                                     \
	assert_int_equal(bundle_upload_parse(&note, &members_doc, s, sizeof(s) - 1), ERR_FORMAT)
	BAD("members 1\naroster 1\nbend\n");
	BAD("roster 1\nbend\n");
	BAD("roster 01\nbmembers 1\naend\n");
	BAD("roster 99999999999\nbmembers 1\naend\n");
	BAD("roster 1\nbmembers 1\naepoch 1\naend\n");
	BAD("Roster 1\nbmembers 1\naend\n");
	BAD("");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roster_vectors),   cmocka_unit_test(chain),
		cmocka_unit_test(printing_refuses), cmocka_unit_test(members),
		cmocka_unit_test(epochs),           cmocka_unit_test(bundles),
		cmocka_unit_test(logged),           cmocka_unit_test(uploads),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
