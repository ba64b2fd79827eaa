/* Documents of a plan and bodies of entries (see log.h). */
#include "admin-cli/plan/log.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

static const char *const types[PLAN_KINDS] = { "plan", "plan-share", "plan-reveal", "plan-result" };

json_t *
plan_log_body(const struct plan_body *b)
{
	json_t *j = plan_body_json(b);
	char hash[65];

	if (!j)
		return NULL;
	json_object_del(j, "type");
	if (b->kind == PLAN_PLAN) {
		text_hex(hash, sizeof(hash), b->plan, 32);
		json_object_set_new(j, "plan", json_string(hash));
		json_object_set_new(j, "discretionary",
				    json_integer((json_int_t)plan_discretionary(b)));
	}
	return j;
}

/* "12 2026-12-01 8 drawn"; of one that was missed "12 2026-12-01 drawn the road was closed". */
static json_t *
visit_text(const struct plan_visit *v)
{
	char text[512], day[TEXT_DAY_LEN + 1];
	const char *how = v->drawn ? "drawn" : "free";

	text_day_print(day, v->day);
	if (v->why)
		snprintf(text, sizeof(text), "%u %s %s %s", v->site, day, how, v->why);
	else
		snprintf(text, sizeof(text), "%u %s %u %s", v->site, day, v->hour, how);
	return json_string(text);
}

json_t *
plan_log_result(const struct plan_body *b, size_t *at)
{
	json_t *visits = json_array(), *missed = json_array();
	size_t room = 7000;
	char plan[65];

	text_hex(plan, sizeof(plan), b->plan, 32);
	for (size_t n = 0; *at < b->visits && n < PLAN_LOG_VISITS; n++, ++*at) {
		const struct plan_visit *v = &b->visit[*at];
		size_t len = 32 + (v->why ? strlen(v->why) : 0);
		if (len > room)
			break;
		room -= len;
		json_array_append_new(v->why ? missed : visits, visit_text(v));
	}
	return json_pack("{s:i,s:s,s:o,s:o}", "v", 1, "plan", plan, "visits", visits, "missed",
			 missed);
}

static int
print(char **out, size_t *len, json_t *doc)
{
	struct plan_body b;
	char *text = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	int err = text ? plan_body_read(&b, text, strlen(text)) : ERR_MEM;

	*out = NULL;
	if (text && !err)
		err = plan_body_print(out, len, &b);
	if (text)
		plan_body_free(&b);
	free(text);
	json_decref(doc);
	return err == ERR_STALE ? ERR_FORMAT : err;
}

int
plan_log_text(char **out, size_t *len, enum plan_kind kind, const json_t *body)
{
	static const char *const added[] = { "after", "seed", "discretionary" };
	json_t *doc = json_deep_copy(body);

	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		json_object_del(doc, added[i]);
	if (kind == PLAN_PLAN)
		json_object_del(doc, "plan");
	if (kind == PLAN_SHARE)
		json_object_del(doc, "escrow");
	if (kind == PLAN_REVEAL && doc && !json_object_get(doc, "escrow"))
		json_object_set_new(doc, "escrow", json_false());
	if (kind == PLAN_REVEAL && doc && !json_object_get(doc, "beacon"))
		json_object_set_new(doc, "beacon", json_string(""));
	if (doc)
		json_object_set_new(doc, "type", json_string(types[kind]));
	return print(out, len, doc);
}

/* Reads the next word of a text; false at its end. */
static bool
word(const char **text, const char **out, size_t *len)
{
	*out = *text;
	*len = strcspn(*text, " ");
	*text += *len + ((*text)[*len] == ' ');
	return *len != 0;
}

/* One visit as the document has it; NULL: the text is none. */
static json_t *
visit_of(const char *text, bool missed)
{
	const char *site, *day, *hour = "0", *how;
	size_t site_len, day_len, hour_len = 1, how_len;
	uint64_t n, h;

	if (!word(&text, &site, &site_len) || !word(&text, &day, &day_len) ||
	    (!missed && !word(&text, &hour, &hour_len)) || !word(&text, &how, &how_len) ||
	    text_u64(&n, site, site_len, PLAN_SITES_MAX) || text_u64(&h, hour, hour_len, 23) ||
	    !*text != !missed)
		return NULL;
	json_t *j = json_pack("{s:I,s:s%}", "site", (json_int_t)n, "day", day, day_len);
	if (j && !missed)
		json_object_set_new(j, "hour", json_integer((json_int_t)h));
	json_object_set_new(j, "drawn", json_boolean(how_len == 5 && !strncmp(how, "drawn", 5)));
	if (missed)
		json_object_set_new(j, "why", json_string(text));
	return j;
}

/* Takes out of a list what another entry says of the same site and day. */
static void
drop_same(json_t *list, const json_t *v)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *o = json_array_get(list, i);
		if (json_equal(json_object_get(o, "site"), json_object_get(v, "site")) &&
		    json_equal(json_object_get(o, "day"), json_object_get(v, "day")))
			json_array_remove(list, i);
	}
}

static int
add_visits(json_t *list[2], const json_t *texts, bool missed)
{
	size_t i;
	const json_t *t;

	json_array_foreach((json_t *)texts, i, t)
	{
		json_t *v = visit_of(json_string_value(t), missed);
		if (!v)
			return ERR_FORMAT;
		drop_same(list[0], v);
		drop_same(list[1], v);
		if (json_array_append_new(list[missed], v))
			return ERR_MEM;
	}
	return 0;
}

int
plan_log_results(char **out, size_t *len, const json_t *const *body, size_t cnt)
{
	json_t *list[2] = { json_array(), json_array() };
	int err = list[0] && list[1] ? 0 : ERR_MEM;

	*out = NULL;
	for (size_t i = 0; i < cnt && !err; i++) {
		err = add_visits(list, schema_list(body[i], "visits"), false);
		if (!err)
			err = add_visits(list, schema_list(body[i], "missed"), true);
	}
	json_t *doc = json_pack("{s:i,s:s,s:s,s:o,s:o}", "v", 1, "type", types[PLAN_RESULT], "plan",
				cnt ? schema_text(body[0], "plan") : "", "visits", list[0],
				"missed", list[1]);
	if (err) {
		json_decref(doc);
		return err;
	}
	return print(out, len, doc);
}
