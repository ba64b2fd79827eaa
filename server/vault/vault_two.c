/*
 * Acts upon a case by which somebody could keep it from others, and what those others may do
 * against it: close, open to the desk above, hide, object (FORMATS.md section 4). How many
 * persons each takes is in the table of acts in auth.c.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

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
 * *done: this frame completes an act: it takes one person, or another who stands so to the case, is
 * in the members note and is still shown the case has sent the first frame. A failure of the store.
 */
static int
complete(struct vault_call *c, const struct store_log *log,
	 const uint8_t first[static KEY_HANDLE_LEN], unsigned relations, bool *done)
{
	*done = auth_persons(c->req.op, 0) < 2;
	if (*done || sodium_is_zero(first, KEY_HANDLE_LEN) || stands(c, first))
		return 0;
	const struct roster_member *m = roster_member_by_handle(c->v->members, first);
	if (!m || !(auth_relations_of(c->v->roster, log, m) & relations))
		return 0;
	return vault_admit(c->v, log, m, done);
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
	bool done;
	int err = complete(c, &log, log.closer, AUTH_RECEIVING | AUTH_HEIR | AUTH_GIVEN, &done);
	if (err)
		return err;
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
	uint8_t *opener = log.opener[to];
	if (*open || stands(c, opener))
		return FRAME_BAD;
	/* One of the two is of the receiving desk. */
	bool own = auth_relations(r, &log, c->member->desk) & AUTH_RECEIVING;
	bool done;
	int err = complete(c, &log, opener, own ? ~0u : AUTH_RECEIVING, &done);
	if (err)
		return err;
	if (done) {
		*open = true;
		memset(opener, 0, KEY_HANDLE_LEN);
	} else {
		memcpy(opener, c->member->handle, KEY_HANDLE_LEN);
	}
	return add(c, &log, &e, done);
}

/* What both frames have to name alike. */
static void
list_hash(uint8_t dst[static 16], const struct frame_routing *q)
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, 16);
	crypto_generichash_update(&st, q->proof, sizeof(q->proof));
	crypto_generichash_update(&st, q->hash, sizeof(q->hash));
	crypto_generichash_final(&st, dst, 16);
}

/*
 * Keeps the first frame of each member for itself, so that nobody can take another's away by naming
 * something else again and again. FRAME_BAD: his own stands already.
 */
static int
keep_first(struct store_first first[static STORE_FIRSTS], const struct store_first *own)
{
	size_t cnt = 0;
	for (; cnt < STORE_FIRSTS; cnt++) {
		if (!memcmp(first[cnt].handle, own->handle, KEY_HANDLE_LEN))
			return FRAME_BAD;
		if (sodium_is_zero(first[cnt].handle, KEY_HANDLE_LEN))
			break;
	}
	if (cnt == STORE_FIRSTS)
		memmove(first, first + 1, --cnt * sizeof(*own));
	first[cnt] = *own;
	return FRAME_OK;
}

/*
 * Whether another of these relations has sent a first frame that names the same as this one; then
 * the first frames are done with. Where not, this one is kept as such.
 */
static int
name_alike(struct vault_call *c, const struct store_log *log,
	   struct store_first first[static STORE_FIRSTS], unsigned relations, bool *done)
{
	struct store_first own;
	memcpy(own.handle, c->member->handle, sizeof(own.handle));
	list_hash(own.what, &c->req.routing);
	*done = false;
	for (size_t i = 0; i < STORE_FIRSTS && !*done; i++) {
		int err = memcmp(first[i].what, own.what, sizeof(own.what))
				  ? 0
				  : complete(c, log, first[i].handle, relations, done);
		if (err)
			return err;
	}
	if (!*done)
		return keep_first(first, &own);
	memset(first, 0, STORE_FIRSTS * sizeof(*first));
	return FRAME_OK;
}

/* Hides the case from those named, when two members name the same. */
static int
hide(struct vault_call *c, struct store_log *log, bool *done)
{
	int status = name_alike(c, log, log->limiter, AUTH_RECEIVING, done);
	if (status != FRAME_OK || !*done)
		return status;
	log->limited = true;
	memcpy(log->hidden, c->req.routing.proof, 32);
	memcpy(log->hidden[4], c->req.routing.hash, 32);
	for (size_t i = 0; i < FRAME_HIDDEN_CNT; i++)
		vault_admit_drop(log->seen, log->hidden[i]);
	/* Nobody stands above the backstop: its own case stays shown to two of it. */
	bool enough = true;
	int err = log->desk == c->v->roster->backstop ? vault_admit_enough(c->v, log, &enough) : 0;
	return err ? err : enough ? FRAME_OK : FRAME_BAD;
}

/* Whether the case is hidden from a member of its desk, or was. */
static bool
hides(const struct vault *v, const struct store_log *log)
{
	for (size_t i = 0; log->limited && i < FRAME_HIDDEN_CNT; i++) {
		const struct roster_member *m = roster_member_by_handle(v->members, log->hidden[i]);
		if (m && m->desk == log->desk)
			return true;
	}
	return !sodium_is_zero(log->recused[0], KEY_HANDLE_LEN);
}

