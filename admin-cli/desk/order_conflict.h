/* Conflicts of interest of those whom an order names, as far as this home knows of them: what was
 * sealed to this member, and the sheets of the rotas that he reads (rules/conflict.h). */
#ifndef ORDER_CONFLICT_H
#define ORDER_CONFLICT_H

#include <jansson.h>

struct session;
struct trust;

/* Refuses a draft (order_draft.h) whose sides have somebody with a conflict about one of its sites
 * or its operator. One that does not exclude by itself is warned of. */
int order_conflict_check(struct session *ses, const struct trust *view, const json_t *draft)
	__attribute__((warn_unused_result));
/* Warns this member where he has a conflict about the place that layer 2 names. */
int order_conflict_mine(struct session *ses, const struct trust *view, const json_t *layer)
	__attribute__((warn_unused_result));

#endif
