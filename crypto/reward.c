/*
 * Rewards without a name (FORMATS.md section 18). The blob is an age file of one stanza. The coins
 * of that stanza are derived for an id of zeros: with the id of the case, the reward desk could try
 * the ids that the gateway knows and find the case. crypto/ opens no file or connection, never logs
 * and never exits.
 */
#include "crypto/reward.h"

#include "crypto/age_payload.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"
#include "crypto/receipt.h"

#include <sodium.h>
#include <string.h>

_Static_assert(AGE_HEADER_LEN(0, 1) + AGE_PAYLOAD_LEN(REWARD_VERIFIER_LEN) == REWARD_BLOB_LEN,
	       "blob");

/* All randomness of a blob, in the order in which it is drawn. */
struct draws {
	struct age_file_key file_key;
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN];
	uint8_t verifier[REWARD_VERIFIER_LEN];
};
_Static_assert(sizeof(struct draws) == 64, "draws");

void
reward_code_new(struct reward_code *out)
{
	receipt_digits_new(out->digits, REWARD_DIGITS);
}

int
reward_code_parse(struct reward_code *out, const char *text, size_t len)
{
	return receipt_digits_parse(out->digits, REWARD_DIGITS, text, len);
}

void
reward_code_print(char dst[static REWARD_TEXT_LEN + 1], const struct reward_code *code)
{
	receipt_digits_print(dst, code->digits, REWARD_DIGITS);
}

int
reward_verifier(uint8_t out[static REWARD_VERIFIER_LEN], const struct reward_code *code,
		const uint8_t gateway[static KEY_ID_LEN])
{
	return hkdf_derive(out, REWARD_VERIFIER_LEN, HKDF_IN(code->digits, REWARD_DIGITS),
			   HKDF_IN(gateway, KEY_ID_LEN), HKDF_TEXT(LABEL_REWARD));
}

void
reward_number(char out[static REWARD_NUMBER_LEN + 1],
	      const uint8_t verifier[static REWARD_VERIFIER_LEN])
{
	uint8_t text[LABEL_LEN(LABEL_REWARD_NUMBER) + REWARD_VERIFIER_LEN], digest[32];
	struct bufw w;
	struct buf b;
	bufw_init(&w, text, sizeof(text));
	bufw_text(&w, LABEL_REWARD_NUMBER);
	bufw_bytes(&w, verifier, REWARD_VERIFIER_LEN);
	key_sha256(digest, text, sizeof(text));
	buf_init(&b, digest, 8);
	uint64_t n = buf_u64(&b);
	for (size_t i = REWARD_NUMBER_LEN; i-- > 0; n /= 10)
		out[i] = (char)('0' + n % 10);
	out[REWARD_NUMBER_LEN] = '\0';
	sodium_memzero(text, sizeof(text));
}

static int
seal_blob(uint8_t *blob, const uint8_t *pk, const struct draws *d)
{
	static const uint8_t no_id[KEY_ID_LEN];
	struct xwing_public to;
	uint8_t hash[32];
	size_t len = 0;
	memcpy(to.b, pk, XWING_PUBLIC_LEN);
	key_sha256(hash, pk, XWING_PUBLIC_LEN);
	int err = xwing_check(&to);
	if (!err)
		err = seal_stanza(blob + AGE_HEADER_BEGIN,
				  &(struct seal_stanza){ .file_key = &d->file_key,
							 .id = no_id,
							 .pk = &to,
							 .hash = hash });
	if (!err)
		err = age_header_write(blob, AGE_HEADER_LEN(0, 1), &len,
				       HKDF_IN(blob + AGE_HEADER_BEGIN, AGE_STANZA_PQ_LEN),
				       &d->file_key);
	if (!err)
		err = age_payload_seal(blob + len, &d->file_key, d->nonce,
				       HKDF_IN(d->verifier, REWARD_VERIFIER_LEN));
	if (err)
		sodium_memzero(blob, REWARD_BLOB_LEN);
	return err;
}

int
reward_seal(uint8_t blob[static REWARD_BLOB_LEN], const struct reward_code *code,
	    const struct reward_seal *how)
{
	struct draws d;
	seal_fill(how->rng, &d, sizeof(d));
	int err = code ? reward_verifier(d.verifier, code, how->gateway) : 0;
	if (!err)
		err = seal_blob(blob, how->pk, &d);
	sodium_memzero(&d, sizeof(d));
	return err;
}

int
reward_seal_none(uint8_t blob[static REWARD_BLOB_LEN], const uint8_t pk[static KEY_SEAL_PUBLIC_LEN],
		 const uint8_t secret[static 32], const uint8_t id[static KEY_ID_LEN])
{
	uint8_t info[LABEL_LEN(LABEL_REWARD_NONE) + KEY_ID_LEN];
	struct draws d;
	memcpy(info, LABEL_REWARD_NONE, LABEL_LEN(LABEL_REWARD_NONE));
	memcpy(info + LABEL_LEN(LABEL_REWARD_NONE), id, KEY_ID_LEN);
	int err = hkdf_derive((uint8_t *)&d, sizeof(d), HKDF_IN(secret, 32), HKDF_EMPTY,
			      HKDF_IN(info, sizeof(info)));
	if (!err)
		err = seal_blob(blob, pk, &d);
	sodium_memzero(&d, sizeof(d));
	return err;
}

int
reward_open(uint8_t verifier[static REWARD_VERIFIER_LEN], const uint8_t *blob, size_t len,
	    const struct open_key *key)
{
	struct age_opener who = { .ids = open_key_identity(key), .id_cnt = 1 };
	struct age_file_key file_key;
	struct age_header h;
	size_t got = 0;
	sodium_memzero(verifier, REWARD_VERIFIER_LEN);
	int err = len == REWARD_BLOB_LEN ? age_header_parse(&h, blob, len) : ERR_HEADER;
	if (!err && (h.stanza_cnt != 1 || h.len != AGE_HEADER_LEN(0, 1)))
		err = ERR_HEADER;
	if (err)
		return err;
	err = age_header_open(&file_key, &h, &who);
	if (!err && (age_payload_open(verifier, REWARD_VERIFIER_LEN, &got, &file_key,
				      HKDF_IN(blob + h.len, len - h.len)) ||
		     got != REWARD_VERIFIER_LEN))
		err = ERR_AUTH;
	sodium_memzero(&file_key, sizeof(file_key));
	return err == ERR_HMAC ? ERR_AUTH : err;
}
