/* X-Wing, the hybrid of ML-KEM-768 and X25519 (draft-connolly-cfrg-xwing-kem). libsodium has
 * it from 1.0.22 on; before that the ML-KEM half is pqclean's. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/xwing.h"

#include <stdbool.h>

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/x25519.h"

#define KEM_PUBLIC 1184
#define KEM_SECRET 2400
#define KEM_CT     1088

void
xwing_keypair(struct xwing_public *pk, struct xwing_secret *sk)
{
	randombytes_buf(sk->seed, sizeof(sk->seed));
	xwing_public_of(pk, sk);
}

/* FIPS 203 §7.2: 768 coefficients of 12 bits, each below q. */
static int
check_modulus(const uint8_t *b)
{
	const uint8_t *end = b + 1152;

	for (; b < end; b += 3) {
		unsigned lo = b[0] | (b[1] & 15U) << 8;
		unsigned hi = b[1] >> 4 | (unsigned)b[2] << 4;

		if (lo >= 3329 || hi >= 3329)
			return ERR_KEY;
	}
	return 0;
}

int
xwing_check(const struct xwing_public *pk)
{
	uint8_t one[32] = { 1 }, point[32];

	if (check_modulus(pk->b) != 0)
		return ERR_KEY;
	/* A clamped scalar takes a point to zero if, and only if, the point is of low order. */
	return crypto_scalarmult(point, one, pk->b + KEM_PUBLIC) == 0 ? 0 : ERR_KEY;
}

#ifdef HAVE_SODIUM_XWING

void
xwing_public_of(struct xwing_public *pk, const struct xwing_secret *sk)
{
	uint8_t copy[crypto_kem_xwing_SECRETKEYBYTES];

	(void)crypto_kem_xwing_seed_keypair(pk->b, copy, sk->seed);
	sodium_memzero(copy, sizeof(copy));
}

int
xwing_encapsulate(struct xwing_ct *ct, struct xwing_shared *shared, const struct xwing_public *pk,
		  const uint8_t coins[static XWING_COINS_LEN])
{
	if (crypto_kem_xwing_enc_deterministic(ct->b, shared->b, pk->b, coins) == 0)
		return 0;
	sodium_memzero(ct, sizeof(*ct));
	sodium_memzero(shared, sizeof(*shared));
	return ERR_KEY;
}

void
xwing_make_ready(struct xwing_ready *ready, const struct xwing_secret *sk)
{
	memset(ready, 0, sizeof(*ready));
	memcpy(ready->b, sk->seed, sizeof(sk->seed));
}

int
xwing_decapsulate(struct xwing_shared *shared, const struct xwing_ct *ct,
		  const struct xwing_ready *ready)
{
	if (crypto_kem_xwing_dec(shared->b, ct->b, ready->b) == 0)
		return 0;
	sodium_memzero(shared, sizeof(*shared));
	return ERR_KEY;
}

int
xwing_open(struct xwing_shared *shared, struct xwing_half *half, const struct xwing_ct *ct,
	   const struct xwing_ready *ready)
{
	memset(half, 0, sizeof(*half));
	return xwing_decapsulate(shared, ct, ready);
}

bool
xwing_made(const struct xwing_ct *ct, const struct xwing_half *half,
	   const struct xwing_ready *ready, const uint8_t coins[static XWING_COINS_LEN])
{
	struct xwing_shared shared;
	struct xwing_secret sk;
	struct xwing_public pk;
	struct xwing_ct made;

	(void)half;
	memcpy(sk.seed, ready->b, sizeof(sk.seed));
	xwing_public_of(&pk, &sk);
	int err = xwing_encapsulate(&made, &shared, &pk, coins);
	sodium_memzero(&sk, sizeof(sk));
	sodium_memzero(&shared, sizeof(shared));
	return !err && memcmp(made.b, ct->b, sizeof(made.b)) == 0;
}

#else

#include "fips202.h"
#include "kem.h"

/* pqclean's name for random numbers. We call only functions that take their coins as
 * arguments, so this is never called. */
int PQCLEAN_randombytes(uint8_t *output, size_t n);

int
PQCLEAN_randombytes(uint8_t *output, size_t n)
{
	randombytes_buf(output, n);
	return 0;
}

/* Memory for pqclean's hash states; the Makefile replaces its malloc and free by these. There
 * is one state at a time, and no secret stays in it. */
#define STATE_CNT    4

void *xwing_state_take(size_t len);
void xwing_state_give(void *state);

static _Thread_local struct {
	uint64_t words[26];
	bool taken;
} states[STATE_CNT];

void *
xwing_state_take(size_t len)
{
	size_t i;

	for (i = 0; i < STATE_CNT && len <= sizeof(states[i].words); i++)
		if (!states[i].taken) {
			states[i].taken = true;
			return states[i].words;
		}
	return NULL;
}

void
xwing_state_give(void *state)
{
	size_t i;

	for (i = 0; i < STATE_CNT; i++)
		if (state == states[i].words)
			sodium_memzero(&states[i], sizeof(states[i]));
}

/* Bytes of stack that are wiped after pqclean's functions; the deepest uses about 17 KiB. */
#define STACK_LEN    (24 * 1024)

/* Offsets of the parts of a ready secret. */
#define READY_HASH   (KEM_SECRET - 64) /* of ML-KEM's public key */
#define READY_X25519 KEM_SECRET
#define READY_PUBLIC (KEM_SECRET + 32)

