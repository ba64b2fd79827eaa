/* Who has stopped many visits, for the desk above (see stopped.h). */
#include "admin-cli/desk/stopped.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

static uint16_t
above(const struct roster *r, uint16_t desk)
{
	const struct roster_desk *at = roster_find(r, desk);

	return at && at->above && at->above != desk ? at->above : r->backstop;
}

static bool
for_me(const struct trust *view, const struct stops_flag *f)
{
	const struct roster *r = view->bundle.roster;
	uint16_t mine = view->me->desk;

	return memcmp(f->handle, view->me->handle, sizeof(f->handle)) != 0 &&
	       f->day + STOPS_DAYS > view->today && mine != f->desk &&
	       (above(r, f->desk) == mine || above(r, f->writer) == mine);
}

static int
find(struct session *ses, const struct trust *view, struct stops_flag **out, size_t *cnt)
{
	struct visit_fact *fact;
	struct stops_stop *list = NULL;
	size_t facts, all = 0;
	int err = visit_facts_load(ses, &fact, &facts);

	if (!err && !(list = calloc(facts + 1, sizeof(*list))))
		err = ERR_MEM;
	for (size_t i = 0; i < facts && !err; i++)
		list[i] = fact[i].stop;
	if (!err)
		err = stops_find(out, &all, list, facts, view->today - 2 * STOPS_DAYS);
	for (size_t i = 0; i < all && !err; i++)
		if (for_me(view, &(*out)[i]))
			(*out)[(*cnt)++] = (*out)[i];
	free(list);
	free(fact);
	return err;
}

int
stopped_above(struct session *ses, struct stops_flag **out, size_t *cnt)
{
	const struct trust *view;
	int err = workspace_open(ses);

	*out = NULL;
	*cnt = 0;
	if (!err)
		err = trust_get(ses, false, &view);
	if (err || !view->me)
		return err;
	err = find(ses, view, out, cnt);
	return err ? session_fail_err(ses, err, "%s", _("The orders were not read.")) : 0;
}
