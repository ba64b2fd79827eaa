/* Text for a terminal: untrusted text made harmless, widths and line breaks, ids in hex, dates.
 * Knows no key and no case. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How term_safe() treats line ends: it escapes them like any other control character, or it keeps
 * '\n' and turns "\r\n" into '\n'. */
enum term_lines { TERM_ONE_LINE, TERM_LINES };

/* A copy that is harmless on a terminal; the caller frees it. Never NULL: the program ends when
 * there is no memory. Control characters, bidi and other invisible format characters, line
 * separators, lone surrogates, private-use and unassigned characters are shown as <U+202E>, bytes
 * that are not UTF-8 as <FF>. Everything from inside a sealed entry, a note, a card or the gateway
 * goes through here before it is printed. */
char *term_safe(const char *text, size_t len, enum term_lines lines)
	__attribute__((warn_unused_result, returns_nonnull));

/* Prints a piece of JSON that does not end inside a character. Characters that term_safe() would
 * not show are written as \uXXXX: a program reads the same text, and a terminal stays safe. Returns
 * -1 where `out` cannot be written. */
int term_safe_json(FILE *out, const char *text, size_t len);

/* How many columns a string takes on the terminal (a Chinese character takes two). */
int term_width(const char *text);
/* A copy cut to `columns`, ending in "…" where something was cut; the caller frees it. */
char *term_cut(const char *text, int columns) __attribute__((warn_unused_result));
/* How many bytes of `text` fit on a line of `columns`, broken where the Unicode rules allow it;
 * *next is the offset at which the following line begins. */
size_t term_break(const char *text, int columns, size_t *next);

/* Reads the first 2 to 32 hex digits of an id; returns how many digits, or 0 where `text` is not
 * that. */
size_t term_prefix_parse(const char *text, uint8_t id[static 16]);
bool term_prefix_match(const uint8_t id[static 16], const uint8_t prefix[static 16], size_t digits);

/* Lower-case hex of `len` bytes into a buffer of 2·len + 1 bytes; returns `out`. */
char *term_hex(char *out, const uint8_t *buf, size_t len);
/* Reads exactly `len` bytes from lower-case or upper-case hex; false for anything else. */
bool term_unhex(uint8_t *out, size_t len, const char *hex);

#define TERM_DATE_CAP 24
/* "2026-11-23" for a unix day; "2026-11-23 21:00" in local time for a unix hour. */
char *term_date(char out[static TERM_DATE_CAP], uint32_t day);
char *term_hour(char out[static TERM_DATE_CAP], uint32_t hour);
/* "in 3 h" or "2 d late" for a due hour (unix) and the hour now; "" where nothing is due (0). */
char *term_due(char out[static TERM_DATE_CAP], uint32_t due_hour, uint32_t now_hour);
/* The unix day and the unix hour by this machine's clock. */
uint32_t term_today(void);
uint32_t term_now_hour(void);
/* Reads "2026-12-01" as a unix day; false for anything else. */
bool term_parse_date(const char *text, uint32_t *day);
/* Reads "2026-12-01 08:00" in local time as a unix hour; false for anything else. */
bool term_parse_hour(const char *text, uint32_t *hour);

#endif
