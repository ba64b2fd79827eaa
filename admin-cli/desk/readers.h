/*
 * From whom a case is to be hidden: the members of its desk, with what the rules say of each
 * (rules/conflict.h), by the tip, the conflict sheet and the seed of the rota in force, and the
 * tip's file key.
 */
#ifndef READERS_H
#define READERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/conflict.h"

struct opened;
struct session;
struct workspace_case;

struct readers {
	struct conflict_member *m; /* by handle */
	size_t cnt, left;          /* how many; how many may read it */
	const struct conflict_member *me;
	bool rota, duty; /* a rota that opens here is in force today; it names this member */
	bool draws; /* members are left out without a reason, too: its seed is older than the tip */
	json_t *books; /* what the results borrow from */
};

/* Reckons. `hide`: the handles that the pair adds. Refused where the tip is not open here. The
 * caller ends with readers_free(). */
int readers_reckon(struct session *ses, const struct opened *d, const uint8_t (*hide)[8],
		   size_t hide_cnt, struct readers *out) __attribute__((warn_unused_result));
void readers_free(struct readers *r);
/* The body of a restrict entry that hides it from those: eight handles, filled up with random ones,
 * in the order of their bytes. NULL where they are more than eight. */
json_t *readers_body(const struct readers *r);
/* Whether two members have still to say who reads this case, and this one is on duty. `today` is a
 * unix day; `books` comes from duty_list(). */
bool readers_wait(struct session *ses, const struct workspace_case *c, const json_t *books,
		  uint32_t today);
/* The same of an opened case. */
bool readers_unset(struct session *ses, const struct opened *d);

#endif
