/* A desk's statement that it has opened a case: its bytes and its signature; see statement.h. It
 * opens nothing: the server links it to pass statements on. */
#include "crypto/statement.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

#define MESSAGE_LEN (LABEL_LEN(LABEL_STATEMENT) + 2 * KEY_ID_LEN + 32 + 2 + 4 + 4)

static void
message(uint8_t msg[static MESSAGE_LEN], const struct statement *s)
{
	struct bufw w;
	bufw_init(&w, msg, MESSAGE_LEN);
	bufw_text(&w, LABEL_STATEMENT);
	bufw_bytes(&w, s->gateway, KEY_ID_LEN);
	bufw_bytes(&w, s->id, KEY_ID_LEN);
	bufw_bytes(&w, s->t, sizeof(s->t));
	bufw_u16(&w, s->desk);
	bufw_u32(&w, s->epoch);
	bufw_u32(&w, s->day);
}

void
statement_sign(uint8_t sig[static KEY_SIG_LEN], const struct statement *s,
	       const struct key_sign *voice)
{
	uint8_t msg[MESSAGE_LEN];
	message(msg, s);
	crypto_sign_detached(sig, NULL, msg, sizeof(msg), voice->bytes);
}

int
statement_verify(const struct statement *s, const uint8_t sig[static KEY_SIG_LEN],
		 const uint8_t voice[static KEY_SIGN_PUBLIC_LEN])
{
	uint8_t msg[MESSAGE_LEN];
	message(msg, s);
	return crypto_sign_verify_detached(sig, msg, sizeof(msg), voice) ? ERR_AUTH : 0;
}

void
statement_put(uint8_t dst[static STATEMENT_RECORD_LEN], const struct statement *s,
	      const uint8_t sig[static KEY_SIG_LEN])
{
	struct bufw w;
	bufw_init(&w, dst, STATEMENT_RECORD_LEN);
	bufw_u16(&w, s->desk);
	bufw_u32(&w, s->epoch);
	bufw_u32(&w, s->day);
	bufw_bytes(&w, sig, KEY_SIG_LEN);
}

void
statement_get(struct statement *s, uint8_t sig[static KEY_SIG_LEN],
	      const uint8_t src[static STATEMENT_RECORD_LEN])
{
	struct buf b;
	buf_init(&b, src, STATEMENT_RECORD_LEN);
	s->desk = buf_u16(&b);
	s->epoch = buf_u32(&b);
	s->day = buf_u32(&b);
	buf_bytes(&b, sig, KEY_SIG_LEN, KEY_SIG_LEN);
}
