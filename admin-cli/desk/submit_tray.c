/* Puts an entry into the tray in place of sending it (see tray.h): what the fold would reject is
 * refused now, as if it were sent. */
#include "admin-cli/desk/submit_inner.h"

#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/tray.h"
#include "crypto/entry.h"

bool
submit_waits(const struct session *ses, const struct submit *p)
{
	if (p->wait || p->beat)
		return true;
	return ses->tray && !p->now && p->type != ENTRY_FORWARD && p->type != ENTRY_COSIGN;
}

/* Whether an item for this case waits already: it may change what the fold allows, so the next one
 * is only judged when it leaves. */
static int
has_item(struct session *ses, const uint8_t id[static 16], bool *has)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	*has = false;
	for (size_t i = 0; i < cnt; i++)
		*has |= !memcmp(list[i].id, id, sizeof(list[i].id));
	workspace_out_free(list, cnt);
	return err;
}

int
submit_tray(struct session *ses, struct workspace_case *c, struct submit *p)
{
	enum fold_reason reason = FOLD_FINE;
	struct opened *d;
	bool has;
	int err = has_item(ses, c->rec.id, &has);

	if (!err)
		err = opened_load(ses, c, &d);
	if (err)
		return err;
	err = p->may ? p->may(ses, d, p) : 0;
	if (!err && !has)
		reason = submit_check(d, p);
	if (reason != FOLD_FINE)
		err = submit_refuse(ses, d, p->body, reason);
	opened_free(d);
	if (!err)
		err = submit_queue(ses, c, p,
				   p->beat ? (uint64_t)p->beat * 3600
					   : (uint64_t)time(NULL) +
						     (p->wait ? p->wait : ses->tray));
	return err;
}
