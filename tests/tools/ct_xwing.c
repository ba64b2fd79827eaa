/* Secrets marked as undefined for valgrind's memcheck, which then reports every branch and every
 * address that depends on them: X-Wing both ways, HKDF, HPKE sealing, and the spelling of keys.
 * With the argument "leak" it also does what it must not, so that the test can see that a report
 * comes. */
#include <sodium.h>
#include <valgrind/memcheck.h>

#include "crypto/age_key.h"
#include "crypto/b64.h"
#include "crypto/hpke.h"
#include "crypto/xwing.h"

#define SECRET(x) ((void)VALGRIND_MAKE_MEM_UNDEFINED(&(x), sizeof(x)))
#define PUBLIC(x) ((void)VALGRIND_MAKE_MEM_DEFINED(&(x), sizeof(x)))

/* Of a ready key the parts that are secret: ML-KEM's vector and z, the X25519 scalar. The public
 * key and its hash lie between. */
static void
poison_ready(struct xwing_ready *ready)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(ready->b, 1152);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(ready->b + 2368, 64);
}

static int
xwing(void)
{
	struct xwing_public pk;
	struct xwing_secret sk;
	struct xwing_ready ready;
	struct xwing_shared sent, got;
	struct xwing_half half;
	struct xwing_ct ct;
	uint8_t coins[XWING_COINS_LEN];
	int err;

	xwing_keypair(&pk, &sk);
	xwing_make_ready(&ready, &sk);
	poison_ready(&ready);
	randombytes_buf(coins, sizeof(coins));
	SECRET(coins);
	err = xwing_encapsulate(&ct, &sent, &pk, coins);
	PUBLIC(err);
	PUBLIC(ct); /* it travels */
	if (err)
		return 1;
	err = xwing_decapsulate(&got, &ct, &ready);
	PUBLIC(err);
	PUBLIC(sent);
	PUBLIC(got);
	if (err || memcmp(&sent, &got, sizeof(got)) != 0)
		return 1;
	err = xwing_open(&got, &half, &ct, &ready);
	PUBLIC(err);
	PUBLIC(got);
	if (err || memcmp(&sent, &got, sizeof(got)) != 0)
		return 1;
	bool made = xwing_made(&ct, &half, &ready, coins);
	PUBLIC(made);
	ct.b[3] ^= 1; /* and the ways of rejection */
	err = xwing_decapsulate(&got, &ct, &ready);
	PUBLIC(err);
	int other = xwing_open(&got, &half, &ct, &ready);
	PUBLIC(other);
	return err || !made || !other;
}

static int
derive(void)
{
	struct xwing_shared shared = { { 1 } };
	uint8_t key[16] = { 2 }, out[32], okm[64];
	int err;

	SECRET(shared);
	SECRET(key);
	err = hpke_seal(out, &shared, HKDF_TEXT("info"), HKDF_IN(key, sizeof(key)));
	err |= hkdf_derive(okm, sizeof(okm), HKDF_IN(key, sizeof(key)), HKDF_EMPTY,
			   HKDF_TEXT("label"));
	PUBLIC(err);
	return err;
}

static int
spell(void)
{
	char text[AGE_IDENTITY_CAP], b64[B64_LEN(32) + 1];
	uint8_t secret[32];
	int err;

	randombytes_buf(secret, sizeof(secret));
	SECRET(secret);
	err = bech32_encode(text, sizeof(text), "AGE-SECRET-KEY-PQ-", secret, sizeof(secret));
	PUBLIC(err);
	if (err || bech32_decode(secret, sizeof(secret), "AGE-SECRET-KEY-PQ-", text,
				 BECH32_LEN(18, 32)) != 0)
		return 1;
	return b64_encode(b64, sizeof(b64), secret, sizeof(secret), B64_PADDED) == 0;
}

static int
leak(void)
{
	static const volatile uint8_t table[256] = { 1 };
	uint8_t secret;

	randombytes_buf(&secret, 1);
	SECRET(secret);
	return table[secret] == 3;
}

int
main(int argc, char **argv)
{
	if (sodium_init() < 0 || !RUNNING_ON_VALGRIND)
		return 2;
	if (argc > 1 && strcmp(argv[1], "leak") == 0)
		return leak();
	return xwing() || derive() || spell();
}
