/*
 * One request: its row in the table of operations, its sender, its handler (FORMATS.md section 4).
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>

#define STALE_MINUTES 10

static int
op_decoy(struct vault_call *c)
{
	(void)c;
	return FRAME_OK;
}

/* The operations of FORMATS.md section 4. */
static const struct vault_op {
	uint8_t op;
	bool member; /* sent by a member */
	int (*serve)(struct vault_call *c);
} ops[] = {
	{ FRAME_DECOY, false, op_decoy },
	{ FRAME_OPEN, false, vault_source_open },
	{ FRAME_APPEND, false, vault_source_append },
	{ FRAME_CHUNK, false, vault_source_chunk },
	{ FRAME_POLL, false, vault_source_poll },
	{ FRAME_OPENED, false, vault_source_opened },
	{ FRAME_LIST, true, vault_desk_list },
	{ FRAME_FETCH, true, vault_desk_fetch },
	{ FRAME_DESK_APPEND, true, vault_desk_append },
	{ FRAME_ACKNOWLEDGE, true, vault_desk_acknowledge },
	{ FRAME_CLOSE, true, vault_desk_close },
	{ FRAME_JUNK, true, vault_desk_junk },
	{ FRAME_RESTRICT, true, vault_desk_restrict },
	{ FRAME_KEY_PUT, true, vault_key_put },
	{ FRAME_KEY_GET, true, vault_key_get },
	{ FRAME_ROSTER_PUT, true, vault_roster_put },
	{ FRAME_ROSTER_GET, true, vault_roster_get },
	{ FRAME_ORDER_OPEN, true, vault_desk_order },
	{ FRAME_BOOK_OPEN, true, vault_desk_book },
	{ FRAME_ROTA, true, vault_desk_rota },
	{ FRAME_ABOVE, true, vault_desk_above },
	{ FRAME_RESEAL, true, vault_desk_reseal },
	{ FRAME_PURGE, true, vault_desk_purge },
	{ FRAME_OBJECT, true, vault_desk_object },
	{ FRAME_STATEMENT, true, vault_desk_statement },
	{ FRAME_COSIGN, true, vault_log_cosign },
	{ FRAME_CHECKPOINT, true, vault_log_checkpoint },
	{ FRAME_ACCOUNT, true, vault_desk_account },
	{ FRAME_ORDER_SEAL, true, vault_order_seal },
	{ FRAME_PART_PUT, true, vault_order_part },
	{ FRAME_PART_TAKE, true, vault_order_take },
	{ FRAME_STOP, true, vault_order_stop },
	{ FRAME_PHOTO, true, vault_order_photo },
};

static bool
minute_stale(const struct vault *v, uint64_t minute)
{
	return minute > v->minute + STALE_MINUTES || v->minute > minute + STALE_MINUTES;
}

static int
find_member(struct vault_call *c)
{
	c->member = vault_member(c->v, c->req.key);
	/* No members note can name the sender of the first roster yet. */
	if (!c->member && !(c->req.op == FRAME_ROSTER_PUT && !c->v->roster))
		return FRAME_NOT_FOUND;
	/* Read for every request of a member, whatever it asks for. */
	int err = c->member ? vault_rota_today(c->v, c->member->desk, &c->duty) : 0;
	return err ? err : FRAME_OK;
}

static int
serve_op(struct vault_call *c, const struct vault_op *op)
{
	const struct frame_op *form = frame_op_find(op->op);
	if (frame_request_verify(c->frame, &c->digest, c->v->keys->card.id))
		return FRAME_BAD;
	if (form && !form->timeless && minute_stale(c->v, c->req.minute))
		return FRAME_STALE;
	if (op->member) {
		int status = find_member(c);
		if (status != FRAME_OK)
			return status;
	}
	return op->serve(c);
}

int
vault_serve(struct vault_call *c)
{
	int status = FRAME_BAD;
	frame_digest(&c->digest, c->frame);
	if (!frame_request_parse(&c->req, c->frame))
		for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
			if (ops[i].op == c->req.op)
				status = serve_op(c, &ops[i]);
	if (status < 0 || c->wrote || c->v->store_full)
		return status;
	/* Every request, whatever it was, writes as much as a tip. */
	uint8_t hash[32];
	frame_body_hash(hash, c->frame, &c->digest);
	int err = store_pad(c->v->store, hash, c->frame + FRAME_BODY_AT, c->v->tlog.on);
	return err ? err : status;
}
