/* What a person has to do with sealed orders, and when (see agenda.h). */
#include "admin-cli/desk/agenda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/order_draft.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/schema.h"

/* Hours after the first one of an order: it departs from 24 to 47 after it, layer 1 opens two hours
 * before that and layer 2 one. */
#define CALLS_FROM 22
#define CALLS_TO   46
#define ARM_HOURS  12

struct agenda {
	struct session *ses;
	uint32_t now;
	struct agenda_item *list;
	size_t cnt;
	bool full; /* out of memory */
};

/* Another item about the same order as `like`; NULL: out of memory. */
static struct agenda_item *
add(struct agenda *a, const struct agenda_item *like, enum agenda_what what, uint32_t from)
{
	struct agenda_item *more = realloc(a->list, (a->cnt + 1) * sizeof(*more));

	if (!more) {
		a->full = true;
		return NULL;
	}
	a->list = more;
	more += a->cnt++;
	*more = *like;
	more->bring = json_incref(like->bring);
	more->what = what;
	more->from = more->until = from;
	return more;
}

static void
add_layer(struct agenda *a, const struct agenda_item *like, enum agenda_what what, unsigned layer,
	  uint32_t from)
{
	struct agenda_item *one = from > a->now ? add(a, like, what, from) : NULL;

	if (one)
		one->layer = layer;
}

static void
add_span(struct agenda *a, const struct agenda_item *like, enum agenda_what what, uint32_t from,
	 uint32_t until)
{
	struct agenda_item *one = until >= a->now
					  ? add(a, like, what, from > a->now ? from : a->now)
					  : NULL;

	if (one)
		one->until = until;
}

/* Who releases does not know the later hours: they stand in layer 0, which is not for him. */
static void
side_a(struct agenda *a, const struct opened *d, struct agenda_item *like)
{
	uint32_t first = visits_hour(&d->c.rec);
	unsigned released = d->fold.visit.released;

	if (!(released & 1))
		add_layer(a, like, AGENDA_RELEASE, 0, first);
	like->layer = released & 2 ? 2 : 1;
	if (!(released & 4))
		add_span(a, like, AGENDA_PHONE, first + CALLS_FROM, first + CALLS_TO);
}

/* What concerns people, kit and papers of the layers that are open here; *zero is layer 0, or NULL.
 */
static json_t *
open_layers(struct agenda *a, const struct opened *d, json_t **zero)
{
	static const char *const wanted[] = { "region", "kit",      "persons", "days",
					      "muster", "vehicles", "papers" };
	json_t *bring = json_object(), *body = NULL;
	struct order o;
	bool loaded = !order_load(a->ses, d, &o);

	*zero = NULL;
	for (unsigned layer = 0; loaded && layer < 2; layer++) {
		if (order_layer_get(a->ses, &o, layer, &body) || !body)
			break;
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
			if (json_object_get(body, wanted[i]))
				json_object_set(bring, wanted[i], json_object_get(body, wanted[i]));
		if (layer)
			json_decref(body);
		else
			*zero = body;
		body = NULL;
	}
	session_forgive(a->ses);
	return bring;
}

/* Returns the hour before which the layer that is next cannot be opened, where it is known; 0. */
static uint32_t
side_b(struct agenda *a, const struct opened *d, struct agenda_item *like)
{
	uint32_t first = visits_hour(&d->c.rec), shut = 0;
	json_t *zero;

	like->bring = open_layers(a, d, &zero);
	if (!zero) {
		add_layer(a, like, AGENDA_OPEN, 0, first);
		if (!(d->fold.visit.taken & 4))
			add_span(a, like, AGENDA_ROAD, first + CALLS_FROM, first + CALLS_TO);
	} else if (order_is_standby(zero)) {
		add_span(a, like, AGENDA_STANDBY, first, first + ORDER_OVER_HOURS);
	} else {
		unsigned taken = d->fold.visit.taken;
		uint32_t h1 = schema_number(zero, "h1"), h2 = schema_number(zero, "h2");

		/* from its hour on it stands there until it is opened */
		add_layer(a, like, AGENDA_OPEN, 1, taken & 2 || h1 > a->now ? h1 : a->now + 1);
		add_layer(a, like, AGENDA_OPEN, 2, taken & 4 || h2 > a->now ? h2 : a->now + 1);
		shut = schema_number(zero, json_object_get(like->bring, "muster") ? "h2" : "h1");
	}
	json_decref(zero);
	return shut;
}

