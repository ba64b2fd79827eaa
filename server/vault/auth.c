/*
 * The table that decides who may do what; see auth.h. It reads nothing but the roster and the log
 * it is given.
 */
#include "server/vault/auth.h"

#include <string.h>

#define ANY_THREAD 0xff
#define CASEWORK   AUTH_CASEWORK
#define ORDERWORK  (ROSTER_PL | ROSTER_SR | ROSTER_TL | ROSTER_IN | ROSTER_IG | ROSTER_LEAD)
#define EVERYBODY  0xffff
#define BYTES      (AUTH_RECEIVING | AUTH_ABOVE_OPEN | AUTH_BACKSTOP_OPEN)
#define SUPERVISE  (AUTH_ABOVE | AUTH_ABOVE_OPEN | AUTH_BACKSTOP | AUTH_BACKSTOP_OPEN)
#define EXISTENCE  (AUTH_RECEIVING | SUPERVISE)
#define READERS    (BYTES | AUTH_GIVEN)
#define SIDES      (AUTH_SIDE_A | AUTH_SIDE_B)

/* In place of a kind: a sealed order. Those who see one, as far as they have a role of `mask`. */
#define SEALED 0x10
#define SEES(op, thread, mask)                                                                     \
	{ op, SEALED, thread, (ROSTER_PL | ROSTER_SR) & (mask), AUTH_WRITER },                     \
		{ op, SEALED, thread, (ROSTER_SR | ROSTER_IG | ROSTER_AU) & (mask), AUTH_ABOVE },  \
		{ op, SEALED, thread, (ORDERWORK | ROSTER_AU) & (mask),                            \
		  AUTH_RECEIVING | AUTH_BACKSTOP },                                                \
	{                                                                                          \
		op, SEALED, thread, (ROSTER_SR | ROSTER_TL) & (mask), SIDES                        \
	}

/* In place of a kind: a log at a desk that pays rewards. Nobody supervises who collects what: that
 * would join it to the cases that the others see. */
#define PAY       0x11
#define PAYERS    (ROSTER_RW | ROSTER_LEAD | ROSTER_AU)
#define PAY_SIGNS 2 /* so many entries of a reward are of the desk that opened it */

/* A request passes if one row names its op, kind and thread, one of the member's roles, and one of
 * the desk's relations. */
