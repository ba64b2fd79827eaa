/* Wraps and unwraps the file key of an age file for one recipient: mlkem768x25519, X25519 and
 * scrypt (C2SP age.md, "native recipient types"). crypto/ opens no file or connection, never
 * logs and never exits. */
#include "crypto/age_stanza.h"

#include <stdbool.h>

#include <sodium.h>

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/hpke.h"
#include "crypto/x25519.h"

#define BODY_LEN 32 /* file key and tag */

#define INFO_PQ     HKDF_TEXT("age-encryption.org/mlkem768x25519")
#define INFO_X25519 HKDF_TEXT("age-encryption.org/v1/X25519")
#define SALT_SCRYPT "age-encryption.org/v1/scrypt"

/* The wrapping of X25519 and scrypt. A wrapping key is used once, so its nonce is zero. */
static const uint8_t zero_nonce[12];

/* "-> " type " " share "
 * " body "
 * ". The lengths of the parts fix the length of the whole. */
static void
print_stanza(uint8_t *out, const char *type, struct hkdf_in share,
	     const uint8_t body[static BODY_LEN])
{
	char text[B64_RAW_LEN(XWING_CT_LEN) + 1];
	size_t n = strlen(type);

	memcpy(out, "-> ", 3);
	memcpy(out + 3, type, n);
	out += 3 + n;
	*out++ = ' ';
	n = b64_encode(text, sizeof(text), share.b, share.len, B64_RAW);
	memcpy(out, text, n);
	out += n;
	*out++ = '\n';
	n = b64_encode(text, sizeof(text), body, BODY_LEN, B64_RAW);
	memcpy(out, text, n);
	out[n] = '\n';
}

int
age_stanza_seal_pq(uint8_t out[static AGE_STANZA_PQ_LEN], const struct xwing_public *pk,
		   const uint8_t coins[static XWING_COINS_LEN], const struct age_file_key *key)
{
	struct xwing_shared shared;
	struct xwing_ct ct;
	uint8_t body[BODY_LEN];
	int err;

	memset(out, 0, AGE_STANZA_PQ_LEN);
	if ((err = xwing_encapsulate(&ct, &shared, pk, coins)) != 0)
		goto out;
	if ((err = hpke_seal(body, &shared, INFO_PQ, HKDF_IN(key->b, sizeof(key->b)))) != 0)
		goto out;
	print_stanza(out, "mlkem768x25519", HKDF_IN(ct.b, sizeof(ct.b)), body);
out:
	sodium_memzero(&shared, sizeof(shared));
	return err;
}

static int
read_pq(struct xwing_ct *ct, const struct age_stanza *s)
{
	return s->arg_cnt != 2 || s->body_len != BODY_LEN ||
			       b64_decode_exact(ct->b, sizeof(ct->b), s->arg[1].b, s->arg[1].len,
						B64_RAW) != 0
		       ? ERR_HEADER
		       : 0;
}

/* The body is the file key's, since it has one form only under a key. */
int
age_stanza_seal_own(uint8_t out[static AGE_STANZA_PQ_LEN], const struct age_stanza *opened,
		    const struct xwing_half *half, const struct age_identity *id,
		    const uint8_t coins[static XWING_COINS_LEN])
{
	struct xwing_ct ct;
	int err = read_pq(&ct, opened);

	memset(out, 0, AGE_STANZA_PQ_LEN);
	if (!err && !xwing_made(&ct, half, &id->ready, coins))
		err = ERR_AUTH;
	if (!err)
		print_stanza(out, "mlkem768x25519", HKDF_IN(ct.b, sizeof(ct.b)), opened->body);
	return err;
}

static void
x25519_wrap_key(uint8_t wrap[static 32], const uint8_t *shared, const uint8_t *share,
		const uint8_t *public)
{
	uint8_t salt[64];

	memcpy(salt, share, 32);
	memcpy(salt + 32, public, 32);
	(void)!hkdf_derive(wrap, 32, HKDF_IN(shared, 32), HKDF_IN(salt, sizeof(salt)), INFO_X25519);
}

int
age_stanza_seal_x25519(uint8_t out[static AGE_STANZA_X25519_LEN], const uint8_t pk[static 32],
		       const uint8_t ephemeral[static 32], const struct age_file_key *key)
{
	uint8_t share[32], shared[32], wrap[32], body[BODY_LEN];
	int err = ERR_KEY;

	memset(out, 0, AGE_STANZA_X25519_LEN);
	x25519_base(share, ephemeral);
	if (crypto_scalarmult(shared, ephemeral, pk) != 0)
		goto out;
	x25519_wrap_key(wrap, shared, share, pk);
	crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, key->b, sizeof(key->b), NULL, 0, NULL,
						  zero_nonce, wrap);
	print_stanza(out, "X25519", HKDF_IN(share, sizeof(share)), body);
	err = 0;
out:
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(wrap, sizeof(wrap));
	return err;
}

int
age_stanza_seal(uint8_t out[static AGE_STANZA_MAX], size_t *len, const struct age_recipient *to,
		const struct age_file_key *key)
{
	uint8_t coins[XWING_COINS_LEN];
	int err;

	randombytes_buf(coins, sizeof(coins));
	if (to->kind == AGE_KIND_PQ) {
		*len = AGE_STANZA_PQ_LEN;
		err = age_stanza_seal_pq(out, &to->pk.xwing, coins, key);
	} else {
		*len = AGE_STANZA_X25519_LEN;
		err = age_stanza_seal_x25519(out, to->pk.x25519, coins, key);
	}
	sodium_memzero(coins, sizeof(coins));
	return err;
}

