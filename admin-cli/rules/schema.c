#include "admin-cli/rules/schema.h"

#include <stdarg.h>

#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* What a member of a body may be. `max`: bytes of a text, items of a list, bytes of a hash, the
 * highest number. `axis`: where its codes stand; a source's codes are not held to it. */
enum kind { NUMBER, BOOL, TEXT, CODE, CODES, WORDS, HEX, DAY, COUNTY, MEDIA, INNER };

struct field {
	uint16_t type;
	const char *name;
	enum kind kind;
	bool needed;
	unsigned max;
	enum taxonomy_axis axis;
};

#define ANY TAXONOMY__MAX

static const struct field fields[] = {
	{ ENTRY_TIP, "lang", TEXT, false, 16, ANY },
	{ ENTRY_TIP, "danger_now", BOOL, false, 0, ANY },
	{ ENTRY_TIP, "tile", NUMBER, true, 255, ANY },
	{ ENTRY_TIP, "county", COUNTY, true, 0, ANY },
	{ ENTRY_TIP, "where", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "what", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "inside", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "when_visible", WORDS, false, 16, ANY },
	{ ENTRY_TIP, "still_on", TEXT, false, 32, ANY },
	{ ENTRY_TIP, "people_band", TEXT, false, 32, ANY },
	{ ENTRY_TIP, "hiding", WORDS, false, 32, ANY },
	{ ENTRY_TIP, "hiding_text", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "check_how", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "keep_from", WORDS, false, 16, ANY },
	{ ENTRY_TIP, "keep_from_text", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_TIP, "act_care", TEXT, false, 32, ANY },
	{ ENTRY_TIP, "media", MEDIA, false, 8, ANY },
	{ ENTRY_MESSAGE, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_MESSAGE, "media", MEDIA, false, 8, ANY },
	{ ENTRY_ANSWER, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_ANSWER, "media", MEDIA, false, 8, ANY },
	{ ENTRY_OBJECTION, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_OBJECTION, "media", MEDIA, false, 8, ANY },
	{ ENTRY_WITHDRAWAL, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_WITHDRAWAL, "media", MEDIA, false, 8, ANY },
	{ ENTRY_ACKNOWLEDGE, NULL, BOOL, false, 0, ANY },
	{ ENTRY_NOTE, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_REPLY, "status", CODE, true, 0, TAXONOMY_STATUS },
	{ ENTRY_REPLY, "text", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_REPLY, "question", BOOL, false, 0, ANY },
	{ ENTRY_REPLY, "dummy", BOOL, false, 0, ANY },
	{ ENTRY_TRIAGE, "move", TEXT, true, 32, ANY },
	{ ENTRY_TRIAGE, "outcome", CODE, false, 0, TAXONOMY_OUTCOME },
	{ ENTRY_TRIAGE, "severity", CODE, false, 0, TAXONOMY_SEVERITY },
	{ ENTRY_TRIAGE, "credibility", TEXT, false, 2, ANY },
	{ ENTRY_TRIAGE, "hazard", CODES, false, 4, TAXONOMY_HAZARD },
	{ ENTRY_TRIAGE, "result", CODE, false, 0, TAXONOMY_RESULT },
	{ ENTRY_TRIAGE, "voice", BOOL, false, 0, ANY },
	{ ENTRY_TRIAGE, "text", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_ABSTRACT, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_ABSTRACT, "hazard", CODES, true, 4, TAXONOMY_HAZARD },
	{ ENTRY_ABSTRACT, "sector", CODE, false, 0, TAXONOMY_SECTOR },
	{ ENTRY_ABSTRACT, "knower", CODE, false, 0, TAXONOMY_KNOWER },
	{ ENTRY_ABSTRACT, "window", TEXT, false, 1000, ANY },
	{ ENTRY_ABSTRACT, "access", TEXT, false, 2000, ANY },
	{ ENTRY_ABSTRACT, "cover", TEXT, false, 1000, ANY },
	{ ENTRY_ABSTRACT, "county", COUNTY, false, 0, ANY },
	{ ENTRY_FORWARD, "order", HEX, true, 16, ANY },
	{ ENTRY_FORWARD, "desk", NUMBER, true, 65535, ANY },
	{ ENTRY_FORWARD, "abstract", HEX, true, 32, ANY },
	{ ENTRY_PROPOSE, "type", TEXT, true, 32, ANY },
	{ ENTRY_PROPOSE, "body", INNER, true, 0, ANY },
	{ ENTRY_COSIGN, "proposal", HEX, true, 32, ANY },
	{ ENTRY_CLOSE, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_ORDER, "text", TEXT, true, ENTRY_ROOM, ANY },
	{ ENTRY_ORDER, "hazard", CODES, true, 4, TAXONOMY_HAZARD },
	{ ENTRY_ORDER, "sector", CODE, false, 0, TAXONOMY_SECTOR },
	{ ENTRY_ORDER, "knower", CODE, false, 0, TAXONOMY_KNOWER },
	{ ENTRY_ORDER, "window", TEXT, false, 1000, ANY },
	{ ENTRY_ORDER, "access", TEXT, false, 2000, ANY },
	{ ENTRY_ORDER, "cover", TEXT, false, 1000, ANY },
	{ ENTRY_ORDER, "county", COUNTY, false, 0, ANY },
	{ ENTRY_SCHEDULE, "date", DAY, true, 0, ANY },
	{ ENTRY_SCHEDULE, "text", TEXT, false, ENTRY_ROOM, ANY },
	{ ENTRY_ORDER_NOTE, "text", TEXT, true, ENTRY_ROOM, ANY },
};

