/*
 * Whether a member has read the tip of a case. Nothing is fetched of the tip itself, so that asking
 * makes nobody a reader.
 */
#ifndef READING_H
#define READING_H

#include <stdbool.h>
#include <stdint.h>

struct session;

/*
 * *has: whether the member with this handle has read the tip of the case, by the read records of
 * the gateway, which are brought up to date, and, of this home's own member, by what this home
 * holds. Refused where the case is not in the list of this desk: then nobody here can tell.
 */
int reading_has(struct session *ses, const char *id, const uint8_t handle[static 8], bool *has)
	__attribute__((warn_unused_result));

#endif