static int
unwrap(struct age_file_key *key, const struct age_stanza *s, const uint8_t wrap[static 32])
{
	if (crypto_aead_chacha20poly1305_ietf_decrypt(key->b, NULL, NULL, s->body, BODY_LEN, NULL,
						      0, zero_nonce, wrap) != 0)
		return ERR_NO_MATCH;
	return 0;
}

static int
open_x25519(struct age_file_key *key, const struct age_stanza *s, const struct age_opener *who)
{
	uint8_t share[32], shared[32], wrap[32];
	size_t i;
	int err = ERR_NO_MATCH;

	if (s->arg_cnt != 2 || s->body_len != BODY_LEN ||
	    b64_decode_exact(share, sizeof(share), s->arg[1].b, s->arg[1].len, B64_RAW) != 0)
		return ERR_HEADER;
	for (i = 0; i < who->id_cnt && err == ERR_NO_MATCH; i++) {
		const struct age_identity *id = &who->ids[i];

		if (id->kind != AGE_KIND_X25519)
			continue;
		if (crypto_scalarmult(shared, id->secret, share) != 0) {
			err = ERR_HEADER;
			break;
		}
		x25519_wrap_key(wrap, shared, share, id->x25519_public);
		err = unwrap(key, s, wrap);
	}
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(wrap, sizeof(wrap));
	return err;
}

static int
open_pq(struct age_file_key *key, const struct age_stanza *s, const struct age_opener *who)
{
	struct xwing_shared shared;
	struct xwing_half half;
	struct xwing_ct ct;
	size_t i;
	int err = ERR_NO_MATCH;

	if (read_pq(&ct, s) != 0)
		return ERR_HEADER;
	for (i = 0; i < who->id_cnt && err == ERR_NO_MATCH; i++) {
		const struct age_identity *id = &who->ids[i];

		if (id->kind != AGE_KIND_PQ)
			continue;
		err = xwing_open(&shared, &half, &ct, &id->ready);
		if (err == ERR_NO_MATCH)
			continue;
		if (err) {
			err = ERR_HEADER;
			break;
		}
		err = hpke_open(key->b, &shared, INFO_PQ, HKDF_IN(s->body, BODY_LEN));
		if (err == ERR_AUTH)
			err = ERR_NO_MATCH;
	}
	if (!err && who->half)
		*who->half = half;
	sodium_memzero(&shared, sizeof(shared));
	sodium_memzero(&half, sizeof(half));
	return err;
}

/* The form ^[1-9][0-9]*$, below 64. */
static int
parse_work(unsigned *work, const char *b, size_t len)
{
	unsigned n = 0;
	size_t i;

	if (len == 0 || b[0] == '0')
		return ERR_HEADER;
	for (i = 0; i < len; i++) {
		if (b[i] < '0' || b[i] > '9')
			return ERR_HEADER;
		if (n < 64)
			n = n * 10 + (unsigned)(b[i] - '0');
	}
	*work = n;
	return 0;
}

static int
open_scrypt(struct age_file_key *key, const struct age_stanza *s, const struct age_opener *who)
{
	uint8_t salt[sizeof(SALT_SCRYPT) - 1 + 16], wrap[32];
	unsigned work = 0, max = who->max_work ? who->max_work : AGE_STANZA_WORK_MAX;
	int err;

	memcpy(salt, SALT_SCRYPT, sizeof(SALT_SCRYPT) - 1);
	if (s->arg_cnt != 3 || s->body_len != BODY_LEN ||
	    b64_decode_exact(salt + sizeof(SALT_SCRYPT) - 1, 16, s->arg[1].b, s->arg[1].len,
			     B64_RAW) != 0 ||
	    parse_work(&work, s->arg[2].b, s->arg[2].len) != 0)
		return ERR_HEADER;
	if (work > max || work > 30)
		return ERR_WORK;
	if (!who->passphrase)
		return ERR_NO_MATCH;
	if (crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)who->passphrase,
						  who->passphrase_len, salt, sizeof(salt),
						  (uint64_t)1 << work, 8, 1, wrap,
						  sizeof(wrap)) != 0)
		return ERR_MEM;
	err = unwrap(key, s, wrap);
	sodium_memzero(wrap, sizeof(wrap));
	return err;
}

static const struct {
	const char *type;
	int (*open)(struct age_file_key *, const struct age_stanza *, const struct age_opener *);
} types[] = {
	{ "mlkem768x25519", open_pq },
	{ "X25519", open_x25519 },
	{ "scrypt", open_scrypt },
};

int
age_stanza_open(struct age_file_key *key, const struct age_stanza *stanza,
		const struct age_opener *who)
{
	struct age_file_key got;
	size_t i;
	int err = ERR_NO_MATCH;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!age_stanza_is(stanza, types[i].type))
			continue;
		if ((err = types[i].open(&got, stanza, who)) == 0)
			*key = got;
		break;
	}
	sodium_memzero(&got, sizeof(got));
	return err;
}

bool
age_stanza_is(const struct age_stanza *stanza, const char *type)
{
	size_t n = strlen(type);

	return stanza->arg_cnt > 0 && stanza->arg[0].len == n &&
	       memcmp(stanza->arg[0].b, type, n) == 0;
}
