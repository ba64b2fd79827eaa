/*
 * What the vault does for its store when nobody waits: after the start and once a week it reads
 * every row and all sealed bytes and compares them with their sums; every night it takes out the
 * order in which logs of past days came in (store_mix). It goes in short steps, so that a visitor
 * waits for one of them at most.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <event2/event.h>
#include <stdlib.h>

#define QUIET_MS   100  /* nobody waits: no batch for so long */
#define PATIENT_MS 2000 /* in a crowd, one step in so long */
#define LATER_MS   1000 /* nothing to do; on a full disk, until the next try */
#define WALK_ROWS  64
#define WALK_DAYS  7
#define COUNT_ROWS 4096
#define COUNT_MS   (10 * 60 * 1000)
#define MIXED_DAY  "mixed-day"

struct vault_care {
	struct vault *v;
	struct event *turn;
	uint64_t step;      /* ms: the last one */
	uint64_t before;    /* place in the order of change: logs up to it are mixed */
	uint64_t damaged;   /* rows of this reading */
	uint64_t counted;   /* ms: when the last count ended */
	uint32_t mixed_day; /* the day on which the last mixing ended, or was given up */
	uint32_t read_day;  /* the day on which the next reading begins */
	bool begun, mixing, ever;
};

void
vault_care_day(struct vault *v)
{
	/* Where several vaults have the store, the first that writes in a day notes it for all. */
	if (v->place_day == vault_day(v) || v->common.on)
		return;
	v->place_day = vault_day(v);
	v->day_place = store_place(v->store);
}

static int
begin(struct vault_care *c)
{
	uint8_t day[4];
	size_t len;
	int err = store_meta_get(c->v->store, MIXED_DAY, day, sizeof(day), &len);
	c->mixed_day = !err && len == sizeof(day) ? ipc_get32(day) : 0;
	c->read_day = vault_day(c->v);
	c->begun = true;
	vault_care_day(c->v);
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int
mix_step(struct vault_care *c, bool *more)
{
	uint8_t day[4];
	size_t len;
	int err = vault_begin(c->v);
	*more = false;
	if (err)
		return err;
	if (!c->mixing)
		c->before = c->v->day_place;
	c->mixing = true;
	/* Another vault may have done it. */
	err = store_meta_get(c->v->store, MIXED_DAY, day, sizeof(day), &len);
	bool done = !err && len == sizeof(day) && ipc_get32(day) == vault_day(c->v);
	if (!err || err == ERR_NOT_FOUND)
		err = done ? 0 : store_mix(c->v->store, c->before, more);
	if (!err && !done && !*more) {
		ipc_set32(day, vault_day(c->v));
		err = store_meta_set(c->v->store, MIXED_DAY, day, sizeof(day));
		if (!err)
			err = vault_history_day(c->v);
	}
	if (!err)
		err = vault_commit(c->v);
	if (err)
		store_rollback(c->v->store);
	return err;
}

/* Milliseconds to the next step. */
static unsigned
mix(struct vault_care *c)
{
	bool more;
	int err = mix_step(c, &more);
	if (err == ERR_FULL || err == ERR_BUSY)
		return LATER_MS;
	if (!err && more)
		return 1;
	if (err)
		log_warn(
			"event=mix-failed why=\"%s\" text=\"the order of past days stays in the store until "
			"tomorrow's try: run davyd check\"",
			err_text(err));
	else
		err = store_scrub(c->v->store);
	c->mixing = false;
	c->mixed_day = vault_day(c->v);
	return LATER_MS;
}

static unsigned
walk(struct vault_care *c)
{
	struct store_walk w;
	if (store_walk(c->v->store, WALK_ROWS, &w))
		return LATER_MS;
	if (w.damaged)
		log_warn(
			"event=store-damaged rows=%llu text=\"what lies in the table %s is not what was stored: keep a "
			"copy of the store, run davyd check, restore the last backup\"",
			(unsigned long long)w.damaged, w.table);
	c->damaged += w.damaged;
	if (c->damaged > c->v->damaged)
		c->v->damaged = c->damaged;
	if (!w.done)
		return 1;
	c->v->damaged = c->damaged;
	c->damaged = 0;
	c->v->read_day = vault_day(c->v);
	c->read_day = vault_day(c->v) + WALK_DAYS;
	return LATER_MS;
}

static unsigned
count(struct vault_care *c)
{
	bool more = false;
	if (!store_count(c->v->store, COUNT_ROWS, &more) && more)
		return 1;
	c->counted = clock_mono_ms();
	c->ever = true;
	return 1;
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct vault_care *c = arg;
	uint64_t now = clock_mono_ms();
	unsigned ms = LATER_MS;
	(void)fd;
	(void)what;
	if (now - c->v->served_ms < QUIET_MS && now - c->step < PATIENT_MS) {
		ms = QUIET_MS;
	} else if (c->begun || !begin(c)) {
		c->step = now;
		vault_ballast_make(c->v);
		if (!c->ever || now - c->counted > COUNT_MS)
			ms = count(c);
		else if (c->mixing || vault_day(c->v) > c->mixed_day)
			ms = mix(c);
		else if (vault_day(c->v) >= c->read_day)
			ms = walk(c);
		/* It rests as long as it worked. */
		uint64_t took = clock_mono_ms() - now;
		ms += took < LATER_MS ? (unsigned)took : LATER_MS;
	}
	const struct timeval wait = { ms / 1000, ms % 1000 * 1000 };
	loop_add(c->turn, &wait);
}

struct vault_care *
vault_care_new(struct vault *v, struct event_base *base)
{
	static const struct timeval soon = { 0, QUIET_MS * 1000 };
	struct vault_care *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->v = v;
	c->turn = event_new(base, -1, 0, on_turn, c);
	if (!c->turn) {
		free(c);
		return NULL;
	}
	event_priority_set(c->turn, 2);
	loop_add(c->turn, &soon);
	return c;
}
