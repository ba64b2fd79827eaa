/* Signed notes (C2SP signed-note; FORMATS.md section 9): parsing, verifying, signing, and
 * joining the signatures of several copies. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/note.h"

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/text.h"

#include <inttypes.h>
#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

#define DASH        "\xe2\x80\x94 " /* em dash and a blank */
#define DASH_LEN    (sizeof(DASH) - 1)
#define SIG_BYTES   (4 + KEY_SIG_LEN)
#define COSIG_BYTES (4 + 8 + KEY_SIG_LEN)
#define SIG_MAX     4096                 /* bytes of a signature of another algorithm */
#define SEEN_MAX    (NOTE_SEEN_MAX + 64) /* with the two lines before the text */

void
note_key_hash(uint8_t hash[static 4], enum note_kind kind, const char *name,
	      const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	const uint8_t middle[] = { '\n', (uint8_t)kind };
	uint8_t full[SHA256_DIGEST_SIZE];
	struct sha256_ctx st;
	sha256_init(&st);
	sha256_update(&st, strlen(name), (const uint8_t *)name);
	sha256_update(&st, sizeof(middle), middle);
	sha256_update(&st, KEY_SIGN_PUBLIC_LEN, key);
	sha256_digest(&st, sizeof(full), full);
	memcpy(hash, full, 4);
}

