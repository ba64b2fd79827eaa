/* Shows an attachment as text (see picture.h). */
#include "admin-cli/view/picture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/view/cage.h"

static const struct {
	const char *magic, *kind;
	size_t at, len;
} kinds[] = {
	{ "\xff\xd8\xff", "picture", 0, 3 },
	{ "\x89PNG", "picture", 0, 4 },
	{ "WEBP", "picture", 8, 4 },
	{ "GIF8", "picture", 0, 4 },
	{ "%PDF-", "paper", 0, 5 },
	{ "OggS", "sound", 0, 4 },
	{ "ID3", "sound", 0, 3 },
	{ "\xff\xfb", "sound", 0, 2 },
	{ "ftyp", "sound", 4, 4 },
	{ "WAVE", "sound", 8, 4 },
	{ "DVS1", "sound", 0, 4 }, /* sound.h */
};

const char *
picture_kind(const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (len >= kinds[i].at + kinds[i].len &&
		    !memcmp(bytes + kinds[i].at, kinds[i].magic, kinds[i].len))
			return kinds[i].kind;
	return NULL;
}

enum picture_colours
picture_colours(void)
{
	const char *term = getenv("TERM"), *more = getenv("COLORTERM"), *none = getenv("NO_COLOR");

	if ((none && *none) || !term || !*term || !strcmp(term, "dumb"))
		return PICTURE_PLAIN;
	if ((more && (!strcmp(more, "truecolor") || !strcmp(more, "24bit"))) ||
	    strstr(term, "-direct"))
		return PICTURE_FULL;
	if (strstr(term, "256color"))
		return PICTURE_256;
	return !strncmp(term, "vt", 2) ? PICTURE_PLAIN : PICTURE_16;
}

/* The length of a sequence that only sets colours, ESC [ digits and ; then m; 0: something else. */
static size_t
colour_len(const char *s)
{
	size_t n = 2;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	n += strspn(s + n, "0123456789;");
	return s[n] == 'm' && n < 40 ? n + 1 : 0;
}

/* Keeps characters, ends of lines and, where `colour`, colours; a decoder that was taken over could
 * write anything. Takes over `text`. */
static char *
clean(char *text, bool colour)
{
	size_t len = strlen(text), n = 0, size = 0;
	char *out = NULL, *safe;
	FILE *f = open_memstream(&out, &size);
	const char *at = text;

	for (n = 0; n < len; n++) /* between the pages of a paper */
		if (text[n] == '\f')
			text[n] = '\n';
	while (f && *at) {
		n = strcspn(at, "\033");
		safe = term_safe(at, n, TERM_LINES);
		fputs(safe, f);
		sodium_memzero(safe, strlen(safe));
		free(safe);
		at += n;
		n = colour_len(at);
		if (colour)
			fwrite(at, 1, n, f);
		at += n ? n : *at == '\033';
	}
	if (f)
		fclose(f);
	sodium_memzero(text, len);
	free(text);
	return out;
}

static int
draw(struct session *ses, const struct picture *p, bool paper, char **out, size_t *len)
{
	static const char *const colours[] = { [PICTURE_PLAIN] = "none",
					       [PICTURE_16] = "16",
					       [PICTURE_256] = "256",
					       [PICTURE_FULL] = "full" };
	char size[32], page[16];
	/* the shell is inside, too; what it is given are numbers and words of ours */
	const char *const first[] = {
		"/bin/sh",
		"-c",
		"/usr/bin/mutool draw -q -F png -r 100 -o /tmp/p.png /in.pdf \"$1\" && "
		"exec /usr/bin/chafa -f symbols --polite on --animate off -c \"$2\" -s \"$3\" "
		"/tmp/p.png",
		"sh",
		page,
		colours[p->colours],
		size,
		NULL
	};
	const char *const alone[] = { "-f",        "symbols", "--polite", "on",
				      "--animate", "off",     "-c",       colours[p->colours],
				      "-s",        size,      "/in",      NULL };
	struct cage c = { .program = "/usr/bin/chafa",
			  .package = "chafa",
			  .argument = alone,
			  .name = "/in",
			  .bytes = p->bytes,
			  .len = p->len };

	snprintf(size, sizeof(size), "%dx%d", p->columns, p->rows);
	snprintf(page, sizeof(page), "%u", p->page ? p->page : 1);
	if (paper) {
		c.start = "/usr/bin/env";
		c.argument = first;
		c.name = "/in.pdf";
	}
	return cage_run(ses, &c, out, len);
}

/* The words of a paper; *out is NULL where it has none: a scan. */
static int
words(struct session *ses, const struct picture *p, char **out, size_t *len)
{
	char page[16];
	const char *const argument[] = {
		"draw", "-q", "-F", "txt", "-o", "-", "/in.pdf", page, NULL
	};
	const struct cage c = { .program = "/usr/bin/mutool",
				.package = "mupdf-tools",
				.argument = argument,
				.name = "/in.pdf",
				.bytes = p->bytes,
				.len = p->len };
	int err;

	snprintf(page, sizeof(page), "%u", p->page);
	if (!p->page)
		snprintf(page, sizeof(page), "1-N");
	err = cage_run(ses, &c, out, len);
	if (!err && !(*out)[strspn(*out, " \t\r\n\f")]) {
		free(*out);
		*out = NULL;
	}
	return err;
}

int
picture_text(struct session *ses, const struct picture *p, char **out)
{
	const char *kind = picture_kind(p->bytes, p->len);
	bool paper = kind && !strcmp(kind, "paper");
	char *raw = NULL;
	size_t len = 0;
	int err = 0;

	*out = NULL;
	if (!kind || !strcmp(kind, "sound"))
		return session_fail(
			ses, DAVY_REFUSED, "no-viewer",
			kind ? _("This is sound, which davy does not play: davy case attach "
				 "writes it, for a machine that may be lost.")
			     : _("This is no picture and no PDF: davy case attach writes it, "
				 "for a machine that may be lost."));
	if (paper)
		err = words(ses, p, &raw, &len);
	if (!err && (p->drawn || !raw)) {
		free(raw);
		err = draw(ses, p, paper, &raw, &len);
	}
	if (!err)
		*out = clean(raw, p->colours != PICTURE_PLAIN);
	return err || *out ? err : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
}
