/* Documents of `keyword value` lines as tables (FORMATS.md section 9). One table both reads
 * and prints a document, so that the two cannot differ. A document is its first line, then
 * lines in the order of the table, each once unless it repeats. A block opens with its own
 * line; its inner lines begin with one blank. Anything else is an error. */
#ifndef CRYPTO_FIELD_H
#define CRYPTO_FIELD_H

#include "crypto/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
	FIELD_TEXT,   /* char[size], printable UTF-8 */
	FIELD_HEX,    /* uint8_t[size] */
	FIELD_BASE64, /* uint8_t[size] */
	FIELD_UINT,   /* size 1, 2 or 4; min ≤ value ≤ max */
	FIELD_DAY,    /* uint32_t unix day */
	FIELD_WORD,   /* uint8_t: place in words */
	FIELD_OWN     /* get and put */
};
enum field_flag { FIELD_OPTIONAL = 1, FIELD_BLOCK = 2, FIELD_INNER = 4, FIELD_REPEATS = 8 };

struct field {
	const char *word;
	uint8_t type;
	uint8_t flags;
	size_t at;   /* offset in the document, or in the block for FIELD_BLOCK and
			FIELD_INNER */
	size_t size; /* bytes; of one element where it repeats */
	uint32_t min, max;
	size_t cnt_at; /* FIELD_REPEATS: offset of its size_t counter; max is the capacity
			*/
	const char *const *words;
	int (*get)(void *base, const char *value, size_t len);
	void (*put)(struct bufw *w, const void *base);
};

struct field_doc {
	const char *first; /* the first line, without '\n' */
	const struct field *field;
	size_t cnt;                                      /* at most 32 */
	void *(*open)(void *top);                        /* a fresh block, zeroed; NULL: too many */
	const void *(*block)(const void *top, size_t i); /* the i-th, NULL behind the last */
};

/* Fills *top, which the caller has zeroed. ERR_FORMAT, ERR_RANGE, ERR_UTF8. */
int field_read(void *top, const struct field_doc *doc, const char *text, size_t len)
	__attribute__((warn_unused_result));
/* Optional fields that are empty or zero are left out; w tells whether it fitted. */
void field_print(struct bufw *w, const struct field_doc *doc, const void *top);

#endif
