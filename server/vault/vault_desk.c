/* The operations by which desks read, list and fetch (FORMATS.md section 4). */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

/* A read record of an attachment names it by this bit and its index. */
#define READ_ATTACH 0x80000000u

static struct auth_ask
ask_for(const struct vault_call *c, const struct store_log *log)
{
	const struct frame_routing *q = &c->req.routing;
	bool part = q->thread == FRAME_PARTS;
	return (struct auth_ask){ .roster = c->v->roster,
				  .member = c->member,
				  .log = log,
				  .desk = q->desk,
				  .op = c->req.op,
				  .kind = q->kind,
				  .thread = !part                   ? q->thread
					    : q->kind == FRAME_BOOK ? vault_share_thread(q->number)
								    : vault_order_thread(q->number),
				  .duty = &c->duty };
}

struct list {
	struct vault_call *c;
	struct auth_ask ask;
	struct frame_record record[FRAME_RECORD_MAX + 1];
	uint64_t place[FRAME_RECORD_MAX + 1];
	size_t cnt;
	bool given; /* those that were handed to members of the desk are walked */
};

static uint8_t
record_relation(unsigned rel)
{
	if (rel & AUTH_RECEIVING)
		return FRAME_REL_RECEIVING;
	if (rel & AUTH_WRITER)
		return FRAME_REL_WRITER;
	if (rel == AUTH_GIVEN)
		return FRAME_REL_GIVEN;
	if (rel & (AUTH_ABOVE | AUTH_ABOVE_OPEN) && !(rel & AUTH_BACKSTOP))
		return FRAME_REL_ABOVE;
	return rel & AUTH_ABOVE ? FRAME_REL_ABOVE : FRAME_REL_BACKSTOP;
}

static void
record_fill(struct frame_record *r, const struct store_log *log, unsigned rel)
{
	*r = (struct frame_record){
		.kind = log->kind,
		.relation = record_relation(rel),
		.ladder = log->ladder,
		.desk = log->desk,
		.source_cnt = (uint16_t)log->source_cnt,
		.attach_cnt = (uint16_t)log->attachments,
		.entries = log->entries,
		.desk_entries = log->desk_entries,
		.day = log->day,
		.read_due = log->read_due,
		/* Answered by one person: the next hour by which somebody else sees it. */
		.answer_due = log->answer_due ? log->answer_due : log->term_day * 24,
		.reads = log->reads,
		.held = (uint16_t)log->held,
		.close_due = log->close_due,
		.junk = log->state == STORE_JUNK ? 2 : log->state == STORE_JUNK_ASKED,
		.shown = log->guarded && !log->limited,
	};
	memcpy(r->id, log->id, sizeof(r->id));
	if (log->order.hour0) {
		r->read_due = log->order.hour0;
		r->held = log->order.parts;
	}
	r->flags = (uint8_t)((log->acked ? FRAME_R_ACKED : 0) |
			     (log->answered ? FRAME_R_ANSWERED : 0) |
			     (log->state == STORE_CLOSED || log->order.stopped ? FRAME_R_CLOSED
									       : 0) |
			     (log->above ? FRAME_R_ABOVE : 0) |
			     (log->limited ? FRAME_R_READERS : 0) |
			     (sodium_is_zero(log->closer, sizeof(log->closer))
				      ? 0
				      : FRAME_R_HALF_CLOSED) |
			     (log->close_due ? FRAME_R_CLOSING : 0) |
			     (log->backstop ? FRAME_R_BACKSTOP : 0));
}

