/*
 * A store whose minute was wrong: `davyd clock --set now` has left the right one in the stopped
 * store, and the next start goes on from there. The minute may go back here, and nowhere else.
 *
 * A clock that was started in the wrong time would stand still until that time comes. So each clock
 * that runs is given at most a full term from now. What ran out in the wrong time stays run out:
 * the desk above keeps what it may have read already.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/log.h"

#define HOLD_HOURS_MAX (14 * 24)

struct numbers {
	int64_t *n;
	size_t cnt, cap;
};

static int
take_number(void *arg, const struct store_log *log, uint64_t touched)
{
	struct numbers *all = arg;
	(void)touched;
	if (all->cnt == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 1024;
		int64_t *n = realloc(all->n, cap * sizeof(*n));
		if (!n)
			return ERR_MEM;
		all->n = n;
		all->cap = cap;
	}
	all->n[all->cnt++] = log->n;
	return 0;
}

static void
no_later(uint32_t *at, uint32_t most)
{
	if (*at > most)
		*at = most;
}

/* Replies of a case that would be held beyond the longest time from now are sent at once. */
static int
free_held(struct vault *v, struct store_log *log)
{
	uint32_t most = vault_hour(v) + HOLD_HOURS_MAX;
	for (;;) {
		struct store_entry e;
		int64_t n = log->n;
		int err = store_held_next(v->store, &n, &e, UINT32_MAX);
		if (err || e.not_before <= most)
			return err == ERR_NOT_FOUND ? 0 : err;
		e.day = vault_day(v);
		err = store_held_place(v->store, log->n, &e, log->entries);
		if (err)
			return err;
		log->entries++;
		if (e.counts) {
			log->answered = true;
			log->answer_due = 0;
		}
	}
}

static int
repair_log(struct vault *v, int64_t n)
{
	struct store_log log, fresh;
	int err = store_log_by_n(v->store, &log, n);
	if (err)
		return err;
	fresh = log;
	vault_clock_start(v, &fresh);
	no_later(&log.read_due, fresh.read_due);
	no_later(&log.answer_due, fresh.answer_due);
	if (log.term_day)
		no_later(&log.term_day, fresh.term_day);
	if (log.close_due)
		no_later(&log.close_due, vault_clock_closing(v));
	no_later(&log.day, vault_day(v));
	no_later(&log.closed_day, vault_day(v));
	err = free_held(v, &log);
	return err ? err : store_log_set(v->store, &log);
}

static int
repair_kind(struct vault *v, uint8_t kind)
{
	struct numbers all = { .cnt = 0 };
	const struct store_range range = { .kind = kind };
	int err = store_log_list(v->store, &range, take_number, &all);
	for (size_t i = 0; !err && i < all.cnt; i++)
		err = repair_log(v, all.n[i]);
	free(all.n);
	return err;
}

int
vault_clock_repair(struct vault *v)
{
	static const uint8_t none[8];
	uint8_t set[8];
	size_t len;
	int err = store_meta_get(v->store, STORE_MINUTE_SET, set, sizeof(set), &len);
	if (err == ERR_NOT_FOUND || (!err && !ipc_get64(set)))
		return 0;
	if (err || len != sizeof(set))
		return err ? err : ERR_IO;
	bool back = ipc_get64(set) < v->minute;
	v->minute = ipc_get64(set);
	v->time.refused = v->time.settled = false;
	if (back)
		err = repair_kind(v, FRAME_CASE);
	if (!err && back)
		err = repair_kind(v, FRAME_ORDER);
	if (!err && back)
		err = repair_kind(v, FRAME_BOOK);
	if (!err)
		err = store_meta_set(v->store, STORE_MINUTE_SET, none, sizeof(none));
	if (!err)
		err = vault_clock_keep(v);
	if (!err)
		log_warn("event=clock-set text=\"davyd clock --set now: the vault's clock was set "
			 "%s\"",
			 back ? "back" : "ahead");
	return err;
}
