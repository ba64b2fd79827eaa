/* Drafts of sealed orders: what they must say, and where they lie (see order_draft.h). */
#include "admin-cli/desk/order_draft.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/copy.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_conflict.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define SORT "order"

static const struct entry_field head_fields[] = {
	{ .name = "desk", .kind = FIELD_NUMBER, .needed = true, .max = 65535 },
	{ .name = "from", .kind = FIELD_NUMBER, .max = UINT32_MAX },
	{ .name = "depart", .kind = FIELD_NUMBER, .max = UINT32_MAX },
	{ .name = "urgent", .kind = FIELD_BOOL },
	{ .name = "seal", .kind = FIELD_NUMBER, .max = UINT32_MAX }, /* the hour of its sealing */
	{ .name = "a", .kind = FIELD_WORDS, .needed = true, .max = ORDER_PERSONS },
	{ .name = "b", .kind = FIELD_WORDS, .needed = true, .max = ORDER_PERSONS },
	{ .name = "level", .kind = FIELD_NUMBER, .max = 4 },
	{ 0 },
};

__attribute__((format(printf, 2, 3))) static int
refuse(struct session *ses, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return session_fail(ses, DAVY_REFUSED, "draft", "%s", session_keep(ses, text));
}

/* ---- form ---- */

/* "2026-12-01 08:00" in local time as a unix hour, in place. */
static int
take_hour(struct session *ses, json_t *draft, const char *name)
{
	const char *text = json_string_value(json_object_get(draft, name)), *end;
	struct tm tm = { .tm_isdst = -1 };
	time_t t = -1;

	if (!text)
		return 0;
	end = strptime(text, "%Y-%m-%d %H:%M", &tm);
	if (end && !*end && !tm.tm_min)
		t = mktime(&tm);
	if (t < 0)
		return refuse(ses,
			      _("\"%s\" of the draft is not an hour; write it like 2026-12-01 "
				"08:00."),
			      name);
	json_object_set_new(draft, name, json_integer((json_int_t)(t / 3600)));
	return 0;
}

static bool
known(const char *name)
{
	const struct entry_field *f;

	for (f = head_fields; f->name; f++)
		if (!strcmp(f->name, name))
			return true;
	for (unsigned i = 0; i < ORDER_LAYERS; i++)
		for (f = order_layer_fields[i]; f->name; f++)
			if (!strcmp(f->name, name))
				return strcmp(name, "h1") && strcmp(name, "h2") &&
				       strcmp(name, "salt"); /* drawn at the sealing */
	return !strcmp(name, "v");
}

/* Every member is known and of its kind. The later hours are drawn at the sealing; here others
 * stand for them. */
static int
check_form(struct session *ses, json_t *draft)
{
	char why[SCHEMA_WHY_CAP] = "";
	const char *name;
	json_t *value;

	if (!json_is_object(draft))
		return refuse(ses, _("The draft is no JSON object."));
	json_object_foreach(draft, name, value) if (!known(name)) return refuse(
		ses, _("The draft has a member \"%s\", which orders do not know."),
		session_s(ses, name));
	int err = take_hour(ses, draft, "from");
	if (!err)
		err = take_hour(ses, draft, "depart");
	if (err)
		return err;
	if (schema_check(head_fields, draft, why))
		return refuse(ses, _("The draft: %s."), why);
	for (unsigned i = 0; i < ORDER_LAYERS; i++) {
		json_t *body = order_layer_body(i, draft);

		if (i == 0)
			json_object_update_new(body,
					       json_pack("{s:i,s:i,s:s}", "h1", 1, "h2", 1, "salt",
							 "00000000000000000000000000000000"));
		err = order_form_layer(body, NULL, 0, why);
		json_decref(body);
		if (err)
			return refuse(ses, _("The draft: %s."), why);
	}
	return 0;
}

