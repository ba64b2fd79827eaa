/*
 * The grade of an accident, and the time before it in which tips about the place are looked for. An
 * accident of the second grade or above at a place of which a source had spoken in 24 months calls
 * for a legal hold on each of these cases: what was known, and by which desk, must not be lost.
 */
#ifndef ACCIDENT_H
#define ACCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#define ACCIDENT_MONTHS 24

/* By the dead or the heavily injured, whichever is more: 3 or 10, 10 or 50, 30 or 100. */
enum accident_grade { ACCIDENT_ORDINARY, ACCIDENT_LARGER, ACCIDENT_MAJOR, ACCIDENT_GRAVEST };

enum accident_grade accident_grade(uint32_t dead, uint32_t injured);
/* Its name, for gettext. */
const char *accident_grade_text(enum accident_grade grade);
/* Whether a tip of that unix day lies within ACCIDENT_MONTHS of the calendar before the accident,
 * or came on its day. */
bool accident_looks_back(uint32_t accident, uint32_t tip);

#endif