/* Keeps the oldest changes in order, one more than fits, which shows that there are more. */
static int
list_take(void *arg, const struct store_log *log, uint64_t touched)
{
	struct list *l = arg;
	l->ask.log = log;
	/* What was handed to a member of a desk of the case stands among the logs of that desk. */
	if (l->given && auth_relations(l->ask.roster, log, l->ask.member->desk))
		return 0;
	if (l->cnt > FRAME_RECORD_MAX && touched > l->place[FRAME_RECORD_MAX])
		return 1;
	if (!auth_lists(&l->ask))
		return 0;
	size_t at = l->cnt > FRAME_RECORD_MAX ? FRAME_RECORD_MAX : l->cnt++;
	while (at && l->place[at - 1] > touched) {
		l->place[at] = l->place[at - 1];
		l->record[at] = l->record[at - 1];
		at--;
	}
	l->place[at] = touched;
	record_fill(&l->record[at], log, auth_relations_of(l->ask.roster, log, l->ask.member));
	return 0;
}

/* The desk's own logs, those of the desks below it and those that were handed to members of it; for
 * the backstop, all. An order and a need may be at any desk, so what the desk has written is looked
 * for among all. */
static int
list_range(struct list *l, struct store_range range)
{
	const struct roster *r = l->ask.roster;
	uint16_t desk = l->ask.member->desk;
	if (r->backstop == desk || l->ask.kind != FRAME_CASE)
		return store_log_list(l->c->v->store, &range, list_take, l);
	for (size_t i = 0; i < r->desk_cnt; i++) {
		if (r->desk[i].number != desk && r->desk[i].above != desk)
			continue;
		range.desk = r->desk[i].number;
		int err = store_log_list(l->c->v->store, &range, list_take, l);
		if (err < 0)
			return err;
	}
	range.desk = desk;
	range.given = l->given = true;
	int err = store_log_list(l->c->v->store, &range, list_take, l);
	l->given = false;
	return err;
}

/* Changes are numbered over all desks. Each desk is asked for a short range of numbers first, since
 * of many desks together a page takes only a few; for what is left where those were too few, all.
 */
static int
list_gather(struct list *l, uint64_t after)
{
	static const uint64_t step[] = { FRAME_RECORD_MAX + 1, 16 * FRAME_RECORD_MAX, 0 };
	struct store_range range = { .kind = l->ask.kind, .after = after };
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++) {
		range.until = step[i] ? range.after + step[i] : 0;
		int err = list_range(l, range);
		if (err < 0 || l->cnt > FRAME_RECORD_MAX)
			return err;
		range.after = range.until;
	}
	return 0;
}

/* Only cases wait for those on duty: the cursor of another list stays good. */
static uint8_t
turn(const struct vault_call *c)
{
	if (c->req.routing.kind != FRAME_CASE || !c->duty.cnt)
		return VAULT_NO_ROTA;
	return auth_named(c->duty.handle, c->duty.cnt, c->member->handle) ? VAULT_ON_DUTY
									  : VAULT_OFF_DUTY;
}

int
vault_desk_list(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct auth_ask own = ask_for(c, NULL);
	struct vault_cursor of = { .desk = q->desk, .kind = q->kind, .turn = turn(c) };
	uint64_t after;
	if (!q->desk || own.desk != c->member->desk)
		return FRAME_NOT_FOUND;
	if (vault_cursor_read(c->v, &after, q->cursor, of))
		return FRAME_BAD;
	struct list *l = calloc(1, sizeof(*l));
	if (!l)
		return ERR_MEM;
	l->c = c;
	l->ask = own;
	int err = list_gather(l, after);
	if (err >= 0) {
		size_t cnt = l->cnt > FRAME_RECORD_MAX ? FRAME_RECORD_MAX : l->cnt;
		for (size_t i = 0; i < cnt; i++)
			frame_record_put(c->body + i * FRAME_RECORD_LEN, &l->record[i]);
		c->body_len = cnt * FRAME_RECORD_LEN;
		c->out.count = (uint32_t)cnt;
		c->out.flags = l->cnt > FRAME_RECORD_MAX;
		if (cnt)
			after = l->place[cnt - 1];
		vault_cursor_make(c->v, c->out.cursor, of, after);
	}
	free(l);
	return err < 0 ? err : FRAME_OK;
}

