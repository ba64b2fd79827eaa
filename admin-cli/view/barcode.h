/*
 * Reads the codes (QR) in a picture that a stranger may have made. Decoding and reading happen in
 * the sandbox (cage.h); what leaves it is text, which says whatever the codes say.
 */
#ifndef BARCODE_H
#define BARCODE_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* Each code ends with a newline; *len is 0 where none was found. *out is the caller's to free. A
 * failure is recorded. */
int barcode_read(struct session *ses, const uint8_t *bytes, size_t len, char **out, size_t *out_len)
	__attribute__((warn_unused_result));

#endif
