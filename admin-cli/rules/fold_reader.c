/* Who does not read a case: the list that two members of its desk make, its lifting, and members
 * who take themselves off; and who reads it in place of that desk, because two handed it to him. */
#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/conflict.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"

#include <string.h>

/* One lifts the list, and takes back who took himself off: the lead, or a member of a desk above,
 * so that a desk whose members all went is not without readers. Two members of the desk make it. */
enum fold_reason
fold_rule_restrict(struct fold_run *run, const struct fold_move *how)
{
	uint8_t list[FOLD_HIDDEN][8];
	struct fold *f = run->f;
	unsigned i;

	if (schema_is(how->body, "lift")) {
		if (how->who[0]->home && !how->who[0]->lead)
			return FOLD_ROLE;
		f->hidden_cnt = 0;
		f->recused_cnt = 0;
		f->readers_set = true;
		return FOLD_FINE;
	}
	for (i = 0; i < how->who_cnt; i++)
		if (!how->who[i]->home)
			return FOLD_ROLE;
	if (!conflict_list_read(list, how->body))
		return FOLD_LIST;
	if (how->who_cnt < 2)
		return FOLD_TWO;
	memcpy(f->hidden, list, sizeof(f->hidden));
	f->hidden_cnt = FOLD_HIDDEN;
	f->readers_set = true;
	return FOLD_FINE;
}

bool
fold_reads(const struct fold *f, const uint8_t handle[static 8])
{
	unsigned i;

	for (i = 0; i < f->hidden_cnt; i++)
		if (!memcmp(f->hidden[i], handle, 8))
			return false;
	for (i = 0; i < f->recused_cnt; i++)
		if (!memcmp(f->recused[i], handle, 8))
			return false;
	return true;
}

/* Nobody is asked, and he cannot undo it: it outlives every list of his desk. */
enum fold_reason
fold_rule_recuse(struct fold_run *run, const struct fold_move *how)
{
	struct fold *f = run->f;
	unsigned i;

	for (i = 0; i < f->recused_cnt; i++)
		if (!memcmp(f->recused[i], how->who[0]->handle, 8))
			return FOLD_FINE;
	if (f->recused_cnt == FOLD_RECUSED)
		return FOLD_STATE;
	memcpy(f->recused[f->recused_cnt++], how->who[0]->handle, 8);
	return FOLD_FINE;
}

bool
fold_given(const struct fold *f, const uint8_t handle[static 8])
{
	unsigned i;

	for (i = 0; i < f->given_cnt; i++)
		if (!memcmp(f->given[i], handle, 8))
			return fold_reads(f, handle);
	return false;
}

/* Hands the case to one or two, in place of who was named before, or to nobody any more. Who signs
 * is of a desk of the case, names nobody who does not read it, and not himself. */
enum fold_reason
fold_rule_reseal(struct fold_run *run, const struct fold_move *how)
{
	uint8_t list[FOLD_GIVEN][8];
	struct fold *f = run->f;
	unsigned cnt, i, k;

	if (!schema_handles(list, &cnt, schema_list(how->body, "to"), FOLD_GIVEN) ||
	    (cnt == FOLD_GIVEN && !memcmp(list[0], list[1], 8)))
		return FOLD_LIST;
	for (i = 0; i < how->who_cnt; i++) {
		if (!how->who[i]->related)
			return FOLD_ROLE;
		for (k = 0; k < cnt; k++)
			if (!memcmp(list[k], how->who[i]->handle, 8))
				return FOLD_LIST;
	}
	for (k = 0; k < cnt; k++)
		if (!fold_reads(f, list[k]))
			return FOLD_LIST;
	memcpy(f->given, list, sizeof(f->given));
	f->given_cnt = cnt;
	return FOLD_FINE;
}

/* The file keys of entries, for one to whom the case is handed. They widen nothing: two have said
 * who that is. */
enum fold_reason
fold_rule_file_keys(struct fold_run *run, const struct fold_move *how)
{
	uint8_t to[8];

	if (!schema_hex(how->body, "to", to, sizeof(to)))
		return FOLD_BODY;
	return fold_given(run->f, to) ? FOLD_FINE : FOLD_STATE;
}
