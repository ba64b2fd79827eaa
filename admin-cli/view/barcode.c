/* Reads the codes in a picture (see barcode.h). */
#include "admin-cli/view/barcode.h"

#include "admin-cli/base/session.h"
#include "admin-cli/view/cage.h"
#include "admin-cli/view/clean.h"

/* A photo of a poster is askew, pale or not sharp: several copies are tried, the plain one first,
 * until one shows a code. The picture comes to the reader as pixels alone. */
#define SCRIPT                                                                                     \
	"gm=/usr/bin/gm; "                                                                         \
	"$gm convert -size 1600x1600 \"$1\" -auto-orient -strip +profile '*' -background white "   \
	"-flatten -resize '1600x1600>' -colorspace gray pgm:/tmp/p || exit 1; "                    \
	"for how in '' -normalize '-resize 50%' '-sharpen 0x3' '-blur 0x2' '-resize 200%'; do "    \
	"$gm convert pgm:/tmp/p $how pgm:/tmp/q || exit 1; "                                       \
	"/usr/bin/zbarimg -q --raw -Sdisable -Sqrcode.enable pgm:/tmp/q && exit 0; done; exit 0"

int
barcode_read(struct session *ses, const uint8_t *bytes, size_t len, char **out, size_t *out_len)
{
	const char *format = clean_format(bytes, len);
	const char *const argument[] = { "/bin/sh", "-c", SCRIPT, "sh", format, NULL };
	const struct cage c = { .program = "/usr/bin/zbarimg",
				.package = "zbar-tools graphicsmagick",
				.start = "/usr/bin/env",
				.argument = argument,
				.name = "/in",
				.bytes = bytes,
				.len = len };

	*out = NULL;
	if (!format)
		return session_fail(ses, DAVY_REFUSED, "kind",
				    _("This is no photo that can be read: JPEG, PNG or WebP."));
	return cage_run(ses, &c, out, out_len);
}
