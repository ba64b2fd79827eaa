/* Signed notes (C2SP signed-note) with Ed25519, and cosignatures of the witnesses of a log (C2SP
 * tlog-cosignature, version 1). FORMATS.md sections 9 and 19. */
#ifndef CRYPTO_NOTE_H
#define CRYPTO_NOTE_H

#include "crypto/buf.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_MAX      (1024 * 1024)
#define NOTE_SIG_MAX  128
#define NOTE_NAME_MAX 64 /* with its zero */
#define NOTE_KEY_MAX  224
#define NOTE_SEEN_MAX 1024 /* bytes of a text that is cosigned */

struct note_key {
	char name[NOTE_NAME_MAX]; /* printable ASCII, no blank, no '+', not empty */
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
};

enum note_kind { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

struct note_sig {
	enum note_kind kind;
	const char *name; /* borrowed, not terminated */
	size_t name_len;
	uint8_t hash[4];
	uint8_t sig[KEY_SIG_LEN];
	uint64_t time; /* of a cosignature, in unix seconds: the text was seen then; otherwise 0 */
};

struct note {
	const char *text; /* borrowed; ends in '\n' */
	size_t text_len;
	size_t sig_cnt;
	struct note_sig sig[NOTE_SIG_MAX]; /* those of the size of one of the two kinds */
};

void note_key_hash(uint8_t hash[static 4], enum note_kind kind, const char *name,
		   const uint8_t key[static KEY_SIGN_PUBLIC_LEN]);
/* NAME+HASH+KEY, as C2SP signed-note writes the key of a signature. */
void note_verifier_put(struct bufw *w, const struct note_key *key);
/* Parses a note: strict layout, UTF-8 without control characters. ERR_FORMAT, ERR_UTF8 or
 * ERR_RANGE. Does not verify signatures. *out borrows the text. */
int note_parse(struct note *out, const void *bytes, size_t len) __attribute__((warn_unused_result));
/* 0 if at least `need` (≥ 1) different keys of the list have signed. Signatures of an unknown
 * name and hash are ignored. One of a known name and hash that does not verify makes the whole
 * note bad. A public key counts once, whatever names it has. Otherwise ERR_AUTH. */
int note_verify(const struct note *note, const struct note_key *keys, size_t key_cnt, size_t need)
	__attribute__((warn_unused_result));
/* Sets by[i] where the i-th key of the list has cosigned at `since` or later; a public key that
 * stands in the list twice only once. Like note_verify for all else: one that does not verify makes
 * the whole note bad (ERR_AUTH). */
int note_cosigned(bool *by, const struct note *note, const struct note_key *keys, size_t key_cnt,
		  uint64_t since) __attribute__((warn_unused_result));
/* Whether the signature claims to be of this kind and key: name and hash fit. */
bool note_sig_claims(const struct note_sig *sig, enum note_kind kind, const struct note_key *key);
/* Appends one signature line over text (which ends in '\n') to w. The caller writes the empty line
 * between text and signatures. */
int note_sign(struct bufw *w, const char *text, size_t text_len, const char *name,
	      const struct key_sign *key) __attribute__((warn_unused_result));
/* The same for a cosignature made at `time`, over at most NOTE_SEEN_MAX bytes of text. */
int note_cosign(struct bufw *w, const char *text, size_t text_len, uint64_t time, const char *name,
		const struct key_sign *key) __attribute__((warn_unused_result));
/*
 * Joins notes with byte-identical text and distinct or repeated signatures (ERR_ARG if a
 * text differs) into w, each signature once, in order of appearance. Lines are copied,
 * not verified.
 */
int note_merge(struct bufw *w, const struct note *notes, size_t cnt)
	__attribute__((warn_unused_result));

#endif
