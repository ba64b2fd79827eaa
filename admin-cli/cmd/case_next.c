/* davy case next: the case whose clock runs out first. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/waiting.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show_clock.h"
#include "crypto/frame.h"

static int
case_next(struct cli *cli)
{
	struct workspace_case *list;
	size_t cnt;
	char id[33], due[TERM_DATE_CAP], next[SHOW_CLOCK_CAP];
	int err = case_list_load(cli, FRAME_CASE, &list, &cnt);

	if (err)
		return err;
	/* What the desk below has is its own until its clock runs out. */
	size_t i = 0;
	while (i < cnt && !sync_may_fetch(&list[i]))
		i++;
	if (i == cnt || waiting_due(&list[i]) == UINT32_MAX) {
		cli_printf(cli, _("Nothing waits.\n"));
		cli_data(cli, json_null());
	} else {
		/* an answered case without a clock has its term left */
		if (show_clock_next(next, &list[i], term_now_hour()) == CLOCK_IDLE)
			snprintf(next, sizeof(next), "%s %s", _("end of the term"),
				 term_due(due, waiting_due(&list[i]), term_now_hour()));
		cli_printf(cli, "%s  %s\n", term_hex(id, list[i].rec.id, sizeof(list[i].rec.id)),
			   next);
		cli_data(cli, case_list_json(&list[i]));
	}
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

const struct command cmd_case_next = {
	.noun = "case",
	.verb = "next",
	.help = N_("say which case is the most urgent"),
	.group = CLI_REVIEW,
	.exec = case_next,
};
