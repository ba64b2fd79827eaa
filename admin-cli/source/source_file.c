/* Reads what a source has on disk: the form of a tip, and attachments (see source.h). */
#include "admin-cli/source/source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <strings.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/age_memory.h"
#include "crypto/attach.h"
#include "crypto/err.h"

#define TIP_FILE_MAX (1 << 20)

/* The members of a tip's body in the order of FORMATS §7. The page writes them in the same order,
 * so that a body does not show which program wrote it. */
static const struct {
	const char *name, *form; /* `form`: the name in a sample without _zh or _en */
} members[] = {
	{ "v", NULL },
	{ "lang", NULL },
	{ "danger_now", NULL },
	{ "tile", NULL },
	{ "county", NULL },
	{ "where", "where" },
	{ "what", "what" },
	{ "inside", "inside" },
	{ "when_visible", NULL },
	{ "still_on", NULL },
	{ "people_band", NULL },
	{ "hiding", NULL },
	{ "hiding_text", "hiding" },
	{ "check_how", "check_how" },
	{ "keep_from", NULL },
	{ "keep_from_text", "keep_from" },
	{ "act_care", NULL },
	{ "basis", NULL },
	{ "want_reply", NULL },
	{ "taken", NULL },
	{ "excluded", NULL },
};

/* Whether a question of the form was answered: the text or list is not empty. */
static bool
answered(const json_t *v)
{
	return v && !(json_is_string(v) && !json_string_length(v)) &&
	       !(json_is_array(v) && !json_array_size(v));
}

static json_t *
from_form(const json_t *form, const char *lang)
{
	json_t *body = json_object();
	char name[48];
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *v = json_object_get(form, members[i].name);

		if (members[i].form) {
			snprintf(name, sizeof(name), "%s_%s", members[i].form, lang);
			if (json_object_get(form, name))
				v = json_object_get(form, name);
		}
		if (answered(v))
			json_object_set(body, members[i].name, v);
	}
	return body;
}

/* The tip with the id `pick` in one of the file's lists, or NULL. */
static json_t *
find_pick(json_t *file, const char *pick)
{
	static const char *const lists[] = { "tips", "edge_cases" };
	json_t *list;
	size_t i, k;

	for (k = 0; k < sizeof(lists) / sizeof(*lists); k++) {
		list = json_object_get(file, lists[k]);
		for (i = 0; i < json_array_size(list); i++)
			if (!strcmp(schema_text(json_array_get(list, i), "id"), pick))
				return json_array_get(list, i);
	}
	return NULL;
}

/* Finds the form or body in a file: in a list the one with the id `pick`, else the file's own. Of
 * many, none is taken unless the person names it: the wrong tip cannot be called back. */
static json_t *
find_form(struct session *ses, json_t *file, const char *pick)
{
	json_t *tips = json_object_get(file, "tips"), *tip = file;
	size_t cnt = json_array_size(tips) + json_array_size(json_object_get(file, "edge_cases"));

	if (!pick && cnt > 1) {
		session_fail(ses, DAVY_REFUSED, "usage",
			     _("The file holds %zu tips: say which one with --pick ID."), cnt);
		return NULL;
	}
	if (cnt)
		tip = pick ? find_pick(file, pick) : json_array_get(tips, 0);
	if (json_object_get(tip, "form"))
		tip = json_object_get(tip, "form");
	if (!json_is_object(tip))
		session_fail(ses, DAVY_REFUSED, "not-found",
			     _("The file has no tip with that id."));
	return json_is_object(tip) ? tip : NULL;
}

json_t *
source_tip_order(json_t *body)
{
	json_t *out = json_object();
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (json_object_get(body, members[i].name))
			json_object_set(out, members[i].name,
					json_object_get(body, members[i].name));
	json_decref(body);
	return out;
}

json_t *
source_form_body(const json_t *form, const struct source_form *said)
{
	const char *lang = said->words ? said->words : taxonomy_chinese() ? "zh" : "en";
	json_t *body = from_form(form, lang);

	json_object_set_new(body, "v", json_integer(1));
	/* she is answered in the language in which she writes */
	if (!json_object_get(body, "lang"))
		json_object_set_new(body, "lang", json_string(lang));
	if (said->danger || !json_object_get(body, "danger_now"))
		json_object_set_new(body, "danger_now", json_boolean(said->danger));
	if (said->county || !json_object_get(body, "county"))
		json_object_set_new(body, "county", json_string(said->county ? said->county : ""));
	return source_tip_order(body);
}

