/* The opening half of FORMATS.md section 8: opens a sealed entry and audits for whom it was
 * sealed. server/ must not link this file (tests/interop/no-opening.t). crypto/ opens no file
 * or connection, never logs and never exits. */
#include "crypto/open.h"

#include "crypto/age_payload.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

#define STANZAS_LEN (SEAL_CNT * (size_t)AGE_STANZA_PQ_LEN)

struct open_key {
	struct age_identity id;
	struct xwing_public pk;
	uint8_t hash[32];
};

struct open_key *
open_key_new(const struct xwing_secret *secret)
{
	struct open_key *key = secret_alloc(sizeof(*key));
	if (key == NULL)
		return NULL;
	age_key_from_secret(&key->id, AGE_KIND_PQ, secret->seed);
	xwing_public_of(&key->pk, secret);
	key_sha256(key->hash, key->pk.b, sizeof(key->pk.b));
	return key;
}

void
open_key_free(struct open_key *key)
{
	secret_free(key);
}

const uint8_t *
open_key_public(const struct open_key *key)
{
	return key->pk.b;
}

const uint8_t *
open_key_hash(const struct open_key *key)
{
	return key->hash;
}

const struct age_identity *
open_key_identity(const struct open_key *key)
{
	return &key->id;
}

void
open_known_set(struct open_known *known, const uint8_t *pk, uint16_t desk)
{
	known->pk = pk;
	known->desk = desk;
	key_sha256(known->hash, pk, XWING_PUBLIC_LEN);
}

/* Finds our stanza among the four, trying `first` before the others. All four must be of one type.
 */
static int
open_header(struct open_result *out, const uint8_t sealed[static SEAL_LEN],
	    const struct open_key *key, uint8_t first)
{
	struct age_opener who = { .ids = &key->id, .id_cnt = 1, .half = &out->half };
	struct age_stanza stanza[SEAL_CNT];
	struct age_header h;
	int err = age_header_read(&h, sealed, SEAL_LEN, stanza, SEAL_CNT);
	if (err)
		return err;
	if (h.len != SEAL_HEADER_LEN || h.stanza_cnt != SEAL_CNT)
		return ERR_HEADER;
	for (uint8_t i = 0; i < SEAL_CNT; i++)
		if (!age_stanza_is(&stanza[i], "mlkem768x25519"))
			return ERR_HEADER;
	err = ERR_NO_MATCH;
	for (uint8_t i = 0; i < SEAL_CNT && err == ERR_NO_MATCH; i++) {
		out->stanza = (uint8_t)((first + i) % SEAL_CNT);
		err = age_stanza_open(&out->file_key, &stanza[out->stanza], &who);
	}
	if (err)
		return err == ERR_NO_MATCH ? err : ERR_HEADER;
	return age_header_verify(&h, &out->file_key) ? ERR_AUTH : 0;
}

static struct hkdf_in
payload_of(const uint8_t sealed[static SEAL_LEN])
{
	return HKDF_IN(sealed + SEAL_HEADER_LEN, SEAL_LEN - SEAL_HEADER_LEN);
}

int
open_sealed(uint8_t plain[static ENTRY_LEN], struct open_result *out,
	    const uint8_t sealed[static SEAL_LEN], const struct open_key *key, uint8_t first)
{
	size_t len = 0;
	memset(out, 0, sizeof(*out));
	int err = open_header(out, sealed, key, first);
	if (!err && (age_payload_open(plain, ENTRY_LEN, &len, &out->file_key, payload_of(sealed)) ||
		     len != ENTRY_LEN))
		err = ERR_AUTH;
	if (err) {
		sodium_memzero(out, sizeof(*out));
		sodium_memzero(plain, ENTRY_LEN);
		return err;
	}
	memcpy(out->own, key->hash, sizeof(out->own));
	out->key = key;
	return 0;
}

int
open_handed(uint8_t plain[static ENTRY_LEN], struct open_result *out,
	    const uint8_t sealed[static SEAL_LEN], const struct age_file_key *file_key)
{
	struct age_header h;
	size_t len = 0;
	memset(out, 0, sizeof(*out));
	int err = age_header_parse(&h, sealed, SEAL_LEN);
	if (!err && (h.len != SEAL_HEADER_LEN || age_header_verify(&h, file_key) ||
		     age_payload_open(plain, ENTRY_LEN, &len, file_key, payload_of(sealed)) ||
		     len != ENTRY_LEN))
		err = ERR_AUTH;
	if (err) {
		sodium_memzero(plain, ENTRY_LEN);
		return err;
	}
	out->file_key = *file_key;
	return 0;
}

int
open_again(uint8_t plain[static ENTRY_LEN], struct open_result *out,
	   const uint8_t sealed[static SEAL_LEN], const struct open_key *key,
	   const struct age_file_key *file_key)
{
	size_t len = 0;
	memset(out, 0, sizeof(*out));
	if (age_payload_open(plain, ENTRY_LEN, &len, file_key, payload_of(sealed)) ||
	    len != ENTRY_LEN) {
		sodium_memzero(plain, ENTRY_LEN);
		return ERR_AUTH;
	}
	out->file_key = *file_key;
	memcpy(out->own, key->hash, sizeof(out->own));
	return 0;
}

