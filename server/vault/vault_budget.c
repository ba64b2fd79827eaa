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

enum kind { NOTES, ENDINGS, KEYS, PHOTOS };

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

static struct vault_member_day *
member_day(struct vault *v, const uint8_t handle[static KEY_HANDLE_LEN])
{
	struct vault_budget *b = &v->budget;
	if (b->day != vault_day(v)) {
		b->day = vault_day(v);
		b->cnt = 0;
	}
	for (size_t i = 0; i < b->cnt; i++)
		if (!memcmp(b->member[i].handle, handle, KEY_HANDLE_LEN))
			return &b->member[i];
	if (b->cnt == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct vault_member_day *m = realloc(b->member, cap * sizeof(*m));
		if (!m)
			return NULL;
		b->member = m;
		b->cap = cap;
	}
	struct vault_member_day *m = &b->member[b->cnt++];
	memset(m, 0, sizeof(*m));
	memcpy(m->handle, handle, KEY_HANDLE_LEN);
	return m;
}

int
vault_budget_member(struct vault_call *c)
{
	struct vault *v = c->v;
	enum kind kind = kind_of(&c->req);
	unsigned share = kind == ENDINGS ? 100 : RESERVED_FROM;
	if (v->used > v->conf->store_bytes * share / 100)
		return FRAME_FULL;
	struct vault_member_day *m = member_day(v, c->member->handle);
	if (!m)
		return ERR_MEM;
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

int
vault_budget_keep(struct vault *v)
{
	uint8_t kept[8];
	refill(v);
	ipc_set64(kept, v->budget.left > 0 ? (uint64_t)v->budget.left : 0);
	return store_meta_set(v->store, "budget", kept, sizeof(kept));
}