int
source_read_tip(struct session *ses, const char *path, const struct source_form *said, json_t **out)
{
	json_error_t error;
	json_t *file, *form;
	uint8_t *text;
	size_t len;
	int err = file_read(ses, path, TIP_FILE_MAX, &text, &len);

	*out = NULL;
	if (err)
		return err;
	file = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, &error);
	sodium_memzero(text, len);
	free(text);
	if (!file)
		return session_fail(ses, DAVY_REFUSED, "body", _("%s is not JSON: %s."),
				    session_s(ses, path), error.text);
	form = find_form(ses, file, said->pick);
	if (!form) {
		json_decref(file);
		return DAVY_REFUSED;
	}
	if (json_is_object(json_object_get(form, "pin")))
		session_warn(
			ses,
			_("The pin is not sent: a tip has no place on a map. Say where it is in "
			  "\"where\", in words."));
	*out = source_form_body(form, said);
	json_decref(file);
	return 0;
}

/* Types of files by their first bytes. The name that is sent is made here, since the file's own
 * name may tell who the source is. */
static const struct {
	const char *magic, *type, *name;
	size_t len;
} kinds[] = {
	{ "\xff\xd8\xff", "image/jpeg", "photo-%u.jpg", 3 },
	{ "\x89PNG", "image/png", "picture-%u.png", 4 },
	{ "%PDF", "application/pdf", "paper-%u.pdf", 4 },
	{ "OggS", "audio/ogg", "sound-%u.ogg", 4 },
	{ "ID3", "audio/mpeg", "sound-%u.mp3", 3 },
};

static json_t *
describe(const uint8_t *bytes, size_t len, size_t at)
{
	char name[32];
	size_t i;
	const char *type = "application/octet-stream";

	snprintf(name, sizeof(name), "file-%zu.bin", at + 1);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *dot = strrchr(kinds[i].name, '.');

		if (len < kinds[i].len || memcmp(bytes, kinds[i].magic, kinds[i].len))
			continue;
		type = kinds[i].type;
		snprintf(name, sizeof(name), "%.*s%zu%s", (int)(strcspn(kinds[i].name, "%")),
			 kinds[i].name, at + 1, dot);
	}
	return json_pack("{s:I,s:s,s:s,s:I}", "i", (json_int_t)at, "name", name, "type", type,
			 "len", (json_int_t)len);
}

/* Cuts a sealed attachment into parts and appends a frame for each. */
static int
add_parts(struct session *ses, const struct source *s, const struct age_memory *file, size_t at,
	  uint16_t parts, struct source_frames *frames)
{
	struct source_slice slice = { .attach = (uint16_t)at, .parts = parts };
	uint32_t offset, len;
	int err = 0;

	for (; !err && slice.part < parts; slice.part++) {
		if (attach_part(&offset, &len, (uint32_t)file->len, slice.part))
			return session_fail_err(ses, ERR_INTERNAL, "%s",
						_("The file cannot be cut"));
		slice.bytes = file->bytes + offset;
		slice.len = len;
		err = source_part(ses, s, &slice, frames);
	}
	return err;
}

int
source_attach(struct session *ses, const struct source *s, const struct choose_set *to,
	      const char *path, json_t *media, struct source_frames *frames)
{
	struct age_memory in = { 0 }, out = { 0 };
	struct attach_how how = { .id = s->keys.case_id, .rng = s->rng };
	size_t at = json_array_size(media);
	struct seal_set set;
	uint8_t sha256[32];
	char hex[65];
	uint32_t padded;
	json_t *about;
	int err = file_read(ses, path, ATTACH_MAX, &in.bytes, &in.len);

	if (err)
		return err;
	padded = attach_class(in.len);
	out.cap = attach_file_len(padded);
	out.bytes = malloc(out.cap ? out.cap : 1);
	choose_seal_set(&set, to);
	how.set = &set;
	how.len = in.len;
	err = !padded || !out.bytes
		      ? ERR_RANGE
		      : attach_seal(&how, sha256, age_memory_source(&in), age_memory_sink(&out));
	if (err) {
		err = session_fail_err(ses, err, _("%s cannot be attached"), session_s(ses, path));
		goto out;
	}
	about = describe(in.bytes, in.len, at);
	json_object_set_new(about, "class", json_integer(padded));
	json_object_set_new(about, "parts", json_integer(attach_parts(padded)));
	json_object_set_new(about, "sha256", json_string(term_hex(hex, sha256, sizeof(sha256))));
	json_array_append_new(media, about);
	err = add_parts(ses, s, &out, at, attach_parts(padded), frames);
out:
	sodium_memzero(in.bytes, in.len);
	free(in.bytes);
	free(out.bytes);
	return err;
}
