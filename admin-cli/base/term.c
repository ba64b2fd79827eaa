/* Text for a terminal (see term.h). The Unicode tables are those of libunistring. */
#include "admin-cli/base/term.h"

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unictype.h>
#include <unilbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#include "crypto/text.h"

#define _(text) gettext(text)

/* Untrusted text may show graphic characters and the blank. A character that moves the cursor,
 * hides or reverses text, or is not assigned yet, is shown by its number instead. */
static bool
is_harmless(ucs4_t c)
{
	if (c == ' ')
		return true;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
							UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co |
							UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
							UC_CATEGORY_MASK_Zp))
		return false;
	/* characters that a terminal draws as nothing: fillers, selectors, the Braille blank */
	return !uc_is_property(c, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT) && c != 0x2800;
}

static void *
must(void *p)
{
	if (!p) {
		fputs("davy: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

/* More combining marks than this on one letter would draw over the lines above and below. */
#define MARKS_MAX 4

/* Whether c may be shown as it is; *marks counts the combining marks since the last letter. */
static bool
may_show(ucs4_t c, int *marks)
{
	/* nearly all text, and the tables are slow: ASCII and Chinese */
	if ((c >= ' ' && c < 0x7f) || (c >= 0x4e00 && c <= 0x9fef)) {
		*marks = 0;
		return true;
	}
	*marks = uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M) ? *marks + 1 : 0;
	return is_harmless(c) && *marks <= MARKS_MAX;
}

char *
term_safe(const char *text, size_t len, enum term_lines lines)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + len;
	char *out = must(malloc(len * 12 + 1));
	size_t n = 0;
	int marks = 0;

	while (p < end) {
		ucs4_t c;
		if (*p >= ' ' && *p < 0x7f) {
			out[n++] = (char)*p++;
			marks = 0;
			continue;
		}
		int step = u8_mbtoucr(&c, p, (size_t)(end - p));
		if (step < 1) {
			n += (size_t)snprintf(out + n, 5, "<%02X>", *p++);
			continue;
		}
		bool fine = may_show(c, &marks);
		if (lines == TERM_LINES && c == '\r' && p + 1 < end && p[1] == '\n') {
			/* dropped: the '\n' that follows is kept */
		} else if (lines == TERM_LINES && c == '\n') {
			out[n++] = '\n';
		} else if (fine) {
			memcpy(out + n, p, (size_t)step);
			n += (size_t)step;
		} else {
			n += (size_t)snprintf(out + n, 12, "<U+%04X>", (unsigned)c);
		}
		p += step;
	}
	out[n] = '\0';
	return out;
}

int
term_safe_json(FILE *out, const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + len, *shown = p;
	uint16_t unit[2];
	int marks = 0;

	while (p < end) {
		ucs4_t c;
		int step = u8_mbtouc(&c, p, (size_t)(end - p));
		if (may_show(c, &marks)) {
			p += step;
			continue;
		}
		fwrite(shown, 1, (size_t)(p - shown), out);
		int n = u16_uctomb(unit, c, 2);
		for (int i = 0; i < n; i++)
			fprintf(out, "\\u%04X", (unsigned)unit[i]);
		shown = p += step;
	}
	fwrite(shown, 1, (size_t)(p - shown), out);
	return ferror(out) ? -1 : 0;
}

int
term_width(const char *text)
{
	size_t n = 0;

	while (text[n] >= ' ' && text[n] < 0x7f)
		n++;
	return text[n] ? u8_width((const uint8_t *)text, strlen(text), "UTF-8") : (int)n;
}

char *
term_cut(const char *text, int columns)
{
	size_t len = strlen(text), n = 0;
	int used = 0;

	if (term_width(text) <= columns)
		return must(strdup(text));
	char *out = must(malloc(len + 4));
	while (n < len) {
		ucs4_t c;
		int step = u8_mbtouc(&c, (const uint8_t *)text + n, len - n);
		int w = uc_width(c, "UTF-8");
		if (used + (w > 0 ? w : 0) > columns - 1)
			break;
		used += w > 0 ? w : 0;
		n += (size_t)step;
	}
	memcpy(out, text, n);
	if (columns > 0)
		memcpy(out + n, "…", sizeof "…");
	else
		out[n] = '\0';
	return out;
}

size_t
term_break(const char *text, int columns, size_t *next)
{
	size_t len = strcspn(text, "\n");
	bool newline = text[len] == '\n';
	char *where = must(malloc(len + 1));
	size_t n = 0, at = 0, step = 0;
	int used = 0;

	u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", where);
	for (n = 0; n < len; n += step) {
		ucs4_t c;
		step = (size_t)u8_mbtouc(&c, (const uint8_t *)text + n, len - n);
		int w = uc_width(c, "UTF-8");
		if (n && where[n] == UC_BREAK_POSSIBLE)
			at = n;
		if (used + (w > 0 ? w : 0) > columns && c != ' ')
			break;
		used += w > 0 ? w : 0;
	}
	free(where);
	if (n >= len) {
		*next = len + newline;
		return len;
	}
	/* a word longer than the line is cut where the line ends */
	size_t cut = at ? at : (n ? n : step);
	*next = cut;
	while (cut > 0 && text[cut - 1] == ' ')
		cut--;
	return cut;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

size_t
term_prefix_parse(const char *text, uint8_t id[static 16])
{
	size_t n = 0;

	memset(id, 0, 16);
	for (; text[n]; n++) {
		int d = hex_digit(text[n]);
		if (d < 0 || n >= 32)
			return 0;
		id[n / 2] |= (uint8_t)(n % 2 ? d : d << 4);
	}
	return n >= 2 ? n : 0;
}

bool
term_prefix_match(const uint8_t id[static 16], const uint8_t prefix[static 16], size_t digits)
{
	if (memcmp(id, prefix, digits / 2) != 0)
		return false;
	return digits % 2 == 0 || (id[digits / 2] & 0xf0) == (prefix[digits / 2] & 0xf0);
}

char *
term_hex(char *out, const uint8_t *buf, size_t len)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digit[buf[i] >> 4];
		out[2 * i + 1] = digit[buf[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

bool
term_unhex(uint8_t *out, size_t len, const char *hex)
{
	for (size_t i = 0; i < len; i++) {
		int hi = hex_digit(hex[2 * i]);
		int lo = hi < 0 ? -1 : hex_digit(hex[2 * i + 1]);
		if (lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return hex[2 * len] == '\0';
}

char *
term_date(char out[static TERM_DATE_CAP], uint32_t day)
{
	time_t t = (time_t)day * 86400;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(out, TERM_DATE_CAP, "%Y-%m-%d", &tm))
		snprintf(out, TERM_DATE_CAP, "?");
	return out;
}

char *
term_hour(char out[static TERM_DATE_CAP], uint32_t hour)
{
	time_t t = (time_t)hour * 3600;
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, TERM_DATE_CAP, "%Y-%m-%d %H:%M", &tm))
		snprintf(out, TERM_DATE_CAP, "?");
	return out;
}

char *
term_due(char out[static TERM_DATE_CAP], uint32_t due_hour, uint32_t now_hour)
{
	bool late = due_hour <= now_hour;
	uint32_t h = late ? now_hour - due_hour : due_hour - now_hour;

	if (due_hour == 0)
		out[0] = '\0';
	else if (late && h < 48)
		snprintf(out, TERM_DATE_CAP, _("%u h late"), h);
	else if (late)
		snprintf(out, TERM_DATE_CAP, _("%u d late"), h / 24);
	else if (h < 48)
		snprintf(out, TERM_DATE_CAP, _("in %u h"), h);
	else
		snprintf(out, TERM_DATE_CAP, _("in %u d"), h / 24);
	return out;
}

uint32_t
term_today(void)
{
	return (uint32_t)(time(NULL) / 86400);
}

uint32_t
term_now_hour(void)
{
	return (uint32_t)(time(NULL) / 3600);
}

bool
term_parse_date(const char *text, uint32_t *day)
{
	return text_day(day, text, strlen(text)) == 0;
}

bool
term_parse_hour(const char *text, uint32_t *hour)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *end = strptime(text, "%Y-%m-%d %H:%M", &tm);
	time_t t = end && !*end && !tm.tm_min ? mktime(&tm) : -1;

	if (t < 0)
		return false;
	*hour = (uint32_t)(t / 3600);
	return true;
}
