/*
 * What search finds (home/search.h): the words of every case whose tip this member has opened here.
 * A case of which nothing but the desks' notes is here is not in it, and nothing is fetched for it.
 */
#ifndef SEARCHED_H
#define SEARCHED_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/search.h"

struct opened;
struct session;

/* Puts the words of an opened case into the index; a case that is not open, or was purged, is taken
 * out. 0 or enum err. */
int searched_keep(struct session *ses, const struct opened *d) __attribute__((warn_unused_result));
/* Reads what a person typed; a failure with its sentence is recorded. */
int searched_read(struct session *ses, struct search_query *q, const char *text)
	__attribute__((warn_unused_result));
/* The cases that fit, best first; the caller frees *out. Cases that the index lacks are put in
 * before, and those that were purged by now are taken out. A failure is recorded. */
int searched_find(struct session *ses, const struct search_query *q, struct search_hit **out,
		  size_t *cnt) __attribute__((warn_unused_result));
/* Once a day: takes the words of cases out whose clock has purged them since they were folded last.
 * What this home holds of such a case stays, sealed: a clock that was wrong has hidden nothing for
 * ever. A failure is recorded. */
int searched_purge(struct session *ses, uint32_t today) __attribute__((warn_unused_result));

#endif
