/* Entries that are sealed to a desk, to the desks that supervise it and to our own: the first of an
 * order, and what a supervising desk writes into a case that it may not open (see submit.h). */
#include "admin-cli/desk/submit_inner.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/desk/sync.h"
#include "crypto/err.h"
#include "crypto/seal.h"

static int
check_level(struct session *ses, const struct roster_desk *to, const json_t *body)
{
	const char *county = schema_text(body, "county");

	if (level_allows(body, to->level, to->area))
		return 0;
	return session_fail(
		ses, DAVY_REFUSED, "level",
		_("Desk %u may not get this abstract: the case needs a desk of level %u or higher, of "
		  "no office that the source excludes, whose area covers %s; this one has level %u "
		  "and area %s."),
		to->number, schema_number(body, "level") ? schema_number(body, "level") : 1,
		*county ? county_text(ses, county) : _("the whole province"), to->level,
		session_s(ses, to->area));
}

/* The numbers of the planning desks, with commas. */
static void
planning_desks(const struct roster *r, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < r->desk_cnt && n < cap; i++)
		if (r->desk[i].kind == ROSTER_PLANNING)
			n += (size_t)snprintf(out + n, cap - n, "%s%u", n ? ", " : "",
					      r->desk[i].number);
}

int
submit_need_check(struct session *ses, const struct trust *view, uint16_t desk, const json_t *body)
{
	const struct roster *r = view->bundle.roster;
	char others[200];

	if (submit_is_planning(view, desk))
		return check_level(ses, roster_find(r, desk), body);
	planning_desks(r, others, sizeof(others));
	if (!*others)
		return session_fail(
			ses, DAVY_REFUSED, "desk",
			_("Desk %u is not a planning desk, and only planners get an abstract: they seal "
			  "orders from it. The roster has no planning desk; the registrar adds one: "
			  "davy roster desk-add --kind planning."),
			desk);
	return session_fail(
		ses, DAVY_REFUSED, "desk",
		_("Desk %u is not a planning desk, and only planners get an abstract: they seal orders "
		  "from it, which inspectors open at their hour. Planning desks: %s."),
		desk, others);
}

int
submit_sealed_check(struct session *ses, const struct trust *view, uint16_t desk,
		    const json_t *body)
{
	const struct roster_desk *to = roster_find(view->bundle.roster, desk);

	if (!to || to->kind != ROSTER_INTEGRITY)
		return session_fail(ses, DAVY_REFUSED, "desk",
				    _("Desk %u is not an integrity desk."), desk);
	return check_level(ses, to, body);
}

/* The first desk above that the case does not skip, and that inspects nothing; 0: none. */
static uint16_t
above_allowed(const struct roster *r, const struct roster_desk *to, const json_t *body)
{
	const struct roster_desk *up = roster_find(r, to->above);
	unsigned hops;

	for (hops = 0; up && hops < ROSTER_DESK_MAX; hops++) {
		if (up->kind != ROSTER_INSPECTION && level_allows(body, up->level, up->area))
			return up->number;
		up = roster_find(r, up->above);
	}
	return 0;
}

int
submit_desk_set(struct session *ses, const struct trust *view, const uint16_t want[static SEAL_CNT],
		struct seal_set *set)
{
	const struct epoch *e;
	unsigned i, j, n = 0;

	memset(set, 0, sizeof(*set));
	for (i = 0; i < SEAL_CNT; i++) {
		for (j = 0; j < i && want[j] != want[i]; j++)
			continue;
		e = want[i] && j == i
			    ? bundle_key(&view->bundle, want[i], EPOCH_ONLINE, view->today)
			    : NULL;
		if (i == 0 && !e)
			return session_fail(
				ses, DAVY_REFUSED, "no-key",
				_("Desk %u has no current key; its lead runs davy desk rotate."),
				want[0]);
		if (e)
			set->pk[n++] = e->key;
	}
	return 0;
}

/* The receiving desk, the desk above it, the backstop, our own; each once. */
static int
order_set(struct session *ses, const struct trust *view, uint16_t desk, const json_t *body,
	  struct seal_set *set)
{
	const struct roster *r = view->bundle.roster;
	const struct roster_desk *to = roster_find(r, desk);
	uint16_t want[SEAL_CNT];
	int err = trust_may_seal(ses, view);

