/*
 * The shares of a plan (op 0x51 on a book, FORMATS.md section 16): the random numbers that two
 * members of a planning desk have committed to. Each leaves his own here, sealed to the desk above
 * and the backstop, before he may see the other's. Who refuses to reveal, because he does not like
 * the draw, changes nothing then: the desk above reveals in his place.
 *
 * A place is written once, first by who opened the plan, then by somebody else of the desk. Both
 * stand before either is given, and never to the desk that draws.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#define BOTH ((1u << FRAME_SHARES) - 1)

uint8_t
vault_share_thread(uint32_t number)
{
	return number == FRAME_PART_LIST ? FRAME_PARTS : AUTH_SHARE;
}

/* The first is that of who opened the plan, the second somebody else's, when the first stands. */
static bool
is_turn(const struct vault_call *c, const struct store_log *log, uint32_t place)
{
	bool opener = !memcmp(log->order.sealer, c->member->handle, KEY_HANDLE_LEN);
	return place ? !opener && (log->order.parts & 1) : opener;
}

int
vault_share_put(struct vault_call *c)
{
	struct store_log log;
	struct store_entry e = { .thread = FRAME_PARTS,
				 .number = c->req.routing.number,
				 .source = STORE_NO_NUMBER,
				 .day = vault_day(c->v),
				 .desk = c->member->desk };
	bool stands;
	int status = vault_write_find(c, &log, AUTH_SHARE);
	if (status != FRAME_OK)
		return status;
	if (!is_turn(c, &log, e.number))
		return FRAME_NOT_FOUND;
	key_sha256(e.hash, c->req.body, FRAME_BODY_LEN);
	status = vault_part_stands(c, &log, &e, &stands);
	return status != FRAME_OK || stands ? status : vault_part_add(c, &log, &e);
}

int
vault_share_fetch(struct vault_call *c, struct store_log *log)
{
	uint32_t number = c->req.routing.number;
	if (number == FRAME_PART_LIST)
		return vault_part_list(c, log);
	/* A backstop that draws a plan of its own is above itself. */
	if (number >= FRAME_SHARES || log->order.parts != BOTH || c->member->desk == log->desk)
		return FRAME_NOT_FOUND;
	c->out.number = number;
	c->out.count = log->desk_entries;
	return vault_part_give(c, log, number);
}
