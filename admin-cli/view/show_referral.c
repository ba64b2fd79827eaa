/* The referrals and needs that a case names (see show_referral.h). The rules of the case do not
 * look at them: this is for people. */
#include "admin-cli/view/show_referral.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/needs.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

/* The newest receipt that counts. */
static const char *
receipt_of(const struct opened *d)
{
	size_t n = d->fold.order_cnt;

	while (n-- > 0) {
		size_t i = d->fold.order[n];
		const char *text = schema_text(d->x[i].body, "receipt");

		if (d->entry[i].verdict == FOLD_ACCEPTED && *text)
			return text;
	}
	return "";
}

/* Whether the case has come back to triage since entry i sent it there, and it is not over. */
static bool
is_orphan(const struct opened *of, size_t i, const struct opened *book)
{
	bool after = false;
	size_t n;

	if ((of->entry[i].type != ENTRY_TRIAGE && of->entry[i].type != ENTRY_PROPOSE) ||
	    (book->fold.state != REFERRAL_DRAFTED && book->fold.state != REFERRAL_APPROVED))
		return false;
	for (n = 0; n < of->fold.order_cnt; n++) {
		const struct fold_entry *e = &of->entry[of->fold.order[n]];

		if (after && e->verdict == FOLD_ACCEPTED && e->from == TIP_REFERRED &&
		    e->to == TIP_IN_TRIAGE)
			return true;
		after |= of->fold.order[n] == i;
	}
	return false;
}

/* `i`: the entry of the case that names it. */
static void
show_one(struct cli *cli, const struct opened *of, size_t i, const struct workspace_case *c,
	 json_t *all)
{
	struct opened *d;
	const char *state, *receipt;
	char id[33];

	if (opened_glance(cli->ses, c, &d)) {
		session_forgive(cli->ses);
		return;
	}
	if (d->fold.book && d->fold.machine == MACHINE_REFERRAL) {
		state = machine_state_name(d->fold.machine, d->fold.state);
		receipt = receipt_of(d);
		cli_printf(cli, _("\nReferral %.8s to %s: %s%s%s\n"),
			   term_hex(id, c->rec.id, sizeof(c->rec.id)),
			   cli_s(cli, schema_text(d->fold.book, "target")),
			   fold_state_text(d->fold.machine, state), *receipt ? " · " : "",
			   cli_s(cli, receipt));
		bool orphan = is_orphan(of, i, d);
		if (orphan)
			cli_printf(
				cli,
				_("The case has come back since: davy referral recall %.8s, by two\n"),
				id);
		json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:b}", "id", id, "state", state,
						     "receipt", receipt, "orphan", orphan));
	}
	if (d->fold.book && d->fold.machine == MACHINE_NEED) {
		state = machine_state_name(d->fold.machine, d->fold.state);
		cli_printf(cli, _("\nNeed %.8s at %s: %s%s%s\n"),
			   term_hex(id, c->rec.id, sizeof(c->rec.id)),
			   show_desk(cli, d->view, c->rec.desk),
			   fold_state_text(d->fold.machine, state), *d->fold.result ? " · " : "",
			   d->fold.result);
		bool same = needs_same(of, i, d->fold.book);
		if (!same)
			cli_warn(
				cli,
				_("Need %.8s does not hold the abstract that the case says was sent: who sent "
				  "it sent something else. Tell the desk above."),
				id);
		json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:b}", "id", id, "state", state,
						     "result", d->fold.result, "same", same));
	}
	opened_free(d);
}

/* Whether an entry, or what it proposes, names another log. */
static bool
names_book(const struct opened *d, size_t i, uint8_t id[static 16])
{
	const json_t *body = d->x[i].body;
	uint16_t type = d->entry[i].type;

	if (type == ENTRY_PROPOSE) {
		type = schema_proposed(body);
		body = json_object_get(body, "body");
	}
	if (type == ENTRY_FORWARD || type == ENTRY_SPLIT)
		return schema_hex(body, "order", id, 16);
	return (type == ENTRY_LINK || type == ENTRY_TRIAGE) && schema_hex(body, "into", id, 16);
}

void
show_referrals(struct cli *cli, const struct opened *d, json_t *data)
{
	json_t *all = json_array();
	struct workspace_case c;
	uint8_t id[16];
	size_t i;

	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].verdict == FOLD_ACCEPTED && names_book(d, i, id) &&
		    !workspace_case_get(cli->ses->workspace, id, &c) && c.rec.kind == FRAME_BOOK)
			show_one(cli, d, i, &c, all);
	if (json_array_size(all))
		json_object_set_new(data, "referrals", all);
	else
		json_decref(all);
}