	if (!err && body)
		err = to && to->kind == ROSTER_INTEGRITY
			      ? submit_sealed_check(ses, view, desk, body)
			      : submit_need_check(ses, view, desk, body);
	if (err)
		return err;
	want[0] = desk;
	want[1] = !to ? 0 : body ? above_allowed(r, to, body) : to->above;
	want[2] = r->backstop;
	want[3] = view->me ? view->me->desk : 0;
	return submit_desk_set(ses, view, want, set);
}

/* Makes a log whose first entry is of this type: seals it (to the desks of the log where `to` is
 * NULL) and sends it with the type's op. Draws the id where `id` is all zero. */
static int
log_open(struct session *ses, const struct trust *view, uint16_t type, uint16_t desk,
	 const json_t *body, const struct seal_set *to, uint8_t id[static 16])
{
	bool order = type == ENTRY_ORDER;
	bool abstract = order || (type == ENTRY_NEED && !book_blank(body));
	struct net_request q = { .op = entry_type_find(type)->op,
				 .body_len = SEAL_LEN,
				 .what = order ? _("The order was not sent")
					       : _("The entry was not sent") };
	struct entry e = { .type = type, .thread = FRAME_DESK };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	const struct home_gateway *g;
	const struct home_keys *keys;
	struct seal_set set;
	char why[SCHEMA_WHY_CAP], *json = NULL;
	int err = DAVY_REFUSED;

	if (!a || !sealed) {
		session_fail_err(ses, ERR_MEM, "%s", _("The order cannot be sealed"));
		goto out;
	}
	err = home_gateway(ses, &g);
	if (!err)
		err = home_keys(ses, &keys);
	if (!err && to)
		err = trust_may_seal(ses, view);
	else if (!err)
		err = order_set(ses, view, desk, abstract ? body : NULL, &set);
	if (err)
		goto out;
	if (schema_print(&json, &e.json_len, type, body, ENTRY_ROOM, why)) {
		err = session_fail(ses, DAVY_REFUSED, "body", _("This cannot be written: %s."),
				   why);
		goto out;
	}
	if (sodium_is_zero(id, KEY_ID_LEN))
		randombytes_buf(id, KEY_ID_LEN);
	e.json = json;
	e.hour = sync_hour(ses);
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, id, sizeof(e.id));
	memcpy(e.roster, view->bundle.hash, sizeof(e.roster));
	err = seal_entry(sealed, &e,
			 &(struct seal_entry){ .set = to ? to : &set, .key = &keys->sign });
	if (err) {
		err = session_fail_err(ses, err, "%s", _("The order cannot be sealed"));
		goto out;
	}
	memcpy(q.routing.id, id, KEY_ID_LEN);
	q.routing.kind = order ? FRAME_ORDER : FRAME_BOOK;
	q.routing.desk = desk;
	q.body = sealed;
	err = net_exchange(ses, &q, a);
out:
	free(json);
	free(a);
	free(sealed);
	return err;
}

bool
submit_is_planning(const struct trust *view, uint16_t desk)
{
	const struct roster_desk *to = roster_find(view->bundle.roster, desk);

	return to && to->kind == ROSTER_PLANNING;
}

int
submit_order(struct session *ses, const struct trust *view, uint16_t desk, const json_t *body,
	     uint8_t id[static 16])
{
	return log_open(ses, view, submit_is_planning(view, desk) ? ENTRY_NEED : ENTRY_ORDER, desk,
			body, NULL, id);
}

json_t *
submit_abstract_body(const json_t *abstract)
{
	json_t *body = json_deep_copy(abstract);

	json_object_del(body, "after");
	json_object_del(body, "waived"); /* it says where the source might be found */
	json_object_del(body, "why");
	return body;
}

int
submit_abstract(struct session *ses, const struct opened *d, size_t i, uint16_t desk,
		uint8_t id[static 16])
{
	json_t *body = submit_abstract_body(d->x[i].body);
	int err = submit_order(ses, d->view, desk, body, id);
	json_decref(body);
	return err;
}

