/* SHA-256 of sealed bodies; see digest.h. */
#include "server/base/digest.h"

#include "crypto/key.h"

#include <gnutls/crypto.h>

void
digest_body(uint8_t hash[static 32], const uint8_t body[static FRAME_BODY_LEN])
{
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, body, FRAME_BODY_LEN, hash) < 0)
		key_sha256(hash, body, FRAME_BODY_LEN);
}
