/*
 * What the store may take in a day: from new cases, which anybody can send, and from each member.
 *
 * New cases share one budget, a share of the room that is left for them. It fills evenly over the
 * day, and a quarter of a day's worth can be saved up. When more than half of that is used, lots
 * decide, so that a flood cannot shut out all others: each open has the same chance, and in the
 * long run as many come in as the budget allows. The puzzle gets dearer as budget and store run
 * out.
 *
 * The last part of the store belongs to what ends a case or answers it.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"

#include <sodium.h>

#define DAY_MS        86400000.0
#define OPEN_BYTES    (FRAME_BODY_LEN + 1024.0) /* with its rows and indexes */
#define SAVED_MIN     (4.0 * 1024 * 1024)
#define RESERVED_FROM 95 /* percent of the store */

enum kind { NOTES, ENDINGS, KEYS, PHOTOS, KINDS };

#define MEMBERS     "member-day" /* the counts, where several vaults have the store */
#define MEMBERS_LEN 65536
#define MEMBER_LEN  (KEY_HANDLE_LEN + 4 * KINDS)

/* The room that is left for new cases. */
static double
open_room(const struct vault *v)
{
	double most = (double)v->conf->store_bytes / 100 * v->conf->open_percent;
	return most > (double)v->used ? most - (double)v->used : 0;
}

static double
a_day(const struct vault *v)
{
	return open_room(v) / 100 * v->conf->open_day_percent;
}

/* The most that can be saved up. */
static double
saved_most(const struct vault *v)
{
	double quarter = a_day(v) / 4;
	return quarter < SAVED_MIN ? SAVED_MIN : quarter;
}

static bool
unlimited(const struct vault *v)
{
	return v->conf->open_day_percent >= 100;
}

static void
refill(struct vault *v)
{
	struct vault_budget *b = &v->budget;
	uint64_t now = clock_mono_ms();
	/* Where several vaults have the store they fill it together, once a minute. */
	if (b->minute)
		return;
	if (now > b->at_ms)
		b->left += (double)(now - b->at_ms) * a_day(v) / DAY_MS;
	b->at_ms = now;
	if (b->left > saved_most(v))
		b->left = saved_most(v);
}

/* One while at least half of what can be saved up is there; then less and less. */
static double
chance(const struct vault *v)
{
	double c = v->budget.left / (saved_most(v) / 2);
	return c > 1 ? 1 : c < 0 ? 0 : c;
}

bool
vault_budget_open(struct vault *v)
{
	if (unlimited(v))
		return true;
	refill(v);
	double c = chance(v);
	if (c < 1 && (randombytes_random() & 0xffffff) >= c * 0x1000000)
		return false;
	v->budget.left -= OPEN_BYTES;
	return true;
}

uint8_t
vault_budget_puzzle(struct vault *v)
{
	if (unlimited(v))
		return 0;
	refill(v);
	double most = (double)v->conf->store_bytes / 100 * v->conf->open_percent;
	double dear = 1 - chance(v), fill = most > 0 ? 2 * (double)v->used / most - 1 : 1;
	if (fill > dear)
		dear = fill > 1 ? 1 : fill;
	return dear > 0 ? (uint8_t)(dear * v->conf->puzzle_max + 0.5) : 0;
}

/* ---- members ---- */

static enum kind
kind_of(const struct frame_request *q)
{
	switch (q->op) {
	case FRAME_KEY_PUT:
		return KEYS;
	case FRAME_DESK_APPEND:
		return q->routing.thread == FRAME_SOURCE ? ENDINGS : NOTES;
	case FRAME_RESTRICT:
		return q->routing.flags == FRAME_RECUSE ? ENDINGS : NOTES;
	case FRAME_PHOTO:
		return PHOTOS;
	case FRAME_ORDER_OPEN:
	case FRAME_ORDER_SEAL:
	case FRAME_BOOK_OPEN:
	case FRAME_ROTA:
		return NOTES;
	case FRAME_PART_PUT:
		return q->routing.number < ORDER_PLANNED ? NOTES : ENDINGS;
	default:
		return ENDINGS;
	}
}

static bool
members_room(struct vault_budget *b, size_t cnt)
{
	size_t cap = b->cap ? b->cap : 64;
	while (cap < cnt)
		cap *= 2;
	if (cap == b->cap)
		return true;
	struct vault_member_day *m = realloc(b->member, cap * sizeof(*m));
	if (!m)
		return false;
	b->member = m;
	b->cap = cap;
	return true;
}

