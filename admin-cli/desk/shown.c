/* Which words of a source were shown in this home (see shown.h). A record of the workspace for each
 * entry, by the hash of its sealed bytes. */
#include "admin-cli/desk/shown.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"

#define WORD      "shown"
#define SHOWN_KEY (sizeof(WORD) + 32)

static void
make_key(uint8_t key[static SHOWN_KEY], const struct fold_entry *e)
{
	memcpy(key, WORD, sizeof(WORD));
	memcpy(key + sizeof(WORD), e->hash, sizeof(e->hash));
}

int
shown_mark(struct session *ses, const struct opened *d)
{
	uint8_t key[SHOWN_KEY];
	size_t i;
	int err = 0;

	for (i = 0; !err && i < d->cnt; i++) {
		if (!d->entry[i].by_source || !d->x[i].plain || shown_is(ses, d, i))
			continue;
		make_key(key, &d->entry[i]);
		err = workspace_put(ses->workspace, WORKSPACE_NOTE, key, sizeof(key), "", 1);
	}
	return err ? session_fail_err(ses, err, "%s", _("It cannot be noted that this was shown"))
		   : 0;
}

bool
shown_is(struct session *ses, const struct opened *d, size_t i)
{
	uint8_t key[SHOWN_KEY], *val;
	size_t len;

	make_key(key, &d->entry[i]);
	if (workspace_get(ses->workspace, WORKSPACE_NOTE, key, sizeof(key), &val, &len))
		return false;
	workspace_free(val, len);
	return true;
}