/*
 * Hides the case from nobody, and forgets first frames. A case that waits for those on duty goes on
 * waiting, unless who supervises says that all of the desk shall see it.
 */
static int
lift(struct vault_call *c, struct store_log *log)
{
	bool over = c->member->desk != log->desk, waits = log->guarded && !log->limited;
	bool other = !sodium_is_zero(log->limiter[0].handle, KEY_HANDLE_LEN) &&
		     (!stands(c, log->limiter[0].handle) ||
		      !sodium_is_zero(log->limiter[1].handle, KEY_HANDLE_LEN));
	/* Nor may a lead take his own first frame back, to send it again. */
	if (!hides(c->v, log) && !other && !(over && waits))
		return FRAME_BAD;
	memset(log->limiter, 0, sizeof(log->limiter));
	memset(log->recused, 0, sizeof(log->recused));
	if (waits && !over)
		return FRAME_OK;
	log->limited = true;
	randombytes_buf(log->hidden, sizeof(log->hidden));
	return FRAME_OK;
}

/* Takes the member himself off the case. It takes nothing from anybody else. */
static int
recuse(const struct vault_call *c, struct store_log *log)
{
	size_t cnt = 0;
	while (cnt < STORE_NAMES && !sodium_is_zero(log->recused[cnt], KEY_HANDLE_LEN))
		cnt++;
	if (cnt == STORE_NAMES)
		return FRAME_FULL;
	memcpy(log->recused[cnt], c->member->handle, KEY_HANDLE_LEN);
	vault_admit_drop(log->seen, c->member->handle);
	return FRAME_OK;
}

int
vault_desk_restrict(struct vault_call *c)
{
	static const uint8_t variant[] = { FRAME_DESK, AUTH_LIFT, AUTH_RECUSE };
	uint8_t flags = c->req.routing.flags;
	struct store_log log;
	struct store_entry e;
	bool again, done = true;
	int status = find(c, &log, &e, variant[flags], &again);
	if (status != FRAME_OK || again)
		return status;
	if (flags == FRAME_HIDE)
		status = hide(c, &log, &done);
	else
		status = flags == FRAME_LIFT ? lift(c, &log) : recuse(c, &log);
	if (status != FRAME_OK)
		return status;
	int err = vault_admit_up(c->v, &log);
	return err ? err : add(c, &log, &e, done);
}

/* One or two who may work on cases, of one desk that reads tips and is not below that of the case,
 * and from whom it is not hidden. */
static bool
may_be_given(const struct vault *v, const struct store_log *log, uint8_t (*list)[KEY_HANDLE_LEN],
	     uint16_t *desk)
{
	const struct roster_desk *at = roster_find(v->roster, log->desk);
	*desk = 0;
	for (size_t i = 0; i < FRAME_GIVEN_MAX; i++) {
		if (sodium_is_zero(list[i], KEY_HANDLE_LEN))
			return true;
		const struct roster_member *m = roster_member_by_handle(v->members, list[i]);
		const struct roster_desk *to = m ? roster_find(v->roster, m->desk) : NULL;
		if (!to || !(m->roles & AUTH_CASEWORK) || (*desk && *desk != m->desk) ||
		    (to->kind != ROSTER_REVIEW && to->kind != ROSTER_INTEGRITY &&
		     to->kind != ROSTER_OVERSIGHT) ||
		    (at && to->level < at->level) ||
		    auth_named(log->recused, STORE_NAMES, list[i]) ||
		    (log->limited && auth_named(log->hidden, FRAME_HIDDEN_CNT, list[i])))
			return false;
		*desk = m->desk;
	}
	return true;
}

/* Hands the case to those named, or to nobody any more, when two name the same. */
int
vault_desk_reseal(struct vault_call *c)
{
	uint8_t list[FRAME_GIVEN_MAX][KEY_HANDLE_LEN];
	struct store_log log;
	struct store_entry e;
	uint16_t desk;
	bool again, done;
	int status = find(c, &log, &e, FRAME_DESK, &again);
	memcpy(list, c->req.routing.proof, sizeof(list));
	if (status == FRAME_OK && again)
		c->out.flags = !memcmp(log.given, list, sizeof(list));
	if (status != FRAME_OK || again)
		return status;
	/* Nobody hands a case to himself, and what stands already is not said once more. */
	if (!may_be_given(c->v, &log, list, &desk) || !memcmp(log.given, list, sizeof(list)) ||
	    auth_named(list, FRAME_GIVEN_MAX, c->member->handle))
		return FRAME_BAD;
	status = name_alike(c, &log, log.giver,
			    AUTH_RECEIVING | AUTH_ABOVE_OPEN | AUTH_BACKSTOP_OPEN, &done);
	if (status != FRAME_OK)
		return status;
	if (done) {
		memcpy(log.given, list, sizeof(list));
		log.given_desk = desk;
	}
	return add(c, &log, &e, done);
}
