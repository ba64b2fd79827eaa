/*
 * Which desks have opened a case: statements of desks, signed with the voice key of their epoch,
 * and their way to the source (FORMATS.md sections 4 and 8). The vault has no voice key, so it can
 * pass a statement on or withhold it, and cannot make one.
 */
#include "server/vault/vault.h"

#include "crypto/epoch.h"
#include "crypto/err.h"
#include "crypto/statement.h"

#include <sodium.h>

/* The voice of that desk and epoch: FRAME_OK; FRAME_BAD where the vault has no such certificate. */
static int
voice_of(struct vault_call *c, uint8_t voice[static KEY_SIGN_PUBLIC_LEN])
{
	struct store_key key = { .desk = c->req.routing.desk,
				 .epoch = c->req.routing.number,
				 .kind = FRAME_KEY_CERT };
	struct epoch e;
	int err = store_key_get(c->v->store, &key, c->body);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_BAD : err;
	if (!key.complete || epoch_verify(&e, c->body, key.len, c->v->roster, EPOCH_COMPLETE) ||
	    !epoch_current(&e, vault_day(c->v)))
		return FRAME_BAD;
	memcpy(voice, e.voice, sizeof(e.voice));
	return FRAME_OK;
}

static void
statement_of(struct statement *s, const struct vault *v, const struct store_log *log)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->gateway, v->keys->card.id, sizeof(s->gateway));
	memcpy(s->id, log->id, sizeof(s->id));
	memcpy(s->t, log->opened, sizeof(s->t));
}

int
vault_desk_statement(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct store_statement st = { .desk = q->desk, .epoch = q->number, .day = q->hour / 24 };
	uint8_t voice[KEY_SIGN_PUBLIC_LEN];
	struct store_log log;
	struct statement said;
	int status = vault_write_find(c, &log, FRAME_DESK);
	if (status != FRAME_OK)
		return status;
	/* Before t was shown, the vault cannot check what the statement says. */
	if (sodium_is_zero(log.opened, sizeof(log.opened)) || st.day != vault_day(c->v))
		return FRAME_BAD;
	status = voice_of(c, voice);
	if (status != FRAME_OK)
		return status;
	statement_of(&said, c->v, &log);
	said.desk = st.desk;
	said.epoch = st.epoch;
	said.day = st.day;
	memcpy(st.sig, q->proof, 32);
	memcpy(st.sig + 32, q->hash, 32);
	if (statement_verify(&said, st.sig, voice))
		return FRAME_BAD;
	int err = store_statement_add(c->v->store, log.n, &st);
	if (err && err != ERR_DUP)
		return err;
	c->wrote = !err;
	return FRAME_OK;
}

int
vault_source_opened(struct vault_call *c)
{
	const size_t cap = FRAME_BODY_LEN / STATEMENT_RECORD_LEN;
	struct store_statement st[FRAME_BODY_LEN / STATEMENT_RECORD_LEN];
	struct store_log log;
	struct statement said;
	size_t cnt;
	int err = store_log_get(c->v->store, &log, FRAME_CASE, c->req.routing.id);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	err = store_statement_list(c->v->store, st, cap, &cnt, log.n);
	if (err)
		return err;
	statement_of(&said, c->v, &log);
	memset(c->body, 0, FRAME_BODY_LEN);
	for (size_t i = 0; i < cnt; i++) {
		said.desk = st[i].desk;
		said.epoch = st[i].epoch;
		said.day = st[i].day;
		statement_put(c->body + i * STATEMENT_RECORD_LEN, &said, st[i].sig);
	}
	memcpy(c->out.id, log.id, sizeof(c->out.id));
	c->out.count = (uint32_t)cnt;
	c->body_len = FRAME_BODY_LEN;
	return FRAME_OK;
}
