/* Cases about one site (see same_site.h). */
#include "admin-cli/desk/same_site.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/level.h"
#include "crypto/entry.h"

/* The case into which this one is linked; false: none. */
static bool
linked(const struct opened *d, uint8_t into[static 16])
{
	for (size_t i = d->cnt; i-- > 0;)
		if (d->entry[i].type == ENTRY_TRIAGE && d->entry[i].verdict == FOLD_ACCEPTED)
			return !strcmp(schema_text(d->x[i].body, "outcome"), "LINK") &&
			       schema_hex(d->x[i].body, "into", into, 16);
	return false;
}

/* Whether one is linked into the other, or both into a third. */
static bool
are_linked(const struct opened *a, const struct opened *b)
{
	uint8_t from_a[16], from_b[16];
	bool has_a = linked(a, from_a), has_b = linked(b, from_b);

	return (has_a && !memcmp(from_a, b->c.rec.id, 16)) ||
	       (has_b && !memcmp(from_b, a->c.rec.id, 16)) ||
	       (has_a && has_b && !memcmp(from_a, from_b, 16));
}

static void
add_offices(json_t *to, const char *key, const json_t *keep)
{
	json_t *list = json_object_get(to, key);

	if (!list && json_array_size(keep)) {
		list = json_array();
		json_object_set_new(to, key, list);
	}
	for (size_t i = 0; i < json_array_size(keep); i++)
		if (!schema_has(list, json_string_value(json_array_get(keep, i))))
			json_array_append(list, json_array_get(keep, i));
}

/* Adds what another case asks for, where it is linked with this one. */
static int
add_case(struct session *ses, const struct opened *d, const uint8_t id[static 16], json_t *site)
{
	struct workspace_case c;
	struct opened *o;
	char hex[33];
	int err;

	if (workspace_case_get(ses->workspace, id, &c) || !draft_lives(c.line.state))
		return 0;
	err = opened_load(ses, &c, &o);
	if (err)
		return err;
	if (are_linked(d, o)) {
		const json_t *tip = opened_first(o) == FOLD_NONE ? NULL
								 : o->x[opened_first(o)].body;
		unsigned level = (unsigned)level_start(&o->fold, tip, NULL);

		add_offices(site, "keep_from", schema_list(tip, "keep_from"));
		if (level > schema_number(site, "level")) {
			json_object_set_new(site, "level", json_integer(level));
			json_object_set_new(site, "case", json_string(term_hex(hex, id, 16)));
		}
	}
	opened_free(o);
	return 0;
}

int
same_site(struct session *ses, const struct opened *d, json_t **out)
{
	struct likes_hit *hit;
	uint8_t into[16] = { 0 };
	bool has = linked(d, into);
	size_t cnt;
	int err = likes_find(ses, d, &hit, &cnt);

	*out = NULL;
	if (err)
		return err;
	*out = json_object();
	if (has)
		err = add_case(ses, d, into, *out);
	for (size_t i = 0; !err && i < cnt; i++)
		if (!has || memcmp(hit[i].hit.id, into, sizeof(into)))
			err = add_case(ses, d, hit[i].hit.id, *out);
	free(hit);
	if (err || !schema_number(*out, "level")) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

bool
same_site_raise(const json_t *site, json_t *abstract)
{
	unsigned level = schema_number(site, "level");
	json_t *was = json_deep_copy(abstract);

	if (level > schema_number(abstract, "level"))
		json_object_set_new(abstract, "level", json_integer(level));
	add_offices(abstract, "keep_from", schema_list(site, "keep_from"));
	bool changed = !json_equal(was, abstract);
	json_decref(was);
	return changed;
}

int
same_site_heed(struct session *ses, const struct opened *d, json_t *abstract)
{
	json_t *site;
	int err = same_site(ses, d, &site);

	if (!err && same_site_raise(site, abstract))
		session_warn(
			ses,
			_("Case %.8s is linked with this one, so this abstract starts at L%u as well, "
			  "and goes to no office from which that is kept."),
			schema_text(site, "case"), schema_number(abstract, "level"));
	json_decref(site);
	return err;
}

int
same_site_check(struct session *ses, const struct opened *d, const json_t *abstract)
{
	json_t *site, *copy = json_deep_copy(abstract);
	int err = same_site(ses, d, &site);

	if (!err && same_site_raise(site, copy))
		err = session_fail(
			ses, DAVY_REFUSED, "site",
			_("Case %.8s, which is linked with this one, starts at L%u or is kept "
			  "from other offices: write the abstract anew (davy case abstract), "
			  "which takes that over."),
			schema_text(site, "case"), schema_number(site, "level"));
	json_decref(site);
	json_decref(copy);
	return err;
}
