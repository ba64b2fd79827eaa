/* Lookups in the tables that scripts/gen-states.mjs makes from data/states.json. */
#include "admin-cli/rules/machine.h"

#include <string.h>

#define MACHINE_TABLES
#include "states.inc"

const struct machine *
machine_get(enum machine_id id)
{
	return id < MACHINE__MAX ? &machines[id] : NULL;
}

const char *
machine_state_name(enum machine_id id, int state)
{
	const struct machine *m = machine_get(id);

	return m && state >= 0 && state < m->state_cnt ? m->states[state] : "?";
}

int
machine_state(enum machine_id id, const char *name)
{
	const struct machine *m = machine_get(id);
	int i;

	for (i = 0; m && name && i < m->state_cnt; i++)
		if (!strcmp(m->states[i], name))
			return i;
	return -1;
}

bool
machine_rests(enum machine_id id, int state)
{
	const struct machine *m = machine_get(id);

	return m && state >= 0 && state < m->state_cnt && m->rest >> state & 1;
}

unsigned
machine_term(enum machine_id id, int state)
{
	const struct machine *m = machine_get(id);

	return m && m->terms && state >= 0 && state < m->state_cnt ? m->terms[state] : 0;
}

const struct machine_move *
machine_next(enum machine_id id, int from, int to, uint32_t roles, const struct machine_move *prev)
{
	const struct machine *m = machine_get(id);
	const struct machine_move *move;

	if (!m)
		return NULL;
	for (move = prev ? prev + 1 : m->moves; move < m->moves + m->move_cnt; move++)
		if (move->from == from && (to < 0 || move->to == to) && roles >> move->by & 1)
			return move;
	return NULL;
}

bool
machine_guarded(const struct machine_move *move, enum machine_guard guard)
{
	const uint8_t *g;

	for (g = move->guards; *g != GUARD__MAX; g++)
		if (*g == guard)
			return true;
	return false;
}

const char *
machine_by_name(enum machine_by by)
{
	return by < BY__MAX ? by_names[by] : "?";
}

uint32_t
machine_role(const char *name)
{
	unsigned i;

	for (i = 0; name && i < BY__MAX; i++)
		if (!strcmp(by_names[i], name))
			return 1u << i;
	return 0;
}

const char *
machine_guard_name(enum machine_guard guard)
{
	return guard < GUARD__MAX ? guard_names[guard] : "?";
}
