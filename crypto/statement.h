/* The statement of a desk, made with the voice key of its epoch, that it has opened a case
 * (FORMATS.md section 8). A vault passes it on; the source's phone checks it. */
#ifndef CRYPTO_STATEMENT_H
#define CRYPTO_STATEMENT_H

#include "crypto/key.h"

#include <stdint.h>

#define STATEMENT_RECORD_LEN 74 /* as answers carry it: desk ‖ epoch ‖ day ‖ signature */

struct statement {
	uint8_t gateway[KEY_ID_LEN];
	uint8_t id[KEY_ID_LEN]; /* of the case */
	uint8_t t[32];          /* the proof of opening */
	uint16_t desk;
	uint32_t epoch; /* of the desk's online certificate whose voice signs */
	uint32_t day;   /* unix day */
};

void statement_sign(uint8_t sig[static KEY_SIG_LEN], const struct statement *s,
		    const struct key_sign *voice);
/* 0 or ERR_AUTH. */
int statement_verify(const struct statement *s, const uint8_t sig[static KEY_SIG_LEN],
		     const uint8_t voice[static KEY_SIGN_PUBLIC_LEN])
	__attribute__((warn_unused_result));
/* A record of an answer. Get fills desk, epoch, day and the signature. */
void statement_put(uint8_t dst[static STATEMENT_RECORD_LEN], const struct statement *s,
		   const uint8_t sig[static KEY_SIG_LEN]);
void statement_get(struct statement *s, uint8_t sig[static KEY_SIG_LEN],
		   const uint8_t src[static STATEMENT_RECORD_LEN]);

#endif
