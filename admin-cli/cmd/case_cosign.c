/* davy case cosign: gives the second signature to what another member proposed. */
#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/view/show.h"
#include "admin-cli/cmd/case_split.h"
#include "admin-cli/cmd/case_verify.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/desk/duty.h"
#include "crypto/frame.h"
#include "crypto/text.h"

/* The proposal meant: by a prefix of its hash, else the only open one that is not ours and can
 * still happen. Where several can, the last of them is in *out and all are shown. */
static int
find_proposal(struct cli *cli, const struct opened *d, size_t *out)
{
	const char *prefix = cli->argc > 1 ? cli->argv[1] : "";
	char hash[65];
	size_t i, n = 0, dead = 0;

	for (i = 0; i < d->cnt; i++) {
		const struct fold_entry *f = &d->entry[i];

		if (!f->open || strncmp(term_hex(hash, f->hash, 32), prefix, strlen(prefix)))
			continue;
		if (!*prefix && d->x[i].author == d->view->me)
			continue;
		if (!*prefix && !submit_signs(d, i)) {
			dead = i + 1;
			continue;
		}
		if (n++ == 1)
			show_entry(cli, d, *out);
		if (n > 1)
			show_entry(cli, d, i);
		*out = i;
	}
	if (!n && dead) { /* one that cannot happen is told why, by the check of the caller */
		*out = dead - 1;
		return 0;
	}
	if (n == 1)
		return 0;
	if (n)
		return cli_fail(
			cli, DAVY_REFUSED, "ambiguous",
			_("Several proposals are open; name one by its number in brackets: davy case "
			  "cosign ID PROPOSAL."));
	return cli_fail(cli, DAVY_REFUSED, "proposal",
			_("There is no open proposal by another member."));
}

/* The rules look at no other case: who signs states how the one stands that this was merged into.
 * Where that case is in the workspace, the two are compared for the person who signs. */
static void
compare_stated(struct cli *cli, const struct opened *d, size_t i)
{
	const json_t *inner = json_object_get(d->x[i].body, "body");
	const char *stated = schema_text(inner, "target_state"), *into = d->fold.into;
	struct workspace_case c;
	uint8_t id[16];

	if (!*stated || text_unhex(id, sizeof(id), into, strlen(into)))
		return;
	if (workspace_case_get(cli->ses->workspace, id, &c)) {
		cli_warn(cli,
			 _("Case %.8s is not here: what is stated about it cannot be compared."),
			 into);
		return;
	}
	if (strcmp(c.line.state, stated))
		cli_warn(cli, _("It states that case %.8s is \"%s\"; here that case is \"%s\"."),
			 into, fold_state_text(MACHINE_TIP, stated),
			 *c.line.state ? fold_state_text(MACHINE_TIP, cli_s(cli, c.line.state))
				       : "?");
}

static int
case_cosign(struct cli *cli)
{
	struct submit p = { .type = ENTRY_COSIGN };
	const struct opened *d = cli->opened;
	enum fold_reason reason;
	char hash[65];
	size_t i = 0;
	int err = find_proposal(cli, d, &i);

	if (!err) {
		if (opened_first(d) != FOLD_NONE)
			show_entry(cli, d, opened_first(d));
		show_entry(cli, d, i);
		compare_stated(cli, d, i);
		if (schema_proposed(d->x[i].body) == ENTRY_TRIAGE)
			err = case_verify(cli, d, json_object_get(d->x[i].body, "body"), false);
		if (err)
			return err;
		if (schema_proposed(d->x[i].body) == ENTRY_TRIAGE)
			triage_draft_warn(cli, json_object_get(d->x[i].body, "body"));
		p.body = json_pack("{s:i,s:s}", "v", 1, "proposal",
				   term_hex(hash, d->entry[i].hash, 32));
		reason = submit_check(d, &p);
		if (reason != FOLD_FINE)
			err = submit_rejected(cli->ses, d, reason);
	}
	if (!err && cli->tty_in)
		err = cli_confirm(cli, _("Sign this?"));
	/* A forward by two opens its need only now, so that no planner reads an abstract on the
	 * word of one person. */
	if (!err && schema_proposed(d->x[i].body) == ENTRY_FORWARD)
		err = submit_named(cli->ses, d, json_object_get(d->x[i].body, "body"));
	if (!err && schema_proposed(d->x[i].body) == ENTRY_SPLIT)
		err = case_split_order(cli, json_object_get(d->x[i].body, "body"));
	if (err) {
		json_decref(p.body);
		return err;
	}
	json_t *said = json_deep_copy(json_object_get(d->x[i].body, "body"));
	err = case_write(cli, &p);
	if (!err)
		reply_tell(cli, said);
	if (!err && !strcmp(schema_text(said, "outcome"), "URGENT"))
		err = duty_call(cli->ses);
	json_decref(said);
	return err;
}

const struct command cmd_case_cosign = {
	.noun = "case",
	.verb = "cosign",
	.args = "ID [PROPOSAL]",
	.help = N_("sign another member's proposal"),
	.more = N_("PROPOSAL is the beginning of its hash; without it the only open one is meant."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 2,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.exec = case_cosign,
};