static void
expand(uint8_t *kem_pk, struct xwing_ready *ready, const struct xwing_secret *sk)
{
	uint8_t wide[96];

	shake256(wide, sizeof(wide), sk->seed, sizeof(sk->seed));
	(void)PQCLEAN_MLKEM768_CLEAN_crypto_kem_keypair_derand(kem_pk, ready->b, wide);
	memcpy(ready->b + READY_X25519, wide + 64, 32);
	x25519_base(ready->b + READY_PUBLIC, wide + 64);
	sodium_memzero(wide, sizeof(wide));
	sodium_stackzero(STACK_LEN);
}

void
xwing_public_of(struct xwing_public *pk, const struct xwing_secret *sk)
{
	struct xwing_ready ready;

	expand(pk->b, &ready, sk);
	memcpy(pk->b + KEM_PUBLIC, ready.b + READY_PUBLIC, 32);
	sodium_memzero(&ready, sizeof(ready));
}

void
xwing_make_ready(struct xwing_ready *ready, const struct xwing_secret *sk)
{
	uint8_t kem_pk[KEM_PUBLIC];

	expand(kem_pk, ready, sk);
}

/* The combiner: SHA3-256 over both secrets, the X25519 share and key, and the label. */
static void
combine(struct xwing_shared *out, const uint8_t both[static 64], const uint8_t *share,
	const uint8_t *key)
{
	uint8_t in[64 + 32 + 32 + 6];

	memcpy(in, both, 64);
	memcpy(in + 64, share, 32);
	memcpy(in + 96, key, 32);
	memcpy(in + 128, "\\.//^\\", 6);
	sha3_256(out->b, in, sizeof(in));
	sodium_memzero(in, sizeof(in));
}

int
xwing_encapsulate(struct xwing_ct *ct, struct xwing_shared *shared, const struct xwing_public *pk,
		  const uint8_t coins[static XWING_COINS_LEN])
{
	const uint8_t *point = pk->b + KEM_PUBLIC, *secret = coins + 32;
	uint8_t both[64];
	int err = ERR_KEY;

	if (check_modulus(pk->b) != 0)
		goto out;
	(void)PQCLEAN_MLKEM768_CLEAN_crypto_kem_enc_derand(ct->b, both, pk->b, coins);
	x25519_base(ct->b + KEM_CT, secret);
	if (crypto_scalarmult(both + 32, secret, point) != 0)
		goto out;
	combine(shared, both, ct->b + KEM_CT, point);
	err = 0;
out:
	if (err) {
		sodium_memzero(ct, sizeof(*ct));
		sodium_memzero(shared, sizeof(*shared));
	}
	sodium_memzero(both, sizeof(both));
	sodium_stackzero(STACK_LEN);
	return err;
}

int
xwing_decapsulate(struct xwing_shared *shared, const struct xwing_ct *ct,
		  const struct xwing_ready *ready)
{
	uint8_t both[64];
	int err = ERR_KEY;

	if (crypto_scalarmult(both + 32, ready->b + READY_X25519, ct->b + KEM_CT) != 0)
		goto out;
	(void)PQCLEAN_MLKEM768_CLEAN_crypto_kem_dec(both, ct->b, ready->b);
	combine(shared, both, ct->b + KEM_CT, ready->b + READY_PUBLIC);
	err = 0;
out:
	if (err)
		sodium_memzero(shared, sizeof(*shared));
	sodium_memzero(both, sizeof(both));
	sodium_stackzero(STACK_LEN);
	return err;
}

int
xwing_open(struct xwing_shared *shared, struct xwing_half *half, const struct xwing_ct *ct,
	   const struct xwing_ready *ready)
{
	uint8_t both[64];
	int err = ERR_NO_MATCH;

	/* as the Makefile has it compiled, this tells whether the ciphertext was rejected */
	if (PQCLEAN_MLKEM768_CLEAN_crypto_kem_dec(both, ct->b, ready->b) != 0)
		goto out;
	err = ERR_KEY;
	if (crypto_scalarmult(both + 32, ready->b + READY_X25519, ct->b + KEM_CT) != 0)
		goto out;
	combine(shared, both, ct->b + KEM_CT, ready->b + READY_PUBLIC);
	memcpy(half->b, both, sizeof(half->b));
	err = 0;
out:
	if (err) {
		sodium_memzero(shared, sizeof(*shared));
		sodium_memzero(half, sizeof(*half));
	}
	sodium_memzero(both, sizeof(both));
	sodium_stackzero(STACK_LEN);
	return err;
}

bool
xwing_made(const struct xwing_ct *ct, const struct xwing_half *half,
	   const struct xwing_ready *ready, const uint8_t coins[static XWING_COINS_LEN])
{
	uint8_t in[64], kr[64], share[32];

	/* FIPS 203, algorithm 17: (K, r) = G(m, H(ek)) */
	memcpy(in, coins, 32);
	memcpy(in + 32, ready->b + READY_HASH, 32);
	sha3_512(kr, in, sizeof(in));
	x25519_base(share, coins + 32);
	int other = sodium_memcmp(kr, half->b, sizeof(half->b)) |
		    sodium_memcmp(share, ct->b + KEM_CT, sizeof(share));
	sodium_memzero(in, sizeof(in));
	sodium_memzero(kr, sizeof(kr));
	sodium_stackzero(STACK_LEN);
	return other == 0;
}

#endif
