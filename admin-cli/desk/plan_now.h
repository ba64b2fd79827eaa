/*
 * A plan that is drawn, with its slots filled, from what lies in this member's workspace alone: its
 * book, the register of its desk, and the needs' books. Nobody is asked.
 */
#ifndef PLAN_NOW_H
#define PLAN_NOW_H

#include <stdbool.h>
#include <stddef.h>

#include "admin-cli/plan/slots.h"
#include "admin-cli/plan/verify.h"

struct opened;
struct session;

struct plan_now {
	struct plan_report report;
	struct plan_file file[PLAN_FILES_MAX];
	size_t files;
	const struct plan_body *plan; /* NULL: not drawn, or this home has not its register */
	struct plan_slot *slot;
	size_t cnt;
	struct plan_need *need;
	size_t needs;
};

/* Of the book of a plan. The caller ends it in every case. A failure is recorded. */
int plan_now(struct session *ses, const struct opened *book, struct plan_now *out)
	__attribute__((warn_unused_result));
void plan_now_end(struct plan_now *p);

#endif
