/* The holidays of a year that `davy` does not know yet, signed by the roots (FORMATS.md section 9).
 */
#ifndef CRYPTO_HOLIDAYS_H
#define CRYPTO_HOLIDAYS_H

#include "crypto/buf.h"
#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct note;
struct roster_roots;

#define HOLIDAYS_OFF_MAX  30
#define HOLIDAYS_WORK_MAX 12
#define HOLIDAYS_RUN_MAX  12 /* days in a row without work */
#define HOLIDAYS_TEXT_MAX 1024
#define HOLIDAYS_NOTE_MAX (16 * 1024)

struct holidays {
	uint8_t gateway[KEY_ID_LEN];
	uint16_t year;
	uint32_t from;                  /* they count for clocks that begin on this day or later */
	uint32_t off[HOLIDAYS_OFF_MAX]; /* days off from Monday to Friday, ascending */
	uint32_t
		work[HOLIDAYS_WORK_MAX]; /* Saturdays and Sundays on which people work, ascending */
	size_t off_cnt, work_cnt;
};

/* Saturday or Sunday. */
bool holidays_weekend(uint32_t day);
/* Whether a day is among those. */
bool holidays_listed(const uint32_t *day, size_t cnt, uint32_t which);
/* Whether people work on a day of that year. */
bool holidays_works(const struct holidays *h, uint32_t day);
/* Parses the text (without signatures). ERR_FORMAT, ERR_UTF8, or ERR_RANGE: a day is not of the
 * year, or is off or worked anyway, or people would not work for more than HOLIDAYS_RUN_MAX days in
 * a row. */
int holidays_parse(struct holidays *out, const char *text, size_t len)
	__attribute__((warn_unused_result));
/* Verifies a whole signed note like roster_verify. ERR_AUTH, and the errors of holidays_parse. */
int holidays_verify(struct holidays *out, const void *note, size_t len,
		    const struct roster_roots *roots) __attribute__((warn_unused_result));
/* Prints the canonical text; ERR_FULL if it does not fit. */
int holidays_print(struct bufw *w, const struct holidays *h) __attribute__((warn_unused_result));

#endif
