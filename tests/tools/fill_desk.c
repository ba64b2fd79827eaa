/*
 * Fills the store of a gateway and the workspace of a member with cases, for the bench of davy.
 * Nothing else may have either of them open.
 *
 *   fill_desk notes COUNT STORE WORKSPACE KEYSTORE AUTHOR PASSPHRASEFILE CARD BUNDLE
 *       COUNT cases at desk 1 that the member has read: each with a tip, which both sides have, and
 *       with a note of the author, which only the store has yet. The member has opened the tips.
 * Everything is sealed and signed as the real programs do it. fill_desk copies COUNT WORKSPACE
 * KEYSTORE PASSPHRASEFILE COUNT more case records, copies of the one that davy has written, each
 * under an id of its own, which is printed for the last. fill_desk entries WORKSPACE Prints how
 * many entries a workspace has.
 *
 * The layout of a workspace's records is that of admin-cli/home/workspace_case.c.
 */
#include <jansson.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/b64.h"
#include "crypto/buf.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/choose.h"
#include "crypto/keystore.h"
#include "crypto/record.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/text.h"
#include "server/store/sqlite/sqlite.h"
#include "tests/tools/fill_desk.h"

static void
must(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "fill_desk: %s\n", what);
	exit(1);
}

static uint8_t *
slurp(const char *path, size_t *len)
{
	uint8_t *buf = malloc(BUNDLE_MAX + 1);
	FILE *f = fopen(path, "rb");

	must(f && buf, path);
	*len = fread(buf, 1, BUNDLE_MAX, f);
	buf[*len] = '\0';
	fclose(f);
	return buf;
}

static void
get_b64(const json_t *j, const char *name, uint8_t out[static 32])
{
	const json_t *s = json_object_get(j, name);

	must(s && b64_decode_exact(out, 32, json_string_value(s), json_string_length(s),
				   B64_PADDED) == 0,
	     "a key is not in the keystore where it was expected");
}

static void
load_person(struct person *p, const char *keystore, const char *passfile)
{
	uint8_t *bytes, *pass, seed[32];
	size_t len, pass_len, plain_len;
	const char *hex;
	char *plain;

	bytes = slurp(keystore, &len);
	pass = slurp(passfile, &pass_len);
	pass[strcspn((char *)pass, "\n")] = '\0';
	must(keystore_open(&plain, &plain_len, bytes, len, (char *)pass) == 0,
	     "the passphrase does not open the keystore");
	json_t *j = json_loadb(plain, plain_len, 0, NULL);
	get_b64(j, "sign", seed);
	key_sign_from_seed(&p->sign, seed);
	get_b64(j, "workspace", p->root);
	hex = json_string_value(json_object_get(j, "handle"));
	const json_t *epochs = json_object_get(j, "epochs"), *e;
	size_t i;
	json_array_foreach(epochs, i,
			   e) if (json_integer_value(json_object_get(e, "desk")) == DESK &&
				  json_integer_value(json_object_get(e, "use")) == EPOCH_ONLINE)
		get_b64(e, "secret", p->desk.seed);
	must(hex && text_unhex(p->handle, sizeof(p->handle), hex, strlen(hex)) == 0, "handle");
	json_decref(j);
	secret_free(plain);
	free(bytes);
	free(pass);
}

/* ---- sealing ---- */

