/*
 * The flag on those who have stopped three visits or more within a quarter (rules/stops.h): for the
 * members of the desk above theirs, and of the desk above the planners of these visits; for the
 * backstop where there is none above. Nobody else is told a name, and nobody his own.
 */
#ifndef STOPPED_H
#define STOPPED_H

#include "admin-cli/rules/stops.h"

struct session;

/* The flags for this member; the caller frees *out. A failure is recorded. */
int stopped_above(struct session *ses, struct stops_flag **out, size_t *cnt)
	__attribute__((warn_unused_result));

#endif