static const struct auth_rule {
	uint8_t op, kind, thread;
	uint16_t roles, relations;
} rules[] = {
	{ FRAME_LIST, FRAME_CASE, ANY_THREAD, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_GIVEN },
	{ FRAME_LIST, FRAME_ORDER, ANY_THREAD, ORDERWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },

	/* A book is open to the desk above and the backstop from its first entry on: what a desk
	 * hands to another office ends in nobody's drawer. */
	{ FRAME_LIST, FRAME_BOOK, ANY_THREAD, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },
	{ FRAME_FETCH, FRAME_BOOK, FRAME_DESK, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },
	{ FRAME_DESK_APPEND, FRAME_BOOK, FRAME_DESK, CASEWORK, EXISTENCE },
	/* The shares of a plan are for those above the desk that draws. */
	{ FRAME_PART_PUT, FRAME_BOOK, AUTH_SHARE, CASEWORK, AUTH_RECEIVING },
	{ FRAME_FETCH, FRAME_BOOK, AUTH_SHARE, CASEWORK, AUTH_ABOVE | AUTH_BACKSTOP },
	{ FRAME_FETCH, FRAME_BOOK, FRAME_PARTS, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },
	{ FRAME_FETCH, FRAME_BOOK, FRAME_READS, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },

	{ FRAME_FETCH, FRAME_CASE, FRAME_SOURCE, CASEWORK, READERS },
	{ FRAME_FETCH, FRAME_CASE, FRAME_ATTACH, CASEWORK, READERS },
	{ FRAME_FETCH, FRAME_CASE, FRAME_DESK, CASEWORK | ROSTER_AU, READERS },
	{ FRAME_FETCH, FRAME_CASE, FRAME_READS, CASEWORK | ROSTER_AU, EXISTENCE | AUTH_GIVEN },
	{ FRAME_FETCH, FRAME_ORDER, FRAME_DESK, ORDERWORK, AUTH_RECEIVING | AUTH_WRITER },
	{ FRAME_FETCH, FRAME_ORDER, FRAME_READS, ORDERWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },

	{ FRAME_DESK_APPEND, FRAME_CASE, FRAME_SOURCE, CASEWORK, READERS },
	{ FRAME_DESK_APPEND, FRAME_CASE, FRAME_DESK, CASEWORK, READERS },
	{ FRAME_DESK_APPEND, FRAME_ORDER, FRAME_DESK, ORDERWORK, AUTH_RECEIVING },
	{ FRAME_ACKNOWLEDGE, FRAME_CASE, ANY_THREAD, CASEWORK, READERS },
	/* Who supervises a desk cannot be its second person: two of one desk close. */
	{ FRAME_CLOSE, FRAME_CASE, ANY_THREAD, CASEWORK, AUTH_RECEIVING | AUTH_HEIR | AUTH_GIVEN },
	{ FRAME_OBJECT, FRAME_CASE, ANY_THREAD, CASEWORK, SUPERVISE },
	{ FRAME_ABOVE, FRAME_CASE, ANY_THREAD, CASEWORK, EXISTENCE },
	{ FRAME_RESTRICT, FRAME_CASE, FRAME_DESK, CASEWORK, AUTH_RECEIVING },
	{ FRAME_RESTRICT, FRAME_CASE, AUTH_RECUSE, CASEWORK | ROSTER_AU,
	  AUTH_RECEIVING | AUTH_GIVEN },
	{ FRAME_RESTRICT, FRAME_CASE, AUTH_LIFT, ROSTER_LEAD, AUTH_RECEIVING },
	{ FRAME_RESTRICT, FRAME_CASE, AUTH_LIFT, CASEWORK, SUPERVISE },
	/* Who was handed a case hands it to nobody. */
	{ FRAME_RESEAL, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES },
	{ FRAME_STATEMENT, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES },
	{ FRAME_JUNK, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES | AUTH_BACKSTOP },

	{ FRAME_LIST, PAY, ANY_THREAD, PAYERS, AUTH_RECEIVING },
	{ FRAME_LIST, PAY, ANY_THREAD, ROSTER_SR, AUTH_WRITER },
	{ FRAME_FETCH, PAY, FRAME_SOURCE, ROSTER_RW, AUTH_RECEIVING },
	{ FRAME_FETCH, PAY, FRAME_DESK, PAYERS, AUTH_RECEIVING },
	{ FRAME_FETCH, PAY, FRAME_READS, PAYERS, AUTH_RECEIVING },
	{ FRAME_FETCH, PAY, FRAME_DESK, ROSTER_SR, AUTH_WRITER },
	{ FRAME_DESK_APPEND, PAY, FRAME_SOURCE, ROSTER_RW, AUTH_RECEIVING },
	{ FRAME_DESK_APPEND, PAY, FRAME_DESK, ROSTER_RW | ROSTER_LEAD, AUTH_RECEIVING },
	{ FRAME_DESK_APPEND, PAY, FRAME_DESK, ROSTER_SR, AUTH_WRITER },
	{ FRAME_ACKNOWLEDGE, PAY, ANY_THREAD, ROSTER_RW, AUTH_RECEIVING },
	{ FRAME_CLOSE, PAY, ANY_THREAD, ROSTER_RW, AUTH_RECEIVING },
	{ FRAME_STATEMENT, PAY, ANY_THREAD, ROSTER_RW, AUTH_RECEIVING },

	SEES(FRAME_LIST, ANY_THREAD, EVERYBODY),
	SEES(FRAME_FETCH, FRAME_DESK, EVERYBODY),
	SEES(FRAME_FETCH, FRAME_READS, EVERYBODY),
	/* The hashes of the parts, and the layers when all is over. */
	SEES(FRAME_FETCH, FRAME_PARTS, EVERYBODY),
	{ FRAME_FETCH, SEALED, AUTH_HALF_A, ROSTER_SR, AUTH_SIDE_A },
	{ FRAME_FETCH, SEALED, AUTH_HALF_B, ROSTER_TL, AUTH_SIDE_B },
	SEES(FRAME_DESK_APPEND, FRAME_DESK, ORDERWORK),
	/* What was betrayed is planned anew one level above. */
	{ FRAME_LIST, SEALED, ANY_THREAD, ROSTER_PL, AUTH_ANEW },
	{ FRAME_FETCH, SEALED, FRAME_DESK, ROSTER_PL, AUTH_ANEW },
	{ FRAME_FETCH, SEALED, FRAME_READS, ROSTER_PL, AUTH_ANEW },
	{ FRAME_DESK_APPEND, SEALED, FRAME_DESK, ROSTER_PL, AUTH_ANEW },
	{ FRAME_ORDER_SEAL, FRAME_ORDER, ANY_THREAD, ROSTER_PL, AUTH_OWN },
	{ FRAME_PART_PUT, SEALED, FRAME_PARTS, ROSTER_PL, AUTH_WRITER },
	{ FRAME_PART_PUT, SEALED, AUTH_CODES, ROSTER_SR, AUTH_SIDE_A },
	{ FRAME_PART_TAKE, SEALED, FRAME_PARTS, ROSTER_TL, AUTH_SIDE_B },
	{ FRAME_STOP, SEALED, ANY_THREAD, ROSTER_PL | ROSTER_SR, AUTH_WRITER },
	{ FRAME_STOP, SEALED, ANY_THREAD, ROSTER_SR, AUTH_ABOVE | AUTH_SIDE_A },
	{ FRAME_STOP, SEALED, ANY_THREAD, ROSTER_TL, AUTH_SIDE_B },
	/* Photos are of who went: the B side, and when its time is over all of its desk. */
	{ FRAME_PHOTO, SEALED, ANY_THREAD, ROSTER_TL, AUTH_SIDE_B },
	{ FRAME_PHOTO, SEALED, ANY_THREAD, ROSTER_TL | ROSTER_IN, AUTH_RECEIVING },
	SEES(FRAME_FETCH, FRAME_ATTACH, EVERYBODY),

	{ FRAME_ORDER_OPEN, FRAME_ORDER, ANY_THREAD, CASEWORK, AUTH_OWN },
	{ FRAME_BOOK_OPEN, FRAME_BOOK, FRAME_DESK, CASEWORK, AUTH_OWN },
	{ FRAME_BOOK_OPEN, FRAME_BOOK, AUTH_OVER, ROSTER_LEAD, AUTH_OWN },
	{ FRAME_BOOK_OPEN, FRAME_BOOK, AUTH_PAY, ROSTER_SR, AUTH_OWN },
	{ FRAME_BOOK_OPEN, FRAME_BOOK, AUTH_TELL, ROSTER_TR | ROSTER_SR | ROSTER_IG, AUTH_OWN },
	{ FRAME_ROTA, FRAME_BOOK, FRAME_DESK, CASEWORK, AUTH_RECEIVING },
	{ FRAME_ROTA, FRAME_BOOK, AUTH_OVER, ROSTER_LEAD, AUTH_ABOVE },
	{ FRAME_PURGE, ANY_THREAD, ANY_THREAD, CASEWORK, AUTH_OWN },
	{ FRAME_ACCOUNT, ANY_THREAD, ANY_THREAD, CASEWORK | ROSTER_AU, AUTH_OWN },
	{ FRAME_KEY_PUT, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_KEY_GET, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_ROSTER_PUT, ANY_THREAD, ANY_THREAD, ROSTER_RG, AUTH_OWN },
	{ FRAME_ROSTER_GET, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_COSIGN, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_CHECKPOINT, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
};

static const struct auth_act acts[] = {
	{ FRAME_FETCH, 0, 1, "read an entry", "a desk to which it is open",
	  "the desk, the desk above, the backstop: a read record", "not at all" },
	{ FRAME_ACKNOWLEDGE, 0, 1, "acknowledge", "who has opened the tip",
	  "the desk, the desk above, the backstop, the source",
	  "nothing to undo: the other terms go on" },
	{ FRAME_STATEMENT, 0, 1, "say that the desk has opened it", "a desk to which it is open",
	  "the source", "not at all" },
	{ FRAME_DESK_APPEND, 0, 1, "reply", "a desk to which the case is open",
	  "the desk, the desk above, the backstop (count, held ones too), the source",
	  "it ends the answer clock only; the term of 10 or 2 days goes on" },
	{ FRAME_CLOSE, 0, 2, "close",
	  "two of the receiving desk, or of those to whom it was handed",
	  "the desk above and the backstop, 7 days before it takes effect",
	  "an objection, or a new message of the source" },
	{ FRAME_OBJECT, 0, 1, "object to a closing", "the desk above or the backstop",
	  "the receiving desk, the desk above, the backstop",
	  "two close again, with 7 days once more; the bytes stay open" },
	{ FRAME_ABOVE, 0, 2, "open to the desk above or the backstop",
	  "one of the receiving desk with another of a desk of the case",
	  "the desk, the desk above, the backstop", "not at all" },
	{ FRAME_RESTRICT, 0, 2, "say from whom of the desk a case is hidden",
	  "two of the receiving desk to whom it is shown",
	  "those to whom it stays shown; the desk above and the backstop: that it was said",
	  "two say it anew; lifted by the lead, the desk above or the backstop" },
	{ FRAME_RESTRICT, AUTH_LIFT, 1, "hide a case from nobody of its desk",
	  "the lead of the receiving desk to whom it is shown, the desk above, the backstop",
	  "the desk, the desk above, the backstop", "two say it anew" },
	{ FRAME_RESTRICT, AUTH_RECUSE, 1, "take oneself off a case",
	  "a member of the receiving desk to whom it is shown",
	  "those to whom it stays shown; the desk above, where fewer than two are left",
	  "the lead, the desk above or the backstop hides it from nobody" },
	{ FRAME_RESEAL, 0, 2, "hand a case to one or two members of another desk, or take it back",
	  "two of desks to which it is open; they name no more than two, of one desk",
	  "to whom it was handed, the desk, the desk above, the backstop",
	  "two name others, or nobody" },
	{ FRAME_JUNK, 0, 2, "call a case junk that nobody has acknowledged",
	  "two of two desks to which the case is open, one of which may be the backstop",
	  "the desk, the desk above, the backstop, 7 days before the vault removes it",
	  "an acknowledgement, or a new message of the source" },
	{ FRAME_BOOK_OPEN, 0, 1, "open a book and write into it",
	  "a member of its desk, or a lead of the desk above; then they and the backstop, too",
	  "the desk, the desk above, the backstop", "not at all" },
	{ FRAME_BOOK_OPEN, AUTH_PAY, 1, "open a reward at the desk that pays",
	  "an SR of an oversight desk; another one signs it",
	  "the desk that pays; the desk that opened it, until it is signed", "not at all" },
	{ FRAME_BOOK_OPEN, AUTH_TELL, 1, "tell a desk of level 3 or 4 of an accident",
	  "a TR, SR or IG of any other desk",
	  "that desk, the desk above it, the backstop, the desk that tells", "not at all" },
	{ FRAME_ROTA, 0, 2, "set or end who is on duty", "the lead and another of the desk",
	  "the desk, the desk above, the backstop",
	  "they or the lead of the desk above set it anew" },
	{ FRAME_ROTA, AUTH_OVER, 1, "set or end who is on duty at a desk below",
	  "a lead of the desk above", "the desk, the desk above, the backstop",
	  "the lead and another of the desk set it anew" },
	{ FRAME_ORDER_SEAL, 0, 1, "seal an order",
	  "a planner of a planning desk, who is on neither side",
	  "the planning desk, both sides, the desk above, the backstop: whom it names, and its first hour",
	  "a stop; without all its parts it is dropped" },
	{ FRAME_PART_PUT, 0, 1, "put a part of an order",
	  "the planner who sealed it; a code: one of the A side", "who sees the order: its hash",
	  "not at all: a place is written once" },
	{ FRAME_PART_PUT, AUTH_SHARE, 1, "leave a share of a plan with those above",
	  "who opened the plan, then another of its desk",
	  "the desk, the desk above, the backstop: its hash; once both stand, the last two: the bytes, with a record",
	  "not at all: a place is written once" },
	{ FRAME_PART_TAKE, 0, 1, "take a layer of an order",
	  "one of its B side, from the hour of the layer on",
	  "who sees the order: an entry, and the taker's own signature", "not at all" },
	{ FRAME_STOP, 0, 2, "cancel an order",
	  "two of its sides, its planning desk and the desk above; from its first hour on two SR",
	  "who sees the order", "not at all" },
	{ FRAME_STOP, AUTH_NOW, 1, "stop an order at once",
	  "one of its sides, its planning desk or the desk above", "who sees the order",
	  "not at all: another order, with other people" },
	{ FRAME_STOP, AUTH_HOLD, 2, "put an order under legal hold",
	  "two SR of its A side, its planning desk and the desk above", "who sees the order",
	  "two end it" },
	{ FRAME_PHOTO, 0, 1, "add a photo of a visit",
	  "one of the B side, from the first hour of the order on; three days later its desk",
	  "who sees the order: how many, and who fetched one",
	  "not at all: a part is written once" },
	{ FRAME_PURGE, 0, 1, "allow a purge", "the backstop; then the operator removes",
	  "the log of the gateway; the source: *closed and removed*",
	  "withdrawn by another frame until the operator runs it" },
};

const struct auth_act *
auth_act_table(size_t *cnt)
{
	*cnt = sizeof(acts) / sizeof(acts[0]);
	return acts;
}

unsigned
auth_persons(uint8_t op, uint8_t variant)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (acts[i].op == op && acts[i].variant == variant)
			return acts[i].persons;
	return 1;
}

