/* davy handover: the open work of the desk on paper, for who comes next. Without a word of any tip:
 * the note may lie on a table. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/claim.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/waiting.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

/* What is to be known of a case, in a few words. */
static const char *
open_text(const struct workspace_case *c, enum waiting_place place)
{
	if (waiting_unread(c))
		return _("unread");
	if (waiting_sign(c))
		return _("to sign");
	if (waiting_said(c))
		return _("said more");
	return place == WAITING_HER       ? _("waits for her")
	       : place == WAITING_SETTLED ? _("to close")
					  : "";
}

static json_t *
add(struct cli *cli, struct cli_table *t, const struct workspace_case *c, enum waiting_place place)
{
	char id[33], severity[4] = "", due[TERM_DATE_CAP] = "", claim[96], held[16] = "";
	const char *state = *c->line.state ? fold_state_text(MACHINE_TIP, c->line.state)
					   : show_record_state(&c->rec);
	uint32_t at = waiting_due(c);

	term_hex(id, c->rec.id, sizeof(c->rec.id));
	if (c->line.severity)
		snprintf(severity, sizeof(severity), "S%u", c->line.severity % 10u);
	if (at != UINT32_MAX)
		term_hour(due, at);
	if (c->rec.held)
		snprintf(held, sizeof(held), "%u", c->rec.held);
	claim_text(cli->ses, &c->line, claim, sizeof(claim));
	json_t *one = json_pack("{s:s,s:s,s:I,s:i,s:s,s:s}", "id", id, "state", c->line.state,
				"due", (json_int_t)(at == UINT32_MAX ? 0 : at), "held",
				(int)c->rec.held, "open", open_text(c, place), "claim", claim);
	id[8] = '\0';
	cli_table_row(t, id, state, severity, due, open_text(c, place), held, claim);
	return one;
}

static int
handover(struct cli *cli)
{
	struct workspace_case *list;
	const struct trust *view;
	struct cli_table *t;
	struct waiting w;
	json_t *all = json_array();
	char now[TERM_DATE_CAP];
	size_t cnt = 0, i;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = waiting_count(cli->ses, sync_hour(cli->ses), &w);
	if (!err)
		err = case_list_load(cli, FRAME_CASE, &list, &cnt);
	if (err) {
		json_decref(all);
		return err;
	}
	cli_printf(cli, _("%s, %s: %zu open, %zu late, %zu held replies, %zu not sent\n"),
		   view->desk ? show_desk(cli, view, view->desk->number) : "",
		   term_hour(now, term_now_hour()), w.open, w.late, w.held, w.tray + w.offline);
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"), _("SEVERITY"), _("DUE"),
						      _("OPEN"), _("HELD"), _("BY"), NULL });
	for (i = 0; i < cnt; i++) {
		enum waiting_place place = waiting_place(&list[i], sync_hour(cli->ses));

		if (place != WAITING_CLOSED && place != WAITING_BELOW)
			json_array_append_new(all, add(cli, t, &list[i], place));
	}
	cli_table_end(t, _("Nothing is open."));
	cli_data(cli, all);
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

const struct command cmd_handover = {
	.noun = "handover",
	.help = N_("print the open work for who comes next, without a word of a tip"),
	.group = CLI_REVIEW,
	.exec = handover,
};
