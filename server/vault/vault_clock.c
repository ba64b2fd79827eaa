/*
 * The clocks of cases, in hours: what starts one, what stops one, and what happens when one runs
 * out (davyd(8), CASES). How the vault's minute goes on is in vault_time.c.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

#define DUE_AT_ONCE   64
#define TURN_MOST     1000 /* cases a turn: then visitors are served */
#define CLOSING_DAYS  7
#define SAMPLE_ONE_IN 20

/*
 * By ladder: the minutes that a desk has to read and to answer, and the days after which the bytes
 * open to the desk above whatever was answered.
 */
static const struct {
	uint32_t read, answer, term_days;
} ladders[FRAME_LADDER__MAX] = {
	[FRAME_ORDINARY] = { 8 * 60, 5 * 24 * 60, 10 },
	[FRAME_URGENT] = { 60, 2 * 60, 2 },
};

/*
 * When a term ends: a full hour, so that a clock runs out no earlier than promised. An ordinary
 * term begins at the end of the day, so that the hour at which a tip came in does not follow from
 * what is stored. An urgent one begins at once; its hour stands in the store while the clock runs.
 */
static uint32_t
due_hour(const struct vault *v, uint8_t ladder, uint32_t minutes)
{
	uint64_t from = ladder == FRAME_ORDINARY ? (v->minute / 1440 + 1) * 1440 : v->minute;
	return (uint32_t)((from + minutes + 59) / 60);
}

/* The day that begins when so many whole days have passed. */
static uint32_t
day_after(const struct vault *v, uint32_t days)
{
	return vault_day(v) + days + 1;
}

uint32_t
vault_clock_closing(const struct vault *v)
{
	return day_after(v, CLOSING_DAYS) * 24;
}

/*
 * Whether the lot draws a case for the backstop. The key is the store's secret, so no member can
 * tell before the case opens to the backstop.
 */
static bool
lot_draws(const struct vault *v, const uint8_t id[static KEY_ID_LEN])
{
	uint8_t hash[16];
	crypto_generichash(hash, sizeof(hash), id, KEY_ID_LEN, v->lot_key, sizeof(v->lot_key));
	return ipc_get64(hash) % SAMPLE_ONE_IN == 0;
}

/*
 * Those on duty have half the time to read an urgent tip: then the desk above has its bytes. Nobody
 * else of the desk sees it earlier, because who is in conflict must not learn of it.
 */
void
vault_clock_start(const struct vault *v, struct store_log *log)
{
	uint8_t l = log->ladder < FRAME_LADDER__MAX ? log->ladder : FRAME_URGENT;
	bool half = log->guarded && l == FRAME_URGENT;
	log->read_due = due_hour(v, l, half ? ladders[l].read / 2 : ladders[l].read);
	log->answer_due = due_hour(v, l, ladders[l].answer);
	log->term_day = day_after(v, ladders[l].term_days);
	log->sample_day = lot_draws(v, log->id) ? log->term_day : 0;
}

void
vault_clock_message(const struct vault *v, struct store_log *log)
{
	uint8_t l = log->ladder < FRAME_LADDER__MAX ? log->ladder : FRAME_URGENT;
	/* When a question waits already, its earlier hour stays. */
	if (!log->answer_due)
		log->answer_due = due_hour(v, l, ladders[l].answer);
	/* The same with the term; after a closing that took effect it begins again. */
	if (!log->term_day && !log->above)
		log->term_day = day_after(v, ladders[l].term_days);
	log->answered = false;
	/* A source that writes again reopens the case, and two members have to close it again. */
	log->state = STORE_OPEN;
	log->closed_day = 0;
	log->close_due = 0;
	memset(log->closer, 0, sizeof(log->closer));
}

static int
place_held(struct vault *v, struct store_log *log, bool *changed)
{
	for (;;) {
		struct store_entry e;
		int64_t n = log->n;
		int err = store_held_next(v->store, &n, &e, vault_hour(v));
		if (err)
			return err == ERR_NOT_FOUND ? 0 : err;
		/* The day on which the source could see it, not the one on which it was written. */
		e.day = e.not_before / 24;
		err = store_held_place(v->store, log->n, &e, log->entries);
		if (err)
			return err;
		log->entries++;
		log->held -= log->held > 0;
		/*
		 * The reply was held beyond the due hour: only now does the source have the answer.
		 */
		if (e.counts) {
			log->answered = true;
			log->answer_due = 0;
		}
		*changed = true;
	}
}

