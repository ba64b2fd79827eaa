/* Figures of orders and campaigns (see visit_figures.h). */
#include "admin-cli/desk/visit_figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

struct campaigns {
	const struct stats_wanted *w;
	const struct visit_fact *fact;
	size_t facts;
	struct visit_figures *out;
};

/* The visits that went for a campaign within its days; at most its quota. */
static size_t
done(const struct campaigns *c, const uint8_t id[static 16], uint32_t from, uint32_t until,
     uint32_t quota)
{
	size_t n = 0;

	for (size_t i = 0; i < c->facts; i++) {
		const struct stats_visit *v = &c->fact[i].v;
		uint32_t day = v->arrived / 24;
		n += v->arrived && !memcmp(v->campaign, id, 16) && day >= from && day <= until &&
		     (!c->w->desk || c->w->desk == v->desk);
	}
	return n < quota ? n : quota;
}

static int
add(struct campaigns *c, const struct opened *d)
{
	const char *first = schema_text(d->fold.book, "from");
	uint32_t from, until = d->fold.date, quota = schema_number(d->fold.book, "quota");
	struct campaign_figure *more;

	if (!quota || text_day(&from, first, strlen(first)) || from > c->w->to ||
	    until < c->w->from)
		return 0;
	more = realloc(c->out->campaign, (c->out->campaigns + 1) * sizeof(*more));
	if (!more)
		return ERR_MEM;
	c->out->campaign = more;
	more += c->out->campaigns++;
	*more = (struct campaign_figure){ .quota = quota };
	memcpy(more->id, d->c.rec.id, sizeof(more->id));
	snprintf(more->name, sizeof(more->name), "%s", schema_text(d->fold.book, "name"));
	more->done = stats_share(done(c, more->id, from, until, quota), quota);
	return 0;
}

static int
add_all(struct session *ses, struct campaigns *c)
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = workspace_case_list(ses->workspace, FRAME_BOOK, &list, &cnt);

	if (err)
		return err;
	for (size_t i = 0; i < cnt && !err; i++) {
		int state = machine_state(MACHINE_CAMPAIGN, list[i].line.state);
		struct opened *d;
		if (state != CAMPAIGN_STANDING && state != CAMPAIGN_OVER)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		err = d->fold.machine == MACHINE_CAMPAIGN && d->fold.book ? add(c, d) : 0;
		opened_free(d);
	}
	workspace_free(list, cnt * sizeof(*list));
	return err;
}

int
visit_figures(struct session *ses, const struct stats_wanted *w, struct visit_figures *out)
{
	struct campaigns c = { .w = w, .out = out };
	struct visit_fact *fact = NULL;
	struct stats_visit *list;
	int err = workspace_open(ses);

	memset(out, 0, sizeof(*out));
	if (err)
		return err;
	err = visit_facts_load(ses, &fact, &c.facts);
	list = err ? NULL : calloc(c.facts + 1, sizeof(*list));
	if (!err && !list)
		err = ERR_MEM;
	for (size_t i = 0; i < c.facts && !err; i++)
		list[i] = fact[i].v;
	if (!err)
		err = stats_visits_run(&out->visits, w, list, c.facts, sync_hour(ses));
	c.fact = fact;
	if (!err)
		err = add_all(ses, &c);
	free(list);
	free(fact);
	return err ? session_fail_err(ses, err, "%s", _("The figures cannot be counted")) : 0;
}

void
visit_figures_free(struct visit_figures *f)
{
	free(f->campaign);
	memset(f, 0, sizeof(*f));
}
