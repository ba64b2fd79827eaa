/*
 * The days of whoever has to do with sealed orders: what he does, from which hour to which, and
 * what he brings. The step that is possible now is that of davy order list (visits_next()); hours
 * to come follow from the first hour of the order and, on side B, from layers that were opened on
 * this machine. No place stands in it before its layer is open, and nothing of it leaves the
 * machine: no calendar, no mail, no call.
 */
#ifndef AGENDA_H
#define AGENDA_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/desk/need_watch.h"
#include "admin-cli/desk/visits.h"

struct session;

enum agenda_what {
	AGENDA_NOW,     /* `next` can be done now */
	AGENDA_SEAL,    /* a draft is sealed from this hour on */
	AGENDA_ARM,     /* it is armed in these hours */
	AGENDA_RELEASE, /* a layer is released from this hour on */
	AGENDA_PHONE,   /* side B may call for the layers from `layer` on */
	AGENDA_OPEN,    /* a layer is opened from this hour on */
	AGENDA_ROAD, /* side B goes at an hour of these, which stands in a layer that is shut here
		      */
	AGENDA_STANDBY, /* nobody goes */
	AGENDA_NEED     /* `id` is a need for which a slot comes too late: see `late` */
};

struct agenda_item {
	uint8_t id[16];
	enum agenda_what what;
	enum visits_side side;
	uint32_t from, until; /* unix hours; `until` is the last of them */
	unsigned layer;
	char next[VISITS_NEXT_CAP];
	json_t *bring; /* of layers that are open here: what concerns people, kit and papers; or
			  NULL */
	struct need_late late;
};

/* By hour; the caller ends with agenda_free(). A failure is recorded. */
int agenda_load(struct session *ses, struct agenda_item **out, size_t *cnt)
	__attribute__((warn_unused_result));
void agenda_free(struct agenda_item *list, size_t cnt);

#endif