int
vault_leave_record(struct vault_call *c, struct store_log *log, uint32_t number)
{
	struct frame_read read = { .day = vault_day(c->v), .number = number };
	bool added;
	memcpy(read.handle, c->member->handle, sizeof(read.handle));
	int err = store_read_add(c->v->store, log->n, &read, &added);
	if (err || !added)
		return err;
	log->reads++;
	if (c->member->desk == log->desk)
		vault_admit_seen(log, read.handle);
	return store_log_set(c->v->store, log);
}

static int
fetch_entry(struct vault_call *c, struct store_log *log)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_entry e;
	int err = store_entry_get(c->v->store, &e, log->n, q->thread, q->number);
	if (!err)
		err = store_body_get(c->v->store, c->body, e.body);
	if (!err && q->thread == FRAME_SOURCE && log->kind == FRAME_CASE)
		err = vault_leave_record(c, log, q->number);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	c->body_len = FRAME_BODY_LEN;
	c->out.number = e.number;
	c->out.count = q->thread == FRAME_SOURCE ? log->entries : log->desk_entries;
	c->out.hour = e.day * 24;
	if (e.source != STORE_NO_NUMBER) {
		c->out.flags = 1;
		memcpy(c->out.proof, frame_stub_sig(e.stub), 32);
		memcpy(c->out.hash, frame_stub_sig(e.stub) + 32, 32);
	}
	return FRAME_OK;
}

static int
fetch_reads(struct vault_call *c, const struct store_log *log)
{
	size_t cnt;
	uint32_t from = c->req.routing.number;
	bool taken = log->kind == FRAME_ORDER && from >= FRAME_TAKEN_FROM;
	if (taken) {
		int err = store_taken_list(c->v->store, c->body, &cnt, log->n,
					   from - FRAME_TAKEN_FROM);
		c->body_len = cnt * FRAME_TAKEN_RECORD_LEN;
		c->out.number = from;
		c->out.count = (uint32_t)cnt;
		return err ? err : FRAME_OK;
	}
	int err = store_read_list(c->v->store, c->body, &cnt, log->n, c->req.routing.number);
	c->body_len = cnt * FRAME_READ_LEN;
	c->out.number = c->req.routing.number;
	c->out.count = (uint32_t)cnt;
	return err ? err : FRAME_OK;
}

static int
fetch_chunk(struct vault_call *c, struct store_log *log)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_chunk k;
	int err = store_chunk_get(c->v->store, &k, log->n, q->attach, q->part);
	if (!err)
		err = store_body_get(c->v->store, c->body, k.body);
	if (!err)
		err = vault_leave_record(c, log, READ_ATTACH | q->attach);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	c->body_len = FRAME_BODY_LEN;
	c->out.attach = q->attach;
	c->out.part = k.part;
	c->out.parts = k.parts;
	return FRAME_OK;
}

int
vault_desk_fetch(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_log log;
	int status, err = store_log_get(c->v->store, &log, q->kind, q->id);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	err = vault_clock_log(c->v, &log);
	if (err)
		return err;
	struct auth_ask ask = ask_for(c, &log);
	if (!auth_allows(&ask))
		return FRAME_NOT_FOUND;
	memcpy(c->out.id, q->id, sizeof(c->out.id));
	c->out.thread = q->thread;
	c->out.kind = log.kind;
	c->out.desk = log.desk;
	c->out.ladder = log.ladder;
	c->out.source_cnt = log.source_cnt;
	if (q->thread == FRAME_READS)
		status = fetch_reads(c, &log);
	else if (q->thread == FRAME_ATTACH)
		status = fetch_chunk(c, &log);
	else if (q->thread == FRAME_PARTS)
		status = q->kind == FRAME_BOOK ? vault_share_fetch(c, &log)
					       : vault_order_fetch(c, &log);
	else
		status = fetch_entry(c, &log);
	if (status != FRAME_OK)
		memset(&c->out, 0, sizeof(c->out));
	return status;
}
