/* The voice key of a desk's epoch (FORMATS.md section 9). It stands apart from epoch.c because it
 * is made from the epoch's secret, and davyd, which reads certificates, links nothing that works
 * with secrets of desks. */
#include "crypto/epoch.h"

#include "crypto/hkdf.h"
#include "crypto/label.h"

#include <sodium.h>

int
epoch_voice(struct key_sign *out, const uint8_t secret[static 32])
{
	uint8_t seed[KEY_SIGN_SEED_LEN];
	int err = hkdf_derive(seed, sizeof(seed), HKDF_IN(secret, 32), HKDF_EMPTY,
			      HKDF_TEXT(LABEL_VOICE));
	if (!err)
		key_sign_from_seed(out, seed);
	sodium_memzero(seed, sizeof(seed));
	return err;
}
