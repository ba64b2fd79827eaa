/*
 * The invented deployment that fixture.h describes: its keys, its roster, and the requests of its
 * sources and members. The clock functions at the top take the place of server/base/clock.c.
 */
#include "tests/lib/fixture.h"

struct fixture w;
uint64_t fixture_minute = 30000000;
int64_t fixture_jump;
const char *fixture_in = "/tmp";
void (*fixture_amend)(struct roster *r);
bool fixture_batch;

void
clock_init(void)
{
}
int
clock_fd(void)
{
	return -1;
}
uint64_t
clock_minute(void)
{
	return fixture_minute + (uint64_t)fixture_jump;
}
uint64_t
clock_mono_ms(void)
{
	return fixture_minute * 60000;
}
uint64_t
clock_mono_us(void)
{
	return fixture_minute * 60000000;
}

/* Sends a frame to the vault as a face would; the transaction is the batch. */
int
fixture_frame(const uint8_t frame[static FRAME_LEN])
{
	struct vault_call c = { .v = &w.v, .frame = frame, .body = w.body };
	memset(w.body, 0, sizeof(w.body));
	vault_clock_advance(&w.v);
	w.v.used = store_used(w.v.store);
	if (!fixture_batch)
		assert_int_equal(store_begin(w.v.store), 0);
	w.status = vault_serve(&c);
	assert_true(w.status >= FRAME_OK);
	if (!fixture_batch)
		assert_int_equal(store_commit(w.v.store), 0);
	if (w.v.roster_dirty) {
		w.v.roster_dirty = false;
		assert_int_equal(vault_roster_load(&w.v), 0);
	}
	w.out = c.out;
	w.body_len = c.body_len;
	w.wrote = c.wrote;
	return w.status;
}

int
fixture_send(struct frame_request rq, const struct key_sign *key)
{
	static uint8_t frame[FRAME_LEN];
	const struct frame_op *op = frame_op_find(rq.op);
	if (op && !op->timeless && !rq.minute)
		rq.minute = fixture_minute;
	assert_int_equal(frame_request_build(frame, &rq, w.keys.card.id, key), 0);
	return fixture_frame(frame);
}

int
fixture_as(enum who who, struct frame_request rq)
{
	return fixture_send(rq, &w.person[who].key);
}

void
source_new(struct source *s)
{
	uint8_t pk[32];
	key_sign_new(&s->key);
	key_sign_public(pk, &s->key);
	frame_case_id(s->id, pk);
	randombytes_buf(s->t, sizeof(s->t));
	key_sha256(s->T, s->t, 32);
	randombytes_buf(s->tip, sizeof(s->tip));
}

struct frame_request
request(uint8_t op, const uint8_t *id)
{
	struct frame_request rq = { .op = op };
	if (id)
		memcpy(rq.routing.id, id, 16);
	return rq;
}

int
source_open(const struct source *s, uint16_t desk, uint8_t ladder)
{
	struct frame_request rq = request(FRAME_OPEN, s->id);
	rq.routing.desk = desk;
	rq.routing.ladder = ladder;
	memcpy(rq.routing.proof, s->T, 32);
	rq.body = s->tip;
	rq.body_len = FRAME_BODY_LEN;
	return fixture_send(rq, &s->key);
}

int
source_poll(const struct source *s, uint32_t from)
{
	struct frame_request rq = request(FRAME_POLL, s->id);
	rq.routing.number = from;
	return fixture_send(rq, &s->key);
}

int
source_say(const struct source *s, uint32_t number, const uint8_t *body)
{
	struct frame_request rq = request(FRAME_APPEND, s->id);
	rq.routing.number = number;
	memcpy(rq.routing.proof, s->T, sizeof(s->T));
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	return fixture_send(rq, &s->key);
}

int
member_fetch(enum who who, const uint8_t *id, uint8_t thread, uint32_t number)
{
	struct frame_request rq = request(FRAME_FETCH, id);
	rq.routing.desk = w.person[who].desk;
	rq.routing.thread = thread;
	rq.routing.number = number;
	return fixture_as(who, rq);
}

