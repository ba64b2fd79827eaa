/*
 * What figures, the results of plans and the flag on stops need of each order under seal: kept in
 * the workspace whenever the order was opened and folded here, so that counting opens nothing,
 * fetches nothing and records no reading. Who stopped an order is kept apart from what figures are
 * given.
 */
#ifndef VISIT_FACTS_H
#define VISIT_FACTS_H

#include "admin-cli/rules/stats_visit.h"
#include "admin-cli/rules/stops.h"

struct opened;
struct session;

struct visit_fact {
	uint8_t id[16];
	struct stats_visit v;
	struct stops_stop stop; /* by nobody: it was not stopped */
	uint32_t alone;         /* the day of what one did and no second has signed; 0: nothing */
	bool sign;              /* this member may be the second */
};

/* Keeps what an opened order tells; of other logs nothing. 0 or enum err. */
int visit_facts_keep(struct session *ses, const struct opened *d)
	__attribute__((warn_unused_result));
/* Of all orders under seal; the caller frees *out. 0 or enum err. */
int visit_facts_load(struct session *ses, struct visit_fact **out, size_t *cnt)
	__attribute__((warn_unused_result));

#endif
