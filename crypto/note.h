/* Signed notes (C2SP signed-note) with Ed25519 (FORMATS.md section 9). */
#ifndef CRYPTO_NOTE_H
#define CRYPTO_NOTE_H

#include "crypto/buf.h"
#include "crypto/key.h"

#include <stddef.h>
#include <stdint.h>

#define NOTE_MAX      (1024 * 1024)
#define NOTE_SIG_MAX  32
#define NOTE_NAME_MAX 64 /* with its zero */
#define NOTE_KEY_MAX  64

struct note_key {
	char name[NOTE_NAME_MAX]; /* printable ASCII, no blank, no '+', not empty */
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
};

struct note_sig {
	const char *name; /* borrowed, not terminated */
	size_t name_len;
	uint8_t hash[4];
	uint8_t sig[KEY_SIG_LEN];
};

struct note {
	const char *text; /* borrowed; ends in '\n' */
	size_t text_len;
	size_t sig_cnt;
	struct note_sig sig[NOTE_SIG_MAX]; /* those of Ed25519's size */
};

void note_key_hash(uint8_t hash[static 4], const char *name,
		   const uint8_t key[static KEY_SIGN_PUBLIC_LEN]);
/* Parses a note: strict layout, UTF-8 without control characters. ERR_FORMAT, ERR_UTF8 or
 * ERR_RANGE. Does not verify signatures. *out borrows the text. */
int note_parse(struct note *out, const void *bytes, size_t len) __attribute__((warn_unused_result));
/* 0 if at least `need` (≥ 1) different keys of the list have signed. Signatures of an unknown
 * name and hash are ignored. One of a known name and hash that does not verify makes the whole
 * note bad. A public key counts once, whatever names it has. Otherwise ERR_AUTH. */
int note_verify(const struct note *note, const struct note_key *keys, size_t key_cnt, size_t need)
	__attribute__((warn_unused_result));
/* Appends one signature line over text (which ends in '
 * ') to w. The caller writes the empty line between text and signatures. */
int note_sign(struct bufw *w, const char *text, size_t text_len, const char *name,
	      const struct key_sign *key) __attribute__((warn_unused_result));
/*
 * Joins notes with byte-identical text and distinct or repeated signatures (ERR_ARG if a
 * text differs) into w, each signature once, in order of appearance. Lines are copied,
 * not verified.
 */
int note_merge(struct bufw *w, const struct note *notes, size_t cnt)
	__attribute__((warn_unused_result));

#endif