/* What a visit cannot be without; of one where nobody goes, the layers are empty. */
static int
check_whole(struct session *ses, const json_t *draft)
{
	static const char *const must[] = { "region", "kit",       "persons",   "muster",
					    "site",   "companion", "cover",     "route",
					    "at",     "questions", "checklist", "abstract",
					    "county" };

	for (size_t i = 0; !order_is_standby(draft) && i < sizeof(must) / sizeof(*must); i++)
		if (!json_object_get(draft, must[i]))
			return refuse(ses, _("The draft does not say \"%s\"."), must[i]);
	if (*schema_text(draft, "site") &&
	    !strcmp(schema_text(draft, "site"), schema_text(draft, "companion")))
		return refuse(ses, _("The companion site is another one than the site."));
	return 0;
}

static int
check_hours(struct session *ses, const json_t *draft)
{
	uint32_t from = schema_number(draft, "from"), depart = schema_number(draft, "depart");
	uint32_t now = sync_hour(ses);
	struct order_hours hours;
	char text[TERM_DATE_CAP];

	if (schema_is(draft, "urgent"))
		return from || depart
			       ? refuse(ses, _("An urgent order begins when it is sealed: it "
					       "has neither \"from\" nor \"depart\"."))
			       : 0;
	if (from <= now || from > now + ORDER_AHEAD_HOURS)
		return refuse(ses, _("The order begins within the next 60 days; %s is not."),
			      term_hour(text, from));
	if (order_hours_new(&hours, from, depart) || depart == from)
		return refuse(ses, _("The departure lies 24 to 47 hours after the first hour, %s."),
			      term_hour(text, from));
	sodium_memzero(&hours, sizeof(hours));
	return 0;
}

/* ---- people and desks ---- */

/* By handle or by name. */
static const struct roster_member *
member(const struct trust *view, const char *word)
{
	const struct roster_member *found = NULL;
	uint8_t handle[8];

	if (!text_unhex(handle, sizeof(handle), word, strlen(word)))
		return roster_member_by_handle(view->members, handle);
	for (size_t i = 0; i < view->members->cnt; i++) {
		if (strcmp(view->members->member[i].name, word))
			continue;
		if (found)
			return NULL; /* two have it: only the handle tells them apart */
		found = &view->members->member[i];
	}
	return found;
}

/* Brings one side into handles; every one is a member with that role. */
static int
take_side(struct session *ses, const struct trust *view, json_t *draft, const char *name,
	  uint16_t role)
{
	json_t *list = json_object_get(draft, name), *handles;
	size_t cnt = json_array_size(list), i;
	char hex[17];
	int err = 0;

	if (cnt < ORDER_LEAST)
		return refuse(ses, _("Side \"%s\" of the draft names two to four persons."), name);
	handles = json_array();
	for (i = 0; !err && i < cnt; i++) {
		const char *word = json_string_value(json_array_get(list, i));
		const struct roster_member *m = member(view, word);

		if (!m)
			err = refuse(ses,
				     _("\"%s\" names no member, or two of them: give the handle."),
				     session_s(ses, word));
		else if (m == view->me)
			err = refuse(ses, _("Who plans a visit is on neither side of it."));
		else if (!(m->roles & role))
			err = refuse(ses,
				     role == ROSTER_SR
					     ? _("%s has not the role SR, which releases an order.")
					     : _("%s has not the role TL, which leads a visit."),
				     session_s(ses, m->name));
		else
			json_array_append_new(handles, json_string(term_hex(hex, m->handle, 8)));
	}
	json_object_set_new(draft, name, handles);
	return err;
}

/* The desk of everybody on a side; 0: they are of several. */
static uint16_t
side_desk(const struct trust *view, const json_t *draft, const char *name)
{
	const json_t *list = schema_list(draft, name), *v;
	uint16_t desk = 0;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const struct roster_member *m = member(view, json_string_value(v));

		if (i && m->desk != desk)
			return 0;
		desk = m->desk;
	}
	return desk;
}