int
member_put(enum who who, uint8_t op, const uint8_t *id, struct frame_routing r, const uint8_t *body)
{
	struct frame_request rq = { .op = op, .routing = r };
	memcpy(rq.routing.id, id, 16);
	rq.routing.desk = w.person[who].desk;
	rq.body = body;
	rq.body_len = FRAME_BODY_LEN;
	return fixture_as(who, rq);
}

int
member_act(enum who who, uint8_t op, const uint8_t *id, struct frame_routing r,
	   uint8_t body[static FRAME_BODY_LEN])
{
	struct store_log log;
	assert_int_equal(store_log_get(w.v.store, &log, FRAME_CASE, id), 0);
	r.number = log.desk_entries;
	random_body(body);
	return member_put(who, op, id, r, body);
}

int
member_list(enum who who, uint8_t kind, const uint8_t *cursor)
{
	struct frame_request rq = { .op = FRAME_LIST };
	rq.routing.desk = w.person[who].desk;
	rq.routing.kind = kind;
	if (cursor)
		memcpy(rq.routing.cursor, cursor, 16);
	return fixture_as(who, rq);
}

void
random_body(uint8_t body[static FRAME_BODY_LEN])
{
	randombytes_buf(body, FRAME_BODY_LEN);
}

/* ---- making it ---- */

static const struct {
	uint16_t desk, roles;
} staff[WHO_CNT] = {
	[A1] = { 1, ROSTER_TR | ROSTER_PL | ROSTER_LEAD },
	[B1] = { 1, ROSTER_TR },
	[C1] = { 1, ROSTER_AU },
	[A2] = { 2, ROSTER_TR | ROSTER_LEAD },
	[B2] = { 2, ROSTER_TR },
	[A4] = { 4, ROSTER_TR | ROSTER_LEAD },
	[A5] = { 5, ROSTER_TR | ROSTER_LEAD },
	[I7] = { 7, ROSTER_TL | ROSTER_LEAD },
	[J7] = { 7, ROSTER_IN },
	[REG] = { 0, ROSTER_RG },
};

static const struct {
	uint16_t number, above;
	uint8_t kind, level, org;
	const char *area;
} offices[] = {
#include "deployment.inc" /* scripts/deployment.json */
};
#define OFFICE_CNT (sizeof(offices) / sizeof(offices[0]))

/* The first member of that desk who is its lead, or is not; WHO_CNT where there is none. */
static enum who
fixture_member(uint16_t desk, bool lead)
{
	enum who i = 0;
	while (i < WHO_CNT && (staff[i].desk != desk || !(staff[i].roles & ROSTER_LEAD) == lead))
		i++;
	return i;
}

/* Office i as a desk of the roster, its second member as cosigner; false where it has no lead. */
static bool
fixture_desk(struct roster_desk *d, size_t i)
{
	enum who lead = fixture_member(offices[i].number, true);
	enum who other = fixture_member(offices[i].number, false);
	if (lead == WHO_CNT)
		return false;
	d->number = offices[i].number;
	d->above = offices[i].above;
	d->kind = offices[i].kind;
	d->level = offices[i].level;
	d->org = offices[i].org;
	snprintf(d->area, sizeof(d->area), "%s", offices[i].area);
	snprintf(d->name, sizeof(d->name), "desk %d", d->number);
	memcpy(d->lead, w.person[lead].pk, 32);
	if (other != WHO_CNT)
		memcpy(d->cosigner[d->cosigner_cnt++], w.person[other].pk, 32);
	return true;
}

