/*
 * Several vaults on one store (docs/postgresql.md). Each batch has the store for itself, so rows
 * are what they are with one vault. What a vault remembers of the store may be stale, though,
 * because another one has written since. So every batch begins with what the last one, of whichever
 * vault, has left for all: numbers that tell whether the roster or the log is to be read again, and
 * what one vault keeps in its memory where it is alone.
 *
 * A store in a folder has one vault. Nothing of this happens there.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/label.h"
#include "server/base/clock.h"
#include "server/base/log.h"

#include <sodium.h>

#define COMMON_VERSION 1
#define TRIES          8 /* a roster that another vault has put is read, and meanwhile comes the next */

static int
common_parse(struct vault_common *c, const uint8_t *bytes, size_t len)
{
	struct buf b;
	*c = (struct vault_common){ .on = true };
	if (!len)
		return 0;
	buf_init(&b, bytes, len);
	if (buf_u8(&b) != COMMON_VERSION)
		return ERR_IO;
	c->minute = buf_u64(&b);
	c->refused = buf_u8(&b);
	c->ticked = buf_u64(&b);
	c->rosters = buf_u64(&b);
	c->logs = buf_u64(&b);
	c->waiting = buf_u64(&b);
	c->place_day = buf_u32(&b);
	c->day_place = buf_u64(&b);
	c->turn = buf_u64(&b);
	for (int i = 0; i < PUZZLE_VALID; i++)
		c->difficulty[i] = buf_u8(&b);
	c->budget_minute = buf_u64(&b);
	c->budget = buf_u64(&b);
	return buf_end(&b) ? ERR_IO : 0;
}

static void
common_put(struct bufw *w, const struct vault_common *c)
{
	bufw_u8(w, COMMON_VERSION);
	bufw_u64(w, c->minute);
	bufw_u8(w, c->refused);
	bufw_u64(w, c->ticked);
	bufw_u64(w, c->rosters);
	bufw_u64(w, c->logs);
	bufw_u64(w, c->waiting);
	bufw_u32(w, c->place_day);
	bufw_u64(w, c->day_place);
	bufw_u64(w, c->turn);
	for (int i = 0; i < PUZZLE_VALID; i++)
		bufw_u8(w, c->difficulty[i]);
	bufw_u64(w, c->budget_minute);
	bufw_u64(w, c->budget);
}

/* The salt of a turn, the same at all gateways, which nobody can tell who has the store alone. */
static void
salt_of(const struct vault *v, uint8_t salt[static FRAME_NONCE_LEN], uint64_t turn)
{
	uint8_t said[LABEL_LEN(LABEL_PUZZLE) + sizeof(turn)];
	struct bufw w;
	bufw_init(&w, said, sizeof(said));
	bufw_text(&w, LABEL_PUZZLE);
	bufw_u64(&w, turn);
	crypto_generichash(salt, FRAME_NONCE_LEN, said, sizeof(said), v->keys->batches.b,
			   sizeof(v->keys->batches.b));
}

static void
puzzle_take(struct vault *v)
{
	const struct vault_common *c = &v->common;
	struct puzzle_salt valid[PUZZLE_VALID];
	for (unsigned i = 0; i < PUZZLE_VALID; i++) {
		salt_of(v, valid[i].salt, c->turn - i);
		valid[i].difficulty = c->difficulty[i];
	}
	puzzle_set(&v->puzzle, valid, clock_mono_ms());
	v->puzzle_new = true;
}

/* The latest minute that any vault has seen; that of the store is the same. */
static void
minute_take(struct vault *v)
{
	const struct vault_common *c = &v->common;
	if (!c->minute)
		return;
	v->minute_kept = c->minute;
	v->time.kept_refused = c->refused;
	if (c->minute <= v->minute)
		return;
	v->minute = c->minute;
	v->time.part_ms = 0;
}

/* Where the day begins in the order of change: the first vault that writes in it says so. */
static void
day_take(struct vault *v)
{
	struct vault_common *c = &v->common;
	if (c->place_day < vault_day(v)) {
		c->place_day = vault_day(v);
		c->day_place = store_place(v->store);
	}
	v->place_day = c->place_day;
	v->day_place = c->day_place;
}

static int
log_take(struct vault *v)
{
	int err = vault_tlog_recall(v);
	if (!err)
		v->serve_dirty = true;
	return err;
}

int
vault_common_take(struct vault *v, bool *stale)
{
	uint8_t bytes[STORE_COMMON_MAX];
	struct vault_common was = v->common;
	size_t len;
	*stale = false;
	if (!store_common_get(v->store, bytes, &len))
		return 0;
	int err = common_parse(&v->common, bytes, len);
	if (err) {
		v->common = was;
		return err;
	}
	minute_take(v);
	day_take(v);
	vault_budget_common(v);
	v->used = store_used(v->store);
	v->tlog.changed = false;
	if (!was.on || was.turn != v->common.turn ||
	    memcmp(was.difficulty, v->common.difficulty, sizeof(was.difficulty)) != 0)
		puzzle_take(v);
	*stale = v->away || (was.on && was.rosters != v->common.rosters);
	if (v->away || (was.on && was.logs != v->common.logs))
		err = log_take(v);
	if (v->common.waiting > v->tlog.waiting)
		v->tlog.waiting = v->common.waiting;
	return err;
}

/* Outside of a transaction: another vault has put a roster or a certificate, or the store was away.
 */
static int
roster_take(struct vault *v)
{
	int err = vault_roster_load(v);
	if (err == ERR_NOT_FOUND)
		err = 0;
	if (err) {
		/* Nothing is served with a roster that is not the one in force. */
		v->away = true;
		return err;
	}
	if (v->away)
		log_info("event=store-back text=\"the store answers again\"");
	else
		log_info("event=roster version=%u text=\"it came by another gateway\"",
			 v->roster ? v->roster->version : 0);
	v->away = v->roster_dirty = false;
	v->serve_dirty = true;
	return 0;
}

int
vault_begin(struct vault *v)
{
	for (int i = 0; i < TRIES; i++) {
		bool stale = false;
		int err = store_begin(v->store);
		if (err)
			return err;
		err = vault_common_take(v, &stale);
		if (!err && !stale)
			return 0;
		store_rollback(v->store);
		if (!err)
			err = roster_take(v);
		if (err)
			return err;
	}
	return ERR_BUSY;
}

int
vault_commit(struct vault *v)
{
	struct vault_common *c = &v->common;
	uint8_t bytes[STORE_COMMON_MAX];
	bool turn = c->on && v->puzzle.asks;
	struct bufw w;
	int err = c->on ? vault_budget_keep_members(v) : 0;
	if (err || !c->on)
		return err ? err : store_commit(v->store);
	c->minute = v->minute_kept;
	c->refused = v->time.kept_refused;
	c->rosters += v->roster_dirty;
	c->logs += v->tlog.changed;
	c->waiting = v->tlog.waiting;
	c->budget_minute = v->budget.minute;
	c->budget = v->budget.left > 0 ? (uint64_t)v->budget.left : 0;
	if (turn) {
		c->turn++;
		c->difficulty[1] = c->difficulty[0];
		c->difficulty[0] = v->puzzle.next;
	}
	bufw_init(&w, bytes, sizeof(bytes));
	common_put(&w, c);
	err = bufw_end(&w);
	if (!err) {
		store_common_set(v->store, bytes, w.len);
		err = store_commit(v->store);
	}
	if (!err && turn)
		puzzle_take(v);
	return err;
}