/* Nobody twice, not even on both sides. */
static bool
nobody_twice(const json_t *draft)
{
	json_t *all = json_deep_copy(json_object_get(draft, "a"));
	bool fine = true;
	size_t i, k;

	json_array_extend(all, json_object_get(draft, "b"));
	for (i = 0; i < json_array_size(all); i++)
		for (k = 0; k < i; k++)
			fine = fine && !json_equal(json_array_get(all, i), json_array_get(all, k));
	json_decref(all);
	return fine;
}

static int
check_sides(struct session *ses, const struct trust *view, json_t *draft)
{
	const struct roster_desk *to = roster_find(view->bundle.roster,
						   (uint16_t)schema_number(draft, "desk"));
	int err = take_side(ses, view, draft, "a", ROSTER_SR);
	uint16_t a, b;

	if (!err)
		err = take_side(ses, view, draft, "b", ROSTER_TL);
	if (err)
		return err;
	a = side_desk(view, draft, "a");
	b = side_desk(view, draft, "b");
	if (!to || to->kind != ROSTER_INSPECTION)
		return refuse(ses, _("Desk %u is no inspection desk."),
			      schema_number(draft, "desk"));
	if (b != to->number)
		return refuse(ses, _("Side \"b\" is of the desk that goes, %u."), to->number);
	if (!a || (a != view->desk->number && a != view->desk->above) || a == to->number)
		return refuse(ses, _("Side \"a\" is of one desk: your own, or the one above it."));
	if (!nobody_twice(draft))
		return refuse(ses, _("Somebody is named twice."));
	return 0;
}

/* The planning desk, the one above it and the desk that goes may all get what the order says. */
static int
check_levels(struct session *ses, const struct trust *view, const json_t *draft)
{
	const struct roster *r = view->bundle.roster;
	const uint16_t desks[] = { view->desk->number, view->desk->above,
				   (uint16_t)schema_number(draft, "desk") };
	json_t *what = json_pack("{s:i,s:s,s:O*}", "level", (int)schema_number(draft, "level"),
				 "county", schema_text(draft, "county"), "keep_from",
				 json_object_get(draft, "excluded"));
	int err = what ? 0 : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	for (size_t i = 0; !err && i < sizeof(desks) / sizeof(*desks); i++) {
		const struct roster_desk *at = roster_find(r, desks[i]);

		if (at && !level_allows(what, at->level, at->area))
			err = session_fail(
				ses, DAVY_REFUSED, "level",
				_("Desk %u may not read this order: by its level, by an office "
				  "that is excluded, or because its area does not cover the "
				  "county."),
				at->number);
	}
	json_decref(what);
	return err;
}

int
order_draft_check(struct session *ses, const struct trust *view, json_t *draft)
{
	int err;

	if (!view->members || !view->me || !view->desk || view->desk->kind != ROSTER_PLANNING ||
	    !(view->me->roles & ROSTER_PL))
		return session_fail(ses, DAVY_REFUSED, "denied",
				    _("Orders are written by a planner (PL) of a planning desk."));
	err = check_form(ses, draft);
	if (!err)
		err = check_whole(ses, draft);
	if (!err)
		err = check_hours(ses, draft);
	if (!err)
		err = check_sides(ses, view, draft);
	if (!err && !order_is_standby(draft)) /* which says of no place anything */
		err = check_levels(ses, view, draft);
	return err ? err : order_conflict_check(ses, view, draft);
}

/* ---- needs ---- */

int
order_draft_need(struct session *ses, const struct opened *need, json_t *draft)
{
	static const char *const from[][2] = { { "text", "abstract" },
					       { "hazard", "checklist" },
					       { "county", "county" },
					       { "level", "level" },
					       { "keep_from", "excluded" } };
	size_t first = opened_first(need);
	json_t *body;
	char hex[65];

	if (need->fold.machine != MACHINE_NEED || !need->fold.book || first == FOLD_NONE)
		return session_fail(ses, DAVY_REFUSED, "not-found", _("There is no such need."));
	if (need->fold.state != NEED_TAKEN)
		return session_fail(ses, DAVY_REFUSED, "state",
				    _("Take the need first: davy need take."));
	body = copy_mine(need, need->fold.book);
	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		json_t *v = json_object_get(body, from[i][0]);

		if (v)
			json_object_set(draft, from[i][1], v);
	}
	json_decref(body);
	json_object_set_new(draft, "need", json_string(term_hex(hex, need->entry[first].hash, 32)));
	return 0;
}

