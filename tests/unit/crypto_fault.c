/*
 * Each thing that crypto/ does with memory while the n-th allocation of it fails, for every n until
 * it runs through: an error comes back, what it should have given is not there, and everything that
 * it took meanwhile is given back.
 */
#include "tests/unit/vector.h"

#include <errno.h>
#include <sodium.h>

#include "crypto/age_memory.h"
#include "crypto/attach.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/keystore.h"
#include "crypto/secret.h"
#include "tests/lib/fault.c"

#define LEN 200000
static uint8_t plain[LEN], back[LEN], page[65536], card[CARD_MAX], keystore[512];
static struct age_memory sealed = { .cap = 300000 }, armored = { .cap = 400000 },
			 attached = { .cap = 100000 };
static struct age_identity id[2];
static struct age_recipient to[2];
static const struct keystore_cost cheap = { .ops = 1, .mem_kib = 64 };
static struct roster_roots roots;
static struct roster roster;
static struct bundle_doc docs[32];
static size_t doc_cnt, container_len, keystore_len;
static char *members, key_file[8000], stream_room[4096];
static size_t members_len;
static FILE *key_stream;
static struct xwing_secret secret;
static struct xwing_public pk;
static struct seal_set set;
static struct key_sign sign;
static uint8_t entry_sealed[SEAL_LEN], entry_plain[ENTRY_LEN];

/* ---- acts: 0 or the error; what they gave is looked at and freed ---- */

static int
act_seal(void)
{
	struct age_memory in = { plain, LEN, LEN, 0 }, out = sealed;
	struct age_sealing how = { .to = to, .to_cnt = 1 };
	out.len = 0;
	return age_stream_seal(&how, age_memory_source(&in), age_memory_sink(&out));
}

static int
age_open_from(struct age_memory in, size_t len)
{
	struct age_memory out = { back, 0, LEN, 0 };
	struct age_opener who = { .ids = id, .id_cnt = 2 };
	struct age_opened opened;
	memset(&opened, 0xff, sizeof(opened));
	in.at = 0;
	int err = age_stream_open(&who, age_memory_source(&in), age_memory_sink(&out), &opened);
	if (err) {
		assert_null(opened.header);
		return err;
	}
	assert_int_equal(out.len, len);
	assert_memory_equal(back, plain, len);
	age_stream_forget(&opened);
	return 0;
}

static int
act_open(void)
{
	return age_open_from(sealed, LEN);
}

static int
act_open_armored(void)
{
	return age_open_from(armored, LEN);
}

/* Six identities, and a comment longer than the line that there is room for. */
static int
act_key_file(void)
{
	struct age_identity *ids = (struct age_identity *)key_file;
	size_t cnt = 9, line = 0;
	rewind(key_stream);
	int err = age_key_load(key_stream, &ids, &cnt, &line);
	if (err) {
		assert_null(ids);
		assert_int_equal(cnt, 0);
		return err;
	}
	assert_int_equal(cnt, 6);
	age_key_free(ids);
	return 0;
}

static int
act_keystore_seal(void)
{
	return keystore_seal(keystore, sizeof(keystore), &keystore_len, "a member's secrets", 18,
			     "pass", &cheap);
}

static int
act_keystore_open(void)
{
	char *text = (char *)keystore;
	size_t len = 0;
	int err = keystore_open(&text, &len, keystore, keystore_len, "pass");
	if (err) {
		assert_null(text);
		return err;
	}
	assert_string_equal(text, "a member's secrets");
	secret_free(text);
	return 0;
}

static int
act_secret(void)
{
	char *a = secret_alloc(5), *b;
	if (!a)
		return ERR_MEM;
	memcpy(a, "lamp", 5);
	b = secret_realloc(a, 5, 9000);
	assert_string_equal(b ? b : a, "lamp");
	secret_free(b ? b : a);
	return b ? 0 : ERR_MEM;
}

static int
act_roster(void)
{
	static struct roster r;
	static uint8_t text[65536];
	struct bufw w;
	int err = roster_verify(&r, docs[0].bytes, docs[0].len, &roots);
	assert_int_equal(err ? 0 : r.version, err ? 0 : 4);
	bufw_init(&w, text, sizeof(text));
	return err ? err : roster_print(&w, &roster);
}

