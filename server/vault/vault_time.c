/*
 * How the vault's minute goes on. It never runs backwards and never stands still: where the
 * machine's clock cannot be believed, the monotonic clock counts the minutes (davyd(8), TIME).
 *
 * Three rules. While the vault runs, the machine's clock may move it forward by an hour a day more
 * than the monotonic clock did, and no further. At a start the machine's clock may be days ahead of
 * the minute that the store kept, because the gateway may have been off; but no more than
 * VAULT_OUTAGE_DAYS, and by JOIN_MS where other vaults of the store run already. A machine's clock
 * that is behind is followed only by slowing down a little.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"

#define MINUTE_MS  60000u
#define AHEAD_MS   (60 * MINUTE_MS) /* what the machine's clock may add while the vault runs ... */
#define JOIN_MS    (5 * MINUTE_MS)  /* ... and where it comes to vaults that run */
#define FORGET_IN  24u              /* ... and each hour forgets this part of an hour of it */
#define BEHIND_MIN 60u /* behind by more than that, the machine's clock is not believed */

static const char *const said[] = {
	[VAULT_TIME_GOOD] = "event=clock-believed text=\"the machine's clock agrees with the "
			    "vault's again\"",
	[VAULT_TIME_BEHIND] =
		"event=clock-behind text=\"clock suspect: the machine's clock is more than an hour "
		"behind what the store has seen; the vault counts on by itself: correct the clock, "
		"or, if the store is wrong, stop davyd and run davyd clock --set now\"",
	[VAULT_TIME_AHEAD] =
		"event=clock-ahead text=\"clock suspect: the machine's clock jumped ahead and is "
		"not followed; the vault counts on by itself: correct the clock, or, if it is "
		"right, run davyd clock --accept\"",
};

static void
judged(struct vault *v, enum vault_time_state state)
{
	if (v->time.state == state)
		return;
	v->time.state = state;
	if (state == VAULT_TIME_GOOD)
		log_info("%s", said[state]);
	else
		log_warn("%s", said[state]);
}

/* The milliseconds since the last call. A monotonic clock that goes back counts as none. */
static uint64_t
elapsed(struct vault_time *t)
{
	uint64_t mono = clock_mono_ms();
	uint64_t ms = mono > t->mono_ms ? mono - t->mono_ms : 0;
	t->mono_ms = mono;
	return ms;
}

/* The minute that the monotonic clock gives. */
static uint64_t
reckon(struct vault *v, uint64_t ms)
{
	struct vault_time *t = &v->time;
	uint32_t forgotten = ms / FORGET_IN > AHEAD_MS ? AHEAD_MS : (uint32_t)(ms / FORGET_IN);
	t->ahead_ms -= t->ahead_ms < forgotten ? t->ahead_ms : forgotten;
	/*
	 * The machine's clock is believed and a little behind: nine tenths of the speed, until it
	 * has caught up.
	 */
	if (t->state == VAULT_TIME_GOOD && t->slow)
		ms = ms * 9 / 10;
	ms += t->part_ms;
	t->part_ms = (uint32_t)(ms % MINUTE_MS);
	return v->minute + ms / MINUTE_MS;
}

/* The machine's clock is ahead of the reckoning: takes it over where the rules permit that. */
static uint64_t
follow(struct vault *v, uint64_t now, uint64_t reckoned)
{
	struct vault_time *t = &v->time;
	uint64_t ahead = (now - reckoned) * MINUTE_MS - t->part_ms;
	uint64_t most = t->settled ? AHEAD_MS - t->ahead_ms
				   : (uint64_t)VAULT_OUTAGE_DAYS * 1440 * MINUTE_MS;
	if (ahead > most) {
		t->refused = t->refused || t->settled;
		judged(v, VAULT_TIME_AHEAD);
		return reckoned;
	}
	if (t->settled)
		t->ahead_ms += (uint32_t)ahead;
	t->settled = true;
	t->refused = false;
	t->part_ms = 0;
	judged(v, VAULT_TIME_GOOD);
	return now;
}

bool
vault_clock_advance(struct vault *v)
{
	struct vault_time *t = &v->time;
	uint64_t was = v->minute, now = clock_minute(), ms = elapsed(t);
	if (!was) {
		/* A new store: there is nothing to compare with. */
		v->minute = now;
		t->settled = true;
		return now != 0;
	}
	uint64_t reckoned = reckon(v, ms);
	t->slow = reckoned > now + 1;
	if (now > reckoned) {
		v->minute = follow(v, now, reckoned);
	} else {
		v->minute = reckoned;
		bool near = reckoned - now <= BEHIND_MIN;
		t->settled = t->settled || near;
		t->refused = t->refused && !near;
		judged(v, near ? VAULT_TIME_GOOD : VAULT_TIME_BEHIND);
	}
	return v->minute != was;
}

bool
vault_clock_accept(struct vault *v)
{
	uint64_t now = clock_minute();
	if (now < v->minute)
		return false;
	v->minute = now;
	v->time.part_ms = 0;
	v->time.ahead_ms = 0;
	v->time.settled = true;
	v->time.refused = false;
	v->time.raised = true;
	judged(v, VAULT_TIME_GOOD);
	return true;
}

/*
 * Others have gone on meanwhile, so there was no outage. Where they run for longer than both start
 * and their clocks and this one differ by more than clocks do, this one is the odd one out: it must
 * not take an hour off the terms of all cases because its machine is new. Those that start together
 * may come from an outage together.
 */
void
vault_clock_join(struct vault *v, bool running)
{
	v->time.settled = true;
	if (running)
		v->time.ahead_ms = AHEAD_MS - JOIN_MS;
}

/* A refused jump is remembered, so that a restart does not take it for an outage. */
int
vault_clock_recall(struct vault *v)
{
	uint8_t kept[9];
	size_t len;
	int err = store_meta_get(v->store, "minute", kept, sizeof(kept), &len);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err || len != sizeof(kept))
		return err ? err : ERR_IO;
	v->minute = v->minute_kept = ipc_get64(kept);
	v->time = (struct vault_time){ .mono_ms = clock_mono_ms(),
				       .refused = kept[8] != 0,
				       .kept_refused = kept[8] != 0,
				       .raised = kept[8] != 0,
				       .settled = kept[8] != 0 };
	return 0;
}

int
vault_clock_keep(struct vault *v)
{
	struct vault_time *t = &v->time;
	uint8_t kept[9];
	/* What another vault has refused is for that one to take back. */
	bool refused = t->refused || (t->kept_refused && !t->raised);
	if (v->minute == v->minute_kept && refused == t->kept_refused)
		return 0;
	ipc_set64(kept, v->minute);
	kept[8] = refused;
	int err = store_meta_set(v->store, "minute", kept, sizeof(kept));
	if (!err) {
		v->minute_kept = v->minute;
		t->kept_refused = refused;
		t->raised = t->refused;
	}
	return err;
}

static uint64_t
minute_early(const struct vault *v)
{
	uint64_t now = clock_minute();
	bool behind = v->time.state != VAULT_TIME_GOOD && now < v->minute;
	return behind ? now : v->minute;
}

uint32_t
vault_day_early(const struct vault *v)
{
	return (uint32_t)(minute_early(v) / 1440);
}

uint32_t
vault_hour_early(const struct vault *v)
{
	return (uint32_t)(minute_early(v) / 60);
}