/* ---- where they lie ---- */

static int
put(struct session *ses, const uint8_t *id, const json_t *draft)
{
	char *text = json_dumps(draft, JSON_COMPACT);
	int err = text ? kept_put(ses->workspace, id, SORT, text) : ERR_MEM;

	workspace_free(text, text ? strlen(text) : 0);
	return err ? session_fail_err(ses, err, "%s", _("The draft cannot be kept")) : 0;
}

int
order_draft_keep(struct session *ses, const struct trust *view, json_t *draft,
		 uint8_t id[static 16])
{
	int err = order_draft_check(ses, view, draft);

	if (!err)
		err = workspace_open(ses);
	if (err)
		return err;
	if (!schema_number(draft, "seal") && !schema_is(draft, "urgent"))
		json_object_set_new(draft, "seal",
				    json_integer(order_seal_hour(schema_number(draft, "from"))));
	if (sodium_is_zero(id, 16))
		randombytes_buf(id, 16);
	return put(ses, id, draft);
}

int
order_draft_move(struct session *ses, const uint8_t id[static 16], const json_t *draft,
		 uint8_t other[static 16])
{
	int err;

	randombytes_buf(other, 16);
	err = put(ses, other, draft);
	return err ? err : order_draft_drop(ses, id);
}

static int
gather(void *arg, const uint8_t id[static 16], const char *sort, const char *text)
{
	char hex[33];
	json_t *draft;

	if (strcmp(sort, SORT) != 0)
		return 0;
	draft = json_loads(text, 0, NULL);
	if (!draft)
		return ERR_FORMAT;
	return json_array_append_new(arg, json_pack("{s:s,s:o}", "id", term_hex(hex, id, 16),
						    "draft", draft))
		       ? ERR_MEM
		       : 0;
}

int
order_draft_list(struct session *ses, json_t **out)
{
	int err = workspace_open(ses);

	*out = json_array();
	if (!err) {
		int read = kept_each(ses->workspace, gather, *out);

		err = read ? session_fail_err(ses, read, "%s", _("The workspace cannot be read"))
			   : 0;
	}
	if (err) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

int
order_draft_find(struct session *ses, const char *prefix, uint8_t id[static 16], json_t **out)
{
	json_t *all, *one;
	size_t i, digits = term_prefix_parse(prefix, id);
	int err = digits ? order_draft_list(ses, &all)
			 : session_fail(ses, DAVY_USAGE, "usage",
					_("\"%s\" is not the beginning of an id: give two or more "
					  "hex digits."),
					session_s(ses, prefix));

	*out = NULL;
	if (err)
		return err;
	json_array_foreach(all, i, one)
	{
		if (strncasecmp(schema_text(one, "id"), prefix, digits) != 0)
			continue;
		if (*out)
			err = session_fail(ses, DAVY_REFUSED, "ambiguous",
					   _("Several drafts begin with %s; give more digits."),
					   session_s(ses, prefix));
		json_decref(*out);
		*out = json_incref(json_object_get(one, "draft"));
		(void)!text_unhex(id, 16, schema_text(one, "id"), 32);
	}
	if (!err && !*out)
		err = session_fail(ses, DAVY_REFUSED, "not-found", _("No draft begins with %s."),
				   session_s(ses, prefix));
	if (err) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(all);
	return err;
}

int
order_draft_drop(struct session *ses, const uint8_t id[static 16])
{
	int err = kept_drop(ses->workspace, id, SORT);

	return err && err != ERR_NOT_FOUND
		       ? session_fail_err(ses, err, "%s", _("The draft cannot be removed"))
		       : 0;
}
