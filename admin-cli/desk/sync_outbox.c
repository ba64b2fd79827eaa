/* The outbox in a sync: tries to send each entry that was written without a network. davy
 * outbox drop discards one (cmd/outbox_drop.c). */
#include "admin-cli/desk/sync_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/fold.h"
#include "crypto/err.h"

int
sync_outbox(struct session *ses, struct sync_result *count)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	char id[33];
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));
	for (size_t i = 0; !err && i < cnt; i++) {
		struct workspace_out *o = &list[i];
		if (o->leaves > (uint64_t)time(NULL) || tray_beat(o)) { /* it lies in a tray */
			count->waiting++;
			continue;
		}
		int sent = sync_hooks.send ? sync_hooks.send(ses, o) : DAVY_REFUSED;
		if (sent == DAVY_OK) {
			err = sync_workspace_failed(ses, workspace_out_del(ses->workspace, o->seq));
			count->sent++;
			continue;
		}
		count->waiting++;
		free(o->error);
		o->leaves = 0;
		o->error = session_failure(ses) ? strdup(session_failure(ses)) : NULL;
		session_warn(
			ses,
			_("An entry that was written offline still waits: %s (number %llu, %s in %.8s; davy "
			  "outbox drop %llu discards it)"),
			o->error ? o->error : "?", (unsigned long long)o->seq,
			fold_type_text(o->type), term_hex(id, o->id, KEY_ID_LEN),
			(unsigned long long)o->seq);
		session_forgive(ses);
		err = sync_workspace_failed(ses, workspace_out_update(ses->workspace, o));
	}
	workspace_out_free(list, cnt);
	return err;
}
