/* Of a need for which a slot comes too late, in words (desk/need_watch.h). */
#ifndef SHOW_NEED_H
#define SHOW_NEED_H

#include <jansson.h>
#include <stddef.h>

#include "admin-cli/desk/need_watch.h"

/* What is wrong and what a planner does about it, in one sentence. No hour of a visit stands in it:
 * who reads along would know for which slot a tip is. */
void show_need_late(const struct need_late *l, char *out, size_t cap);
/* The same for programs; new reference. NULL: null. */
json_t *show_need_late_json(const struct need_late *l);

#endif
