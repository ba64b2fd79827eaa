/*
 * Finds what in a text may point at the source: the patterns of data/risk.json, which the page
 * uses too, and runs of characters copied from the tip (reference 4.1, R-37).
 */
#ifndef RISK_H
#define RISK_H

#include <stddef.h>

/* At least so many characters in a row, blanks and punctuation left out, count as copied. */
#define RISK_COPY_RUN 12

/* How many patterns there are, and the name of one ("own_shift"). */
size_t risk_cnt(void);
const char *risk_name(size_t i);
/* Whether pattern i is found in the text (UTF-8, zero-terminated). */
int risk_match(size_t i, const char *text);
/* The longest run of characters that `text` has in common with `tip`, as a copy to be freed;
 * NULL where it is shorter than RISK_COPY_RUN. */
char *risk_copied(const char *text, const char *tip);

#endif
