/* X-Wing (draft-connolly-cfrg-xwing-kem), which HPKE calls MLKEM768-X25519 (0x647a):
 * libsodium's implementation from 1.0.22 on, otherwise the portable ML-KEM-768 of npm pqclean. */
#ifndef CRYPTO_XWING_H
#define CRYPTO_XWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XWING_PUBLIC_LEN 1216 /* ML-KEM 1184, X25519 32 */
#define XWING_SECRET_LEN 32
#define XWING_COINS_LEN  64   /* ML-KEM m 32, X25519 ephemeral secret 32 */
#define XWING_CT_LEN     1120 /* ML-KEM 1088, X25519 32 */
#define XWING_SHARED_LEN 32

struct xwing_public {
	uint8_t b[XWING_PUBLIC_LEN];
};
struct xwing_secret {
	uint8_t seed[XWING_SECRET_LEN];
};
struct xwing_ct {
	uint8_t b[XWING_CT_LEN];
};
struct xwing_shared {
	uint8_t b[XWING_SHARED_LEN];
};
/* A secret that was expanded to open many entries. It is as secret as the seed: wipe it. */
struct xwing_ready {
	uint8_t b[2400 + 32 + 32];
};

/* The public key of a secret. */
void xwing_public_of(struct xwing_public *pk, const struct xwing_secret *sk);

/* A new pair from the system's randomness. */
void xwing_keypair(struct xwing_public *pk, struct xwing_secret *sk);

/* Checks a public key: ERR_KEY unless every ML-KEM coefficient is below 3329 and the X25519
 * half is not of low order (FIPS 203 §7.2). Encapsulation checks the same. */
__attribute__((warn_unused_result)) int xwing_check(const struct xwing_public *pk);

/* EncapsulateDerand of X-Wing. ERR_KEY as above; ct and shared are then zero. */
__attribute__((warn_unused_result)) int
xwing_encapsulate(struct xwing_ct *ct, struct xwing_shared *shared, const struct xwing_public *pk,
		  const uint8_t coins[static XWING_COINS_LEN]);

void xwing_make_ready(struct xwing_ready *ready, const struct xwing_secret *sk);

/* Decapsulates. A foreign ciphertext is rejected implicitly: it gives a secret that fits
 * nothing. ERR_KEY only if the X25519 share is of low order; shared is then zero. */
__attribute__((warn_unused_result)) int xwing_decapsulate(struct xwing_shared *shared,
							  const struct xwing_ct *ct,
							  const struct xwing_ready *ready);

/* The secret of ML-KEM alone, as secret as the whole. */
struct xwing_half {
	uint8_t b[32];
};
/* As xwing_decapsulate(), but with pqclean's ML-KEM a ciphertext that is not for this key is
 * ERR_NO_MATCH, at half of the price: ML-KEM has made it anew and found another, so that X25519 is
 * not asked. Whatever is sealed with the shared secret tells the same. On failure all is zero. */
__attribute__((warn_unused_result)) int xwing_open(struct xwing_shared *shared,
						   struct xwing_half *half,
						   const struct xwing_ct *ct,
						   const struct xwing_ready *ready);
/* Whether xwing_encapsulate() to the key of `ready` would give `ct` from these coins. `ct` is what
 * xwing_open() has opened and `half` what it gave: so ML-KEM made it from one message, and has only
 * to be asked whether the coins hold the same, and X25519 whether its share is theirs. */
bool xwing_made(const struct xwing_ct *ct, const struct xwing_half *half,
		const struct xwing_ready *ready, const uint8_t coins[static XWING_COINS_LEN])
	__attribute__((warn_unused_result));

#endif