static void
seal_one(const struct fill *f, struct made *m)
{
	static const char tip[] =
		"{\"v\":1,\"lang\":\"zh\",\"danger_now\":false,\"tile\":0,\"county\":\"" COUNTY
		"\","
		"\"where\":\"bench\",\"what\":\"bench\",\"keep_from\":[\"L1\"]}";
	static const char note[] = "{\"v\":1,\"text\":\"bench\"}";
	struct key_sign source;
	struct entry e = { .type = ENTRY_TIP };

	key_sign_new(&source);
	e.binary = f->source.b;
	e.binary_len = sizeof(f->source.b);
	e.json = tip;
	e.json_len = sizeof(tip) - 1;
	memcpy(e.gateway, f->card.id, sizeof(e.gateway));
	memcpy(e.roster, f->bundle.hash, sizeof(e.roster));
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];
	key_sign_public(pk, &source);
	frame_case_id(m->id, pk);
	memcpy(e.id, m->id, sizeof(e.id));
	struct seal s;
	uint8_t plain[ENTRY_LEN];
	must(seal_begin(&s, &f->set, e.id, NULL) == 0, "a tip cannot be sealed");
	memcpy(e.recipient, s.hash, sizeof(e.recipient));
	m->file_key = s.file_key;
	for (uint8_t i = 0; i < SEAL_CNT; i++) {
		m->stanza = s.place[i] == 0 ? i : m->stanza;
		m->dummies |= (uint8_t)((f->set.pk[s.place[i]] == NULL) << i);
	}
	must(entry_build(plain, &e, &source) == 0 && seal_finish(&s, plain, m->tip) == 0 &&
		     seal_opened(NULL, m->proof, f->source.b, m->id) == 0,
	     "a tip cannot be sealed");
	struct frame_request rq = { .op = FRAME_OPEN, .body = m->tip, .body_len = SEAL_LEN };
	struct frame_digest d;
	uint8_t frame[FRAME_LEN];
	memcpy(rq.routing.id, m->id, sizeof(m->id));
	memcpy(rq.routing.proof, m->proof, sizeof(m->proof));
	rq.routing.desk = DESK;
	must(frame_request_build(frame, &rq, f->card.id, &source) == 0, "a frame cannot be made");
	frame_digest(&d, frame);
	frame_stub(m->stub, frame, &d);
	e.type = ENTRY_NOTE;
	e.thread = FRAME_DESK;
	e.hour = f->day * 24;
	e.binary = NULL;
	e.binary_len = 0;
	e.json = note;
	e.json_len = sizeof(note) - 1;
	must(seal_entry(m->note, &e,
			&(struct seal_entry){ .set = &f->set, .key = &f->author.sign }) == 0,
	     "a note cannot be sealed");
}