static int
of_order(void *arg, const struct opened *d)
{
	struct agenda *a = arg;
	struct agenda_item like = { .side = visits_side(d) }, *one;
	uint32_t first = visits_hour(&d->c.rec), shut = 0;

	if (!first || visits_ended(d))
		return 0;
	memcpy(like.id, d->c.rec.id, sizeof(like.id));
	if (like.side == VISITS_A)
		side_a(a, d, &like);
	else if (like.side == VISITS_B)
		shut = side_b(a, d, &like);
	else if (like.side == VISITS_PLANNER &&
		 (d->fold.state == ORDER_SEALED || d->fold.state == ORDER_APPROVED))
		add_span(a, &like, AGENDA_ARM, first - ARM_HOURS, first - 1);
	if (visits_next(d, a->now, like.next) &&
	    (strncmp(like.next, "open ", 5) != 0 || shut <= a->now) &&
	    (one = add(a, &like, AGENDA_NOW, a->now)))
		memcpy(one->next, like.next, sizeof(one->next));
	json_decref(like.bring);
	return a->full ? session_fail(a->ses, DAVY_REFUSED, "memory", _("Out of memory.")) : 0;
}

/* A planner's drafts, each with the hour that was drawn for its sealing. */
static int
of_drafts(struct agenda *a)
{
	json_t *all, *v;
	size_t i;
	int err = order_draft_list(a->ses, &all);

	if (err)
		return err;
	json_array_foreach(all, i, v)
	{
		struct agenda_item like = { .side = VISITS_PLANNER };
		const json_t *draft = json_object_get(v, "draft");
		bool urgent = schema_is(draft, "urgent"); /* sealed when its planner comes to it */
		uint32_t seal = urgent ? a->now : schema_number(draft, "seal");
		uint32_t last = urgent ? a->now : schema_number(draft, "from") - ARM_HOURS - 1;

		if (seal && term_unhex(like.id, sizeof(like.id), schema_text(v, "id")))
			add_span(a, &like, AGENDA_SEAL, seal, last);
	}
	json_decref(all);
	return a->full ? session_fail(a->ses, DAVY_REFUSED, "memory", _("Out of memory.")) : 0;
}

/* A planner's needs for which a slot comes too late, while something else can be done. */
static int
of_needs(struct agenda *a)
{
	struct need_watch watch;
	int err = need_watch(a->ses, &watch);

	for (size_t i = 0; i < watch.late_cnt && !err; i++) {
		struct agenda_item like = { .side = VISITS_PLANNER, .late = watch.late[i] };

		memcpy(like.id, like.late.id, sizeof(like.id));
		(void)add(a, &like, AGENDA_NEED, a->now);
	}
	need_watch_end(&watch);
	if (!err && a->full)
		err = session_fail(a->ses, DAVY_REFUSED, "memory", _("Out of memory."));
	return err;
}

static int
by_hour(const void *x, const void *y)
{
	const struct agenda_item *a = x, *b = y;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->what != b->what)
		return a->what < b->what ? -1 : 1;
	return memcmp(a->id, b->id, sizeof(a->id));
}

int
agenda_load(struct session *ses, struct agenda_item **out, size_t *cnt)
{
	struct agenda a = { .ses = ses, .now = sync_hour(ses) };
	int err = visits_each(ses, of_order, &a);

	*out = NULL;
	*cnt = 0;
	if (!err)
		err = of_drafts(&a);
	if (!err)
		err = of_needs(&a);
	if (err) {
		agenda_free(a.list, a.cnt);
		return err;
	}
	if (a.cnt)
		qsort(a.list, a.cnt, sizeof(*a.list), by_hour);
	*out = a.list;
	*cnt = a.cnt;
	return 0;
}

void
agenda_free(struct agenda_item *list, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		json_decref(list[i].bring);
	free(list);
}
