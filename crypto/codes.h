/*
 * A locked file as a set of codes (QR) to photograph (FORMATS §20): each says to which file it
 * belongs, which of how many it is, and its piece of the file. They are taken in any order, and
 * twice does no harm. The set proves nothing: the frames in it are signed by who sealed them.
 */
#ifndef CRYPTO_CODES_H
#define CRYPTO_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/b64.h"

#define CODES_MAX      99
#define CODES_PIECE    820 /* a code of it has 113 modules */
#define CODES_NAME_LEN 8   /* hex of the first four bytes of the file's SHA-256 */
#define CODES_TEXT_CAP (5 + CODES_NAME_LEN + 7 + B64_LEN(CODES_PIECE) + 1)

/* Zero before the first code. */
struct codes {
	char name[CODES_NAME_LEN + 1];
	unsigned total, have;
	uint16_t len[CODES_MAX]; /* of each piece; 0: it has not come */
	uint8_t piece[CODES_MAX][CODES_PIECE];
};

/* How many codes a file of that length makes; 0: it is empty or too long. */
unsigned codes_count(size_t len);
/* The text of code n, counted from 1. ERR_ARG where the file has no such code. */
int codes_text(char out[static CODES_TEXT_CAP], const uint8_t *file, size_t len, unsigned n)
	__attribute__((warn_unused_result));
/* Takes what a code says. ERR_FORMAT: no code of a locked file. ERR_DENIED: a code of another file
 * than the first, or another piece under the same number. */
int codes_take(struct codes *c, const char *text, size_t len) __attribute__((warn_unused_result));
/* The file, when all have come. ERR_NOT_FOUND: some have not; ERR_AUTH: the pieces are not those of
 * one file. The caller frees *out. */
int codes_join(const struct codes *c, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));

#endif
