/*
 * Drafts of sealed orders: what a planner writes before it is sealed. A draft is one JSON object
 * with the members of all three layers (rules/order_part.h) beside these:
 *
 *	desk          the inspection desk that goes
 *	from, depart  the first hour, and the hour of departure: "2026-12-01 08:00", or unix hours
 *	urgent        true in place of both: everything opens at once
 *	a, b          who releases and who goes: two to four of each, by handle or by name
 *	level         the lowest level of a desk that may read it; 1 where it is missing
 *
 * A draft lies in the encrypted workspace alone, under the id that the order will have, and is
 * wiped when the order is sealed.
 */
#ifndef ORDER_DRAFT_H
#define ORDER_DRAFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct opened;
struct session;
struct trust;

/* Checks a draft against the rules and the roster, and brings it into the form in which it is kept:
 * unix hours, handles. The failure says what is wrong. */
int order_draft_check(struct session *ses, const struct trust *view, json_t *draft)
	__attribute__((warn_unused_result));
/* The same, draws the hour of its sealing, and keeps it. Draws the id where `id` is all zero. The
 * draft stays the caller's, in the form in which it was kept. */
int order_draft_keep(struct session *ses, const struct trust *view, json_t *draft,
		     uint8_t id[static 16]) __attribute__((warn_unused_result));
/* Fills in what a need says: this member's copy of its abstract, hazards, county, level and whom it
 * excludes; and its hash. Refused where this desk has not taken it. */
int order_draft_need(struct session *ses, const struct opened *need, json_t *draft)
	__attribute__((warn_unused_result));

/* The draft whose id begins with `prefix`; the caller drops *out. */
int order_draft_find(struct session *ses, const char *prefix, uint8_t id[static 16], json_t **out)
	__attribute__((warn_unused_result));
/* All drafts, by "id" and "draft"; the caller drops the reference. */
int order_draft_list(struct session *ses, json_t **out) __attribute__((warn_unused_result));
/* Gives a draft another id, for an order that can be sealed under its own no more. */
int order_draft_move(struct session *ses, const uint8_t id[static 16], const json_t *draft,
		     uint8_t other[static 16]) __attribute__((warn_unused_result));
int order_draft_drop(struct session *ses, const uint8_t id[static 16])
	__attribute__((warn_unused_result));

#endif
