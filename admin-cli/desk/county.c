/* Reads, keeps and searches the list of counties (see county.h). */
#include "admin-cli/desk/county.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/text.h"

#define LIST_MAX (1024 * 1024)

static bool
is_name(const json_t *v)
{
	const char *s = json_string_value(v);

	return s && *s && text_printable(s, strlen(s), 0) == 0;
}

static bool
is_county(const json_t *c)
{
	const char *code = schema_text(c, "code");

	return strlen(code) == 6 && strspn(code, "0123456789") == 6 &&
	       is_name(json_object_get(c, "zh")) && is_name(json_object_get(c, "en"));
}

int
county_read(struct session *ses, const char *path, json_t **out)
{
	uint8_t *bytes;
	size_t len, i;
	json_t *c, *list = json_array();
	int err = file_read(ses, path, LIST_MAX, &bytes, &len);

	*out = list;
	if (err) {
		json_decref(list);
		return err;
	}
	json_t *all = json_loadb((char *)bytes, len, 0, NULL);
	free(bytes);
	bool ok = json_is_array(all);
	json_array_foreach(all, i, c)
	{
		ok &= is_county(c);
		json_array_append_new(list, json_pack("{s:O?, s:O?, s:O?}", "code",
						      json_object_get(c, "code"), "zh",
						      json_object_get(c, "zh"), "en",
						      json_object_get(c, "en")));
	}
	json_decref(all);
	if (ok)
		return DAVY_OK;
	json_decref(list);
	return session_fail(
		ses, DAVY_REFUSED, "format",
		_("%s is not a list of counties: [{\"code\":\"990102\",\"zh\":\"…\",\"en\":\"…\"}, …]."),
		session_s(ses, path));
}

int
county_keep(struct session *ses, const json_t *list)
{
	const char *path;
	int err = home_gateway_path(ses, "counties", &path);

	if (err)
		return err;
	char *text = json_dumps(list, JSON_INDENT(1));
	if (!text)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	err = file_write(ses, path, 0600, text, strlen(text));
	free(text);
	county_close(ses);
	return err;
}

int
county_list(struct session *ses, json_t **out)
{
	const char *path;
	int err = DAVY_OK;

	if (!ses->counties) {
		err = home_gateway_path(ses, "counties", &path);
		if (!err && access(path, F_OK) == 0)
			err = county_read(ses, path, &ses->counties);
		else if (!err)
			ses->counties = json_array();
	}
	if (err)
		ses->counties = NULL;
	else
		*out = json_incref(ses->counties);
	return err;
}

void
county_close(struct session *ses)
{
	json_decref(ses->counties);
	ses->counties = NULL;
}

/* The list for a name that only helps: none where the list cannot be read. */
static json_t *
names(struct session *ses)
{
	json_t *list;

	if (county_list(ses, &list) == DAVY_OK)
		return list;
	session_forgive(ses);
	return NULL;
}

const char *
county_name(const json_t *county)
{
	return schema_text(county, taxonomy_chinese() ? "zh" : "en");
}

const char *
county_named(const json_t *list, const char *code)
{
	const char *name = code;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (!strcmp(schema_text(c, "code"), code))
			name = county_name(c);
	}
	return name;
}

int
county_like(const json_t *county, const char *word)
{
	return strstr(schema_text(county, "zh"), word) ||
	       strcasestr(schema_text(county, "en"), word) ||
	       !strncmp(schema_text(county, "code"), word, strlen(word));
}

const char *
county_text(struct session *ses, const char *code)
{
	json_t *list = names(ses), *c;
	char *text = NULL;
	size_t i;

	json_array_foreach(list, i, c) if (!text && !strcmp(schema_text(c, "code"), code) &&
					   asprintf(&text, "%s %s", code, county_name(c)) < 0)
		text = NULL;
	json_decref(list);
	return session_s(ses, text ? session_keep(ses, text) : code);
}

const char *
county_code(struct session *ses, const char *name)
{
	json_t *list = names(ses), *c;
	const char *code = NULL;
	size_t i, n = 0;

	json_array_foreach(list, i, c) if (!strcmp(schema_text(c, "zh"), name) ||
					   !strcasecmp(schema_text(c, "en"), name))
	{
		code = session_s(ses, schema_text(c, "code"));
		n++;
	}
	json_decref(list);
	return n == 1 ? code : NULL;
}
