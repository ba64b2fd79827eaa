/* What all get, made smaller, in one of few lengths: the length of a roster should tell little. */
#include "server/face/face.h"

#include <stdlib.h>
#include <zlib.h>

#include "crypto/err.h"

#define GZIP      16 /* added to the window: a gzip header, without name and time */
#define EXTRA_LEN 2  /* the length of the extra field, which stands before it */

/* Compresses into out, with an extra field of that many zeros in the header; 0 where it fails. */
static size_t
pack(uint8_t *out, size_t cap, const uint8_t *in, size_t len, uint8_t *extra, size_t extra_len)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)len };
	gz_header head = { .os = 255, .extra = extra, .extra_len = (uInt)extra_len };
	size_t n = 0;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP, MAX_MEM_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	z.next_out = out;
	z.avail_out = (uInt)cap;
	if (deflateSetHeader(&z, &head) == Z_OK && deflate(&z, Z_FINISH) == Z_STREAM_END)
		n = z.total_out;
	deflateEnd(&z);
	return n;
}

int
face_gzip(uint8_t **out, size_t *out_len, const uint8_t *in, size_t len)
{
	size_t cap = compressBound(len) + 2 * FACE_GZIP_STEP;
	uint8_t *bytes = malloc(cap), *zeros = calloc(1, FACE_GZIP_STEP);
	size_t n = bytes && zeros ? pack(bytes, cap, in, len, NULL, 0) : 0, whole = 0;

	if (n) {
		size_t pad = FACE_GZIP_STEP - (n + EXTRA_LEN) % FACE_GZIP_STEP;
		whole = pack(bytes, cap, in, len, zeros, pad);
	}
	free(zeros);
	if (!whole) {
		free(bytes);
		return ERR_MEM;
	}
	*out = bytes;
	*out_len = whole;
	return 0;
}
