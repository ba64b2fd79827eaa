/* Who of an order has a conflict with where it goes (see order_conflict.h). */
#include "admin-cli/desk/order_conflict.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/conflict.h"
#include "admin-cli/rules/schema.h"
#include "crypto/order.h"
#include "crypto/text.h"

/* Rows of the sheet and groups, of all books that open here. */
static void
gather(const json_t *books, json_t *sheet, json_t *groups)
{
	size_t i;
	json_t *one;

	json_array_foreach(books, i, one)
	{
		json_t *body = json_object_get(one, "body"), *row;

		json_array_extend(sheet, json_object_get(body, "sheet"));
		json_array_extend(groups, json_object_get(body, "groups"));
		if (duty_is(one, "group"))
			json_array_append(groups, json_object_get(body, "body"));
		if (!duty_is(one, "conflict"))
			continue;
		row = json_copy(body);
		json_object_set(row, "member", json_object_get(one, "owner"));
		json_array_append_new(sheet, row);
	}
}

static size_t
named(const struct trust *view, const json_t *draft, struct conflict_member *m)
{
	static const char *const sides[] = { "a", "b" };
	size_t cnt = 0, i;
	json_t *v;

	for (int k = 0; k < 2; k++)
		json_array_foreach(json_object_get(draft, sides[k]), i, v)
		{
			const struct roster_member *who;
			const char *hex = json_string_value(v);

			if (text_unhex(m[cnt].handle, 8, hex, strlen(hex)))
				continue;
			who = roster_member_by_handle(view->members, m[cnt].handle);
			m[cnt++].name = who ? who->name : "";
		}
	return cnt;
}

static int
judge(struct session *ses, const struct conflict_member *m)
{
	const char *name = session_s(ses, m->name), *word = m->word ? m->word : "";

	if (m->cause == CONFLICT_NONE)
		return 0;
	if (m->cause == CONFLICT_SOFT) {
		session_warn(ses,
			     _("%s has declared something about %s; another person is better."),
			     name, word);
		return 0;
	}
	return session_fail(ses, DAVY_REFUSED, "conflict",
			    _("%s has a conflict of interest about %s: name another person."), name,
			    *word ? word : _("this place"));
}

/* Fills in the results of members, by what this home knows of the place. */
static int
reckon(struct session *ses, const json_t *where, struct conflict_member *m, size_t cnt,
       json_t **books)
{
	json_t *sheet = json_array(), *groups = json_array();
	json_t *place = json_pack("{s:s,s:s}", "where", schema_text(where, "site"), "county",
				  schema_text(where, "county"));
	json_t *said = json_pack("{s:s}", "companion", schema_text(where, "companion"));
	struct conflict_case c = { .tip = place, .said = said, .sheet = sheet, .groups = groups };
	int err = duty_list(ses, books);
	char key[32];
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(where, "operator"), i, v)
	{
		snprintf(key, sizeof(key), "operator %zu", i);
		json_object_set(said, key, v);
	}
	if (!err) {
		gather(*books, sheet, groups);
		(void)conflict_reckon(&c, m, cnt);
	}
	for (i = 0; i < cnt; i++) /* what was found is borrowed from what goes away here */
		m[i].word = m[i].word ? session_s(ses, m[i].word) : NULL;
	json_decref(said);
	json_decref(place);
	json_decref(groups);
	json_decref(sheet);
	return err;
}

int
order_conflict_check(struct session *ses, const struct trust *view, const json_t *draft)
{
	struct conflict_member m[2 * ORDER_PERSONS];
	json_t *books = NULL;
	size_t cnt, i;
	int err;

	memset(m, 0, sizeof(m));
	cnt = named(view, draft, m);
	err = reckon(ses, draft, m, cnt, &books);
	for (i = 0; !err && i < cnt; i++)
		err = judge(ses, &m[i]);
	json_decref(books);
	return err;
}

int
order_conflict_mine(struct session *ses, const struct trust *view, const json_t *layer)
{
	struct conflict_member me;
	json_t *books = NULL;
	int err;

	memset(&me, 0, sizeof(me));
	memcpy(me.handle, view->me->handle, sizeof(me.handle));
	me.name = view->me->name;
	err = reckon(ses, layer, &me, 1, &books);
	if (!err && me.cause != CONFLICT_NONE)
		session_warn(
			ses,
			_("You have a conflict of interest about %s: let another one of side B "
			  "lead this visit."),
			me.word ? me.word : _("this place"));
	json_decref(books);
	return err;
}
