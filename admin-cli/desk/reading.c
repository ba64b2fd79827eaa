/* Who has read the tip of a case (see reading.h). */
#include "admin-cli/desk/reading.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/roster.h"

/* Whether a read record names the handle. */
static int
recorded(struct session *ses, const struct workspace_case *c, const uint8_t handle[static 8],
	 bool *has)
{
	struct frame_read read;
	uint8_t *val;
	size_t len, i;
	int err = workspace_get(ses->workspace, WORKSPACE_READS, c->rec.id, sizeof(c->rec.id), &val,
				&len);

	if (err == ERR_NOT_FOUND)
		return 0;
	if (err)
		return sync_workspace_failed(ses, err);
	for (i = 0; i + FRAME_READ_LEN <= len; i += FRAME_READ_LEN) {
		frame_read_get(&read, val + i);
		*has |= !memcmp(read.handle, handle, sizeof(read.handle));
	}
	workspace_free(val, len);
	return 0;
}

int
reading_has(struct session *ses, const char *id, const uint8_t handle[static 8], bool *has)
{
	const struct trust *view;
	struct workspace_case c;
	bool offline;
	int err = trust_get(ses, false, &view);

	*has = false;
	if (!err)
		err = submit_find(ses, FRAME_CASE, id, &c);
	if (!err)
		err = submit_update(ses, &c, SYNC_READS, &offline);
	if (!err && view->me && !memcmp(view->me->handle, handle, sizeof(view->me->handle)))
		*has = c.have_source > 0;
	return err ? err : recorded(ses, &c, handle, has);
}
