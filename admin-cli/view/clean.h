/*
 * Cleans a picture as the page does: only what is seen is left, at most 1600 pixels wide or high,
 * about 200 KB. A decoder in a sandbox (cage.h) turns it upright and encodes it anew; what comes
 * back is believed only where it is a JPEG with nothing in it but the picture.
 */
#ifndef CLEAN_H
#define CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/* What the decoder is told that the bytes are, as "jpeg:/in", by their beginning; NULL for what is
 * no JPEG, PNG or WebP. */
const char *clean_format(const uint8_t *bytes, size_t len);
/* From JPEG, PNG or WebP. *out is the caller's to free. A failure is recorded. */
int clean_picture(struct session *ses, const uint8_t *bytes, size_t len, uint8_t **out,
		  size_t *out_len) __attribute__((warn_unused_result));

/* Whether bytes are a JPEG and nothing else: no comment, nothing of a camera or a program, nothing
 * behind the picture. */
bool clean_is_picture(const uint8_t *b, size_t len);

#endif
