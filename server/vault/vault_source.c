/* The operations of sources, 0x02 to 0x05 (FORMATS.md section 4). */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

#define ATTACH_MAX 16
/*
 * New cases stop at open_percent of the store; entries of existing cases are accepted up to this
 * share.
 */
#define CASE_PERCENT 95

static bool
store_above(const struct vault *v, unsigned percent)
{
	return v->used > v->conf->store_bytes / 100 * percent;
}

/* A repeated open succeeds if it is the same tip, whatever happened to the case since. */
static int
open_again(struct vault_call *c, const struct store_log *log, const uint8_t hash[static 32])
{
	struct store_entry tip;
	int err = store_entry_by_source(c->v->store, &tip, log->n, 0);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_BAD : err;
	const struct frame_routing *q = &c->req.routing;
	bool same = !memcmp(tip.hash, hash, 32) && !memcmp(log->proof, q->proof, 32) &&
		    log->desk == q->desk && log->ladder == q->ladder && log->kind == FRAME_CASE;
	return same ? FRAME_OK : FRAME_BAD;
}

/*
 * Whether tips may go to that desk. A desk that left the roster may still get a carried frame: the
 * backstop sees it.
 */
static bool
desk_takes_tips(const struct vault *v, uint16_t number)
{
	const struct roster_desk *d = roster_find(v->roster, number);
	return !d || ((d->kind == ROSTER_REVIEW || d->kind == ROSTER_INTEGRITY ||
		       d->kind == ROSTER_OVERSIGHT || d->kind == ROSTER_REWARD) &&
		      d->level >= 2);
}

int
vault_source_open(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry tip = { .thread = FRAME_SOURCE, .day = vault_day(v) };
	key_sha256(tip.hash, c->req.body, FRAME_BODY_LEN);
	int err = store_log_get(v->store, &log, FRAME_CASE, q->id);
	if (!err)
		return open_again(c, &log, tip.hash);
	if (err != ERR_NOT_FOUND)
		return err;
	if (!v->roster)
		return FRAME_BUSY;
	if (!desk_takes_tips(v, q->desk))
		return FRAME_BAD;
	if (store_above(v, v->conf->open_percent))
		return FRAME_FULL;
	if (!vault_budget_open(v))
		return FRAME_BUSY;
	log = (struct store_log){ .kind = FRAME_CASE,
				  .ladder = q->ladder,
				  .desk = q->desk,
				  .day = vault_day(v),
				  .source_cnt = 1,
				  .entries = 1,
				  .bytes = FRAME_BODY_LEN };
	memcpy(log.id, q->id, sizeof(log.id));
	memcpy(log.proof, q->proof, sizeof(log.proof));
	frame_stub(tip.stub, c->frame, &c->digest);
	struct auth_duty duty;
	err = vault_rota_today(v, q->desk, &duty);
	if (err)
		return err;
	log.guarded = duty.cnt > 0;
	vault_clock_start(v, &log);
	err = store_log_add(v->store, &log);
	if (err == ERR_DUP)
		return FRAME_NOT_FOUND; /* purged: nothing was written */
	if (!err)
		err = vault_entry_add(c, &log, &tip);
	c->wrote = true;
	return err ? err : FRAME_OK;
}

/*
 * Compares an append with the stored entry. FRAME_OK: a repeat; FRAME_BAD: the number is taken by
 * another entry; ERR_NOT_FOUND: new.
 */
static int
append_again(struct vault_call *c, const struct store_log *log, const uint8_t hash[static 32])
{
	struct store_entry old;
	const struct frame_routing *q = &c->req.routing;
	int err = store_entry_by_source(c->v->store, &old, log->n, q->number);
	if (!err)
		return !memcmp(old.hash, hash, 32) && !memcmp(log->proof, q->proof, 32) ? FRAME_OK
											: FRAME_BAD;
	return err;
}

int
vault_source_append(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e = { .thread = FRAME_SOURCE, .day = vault_day(v), .source = q->number };
	int err = store_log_get(v->store, &log, FRAME_CASE, q->id);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	key_sha256(e.hash, c->req.body, FRAME_BODY_LEN);
	err = append_again(c, &log, e.hash);
	if (err != ERR_NOT_FOUND)
		return err;
	/* T is one for the whole case: an opener of the tip can show that he has opened it. */
	if (!q->number || memcmp(log.proof, q->proof, sizeof(log.proof)))
		return FRAME_BAD;
	if (q->number > log.source_cnt) {
		c->out.number = log.source_cnt;
		return FRAME_BEHIND;
	}
	if (log.source_cnt >= v->conf->case_entries ||
	    log.bytes + FRAME_BODY_LEN > (uint64_t)v->conf->case_mib << 20 ||
	    store_above(v, CASE_PERCENT))
		return FRAME_FULL;
	err = vault_clock_log(v, &log);
	if (err)
		return err;
	e.number = log.entries++;
	log.source_cnt++;
	log.bytes += FRAME_BODY_LEN;
	frame_stub(e.stub, c->frame, &c->digest);
	vault_clock_message(v, &log);
	err = vault_entry_add(c, &log, &e);
	if (!err)
		err = store_held_mute(v->store, log.n);
	if (!err)
		err = store_log_set(v->store, &log);
	c->wrote = true;
	return err ? err : FRAME_OK;
}

