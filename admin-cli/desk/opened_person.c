/* Who wrote the entries of an opened case, as the fold sees a person (see opened.h). */
#include "admin-cli/desk/opened_inner.h"

#include <string.h>

#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/schema.h"

static const struct {
	uint16_t in;
	enum machine_by out;
} role_map[] = {
	{ ROSTER_TR, BY_TR }, { ROSTER_SR, BY_SR }, { ROSTER_PL, BY_PL }, { ROSTER_TL, BY_TL },
	{ ROSTER_IN, BY_IN }, { ROSTER_IG, BY_IG }, { ROSTER_RW, BY_RW },
};

uint32_t
opened_roles(uint16_t roster_roles)
{
	uint32_t roles = 0;
	size_t i;

	for (i = 0; i < sizeof(role_map) / sizeof(*role_map); i++)
		if (roster_roles & role_map[i].in)
			roles |= 1u << role_map[i].out;
	return roles;
}

/* Whether a desk takes part in this log: it is the receiving desk, the desk above that, the
 * backstop, or one of those to which the first entry is sealed. */
static bool
is_related(const struct opened *d, uint16_t desk)
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *receiving = roster_find(r, d->c.rec.desk);
	size_t first = opened_find(d, d->c.rec.kind != FRAME_CASE, 0);
	unsigned i;

	if (desk == d->c.rec.desk || desk == r->backstop || (receiving && desk == receiving->above))
		return true;
	for (i = 0; first != FOLD_NONE && i < d->x[first].desk_cnt; i++)
		if (d->x[first].desk[i] == desk)
			return true;
	return false;
}

/* Whether an order names this member on one of its sides: then he has a part in it, whatever his
 * desk has. */
static bool
is_named(const struct opened *d, const uint8_t handle[static 8])
{
	size_t first = opened_find(d, FRAME_DESK, 0);

	return d->c.rec.kind == FRAME_ORDER && first != FOLD_NONE &&
	       fold_visit_names(d->x[first].body, handle);
}

static void
fill_person(const struct opened *d, struct fold_person *who, const struct roster_member *m)
{
	const struct roster_desk *desk = roster_find(d->view->bundle.roster, m->desk);
	const struct roster_desk *at = roster_find(d->view->bundle.roster, d->c.rec.desk);

	memcpy(who->handle, m->handle, sizeof(who->handle));
	who->desk = m->desk;
	who->level = desk ? desk->level : 0;
	who->roles = opened_roles(m->roles);
	who->related = is_related(d, m->desk) || is_named(d, m->handle);
	who->home = m->desk && m->desk == d->c.rec.desk;
	bool leads = desk && !memcmp(desk->lead, m->sign, sizeof(desk->lead));

	who->lead = who->home && leads;
	who->over = leads && at && at->above && at->above == m->desk;
}

void
opened_person(const struct opened *d, struct fold_person *who)
{
	memset(who, 0, sizeof(*who));
	if (d->view->me)
		fill_person(d, who, d->view->me);
}

void
opened_name_authors(struct session *ses, struct opened *d, size_t from)
{
	size_t i;

	for (i = from; i < d->cnt; i++) {
		struct fold_entry *f = &d->entry[i];

		if (f->fault || f->by_source)
			continue;
		d->x[i].author = opened_keys_author(ses, d, d->x[i].e.author);
		if (d->x[i].author)
			fill_person(d, &f->who, d->x[i].author);
		else
			f->fault = FOLD_STRANGER;
	}
}

uint32_t
opened_alone(const struct opened *d)
{
	uint32_t day = 0;

	for (size_t i = 0; i < d->cnt; i++)
		if (d->entry[i].open && d->entry[i].type != ENTRY_PROPOSE &&
		    (!day || d->entry[i].day < day))
			day = d->entry[i].day;
	return day;
}

size_t
opened_proposal(const struct opened *d, uint16_t type, bool mine)
{
	for (size_t i = d->cnt; i-- > 0;)
		if (d->entry[i].open && (d->x[i].author == d->view->me) == mine &&
		    schema_proposed(d->x[i].body) == type)
			return i;
	return FOLD_NONE;
}
