/*
 * The marks of the row `head`: for each vault that has written lately, the place of its last batch.
 * A server that lacks a batch which was confirmed to one vault may have gone on with those of
 * others, so that its last place tells nothing; the mark of that vault does.
 *
 * A mark is the vault's own number (PG_SELF_LEN bytes) and the place (8 bytes), as hexadecimal
 * digits; the one that was written last comes first. A vault that is pushed out by others has not
 * written for as long.
 */
#include "server/db/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELF_HEX (DB_SELF_HEX - 1)

uint64_t
db_mark_of(const char *marks, const char self[static DB_SELF_HEX])
{
	for (size_t left = strlen(marks); left >= DB_MARK_HEX;
	     left -= DB_MARK_HEX, marks += DB_MARK_HEX) {
		char place[DB_MARK_HEX - SELF_HEX + 1];
		if (memcmp(marks, self, SELF_HEX) != 0)
			continue;
		snprintf(place, sizeof(place), "%s", marks + SELF_HEX);
		return strtoull(place, NULL, 16);
	}
	return 0;
}

void
db_mark_put(char dst[static DB_MARKS_HEX], const char *marks, const char self[static DB_SELF_HEX],
	    uint64_t place)
{
	size_t n = (size_t)snprintf(dst, DB_MARKS_HEX, "%s%016" PRIx64, self, place);
	for (size_t left = strlen(marks); left >= DB_MARK_HEX && n + DB_MARK_HEX < DB_MARKS_HEX;
	     left -= DB_MARK_HEX, marks += DB_MARK_HEX)
		if (memcmp(marks, self, SELF_HEX) != 0) {
			memcpy(dst + n, marks, DB_MARK_HEX);
			n += DB_MARK_HEX;
			dst[n] = 0;
		}
}