/* The counts of the day as the store has them: u32 day, then each member. */
static int
members_load(struct vault *v)
{
	struct vault_budget *b = &v->budget;
	uint8_t *kept = malloc(MEMBERS_LEN);
	struct buf r;
	size_t len = 0;
	int err = kept ? store_meta_get(v->store, MEMBERS, kept, MEMBERS_LEN, &len) : ERR_MEM;
	buf_init(&r, kept, len);
	b->cnt = 0;
	b->day = len ? buf_u32(&r) : 0;
	if (!err && !members_room(b, r.left / MEMBER_LEN))
		err = ERR_MEM;
	while (!err && r.left >= MEMBER_LEN) {
		struct vault_member_day *m = &b->member[b->cnt++];
		buf_bytes(&r, m->handle, sizeof(m->handle), sizeof(m->handle));
		for (int i = 0; i < KINDS; i++)
			m->cnt[i] = buf_u32(&r);
	}
	free(kept);
	b->loaded = !err || err == ERR_NOT_FOUND;
	return b->loaded ? 0 : err;
}

int
vault_budget_keep_members(struct vault *v)
{
	struct vault_budget *b = &v->budget;
	struct bufw w;
	if (!b->counted)
		return 0;
	uint8_t *kept = malloc(MEMBERS_LEN);
	if (!kept)
		return ERR_MEM;
	bufw_init(&w, kept, MEMBERS_LEN);
	bufw_u32(&w, b->day);
	for (size_t i = 0; i < b->cnt && w.len + MEMBER_LEN <= MEMBERS_LEN; i++) {
		bufw_bytes(&w, b->member[i].handle, sizeof(b->member[i].handle));
		for (int k = 0; k < KINDS; k++)
			bufw_u32(&w, b->member[i].cnt[k]);
	}
	int err = store_meta_set(v->store, MEMBERS, kept, w.len);
	free(kept);
	return err;
}

static int
member_day(struct vault *v, const uint8_t handle[static KEY_HANDLE_LEN],
	   struct vault_member_day **out)
{
	struct vault_budget *b = &v->budget;
	int err = v->common.on && !b->loaded ? members_load(v) : 0;
	if (err)
		return err;
	b->counted = v->common.on;
	if (b->day != vault_day(v)) {
		b->day = vault_day(v);
		b->cnt = 0;
	}
	for (size_t i = 0; i < b->cnt; i++)
		if (!memcmp(b->member[i].handle, handle, KEY_HANDLE_LEN)) {
			*out = &b->member[i];
			return 0;
		}
	if (!members_room(b, b->cnt + 1))
		return ERR_MEM;
	struct vault_member_day *m = &b->member[b->cnt++];
	memset(m, 0, sizeof(*m));
	memcpy(m->handle, handle, KEY_HANDLE_LEN);
	*out = m;
	return 0;
}

int
vault_budget_member(struct vault_call *c)
{
	struct vault *v = c->v;
	enum kind kind = kind_of(&c->req);
	unsigned share = kind == ENDINGS ? 100 : RESERVED_FROM;
	if (v->used > v->conf->store_bytes * share / 100)
		return FRAME_FULL;
	struct vault_member_day *m;
	int err = member_day(v, c->member->handle, &m);
	if (err)
		return err;
	const unsigned most[] = { [NOTES] = v->conf->member_entries,
				  [ENDINGS] = v->conf->member_entries,
				  [KEYS] = v->conf->member_keys,
				  [PHOTOS] = v->conf->member_photos };
	if (m->cnt[kind] >= most[kind])
		return FRAME_FULL;
	m->cnt[kind]++;
	return FRAME_OK;
}

/* ---- over a restart ---- */

int
vault_budget_recall(struct vault *v)
{
	uint8_t kept[8];
	size_t len;
	int err = store_meta_get(v->store, "budget", kept, sizeof(kept), &len);
	v->used = store_used(v->store);
	v->budget.at_ms = clock_mono_ms();
	v->budget.left = saved_most(v);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (len != sizeof(kept))
		return ERR_IO;
	v->budget.left = (double)ipc_get64(kept);
	return 0;
}

void
vault_budget_common(struct vault *v)
{
	const struct vault_common *c = &v->common;
	struct vault_budget *b = &v->budget;
	uint64_t minutes = v->minute > c->budget_minute ? v->minute - c->budget_minute : 0;
	b->loaded = b->counted = false;
	b->minute = v->minute;
	if (!c->budget_minute)
		return;
	b->left = (double)c->budget + (double)minutes * a_day(v) / 1440;
	if (b->left > saved_most(v))
		b->left = saved_most(v);
}

int
vault_budget_keep(struct vault *v)
{
	uint8_t kept[8];
	refill(v);
	ipc_set64(kept, v->budget.left > 0 ? (uint64_t)v->budget.left : 0);
	return store_meta_set(v->store, "budget", kept, sizeof(kept));
}
