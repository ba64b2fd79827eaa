/* Text for a terminal: what strangers wrote made harmless, widths, ids, dates. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How term_safe treats line ends: escaped like any control, or kept ('\n' only; "\r\n" becomes it).
 */
enum term_lines { TERM_ONE_LINE, TERM_LINES };

/* A copy that is harmless on a terminal, freed by the caller; never NULL (exits when memory is
 * out). Control characters, bidi and other invisible format characters, line separators, lone
 * surrogates, private-use and unassigned characters and bytes that are no UTF-8 are shown as
 * <U+202E> and <FF>. Everything from inside a sealed entry, a note, a card or the gateway goes
 * through here before it is printed. */
char *term_safe(const char *text, size_t len, enum term_lines lines)
	__attribute__((warn_unused_result, returns_nonnull));

/* Prints a piece of JSON, which ends between characters: what term_safe would not show becomes
 * \uXXXX, the same text to a program and harmless to a terminal. */
int term_safe_json(FILE *out, const char *text, size_t len);

/* Columns that a string takes on the terminal (Chinese characters take two). */
int term_width(const char *text);
/* Cuts to `columns`, ending in "…" where something was cut; freed by the caller. */
char *term_cut(const char *text, int columns) __attribute__((warn_unused_result));
/* The byte length of the longest beginning that may stand on a line of `columns`, broken where
 * the Unicode rules allow it; *next = where the following line begins. */
size_t term_break(const char *text, int columns, size_t *next);

/* A prefix of an id in hex: at least 2 digits, at most 32; returns its length in digits, or 0. */
size_t term_prefix_parse(const char *text, uint8_t id[static 16]);
bool term_prefix_match(const uint8_t id[static 16], const uint8_t prefix[static 16], size_t digits);

/* Lower-case hex into a buffer of 2·len + 1. */
char *term_hex(char *out, const uint8_t *buf, size_t len);
/* Exactly `len` bytes from lower- or upper-case hex. */
bool term_unhex(uint8_t *out, size_t len, const char *hex);

#define TERM_DATE_CAP 24
/* "2026-11-23" of a unix day; "2026-11-23 21:00" of a unix hour, in local time. */
char *term_date(char out[static TERM_DATE_CAP], uint32_t day);
char *term_hour(char out[static TERM_DATE_CAP], uint32_t hour);
/* "in 3 h", "2 d late" for a due hour against now; "" for 0. */
char *term_due(char out[static TERM_DATE_CAP], uint32_t due_hour, uint32_t now_hour);
/* Today as unix day, and the unix hour, of this machine's clock. */
uint32_t term_today(void);
uint32_t term_now_hour(void);
/* "2026-12-01" to a unix day. */
bool term_parse_date(const char *text, uint32_t *day);

#endif