int
vault_chunk_stands(struct vault_call *c, const struct store_log *log, struct store_chunk *k)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_chunk old;
	*k = (struct store_chunk){ .attach = q->attach, .part = q->part, .parts = q->parts };
	key_sha256(k->hash, c->req.body, FRAME_BODY_LEN);
	int err = store_chunk_get(c->v->store, &old, log->n, q->attach, q->part);
	if (err)
		return err;
	return !memcmp(old.hash, k->hash, 32) && old.parts == q->parts ? FRAME_OK : FRAME_BAD;
}

int
vault_chunk_add(struct vault_call *c, struct store_log *log, struct store_chunk *k)
{
	uint32_t have;
	if (log->bytes + FRAME_BODY_LEN > (uint64_t)c->v->conf->case_mib << 20 ||
	    store_above(c->v, CASE_PERCENT))
		return FRAME_FULL;
	int err = store_chunk_add(c->v->store, log->n, k, &have, c->req.body);
	if (err)
		return err == ERR_RANGE ? FRAME_BAD : err;
	log->bytes += FRAME_BODY_LEN;
	if (have == k->parts)
		log->attachments++;
	c->wrote = true;
	err = store_log_set(c->v->store, log);
	return err ? err : FRAME_OK;
}

int
vault_source_chunk(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_chunk k;
	if (q->attach >= ATTACH_MAX || !q->parts || q->parts > VAULT_PARTS_MAX ||
	    q->part >= q->parts)
		return FRAME_BAD;
	int err = store_log_get(c->v->store, &log, FRAME_CASE, q->id);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	err = vault_chunk_stands(c, &log, &k);
	return err == ERR_NOT_FOUND ? vault_chunk_add(c, &log, &k) : err;
}

/* Hashes that the answer to a poll carries: the source's newest entry, and the newest of the
 * thread. */
static int
poll_hashes(struct vault_call *c, const struct store_log *log)
{
	struct store_entry e;
	int err = 0;
	if (log->source_cnt) {
		err = store_entry_by_source(c->v->store, &e, log->n, log->source_cnt - 1);
		if (!err)
			memcpy(c->out.hash, e.hash, 32);
	}
	if (!err && log->entries) {
		err = store_entry_get(c->v->store, &e, log->n, FRAME_SOURCE, log->entries - 1);
		if (!err)
			memcpy(c->out.proof, e.hash, 32);
	}
	return err == ERR_NOT_FOUND ? ERR_IO : err;
}

/* A case that was closed and removed leaves its id, so that she can tell it from one never there.
 */
static int
poll_gone(struct vault_call *c)
{
	const uint8_t *id = c->req.routing.id;
	if (!store_log_gone(c->v->store, id))
		return FRAME_NOT_FOUND;
	memcpy(c->out.id, id, sizeof(c->out.id));
	c->out.flags = FRAME_P_CLOSED | FRAME_P_REMOVED;
	return FRAME_OK;
}

int
vault_source_poll(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	struct store_entry e;
	int err = store_log_get(v->store, &log, FRAME_CASE, q->id);
	if (err == ERR_NOT_FOUND)
		return poll_gone(c);
	if (!err)
		err = vault_clock_log(v, &log);
	if (!err)
		err = poll_hashes(c, &log);
	if (err)
		return err;
	memcpy(c->out.id, q->id, sizeof(c->out.id));
	c->out.desk = log.desk;
	c->out.count = log.entries;
	c->out.source_cnt = log.source_cnt;
	c->out.number = log.entries;
	memcpy(c->out.cursor, log.opened, sizeof(c->out.cursor));
	c->out.flags = log.state == STORE_CLOSED ? FRAME_P_CLOSED : 0;
	err = store_entry_reply(v->store, &e, log.n, q->number);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_OK : err;
	c->out.number = e.number;
	c->out.hour = e.day * 24;
	c->body_len = FRAME_BODY_LEN;
	err = store_body_get(v->store, c->body, e.body);
	return err ? (err == ERR_NOT_FOUND ? ERR_IO : err) : FRAME_OK;
}
