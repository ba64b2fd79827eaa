/* Remembers in the workspace what a source was told last (see told.h). */
#include "admin-cli/desk/told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

/* The key in the workspace: "reply " and the id. */
#define KEY_CAP (6 + KEY_ID_LEN)

static void
make_key(uint8_t key[static KEY_CAP], const struct workspace_case *c)
{
	memcpy(key, "reply ", 6);
	memcpy(key + 6, c->rec.id, KEY_ID_LEN);
}

/* The text under that key: how many entries the source had sent, and the body. */
static char *
make_text(const struct workspace_case *c, const json_t *body)
{
	char *text = NULL, *json = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);

	if (json && asprintf(&text, "%u %s", c->rec.source_cnt, json) < 0)
		text = NULL;
	free(json);
	return text;
}

void
told_note(struct session *ses, const struct workspace_case *c, const json_t *body)
{
	uint8_t key[KEY_CAP];
	char *text = make_text(c, body);

	make_key(key, c);
	if (!text ||
	    workspace_put(ses->workspace, WORKSPACE_META, key, sizeof(key), text, strlen(text)))
		session_warn(ses, "%s",
			     _("The reply is on its way, but it could not be noted here: davy will "
			       "not refuse the same once more."));
	free(text);
}

bool
told_last(struct session *ses, const struct workspace_case *c, const json_t *body)
{
	uint8_t key[KEY_CAP], *val = NULL;
	char *text = make_text(c, body);
	size_t len = 0;
	bool same;

	make_key(key, c);
	if (!text || workspace_get(ses->workspace, WORKSPACE_META, key, sizeof(key), &val, &len)) {
		free(text);
		return false;
	}
	same = len == strlen(text) && !memcmp(val, text, len);
	workspace_free(val, len);
	free(text);
	return same;
}