unsigned
auth_relations(const struct roster *r, const struct store_log *log, uint16_t desk)
{
	unsigned rel = 0;
	if (!desk)
		return 0;
	const struct roster_desk *receiving = roster_find(r, log->desk);
	const struct roster_desk *under = log->order.hour0 ? roster_find(r, log->origin)
							   : receiving;
	uint16_t above = under ? under->above : 0;
	if (log->desk == desk)
		rel |= AUTH_RECEIVING;
	if (above == desk)
		rel |= AUTH_ABOVE | (log->above ? AUTH_ABOVE_OPEN : 0u);
	if (r->backstop == desk) {
		rel |= AUTH_BACKSTOP | (log->backstop ? AUTH_BACKSTOP_OPEN : 0u) |
		       (receiving ? 0u : AUTH_HEIR);
		/* A desk with nobody above, or one that left the roster, answers to the backstop.
		 */
		if (!above && log->above)
			rel |= AUTH_ABOVE_OPEN;
	}
	if (log->kind != FRAME_CASE && log->origin == desk)
		rel |= AUTH_WRITER;
	return rel;
}

bool
auth_named(const uint8_t (*list)[KEY_HANDLE_LEN], size_t cnt,
	   const uint8_t handle[static KEY_HANDLE_LEN])
{
	bool found = false;
	for (size_t i = 0; i < cnt; i++)
		found = found || !memcmp(list[i], handle, KEY_HANDLE_LEN);
	return found;
}

