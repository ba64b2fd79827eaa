/* The needs that planners have taken (see need_taken.h). */
#include "admin-cli/desk/need_taken.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/frame.h"

static bool
find_site(const struct plan_register *r, const char *id, uint32_t *site)
{
	for (size_t i = 0; *id && i < r->cnt; i++)
		if (!strcmp(r->site[i].text[PLAN_ID], id)) {
			*site = (uint32_t)i;
			return true;
		}
	return false;
}

/* The hours of the moves, as their authors signed them; false where it was not taken for this
 * desk. */
static bool
read_need(const struct opened *d, uint16_t desk, const struct plan_register *r,
	  struct plan_need *out)
{
	bool found = false;

	memset(out, 0, sizeof(*out));
	memcpy(out->id, d->c.rec.id, sizeof(out->id));
	for (size_t k = 0; k < d->fold.order_cnt; k++) {
		size_t i = d->fold.order[k];
		const json_t *body = d->x[i].body;
		const char *move = schema_text(body, "move");
		if (d->entry[i].verdict != FOLD_ACCEPTED)
			continue;
		if (!strcmp(move, "taken") && schema_number(body, "desk") == desk &&
		    find_site(r, schema_text(body, "site"), &out->site)) {
			found = true;
			out->taken = d->x[i].e.hour;
			out->due = out->taken + NEED_TAKEN_DAYS * 24;
			out->urgent = schema_is(body, "urgent");
		}
		if (!strcmp(move, "given_back"))
			out->gone = d->x[i].e.hour;
	}
	return found;
}

int
need_taken(struct session *ses, uint16_t desk, const struct plan_register *r, uint32_t since,
	   struct plan_need **out, size_t *cnt)
{
	struct workspace_case *list;
	size_t all = 0;
	int err = workspace_open(ses);

	*out = NULL;
	*cnt = 0;
	if (!err)
		err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK,
								     &list, &all));
	if (err)
		return err;
	struct plan_need *need = calloc(all ? all : 1, sizeof(*need));
	if (!need)
		err = session_fail_err(ses, ERR_MEM, "%s", _("The needs were not read"));
	for (size_t i = 0; i < all && !err; i++) {
		struct opened *d;
		if (machine_state(MACHINE_NEED, list[i].line.state) < 0)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		if (read_need(d, desk, r, &need[*cnt]) && need[*cnt].taken >= since)
			++*cnt;
		opened_free(d);
	}
	if (all)
		workspace_free(list, all * sizeof(*list));
	if (err)
		free(need);
	else
		*out = need;
	return err;
}
