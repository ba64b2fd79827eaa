/* What davy makes of a gateway's answers, all rightly signed. 'b' first: a text that the roots
 * signed as roster, with what follows a zero byte as certificates and padding; 'm': bytes served as
 * bundle as they are; else a good bundle, and every exchange after it takes its answer from the
 * input: status, fields, body. */
#include "tests/fuzz/cli_home.h"

#include "crypto/buf.h"
#include "crypto/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t served[128 * 1024];
static size_t served_len;
static struct buf answers;
static uint8_t members[4096];
static size_t members_len;

/* In place of net.c. */
uint64_t
net_minute(const struct session *c)
{
	(void)c;
	return term_today() * 1440ull;
}

void
net_close(struct session *c)
{
	(void)c;
}

int
net_get(struct session *c, const char *where, size_t max, uint8_t **bytes, size_t *n)
{
	(void)c, (void)where;
	assert(served_len <= max);
	*bytes = malloc(served_len + 1);
	assert(*bytes);
	memcpy(*bytes, served, served_len);
	*n = served_len;
	return DAVY_OK;
}

int
net_frame(struct session *c, const struct net_request *q, uint8_t frame[static FRAME_LEN])
{
	(void)q, (void)frame;
	return session_fail(c, DAVY_REFUSED, "fuzz", "no");
}

int
net_carry(struct session *c, uint8_t frame[static FRAME_LEN], struct net_answer *a)
{
	(void)frame, (void)a;
	return session_fail(c, DAVY_REFUSED, "fuzz", "no");
}

int
net_exchange(struct session *c, const struct net_request *q, struct net_answer *a)
{
	memset(a, 0, sizeof(*a));
	if (q->op == FRAME_ROSTER_GET && members_len) {
		a->status = FRAME_OK;
		a->routing.length = (uint32_t)members_len;
		a->routing.parts = 1;
		memcpy(a->body, members, members_len);
		return DAVY_OK;
	}
	uint8_t head = buf_u8(&answers);
	if (answers.bad)
		return session_fail(c, DAVY_AGAIN, "network", "over");
	a->status = (uint8_t)(FRAME_OK + (head & 15) % 7);
	if (head & 16) {
		a->routing.count = buf_u8(&answers);
		a->routing.flags = buf_u8(&answers);
		a->routing.number = buf_u32(&answers);
		a->routing.hour = buf_u32(&answers);
		a->routing.length = buf_u32(&answers);
		a->routing.parts = buf_u16(&answers);
	}
	size_t n = head & 32 ? buf_u16(&answers) % sizeof(a->body) : 0;
	n = n < answers.left ? n : answers.left;
	buf_bytes(&answers, a->body, sizeof(a->body), n);
	return q->keep_status || a->status == FRAME_OK
		       ? DAVY_OK
		       : session_fail(c, DAVY_REFUSED, "fuzz", "no");
}

/* Some are under way at once; the input says whose answer comes next. */
int
net_flow(struct session *c, const struct net_flow *flow)
{
	struct net_request q[4];
	void *job[4];
	size_t cnt = 0;
	int err = DAVY_OK;
	struct net_answer *a = malloc(sizeof(*a));
	assert(a);
	do {
		while (!err && cnt < 4 && flow->next(flow->arg, &q[cnt], &job[cnt]))
			cnt++;
		if (!cnt)
			break;
		size_t i = answers.left ? answers.at[0] % cnt : 0;
		int got = net_exchange(c, &q[i], a);
		if (!got)
			got = flow->take(flow->arg, job[i], a);
		err = err ? err : got;
		got = flow->settle(flow->arg);
		err = err ? err : got;
		q[i] = q[--cnt];
		job[i] = job[cnt];
	} while (cnt);
	free(a);
	return err;
}

/* The bundle of this note text, signed by the root. */
static void
serve(const void *text, size_t n, const void *rest, size_t rest_len)
{
	static uint8_t note[64 * 1024];
	struct bufw w, box;
	bufw_init(&w, note, sizeof(note));
	bufw_bytes(&w, text, n);
	bufw_text(&w, "\n");
	if (note_sign(&w, text, n, "root-1", &home_root) != 0)
		return;
	bufw_init(&box, served, BUNDLE_STEP);
	bundle_put(&box, "roster", note, w.len);
	bufw_bytes(&box, rest, rest_len);
	bundle_put_end(&box);
	served_len = BUNDLE_STEP;
	memset(served + box.len, '\n', served_len - box.len);
}

