/* The slots of a plan at the gateway, and what davy order new fills in for one of them. */
#ifndef CMD_PLAN_SLOTS_H
#define CMD_PLAN_SLOTS_H

#include <jansson.h>

#include "admin-cli/cmd/plan_step.h"
#include "admin-cli/plan/slots.h"

struct plan_week {
	struct plan_step *step;
	struct plan_slot *slot;
	size_t cnt;
	struct plan_need *need;
	size_t needs;
};

/* The slots of a plan that is drawn, by its number or folder, filled from its book and the needs
 * that are here. The caller ends it in every case. */
int plan_week(struct cli *cli, struct plan_week *w, const char *plan)
	__attribute__((warn_unused_result));
void plan_week_end(struct plan_week *w);
/* Adds plan, site and urgent to the body of the move by which a need is taken; refused where this
 * plan has no slot for it. *visit: the unix hour at which its visit departs; 0: it is urgent. */
struct plan_take {
	const char *plan, *site;
	bool urgent;
};
int plan_week_take(struct cli *cli, const struct plan_take *take, const uint8_t id[static 16],
		   json_t *body, uint32_t *visit) __attribute__((warn_unused_result));
/* Whether as many orders as there are slots at that hour stand at the gateway already. */
int plan_week_sealed(struct cli *cli, const struct plan_week *w, size_t slot, bool *sealed)
	__attribute__((warn_unused_result));

/*
 * Fills a draft (desk/order_draft.h) from slot `slot` of the plan: desk, from and depart, or
 * urgent; then kind STANDBY, or site, operator, county, companion and the plan's hash. `need` is
 * the id of the need whose visit it is or that rides on it, in hex, else "". Refused where an order
 * for the slot stands already, so that two planners fill none twice.
 */
int plan_slot_draft(struct cli *cli, const char *plan, size_t slot, json_t *draft,
		    char need[static 33]) __attribute__((warn_unused_result));
#endif
