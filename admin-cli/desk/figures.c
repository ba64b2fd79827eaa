/* What figures need of each case, from the fold to the workspace and back (see figures.h). */
#include "admin-cli/desk/figures.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"

/* Days from the tip to an entry, if it is the first of its kind. */
static void
first(int16_t *days, uint32_t from, uint32_t day)
{
	if (*days < 0 && day >= from)
		*days = (int16_t)(day - from < INT16_MAX ? day - from : INT16_MAX);
}

static void
take_entry(struct stats_case *c, const struct fold_entry *e)
{
	if (e->verdict != FOLD_ACCEPTED)
		return;
	c->returned |= e->by_source && e->type != ENTRY_TIP;
	if (e->type == ENTRY_ACKNOWLEDGE)
		first(&c->read, c->day, e->day);
	if (e->type == ENTRY_TRIAGE || e->type == ENTRY_COSIGN)
		first(&c->triage, c->day, e->from != e->to || e->type == ENTRY_TRIAGE ? e->day : 0);
	if (e->from != e->to && e->to == TIP_VERIFIED)
		c->found = e->day;
	if (e->type == ENTRY_REPLY && !schema_is(e->body, "dummy"))
		first(&c->answer, c->day, e->day);
}

int
figures_keep(struct session *ses, const struct opened *d)
{
	const struct fold *f = &d->fold;
	struct stats_case c = { .day = d->c.rec.day, .read = -1, .triage = -1, .answer = -1 };
	uint8_t packed[STATS_PACKED];
	char family[STATS_KEY];
	int err;

	if (f->machine != MACHINE_TIP)
		return 0;
	for (size_t n = 0; n < f->order_cnt; n++)
		take_entry(&c, &d->entry[f->order[n]]);
	c.severity = (uint8_t)f->severity;
	c.alone = opened_alone(d);
	if (f->hazard_cnt) {
		stats_family(family, f->hazard[0]);
		snprintf(c.family, sizeof(c.family), "%.3s", family);
	}
	snprintf(c.outcome, sizeof(c.outcome), "%s", f->outcome);
	snprintf(c.result, sizeof(c.result), "%s", f->result);
	c.triaged = c.triage >= 0;
	c.risk = json_array_size(f->said[CLASS_RISK]) > 0;
	c.recheck = f->rechecks > 0;
	for (unsigned i = 0; i < f->hazard_cnt; i++) {
		c.mining |= !strncmp(f->hazard[i], "IM-", 3);
		c.revenge |= !strcmp(f->hazard[i], "CO-02");
	}
	if (f->tip != FOLD_NONE)
		snprintf(c.county, sizeof(c.county), "%s",
			 schema_text(d->entry[f->tip].body, "county"));
	stats_pack(packed, &c);
	err = workspace_put(ses->workspace, WORKSPACE_FIGURE, d->c.rec.id, sizeof(d->c.rec.id),
			    packed, sizeof(packed));
	sodium_memzero(packed, sizeof(packed));
	return err;
}

int
figures_one(struct session *ses, const uint8_t id[static KEY_ID_LEN], struct stats_case *out)
{
	uint8_t *val;
	size_t len;
	int err = workspace_get(ses->workspace, WORKSPACE_FIGURE, id, KEY_ID_LEN, &val, &len);

	*out = (struct stats_case){ .read = -1, .triage = -1, .answer = -1 };
	if (err)
		return err;
	if (!stats_unpack(out, val, len))
		*out = (struct stats_case){ .read = -1, .triage = -1, .answer = -1 };
	workspace_free(val, len);
	return 0;
}

static int
load_case(struct session *ses, struct stats_case *out, const struct workspace_case *w)
{
	int err = figures_one(ses, w->rec.id, out);

	/* What the gateway's list says is newer. */
	out->day = w->rec.day;
	out->desk = w->rec.desk;
	out->urgent = w->rec.ladder == FRAME_URGENT;
	out->missed = w->rec.flags & (FRAME_R_ABOVE | FRAME_R_BACKSTOP);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int
figures_load(struct session *ses, struct stats_case **out, uint8_t (**id)[KEY_ID_LEN], size_t *cnt)
{
	struct workspace_case *list;
	int err = workspace_case_list(ses->workspace, FRAME_CASE, &list, cnt);

	if (err)
		return err;
	*out = calloc(*cnt + 1, sizeof(**out));
	*id = calloc(*cnt + 1, sizeof(**id));
	if (!*out || !*id)
		err = ERR_MEM;
	for (size_t i = 0; !err && i < *cnt; i++) {
		memcpy((*id)[i], list[i].rec.id, KEY_ID_LEN);
		err = load_case(ses, &(*out)[i], &list[i]);
	}
	workspace_free(list, *cnt * sizeof(*list));
	return err;
}

/* The desks of the roster, and how many members the desk that was asked for has. */
static int
load_desks(struct stats_wanted *w, const struct trust *v, uint16_t **out, size_t *cnt)
{
	const struct roster *r = v->bundle.roster;

	*out = calloc(r->desk_cnt + 1, sizeof(**out));
	if (!*out)
		return ERR_MEM;
	for (size_t i = 0; i < r->desk_cnt; i++)
		(*out)[(*cnt)++] = r->desk[i].number;
	w->members = 0;
	for (size_t i = 0; v->members && i < v->members->cnt; i++)
		w->members += v->members->member[i].desk == w->desk;
	return 0;
}

int
figures_count(struct session *ses, struct stats_wanted *w, struct stats *out)
{
	struct stats_case *cases = NULL;
	uint8_t(*ids)[KEY_ID_LEN] = NULL;
	struct stats_input in = { 0 };
	const struct trust *view;
	uint16_t *desks = NULL;
	int err = workspace_open(ses);

	if (!err)
		err = trust_get(ses, false, &view);
	if (err)
		return err;
	err = figures_load(ses, &cases, &ids, &in.cnt);
	if (!err)
		err = load_desks(w, view, &desks, &in.desk_cnt);
	in.list = cases;
	in.desk = desks;
	if (!err)
		err = stats_run(out, w, &in);
	if (cases)
		sodium_memzero(cases, in.cnt * sizeof(*cases));
	free(cases);
	free(ids);
	free(desks);
	return err ? session_fail_err(ses, err, "%s", _("The figures cannot be counted")) : 0;
}