int
submit_named(struct session *ses, const struct opened *d, const json_t *body)
{
	uint8_t id[16], hash[32];

	if (!schema_hex(body, "order", id, sizeof(id)) ||
	    !schema_hex(body, "abstract", hash, sizeof(hash)))
		return session_fail(ses, DAVY_REFUSED, "body", _("The proposal is malformed."));
	for (size_t i = 0; i < d->cnt; i++)
		if (d->entry[i].type == ENTRY_ABSTRACT && !memcmp(d->entry[i].hash, hash, 32))
			return submit_abstract(ses, d, i, (uint16_t)schema_number(body, "desk"),
					       id);
	return session_fail(ses, DAVY_REFUSED, "abstract",
			    _("The abstract of the proposal is not here."));
}

int
submit_book(struct session *ses, const struct trust *view, const struct submit_book *b,
	    uint8_t id[static 16])
{
	uint16_t desk = b->desk ? b->desk : view->me->desk;
	const struct roster_desk *at = roster_find(view->bundle.roster, desk);
	struct opened none = { .view = view };
	struct fold_entry first = {
		.type = b->type, .thread = FRAME_DESK, .day = view->today, .body = b->body
	};
	struct fold_input in = { .machine = book_machine(b->type, b->body),
				 .today = view->today,
				 .at = { .known = at != NULL, .level = at ? at->level : 0 } };
	enum fold_reason reason;

	if (at)
		memcpy(in.at.area, at->area, sizeof(in.at.area));
	none.c.rec.desk = desk;
	none.fold.machine = in.machine;
	none.fold.state = machine_get(in.machine)->initial;
	opened_person(&none, &first.who);
	first.who.related = true; /* what opens a log is sealed to its author's desk as well */
	reason = fold_try(&in, &first);
	if (reason != FOLD_FINE)
		return submit_rejected(ses, &none, reason);
	return log_open(ses, view, b->type, desk, b->body, b->to, id);
}

/* Seals such an entry at the next place of the desk thread. */
static int
supervise_seal(struct session *ses, const struct trust *view, const struct workspace_case *c,
	       uint16_t type, const json_t *body, uint8_t *sealed)
{
	struct entry e = { .type = type, .thread = FRAME_DESK, .number = c->rec.desk_entries };
	const struct home_gateway *g;
	const struct home_keys *keys;
	struct seal_set set;
	char why[SCHEMA_WHY_CAP], *json = NULL;
	int err = home_gateway(ses, &g);

	if (!err)
		err = home_keys(ses, &keys);
	if (!err)
		err = order_set(ses, view, c->rec.desk, NULL, &set);
	if (err)
		return err;
	if (schema_print(&json, &e.json_len, type, body, ENTRY_ROOM, why))
		return session_fail(ses, DAVY_REFUSED, "body", _("This cannot be written: %s."),
				    why);
	e.json = json;
	e.hour = sync_hour(ses);
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, c->rec.id, sizeof(e.id));
	memcpy(e.roster, view->bundle.hash, sizeof(e.roster));
	err = seal_entry(sealed, &e, &(struct seal_entry){ .set = &set, .key = &keys->sign });
	free(json);
	return err ? session_fail_err(ses, err, "%s", _("The entry cannot be sealed")) : 0;
}

int
submit_supervise(struct session *ses, const struct trust *view, const struct workspace_case *c,
		 uint16_t type, const json_t *body)
{
	struct net_request q = { .op = entry_type_find(type)->op,
				 .body_len = SEAL_LEN,
				 .what = _("The entry was not sent") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	json_t *whole = json_deep_copy(body);
	int err;

	if (!a || !sealed || !whole) {
		err = session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be sealed"));
	} else {
		schema_set_after(whole, c->rec.entries, c->rec.desk_entries);
		err = supervise_seal(ses, view, c, type, whole, sealed);
	}
	if (!err) {
		memcpy(q.routing.id, c->rec.id, sizeof(q.routing.id));
		q.routing.desk = view->me->desk;
		q.routing.number = c->rec.desk_entries;
		q.body = sealed;
		err = net_exchange(ses, &q, a);
	}
	json_decref(whole);
	free(a);
	free(sealed);
	return err;
}
