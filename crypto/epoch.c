/* Epoch certificates (FORMATS.md section 9): a desk's key with its validity, signed by the
 * lead and a cosigner. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/epoch.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/note.h"

#include <stdio.h>
#include <string.h>

static const char *const uses[] = { "online", "offline", NULL };

#define AT(name) .at = offsetof(struct epoch, name), .size = sizeof(((struct epoch *)0)->name)

static const struct field fields[] = {
	{ .word = "gateway", .type = FIELD_HEX, AT(gateway) },
	{ .word = "desk", .type = FIELD_UINT, AT(desk), .min = 1, .max = UINT16_MAX },
	{ .word = "epoch", .type = FIELD_UINT, AT(number), .min = 1, .max = UINT32_MAX },
	{ .word = "use", .type = FIELD_WORD, AT(use), .words = uses },
	{ .word = "from", .type = FIELD_DAY, AT(from) },
	{ .word = "until", .type = FIELD_DAY, AT(until) },
	{ .word = "key", .type = FIELD_BASE64, AT(key) },
	{ .word = "voice", .type = FIELD_BASE64, AT(voice) },
};

static const struct field_doc doc = {
	.first = "davylamp/v1 epoch",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
};

static int
check(const struct epoch *e)
{
	uint32_t most = e->use == EPOCH_ONLINE ? EPOCH_ONLINE_DAYS : EPOCH_OFFLINE_DAYS;
	return e->from < e->until && e->until - e->from <= most ? 0 : ERR_ROSTER;
}

int
epoch_parse(struct epoch *out, const char *text, size_t len)
{
	memset(out, 0, sizeof(*out));
	int err = len > EPOCH_NOTE_MAX ? ERR_RANGE : field_read(out, &doc, text, len);
	if (!err)
		err = check(out);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

int
epoch_print(struct bufw *w, const struct epoch *e)
{
	if (e->use >= EPOCH_USE__MAX || e->number == 0 || e->desk == 0 || check(e))
		return ERR_ROSTER;
	field_print(w, &doc, e);
	return bufw_end(w);
}

/* Whether the roots vouch for this certificate by the hash of its text. */
static bool
is_kept(const struct note *note, const struct roster_desk *d)
{
	uint8_t hash[32];
	key_sha256(hash, note->text, note->text_len);
	for (size_t i = 0; i < d->keeps_cnt; i++)
		if (memcmp(d->keeps[i], hash, sizeof(hash)) == 0)
			return true;
	return false;
}

static void
signer_name(char dst[static NOTE_NAME_MAX], uint16_t desk, bool lead)
{
	snprintf(dst, NOTE_NAME_MAX, "desk-%u-%s", desk, lead ? "lead" : "cosigner");
}

static int
verify_signers(const struct note *note, const struct roster_desk *d, enum epoch_need need)
{
	struct note_key key[ROSTER_COSIGNER_MAX];
	struct note_key lead;
	if (is_kept(note, d))
		return 0;
	signer_name(lead.name, d->number, true);
	memcpy(lead.key, d->lead, KEY_SIGN_PUBLIC_LEN);
	int err = note_verify(note, &lead, 1, 1);
	if (err || need == EPOCH_PENDING)
		return err;
	for (size_t i = 0; i < d->cosigner_cnt; i++) {
		signer_name(key[i].name, d->number, false);
		memcpy(key[i].key, d->cosigner[i], KEY_SIGN_PUBLIC_LEN);
	}
	return note_verify(note, key, d->cosigner_cnt, 1);
}

int
epoch_verify(struct epoch *out, const void *bytes, size_t len, const struct roster *r,
	     enum epoch_need need)
{
	struct note note;
	const struct roster_desk *d = NULL;
	memset(out, 0, sizeof(*out));
	int err = len > EPOCH_NOTE_MAX ? ERR_RANGE : note_parse(&note, bytes, len);
	if (!err)
		err = epoch_parse(out, note.text, note.text_len);
	if (err)
		return err;
	d = roster_find(r, out->desk);
	if (d == NULL || memcmp(out->gateway, r->gateway, KEY_ID_LEN) != 0)
		err = ERR_ROSTER;
	if (!err)
		err = verify_signers(&note, d, need);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

int
epoch_sign(struct bufw *w, const char *text, size_t text_len, uint16_t desk, bool lead,
	   const struct key_sign *key)
{
	char name[NOTE_NAME_MAX];
	signer_name(name, desk, lead);
	return note_sign(w, text, text_len, name, key);
}

bool
epoch_current(const struct epoch *e, uint32_t day)
{
	return e->from <= day && day < e->until;
}
