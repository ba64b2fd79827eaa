/*
 * Cards: small text files that people hand over. A gateway card pins a gateway, a member
 * card offers a member's keys.
 *
 *     davylamp/v1 card                          davylamp/v1 member-card
 *     gateway <hex id> <base64 key>             handle <16 hex>
 *     root <base64 key>   (one line a root)     name <text>
 *     threshold <k>                             sign <base64 Ed25519>
 *                                               seal <base64 X-Wing public key>
 */
#ifndef CRYPTO_CARD_H
#define CRYPTO_CARD_H

#include "crypto/buf.h"
#include "crypto/key.h"
#include "crypto/roster.h"

#define CARD_MAX 4096

struct card_gateway {
	uint8_t id[KEY_ID_LEN];
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
	struct roster_roots roots;
};

struct card_member {
	uint8_t handle[KEY_HANDLE_LEN];
	char name[ROSTER_NAME_MAX];
	uint8_t sign[KEY_SIGN_PUBLIC_LEN];
	uint8_t seal[KEY_SEAL_PUBLIC_LEN];
};

int card_gateway_parse(struct card_gateway *out, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
int card_gateway_print(struct bufw *w, const struct card_gateway *card)
	__attribute__((warn_unused_result));
int card_member_parse(struct card_member *out, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
int card_member_print(struct bufw *w, const struct card_member *card)
	__attribute__((warn_unused_result));

#endif
