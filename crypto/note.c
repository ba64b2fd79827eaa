/* Signed notes (C2SP signed-note; FORMATS.md section 9): parsing, verifying, signing, and
 * joining the signatures of several copies. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/note.h"

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/text.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

#define ED25519_ALGORITHM 0x01
#define DASH              "\xe2\x80\x94 " /* em dash and a blank */
#define DASH_LEN          (sizeof(DASH) - 1)
#define SIG_BYTES         (4 + KEY_SIG_LEN)
#define SIG_MAX           4096 /* bytes of a signature of another algorithm */

void
note_key_hash(uint8_t hash[static 4], const char *name,
	      const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	static const uint8_t middle[] = { '\n', ED25519_ALGORITHM };
	uint8_t full[SHA256_DIGEST_SIZE];
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, strlen(name), (const uint8_t *)name);
	sha256_update(&st, sizeof(middle), middle);
	sha256_update(&st, KEY_SIGN_PUBLIC_LEN, key);
	sha256_digest(&st, sizeof(full), full);
	memcpy(hash, full, 4);
}

/* Names are printable ASCII without blank and without '+'. */
static int
name_ok(const char *s, size_t len)
{
	if (len == 0 || len >= NOTE_NAME_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '+')
			return 0;
	return 1;
}

/* Reads the line `— name base64`, without its line end. */
static int
parse_sig(struct note *out, const char *line, size_t len)
{
	uint8_t raw[SIG_MAX];
	size_t raw_len = 0;
	if (len < DASH_LEN || memcmp(line, DASH, DASH_LEN) != 0)
		return ERR_FORMAT;
	line += DASH_LEN;
	len -= DASH_LEN;
	const char *blank = len > 0 ? memchr(line, ' ', len) : NULL;
	if (blank == NULL)
		return ERR_FORMAT;
	size_t name_len = (size_t)(blank - line);
	int err = b64_decode(raw, sizeof(raw), &raw_len, blank + 1, len - name_len - 1, B64_PADDED);
	if (err || raw_len <= 4 || !name_ok(line, name_len))
		return ERR_FORMAT;
	if (raw_len != SIG_BYTES)
		return 0; /* another algorithm: C2SP says that it is ignored */
	if (out->sig_cnt == NOTE_SIG_MAX)
		return ERR_RANGE;
	struct note_sig *sig = &out->sig[out->sig_cnt++];
	sig->name = line;
	sig->name_len = name_len;
	memcpy(sig->hash, raw, sizeof(sig->hash));
	memcpy(sig->sig, raw + 4, KEY_SIG_LEN);
	return 0;
}

/* The offset of the signatures: after the last empty line. 0 if there is no empty line. */
static size_t
signatures_at(const char *s, size_t len)
{
	for (size_t i = len; i >= 3; i--)
		if (s[i - 1] == '\n' && s[i - 2] == '\n')
			return i;
	return 0;
}

int
note_parse(struct note *out, const void *bytes, size_t len)
{
	struct buf b;
	memset(out, 0, sizeof(*out));
	if (len > NOTE_MAX)
		return ERR_RANGE;
	int err = text_printable(bytes, len, 1);
	if (err)
		return err;
	size_t at = signatures_at(bytes, len);
	if (at == 0 || at == len)
		return ERR_FORMAT;
	out->text = bytes;
	out->text_len = at - 1;
	buf_init(&b, out->text + at, len - at);
	while (b.left > 0) {
		size_t n = 0;
		const char *line = buf_line(&b, &n);
		err = line == NULL ? ERR_FORMAT : parse_sig(out, line, n);
		if (err) {
			memset(out, 0, sizeof(*out));
			return err;
		}
	}
	return 0;
}

static int
sig_is_by(const struct note_sig *sig, const struct note_key *key)
{
	uint8_t hash[4];
	size_t len = strnlen(key->name, sizeof(key->name));
	if (sig->name_len != len || memcmp(sig->name, key->name, len) != 0)
		return 0;
	note_key_hash(hash, key->name, key->key);
	return memcmp(hash, sig->hash, sizeof(hash)) == 0;
}