/* Whether it was handed to this member, and nothing has been said against it since. */
static bool
is_given(const struct store_log *log, const struct roster_member *m)
{
	return m->desk && m->desk == log->given_desk &&
	       auth_named(log->given, FRAME_GIVEN_MAX, m->handle) &&
	       !auth_named(log->recused, STORE_NAMES, m->handle) &&
	       !(log->limited && auth_named(log->hidden, FRAME_HIDDEN_CNT, m->handle));
}

unsigned
auth_relations_of(const struct roster *r, const struct store_log *log,
		  const struct roster_member *m)
{
	return auth_relations(r, log, m->desk) | (is_given(log, m) ? AUTH_GIVEN : 0u);
}

bool
auth_admits(const struct store_log *log, const struct auth_duty *duty,
	    const uint8_t handle[static KEY_HANDLE_LEN])
{
	if (auth_named(log->recused, STORE_NAMES, handle))
		return false;
	if (log->limited)
		return !auth_named(log->hidden, FRAME_HIDDEN_CNT, handle);
	return !log->guarded || !duty || !duty->cnt ||
	       auth_named(log->given, FRAME_GIVEN_MAX, handle) ||
	       auth_named(duty->handle, duty->cnt, handle) ||
	       auth_named(log->seen, STORE_NAMES, handle);
}