static int
act_members(void)
{
	struct roster_members *m = (struct roster_members *)members;
	int err = roster_members_parse(&m, members, members_len);
	if (err) {
		assert_null(m);
		return err;
	}
	assert_true(m->cnt > 0);
	free(m);
	return 0;
}

static int
act_bundle(void)
{
	struct bundle b;
	memset(&b, 0xff, sizeof(b));
	int err = bundle_parse(&b, page, sizeof(page), &roots);
	if (err) {
		assert_null(b.roster);
		assert_null(b.epoch);
		assert_int_equal(b.epoch_cnt, 0);
		return err;
	}
	assert_int_equal(b.epoch_cnt, doc_cnt - 1);
	bundle_free(&b);
	return 0;
}

static int
act_bundle_build(void)
{
	uint8_t *out = page, hash[32];
	size_t len = 0;
	struct bundle_source src = { .roster = &roster,
				     .note = docs[0],
				     .certs = docs + 1,
				     .cert_cnt = doc_cnt - 1,
				     .day = roster.from };
	int err = bundle_build(&out, &len, hash, &src);
	if (err) {
		assert_null(out);
		return err;
	}
	assert_int_equal(len, sizeof(page));
	assert_memory_equal(out, page, len);
	free(out);
	return 0;
}

static int
act_attach_seal(void)
{
	uint8_t hash[32];
	struct age_memory in = { plain, 1000, 1000, 0 };
	struct attach_how how = { .set = &set,
				  .id = (const uint8_t *)"0123456789abcdef",
				  .len = 1000 };
	attached.len = 0;
	return attach_seal(&how, hash, age_memory_source(&in), age_memory_sink(&attached));
}

static int
act_attach_open(void)
{
	struct age_memory in = attached, out = { back, 0, LEN, 0 };
	struct age_opened opened;
	uint64_t len = 0;
	memset(&opened, 0xff, sizeof(opened));
	struct open_key *key = open_key_new(&secret);
	if (!key)
		return ERR_MEM;
	in.at = 0;
	int err = attach_open(key, &len, age_memory_source(&in), age_memory_sink(&out), &opened);
	open_key_free(key);
	if (err) {
		assert_null(opened.header);
		return err;
	}
	assert_int_equal(len, 1000);
	assert_memory_equal(back, plain, 1000);
	age_stream_forget(&opened);
	return 0;
}

static int
act_entry(void)
{
	struct entry e = { .type = ENTRY_TIP,
			   .binary = pk.b,
			   .binary_len = sizeof(pk.b),
			   .json = "{}",
			   .json_len = 2 };
	struct seal_entry how = { .set = &set, .key = &sign };
	struct open_result r;
	struct open_known known;
	int err = seal_entry(entry_sealed, &e, &how);
	if (err)
		return err;
	struct open_key *key = open_key_new(&secret);
	if (!key)
		return ERR_MEM;
	open_known_set(&known, pk.b, 1);
	err = open_sealed(entry_plain, &r, entry_sealed, key, 0);
	if (!err)
		err = entry_parse(&e, entry_plain);
	if (!err)
		err = open_audit(&r, entry_sealed, &e, &known, 1);
	open_key_free(key);
	return err;
}

static int
act_card(void)
{
	struct card_member m = { .name = "灯房" }, again;
	struct bufw w;
	memcpy(m.seal, pk.b, sizeof(m.seal));
	bufw_init(&w, card, sizeof(card));
	int err = card_member_print(&w, &m);
	return err ? err : card_member_parse(&again, card, w.len);
}

static const struct {
	const char *name;
	int (*act)(void);
	unsigned least; /* so many allocations at the least */
} acts[] = {
	{ "age seal", act_seal, 2 },
	{ "age open", act_open, 3 },
	{ "age open, armored", act_open_armored, 3 },
	{ "a key file", act_key_file, 4 },
	{ "keystore seal", act_keystore_seal, 2 },
	{ "keystore open", act_keystore_open, 3 },
	{ "secret memory", act_secret, 2 },
	{ "roster", act_roster, 1 },
	{ "members", act_members, 1 },
	{ "bundle", act_bundle, 3 },
	{ "bundle, built", act_bundle_build, 2 },
	{ "attachment seal", act_attach_seal, 1 },
	{ "attachment open", act_attach_open, 4 },
	{ "entry", act_entry, 1 },
	{ "card", act_card, 0 },
};

/* ---- what they work on ---- */

