/* Proofs that a roster bundle stands in the public log; see bundle_log.h. */
#include "crypto/bundle_log.h"

#include "crypto/b64.h"
#include "crypto/checkpoint.h"
#include "crypto/cosigner.h"
#include "crypto/err.h"
#include "crypto/leaf.h"
#include "crypto/text.h"

#include <sodium.h>
#include <string.h>

#define FIRST "c2sp.org/tlog-proof@v1"
#define INDEX "index "

int
bundle_log_put(struct bufw *w, const struct bundle_log *p)
{
	bufw_printf(w, FIRST "\n" INDEX "%llu\n", (unsigned long long)p->index);
	for (size_t i = 0; i < p->cnt; i++) {
		bufw_base64(w, p->path[i], MERKLE_LEN);
		bufw_text(w, "\n");
	}
	bufw_text(w, "\n");
	bufw_bytes(w, p->checkpoint, p->checkpoint_len);
	return bufw_end(w);
}

static int
proof_read(struct bundle_log *p, const uint8_t *bytes, size_t len)
{
	const size_t index = sizeof(INDEX) - 1;
	struct buf b;
	size_t n = 0;
	*p = (struct bundle_log){ .cnt = 0 };
	buf_init(&b, bytes, len);
	const char *line = buf_line(&b, &n);
	if (!line || n != sizeof(FIRST) - 1 || memcmp(line, FIRST, n) != 0)
		return ERR_FORMAT;
	line = buf_line(&b, &n);
	if (!line || n < index || memcmp(line, INDEX, index) != 0 ||
	    text_u64(&p->index, line + index, n - index, MERKLE_SIZE_MAX))
		return ERR_FORMAT;
	for (line = buf_line(&b, &n); line && n > 0; line = buf_line(&b, &n))
		if (p->cnt == MERKLE_PATH_MAX ||
		    b64_decode_exact(p->path[p->cnt++], MERKLE_LEN, line, n, B64_PADDED))
			return ERR_FORMAT;
	p->checkpoint_len = b.left;
	p->checkpoint = buf_take(&b, b.left);
	return line && p->checkpoint ? 0 : ERR_FORMAT;
}

static bool
quorum_saw(const struct bundle *b, const struct note *note)
{
	struct cosigners by;
	struct cosigned seen;
	cosigners_of(&by, b);
	return !cosigners_count(&seen, &by, note, 0) && cosigned_enough(&seen, b->roster->quorum);
}

bool
bundle_log_holds(const struct bundle *b, const uint8_t *proof, size_t len)
{
	uint8_t entry[LEAF_LEN], leaf[MERKLE_LEN];
	struct checkpoint c;
	struct bundle_log p;
	struct note note;
	if (sodium_is_zero(b->roster->log, sizeof(b->roster->log)))
		return true;
	if (!proof || proof_read(&p, proof, len) ||
	    checkpoint_verify(&c, &note, p.checkpoint, p.checkpoint_len, b->roster->gateway,
			      b->roster->log))
		return false;
	leaf_mark_bundle(entry, b->hash);
	memcpy(entry + LEAF_MARK_LEN, b->hash, sizeof(b->hash));
	merkle_leaf(leaf, entry, sizeof(entry));
	return !merkle_check_leaf((const uint8_t(*)[MERKLE_LEN])p.path, p.cnt, p.index, c.size,
				  leaf, c.root) &&
	       quorum_saw(b, &note);
}
