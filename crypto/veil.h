/*
 * The card of a veil: the key configuration of a gateway's Oblivious HTTP, as a note that the
 * gateway's key has signed (FORMATS.md section 22).
 *
 *     davylamp/v1 veil
 *     gateway <hex id>
 *     config <base64 of OHTTP_CONFIG_LEN bytes>
 */
#ifndef CRYPTO_VEIL_H
#define CRYPTO_VEIL_H

#include "crypto/card.h"
#include "crypto/note.h"

#define VEIL_CARD_MAX   2048
#define VEIL_CONFIG_LEN 1225 /* OHTTP_CONFIG_LEN: a gateway that signs has nothing of HPKE */

struct veil_card {
	uint8_t gateway[KEY_ID_LEN];
	uint8_t config[VEIL_CONFIG_LEN];
};

/* Writes the signed card. */
int veil_card_sign(struct bufw *w, const struct veil_card *card, const struct key_sign *key)
	__attribute__((warn_unused_result));
/* Reads one that this gateway has signed. Of the configuration only the length is checked.
 * ERR_FORMAT, ERR_RANGE; ERR_AUTH where it is another gateway's, or nobody's. */
int veil_card_verify(struct veil_card *out, const void *bytes, size_t len,
		     const uint8_t gateway[static KEY_ID_LEN],
		     const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
	__attribute__((warn_unused_result));

#endif
