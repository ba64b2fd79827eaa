/* The state machines of data/states.json as tables: who may move a case, an order or a book
 * from which state to which. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_ENUMS
#include "states.inc"
#undef MACHINE_ENUMS

/* One line of the table: at least `n` different people, of whom one has the role `by` and the other
 * one of `second` (bits 1u << BY_…); `guards` ends with GUARD__MAX; `why` is the guard in
 * words, NULL where there is none. A move by SYS always has a guard. */
struct machine_move {
	int from, to;
	enum machine_by by;
	uint32_t second;
	unsigned n;
	uint8_t guards[MACHINE_GUARDS]; /* enum machine_guard */
	const char *why;
};

struct machine {
	const char *name;
	const char *const *states; /* names, by number */
	int state_cnt;
	int initial;
	uint32_t final; /* bits 1u << state */
	uint32_t rest;  /* these, and states in which nobody of the desk has anything to do */
	const struct machine_move *moves;
	size_t move_cnt;
	const unsigned *terms; /* days that each state may last, 0: any; NULL: no terms */
};

/* The table of a machine; never NULL for a valid id. */
const struct machine *machine_get(enum machine_id id);
/* The name of a state; "?" for a number that is none. */
const char *machine_state_name(enum machine_id id, int state);
/* The number of a state, -1 where there is none of this name. */
int machine_state(enum machine_id id, const char *name);
/* Whether nobody of the desk has anything to do in that state, unless the source speaks or a clock
 * calls. */
bool machine_rests(enum machine_id id, int state);
/* How many days a state may last before it is late; 0: no term. */
unsigned machine_term(enum machine_id id, int state);
/* The next move from -> to that someone with one of `roles` (bits 1u << BY_…) may make, after
 * `prev` (NULL: the first); NULL where there is no more. `to` -1: to anywhere. */
const struct machine_move *machine_next(enum machine_id id, int from, int to, uint32_t roles,
					const struct machine_move *prev);
/* Whether a guard is one of a move's. */
bool machine_guarded(const struct machine_move *move, enum machine_guard guard);
/* "TR", "SRC", …; a bit 1u << BY_… of such a word, 0 where it is none. */
const char *machine_by_name(enum machine_by by);
uint32_t machine_role(const char *name);
const char *machine_guard_name(enum machine_guard guard);

#endif
