/* The needs that planners have taken into a plan, as the needs' own books tell it: by which every
 * planner fills the slots of the plan alike (plan/slots.h). */
#ifndef NEED_TAKEN_H
#define NEED_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/slots.h"

struct plan_register;
struct session;

#define NEED_TAKEN_DAYS 4 /* so long after it was taken a drawn visit is in time, also for S2 */

/* All that were taken into the plan with this hash, for a site of its register. *out has room for
 * one more and is freed by the caller. A failure is recorded. */
int need_taken(struct session *ses, const uint8_t plan[static 32], const struct plan_register *r,
	       struct plan_need **out, size_t *cnt) __attribute__((warn_unused_result));
/* The line of a site in the register, by its id. */
bool need_site(const struct plan_register *r, const char *id, uint32_t *site);

#endif