static bool
is_due(uint32_t due, uint32_t hour)
{
	return due && due <= hour;
}

/*
 * Whether the bytes have to be open to the desk above. A closing that took effect before the end of
 * the term lifts the term; it never stops a clock for reading or answering.
 */
static bool
clock_out(const struct store_log *log, uint32_t hour)
{
	uint32_t term = log->term_day * 24;
	return is_due(log->read_due, hour) || is_due(log->answer_due, hour) ||
	       (is_due(term, hour) && !is_due(log->close_due, term));
}

/* A sealed order: its parts did not all come, its time is over, or long over. */
static bool
order_out(struct store_log *log, uint32_t hour)
{
	struct store_order *o = &log->order, was = *o;
	if (log->state != STORE_OPEN)
		return false;
	if (!STORE_ORDER_WHOLE(o)) {
		if (hour < STORE_ORDER_DROP_DAY(log) * 24)
			return false;
		log->state = STORE_JUNK;
		log->closed_day = hour / 24;
		return true;
	}
	o->shown = hour >= o->hour0 + ORDER_OVER_HOURS;
	o->gone = o->gone || (!o->held && hour >= o->hour0 + ORDER_KEEP_HOURS);
	return o->shown != was.shown || o->gone != was.gone;
}

/* What is due by that hour, the replies apart; whether something changed. */
static bool
run_out(struct store_log *log, uint32_t hour)
{
	bool changed = false;
	if (!log->above && clock_out(log, hour)) {
		log->above = true;
		log->term_day = 0;
		changed = true;
	}
	if (is_due(log->sample_day * 24, hour)) {
		log->backstop = true;
		log->sample_day = 0;
		changed = true;
	}
	if (log->order.hour0)
		changed = order_out(log, hour) || changed;
	if (is_due(log->close_due, hour)) {
		log->state = STORE_CLOSED;
		log->closed_day = log->close_due / 24;
		log->close_due = log->term_day = 0;
		changed = true;
	}
	return changed;
}

int
vault_clock_log(struct vault *v, struct store_log *log)
{
	bool gone = log->order.gone, above = log->above;
	bool changed = run_out(log, vault_hour(v));
	int err = place_held(v, log, &changed);
	if (!err && log->order.gone && !gone) {
		err = store_part_drop(v->store, log->n);
		v->scrub = true;
	}
	if (!err)
		err = vault_admit_up(v, log);
	changed = changed || log->above != above;
	if (!err && changed)
		err = store_log_set(v->store, log);
	return err;
}

/* Both take at most *left cases and count them off. */
static int
all_due(struct vault *v, unsigned *left)
{
	struct store_log log[DUE_AT_ONCE];
	size_t cnt;
	do {
		int err = store_log_due(v->store, vault_hour(v), log, DUE_AT_ONCE, &cnt);
		for (size_t i = 0; !err && i < cnt; i++)
			err = vault_clock_log(v, &log[i]);
		if (err)
			return err;
		*left -= *left < cnt ? *left : (unsigned)cnt;
	} while (cnt == DUE_AT_ONCE && *left);
	return 0;
}

static int
all_held(struct vault *v, unsigned *left)
{
	for (; *left; --*left) {
		struct store_entry e;
		struct store_log log;
		int64_t n = 0;
		int err = store_held_next(v->store, &n, &e, vault_hour(v));
		if (err)
			return err == ERR_NOT_FOUND ? 0 : err;
		err = store_log_by_n(v->store, &log, n);
		if (!err)
			err = vault_clock_log(v, &log);
		if (err)
			return err;
	}
	return 0;
}

int
vault_clock_all(struct vault *v)
{
	unsigned left = TURN_MOST;
	int err = all_due(v, &left);
	if (!err)
		err = all_held(v, &left);
	v->clocks_more = !err && !left;
	return err ? err : vault_clock_keep(v);
}