/* What may stand inside a propose. */
static const uint16_t proposable[] = { ENTRY_TRIAGE, ENTRY_CLOSE, ENTRY_FORWARD };

static int check_body(uint16_t type, const json_t *body, char *why);

__attribute__((format(printf, 2, 3))) static bool
no(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SCHEMA_WHY_CAP, fmt, ap);
	va_end(ap);
	return false;
}

static bool
is_hex(const json_t *v, size_t len)
{
	const char *s = json_string_value(v);
	uint8_t buf[32];

	return s && len <= sizeof(buf) && !text_unhex(buf, len, s, json_string_length(v));
}

static bool
is_digits(const char *s, size_t len)
{
	return s && strlen(s) == len && strspn(s, "0123456789") == len;
}

static bool
is_codes(const json_t *v, unsigned max, enum taxonomy_axis axis)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > max)
		return false;
	for (i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (!s || (axis != ANY && !taxonomy_find(axis, s)))
			return false;
	}
	return true;
}

/* An attachment described in a tip: what `case attach` relies on. */
static bool
is_media(const json_t *v, unsigned max)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > max)
		return false;
	for (i = 0; i < json_array_size(v); i++) {
		const json_t *m = json_array_get(v, i);
		json_int_t at = json_integer_value(json_object_get(m, "i"));
		json_int_t parts = json_integer_value(json_object_get(m, "parts"));

		if (!json_is_integer(json_object_get(m, "i")) || at < 0 || at > 65535 ||
		    parts < 1 || parts > 65535 || !json_is_string(json_object_get(m, "name")) ||
		    !json_is_string(json_object_get(m, "type")) ||
		    json_integer_value(json_object_get(m, "class")) < 1 ||
		    json_integer_value(json_object_get(m, "len")) < 0 ||
		    !is_hex(json_object_get(m, "sha256"), 32))
			return false;
	}
	return true;
}

static bool
is_inner(const json_t *body, const json_t *v, char *why)
{
	uint16_t type = schema_proposed(body);

	if (!type)
		return no(why, "\"type\" cannot be proposed");
	return json_is_object(v) && !check_body(type, v, why);
}

static bool
is_kind(const struct field *f, const json_t *body, const json_t *v, char *why)
{
	const char *s = json_string_value(v);
	uint32_t day;

	switch (f->kind) {
	case NUMBER:
		return json_is_integer(v) && json_integer_value(v) >= 0 &&
		       json_integer_value(v) <= f->max;
	case BOOL:
		return json_is_boolean(v);
	case TEXT:
		return s && json_string_length(v) <= f->max;
	case CODE:
		return taxonomy_find(f->axis, s) != NULL;
	case CODES:
		return is_codes(v, f->max, f->axis);
	case WORDS:
		return is_codes(v, f->max, ANY);
	case HEX:
		return is_hex(v, f->max);
	case DAY:
		return s && !text_day(&day, s, json_string_length(v));
	case COUNTY:
		return s && (!*s || is_digits(s, 6));
	case MEDIA:
		return is_media(v, f->max);
	case INNER:
		return is_inner(body, v, why);
	}
	return false;
}

static bool
known_type(uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].type == type)
			return true;
	return false;
}

