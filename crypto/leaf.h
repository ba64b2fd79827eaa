/*
 * Entries of the public log (FORMATS.md section 19): 64 bytes, mark ‖ cover. All look random to
 * whoever has neither the digits of a receipt nor the secret of the batch, and so do the fillers
 * that make each batch full.
 *
 *     mark  = SHA-256("davylamp/v1 mark" ‖ case id ‖ the last 8 bytes of the frame's nonce)
 *     blind = HKDF-Expand(secret of the batch, "davylamp/v1 leaf" ‖ SHA-256(record), 32)
 *     cover = SHA-256("davylamp/v1 leaf" ‖ blind ‖ record)
 *
 * The record is the stub of a source's frame, or what stands for it (section 19). The nonce is not
 * in the stub and is stored nowhere, so a store without the secret does not tell which entry of the
 * log belongs to which case.
 */
#ifndef CRYPTO_LEAF_H
#define CRYPTO_LEAF_H

#include "crypto/frame.h"
#include "crypto/hkdf.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEAF_LEN       64
#define LEAF_MARK_LEN  32
#define LEAF_COVER_LEN 32
#define LEAF_BLIND_LEN 32
#define LEAF_NONCE_LEN 8 /* of the nonce's 16 bytes; the puzzle counts in the first 8 */

/* The key of a gateway's log and the root of its batches' secrets, from the gateway's own key: what
 * the log signs is no answer, and the other way round. */
void leaf_keys(struct key_sign *log, struct hkdf_prk *root, const struct key_sign *gateway,
	       const uint8_t id[static KEY_ID_LEN]);

/* What a source puts at the end of the nonce of her n-th frame, from her receipt (receipt.h). */
void leaf_nonce(uint8_t out[static LEAF_NONCE_LEN], const struct hkdf_prk *mark, uint32_t n);
void leaf_mark(uint8_t out[static LEAF_MARK_LEN], const uint8_t id[static KEY_ID_LEN],
	       const uint8_t nonce[static LEAF_NONCE_LEN]);

/* The mark of an entry that is none of a source: whoever has the secret of the batch recognises it,
 * and no frame of a source has such a one. */
void leaf_mark_office(uint8_t out[static LEAF_MARK_LEN], const struct hkdf_prk *secret,
		      const uint8_t cover[static 32]);
/* The mark of a roster bundle, whose hash stands in clear as its cover. */
void leaf_mark_bundle(uint8_t out[static LEAF_MARK_LEN], const uint8_t hash[static 32]);

/* What an entry stands for, as the vault keeps it: id of the case ‖ u32 count of the source, or
 * LEAF_REF_*. Masked with the secret of the batch; the same call takes the mask off. */
#define LEAF_REF_LEN  (KEY_ID_LEN + 4)
#define LEAF_REF_NONE 0xffffffffu /* a filler, or an entry that is told to nobody */
#define LEAF_REF_LEFT 0xfffffffeu /* a removal that the backstop allowed */
#define LEAF_REF_JUNK 0xfffffffdu /* a removal that two desks called for */
void leaf_ref_mask(uint8_t ref[static LEAF_REF_LEN], const struct hkdf_prk *secret,
		   const uint8_t cover[static 32]);

/*
 * An entry that waits for its batch, with what it stands for, as a store keeps it: nonce ‖ (entry ‖
 * ref) XOR HKDF-Expand(secret of the batch, "davylamp/v1 wait" ‖ nonce, 84), where nonce =
 * HKDF-Expand(the same, "davylamp/v1 wait" ‖ SHA-256(entry ‖ ref), 24). So rows may stand in the
 * order in which they came: who has no secret does not find one in the log. Open: ERR_AUTH for
 * other bytes or another batch.
 */
#define LEAF_WAIT_NONCE 24
#define LEAF_WAIT_LEN   (LEAF_WAIT_NONCE + LEAF_LEN + LEAF_REF_LEN)
struct leaf_wait {
	uint8_t entry[LEAF_LEN], ref[LEAF_REF_LEN];
};
void leaf_wait_seal(uint8_t out[static LEAF_WAIT_LEN], const struct leaf_wait *leaf,
		    const struct hkdf_prk *secret);
int leaf_wait_open(struct leaf_wait *out, const uint8_t row[static LEAF_WAIT_LEN],
		   const struct hkdf_prk *secret) __attribute__((warn_unused_result));

/* How the record of a removal begins; the id of the case follows. */
enum { LEAF_RECORD_LEFT = 18, LEAF_RECORD_JUNK = 19 };

/* The secret of a batch, from the root of the gateway's log. */
void leaf_secret(struct hkdf_prk *out, const struct hkdf_prk *root, uint64_t batch);
void leaf_blind(uint8_t out[static LEAF_BLIND_LEN], const struct hkdf_prk *secret,
		const void *record, size_t len);
void leaf_cover(uint8_t out[static 32], const uint8_t blind[static LEAF_BLIND_LEN],
		const void *record, size_t len);
/* The whole entry. */
void leaf_make(uint8_t out[static LEAF_LEN], const uint8_t mark[static LEAF_MARK_LEN],
	       const struct hkdf_prk *secret, const void *record, size_t len);
void leaf_filler(uint8_t out[static LEAF_LEN], const struct hkdf_prk *secret, uint32_t i);

/* A bundle of entries as it is served (C2SP tlog-tiles): two bytes of length, big-endian, before
 * each. */
#define LEAF_BUNDLE_CNT 256
#define LEAF_BUNDLE_LEN (LEAF_BUNDLE_CNT * (2 + LEAF_LEN))
void leaf_bundle(uint8_t out[static LEAF_BUNDLE_LEN], const uint8_t (*leaf)[LEAF_LEN]);
/* Whether the bytes are a bundle of such entries. */
bool leaf_bundle_whole(const uint8_t *bundle, size_t len);
/* The i-th entry of one. */
static inline const uint8_t *
leaf_in(const uint8_t *bundle, size_t i)
{
	return bundle + i * (2 + LEAF_LEN) + 2;
}

#define LEAF_BATCH_MAX (LEAF_BUNDLE_CNT << 12)
/* How many entries a batch of `cnt` real ones has: 256, or the next power of two; 0: too many. */
size_t leaf_batch_size(size_t cnt);
/* Fills the batch, whose first `cnt` entries stand in `all`, with fillers 0, 1, … up to `size`, and
 * sorts it. */
void leaf_batch(uint8_t (*all)[LEAF_LEN], size_t cnt, size_t size, const struct hkdf_prk *secret);

#endif
