/* Files that prove what was hidden; see alarm.h. */
#include "admin-cli/desk/alarm.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/home/home.h"
#include "crypto/b64.h"
#include "crypto/frame.h"

#define FILE_MAX 65536

static const struct {
	const char *name, *text;
} kinds[ALARM__MAX] = {
	[ALARM_UNLISTED] = { "unlisted",
			     N_("a source's frame stands in the log, and no list has its case") },
	[ALARM_UNACCOUNTED] = { "unaccounted",
				N_("an entry of the log stands for something that is not shown") },
	[ALARM_REMOVED] = { "removed", N_("a case is gone that nobody had closed") },
	[ALARM_VANISHED] = { "vanished",
			     N_("a case is listed no more, and the log has no record of its "
				"removal") },
	[ALARM_BUNDLE] = { "bundle", N_("a roster was shown that is not in the log") },
	[ALARM_FORK] = { "fork", N_("the log shows another past than before") },
	[ALARM_ROLLBACK] = { "rollback", N_("the log that is shown is older than before") },
};

const char *
alarm_text(enum alarm_what what)
{
	return _(kinds[what].text);
}

const char *
alarm_name(enum alarm_what what)
{
	return kinds[what].name;
}

void
alarm_set(json_t *body, const char *name, const void *bytes, size_t len)
{
	size_t cap = B64_LEN(len) + 1;
	char *text = malloc(cap);

	if (text) {
		b64_encode(text, cap, bytes, len, B64_PADDED);
		json_object_set_new(body, name, json_string(text));
	}
	free(text);
}

void
alarm_set_path(json_t *body, const uint8_t (*path)[MERKLE_LEN], size_t cnt)
{
	char text[B64_LEN(MERKLE_LEN) + 1];
	json_t *list = json_array();

	for (size_t i = 0; i < cnt; i++) {
		b64_encode(text, sizeof(text), path[i], MERKLE_LEN, B64_PADDED);
		json_array_append_new(list, json_string(text));
	}
	json_object_set_new(body, "path", list);
}

static int
write_down(struct session *ses, const char *path, enum alarm_what what, const json_t *body)
{
	const struct home_gateway *g;
	char hex[2 * KEY_ID_LEN + 1];
	int err = home_gateway(ses, &g);
	json_t *all = err ? NULL
			  : json_pack("{s:i, s:s, s:s}", "v", 1, "what", kinds[what].name,
				      "gateway", term_hex(hex, g->card.id, sizeof(g->card.id)));
	char *text = NULL;

	if (!err && (!all || json_object_update(all, (json_t *)body) ||
		     !(text = json_dumps(all, JSON_INDENT(1)))))
		err = session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err)
		err = file_write(ses, path, 0600, text, strlen(text));
	free(text);
	json_decref(all);
	return err;
}

int
alarm_raise(struct session *ses, enum alarm_what what, uint64_t number, json_t *body)
{
	char path[PATH_MAX];
	const char *dir;
	int err = body ? home_gateway_folder(ses, "alarms", &dir)
		       : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err) {
		snprintf(path, sizeof(path), "%s/%s-%llu.json", dir, kinds[what].name,
			 (unsigned long long)number);
		if (access(path, F_OK) != 0)
			err = write_down(ses, path, what, body);
	}
	if (!err)
		session_warn(
			ses,
			_("The gateway hides something: %s. %s proves it. Tell the other desks of "
			  "level 4 and the registrar, but not through this gateway."),
			alarm_text(what), session_s(ses, path));
	json_decref(body);
	return err;
}

int
alarm_count(struct session *ses, size_t *cnt)
{
	const char *path;
	int err = home_gateway_path(ses, "alarms", &path);
	DIR *dir = err ? NULL : opendir(path);
	const struct dirent *d;

	*cnt = 0;
	while (dir && (d = readdir(dir)))
		*cnt += d->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return err;
}

/* ---- checking one ---- */

static bool
get(const json_t *body, const char *name, void *out, size_t len)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text && b64_decode_exact(out, len, text, strlen(text), B64_PADDED) == 0;
}

static bool
get_path(const json_t *body, uint8_t path[static MERKLE_STEP_MAX][MERKLE_LEN], size_t *cnt)
{
	const json_t *list = json_object_get(body, "path");

	*cnt = json_array_size(list);
	for (size_t i = 0; i < *cnt && *cnt <= MERKLE_STEP_MAX; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (!text || b64_decode_exact(path[i], MERKLE_LEN, text, strlen(text), B64_PADDED))
			return false;
	}
	return *cnt <= MERKLE_STEP_MAX;
}

