/* Oblivious HTTP (RFC 9458) for the one exchange that there is: a frame in a POST, a frame in the
 * answer. One suite (hpke.h), one form of Binary HTTP (RFC 9292), one size each way. FORMATS.md
 * section 22. */
#ifndef CRYPTO_OHTTP_H
#define CRYPTO_OHTTP_H

#include "crypto/frame.h"
#include "crypto/hpke.h"

#define OHTTP_CONFIG_LEN (1 + 2 + XWING_PUBLIC_LEN + 2 + 4)
#define OHTTP_HEAD_LEN   7  /* key id, KEM, KDF, AEAD */
#define OHTTP_POST_LEN   36 /* Binary HTTP before the frame, in a request and in an answer */
#define OHTTP_OK_LEN     8
#define OHTTP_NONCE_LEN  32
#define OHTTP_ASK_LEN                                                                              \
	(OHTTP_HEAD_LEN + XWING_CT_LEN + OHTTP_POST_LEN + FRAME_LEN + HPKE_TAG_LEN) /* 17,563 */
#define OHTTP_REPLY_LEN (OHTTP_NONCE_LEN + OHTTP_OK_LEN + FRAME_LEN + HPKE_TAG_LEN) /* 16,440 */

/* A public key, and the number by which a request names it. */
struct ohttp_config {
	uint8_t id;
	struct xwing_public key;
};

/* What an end keeps of a request until its answer. It is secret: wipe it. */
struct ohttp_wait {
	struct xwing_ct enc;
	uint8_t secret[HKDF_PRK_LEN];
};

void ohttp_config_put(uint8_t out[static OHTTP_CONFIG_LEN], const struct ohttp_config *config);
/* ERR_FORMAT for any other suite, ERR_KEY for a key that is not one. */
int ohttp_config_get(struct ohttp_config *out, const uint8_t bytes[static OHTTP_CONFIG_LEN])
	__attribute__((warn_unused_result));

/* The key id that an encapsulated request names. ERR_FORMAT where it is of another suite. */
int ohttp_ask_id(uint8_t *id, const uint8_t ask[static OHTTP_ASK_LEN])
	__attribute__((warn_unused_result));
/* The client's end. Every request is made with new randomness. ERR_KEY */
int ohttp_ask_seal(uint8_t out[static OHTTP_ASK_LEN], struct ohttp_wait *wait,
		   const struct ohttp_config *config, const uint8_t frame[static FRAME_LEN])
	__attribute__((warn_unused_result));
/* The gateway's end, with the key that ohttp_ask_id() named. ERR_AUTH where it does not open,
 * ERR_FORMAT where what it holds is no POST of a frame; frame is then zero. */
int ohttp_ask_open(uint8_t frame[static FRAME_LEN], struct ohttp_wait *wait,
		   const uint8_t ask[static OHTTP_ASK_LEN], const struct xwing_ready *key)
	__attribute__((warn_unused_result));

/* An answer with that status of HTTP (200 to 599); frame NULL: as many zeros, so that an answer
 * without a frame has the size of every other. ERR_ARG */
int ohttp_reply_seal(uint8_t out[static OHTTP_REPLY_LEN], const struct ohttp_wait *wait,
		     unsigned status, const uint8_t *frame) __attribute__((warn_unused_result));
/* ERR_AUTH where it is no answer to that request, ERR_FORMAT as above; frame is then zero. */
int ohttp_reply_open(uint8_t frame[static FRAME_LEN], unsigned *status,
		     const struct ohttp_wait *wait, const uint8_t reply[static OHTTP_REPLY_LEN])
	__attribute__((warn_unused_result));

#endif
