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

#define STATEMENTS_SHOWN 64 /* a statement of each desk of a roster */

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
	if (err)
		return FRAME_OK;
	uint8_t record[STATEMENT_RECORD_LEN];
	statement_put(record, &said, st.sig);
	err = vault_tlog_say(c->v, VAULT_SAID_OPENED, log.id, record, sizeof(record));
	return err ? err : FRAME_OK;
}

/* Where dozens have cosigned and dozens have stated, the last cosignatures find no room. */
static bool
line_drop(struct log_proof *p)
{
	size_t len = p->checkpoint_len ? p->checkpoint_len - 1 : 0;
	while (len && p->checkpoint[len - 1] != '\n')
		len--;
	p->checkpoint_len = len;
	return len > 0;
}

/* Behind the statements: where the frame stands in the public log that the request names. */
static int
opened_proof(struct vault_call *c, const struct store_log *log, size_t at)
{
	uint8_t checkpoint[VAULT_CHECKPOINT_MAX];
	struct log_proof p;
	struct store_entry e;
	struct bufw w;
	int err = store_entry_by_source(c->v->store, &e, log->n, c->req.routing.number);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_BAD : err;
	c->out.hour = e.day * 24;
	err = vault_tlog_prove(c->v, &e, &p, checkpoint);
	if (err)
		return err;
	do {
		bufw_init(&w, c->body + at, FRAME_BODY_LEN - at);
		err = log_proof_put(&w, &p);
	} while (err == ERR_FULL && line_drop(&p));
	c->body_len = FRAME_BODY_LEN;
	return err ? err : FRAME_OK;
}

int
vault_source_opened(struct vault_call *c)
{
	const size_t cap = STATEMENTS_SHOWN;
	struct store_statement st[STATEMENTS_SHOWN];
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
	return opened_proof(c, &log, cnt * STATEMENT_RECORD_LEN);
}
