/* Codes of a locked file: lines of the input are taken into a set; what was taken says the same
 * again, and a set that is whole makes the file that makes these codes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "crypto/codes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
whole(const struct codes *c)
{
	static struct codes again;
	char text[CODES_TEXT_CAP];
	uint8_t *file;
	size_t len;

	if (codes_join(c, &file, &len) != 0)
		return;
	memset(&again, 0, sizeof(again));
	assert(codes_count(len) == c->total);
	for (unsigned n = c->total; n; n--) {
		assert(codes_text(text, file, len, n) == 0);
		assert(codes_take(&again, text, strlen(text)) == 0);
	}
	assert(!memcmp(&again, c, sizeof(again)));
	free(file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct codes c;
	const char *p = (const char *)data;

	if (sodium_init() < 0)
		abort();
	memset(&c, 0, sizeof(c));
	while (len) {
		const char *end = memchr(p, '\n', len);
		size_t n = end ? (size_t)(end - p) : len;
		if (codes_take(&c, p, n) == 0)
			assert(codes_take(&c, p, n) == 0 && c.have && c.have <= c.total);
		n += end != NULL;
		p += n;
		len -= n;
	}
	whole(&c);
	return 0;
}