/* The members note into dst. */
static size_t
fixture_members(char *dst, size_t cap)
{
	struct bufw b;
	struct roster_members *m = calloc(1, sizeof(*m) + WHO_CNT * sizeof(struct roster_member));
	assert_non_null(m);
	memcpy(m->gateway, w.keys.card.id, 16);
	m->cnt = WHO_CNT;
	for (int i = 0; i < WHO_CNT; i++) {
		struct roster_member *p = &m->member[i];
		memcpy(p->handle, w.person[i].handle, 8);
		snprintf(p->name, sizeof(p->name), "person %d", i);
		p->desk = w.person[i].desk;
		p->roles = w.person[i].roles;
		memcpy(p->sign, w.person[i].pk, 32);
		memset(p->seal, i + 1, sizeof(p->seal));
	}
	bufw_init(&b, dst, cap);
	assert_int_equal(roster_members_print(&b, m), 0);
	free(m);
	return b.len;
}

void
fixture_kind(uint16_t desk, uint8_t kind)
{
	for (size_t i = 0; i < w.v.roster->desk_cnt; i++)
		if (w.v.roster->desk[i].number == desk)
			w.v.roster->desk[i].kind = kind;
}

/* Signs a roster of that version by `roots` roots and makes the upload. */
void
fixture_roster(uint32_t version, unsigned roots)
{
	static struct roster r;
	static char members[65536], text[65536];
	struct bufw b, up;
	size_t members_len = fixture_members(members, sizeof(members));
	memset(&r, 0, sizeof(r));
	memcpy(r.gateway, w.keys.card.id, 16);
	memcpy(r.gateway_key, w.keys.card.key, 32);
	r.version = version;
	memcpy(r.previous, w.note_hash, 32);
	r.from = CLOCK_DAY(fixture_minute);
	r.until = r.from + 30;
	key_sha256(r.members, members, members_len);
	r.backstop = BACKSTOP;
	snprintf(r.name, sizeof(r.name), "lamp");
	for (size_t i = 0; i < OFFICE_CNT; i++)
		r.desk_cnt += fixture_desk(&r.desk[r.desk_cnt], i);
	if (fixture_amend)
		fixture_amend(&r);
	bufw_init(&b, text, sizeof(text));
	assert_int_equal(roster_print(&b, &r), 0);
	size_t text_len = b.len;
	bufw_text(&b, "\n");
	for (unsigned i = 0; i < roots; i++)
		assert_int_equal(note_sign(&b, text, text_len, i ? "root-2" : "root-1", &w.root[i]),
				 0);
	bufw_init(&up, w.upload, sizeof(w.upload));
	bundle_put(&up, "roster", text, b.len);
	bundle_put(&up, "members", members, members_len);
	bundle_put_end(&up);
	assert_int_equal(bufw_end(&up), 0);
	w.upload_len = up.len;
	key_sha256(w.note_hash, text, b.len);
}

