/*
 * What a member keeps of plans in the encrypted workspace: the registers of sites, and his own
 * share of each plan until it is revealed. A register betrays which sites have tips, and a share
 * would foretell the draw, so neither lies in a file of its own.
 */
#ifndef PLANNED_H
#define PLANNED_H

#include <stdbool.h>
#include <stdint.h>

struct plan_register;
struct session;

/* The register of a desk. Where *desk is 0, the only one there is, whose desk is then in *desk. The
 * caller frees *r with plan_register_free() in every case. */
int planned_register(struct session *ses, uint16_t *desk, struct plan_register *r)
	__attribute__((warn_unused_result));
int planned_register_keep(struct session *ses, uint16_t desk, const struct plan_register *r)
	__attribute__((warn_unused_result));

/* Whose share it is, of which plan, and which days the plan is for. */
struct planned_share {
	uint8_t plan[32]; /* the plan's hash */
	bool approver;
	uint8_t share[32];
	uint16_t desk;
	uint32_t from, until;
};

/* *there: whether this home has a share of the plan. */
int planned_share(struct session *ses, const uint8_t plan[static 32], struct planned_share *out,
		  bool *there) __attribute__((warn_unused_result));
int planned_share_keep(struct session *ses, const struct planned_share *s)
	__attribute__((warn_unused_result));
/* The sealed bytes of this home's share as it was left with those above: the same each time, until
 * the gateway has them. `sealed` has SEAL_LEN bytes. */
int planned_sealed(struct session *ses, const uint8_t plan[static 32], uint8_t *sealed, bool *there)
	__attribute__((warn_unused_result));
int planned_sealed_keep(struct session *ses, const uint8_t plan[static 32], const uint8_t *sealed)
	__attribute__((warn_unused_result));
/* *other: whether this home has a share of another plan for the same desk and some of its days. */
int planned_other(struct session *ses, const struct planned_share *s, bool *other)
	__attribute__((warn_unused_result));

#endif
