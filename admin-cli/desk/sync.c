/* The steps of a sync in their order: roster, keys, outbox, then the lists and the threads of cases
 * that changed (see sync.h). */
#include "admin-cli/desk/sync.h"

#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "admin-cli/desk/ready.h"
#include "admin-cli/desk/sync_state.h"

int
sync_all(struct session *ses, struct sync_result *out)
{
	const struct trust *v;

	*out = (struct sync_result){ 0 };
	int err = trust_get(ses, true, &v);
	if (err)
		return err;
	out->trust = v;
	char text[READY_TEXT_CAP];
	if (trust_may_seal(ses, v) != DAVY_OK) {
		session_warn(ses, "%s", session_failure(ses));
		session_forgive(ses);
	} else if (ready_look(text, &v->bundle, v->today) != READY_WELL) {
		session_warn(ses, "%s", text);
	}
	if (home_has_keys(ses) && !v->me) {
		session_warn(ses, "%s",
			     _("You are not in this gateway's members note; hand your card to the "
			       "registrar."));
		return DAVY_OK;
	}
	if (!v->desk)
		return DAVY_OK;
	err = sync_keys(ses, v, out);
	if (!err)
		err = sync_outbox(ses, out);
	if (!err)
		err = sync_lists(ses, v, out);
	if (!err)
		err = account_sync(ses, v, &out->log);
	if (!err && sync_hooks.listed)
		err = sync_hooks.listed(ses, v);
	return err;
}
