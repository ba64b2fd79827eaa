/* The sealing half of FORMATS.md section 8: four stanzas whose coins are derived from the file
 * key, so that every reader can audit them. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/seal.h"

#include "crypto/age_payload.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

_Static_assert(AGE_HEADER_LEN(0, SEAL_CNT) == SEAL_HEADER_LEN, "header");
_Static_assert(SEAL_HEADER_LEN + AGE_PAYLOAD_LEN(ENTRY_LEN) == SEAL_LEN, "sealed entry");
_Static_assert(KEY_SEAL_PUBLIC_LEN == XWING_PUBLIC_LEN, "public key");

void
seal_fill(struct seal_rng *rng, void *dst, size_t len)
{
	if (rng == NULL)
		randombytes_buf(dst, len);
	else
		rng->fill(rng, dst, len);
}

int
seal_dummy(struct xwing_public *pk, const struct age_file_key *file_key, uint8_t place)
{
	struct bufw w;
	struct xwing_secret secret;
	uint8_t info[LABEL_LEN(LABEL_DUMMY) + 1];
	bufw_init(&w, info, sizeof(info));
	bufw_text(&w, LABEL_DUMMY);
	bufw_u8(&w, place);
	int err = hkdf_derive(secret.seed, sizeof(secret.seed),
			      HKDF_IN(file_key->b, AGE_FILE_KEY_LEN), HKDF_EMPTY,
			      HKDF_IN(info, w.len));
	if (!err)
		xwing_public_of(pk, &secret);
	sodium_memzero(&secret, sizeof(secret));
	return err;
}

int
seal_coins(uint8_t coins[static XWING_COINS_LEN], const struct seal_stanza *in)
{
	struct bufw w;
	uint8_t info[LABEL_LEN(LABEL_COINS) + 1 + 32 + KEY_ID_LEN];
	bufw_init(&w, info, sizeof(info));
	bufw_text(&w, LABEL_COINS);
	bufw_u8(&w, in->place);
	bufw_bytes(&w, in->hash, 32);
	bufw_bytes(&w, in->id, KEY_ID_LEN);
	return hkdf_derive(coins, XWING_COINS_LEN, HKDF_IN(in->file_key->b, AGE_FILE_KEY_LEN),
			   HKDF_EMPTY, HKDF_IN(info, w.len));
}

int
seal_stanza(uint8_t out[static AGE_STANZA_PQ_LEN], const struct seal_stanza *in)
{
	uint8_t coins[XWING_COINS_LEN];
	int err = seal_coins(coins, in);
	if (!err)
		err = age_stanza_seal_pq(out, in->pk, coins, in->file_key);
	sodium_memzero(coins, sizeof(coins));
	return err;
}

int
seal_stanzas(uint8_t out[static SEAL_CNT * AGE_STANZA_PQ_LEN], const struct seal *s)
{
	int err = 0;
	for (uint8_t i = 0; i < SEAL_CNT && !err; i++) {
		struct seal_stanza in = { .file_key = &s->file_key,
					  .id = s->id,
					  .pk = &s->pk[i],
					  .hash = s->hash[i],
					  .place = i };
		err = seal_stanza(out + i * AGE_STANZA_PQ_LEN, &in);
	}
	return err;
}

/* Fisher–Yates shuffle, one byte for each step. */
static void
shuffle(uint8_t place[static SEAL_CNT], struct seal_rng *rng)
{
	for (uint8_t i = 0; i < SEAL_CNT; i++)
		place[i] = i;
	for (uint8_t i = SEAL_CNT - 1; i > 0; i--) {
		uint8_t byte;
		seal_fill(rng, &byte, 1);
		uint8_t j = (uint8_t)(byte % (i + 1));
		uint8_t t = place[i];
		place[i] = place[j];
		place[j] = t;
	}
}

