/* The payload of an age file (C2SP age.md, "Payload"): chunks of 64 KiB under
 * ChaCha20-Poly1305, each with a counter and a flag for the last. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/age_payload.h"

#include <sodium.h>

#include "crypto/err.h"

void
age_payload_init(struct age_payload *p, const struct age_file_key *key,
		 const uint8_t nonce[static AGE_PAYLOAD_NONCE_LEN])
{
	(void)!hkdf_derive(p->key, sizeof(p->key), HKDF_IN(key->b, sizeof(key->b)),
			   HKDF_IN(nonce, AGE_PAYLOAD_NONCE_LEN), HKDF_TEXT("payload"));
	p->counter = 0;
}

void
age_payload_wipe(struct age_payload *p)
{
	sodium_memzero(p, sizeof(*p));
}

/* The nonce of a chunk: a counter of eleven bytes, big-endian, then the flag of the last
 * chunk. */
static void
chunk_nonce(uint8_t nonce[static 12], uint64_t counter, bool last)
{
	int i;

	memset(nonce, 0, 12);
	for (i = 0; i < 8; i++)
		nonce[10 - i] = (uint8_t)(counter >> 8 * i);
	nonce[11] = last;
}

/* The length of a chunk: full unless it is the last; empty only if it is the only one. */
static bool
length_fits(const struct age_payload *p, size_t len, bool last)
{
	if (len == AGE_PAYLOAD_CHUNK)
		return true;
	return last && len < AGE_PAYLOAD_CHUNK && (len > 0 || p->counter == 0);
}

int
age_payload_seal_chunk(struct age_payload *p, uint8_t *out, const uint8_t *in, size_t len,
		       bool last)
{
	uint8_t nonce[12];

	if (!length_fits(p, len, last))
		return ERR_ARG;
	chunk_nonce(nonce, p->counter++, last);
	crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, in, len, NULL, 0, NULL, nonce, p->key);
	return 0;
}

int
age_payload_open_chunk(struct age_payload *p, uint8_t *out, const uint8_t *in, size_t in_len,
		       bool last)
{
	uint8_t nonce[12];

	if (in_len < AGE_PAYLOAD_TAG_LEN || !length_fits(p, in_len - AGE_PAYLOAD_TAG_LEN, last))
		return ERR_PAYLOAD;
	chunk_nonce(nonce, p->counter, last);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, in, in_len, NULL, 0, nonce,
						      p->key) != 0)
		return ERR_PAYLOAD;
	p->counter++;
	return 0;
}

int
age_payload_seal(uint8_t *out, const struct age_file_key *key,
		 const uint8_t nonce[static AGE_PAYLOAD_NONCE_LEN], struct hkdf_in in)
{
	struct age_payload p;
	const uint8_t *b = in.b;
	size_t left = in.len;
	bool last;
	int err;

	age_payload_init(&p, key, nonce);
	memcpy(out, nonce, AGE_PAYLOAD_NONCE_LEN);
	out += AGE_PAYLOAD_NONCE_LEN;
	do {
		size_t n = left < AGE_PAYLOAD_CHUNK ? left : AGE_PAYLOAD_CHUNK;

		last = n == left;
		if ((err = age_payload_seal_chunk(&p, out, b, n, last)) != 0)
			break;
		out += n + AGE_PAYLOAD_TAG_LEN;
		b += n;
		left -= n;
	} while (!last);
	age_payload_wipe(&p);
	return err;
}

int
age_payload_open(uint8_t *out, size_t cap, size_t *out_len, const struct age_file_key *key,
		 struct hkdf_in in)
{
	struct age_payload p;
	const uint8_t *b = in.b;
	size_t left = in.len, done = 0;
	bool last;
	int err;

	*out_len = 0;
	if (left < AGE_PAYLOAD_NONCE_LEN)
		return ERR_HEADER;
	age_payload_init(&p, key, b);
	b += AGE_PAYLOAD_NONCE_LEN;
	left -= AGE_PAYLOAD_NONCE_LEN;
	do {
		size_t n = left < AGE_PAYLOAD_SEALED ? left : AGE_PAYLOAD_SEALED;

		err = ERR_RANGE;
		if (n >= AGE_PAYLOAD_TAG_LEN && n - AGE_PAYLOAD_TAG_LEN > cap - done)
			break;
		last = n == left;
		if ((err = age_payload_open_chunk(&p, out + done, b, n, last)) != 0)
			break;
		done += n - AGE_PAYLOAD_TAG_LEN;
		b += n;
		left -= n;
	} while (!last);
	age_payload_wipe(&p);
	if (err)
		sodium_memzero(out, done);
	else
		*out_len = done;
	return err;
}
