/* The engine as a whole: it gives sync the functions that open and send entries, and closes a
 * session. */
#include "admin-cli/desk/desk.h"

#include "admin-cli/base/session.h"
#include "admin-cli/desk/beat.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/forget.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/searched.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/workdays.h"

static int
listed(struct session *ses, const struct trust *view)
{
	int err = forget_hidden(ses, view);

	if (!err && forget_tell(ses)) { /* the next sync tries again */
		session_warn(ses, _("A member from whom a case is hidden was not told: %s"),
			     session_failure(ses));
		session_forgive(ses);
	}
	if (!err)
		err = beat_run(ses, view);
	return err ? err : searched_purge(ses, view->today);
}

const struct sync_hooks sync_hooks = { .send = submit_outbox,
				       .came = opened_came,
				       .awaited = opened_awaited,
				       .arrived = opened_arrived,
				       .rest = opened_rest,
				       .changed = opened_changed,
				       .listed = listed };

void
desk_close(struct session *ses)
{
	opened_close(ses);
	county_close(ses);
	workdays_close(ses);
	trust_close(ses);
	net_close(ses);
	workspace_close(ses);
	home_close(ses);
	session_end(ses);
}
