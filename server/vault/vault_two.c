/*
 * Acts upon a case by which somebody could keep it from others, and what those others may do
 * against it: close, open to the desk above, restrict, object (FORMATS.md section 4). How many
 * persons each takes is in the table of acts in auth.c.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

#define READERS_LEAST 2

/*
 * Whether this member's first frame of the act stands already. A further one adds nothing, and one
 * clerk could fill the room of the desks by them without a word to the source.
 */
static bool
stands(const struct vault_call *c, const uint8_t first[static KEY_HANDLE_LEN])
{
	return !memcmp(first, c->member->handle, KEY_HANDLE_LEN);
}

/*
 * Whether a member other than this one has sent the first of two frames and is still in the members
 * note; that member, or NULL.
 */
static const struct roster_member *
first_of_two(const struct vault_call *c, const uint8_t first[static KEY_HANDLE_LEN])
{
	if (sodium_is_zero(first, KEY_HANDLE_LEN) || stands(c, first))
		return NULL;
	return roster_member_by_handle(c->v->members, first);
}

/* Whether this frame completes an act: it takes one person, or another who stands so to the case
 * has sent the first frame. */
static bool
complete(const struct vault_call *c, const struct store_log *log, uint8_t variant,
	 const uint8_t first[static KEY_HANDLE_LEN], unsigned relations)
{
	if (auth_persons(c->req.op, variant) < 2)
		return true;
	const struct roster_member *m = first_of_two(c, first);
	return m && (auth_relations(c->v->roster, log, m->desk) & relations);
}

/* Finds the case and the place of the entry. FRAME_OK and *again: the frame is a repeat. */
static int
find(struct vault_call *c, struct store_log *log, struct store_entry *e, uint8_t thread,
     bool *again)
{
	*again = false;
	*e = (struct store_entry){ .thread = FRAME_DESK };
	int status = vault_write_find(c, log, thread);
	return status == FRAME_OK ? vault_write_place(c, log, e, again) : status;
}

/* Adds the entry; flags of the answer only where that succeeds. */
static int
add(struct vault_call *c, struct store_log *log, struct store_entry *e, bool done)
{
	int status = vault_write_add(c, log, e);
	c->out.flags = status == FRAME_OK && done;
	return status;
}

int
vault_desk_close(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e;
	bool again;
	int status = find(c, &log, &e, FRAME_DESK, &again);
	if (status != FRAME_OK)
		return status;
	if (again) {
		c->out.flags = log.close_due || log.state == STORE_CLOSED;
		return FRAME_OK;
	}
	/*
	 * A case that nobody has opened cannot be closed: the read clock runs until t is shown. A
	 * closing that is announced runs its seven days; more frames would only start them again.
	 */
	if (!log.acked || log.close_due || log.state == STORE_CLOSED || stands(c, log.closer))
		return FRAME_BAD;
	bool done = complete(c, &log, 0, log.closer, AUTH_RECEIVING | AUTH_HEIR);
	if (done) {
		log.close_due = vault_clock_closing(c->v);
		memset(log.closer, 0, sizeof(log.closer));
	} else {
		memcpy(log.closer, c->member->handle, sizeof(log.closer));
	}
	return add(c, &log, &e, done);
}

/* An objection voids the closing and opens the bytes to the desk above, and to who objects. */
int
vault_desk_object(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e;
	bool again;
	int status = find(c, &log, &e, FRAME_DESK, &again);
	if (status != FRAME_OK || again)
		return status;
	if (!log.close_due)
		return FRAME_BAD;
	log.close_due = 0;
	log.above = true;
	log.backstop = log.backstop || c->member->desk == c->v->roster->backstop;
	return add(c, &log, &e, false);
}

/* Opens the bytes now, to the desk above or (flags 1) to the backstop. */
int
vault_desk_above(struct vault_call *c)
{
	const struct roster *r = c->v->roster;
	uint8_t to = c->req.routing.flags;
	struct store_log log;
	struct store_entry e;
	bool again;
	int status = find(c, &log, &e, FRAME_DESK, &again);
	if (status != FRAME_OK)
		return status;
	bool *open = to ? &log.backstop : &log.above;
	if (again) {
		c->out.flags = *open;
		return FRAME_OK;
	}
	/* Once open, always open. */
	if (*open || stands(c, log.opener))
		return FRAME_BAD;
	/* One of the two is of the receiving desk. */
	bool own = auth_relations(r, &log, c->member->desk) & AUTH_RECEIVING;
	bool done = log.opens == to && complete(c, &log, 0, log.opener, own ? ~0u : AUTH_RECEIVING);
	if (done) {
		*open = true;
		memset(log.opener, 0, sizeof(log.opener));
	} else {
		memcpy(log.opener, c->member->handle, sizeof(log.opener));
	}
	log.opens = to;
	return add(c, &log, &e, done);
}