/* Nearness A B C X and fit 1 to 4 (reference 4.3). */
static bool
credible(const json_t *body)
{
	const char *s = schema_text(body, "credibility");
	const char near[2] = { s[0], '\0' };

	return !*s || (strlen(s) == 2 && taxonomy_find(TAXONOMY_NEARNESS, near) &&
		       taxonomy_find(TAXONOMY_FIT, s + 1));
}

static int
check_body(uint16_t type, const json_t *body, char *why)
{
	const struct field *f;
	const json_t *v;

	for (f = fields; f < fields + sizeof(fields) / sizeof(*fields); f++) {
		if (f->type != type || !f->name)
			continue;
		v = json_object_get(body, f->name);
		if (!v && !f->needed)
			continue;
		if (!v) {
			no(why, "\"%s\" is missing", f->name);
			return ERR_FORMAT;
		}
		*why = '\0';
		if (!is_kind(f, body, v, why)) {
			if (!*why)
				no(why, "\"%s\" is not what it should be", f->name);
			return ERR_FORMAT;
		}
	}
	if (type == ENTRY_TRIAGE && !credible(body)) {
		no(why, "\"credibility\" is not what it should be");
		return ERR_FORMAT;
	}
	return 0;
}

static int
check(uint16_t type, const json_t *body, char *why)
{
	const json_t *v = json_object_get(body, "v");

	*why = '\0';
	if (!json_is_object(body) || !json_is_integer(v) || json_integer_value(v) < 1) {
		no(why, "not an object with \"v\"");
		return ERR_FORMAT;
	}
	if (json_integer_value(v) > 1 || !known_type(type)) {
		no(why, "written by a newer davy");
		return ERR_STALE;
	}
	return check_body(type, body, why);
}

int
schema_parse(json_t **out, uint16_t type, const char *json, size_t len,
	     char why[static SCHEMA_WHY_CAP])
{
	json_error_t error;
	json_t *body;
	int err;

	*out = NULL;
	body = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (!body) {
		no(why, "not JSON: %s", error.text);
		return ERR_FORMAT;
	}
	err = check(type, body, why);
	if (err) {
		json_decref(body);
		return err;
	}
	*out = body;
	return 0;
}

int
schema_print(char **out, size_t *len, uint16_t type, const json_t *body, size_t room,
	     char why[static SCHEMA_WHY_CAP])
{
	char *text;
	int err = check(type, body, why);

	*out = NULL;
	*len = 0;
	if (err)
		return err;
	text = json_dumps(body, JSON_COMPACT);
	if (!text)
		return ERR_MEM;
	if (strlen(text) > room) {
		no(why, "%zu bytes too many", strlen(text) - room);
		free(text);
		return ERR_RANGE;
	}
	*len = strlen(text);
	*out = text;
	return 0;
}

const char *
schema_text(const json_t *body, const char *name)
{
	const char *s = json_string_value(json_object_get(body, name));

	return s ? s : "";
}

bool
schema_is(const json_t *body, const char *name)
{
	return json_is_true(json_object_get(body, name));
}

uint32_t
schema_number(const json_t *body, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(body, name));

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

const json_t *
schema_list(const json_t *body, const char *name)
{
	const json_t *v = json_object_get(body, name);

	return json_is_array(v) ? v : NULL;
}

bool
schema_hex(const json_t *body, const char *name, uint8_t *out, size_t len)
{
	const json_t *v = json_object_get(body, name);

	return is_hex(v, len) && !text_unhex(out, len, json_string_value(v), json_string_length(v));
}

bool
schema_after(const json_t *body, uint32_t *source_cnt, uint32_t *desk_cnt)
{
	const json_t *v = json_object_get(body, "after");
	json_int_t s = json_integer_value(json_array_get(v, 0));
	json_int_t d = json_integer_value(json_array_get(v, 1));

	if (json_array_size(v) != 2 || s < 0 || d < 0 || s > UINT32_MAX || d > UINT32_MAX)
		return false;
	*source_cnt = (uint32_t)s;
	*desk_cnt = (uint32_t)d;
	return true;
}

void
schema_set_after(json_t *body, uint32_t source_cnt, uint32_t desk_cnt)
{
	json_object_set_new(body, "after",
			    json_pack("[I,I]", (json_int_t)source_cnt, (json_int_t)desk_cnt));
}

uint16_t
schema_proposed(const json_t *body)
{
	const struct entry_type *t = entry_type_by_name(schema_text(body, "type"));
	size_t i;

	for (i = 0; t && i < sizeof(proposable) / sizeof(*proposable); i++)
		if (proposable[i] == t->no)
			return t->no;
	return 0;
}