/*
 * To a sealed order. Nobody sees one but the desk that writes it before all its parts stand, and
 * the receiving desk only when its time is over: a leader's colleagues must not learn of a visit.
 * Who is named and has left the desk or the role is on no side any more. The desk above is that of
 * the planners (auth_relations): the office above those who go is often that of the place.
 */
static unsigned
order_relations(const struct auth_ask *ask, unsigned rel)
{
	const struct store_order *o = &ask->log->order;
	const struct roster_member *m = ask->member;
	const struct roster_desk *by = roster_find(ask->roster, ask->log->origin);
	if (ask->log->state == STORE_JUNK)
		return 0;
	if (!STORE_ORDER_WHOLE(o))
		return rel & AUTH_WRITER;
	if (!o->shown)
		rel &= ~(unsigned)AUTH_RECEIVING;
	/* A desk with nobody above answers to the backstop. */
	if ((rel & AUTH_BACKSTOP) && !(by && by->above))
		rel |= AUTH_ABOVE;
	if ((rel & AUTH_ABOVE) && o->stopped)
		rel |= AUTH_ANEW;
	if (m->desk == o->a_desk && (m->roles & ROSTER_SR) &&
	    auth_named(o->side[0], ORDER_PERSONS, m->handle))
		rel |= AUTH_SIDE_A;
	if (m->desk == ask->log->desk && (m->roles & ROSTER_TL) &&
	    auth_named(o->side[1], ORDER_PERSONS, m->handle))
		rel |= AUTH_SIDE_B;
	return rel;
}

