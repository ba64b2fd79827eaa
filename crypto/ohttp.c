/* Oblivious HTTP (RFC 9458); see ohttp.h. crypto/ opens no file or connection, never logs and
 * never exits. */
#include "crypto/ohttp.h"

#include <sodium.h>
#include <string.h>

#include "crypto/buf.h"
#include "crypto/err.h"

#define AEAD_KEY_LEN   32
#define AEAD_NONCE_LEN 12

/* KEM 0x647a, KDF 0x0001, AEAD 0x0003 */
static const uint8_t kem[2] = { 0x64, 0x7a }, symmetric[4] = { 0, 1, 0, 3 };

/* A request of known length: method, scheme, authority, path, no fields, the length of the frame.
 * The authority is the same for every gateway, so that it tells nothing. */
static const uint8_t post[] = "\0\4POST\5https\17gateway.invalid\2/x\0\200\0\100";
_Static_assert(sizeof(post) == OHTTP_POST_LEN, "the last byte is the literal's own zero");

void
ohttp_config_put(uint8_t out[static OHTTP_CONFIG_LEN], const struct ohttp_config *config)
{
	struct bufw w;

	bufw_init(&w, out, OHTTP_CONFIG_LEN);
	bufw_u8(&w, config->id);
	bufw_bytes(&w, kem, sizeof(kem));
	bufw_bytes(&w, config->key.b, sizeof(config->key.b));
	bufw_u8(&w, 0);
	bufw_u8(&w, sizeof(symmetric));
	bufw_bytes(&w, symmetric, sizeof(symmetric));
}

