/*
 * The cosignatures of the newest checkpoint (FORMATS.md sections 4 and 19). The vault has no
 * network, so members bring what outside witnesses have signed; a desk cosigns for itself. Nothing
 * is kept that does not verify with a key of the roster or of a certificate.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <string.h>

#define AHEAD_SECONDS 600 /* the clock of a witness may be before ours */

/* The newest checkpoint, read. */
struct newest {
	uint8_t bytes[VAULT_CHECKPOINT_MAX];
	struct note note; /* borrows bytes */
};

static int
newest_get(struct vault *v, struct newest *n)
{
	size_t len;
	int err = v->tlog.on ? vault_tlog_checkpoint(v, n->bytes, &len) : ERR_NOT_FOUND;
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	return note_parse(&n->note, n->bytes, len) ? ERR_IO : FRAME_OK;
}

/* Whether this member may bring a cosignature of that time by the i-th of the list. A desk speaks
 * for itself, and not by the minute. */
static bool
may_bring(const struct vault_call *c, const struct cosigners *by, size_t i, uint64_t time)
{
	uint64_t now = c->v->minute * 60;
	if (time > now + AHEAD_SECONDS || time + COSIGN_FRESH_SECONDS < now)
		return false;
	return !by->desk[i] || (by->desk[i] == c->member->desk && time % COSIGN_BATCH_SECONDS == 0);
}

static bool
wanted(const struct vault_call *c, const struct cosigners *by, const struct note_sig *sig)
{
	for (size_t i = 0; i < by->cnt; i++)
		if (note_sig_claims(sig, NOTE_COSIGNATURE, &by->key[i]))
			return may_bring(c, by, i, sig->time);
	return false;
}

/* Puts a cosignature into the note: in place of the one that has its name, where it is newer.
 * ERR_FULL where there is no room. */
static int
note_add(struct note *note, const struct note_sig *sig)
{
	for (size_t i = 0; i < note->sig_cnt; i++) {
		struct note_sig *old = &note->sig[i];
		if (old->kind != NOTE_COSIGNATURE || old->name_len != sig->name_len ||
		    memcmp(old->name, sig->name, sig->name_len) != 0)
			continue;
		if (sig->time > old->time)
			*old = *sig;
		return 0;
	}
	if (note->sig_cnt == NOTE_SIG_MAX)
		return ERR_FULL;
	note->sig[note->sig_cnt++] = *sig;
	return 0;
}

/* Writes the checkpoint with what was brought added to it. */
static int
keep(struct vault_call *c, const struct cosigners *by, struct newest *n, const struct note *brought)
{
	uint8_t bytes[VAULT_CHECKPOINT_MAX];
	struct cosigned seen;
	struct bufw w;
	size_t good = 0;
	int err = 0;
	for (size_t i = 0; !err && i < brought->sig_cnt; i++) {
		if (!wanted(c, by, &brought->sig[i]))
			continue;
		good++;
		err = note_add(&n->note, &brought->sig[i]);
	}
	if (!good)
		return FRAME_BAD;
	bufw_init(&w, bytes, sizeof(bytes));
	if (!err)
		err = note_merge(&w, &n->note, 1);
	if (err)
		return err == ERR_FULL ? FRAME_FULL : err;
	if (cosigners_count(&seen, by, &n->note, c->v->minute * 60))
		return ERR_IO;
	c->out.count = (uint32_t)seen.cnt;
	c->wrote = true;
	err = vault_tlog_cosigned(c->v, bytes, w.len, cosigned_enough(&seen, c->v->roster->quorum));
	return err ? err : FRAME_OK;
}

int
vault_log_cosign(struct vault_call *c)
{
	struct cosigners by;
	struct cosigned seen;
	struct newest n;
	struct note brought;
	struct bundle b;
	int status = newest_get(c->v, &n);
	if (status != FRAME_OK)
		return status;
	if (note_parse(&brought, c->req.body, c->req.routing.length))
		return FRAME_BAD;
	/* A batch was closed since: what was signed is of an older checkpoint. */
	if (brought.text_len != n.note.text_len ||
	    memcmp(brought.text, n.note.text, n.note.text_len) != 0)
		return FRAME_BEHIND;
	int err = bundle_parse(&b, c->v->bundle, c->v->bundle_len, &c->v->keys->card.roots);
	if (err)
		return err == ERR_MEM ? err : FRAME_BUSY;
	cosigners_of(&by, &b);
	bundle_free(&b);
	if (cosigners_count(&seen, &by, &brought, c->v->minute * 60))
		return FRAME_BAD;
	return keep(c, &by, &n, &brought);
}

int
vault_log_checkpoint(struct vault_call *c)
{
	uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], note[VAULT_CHECKPOINT_MAX];
	size_t cnt, len;
	struct bufw w;
	if (!c->v->tlog.on)
		return FRAME_NOT_FOUND;
	int err = vault_tlog_checkpoint(c->v, note, &len);
	if (!err)
		err = vault_tlog_grown(c->v, (uint64_t)c->req.routing.number * TILE_WIDTH, path,
				       &cnt);
	if (err)
		return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
	bufw_init(&w, c->body, FRAME_BODY_LEN);
	bufw_u8(&w, (uint8_t)cnt);
	bufw_bytes(&w, path, cnt * MERKLE_LEN);
	bufw_u16(&w, (uint16_t)len);
	bufw_bytes(&w, note, len);
	c->body_len = w.len;
	err = bufw_end(&w);
	return err ? err : FRAME_OK;
}