/* To a log at the desk that pays. A reward is shown to the desk that opened it until two of that
 * have signed, and to the desk that pays from then on: neither sees what the other does. */
static unsigned
pay_relations(const struct store_log *log, unsigned rel)
{
	bool reward = log->kind == FRAME_BOOK && log->origin != log->desk;
	return rel & (reward && log->desk_entries < PAY_SIGNS ? AUTH_WRITER : AUTH_RECEIVING);
}

static bool
pays(const struct roster *r, const struct store_log *log)
{
	const struct roster_desk *at = roster_find(r, log->desk);
	return at && at->kind == ROSTER_REWARD && log->kind != FRAME_ORDER;
}

bool
auth_allows(const struct auth_ask *ask)
{
	const struct roster_member *m = ask->member;
	unsigned rel = AUTH_OWN;
	uint8_t kind = ask->kind;
	if (ask->desk != m->desk)
		return false;
	if (ask->log) {
		rel = auth_relations_of(ask->roster, ask->log, m);
		if (ask->log->kind != ask->kind)
			return false;
		/* What hides a case inside its desk never binds a desk that supervises. */
		if ((rel & AUTH_RECEIVING) && !auth_admits(ask->log, ask->duty, m->handle))
			return false;
		if (ask->log->order.hour0) {
			rel = order_relations(ask, rel);
			kind = SEALED;
		} else if (pays(ask->roster, ask->log)) {
			rel = pay_relations(ask->log, rel);
			kind = PAY;
		}
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct auth_rule *r = &rules[i];
		if (r->op == ask->op && (r->kind == ANY_THREAD || r->kind == kind) &&
		    (r->thread == ANY_THREAD || r->thread == ask->thread) &&
		    (r->roles & m->roles) && (r->relations & rel))
			return true;
	}
	return false;
}

bool
auth_lists(const struct auth_ask *ask)
{
	struct auth_ask a = *ask;
	a.op = FRAME_LIST;
	a.thread = 0;
	return auth_allows(&a);
}