int
ohttp_config_get(struct ohttp_config *out, const uint8_t bytes[static OHTTP_CONFIG_LEN])
{
	uint8_t back[OHTTP_CONFIG_LEN];

	out->id = bytes[0];
	memcpy(out->key.b, bytes + 3, sizeof(out->key.b));
	ohttp_config_put(back, out);
	int err = memcmp(back, bytes, sizeof(back)) ? ERR_FORMAT : xwing_check(&out->key);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

static void
head_put(uint8_t head[static OHTTP_HEAD_LEN], uint8_t id)
{
	head[0] = id;
	memcpy(head + 1, kem, sizeof(kem));
	memcpy(head + 3, symmetric, sizeof(symmetric));
}

int
ohttp_ask_id(uint8_t *id, const uint8_t ask[static OHTTP_ASK_LEN])
{
	uint8_t head[OHTTP_HEAD_LEN];

	*id = ask[0];
	head_put(head, *id);
	return memcmp(head, ask, sizeof(head)) ? ERR_FORMAT : 0;
}

/* "message/bhttp request" ‖ 0 ‖ head: what binds a request to the key and the suite. */
struct info {
	uint8_t b[22 + OHTTP_HEAD_LEN];
};

static void
info_put(struct info *info, uint8_t id)
{
	memcpy(info->b, "message/bhttp request", 22);
	head_put(info->b + 22, id);
}

static int
wait_make(struct ohttp_wait *wait, const struct xwing_shared *shared, const struct info *info)
{
	return hpke_export(wait->secret, sizeof(wait->secret), shared,
			   HKDF_IN(info->b, sizeof(info->b)), HKDF_TEXT("message/bhttp response"));
}

int
ohttp_ask_seal(uint8_t out[static OHTTP_ASK_LEN], struct ohttp_wait *wait,
	       const struct ohttp_config *config, const uint8_t frame[static FRAME_LEN])
{
	uint8_t coins[XWING_COINS_LEN], plain[OHTTP_POST_LEN + FRAME_LEN];
	struct xwing_shared shared;
	struct info info;

	randombytes_buf(coins, sizeof(coins));
	info_put(&info, config->id);
	memcpy(plain, post, sizeof(post));
	memcpy(plain + sizeof(post), frame, FRAME_LEN);
	int err = xwing_encapsulate(&wait->enc, &shared, &config->key, coins);
	if (!err)
		err = wait_make(wait, &shared, &info);
	if (!err)
		err = hpke_seal(out + OHTTP_HEAD_LEN + XWING_CT_LEN, &shared,
				HKDF_IN(info.b, sizeof(info.b)), HKDF_IN(plain, sizeof(plain)));
	head_put(out, config->id);
	memcpy(out + OHTTP_HEAD_LEN, wait->enc.b, XWING_CT_LEN);
	sodium_memzero(coins, sizeof(coins));
	sodium_memzero(&shared, sizeof(shared));
	sodium_memzero(plain, sizeof(plain));
	return err;
}

int
ohttp_ask_open(uint8_t frame[static FRAME_LEN], struct ohttp_wait *wait,
	       const uint8_t ask[static OHTTP_ASK_LEN], const struct xwing_ready *key)
{
	const size_t at = OHTTP_HEAD_LEN + XWING_CT_LEN;
	uint8_t plain[OHTTP_POST_LEN + FRAME_LEN];
	struct xwing_shared shared;
	struct info info;

	memset(frame, 0, FRAME_LEN);
	info_put(&info, ask[0]);
	memcpy(wait->enc.b, ask + OHTTP_HEAD_LEN, XWING_CT_LEN);
	/* A share of low order is one more request that does not open. */
	int err = xwing_decapsulate(&shared, &wait->enc, key) ? ERR_AUTH : 0;
	if (!err)
		err = hpke_open(plain, &shared, HKDF_IN(info.b, sizeof(info.b)),
				HKDF_IN(ask + at, OHTTP_ASK_LEN - at));
	if (!err && memcmp(plain, post, sizeof(post)) != 0)
		err = ERR_FORMAT;
	if (!err)
		err = wait_make(wait, &shared, &info);
	if (!err)
		memcpy(frame, plain + sizeof(post), FRAME_LEN);
	sodium_memzero(&shared, sizeof(shared));
	sodium_memzero(plain, sizeof(plain));
	return err;
}

/* RFC 9458 §4.4 */
struct reply_key {
	uint8_t key[AEAD_KEY_LEN];
	uint8_t nonce[AEAD_NONCE_LEN];
};

static int
reply_key_make(struct reply_key *out, const struct ohttp_wait *wait, const uint8_t *nonce)
{
	uint8_t salt[XWING_CT_LEN + OHTTP_NONCE_LEN];
	struct hkdf_prk prk;

	memcpy(salt, wait->enc.b, XWING_CT_LEN);
	memcpy(salt + XWING_CT_LEN, nonce, OHTTP_NONCE_LEN);
	hkdf_extract(&prk, HKDF_IN(salt, sizeof(salt)),
		     HKDF_IN(wait->secret, sizeof(wait->secret)));
	int err = hkdf_expand(out->key, sizeof(out->key), &prk, HKDF_TEXT("key"));
	if (!err)
		err = hkdf_expand(out->nonce, sizeof(out->nonce), &prk, HKDF_TEXT("nonce"));
	sodium_memzero(&prk, sizeof(prk));
	return err;
}

/* An answer of known length: status, no fields, the length of the frame. */
static void
reply_head(uint8_t head[static OHTTP_OK_LEN], unsigned status)
{
	const uint8_t bytes[] = {
		1, (uint8_t)(0x40 | status >> 8), (uint8_t)status, 0, 0x80, 0, 0x40, 0
	};

	_Static_assert(sizeof(bytes) == OHTTP_OK_LEN && FRAME_LEN == 0x4000, "FORMATS.md");
	memcpy(head, bytes, sizeof(bytes));
}

int
ohttp_reply_seal(uint8_t out[static OHTTP_REPLY_LEN], const struct ohttp_wait *wait,
		 unsigned status, const uint8_t *frame)
{
	uint8_t plain[OHTTP_OK_LEN + FRAME_LEN] = { 0 };
	struct reply_key k;

	if (status < 200 || status > 599)
		return ERR_ARG;
	reply_head(plain, status);
	if (frame)
		memcpy(plain + OHTTP_OK_LEN, frame, FRAME_LEN);
	randombytes_buf(out, OHTTP_NONCE_LEN);
	int err = reply_key_make(&k, wait, out);
	if (!err)
		crypto_aead_chacha20poly1305_ietf_encrypt(out + OHTTP_NONCE_LEN, NULL, plain,
							  sizeof(plain), NULL, 0, NULL, k.nonce,
							  k.key);
	sodium_memzero(&k, sizeof(k));
	sodium_memzero(plain, sizeof(plain));
	return err;
}

int
ohttp_reply_open(uint8_t frame[static FRAME_LEN], unsigned *status, const struct ohttp_wait *wait,
		 const uint8_t reply[static OHTTP_REPLY_LEN])
{
	uint8_t plain[OHTTP_OK_LEN + FRAME_LEN], head[OHTTP_OK_LEN];
	struct reply_key k;

	memset(frame, 0, FRAME_LEN);
	*status = 0;
	int err = reply_key_make(&k, wait, reply);
	if (!err &&
	    crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, reply + OHTTP_NONCE_LEN,
						      OHTTP_REPLY_LEN - OHTTP_NONCE_LEN, NULL, 0,
						      k.nonce, k.key) != 0)
		err = ERR_AUTH;
	sodium_memzero(&k, sizeof(k));
	if (err)
		return err;
	unsigned said = (unsigned)(plain[1] & 0x3f) << 8 | plain[2];
	reply_head(head, said);
	if (said < 200 || said > 599 || memcmp(head, plain, sizeof(head)) != 0)
		err = ERR_FORMAT;
	if (!err) {
		*status = said;
		memcpy(frame, plain + OHTTP_OK_LEN, FRAME_LEN);
	}
	sodium_memzero(plain, sizeof(plain));
	return err;
}
