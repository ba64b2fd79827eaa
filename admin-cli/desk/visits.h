/*
 * Visits under seal in the workspace: on which side of one this member is, what he does next, what
 * each entry of it has done, and how its findings stand.
 */
#ifndef VISITS_H
#define VISITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"

struct opened;
struct session;

enum visits_side { VISITS_NO_SIDE, VISITS_PLANNER, VISITS_A, VISITS_B };
enum visits_side visits_side(const struct opened *d);
/* The first hour of its window. */
uint32_t visits_hour(const struct frame_record *rec);
/* Whether nothing moves it any more. */
bool visits_ended(const struct opened *d);
/* From the arrival on, the keys of the layers stand in the log: whether they are those that the
 * order named before. */
enum visits_seeds { VISITS_SEEDS_NONE, VISITS_SEEDS_RIGHT, VISITS_SEEDS_WRONG };
enum visits_seeds visits_seeds(const struct opened *d);

/* The step that the rules allow this member now: the verb of its command, with the layer where it
 * has one ("release 0"). */
#define VISITS_NEXT_CAP 24
bool visits_next(const struct opened *d, uint32_t hour, char out[static VISITS_NEXT_CAP]);

/* What an accepted entry has done: itself, or what its cosignature has put in force. */
struct visits_act {
	uint16_t type;
	const json_t *body;
	size_t at;   /* the entry whose words those are */
	size_t sign; /* the cosignature; FOLD_NONE: one person did it */
};
/* Of the n-th entry in the order of the fold; false: it did nothing. */
bool visits_act(const struct opened *d, size_t n, struct visits_act *out);
/* The last act of this type about finding k; k 0: about any. False: there is none. */
bool visits_last(const struct opened *d, uint16_t type, unsigned k, struct visits_act *out);

/* The arrival; what follows it as an arrival only turns a covert look into a surprise. */
bool visits_arrival(const struct opened *d, struct visits_act *out);

/* The newest open proposal of this type, or act of this type by one that waits for a second
 * signature, by another member that this one could sign, about finding k (VISITS_ANY: any);
 * FOLD_NONE: there is none. */
#define VISITS_ANY UINT32_MAX
size_t visits_proposal(const struct opened *d, uint16_t type, unsigned k);

/* The open proposals of other members that this one can sign, oldest first; how many of `max`. */
size_t visits_to_sign(const struct opened *d, size_t *out, size_t max);

/* All orders, each opened, in turn: those that stand first, by their first hour. Stops where `each`
 * returns non-zero, and returns that. A failure is recorded. */
typedef int visits_each_fn(void *arg, const struct opened *d);
int visits_each(struct session *ses, visits_each_fn *each, void *arg)
	__attribute__((warn_unused_result));

#endif