static const struct open_known *
known_find(const struct open_known *known, size_t cnt, const uint8_t hash[static 32])
{
	for (size_t i = 0; i < cnt; i++)
		if (memcmp(known[i].hash, hash, 32) == 0)
			return &known[i];
	return NULL;
}

/* The public key that made stanza i: a known one, or that of the dummy at this place. */
static int
recipient(struct xwing_public *pk, const struct open_result *r, const uint8_t *hash, uint8_t i)
{
	uint8_t made[32];
	if (r->who[i] != NULL) {
		memcpy(pk->b, r->who[i]->pk, sizeof(pk->b));
		return 0;
	}
	int err = seal_dummy(pk, &r->file_key, i);
	if (err)
		return err;
	key_sha256(made, pk->b, sizeof(pk->b));
	return memcmp(made, hash, sizeof(made)) == 0 ? 0 : ERR_NOT_FOUND;
}

/* Our own stanza, which X-Wing has opened, is not made by X-Wing once more. Where the stanzas do
 * not lie as the protocol lays them, the header is another anyway. */
static int
rebuild_own(uint8_t out[static AGE_STANZA_PQ_LEN], const struct open_result *r,
	    const uint8_t sealed[static SEAL_LEN], const struct seal_stanza *in)
{
	const struct age_header h = { .b = sealed, .mac_off = SEAL_HEADER_LEN - AGE_HEADER_END };
	size_t pos = AGE_HEADER_BEGIN + in->place * (size_t)AGE_STANZA_PQ_LEN;
	uint8_t coins[XWING_COINS_LEN];
	struct age_stanza s;
	int err = age_header_next(&h, &pos, &s);
	if (!err)
		err = seal_coins(coins, in);
	if (!err)
		err = age_stanza_seal_own(out, &s, &r->half, &r->key->id, coins);
	sodium_memzero(coins, sizeof(coins));
	return err;
}

/* The stanzas as the protocol makes them. */
static int
rebuild(uint8_t stanzas[static STANZAS_LEN], const struct open_result *r,
	const uint8_t sealed[static SEAL_LEN], const struct entry *entry)
{
	for (uint8_t i = 0; i < SEAL_CNT; i++) {
		struct xwing_public pk;
		struct seal_stanza in = { .file_key = &r->file_key,
					  .id = entry->id,
					  .pk = &pk,
					  .hash = entry->recipient[i],
					  .place = i };
		uint8_t *out = stanzas + i * AGE_STANZA_PQ_LEN;
		int err = recipient(&pk, r, entry->recipient[i], i);
		if (err)
			return err;
		err = r->key && i == r->stanza ? rebuild_own(out, r, sealed, &in)
					       : seal_stanza(out, &in);
		if (err)
			return ERR_AUTH;
	}
	return 0;
}

int
open_audit(struct open_result *out, const uint8_t sealed[static SEAL_LEN],
	   const struct entry *entry, const struct open_known *known, size_t known_cnt)
{
	uint8_t stanzas[STANZAS_LEN];
	out->audit = OPEN_UNAUDITED;
	if (!sodium_is_zero(out->own, sizeof(out->own)) &&
	    memcmp(entry->recipient[out->stanza], out->own, sizeof(out->own)) != 0)
		return ERR_FORMAT;
	for (size_t i = 0; i < SEAL_CNT; i++) {
		/* If one recipient appears twice, another one is missing. */
		for (size_t j = 0; j < i; j++)
			if (memcmp(entry->recipient[i], entry->recipient[j], 32) == 0)
				return ERR_AUTH;
		out->who[i] = known_find(known, known_cnt, entry->recipient[i]);
	}
	/* What stands before and behind them has but one form, and the MAC was verified when the
	 * entry was opened. */
	int err = rebuild(stanzas, out, sealed, entry);
	if (!err && memcmp(stanzas, sealed + AGE_HEADER_BEGIN, sizeof(stanzas)) != 0)
		err = ERR_AUTH;
	if (err)
		memset(out->who, 0, sizeof(out->who));
	else
		out->audit = OPEN_AUDITED;
	return err;
}

int
open_audit_again(struct open_result *out, const struct entry *entry, uint8_t dummies,
		 const struct open_known *known, size_t known_cnt)
{
	out->audit = OPEN_UNAUDITED;
	for (size_t i = 0; i < SEAL_CNT; i++) {
		out->who[i] = NULL;
		if (dummies >> i & 1)
			continue;
		out->who[i] = known_find(known, known_cnt, entry->recipient[i]);
		if (out->who[i] == NULL)
			return ERR_NOT_FOUND;
	}
	out->audit = OPEN_AUDITED;
	return 0;
}