/* Whether the entry of the file stands under its checkpoint. */
static bool
stands(const json_t *body, const struct checkpoint *c, uint8_t entry[static LEAF_LEN])
{
	uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], leaf[MERKLE_LEN];
	json_int_t index = json_integer_value(json_object_get(body, "index"));
	size_t cnt;

	if (index < 0 || !get_path(body, path, &cnt) || !get(body, "entry", entry, LEAF_LEN))
		return false;
	merkle_leaf(leaf, entry, LEAF_LEN);
	return !merkle_check_leaf((const uint8_t(*)[MERKLE_LEN])path, cnt, (uint64_t)index, c->size,
				  leaf, c->root);
}

/* The newer checkpoint has another log below the size of the older one than that had. */
static bool
forked(const json_t *body, const struct checkpoint *c, const struct checkpoint *before)
{
	uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], root[MERKLE_LEN];
	size_t cnt;

	return get_path(body, path, &cnt) && get(body, "root", root, sizeof(root)) &&
	       memcmp(root, before->root, sizeof(root)) != 0 &&
	       !merkle_check_grown((const uint8_t(*)[MERKLE_LEN])path, cnt, before->size, c->size,
				   root, c->root);
}

/* A frame that its source signed is what the entry covers. */
static bool
unlisted(const json_t *body, const struct checkpoint *c, const uint8_t *gateway)
{
	uint8_t entry[LEAF_LEN], stub[FRAME_STUB_LEN], blind[LEAF_BLIND_LEN], cover[32];

	if (!stands(body, c, entry) || !get(body, "stub", stub, sizeof(stub)) ||
	    !get(body, "blind", blind, sizeof(blind)) || frame_stub_verify(stub, gateway))
		return false;
	leaf_cover(cover, blind, stub, sizeof(stub));
	return !memcmp(cover, entry + LEAF_MARK_LEN, sizeof(cover));
}

/* The entry is no filler, and has not the mark of what is none of a source. */
static bool
unaccounted(const json_t *body, const struct checkpoint *c)
{
	uint8_t entry[LEAF_LEN], mark[LEAF_LEN];
	struct hkdf_prk secret;

	if (!stands(body, c, entry) || !get(body, "secret", secret.b, sizeof(secret.b)))
		return false;
	leaf_mark_office(mark, &secret, entry + LEAF_MARK_LEN);
	bool real = memcmp(mark, entry, LEAF_MARK_LEN) != 0;
	leaf_mark_bundle(mark, entry + LEAF_MARK_LEN);
	real = real && memcmp(mark, entry, LEAF_MARK_LEN) != 0;
	for (uint32_t i = 0; real && i < LEAF_BATCH_MAX; i++) {
		leaf_filler(mark, &secret, i);
		real = memcmp(mark, entry, LEAF_LEN) != 0;
	}
	return real;
}

static int
checkpoint_of(struct session *ses, const json_t *body, const char *name, const struct note_key *key,
	      const char *path, struct checkpoint *out)
{
	const char *text = json_string_value(json_object_get(body, name));

	return mirror_checkpoint(ses, key, path, (const uint8_t *)(text ? text : ""),
				 text ? strlen(text) : 0, out);
}

static int
prove(struct session *ses, const json_t *body, const char *path, const struct note_key *key,
      enum alarm_what what, bool *holds)
{
	struct checkpoint c, before;
	const struct home_gateway *g;
	bool two = what == ALARM_FORK || what == ALARM_ROLLBACK;
	int err = home_gateway(ses, &g);

	if (!err)
		err = checkpoint_of(ses, body, "checkpoint", key, path, &c);
	if (!err && two)
		err = checkpoint_of(ses, body, "before", key, path, &before);
	if (err)
		return err;
	bool framed = what == ALARM_UNLISTED || what == ALARM_VANISHED;
	*holds = framed                   ? unlisted(body, &c, g->card.id)
		 : what == ALARM_FORK     ? forked(body, &c, &before)
		 : what == ALARM_ROLLBACK ? c.size < before.size
		 : what == ALARM_BUNDLE   ? true
					  : unaccounted(body, &c);
	return DAVY_OK;
}

int
alarm_check(struct session *ses, const char *path, const struct note_key *key,
	    enum alarm_what *what)
{
	uint8_t *bytes = NULL;
	size_t len;
	bool holds = false;
	int err = file_read(ses, path, FILE_MAX, &bytes, &len);
	json_t *body = err ? NULL : json_loadb((const char *)bytes, len, 0, NULL);
	const char *name = json_string_value(json_object_get(body, "what"));

	for (*what = 0; name && *what < ALARM__MAX && strcmp(name, kinds[*what].name) != 0;)
		++*what;
	if (!err && name && *what < ALARM__MAX)
		err = prove(ses, body, path, key, *what, &holds);
	if (!err && !holds)
		err = session_fail(ses, DAVY_REFUSED, "damaged",
				   _("%s proves nothing: its parts do not fit together."),
				   session_s(ses, path));
	json_decref(body);
	free(bytes);
	return err;
}
