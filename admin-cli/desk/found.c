/* What the visits of this workspace have found (see found.h). */
#include "admin-cli/desk/found.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"

struct gather {
	struct session *ses;
	struct found *list;
	size_t cnt;
};

static int
one_visit(void *arg, const struct opened *d)
{
	struct gather *g = arg;
	struct visits_act act;
	struct found *grown, of = { .signed_off = 0 };
	unsigned cnt = d->fold.visit.finding_cnt;

	if (visits_last(d, ENTRY_SIGN_OFF, 0, &act))
		of.signed_off = d->entry[act.at].day;
	if (visits_arrival(d, &act)) {
		snprintf(of.site, sizeof(of.site), "%s", schema_text(act.body, "site"));
		snprintf(of.county, sizeof(of.county), "%s", schema_text(act.body, "county"));
	}
	memcpy(of.order, d->c.rec.id, sizeof(of.order));
	grown = realloc(g->list, (g->cnt + cnt + 1) * sizeof(*grown));
	if (!grown)
		return session_fail_err(g->ses, ERR_MEM, "%s", _("The findings cannot be read"));
	g->list = grown;
	for (unsigned k = 1; k <= cnt; k++) {
		if (!visits_last(d, ENTRY_FINDING, k, &act))
			continue;
		memcpy(of.hash, d->entry[act.at].hash, sizeof(of.hash));
		of.mining = !strncmp(schema_text(act.body, "hazard"), "IM-", 3);
		g->list[g->cnt++] = of;
	}
	return 0;
}

static int
add_reported(struct gather *g, const struct fold_entry *e)
{
	const json_t *list = schema_list(e->body, "findings"), *one;
	struct found *grown, of = { .signed_off = e->day, .reported = true };
	size_t i;

	grown = realloc(g->list, (g->cnt + json_array_size(list) + 1) * sizeof(*grown));
	if (!grown)
		return session_fail_err(g->ses, ERR_MEM, "%s", _("The findings cannot be read"));
	g->list = grown;
	json_array_foreach((json_t *)list, i, one)
	{
		const char *hex = json_string_value(one);
		if (hex && term_unhex(of.hash, sizeof(of.hash), hex))
			g->list[g->cnt++] = of;
	}
	return 0;
}

/* The report of a need, which is written when its visits are signed off. */
static int
one_need(struct gather *g, const struct opened *d)
{
	int err = 0;

	for (size_t n = 0; n < d->fold.order_cnt && !err; n++) {
		const struct fold_entry *e = &d->entry[d->fold.order[n]];
		if (e->verdict == FOLD_ACCEPTED && e->to == NEED_REPORTED && e->from != e->to)
			err = add_reported(g, e);
	}
	return err;
}

static int
all_needs(struct gather *g)
{
	struct workspace_case *list;
	struct opened *d;
	size_t cnt = 0;
	int err = sync_workspace_failed(g->ses, workspace_case_list(g->ses->workspace, FRAME_BOOK,
								    &list, &cnt));

	if (err)
		return err;
	for (size_t i = 0; i < cnt && !err; i++) {
		if (machine_state(MACHINE_NEED, list[i].line.state) < 0)
			continue;
		err = opened_glance(g->ses, &list[i], &d);
		if (err)
			break;
		err = d->fold.machine == MACHINE_NEED ? one_need(g, d) : 0;
		opened_free(d);
	}
	workspace_free(list, cnt * sizeof(*list));
	return err;
}

int
found_all(struct session *ses, struct found **out, size_t *cnt)
{
	struct gather g = { .ses = ses };
	int err = visits_each(ses, one_visit, &g);

	if (!err)
		err = all_needs(&g);
	if (err) {
		free(g.list);
		g = (struct gather){ 0 };
	}
	*out = g.list;
	*cnt = g.cnt;
	return err;
}

const struct found *
found_find(const struct found *list, size_t cnt, const uint8_t hash[static 32])
{
	for (size_t i = 0; i < cnt; i++)
		if (!memcmp(list[i].hash, hash, sizeof(list[i].hash)))
			return &list[i];
	return NULL;
}