static int
set_check(const struct seal_set *set)
{
	int any = 0;
	for (size_t i = 0; i < SEAL_CNT; i++) {
		if (set->pk[i] == NULL)
			continue;
		any = 1;
		for (size_t j = 0; j < i; j++)
			if (set->pk[j] != NULL &&
			    memcmp(set->pk[i], set->pk[j], XWING_PUBLIC_LEN) == 0)
				return ERR_DUP;
	}
	return any ? 0 : ERR_ARG;
}

int
seal_begin(struct seal *s, const struct seal_set *set, const uint8_t id[static KEY_ID_LEN],
	   struct seal_rng *rng)
{
	memset(s, 0, sizeof(*s));
	int err = set_check(set);
	if (err)
		return err;
	s->rng = rng;
	memcpy(s->id, id, KEY_ID_LEN);
	seal_fill(rng, s->file_key.b, AGE_FILE_KEY_LEN);
	shuffle(s->place, rng);
	for (uint8_t i = 0; i < SEAL_CNT && !err; i++) {
		const uint8_t *pk = set->pk[s->place[i]];
		if (pk == NULL) {
			err = seal_dummy(&s->pk[i], &s->file_key, i);
		} else {
			memcpy(s->pk[i].b, pk, XWING_PUBLIC_LEN);
			err = xwing_check(&s->pk[i]);
		}
		key_sha256(s->hash[i], s->pk[i].b, XWING_PUBLIC_LEN);
	}
	if (err)
		seal_wipe(s);
	return err;
}

int
seal_finish(struct seal *s, const uint8_t plain[static ENTRY_LEN], uint8_t sealed[static SEAL_LEN])
{
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN];
	size_t len = 0;
	seal_fill(s->rng, nonce, sizeof(nonce));
	uint8_t *stanzas = sealed + AGE_HEADER_BEGIN;
	int err = seal_stanzas(stanzas, s);
	if (!err)
		err = age_header_write(sealed, SEAL_HEADER_LEN, &len,
				       HKDF_IN(stanzas, SEAL_CNT * AGE_STANZA_PQ_LEN),
				       &s->file_key);
	if (!err)
		err = age_payload_seal(sealed + SEAL_HEADER_LEN, &s->file_key, nonce,
				       HKDF_IN(plain, ENTRY_LEN));
	if (err)
		sodium_memzero(sealed, SEAL_LEN);
	return err;
}

void
seal_wipe(struct seal *s)
{
	sodium_memzero(s, sizeof(*s));
}

int
seal_opened(uint8_t *t, uint8_t *T, const uint8_t pk[static XWING_PUBLIC_LEN],
	    const uint8_t id[static KEY_ID_LEN])
{
	uint8_t proof[SEAL_PROOF_LEN], info[LABEL_LEN(LABEL_OPENED) + KEY_ID_LEN];
	memcpy(info, LABEL_OPENED, LABEL_LEN(LABEL_OPENED));
	memcpy(info + LABEL_LEN(LABEL_OPENED), id, KEY_ID_LEN);
	int err = hkdf_derive(proof, sizeof(proof), HKDF_IN(pk, XWING_PUBLIC_LEN), HKDF_EMPTY,
			      HKDF_IN(info, sizeof(info)));
	if (!err && t != NULL)
		memcpy(t, proof, sizeof(proof));
	if (!err && T != NULL)
		key_sha256(T, proof, sizeof(proof));
	sodium_memzero(proof, sizeof(proof));
	return err;
}

int
seal_entry(uint8_t sealed[static SEAL_LEN], struct entry *entry, const struct seal_entry *how)
{
	struct seal s;
	uint8_t plain[ENTRY_LEN];
	int err = seal_begin(&s, how->set, entry->id, how->rng);
	if (err)
		return err;
	memcpy(entry->recipient, s.hash, sizeof(entry->recipient));
	err = entry_build(plain, entry, how->key);
	if (!err)
		err = seal_finish(&s, plain, sealed);
	if (!err && how->file_key)
		*how->file_key = s.file_key;
	sodium_memzero(plain, sizeof(plain));
	seal_wipe(&s);
	return err;
}