/* A roster in which this home's member leads desk 2. */
static size_t
roster_text(uint8_t *dst, size_t cap)
{
	static struct roster r = { .version = 1,
				   .backstop = 5,
				   .name = "lamp",
				   .desk_cnt = 2,
				   .desk = { { .number = 2,
					       .above = 5,
					       .kind = ROSTER_REVIEW,
					       .level = 4,
					       .org = 1,
					       .area = "000000",
					       .name = "desk 2" },
					     { .number = 5,
					       .kind = ROSTER_OVERSIGHT,
					       .level = 4,
					       .org = 2,
					       .area = "000000",
					       .name = "desk 5" } } };
	static const uint8_t seed[KEY_SIGN_SEED_LEN] = { 8 };
	const struct home_keys *k = &ses.home->secret->keys;
	struct roster_members *m = calloc(1, sizeof(*m) + sizeof(m->member[0]));
	struct key_sign other;
	struct bufw w;
	assert(m);
	r.from = term_today() - 10;
	r.until = r.from + 30;
	memset(r.gateway, 0x11, KEY_ID_LEN);
	memcpy(m->gateway, r.gateway, KEY_ID_LEN);
	key_sign_public(r.gateway_key, &home_gateway_key);
	key_sign_from_seed(&other, seed);
	key_sign_public(r.desk[1].lead, &other);
	memcpy(r.desk[0].lead, k->sign_pk, 32);
	key_sign_public(r.desk[0].cosigner[0], &other);
	r.desk[0].cosigner_cnt = 1;
	m->cnt = 1;
	m->member[0] = (struct roster_member){
		.name = "person", .desk = 2, .roles = ROSTER_TR | ROSTER_LEAD, .handle = { 1 }
	};
	memcpy(m->member[0].sign, k->sign_pk, 32);
	memcpy(m->member[0].seal, k->seal_pk.b, sizeof(m->member[0].seal));
	bufw_init(&w, members, sizeof(members));
	assert(roster_members_print(&w, m) == 0);
	members_len = w.len;
	free(m);
	key_sha256(r.members, members, members_len);
	bufw_init(&w, dst, cap);
	assert(roster_print(&w, &r) == 0);
	return w.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t text[4096];
	static size_t text_len;
	struct sync_result count = { 0 };
	const struct trust *v;
	if (home_start()) {
		text_len = roster_text(text, sizeof(text));
		FILE *f = fopen(home_path(&ses, "keystore"), "w");
		assert(f && fclose(f) == 0 && workspace_open(&ses) == DAVY_OK);
	}
	if (len == 0 || len > 32768)
		return 0;
	const uint8_t *cut = memchr(data, 0, len);
	buf_init(&answers, data, len);
	if (data[0] == 'b') {
		size_t n = cut ? (size_t)(cut - data) - 1 : len - 1;
		serve(data + 1, n, cut ? cut + 1 : data, cut ? len - n - 2 : 0);
	} else if (data[0] == 'm') {
		memcpy(served, data + 1, len - 1);
		served_len = len - 1;
	} else {
		serve(text, text_len, NULL, 0);
	}
	assert(workspace_begin(ses.workspace) == 0);
	if (trust_get(&ses, true, &v) == DAVY_OK) {
		assert(v->bundle.roster && data[0] != 'm');
		if (v->desk && sync_keys(&ses, v, &count) == DAVY_OK)
			(void)!sync_lists(&ses, v, &count);
	}
	trust_close(&ses);
	workspace_abort(ses.workspace);
	/* The floor of versions is for good; here every run is the first. */
	if (ses.home->gateway.min_version) {
		ses.home->gateway.min_version = 0;
		ses.home->gateway.key_named = false;
		assert(home_gateway_save(&ses, &ses.home->gateway, true) == DAVY_OK);
	}
	home_forget();
	return 0;
}
