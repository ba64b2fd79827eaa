/*
 * The table that decides who may do what; see auth.h. It reads nothing but the roster and the log
 * it is given.
 */
#include "server/vault/auth.h"

#define ANY_THREAD 0xff
#define CASEWORK   (ROSTER_TR | ROSTER_SR | ROSTER_PL | ROSTER_IG | ROSTER_RW | ROSTER_LEAD)
#define ORDERWORK  (ROSTER_PL | ROSTER_SR | ROSTER_TL | ROSTER_IN | ROSTER_IG | ROSTER_LEAD)
#define EVERYBODY  0xffff
#define BYTES      (AUTH_RECEIVING | AUTH_ABOVE_OPEN)
#define EXISTENCE  (AUTH_RECEIVING | AUTH_ABOVE | AUTH_ABOVE_OPEN | AUTH_BACKSTOP)

/* A request passes if one row names its op, kind and thread, one of the member's roles, and one of
 * the desk's relations. */
static const struct auth_rule {
	uint8_t op, kind, thread;
	uint16_t roles;
	uint8_t relations;
} rules[] = {
	{ FRAME_LIST, FRAME_CASE, ANY_THREAD, CASEWORK | ROSTER_AU, EXISTENCE },
	{ FRAME_LIST, FRAME_ORDER, ANY_THREAD, ORDERWORK | ROSTER_AU, EXISTENCE },

	{ FRAME_FETCH, FRAME_CASE, FRAME_SOURCE, CASEWORK, BYTES },
	{ FRAME_FETCH, FRAME_CASE, FRAME_ATTACH, CASEWORK, BYTES },
	{ FRAME_FETCH, FRAME_CASE, FRAME_DESK, CASEWORK | ROSTER_AU, BYTES },
	{ FRAME_FETCH, FRAME_CASE, FRAME_READS, CASEWORK | ROSTER_AU, EXISTENCE },
	{ FRAME_FETCH, FRAME_ORDER, FRAME_DESK, ORDERWORK, AUTH_RECEIVING | AUTH_WRITER },
	{ FRAME_FETCH, FRAME_ORDER, FRAME_READS, ORDERWORK | ROSTER_AU, EXISTENCE | AUTH_WRITER },

	{ FRAME_DESK_APPEND, FRAME_CASE, FRAME_SOURCE, CASEWORK, BYTES },
	{ FRAME_DESK_APPEND, FRAME_CASE, FRAME_DESK, CASEWORK, BYTES },
	{ FRAME_DESK_APPEND, FRAME_ORDER, FRAME_DESK, ORDERWORK, AUTH_RECEIVING },
	{ FRAME_ACKNOWLEDGE, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES },
	{ FRAME_STATEMENT, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES },
	{ FRAME_CLOSE, FRAME_CASE, ANY_THREAD, CASEWORK, BYTES },
	{ FRAME_RESTRICT, FRAME_CASE, ANY_THREAD, CASEWORK, AUTH_RECEIVING },

	{ FRAME_ORDER_OPEN, FRAME_ORDER, ANY_THREAD, CASEWORK | ORDERWORK, AUTH_OWN },
	{ FRAME_KEY_PUT, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_KEY_GET, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
	{ FRAME_ROSTER_PUT, ANY_THREAD, ANY_THREAD, ROSTER_RG, AUTH_OWN },
	{ FRAME_ROSTER_GET, ANY_THREAD, ANY_THREAD, EVERYBODY, AUTH_OWN },
};

unsigned
auth_relations(const struct roster *r, const struct store_log *log, uint16_t desk)
{
	unsigned rel = 0;
	if (!desk)
		return 0;
	const struct roster_desk *receiving = roster_find(r, log->desk);
	uint16_t above = receiving ? receiving->above : 0;
	if (log->desk == desk)
		rel |= AUTH_RECEIVING;
	if (above == desk)
		rel |= AUTH_ABOVE | (log->above ? AUTH_ABOVE_OPEN : 0u);
	if (r->backstop == desk) {
		rel |= AUTH_BACKSTOP;
		/* A desk with nobody above, or one that left the roster, answers to the backstop.
		 */
		if (!above && log->above)
			rel |= AUTH_ABOVE_OPEN;
	}
	if (log->kind == FRAME_ORDER && log->origin == desk)
		rel |= AUTH_WRITER;
	return rel;
}

static bool
is_reader(const struct store_log *log, const uint8_t handle[static KEY_HANDLE_LEN])
{
	for (unsigned i = 0; i < log->reader_cnt; i++)
		if (!memcmp(log->reader[i], handle, KEY_HANDLE_LEN))
			return true;
	return false;
}

bool
auth_allows(const struct auth_ask *ask)
{
	const struct roster_member *m = ask->member;
	unsigned rel = AUTH_OWN;
	if (ask->desk != m->desk)
		return false;
	if (ask->log) {
		rel = auth_relations(ask->roster, ask->log, m->desk);
		if (ask->log->kind != ask->kind)
			return false;
		if ((rel & AUTH_RECEIVING) && ask->log->reader_cnt &&
		    !is_reader(ask->log, m->handle))
			return false;
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct auth_rule *r = &rules[i];
		if (r->op == ask->op && (r->kind == ANY_THREAD || r->kind == ask->kind) &&
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
