/* The card of a veil; see veil.h. crypto/ opens no file or connection, never logs and never
 * exits. */
#include "crypto/veil.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/text.h"

#include <string.h>

#define AT(name)                                                                                   \
	.at = offsetof(struct veil_card, name), .size = sizeof(((struct veil_card *)0)->name)

static const struct field fields[] = {
	{ .word = "gateway", .type = FIELD_HEX, AT(gateway) },
	{ .word = "config", .type = FIELD_BASE64, AT(config) },
};

static const struct field_doc doc = {
	.first = "davylamp/v1 veil",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
};

/* The name of the signature: that of the gateway. */
static void
signer(char name[static NOTE_NAME_MAX], const uint8_t gateway[static KEY_ID_LEN])
{
	char hex[2 * KEY_ID_LEN + 1];

	text_hex(hex, sizeof(hex), gateway, KEY_ID_LEN);
	snprintf(name, NOTE_NAME_MAX, "veil.%s", hex);
}

int
veil_card_sign(struct bufw *w, const struct veil_card *card, const struct key_sign *key)
{
	const char *text = (const char *)w->base + w->len;
	size_t from = w->len;
	char name[NOTE_NAME_MAX];

	signer(name, card->gateway);
	field_print(w, &doc, card);
	size_t len = w->len - from;
	bufw_text(w, "\n");
	int err = bufw_end(w);
	return err ? err : note_sign(w, text, len, name, key);
}

int
veil_card_verify(struct veil_card *out, const void *bytes, size_t len,
		 const uint8_t gateway[static KEY_ID_LEN],
		 const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	struct note_key by;
	struct note note;

	memset(out, 0, sizeof(*out));
	signer(by.name, gateway);
	memcpy(by.key, key, sizeof(by.key));
	int err = len > VEIL_CARD_MAX ? ERR_RANGE : note_parse(&note, bytes, len);
	if (!err)
		err = note_verify(&note, &by, 1, 1);
	if (!err)
		err = field_read(out, &doc, note.text, note.text_len);
	if (!err && memcmp(out->gateway, gateway, KEY_ID_LEN) != 0)
		err = ERR_AUTH;
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}