uint16_t
fixture_parts(void)
{
	return (uint16_t)((w.upload_len + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN);
}

int
fixture_part(enum who who, uint16_t i, uint64_t minute)
{
	struct frame_request rq = { .op = FRAME_ROSTER_PUT, .minute = minute };
	size_t at = (size_t)i * FRAME_BODY_LEN;
	rq.routing.part = i;
	rq.routing.parts = fixture_parts();
	rq.routing.length = (uint32_t)w.upload_len;
	rq.body = w.upload + at;
	rq.body_len = w.upload_len - at < FRAME_BODY_LEN ? w.upload_len - at : FRAME_BODY_LEN;
	return fixture_as(who, rq);
}

int
fixture_upload(enum who who)
{
	for (uint16_t i = 0; i < fixture_parts(); i++)
		fixture_part(who, i, 0);
	return w.status;
}

void
fixture_open_vault(void)
{
	char why[STORE_WHY_LEN];
	memset(&w.v, 0, sizeof(w.v));
	w.v.conf = &w.conf;
	w.v.keys = &w.keys;
	int err = vault_open(&w.v, w.db, why);
	/* The vault makes its reserve in its working folder; a test's is the tree of the project.
	 */
	w.v.ballast = VAULT_BALLAST_READY;
	if (err)
		fail_msg("vault_open: %s", why);
}

int
fixture_new(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	assert_true(sodium_init() >= 0);
	snprintf(w.dir, sizeof(w.dir), "%s/davy-unit.XXXXXX", fixture_in);
	assert_non_null(mkdtemp(w.dir));
	fixture_store_new(w.db, w.dir);
	w.conf.store_bytes = 1ull << 30;
	w.conf.open_percent = 70;
	w.conf.open_day_percent = 20;
	w.conf.member_entries = 1000;
	w.conf.member_keys = 300;
	w.conf.member_photos = 1000;
	w.conf.case_entries = 64;
	w.conf.case_mib = 8;
	w.conf.case_desk_mib = 8;
	w.conf.purge_days = 90;
	randombytes_buf(w.keys.card.id, 16);
	key_sign_new(&w.keys.sign);
	key_sign_public(w.keys.card.key, &w.keys.sign);
	conf_keys_log(&w.keys, w.keys.card.id);
	w.keys.card.roots.cnt = 2;
	w.keys.card.roots.threshold = 2;
	for (int i = 0; i < 2; i++) {
		key_sign_new(&w.root[i]);
		key_sign_public(w.keys.card.roots.key[i], &w.root[i]);
	}
	for (int i = 0; i < WHO_CNT; i++) {
		struct person *p = &w.person[i];
		key_sign_new(&p->key);
		key_sign_public(p->pk, &p->key);
		randombytes_buf(p->handle, 8);
		p->desk = staff[i].desk;
		p->roles = staff[i].roles;
	}
	fixture_open_vault();
	return 0;
}

/* The same with a roster in force. */
int
fixture_ready(void **state)
{
	fixture_new(state);
	fixture_roster(1, 2);
	assert_int_equal(fixture_upload(REG), FRAME_OK);
	assert_non_null(w.v.roster);
	return 0;
}

int
fixture_end(void **state)
{
	(void)state;
	vault_close(&w.v);
	fixture_store_end(w.db);
	rmdir(w.dir);
	return 0;
}

size_t
fixture_certificate(uint16_t desk, int fill, char *dst, size_t cap, uint32_t number, bool both)
{
	static struct epoch e;
	char text[EPOCH_NOTE_MAX];
	struct bufw t, b;
	memset(&e, 0, sizeof(e));
	memcpy(e.gateway, w.keys.card.id, 16);
	e.desk = desk;
	e.number = number;
	e.from = CLOCK_DAY(fixture_minute);
	e.until = e.from + 30;
	memset(e.key, fill, sizeof(e.key));
	struct key_sign voice;
	assert_int_equal(epoch_voice(&voice, (const uint8_t[32]){ 7 }), 0);
	key_sign_public(e.voice, &voice);
	bufw_init(&t, text, sizeof(text));
	assert_int_equal(epoch_print(&t, &e), 0);
	bufw_init(&b, dst, cap);
	bufw_bytes(&b, text, t.len);
	bufw_text(&b, "\n");
	const struct key_sign *lead = &w.person[desk == 1 ? A1 : A2].key;
	const struct key_sign *other = &w.person[desk == 1 ? B1 : B2].key;
	assert_int_equal(epoch_sign(&b, text, t.len, desk, true, lead), 0);
	if (both)
		assert_int_equal(epoch_sign(&b, text, t.len, desk, false, other), 0);
	return b.len;
}

struct frame_routing
hide_from(const enum who *who, size_t cnt)
{
	struct frame_routing r = { .flags = FRAME_HIDE };
	randombytes_buf(r.proof, sizeof(r.proof));
	randombytes_buf(r.hash, sizeof(r.hash));
	for (size_t i = 0; i < cnt; i++)
		memcpy((i < 4 ? r.proof + 8 * i : r.hash + 8 * (i - 4)), w.person[who[i]].handle,
		       8);
	return r;
}

int64_t
fixture_number(const char *query)
{
	return fixture_store_number(w.v.store, query);
}
