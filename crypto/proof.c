/* Proofs that an entry stands in the public log; see proof.h. */
#include "crypto/proof.h"

#include "crypto/err.h"

#include <string.h>

int
log_proof_put(struct bufw *w, const struct log_proof *p)
{
	bufw_u8(w, p->state);
	if (p->state == LOG_WAITS)
		bufw_u64(w, p->batch);
	if (p->state != LOG_STANDS)
		return bufw_end(w);
	bufw_u64(w, p->index);
	bufw_u64(w, p->size);
	bufw_u8(w, (uint8_t)p->cnt);
	bufw_bytes(w, p->path, p->cnt * MERKLE_LEN);
	bufw_bytes(w, p->mark, sizeof(p->mark));
	bufw_bytes(w, p->blind, sizeof(p->blind));
	bufw_bytes(w, p->stub, sizeof(p->stub));
	bufw_u16(w, (uint16_t)p->checkpoint_len);
	bufw_bytes(w, p->checkpoint, p->checkpoint_len);
	return bufw_end(w);
}

int
log_proof_get(struct log_proof *out, struct buf *b)
{
	memset(out, 0, sizeof(*out));
	out->state = buf_u8(b);
	if (out->state > LOG_MISSING)
		buf_fail(b);
	if (out->state == LOG_WAITS)
		out->batch = buf_u64(b);
	if (out->state == LOG_STANDS) {
		out->index = buf_u64(b);
		out->size = buf_u64(b);
		out->cnt = buf_u8(b);
		buf_bytes(b, out->path, sizeof(out->path), out->cnt * MERKLE_LEN);
		buf_bytes(b, out->mark, sizeof(out->mark), sizeof(out->mark));
		buf_bytes(b, out->blind, sizeof(out->blind), sizeof(out->blind));
		buf_bytes(b, out->stub, sizeof(out->stub), sizeof(out->stub));
		out->checkpoint_len = buf_u16(b);
		out->checkpoint = buf_take(b, out->checkpoint_len);
	}
	if (!b->bad)
		return 0;
	memset(out, 0, sizeof(*out));
	return ERR_FORMAT;
}

/* Whether mark and stub are those of her frame with this number. */
static int
entry_is_hers(const struct log_proof *p, const struct log_trust *trust,
	      const struct receipt_keys *source, uint32_t number)
{
	uint8_t nonce[LEAF_NONCE_LEN], mark[LEAF_MARK_LEN];
	struct frame_request rq;
	int err = frame_stub_source(&rq, p->stub, trust->gateway);
	leaf_nonce(nonce, &source->mark, number);
	leaf_mark(mark, source->case_id, nonce);
	if (!err && (memcmp(rq.routing.id, source->case_id, KEY_ID_LEN) != 0 ||
		     rq.routing.number != number || memcmp(p->mark, mark, sizeof(mark)) != 0))
		err = ERR_AUTH;
	return err;
}

enum log_verdict
log_proof_check(const struct log_proof *p, const struct log_trust *trust,
		const struct receipt_keys *source, uint32_t number, struct cosigned *seen)
{
	uint8_t entry[LEAF_LEN], leaf[MERKLE_LEN];
	struct checkpoint c;
	struct note note;
	*seen = (struct cosigned){ 0 };
	if (p->state != LOG_STANDS || entry_is_hers(p, trust, source, number) ||
	    checkpoint_verify(&c, &note, p->checkpoint, p->checkpoint_len, trust->gateway,
			      trust->log) ||
	    c.size != p->size)
		return LOG_REFUTED;
	memcpy(entry, p->mark, LEAF_MARK_LEN);
	leaf_cover(entry + LEAF_MARK_LEN, p->blind, p->stub, sizeof(p->stub));
	merkle_leaf(leaf, entry, sizeof(entry));
	if (merkle_check_leaf((const uint8_t(*)[MERKLE_LEN])p->path, p->cnt, p->index, p->size,
			      leaf, c.root))
		return LOG_REFUTED;
	if (cosigners_count(seen, trust->cosigners, &note, trust->now))
		return LOG_REFUTED;
	return cosigned_enough(seen, trust->quorum) ? LOG_PROVEN : LOG_UNSEEN;
}
