/* Removes the ASCII armor of an age file (C2SP age.md, "ASCII armor") while the file is read.
 * The armor is public, so nothing here is secret. crypto/ opens no file or connection, never
 * logs and never exits. */
#include "crypto/age_armor.h"

#include <sodium.h>

#include "crypto/b64.h"
#include "crypto/err.h"

#define BINARY    "age-encryption.org/"
#define BEGIN     "-----BEGIN AGE ENCRYPTED FILE-----"
#define END       "-----END AGE ENCRYPTED FILE-----"
#define COLUMNS   64
#define BYTES     (COLUMNS / 4 * 3)
#define BLANK_MAX 1024 /* blank bytes allowed before the armor, and after it */
#define LINE_CAP  1088 /* the longest line that is read: a line of blanks */

enum stage {
	STAGE_START,  /* nothing was read yet */
	STAGE_BINARY, /* not armored: the bytes pass unchanged */
	STAGE_BEGIN,  /* expects the begin line */
	STAGE_BODY,
	STAGE_END, /* a short line was read: expects the end line */
	STAGE_TAIL,
	STAGE_DONE
};

struct age_armor {
	struct age_source in;
	enum stage stage;
	int failed; /* the error, returned after all bytes that were read before it */
	uint8_t raw[4096];
	size_t raw_len, raw_pos;
	char line[LINE_CAP];
	size_t line_len;
	size_t blanks;
	uint8_t out[BYTES];
	size_t out_len, out_pos;
};

struct age_armor *
age_armor_new(struct age_source in)
{
	struct age_armor *a = calloc(1, sizeof(*a));

	if (a)
		a->in = in;
	return a;
}

void
age_armor_free(struct age_armor *a)
{
	if (a)
		sodium_memzero(a, sizeof(*a));
	free(a);
}

/* Puts at least one byte into raw, except at the end of the input. */
static int
refill(struct age_armor *a)
{
	if (a->raw_pos < a->raw_len)
		return 0;
	a->raw_pos = a->raw_len = 0;
	return a->in.read(a->in.arg, a->raw, sizeof(a->raw), &a->raw_len);
}

/* Decides by the first bytes whether the file is armored: what is not a binary age file must
 * be. */
static int
look(struct age_armor *a)
{
	size_t want = sizeof(BINARY) - 1, n;
	int err;

	while (a->raw_len < want) {
		err = a->in.read(a->in.arg, a->raw + a->raw_len, sizeof(a->raw) - a->raw_len, &n);
		if (err)
			return err;
		if (n == 0)
			break;
		a->raw_len += n;
	}
	if (a->raw_len == 0 || (a->raw_len >= want && memcmp(a->raw, BINARY, want) == 0))
		a->stage = STAGE_BINARY;
	else
		a->stage = STAGE_BEGIN;
	return 0;
}

/* Reads the next line without its LF or CRLF. *end: the input has no more lines. */
static int
read_line(struct age_armor *a, bool *end)
{
	bool newline = false;
	int err;

	a->line_len = 0;
	*end = false;
	while (!newline) {
		const uint8_t *start, *stop;
		size_t n;

		if ((err = refill(a)) != 0)
			return err;
		if (a->raw_len == 0) {
			*end = a->line_len == 0;
			return 0;
		}
		start = a->raw + a->raw_pos;
		n = a->raw_len - a->raw_pos;
		if ((stop = memchr(start, '\n', n)))
			n = (size_t)(stop - start);
		newline = stop != NULL;
		if (n > LINE_CAP - a->line_len)
			return ERR_ARMOR;
		memcpy(a->line + a->line_len, start, n);
		a->line_len += n;
		a->raw_pos += n + newline;
	}
	if (a->line_len > 0 && a->line[a->line_len - 1] == '\r')
		a->line_len--;
	return 0;
}

static bool
line_is(const struct age_armor *a, const char *text)
{
	return a->line_len == strlen(text) && memcmp(a->line, text, a->line_len) == 0;
}

/* Blank lines are allowed before and after the armor, up to BLANK_MAX bytes. */
static bool
line_is_blank(struct age_armor *a)
{
	size_t i;

	for (i = 0; i < a->line_len; i++)
		if (a->line[i] != ' ' && a->line[i] != '\t' && a->line[i] != '\r')
			return false;
	a->blanks += a->line_len + 1;
	return a->blanks <= BLANK_MAX;
}

/* Decodes one line of the body: 48 bytes, or fewer in the last line. */
static int
body_line(struct age_armor *a, uint8_t *out, size_t *got)
{
	int err;

	if (line_is(a, END)) {
		a->stage = STAGE_TAIL;
		a->blanks = 0;
		return 0;
	}
	if (a->line_len == 0 || a->line_len > COLUMNS)
		return ERR_ARMOR;
	err = b64_decode(out, BYTES, got, a->line, a->line_len, B64_PADDED);
	if (err)
		return ERR_ARMOR;
	if (*got < BYTES)
		a->stage = STAGE_END;
	return 0;
}

/* Reads one line and puts the *got bytes that it holds into out (BYTES bytes). */
static int
step(struct age_armor *a, uint8_t *out, size_t *got)
{
	bool end;
	int err;

	*got = 0;
	if ((err = read_line(a, &end)) != 0)
		return err;
	if (end) {
		if (a->stage != STAGE_TAIL)
			return ERR_ARMOR;
		a->stage = STAGE_DONE;
		return 0;
	}
	switch (a->stage) {
	case STAGE_BEGIN:
		if (line_is(a, BEGIN))
			a->stage = STAGE_BODY;
		else if (!line_is_blank(a))
			return ERR_ARMOR;
		return 0;
	case STAGE_BODY:
		return body_line(a, out, got);
	case STAGE_END:
		if (!line_is(a, END))
			return ERR_ARMOR;
		a->stage = STAGE_TAIL;
		a->blanks = 0;
		return 0;
	case STAGE_TAIL:
		return line_is_blank(a) ? 0 : ERR_ARMOR;
	default:
		return ERR_ARMOR;
	}
}

static int
read_binary(struct age_armor *a, uint8_t *buf, size_t cap, size_t *got)
{
	size_t left = a->raw_len - a->raw_pos;

	if (left == 0)
		return a->in.read(a->in.arg, buf, cap, got);
	*got = left < cap ? left : cap;
	memcpy(buf, a->raw + a->raw_pos, *got);
	a->raw_pos += *got;
	return 0;
}

/* An error is returned only after every byte that was read before it, so that the caller gets
 * all authentic chunks. */
int
age_armor_read(void *armor, uint8_t *buf, size_t cap, size_t *got)
{
	struct age_armor *a = armor;

	*got = 0;
	if (a->stage == STAGE_START && a->failed == 0)
		a->failed = look(a);
	if (a->failed == 0 && a->stage == STAGE_BINARY)
		return read_binary(a, buf, cap, got);
	while (*got < cap) {
		size_t n = a->out_len - a->out_pos;

		if (n > cap - *got)
			n = cap - *got;
		memcpy(buf + *got, a->out + a->out_pos, n);
		a->out_pos += n;
		*got += n;
		if (a->out_pos < a->out_len)
			break;
		a->out_pos = a->out_len = 0;
		if (a->failed != 0 || a->stage == STAGE_DONE)
			break;
		a->failed = step(a, a->out, &a->out_len);
	}
	return *got > 0 ? 0 : a->failed;
}
