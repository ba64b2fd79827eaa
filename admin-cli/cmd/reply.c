/* Replies to a source: their hour, and the one that tells her where a matter went (see reply.h). */
#include "admin-cli/cmd/reply.h"

#include <sodium.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/hold.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

uint32_t
reply_draw(struct session *ses, const struct frame_record *rec)
{
	struct hold_hours h;

	hold_range(&h, sync_hour(ses), rec->ladder == FRAME_URGENT, rec->answer_due);
	return hold_hour(&h, randombytes_uniform(hold_cnt(&h)));
}

void
reply_tell(struct cli *cli, const json_t *triage)
{
	const char *move = schema_text(triage, "move"), *target = schema_text(triage, "target");
	struct submit p = { .type = ENTRY_REPLY, .draw = reply_draw };
	char shown[TERM_DATE_CAP];

	if (strcmp(move, "referred") && strcmp(move, "closed_out"))
		return;
	p.body = json_pack("{s:i,s:s,s:s}", "v", 1, "status", "6", "text", target);
	if (!p.body || submit_send(cli->ses, cli->target, &p)) {
		cli_warn(
			cli,
			_("The source has not been told: %s Tell her with davy case reply --status 6."),
			cli_failure(cli));
		cli_forgive(cli);
	} else if (!p.queued) {
		cli_printf(cli, _("The source is told (status 6); she can see it from %s on.\n"),
			   term_hour(shown, p.hour ? p.hour : sync_hour(cli->ses)));
	}
	json_decref(p.body);
}