static void
armor(void)
{
	struct bufw w;
	bufw_init(&w, armored.bytes, armored.cap);
	bufw_text(&w, "-----BEGIN AGE ENCRYPTED FILE-----\n");
	for (size_t i = 0; i < sealed.len; i += 48) {
		size_t n = sealed.len - i < 48 ? sealed.len - i : 48;
		bufw_base64(&w, sealed.bytes + i, n);
		bufw_text(&w, "\n");
	}
	bufw_text(&w, "-----END AGE ENCRYPTED FILE-----\n");
	assert_int_equal(bufw_end(&w), 0);
	armored.len = w.len;
}

static void
documents(void)
{
	struct vector v;
	struct buf b;
	vector_open(&v, "bundle");
	assert_true(vector_next(&v));
	char *box = vector_text(&v, "container", &container_len);
	vector_roots(&v, &roots);
	assert_true(container_len < sizeof(page));
	memset(page, '\n', sizeof(page));
	memcpy(page, box, container_len);
	free(box);
	free(v.text);
	buf_init(&b, page, container_len);
	while (doc_cnt < 32 && bundle_next(&b, &docs[doc_cnt]) == 0)
		doc_cnt++;
	assert_int_equal(roster_verify(&roster, docs[0].bytes, docs[0].len, &roots), 0);
	vector_open(&v, "members");
	while (vector_next(&v))
		if (!members && vector_is(&v, "result", "ok"))
			members = vector_text(&v, "text", &members_len);
	assert_non_null(members);
}

static int
prepare(void **state)
{
	char word[AGE_IDENTITY_CAP];
	struct age_memory in = { plain, LEN, LEN, 0 };
	struct age_sealing how = { .to = to, .to_cnt = 1 };
	struct bufw w;
	(void)state;
	randombytes_buf(plain, sizeof(plain));
	sealed.bytes = malloc(sealed.cap);
	armored.bytes = malloc(armored.cap);
	attached.bytes = malloc(attached.cap);
	age_key_make(&id[0], AGE_KIND_X25519);
	age_key_make(&id[1], AGE_KIND_PQ);
	age_key_recipient(&to[0], &id[1]);
	assert_int_equal(age_stream_seal(&how, age_memory_source(&in), age_memory_sink(&sealed)),
			 0);
	armor();
	documents();
	bufw_init(&w, key_file, sizeof(key_file) - 1);
	for (int i = 0; i < 6; i++) {
		age_key_print_identity(word, &id[i % 2]);
		bufw_printf(&w, "%s\n", word);
		if (i == 2) {
			bufw_text(&w, "# ");
			bufw_hex(&w, plain, 3000);
			bufw_text(&w, "\n");
		}
	}
	assert_int_equal(bufw_end(&w), 0);
	key_stream = fmemopen(key_file, w.len, "r");
	assert_non_null(key_stream);
	/* without memory stdio goes on unbuffered: that would be no failure */
	assert_int_equal(setvbuf(key_stream, stream_room, _IOFBF, sizeof(stream_room)), 0);
	key_sign_new(&sign);
	xwing_keypair(&pk, &secret);
	set.pk[0] = pk.b;
	return 0;
}

static int
done(void **state)
{
	(void)state;
	free(sealed.bytes);
	free(armored.bytes);
	free(attached.bytes);
	free(members);
	fclose(key_stream);
	return 0;
}

static void
every(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		unsigned n = 0;
		bool hit = true;
		/* What is made once and kept (a stream of the library's, say) is not a leak. */
		assert_int_equal(acts[i].act(), 0);
		while (hit) {
			long before = fault_live();
			fault_arm(FAULT_ALLOC, ++n, ENOMEM);
			int err = acts[i].act();
			hit = fault_disarm();
			if (hit && err != ERR_MEM)
				fail_msg("%s without the %uth allocation: %s", acts[i].name, n,
					 err ? err_text(err) : "well");
			if (!hit && err)
				fail_msg("%s: %s", acts[i].name, err_text(err));
			if (fault_live() != before)
				fail_msg("%s without the %uth allocation: %ld are left",
					 acts[i].name, n, fault_live() - before);
			assert_true(n < 1000);
		}
#if !defined(__SANITIZE_ADDRESS__)
		if (n - 1 < acts[i].least)
			fail_msg("%s: %u allocations only", acts[i].name, n - 1);
#endif
		printf("# %s: %u\n", acts[i].name, n - 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every, prepare, done),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