/* Sealing is nearly all of the time: every processor has a part of it. */
static void
seal_all(struct fill *f)
{
	int status;

	f->made = mmap(NULL, f->cnt * sizeof(*f->made), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(f->made != MAP_FAILED, "memory");
	for (size_t w = 0; w < WORKERS; w++) {
		pid_t pid = fork();
		must(pid >= 0, "fork");
		if (pid)
			continue;
		for (size_t i = w; i < f->cnt; i += WORKERS)
			seal_one(f, &f->made[i]);
		_exit(0);
	}
	for (size_t w = 0; w < WORKERS; w++)
		must(wait(&status) > 0 && status == 0, "a worker failed");
}

/* ---- the store ---- */

static int
store_one(struct store *s, const struct fill *f, const struct made *m)
{
	struct store_log log = { .kind = FRAME_CASE,
				 .desk = DESK,
				 .day = f->day,
				 .source_cnt = 1,
				 .entries = 1,
				 .desk_entries = 1,
				 .reads = 1,
				 .bytes = 2 * STORE_BODY_LEN,
				 .read_due = f->day * 24 + 48,
				 .answer_due = f->day * 24 + 96 };
	struct store_entry tip = { .thread = FRAME_SOURCE, .day = f->day };
	struct store_entry note = {
		.thread = FRAME_DESK, .day = f->day, .source = STORE_NO_NUMBER, .desk = DESK
	};
	struct frame_read read = { .day = f->day };
	bool added;

	memcpy(log.id, m->id, sizeof(log.id));
	memcpy(log.proof, m->proof, sizeof(log.proof));
	memcpy(tip.stub, m->stub, sizeof(tip.stub));
	memcpy(read.handle, f->reader.handle, sizeof(read.handle));
	key_sha256(tip.hash, m->tip, FRAME_BODY_LEN);
	key_sha256(note.hash, m->note, FRAME_BODY_LEN);
	int err = store_log_add(s, &log);
	if (!err)
		err = store_entry_add(s, log.n, &tip, m->tip);
	if (!err)
		err = store_entry_add(s, log.n, &note, m->note);
	return err ? err : store_read_add(s, log.n, &read, &added);
}

static void
store_all(const struct fill *f, const char *path)
{
	char why[STORE_WHY_LEN] = "out of memory";
	struct store *s;
	int err = 0;

	must(store_open(&s, path, why) == 0, why);
	for (size_t i = 0; !err && i < f->cnt; i++) {
		if (i % AT_ONCE == 0)
			err = store_begin(s);
		if (!err)
			err = store_one(s, f, &f->made[i]);
		if (!err && (i % AT_ONCE == AT_ONCE - 1 || i + 1 == f->cnt))
			err = store_commit(s);
	}
	must(err == 0, "the store cannot be filled");
	store_close(s);
}

/* ---- the workspace ---- */

static void
workspace_open(struct fill *f, const char *path)
{
	must(record_derive(&f->keys, f->reader.root) == 0, "keys of the workspace");
	must(sqlite3_open_v2(path, &f->db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		     sqlite3_exec(f->db,
				  "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN",
				  NULL, NULL, NULL) == SQLITE_OK,
	     "the workspace cannot be opened");
}

static void
workspace_close(struct fill *f)
{
	for (int kind = 0; kind < KIND_CNT; kind++)
		sqlite3_finalize(f->put[kind]);
	must(sqlite3_exec(f->db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) ==
			     SQLITE_OK &&
		     sqlite3_close(f->db) == SQLITE_OK,
	     "the workspace cannot be written");
}

static void
index_of(uint8_t index[static RECORD_INDEX_LEN], const struct fill *f, int kind, const void *key,
	 size_t len)
{
	const char table[2] = { (char)('a' + kind), '\0' };

	record_index(index, &f->keys, table, key, len);
}

static void
put(struct fill *f, int kind, const struct bufw *key, const uint8_t *val, size_t len)
{
	uint8_t index[RECORD_INDEX_LEN], plain[VALUE], sealed[VALUE + RECORD_OVERHEAD];
	size_t n = 1 + key->len + len;

	must(n <= sizeof(plain), "a value is too long");
	plain[0] = (uint8_t)key->len;
	memcpy(plain + 1, key->base, key->len);
	memcpy(plain + 1 + key->len, val, len);
	index_of(index, f, kind, key->base, key->len);
	record_seal(sealed, &f->keys, index, plain, n);
	char text[96];
	snprintf(text, sizeof(text), "INSERT OR REPLACE INTO record%d(name, value) VALUES(?1, ?2)",
		 kind);
	sqlite3_stmt **s = &f->put[kind];
	must(*s || sqlite3_prepare_v2(f->db, text, -1, s, NULL) == SQLITE_OK, "no such kind");
	sqlite3_bind_blob(*s, 1, index, sizeof(index), SQLITE_STATIC);
	sqlite3_bind_blob(*s, 2, sealed, (int)(n + RECORD_OVERHEAD), SQLITE_STATIC);
	must(sqlite3_step(*s) == SQLITE_DONE, "a record cannot be written");
	sqlite3_reset(*s);
}

static void
number_key(struct bufw *k, uint8_t key[static 4], size_t number)
{
	bufw_init(k, key, 4);
	bufw_u32(k, (uint32_t)number);
}

static void
end_shelf(struct fill *f)
{
	uint8_t key[4];
	struct bufw k;

	number_key(&k, key, (f->case_cnt - 1) / SHELF_CNT);
	must(bufw_end(&f->on_shelf) == 0, "a shelf is too long");
	put(f, KIND_CASE, &k, f->shelf, f->on_shelf.len);
}

/* A case comes onto the shelf that is being filled. */
static void
put_record(struct fill *f, const uint8_t id[static KEY_ID_LEN], const uint8_t *val, size_t len)
{
	uint8_t key[KEY_ID_LEN], number[4];
	struct bufw k, n;

	if (f->case_cnt % SHELF_CNT == 0)
		bufw_init(&f->on_shelf, f->shelf, sizeof(f->shelf));
	bufw_init(&k, key, sizeof(key));
	bufw_bytes(&k, id, KEY_ID_LEN);
	number_key(&n, number, f->case_cnt);
	put(f, KIND_PLACE, &k, number, sizeof(number));
	memcpy(f->heads + HEAD_LEN * f->case_cnt++, id, HEAD_LEN);
	bufw_u16(&f->on_shelf, (uint16_t)len);
	bufw_bytes(&f->on_shelf, val, len);
	if (f->case_cnt % SHELF_CNT == 0)
		end_shelf(f);
}

/* The last shelf, and the heads of the ids of all that were put. */
static void
end_records(struct fill *f)
{
	if (f->case_cnt % SHELF_CNT)
		end_shelf(f);
	for (size_t i = 0; i * HEADS_CNT < f->case_cnt; i++) {
		size_t n = f->case_cnt - i * HEADS_CNT < HEADS_CNT ? f->case_cnt - i * HEADS_CNT
								   : HEADS_CNT;
		uint8_t key[4];
		struct bufw k;

		number_key(&k, key, i);
		put(f, KIND_HEADS, &k, f->heads + i * HEADS_CNT * HEAD_LEN, n * HEAD_LEN);
	}
}

static void
put_case(struct fill *f, const struct made *m)
{
	static const char state[] = "NEW", title[] = "bench";
	struct frame_record rec = { .kind = FRAME_CASE,
				    .desk = DESK,
				    .source_cnt = 1,
				    .entries = 1,
				    .day = f->day,
				    .reads = 1,
				    .read_due = f->day * 24 + 48,
				    .answer_due = f->day * 24 + 96 };
	uint8_t val[1024], bytes[FRAME_RECORD_LEN];
	struct bufw w;

	memcpy(rec.id, m->id, sizeof(rec.id));
	frame_record_put(bytes, &rec);
	bufw_init(&w, val, sizeof(val));
	bufw_u8(&w, 5);
	bufw_bytes(&w, bytes, sizeof(bytes));
	bufw_u16(&w, DESK);
	bufw_u32(&w, 1); /* of the source's thread, of the desks', read records: what is here */
	bufw_u32(&w, 0);
	bufw_u32(&w, 1);
	bufw_u32(&w, 1);
	bufw_u8(&w, sizeof(state) - 1);
	bufw_text(&w, state);
	/* severity, priority, question, said, sign, claimer, claim, date: none */
	bufw_zero(&w, 1 + 2 + 3 + 8 + 4 + 4);
	bufw_u8(&w, 0); /* no county */
	bufw_u8(&w, sizeof(title) - 1);
	bufw_text(&w, title);
	bufw_zero(&w, 1 + 8 * 7); /* no clock */
	must(bufw_end(&w) == 0, "case");
	put_record(f, m->id, val, w.len);
}

static void
put_tip(struct fill *f, const struct made *m)
{
	uint8_t key[32], val[VALUE], hash[32];
	struct frame_read read = { .day = f->day };
	struct bufw k, w;

	key_sha256(hash, m->tip, SEAL_LEN);
	bufw_init(&k, key, sizeof(key));
	bufw_bytes(&k, m->id, KEY_ID_LEN);
	memcpy(read.handle, f->reader.handle, sizeof(read.handle));
	frame_read_put(val, &read);
	put(f, KIND_READS, &k, val, FRAME_READ_LEN);
	bufw_u8(&k, FRAME_SOURCE);
	bufw_u32(&k, 0);
	bufw_init(&w, val, sizeof(val));
	bufw_u8(&w, FRAME_SOURCE);
	bufw_u32(&w, 0);
	bufw_u32(&w, f->day);
	bufw_u8(&w, 1);
	bufw_bytes(&w, frame_stub_sig(m->stub), KEY_SIG_LEN);
	bufw_bytes(&w, hash, 32);
	bufw_bytes(&w, m->tip, SEAL_LEN);
	must(bufw_end(&k) == 0 && bufw_end(&w) == 0, "entry");
	put(f, KIND_ENTRY, &k, val, w.len);
}

/* Of the frame in which the tip came, which davy has found signed. */
static void
frame_tag(uint8_t tag[static TAG_LEN], const struct made *m)
{
	uint8_t all[1 + 4 + 2 + 1 + KEY_ID_LEN + 32 + KEY_SIG_LEN];
	struct bufw w;

	bufw_init(&w, all, sizeof(all));
	bufw_u8(&w, FRAME_OPEN);
	bufw_u32(&w, 0); /* the number */
	bufw_u16(&w, DESK);
	bufw_u8(&w, 0); /* the ladder */
	bufw_bytes(&w, m->id, KEY_ID_LEN);
	bufw_bytes(&w, m->proof, sizeof(m->proof));
	bufw_bytes(&w, frame_stub_sig(m->stub), KEY_SIG_LEN);
	must(bufw_end(&w) == 0, "tag of a frame");
	crypto_generichash(tag, TAG_LEN, all, sizeof(all), NULL, 0);
}

/* What davy keeps of a tip that it has opened (admin-cli/desk/opened_memo.c). */
static void
put_memo(struct fill *f, const struct made *m)
{
	uint8_t hash[32], val[128], tag[TAG_LEN], plain[1 + 1 + AGE_FILE_KEY_LEN + TAG_LEN];
	struct record_keys keys;
	struct bufw k, w;

	must(record_derive(&keys, f->reader.desk.seed) == 0, "keys of memos");
	key_sha256(hash, m->tip, SEAL_LEN);
	bufw_init(&w, plain, sizeof(plain));
	bufw_u8(&w, 3); /* signature and audit are right */
	bufw_u8(&w, m->dummies);
	bufw_bytes(&w, m->file_key.b, AGE_FILE_KEY_LEN);
	frame_tag(tag, m);
	bufw_bytes(&w, tag, sizeof(tag));
	must(bufw_end(&w) == 0, "memo");
	key_sha256(val, f->set.pk[0], KEY_SEAL_PUBLIC_LEN);
	val[32] = m->stanza;
	record_seal(val + 33, &keys, hash, plain, sizeof(plain));
	bufw_init(&k, hash, sizeof(hash));
	k.len = sizeof(hash);
	put(f, KIND_OPENED, &k, val, 33 + sizeof(plain) + RECORD_OVERHEAD);
}

/* The desks to which the page would seal the tips. */
static void
choose(struct fill *f)
{
	const struct choose_input in = { .bundle = &f->bundle,
					 .day = f->day,
					 .use = EPOCH_ONLINE,
					 .county = COUNTY,
					 .named_level = LEVEL };
	struct choose_set set;

	must(choose_desks(&set, &in) == 0 && set.desk[0] == DESK, "the tips go to another desk");
	choose_seal_set(&f->set, &set);
}

static int
notes(struct fill *f, char **arg)
{
	struct xwing_secret secret;
	uint8_t *bytes, *roster;
	size_t len, roster_len;
	load_person(&f->reader, arg[2], arg[4]);
	load_person(&f->author, arg[3], arg[4]);
	bytes = slurp(arg[5], &len);
	roster = slurp(arg[6], &roster_len);
	must(card_gateway_parse(&f->card, bytes, len) == 0 &&
		     bundle_parse(&f->bundle, roster, roster_len, &f->card.roots) == 0,
	     "card or bundle");
	choose(f);
	xwing_keypair(&f->source, &secret);
	seal_all(f);
	store_all(f, arg[0]);
	workspace_open(f, arg[1]);
	for (size_t i = 0; i < f->cnt; i++) {
		put_case(f, &f->made[i]);
		put_tip(f, &f->made[i]);
		put_memo(f, &f->made[i]);
	}
	end_records(f);
	workspace_close(f);
	bundle_free(&f->bundle);
	free(bytes);
	free(roster);
	return 0;
}

/* Reads the first case of the first shelf. */
static size_t
first_case(struct fill *f, uint8_t val[static VALUE])
{
	uint8_t plain[VALUE], index[RECORD_INDEX_LEN];
	static const uint8_t key[4];
	sqlite3_stmt *s = NULL;
	struct buf b;

	index_of(index, f, KIND_CASE, key, sizeof(key));
	must(sqlite3_prepare_v2(f->db, "SELECT value FROM record5 WHERE name = ?1", -1, &s, NULL) ==
			     SQLITE_OK &&
		     sqlite3_bind_blob(s, 1, index, sizeof(index), SQLITE_STATIC) == SQLITE_OK &&
		     sqlite3_step(s) == SQLITE_ROW,
	     "no case to copy");
	int len = sqlite3_column_bytes(s, 0);
	must(len > RECORD_OVERHEAD && len < VALUE &&
		     record_open(plain, &f->keys, index, sqlite3_column_blob(s, 0), (size_t)len) ==
			     0,
	     "the case to copy does not open");
	sqlite3_finalize(s);
	buf_init(&b, plain, (size_t)len - RECORD_OVERHEAD);
	(void)buf_take(&b, 1 + sizeof(key));
	size_t n = buf_u16(&b);
	buf_bytes(&b, val, VALUE, n);
	must(!b.bad && n > KEY_ID_LEN, "the first shelf has no case");
	return n;
}

static int
copies(struct fill *f, char **arg)
{
	uint8_t val[VALUE], id[KEY_ID_LEN];
	char hex[2 * KEY_ID_LEN + 1];

	load_person(&f->reader, arg[1], arg[2]);
	workspace_open(f, arg[0]);
	size_t len = first_case(f, val);
	uint8_t *at = val + 1; /* behind the number of the form stands the gateway's record */
	memcpy(id, at, sizeof(id));
	put_record(f, id, val, len);
	for (size_t i = 0; i < f->cnt; i++) {
		randombytes_buf(id, sizeof(id));
		memcpy(at, id, sizeof(id));
		put_record(f, id, val, len);
	}
	end_records(f);
	workspace_close(f);
	puts(sodium_bin2hex(hex, sizeof(hex), id, sizeof(id)));
	return 0;
}

static int
entries(const char *path)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db;

	must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		     sqlite3_prepare_v2(db, "SELECT count(*) FROM record6", -1, &s, NULL) ==
			     SQLITE_OK &&
		     sqlite3_step(s) == SQLITE_ROW,
	     "the workspace cannot be read");
	printf("%d\n", sqlite3_column_int(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct fill f;
	const char *what = argc > 1 ? argv[1] : "";

	must(sodium_init() >= 0, "libsodium failed to initialise");
	f.day = (uint32_t)(time(NULL) / 86400);
	f.cnt = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	f.heads = calloc(f.cnt + 1, HEAD_LEN);
	must(f.heads != NULL, "memory");
	if (!strcmp(what, "notes") && argc == 10 && f.cnt)
		return notes(&f, argv + 3);
	if (!strcmp(what, "copies") && argc == 6 && f.cnt)
		return copies(&f, argv + 3);
	if (!strcmp(what, "entries") && argc == 3)
		return entries(argv[2]);
	fprintf(stderr, "usage: fill_desk notes|copies|entries …; see its source\n");
	return 2;
}
