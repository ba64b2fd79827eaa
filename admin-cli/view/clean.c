/* Cleans a picture in a sandbox (see clean.h). */
#include "admin-cli/view/clean.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/view/cage.h"

/* What the decoder is told the bytes are: it never guesses, so that no other format reaches it. */
static const struct {
	const char *magic, *format;
	size_t at, len;
} formats[] = {
	{ "\xff\xd8\xff", "jpeg:/in", 0, 3 },
	{ "\x89PNG\r\n\x1a\n", "png:/in", 0, 8 },
	{ "WEBP", "webp:/in", 8, 4 },
};

/* Pixels first, then the best quality at which they fit. Nothing of the file but its format, which
 * is one of three words, is in the command. */
#define SCRIPT                                                                                     \
	"gm=/usr/bin/gm; "                                                                         \
	"$gm convert -size 1600x1600 \"$1\" -auto-orient -strip +profile '*' -background white "   \
	"-flatten -resize '1600x1600>' ppm:/tmp/p || exit 1; "                                     \
	"for s in 1600 1280 1024 800 640; do for q in 80 65 50; do "                               \
	"$gm convert ppm:/tmp/p -strip -resize \"${s}x${s}>\" -quality $q jpeg:/tmp/o || exit 1; " \
	"[ \"$(/usr/bin/stat -c %s /tmp/o)\" -gt 204800 ] || exec /usr/bin/cat /tmp/o; "           \
	"done; done; exit 1"

const char *
clean_format(const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (len >= formats[i].at + formats[i].len &&
		    !memcmp(bytes + formats[i].at, formats[i].magic, formats[i].len))
			return formats[i].format;
	return NULL;
}

/* Tables, frame and scan of a picture, and the sixteen bytes of JFIF, which hold a resolution. */
static bool
is_plain(uint8_t marker, size_t len)
{
	return marker == 0xdb || marker == 0xc4 || marker == 0xdd || marker == 0xc0 ||
	       marker == 0xc2 || marker == 0xda || (marker == 0xe0 && len == 16);
}

/* The end of the data that follows a scan: the next marker that is neither a stuffed byte nor a
 * restart. */
static size_t
scan_end(const uint8_t *b, size_t at, size_t len)
{
	for (; at + 1 < len; at++)
		if (b[at] == 0xff && b[at + 1] && (b[at + 1] < 0xd0 || b[at + 1] > 0xd7))
			break;
	return at;
}

/* A decoder that was taken over could hand out what it was to remove: it gets no room for that. */
bool
clean_is_picture(const uint8_t *b, size_t len)
{
	size_t at = 2;

	if (len < 4 || b[0] != 0xff || b[1] != 0xd8)
		return false;
	while (at + 4 <= len && b[at] == 0xff && b[at + 1] != 0xd9) {
		size_t n = (size_t)b[at + 2] << 8 | b[at + 3];

		if (n < 2 || n > len - at - 2 || !is_plain(b[at + 1], n))
			return false;
		at += b[at + 1] == 0xda ? scan_end(b, at + 2 + n, len) - at : 2 + n;
	}
	return at + 2 == len && b[at] == 0xff && b[at + 1] == 0xd9;
}

int
clean_picture(struct session *ses, const uint8_t *bytes, size_t len, uint8_t **out, size_t *out_len)
{
	const char *format = clean_format(bytes, len);
	const char *const argument[] = { "/bin/sh", "-c", SCRIPT, "sh", format, NULL };
	const struct cage c = { .program = "/usr/bin/gm",
				.package = "graphicsmagick",
				.start = "/usr/bin/env",
				.argument = argument,
				.name = "/in",
				.bytes = bytes,
				.len = len };
	char *text = NULL;
	int err;

	*out = NULL;
	if (!format)
		return session_fail(
			ses, DAVY_REFUSED, "kind",
			_("This is no picture that can be cleaned: JPEG, PNG or WebP."));
	err = cage_run(ses, &c, &text, out_len);
	if (err)
		return err;
	if (!clean_is_picture((const uint8_t *)text, *out_len)) {
		sodium_memzero(text, *out_len);
		free(text);
		return session_fail(ses, DAVY_REFUSED, "decoder",
				    _("The picture was not cleaned, so it does not leave this "
				      "machine."));
	}
	*out = (uint8_t *)text;
	return 0;
}
