/* The needs that planners have taken for sites of an inspection desk, as their books tell it: by
 * which every planner fills the slots of a plan alike (plan/slots.h). */
#ifndef NEED_TAKEN_H
#define NEED_TAKEN_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/slots.h"

struct plan_register;
struct session;

#define NEED_TAKEN_DAYS 7 /* so long after it was taken a drawn visit is in time */

/* All that were taken with a site of this register, from that unix hour on. *out is freed by the
 * caller. A failure is recorded. */
int need_taken(struct session *ses, uint16_t desk, const struct plan_register *r, uint32_t since,
	       struct plan_need **out, size_t *cnt) __attribute__((warn_unused_result));

#endif