/* Tells whether this public key has signed already, under an earlier index of the list. */
static int
counted(const struct note_key *keys, const uint8_t *signed_by, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (signed_by[j] && memcmp(keys[j].key, keys[i].key, KEY_SIGN_PUBLIC_LEN) == 0)
			return 1;
	return 0;
}

int
note_verify(const struct note *note, const struct note_key *keys, size_t key_cnt, size_t need)
{
	uint8_t signed_by[NOTE_KEY_MAX] = { 0 };
	size_t cnt = 0;
	if (key_cnt > NOTE_KEY_MAX || need == 0)
		return ERR_ARG;
	for (size_t s = 0; s < note->sig_cnt; s++) {
		for (size_t i = 0; i < key_cnt; i++) {
			const struct note_sig *sig = &note->sig[s];
			if (!sig_is_by(sig, &keys[i]))
				continue;
			if (crypto_sign_verify_detached(sig->sig, (const uint8_t *)note->text,
							note->text_len, keys[i].key) != 0)
				return ERR_AUTH;
			signed_by[i] = 1;
		}
	}
	for (size_t i = 0; i < key_cnt; i++)
		if (signed_by[i] && !counted(keys, signed_by, i))
			cnt++;
	return cnt >= need ? 0 : ERR_AUTH;
}

static void
put_sig(struct bufw *w, const char *name, size_t name_len, const uint8_t raw[static SIG_BYTES])
{
	bufw_text(w, DASH);
	bufw_bytes(w, name, name_len);
	bufw_text(w, " ");
	bufw_base64(w, raw, SIG_BYTES);
	bufw_text(w, "\n");
}

int
note_sign(struct bufw *w, const char *text, size_t text_len, const char *name,
	  const struct key_sign *key)
{
	uint8_t raw[SIG_BYTES];
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];
	if (!name_ok(name, strlen(name)) || text_len == 0 || text[text_len - 1] != '\n')
		return ERR_ARG;
	int err = text_printable(text, text_len, 1);
	if (err)
		return err;
	key_sign_public(pk, key);
	note_key_hash(raw, name, pk);
	crypto_sign_detached(raw + 4, NULL, (const uint8_t *)text, text_len, key->bytes);
	put_sig(w, name, strlen(name), raw);
	return bufw_end(w);
}

static int
same_sig(const struct note_sig *a, const struct note_sig *b)
{
	return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0 &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0 &&
	       memcmp(a->sig, b->sig, sizeof(a->sig)) == 0;
}

/* Tells whether the signature appears in an earlier note, or earlier in its own note. */
static int
merged(const struct note *notes, size_t n, size_t s)
{
	for (size_t i = 0; i <= n; i++) {
		size_t cnt = i < n ? notes[i].sig_cnt : s;
		for (size_t j = 0; j < cnt; j++)
			if (same_sig(&notes[i].sig[j], &notes[n].sig[s]))
				return 1;
	}
	return 0;
}

int
note_merge(struct bufw *w, const struct note *notes, size_t cnt)
{
	uint8_t raw[SIG_BYTES];
	if (cnt == 0)
		return ERR_ARG;
	for (size_t n = 1; n < cnt; n++)
		if (notes[n].text_len != notes[0].text_len ||
		    memcmp(notes[n].text, notes[0].text, notes[0].text_len) != 0)
			return ERR_ARG;
	bufw_bytes(w, notes[0].text, notes[0].text_len);
	bufw_text(w, "\n");
	for (size_t n = 0; n < cnt; n++) {
		for (size_t s = 0; s < notes[n].sig_cnt; s++) {
			const struct note_sig *sig = &notes[n].sig[s];
			if (merged(notes, n, s))
				continue;
			memcpy(raw, sig->hash, 4);
			memcpy(raw + 4, sig->sig, KEY_SIG_LEN);
			put_sig(w, sig->name, sig->name_len, raw);
		}
	}
	return bufw_end(w);
}
