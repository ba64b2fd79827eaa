/*
 * A cursor is tag (8) ‖ place (8) under a mask. The tag is a MAC over desk, kind and place; the
 * mask is derived from the tag. Equal places give equal cursors and reveal nothing else, so that no
 * gap in numbers tells of a hidden case.
 *
 * Whether the member is on duty is in the MAC too. A cursor has passed the cases that wait for
 * those on duty; whoever goes on duty later, or sees them because no rota stands, has to list anew,
 * else he would never learn of them. His old cursor is refused, as one of another gateway is.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "crypto/label.h"

#include <sodium.h>

static void
cursor_hash(const struct vault *v, uint8_t out[static 16], const uint8_t head[static 5],
	    const uint8_t middle[static 8])
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, v->cursor_key, sizeof(v->cursor_key), 16);
	crypto_generichash_update(&st, (const uint8_t *)LABEL_CURSOR, LABEL_LEN(LABEL_CURSOR));
	crypto_generichash_update(&st, head, 5);
	crypto_generichash_update(&st, middle, 8);
	crypto_generichash_final(&st, out, 16);
}

void
vault_cursor_make(const struct vault *v, uint8_t dst[static FRAME_CURSOR_LEN],
		  struct vault_cursor of, uint64_t place)
{
	uint8_t head[5] = { 0, of.kind, (uint8_t)of.desk, (uint8_t)(of.desk >> 8), of.turn };
	uint8_t plain[8], tag[16], mask[16];
	ipc_set64(plain, place);
	cursor_hash(v, tag, head, plain);
	head[0] = 1;
	cursor_hash(v, mask, head, tag);
	for (int i = 0; i < 8; i++) {
		dst[i] = tag[i];
		dst[8 + i] = plain[i] ^ mask[i];
	}
}

int
vault_cursor_read(const struct vault *v, uint64_t *place,
		  const uint8_t src[static FRAME_CURSOR_LEN], struct vault_cursor of)
{
	uint8_t head[5] = { 1, of.kind, (uint8_t)of.desk, (uint8_t)(of.desk >> 8), of.turn };
	uint8_t plain[8], tag[16], mask[16];
	*place = 0;
	if (sodium_is_zero(src, FRAME_CURSOR_LEN))
		return 0;
	cursor_hash(v, mask, head, src);
	for (int i = 0; i < 8; i++)
		plain[i] = src[8 + i] ^ mask[i];
	head[0] = 0;
	cursor_hash(v, tag, head, plain);
	if (sodium_memcmp(tag, src, 8))
		return ERR_AUTH;
	*place = ipc_get64(plain);
	return 0;
}
