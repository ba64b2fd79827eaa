/*
 * What triage says about a case: its axes (sector, place, work, issue), its hazards, how grave, how
 * credible, how much there is to act on, who could know, what may point at the source. A triage
 * entry gives these members, a correction changes them; the newest value of each counts.
 *
 * The floor is the lowest severity that may be given: that of the strictest hazard, and S2 where
 * three or more people could die at once. Where the tip speaks of ten people or more, that is
 * presumed until two members say otherwise, so that leaving a mark out lowers nothing.
 */
#ifndef CLASS_H
#define CLASS_H

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold_state.h"

/* The members, in the order of enum class_member; for the bodies in entry_type.c. */
#define CLASS_FIELDS                                                                               \
	{ .name = "sector", .kind = FIELD_CODE, .axis = TAXONOMY_SECTOR },                         \
		{ .name = "place", .kind = FIELD_CODES, .max = 2, .axis = TAXONOMY_PLACE },        \
		{ .name = "work", .kind = FIELD_CODES, .max = 2, .axis = TAXONOMY_WORK },          \
		{ .name = "issue", .kind = FIELD_CODES, .max = 3, .axis = TAXONOMY_ISSUE },        \
		{ .name = "hazard",                                                                \
		  .kind = FIELD_CODES,                                                             \
		  .max = FOLD_HAZARDS,                                                             \
		  .axis = TAXONOMY_HAZARD },                                                       \
		{ .name = "severity", .kind = FIELD_CODE, .axis = TAXONOMY_SEVERITY },             \
		{ .name = "credibility", .kind = FIELD_CREDIBILITY },                              \
		{ .name = "actionability", .kind = FIELD_NUMBER, .max = 10 },                      \
		{ .name = "knower", .kind = FIELD_CODE, .axis = TAXONOMY_KNOWER },                 \
		{ .name = "risk", .kind = FIELD_CODES, .max = 18, .axis = TAXONOMY_RISK },         \
		{ .name = "mass", .kind = FIELD_BOOL },                                            \
		{ .name = "no_regulator", .kind = FIELD_BOOL },                                    \
		{ .name = "regulator", .kind = FIELD_TEXT, .max = 400 },                           \
		{ .name = "named", .kind = FIELD_CODE, .axis = TAXONOMY_POST },                    \
		{ .name = "order_kind", .kind = FIELD_CODE, .axis = TAXONOMY_ORDER_KIND },         \
		{ .name = "recurrence", .kind = FIELD_NUMBER, .max = 99 },                         \
		{ .name = "campaign", .kind = FIELD_HEX, .max = 16 },                              \
		{ .name = "receipt", .kind = FIELD_TEXT, .max = 400 },                             \
	{                                                                                          \
		.name = "links", .kind = FIELD_IDS, .max = 8                                       \
	}

/* The same as a list, ended by {0}. */
extern const struct entry_field class_field[];

/* Whether three or more people could die in one event: said, or presumed from the tip. */
bool class_mass(const struct fold *f);
/* The lowest severity (1 to 4) that may be given. *why: the hazard with that floor, "mass", or NULL
 * where it is 4. */
int class_floor(const struct fold *f, const char **why);
/* Whether ending the case takes two members: urgent, not classified, S1 or S2, or with a floor of
 * S1 or S2 under which two members have gone. */
bool class_grave(const struct fold *f);
/* Whether a new S1 is the reviewer's word alone: neither the source nor a hazard's floor speaks of
 * life in danger now. Whoever calls everybody out then says why. */
bool class_alarm(const struct fold *f, const struct fold *after);
/* Whether no regulator is responsible and none has been named to lead. */
bool class_orphan(const struct fold *f);
/* Whether one of its hazards is misconduct that only the integrity desk may handle. */
bool class_misconduct(const struct fold *f);
/* How many hazards of a list are that. */
size_t class_misconduct_in(const json_t *hazards);
/* Puts what a body says into *after, a copy of the case; what it does not say stays. */
void class_put(struct fold *after, const struct fold *f, const json_t *body);
/* The same, and the reason why these signers may not: an S1 of which neither the source nor a
 * hazard speaks (a reason in words), below the floor (two, with a reason in words), a lower
 * severity than S1 or S2, a lower floor, a lower start level, more people who could have told it
 * (two). */
enum fold_reason class_take(struct fold *after, const struct fold *f, const json_t *tip,
			    const struct fold_move *how);
/* The classification of `after` becomes the case's. */
void class_keep(struct fold *f, const struct fold *after);

#endif
