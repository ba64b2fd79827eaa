/* The JSON bodies of entries: read and written by the fields that entry_type.c gives each type. */
#include "admin-cli/rules/schema.h"

#include <stdarg.h>

#include "admin-cli/rules/entry_type.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/text.h"

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

/* An axis of TAXONOMY__MAX: any texts. */
static bool
is_codes(const json_t *v, unsigned max, enum taxonomy_axis axis)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > max)
		return false;
	for (i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (!s || (axis != TAXONOMY__MAX && !taxonomy_find(axis, s)))
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
is_ids(const json_t *v, unsigned max)
{
	size_t i;

	if (!json_is_array(v) || json_array_size(v) > max)
		return false;
	for (i = 0; i < json_array_size(v); i++)
		if (!is_hex(json_array_get(v, i), 16))
			return false;
	return true;
}

static bool
is_inner(const json_t *body, const json_t *v, char *why)
{
	const struct entry_type *type = entry_type_find(schema_proposed(body));

	if (!type)
		return no(why, "\"type\" cannot be proposed");
	return json_is_object(v) && !schema_check(type->schema, v, why);
}

/* Nearness A B C X and fit 1 to 4 (reference 4.3), or nothing. */
static bool
is_credibility(const char *s)
{
	const char near[2] = { s[0], '\0' };

	return !*s || (strlen(s) == 2 && taxonomy_find(TAXONOMY_NEARNESS, near) &&
		       taxonomy_find(TAXONOMY_FIT, s + 1));
}

static bool
is_kind(const struct entry_field *f, const json_t *body, const json_t *v, char *why)
{
	const char *s = json_string_value(v);
	uint32_t day;

	switch (f->kind) {
	case FIELD_NUMBER:
		return json_is_integer(v) && json_integer_value(v) >= 0 &&
		       json_integer_value(v) <= f->max;
	case FIELD_BOOL:
		return json_is_boolean(v);
	case FIELD_TEXT:
		return s && json_string_length(v) <= f->max;
	case FIELD_CODE:
		return taxonomy_find(f->axis, s) != NULL;
	case FIELD_CODES:
		return is_codes(v, f->max, f->axis);
	case FIELD_WORDS:
		return is_codes(v, f->max, TAXONOMY__MAX);
	case FIELD_HEX:
		return is_hex(v, f->max);
	case FIELD_IDS:
		return is_ids(v, f->max);
	case FIELD_DAY:
		return s && !text_day(&day, s, json_string_length(v));
	case FIELD_COUNTY:
		return s && (!*s || is_digits(s, 6));
	case FIELD_CREDIBILITY:
		return s && is_credibility(s);
	case FIELD_MEDIA:
		return is_media(v, f->max);
	case FIELD_INNER:
		return is_inner(body, v, why);
	}
	return false;
}

/* What was expected, for the sentence that refuses a value. */
static void
say_expected(char *why, const struct entry_field *f)
{
	const char *list = taxonomy_axis_name(f->axis);

	switch (f->kind) {
	case FIELD_NUMBER:
		no(why, "\"%s\" is invalid: a whole number from 0 to %u is expected", f->name,
		   f->max);
		return;
	case FIELD_BOOL:
		no(why, "\"%s\" is invalid: true or false is expected", f->name);
		return;
	case FIELD_TEXT:
		no(why, "\"%s\" is invalid: a text of at most %u bytes is expected", f->name,
		   f->max);
		return;
	case FIELD_CODE:
		no(why, "\"%s\" is invalid: a code of the list \"%s\" is expected", f->name, list);
		return;
	case FIELD_CODES:
		no(why, "\"%s\" is invalid: at most %u codes of the list \"%s\" are expected",
		   f->name, f->max, list);
		return;
	case FIELD_WORDS:
		no(why, "\"%s\" is invalid: a list of at most %u words is expected", f->name,
		   f->max);
		return;
	case FIELD_HEX:
		no(why, "\"%s\" is invalid: %u bytes in hex are expected", f->name, f->max);
		return;
	case FIELD_IDS:
		no(why, "\"%s\" is invalid: at most %u ids of cases are expected", f->name, f->max);
		return;
	case FIELD_DAY:
		no(why, "\"%s\" is invalid: a day such as 2026-12-01 is expected", f->name);
		return;
	case FIELD_COUNTY:
		no(why, "\"%s\" is invalid: six digits are expected", f->name);
		return;
	case FIELD_CREDIBILITY:
		no(why, "\"%s\" is invalid: A, B, C or X and 1 to 4 are expected", f->name);
		return;
	case FIELD_MEDIA:
		no(why, "\"%s\" is invalid: at most %u attachments are expected", f->name, f->max);
		return;
	case FIELD_INNER:
		no(why, "\"%s\" is invalid: the body of the proposed entry is expected", f->name);
	}
}

int
schema_check(const struct entry_field *f, const json_t *body, char *why)
{
	const json_t *v;

	for (; f->name; f++) {
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
				say_expected(why, f);
			return ERR_FORMAT;
		}
	}
	return 0;
}

/* `json`: the same body as it is signed. */
static int
check(uint16_t number, const json_t *body, const char *json, size_t len, char *why)
{
	const struct entry_type *type = entry_type_find(number);
	const json_t *v = json_object_get(body, "v");

	*why = '\0';
	if (!json_is_object(body) || !json_is_integer(v) || json_integer_value(v) < 1) {
		no(why, "not an object with \"v\"");
		return ERR_FORMAT;
	}
	if (json_integer_value(v) > 1 || !type || !type->schema) {
		no(why, "written by a newer davy");
		return ERR_STALE;
	}
	int err = schema_check(type->schema, body, why);
	return err || !type->form ? err : type->form(body, json, len, why);
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
	err = check(type, body, json, len, why);
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
	char *text = json_dumps(body, JSON_COMPACT);
	int err = text ? check(type, body, text, strlen(text), why) : ERR_MEM;

	*out = NULL;
	*len = 0;
	if (!err && strlen(text) > room) {
		no(why, "%zu bytes too many", strlen(text) - room);
		err = ERR_RANGE;
	}
	if (err) {
		free(text);
		return err;
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
schema_has(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), text))
			return true;
	return false;
}

bool
schema_hex(const json_t *body, const char *name, uint8_t *out, size_t len)
{
	const json_t *v = json_object_get(body, name);

	return is_hex(v, len) && !text_unhex(out, len, json_string_value(v), json_string_length(v));
}

bool
schema_handles(uint8_t out[][8], unsigned *cnt, const json_t *list, unsigned max)
{
	size_t i, n = json_array_size(list);

	if (n > max)
		return false;
	for (i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);

		if (text_unhex(out[i], 8, json_string_value(v), json_string_length(v)))
			return false;
	}
	*cnt = (unsigned)n;
	return true;
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

	return t && t->proposable ? t->no : 0;
}
