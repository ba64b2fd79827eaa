/*
 * The holidays of years that this davy does not know yet (rules/clock.h): lists that the roots have
 * signed (crypto/holidays.h) and the registrar gives out as he does the card. `davy holidays set`
 * keeps a copy of each beside the card.
 *
 * A clock of working days gets longer by a day off. So no list counts that fewer people signed than
 * sign a roster; none counts for a clock that had begun before it was known; and a list that was
 * taken is not replaced by another.
 */
#ifndef WORKDAYS_H
#define WORKDAYS_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/clock.h"

struct roster_roots;
struct session;

/* Checks what is to be signed or taken, today: the gateway, the year, and that no clock has begun
 * for which it would count. Refused with a sentence; `path` is for that. */
int workdays_check(struct session *ses, const char *path, const struct holidays *h,
		   const uint8_t gateway[static KEY_ID_LEN]) __attribute__((warn_unused_result));
/* Verifies a list and keeps it for the gateway in use. */
int workdays_take(struct session *ses, const char *path, struct holidays *out)
	__attribute__((warn_unused_result));
/* The lists of the gateway in use; read once in a session and borrowed until its end. One that does
 * not verify any more is left out, with a warning. */
const struct clock_years *workdays_known(struct session *ses);
/* The last day of which the holidays are known, by the table or a list. */
uint32_t workdays_until(struct session *ses);
void workdays_close(struct session *ses);

#endif
