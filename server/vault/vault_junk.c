/*
 * Junk: cases that nobody can open, or that say nothing, from a flood. Nobody can show t of them,
 * so they could be neither acknowledged nor closed, and would stay for ever.
 *
 * Two members of two desks that have the bytes (or are the backstop) say so, each by a sealed entry
 * in the desk thread. After VAULT_JUNK_DAYS the vault removes the case by itself. An
 * acknowledgement, which shows that the case was opened, or a further message of the source stops
 * that. The clocks of the case run meanwhile, and every list shows the votes.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/log.h"

#include <sodium.h>

#define PURGE_ONCE 64 /* cases a minute's turn: each is a few pages */

bool
vault_junk_marked(const struct store_log *log)
{
	return log->state == STORE_JUNK_ASKED || log->state == STORE_JUNK;
}

void
vault_junk_clear(struct store_log *log)
{
	if (!vault_junk_marked(log))
		return;
	log->state = STORE_OPEN;
	log->closed_day = 0;
	memset(log->closer, 0, sizeof(log->closer));
}

/* The desk of the first vote; 0 without one, or where that member has left the members note. */
static uint16_t
first_desk(const struct vault_call *c, const struct store_log *log)
{
	const struct roster_member *m = log->state == STORE_JUNK_ASKED
						? roster_member_by_handle(c->v->members,
									  log->closer)
						: NULL;
	return m ? m->desk : 0;
}

static int
junk_vote(struct vault_call *c, struct store_log *log)
{
	if (log->kind != FRAME_CASE || log->acked || log->state == STORE_CLOSED ||
	    log->state == STORE_JUNK)
		return FRAME_BAD;
	uint16_t first = first_desk(c, log);
	if (first == c->member->desk)
		return FRAME_BAD;
	if (first) {
		log->state = STORE_JUNK;
		log->closed_day = vault_day(c->v);
		c->out.flags = 1;
	} else {
		log->state = STORE_JUNK_ASKED;
		memcpy(log->closer, c->member->handle, sizeof(log->closer));
	}
	return FRAME_OK;
}

int
vault_desk_junk(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e = { .thread = FRAME_DESK };
	bool again = false;
	int status = vault_write_find(c, &log, FRAME_DESK);
	if (status == FRAME_OK)
		status = vault_write_place(c, &log, &e, &again);
	if (status != FRAME_OK)
		return status;
	if (again) {
		c->out.flags = log.state == STORE_JUNK;
		return FRAME_OK;
	}
	status = junk_vote(c, &log);
	if (status == FRAME_OK)
		status = vault_write_add(c, &log, &e);
	if (status != FRAME_OK)
		c->out.flags = 0;
	return status;
}

int
vault_junk_purge(struct vault *v)
{
	uint32_t cnt = 0, day = vault_day(v);
	if (day <= VAULT_JUNK_DAYS)
		return 0;
	uint8_t ids[PURGE_ONCE][KEY_ID_LEN];
	int err = store_purge_junk(v->store, day - VAULT_JUNK_DAYS + 1, PURGE_ONCE, ids, &cnt);
	if (!err)
		err = vault_tlog_removed(v, VAULT_SAID_JUNK, (const uint8_t(*)[KEY_ID_LEN])ids,
					 cnt);
	v->junk_more = !err && cnt == PURGE_ONCE;
	v->junk_gone += cnt;
	/* The last step also empties the write-ahead log, after the commit. */
	if (cnt && !v->junk_more) {
		log_info("event=junk-purged cases=%u", v->junk_gone);
		v->junk_gone = 0;
		v->scrub = true;
	}
	return err;
}
