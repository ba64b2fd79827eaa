/*
 * That a roster bundle stands in the public log which its roster names (FORMATS.md sections 9 and
 * 19): a proof of C2SP tlog-proof, behind the container and outside its hash.
 */
#ifndef CRYPTO_BUNDLE_LOG_H
#define CRYPTO_BUNDLE_LOG_H

#include "crypto/bundle.h"
#include "crypto/merkle.h"

#include <stdbool.h>

#define BUNDLE_LOG_KIND    "log"
#define BUNDLE_BEFORE_KIND "before"

struct bundle_log {
	uint64_t index;
	size_t cnt;
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	const uint8_t *checkpoint; /* borrowed: the signed note, with its cosignatures */
	size_t checkpoint_len;
};

/* The bytes of the proof. ERR_FULL. */
int bundle_log_put(struct bufw *w, const struct bundle_log *p) __attribute__((warn_unused_result));

/* Whether those bytes prove it for this bundle, of which roster, certificates and hash are read:
 * the entry, the log's signature, and the quorum of the roster. How long ago they cosigned is
 * nothing to it: a bundle that they have seen cannot be unseen. True where the roster names no log.
 */
bool bundle_log_holds(const struct bundle *b, const uint8_t *proof, size_t len);

#endif