void
note_verifier_put(struct bufw *w, const struct note_key *key)
{
	uint8_t typed[1 + KEY_SIGN_PUBLIC_LEN] = { NOTE_ED25519 }, hash[4];
	memcpy(typed + 1, key->key, sizeof(key->key));
	note_key_hash(hash, NOTE_ED25519, key->name, key->key);
	bufw_printf(w, "%s+", key->name);
	bufw_hex(w, hash, sizeof(hash));
	bufw_text(w, "+");
	bufw_base64(w, typed, sizeof(typed));
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

static uint64_t
be64_get(const uint8_t *p)
{
	uint64_t v = 0;
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static void
be64_put(uint8_t *p, uint64_t v)
{
	for (size_t i = 8; i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
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
	if (raw_len != SIG_BYTES && raw_len != COSIG_BYTES)
		return 0; /* another algorithm: C2SP says that it is ignored */
	if (out->sig_cnt == NOTE_SIG_MAX)
		return ERR_RANGE;
	struct note_sig *sig = &out->sig[out->sig_cnt++];
	sig->kind = raw_len == SIG_BYTES ? NOTE_ED25519 : NOTE_COSIGNATURE;
	sig->name = line;
	sig->name_len = name_len;
	memcpy(sig->hash, raw, sizeof(sig->hash));
	memcpy(sig->sig, raw + raw_len - KEY_SIG_LEN, KEY_SIG_LEN);
	if (sig->kind == NOTE_COSIGNATURE)
		sig->time = be64_get(raw + 4);
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

bool
note_sig_claims(const struct note_sig *sig, enum note_kind kind, const struct note_key *key)
{
	uint8_t hash[4];
	size_t len = strnlen(key->name, sizeof(key->name));
	if (sig->kind != kind || sig->name_len != len || memcmp(sig->name, key->name, len) != 0)
		return 0;
	note_key_hash(hash, kind, key->name, key->key);
	return memcmp(hash, sig->hash, sizeof(hash)) == 0;
}

/* What a cosignature signs: the time, and the text. */
static int
seen_message(struct bufw *w, uint8_t msg[static SEEN_MAX], const char *text, size_t text_len,
	     uint64_t time)
{
	bufw_init(w, msg, SEEN_MAX);
	bufw_printf(w, "cosignature/v1\ntime %" PRIu64 "\n", time);
	bufw_bytes(w, text, text_len);
	return text_len > NOTE_SEEN_MAX ? ERR_FULL : bufw_end(w);
}

static int
sig_verify(const struct note *note, const struct note_sig *sig, const uint8_t *key)
{
	uint8_t msg[SEEN_MAX];
	struct bufw w;
	if (sig->kind == NOTE_ED25519)
		return crypto_sign_verify_detached(sig->sig, (const uint8_t *)note->text,
						   note->text_len, key);
	if (seen_message(&w, msg, note->text, note->text_len, sig->time))
		return ERR_AUTH;
	return crypto_sign_verify_detached(sig->sig, msg, w.len, key);
}

/* Tells whether this public key has signed already, under an earlier index of the list. */
static bool
counted(const struct note_key *keys, const bool *by, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (by[j] && memcmp(keys[j].key, keys[i].key, KEY_SIGN_PUBLIC_LEN) == 0)
			return true;
	return false;
}

/* Finds the different keys of the list by which there is a good signature of this kind. */
static int
find_signers(bool *by, const struct note *note, enum note_kind kind, const struct note_key *keys,
	     size_t key_cnt, uint64_t since)
{
	memset(by, 0, key_cnt * sizeof(*by));
	for (size_t s = 0; s < note->sig_cnt; s++) {
		const struct note_sig *sig = &note->sig[s];
		for (size_t i = 0; i < key_cnt; i++) {
			if (!note_sig_claims(sig, kind, &keys[i]))
				continue;
			if (sig_verify(note, sig, keys[i].key))
				return ERR_AUTH;
			if (sig->time >= since)
				by[i] = true;
		}
	}
	for (size_t i = 0; i < key_cnt; i++)
		by[i] = by[i] && !counted(keys, by, i);
	return 0;
}

int
note_verify(const struct note *note, const struct note_key *keys, size_t key_cnt, size_t need)
{
	bool by[NOTE_KEY_MAX];
	size_t cnt = 0;
	if (need == 0 || key_cnt > NOTE_KEY_MAX)
		return ERR_ARG;
	int err = find_signers(by, note, NOTE_ED25519, keys, key_cnt, 0);
	if (err)
		return err;
	for (size_t i = 0; i < key_cnt; i++)
		cnt += by[i];
	return cnt >= need ? 0 : ERR_AUTH;
}

int
note_cosigned(bool *by, const struct note *note, const struct note_key *keys, size_t key_cnt,
	      uint64_t since)
{
	return find_signers(by, note, NOTE_COSIGNATURE, keys, key_cnt, since);
}

/* Writes a signature line: the bytes are key hash, time where there is one, signature. */
static void
put_sig(struct bufw *w, const struct note_sig *sig)
{
	uint8_t raw[COSIG_BYTES];
	size_t len = sig->kind == NOTE_COSIGNATURE ? COSIG_BYTES : SIG_BYTES;
	memcpy(raw, sig->hash, sizeof(sig->hash));
	be64_put(raw + 4, sig->time); /* written over where there is none */
	memcpy(raw + len - KEY_SIG_LEN, sig->sig, KEY_SIG_LEN);
	bufw_text(w, DASH);
	bufw_bytes(w, sig->name, sig->name_len);
	bufw_text(w, " ");
	bufw_base64(w, raw, len);
	bufw_text(w, "\n");
}

static int
sign_line(struct bufw *w, const char *text, size_t text_len, struct note_sig *sig, const char *name,
	  const struct key_sign *key)
{
	uint8_t pk[KEY_SIGN_PUBLIC_LEN], msg[SEEN_MAX];
	struct bufw seen;
	if (!name_ok(name, strlen(name)) || text_len == 0 || text[text_len - 1] != '\n')
		return ERR_ARG;
	int err = text_printable(text, text_len, 1);
	if (!err && sig->kind == NOTE_COSIGNATURE)
		err = seen_message(&seen, msg, text, text_len, sig->time);
	if (err)
		return err;
	key_sign_public(pk, key);
	note_key_hash(sig->hash, sig->kind, name, pk);
	if (sig->kind == NOTE_COSIGNATURE)
		crypto_sign_detached(sig->sig, NULL, msg, seen.len, key->bytes);
	else
		crypto_sign_detached(sig->sig, NULL, (const uint8_t *)text, text_len, key->bytes);
	sig->name = name;
	sig->name_len = strlen(name);
	put_sig(w, sig);
	return bufw_end(w);
}

int
note_sign(struct bufw *w, const char *text, size_t text_len, const char *name,
	  const struct key_sign *key)
{
	return sign_line(w, text, text_len, &(struct note_sig){ .kind = NOTE_ED25519 }, name, key);
}

int
note_cosign(struct bufw *w, const char *text, size_t text_len, uint64_t time, const char *name,
	    const struct key_sign *key)
{
	struct note_sig sig = { .kind = NOTE_COSIGNATURE, .time = time };
	return sign_line(w, text, text_len, &sig, name, key);
}

static int
same_sig(const struct note_sig *a, const struct note_sig *b)
{
	return a->kind == b->kind && a->time == b->time && a->name_len == b->name_len &&
	       memcmp(a->name, b->name, a->name_len) == 0 &&
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
			if (!merged(notes, n, s))
				put_sig(w, &notes[n].sig[s]);
		}
	}
	return bufw_end(w);
}