/*
 * Adds the handles of a request to the reader list, or replaces the list by them. FRAME_OK or
 * FRAME_BAD.
 */
static int
take_readers(const struct vault_call *c, struct store_log *log)
{
	const struct frame_routing *q = &c->req.routing;
	uint8_t list[FRAME_READER_MAX][KEY_HANDLE_LEN];
	memcpy(list, q->proof, 32);
	memcpy(list[4], q->hash, 32);
	if (q->flags == FRAME_REPLACE)
		log->reader_cnt = 0;
	for (int i = 0; i < FRAME_READER_MAX; i++) {
		bool known = false;
		if (sodium_is_zero(list[i], KEY_HANDLE_LEN))
			continue;
		for (int k = 0; k < log->reader_cnt; k++)
			known = known || !memcmp(log->reader[k], list[i], KEY_HANDLE_LEN);
		if (known)
			continue;
		if (log->reader_cnt == FRAME_READER_MAX)
			return FRAME_BAD;
		memcpy(log->reader[log->reader_cnt++], list[i], KEY_HANDLE_LEN);
	}
	/*
	 * Some handles may be dummies, but with a single real reader that person alone could bury
	 * the case.
	 */
	int live = 0;
	for (int i = 0; i < log->reader_cnt; i++) {
		const struct roster_member *m = roster_member_by_handle(c->v->members,
									log->reader[i]);
		live += m && m->desk == log->desk;
	}
	return live >= READERS_LEAST ? FRAME_OK : FRAME_BAD;
}

/* What both frames have to name alike: flags and list. */
static void
limit_hash(uint8_t dst[static 16], const struct frame_routing *q)
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, 16);
	crypto_generichash_update(&st, &q->flags, 1);
	crypto_generichash_update(&st, q->proof, sizeof(q->proof));
	crypto_generichash_update(&st, q->hash, sizeof(q->hash));
	crypto_generichash_final(&st, dst, 16);
}

/* Limits the readers when two members name the same list. */
static int
limit(struct vault_call *c, struct store_log *log, bool *done)
{
	uint8_t hash[16];
	struct store_log then = *log;
	int status = take_readers(c, &then);
	if (status != FRAME_OK)
		return status;
	limit_hash(hash, &c->req.routing);
	*done = !memcmp(hash, log->limit, sizeof(hash)) &&
		complete(c, log, 0, log->limiter, AUTH_RECEIVING);
	if (*done) {
		*log = then;
		memset(log->limiter, 0, sizeof(log->limiter));
		memset(log->limit, 0, sizeof(log->limit));
	} else {
		memcpy(log->limiter, c->member->handle, sizeof(log->limiter));
		memcpy(log->limit, hash, sizeof(hash));
	}
	return FRAME_OK;
}

int
vault_desk_restrict(struct vault_call *c)
{
	bool lift = c->req.routing.flags == FRAME_LIFT;
	struct store_log log;
	struct store_entry e;
	bool again, done = true;
	if (c->req.routing.flags > FRAME_LIFT)
		return FRAME_BAD;
	int status = find(c, &log, &e, lift ? AUTH_LIFT : FRAME_DESK, &again);
	if (status != FRAME_OK || again)
		return status;
	if (lift && !log.reader_cnt && sodium_is_zero(log.limiter, sizeof(log.limiter)))
		return FRAME_BAD;
	/* Nor may a lead take his own first frame back, to send it again. */
	if (stands(c, log.limiter) && !(lift && log.reader_cnt))
		return FRAME_BAD;
	if (lift) {
		log.reader_cnt = 0;
		memset(log.reader, 0, sizeof(log.reader));
		memset(log.limiter, 0, sizeof(log.limiter));
	} else {
		status = limit(c, &log, &done);
	}
	return status == FRAME_OK ? add(c, &log, &e, done) : status;
}
