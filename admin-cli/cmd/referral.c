/* davy referral new, list, show, note: what this desk has handed to other offices, and how it
 * stands there. The steps are in referral_step.c. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/referral_expose.h"
#include "admin-cli/cmd/referral_packet.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/cmd/said.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

/* All values of an option that may be given several times, or nothing. */
static void
put_list(json_t *body, const struct cli *cli, const char *name)
{
	if (cli_flag(cli, name))
		json_object_set_new(body, name, cli_opt_list(cli, name));
}

/* `ids`: of the cases that it comes from. */
static json_t *
body_of(const struct cli *cli, const json_t *ids)
{
	bool many = !strcmp(cli_opt(cli, "kind"), "PACKET");
	json_t *body = json_pack("{s:i,s:s,s:s,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*}", "v",
				 1, "kind", cli_opt(cli, "kind"), "target", cli_opt(cli, "to"),
				 "text", cli->text, "case",
				 many ? NULL : json_string_value(json_array_get(ids, 0)), "tier",
				 cli_opt(cli, "tier"), "post", cli_opt(cli, "post"), "named",
				 cli_opt(cli, "named"), "evidence", cli_opt(cli, "evidence"),
				 "reported", cli_opt(cli, "reported"), "signed_off",
				 cli_opt(cli, "signed-off"), "county", cli_opt(cli, "county"));

	if (!body)
		return NULL;
	put_list(body, cli, "reason");
	put_list(body, cli, "posts");
	if (many && json_array_size(ids))
		json_object_set(body, "cases", (json_t *)ids);
	if (many && cli_flag(cli, "finding"))
		json_object_set_new(body, "findings", cli_opt_list(cli, "finding"));
	return body;
}

static int
check_whole(struct cli *cli)
{
	json_t *ids = cli_opt_list(cli, "case"), *body = body_of(cli, ids);
	bool many = json_array_size(ids) > 1, whole;

	whole = body && book_complete(body);
	json_decref(body);
	json_decref(ids);
	if (many && strcmp(cli_opt(cli, "kind"), "PACKET") != 0)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Only a packet comes from several cases."));
	if (whole)
		return 0;
	if (!strcmp(cli_opt(cli, "kind"), "PACKET"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Not complete. A packet needs --county, --case for each of two cases at least or "
			  "--finding for each of two visits, --evidence, and --posts three times at least: "
			  "\"L0 POST\" at the township, \"L1 POST\" at the county, \"REG POST\" at the regulator."));
	return cli_fail(
		cli, DAVY_USAGE, "usage",
		_("Not complete. Every kind but REFER needs --tier, --post and --evidence, and "
		  "--reason where the tier is REG or LEAD; XFER_PS needs --reported. EXPOSE needs --signed-off, "
		  "--case, and as --evidence the hash of a finding for each sentence. davy help referral new "
		  "lists the codes."));
}

static bool
is_expose(const struct cli *cli)
{
	return !strcmp(cli_opt(cli, "kind"), "EXPOSE");
}

static int
check_new(struct cli *cli)
{
	if (!cli_opt(cli, "kind") || !cli_opt(cli, "to"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say what kind of referral, and to whom: --kind KIND --to OFFICE."));
	return is_expose(cli) ? 0 : check_whole(cli); /* that one depends on the text */
}

/* The cases from which a referral comes. */
struct origin {
	struct workspace_case *list;
	size_t cnt;
	json_t *ids;
};

/* Opens each case that is named, and makes sure that the link will be accepted there. */
static int
find_origin(struct cli *cli, struct origin *from)
{
	size_t i, cnt = 0;
	int err = 0;

	while (cli_opt_at(cli, "case", cnt))
		cnt++;
	*from = (struct origin){ .list = calloc(cnt + 1, sizeof(*from->list)),
				 .ids = json_array() };
	if (!from->list || !from->ids)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	for (i = 0; !err && i < cnt; i++) {
		struct submit link = { .type = ENTRY_LINK };
		struct opened *d;
		char hex[33];

		err = submit_open(cli->ses, FRAME_CASE, cli_opt_at(cli, "case", i), &d);
		if (err)
			break;
		term_hex(hex, d->c.rec.id, sizeof(d->c.rec.id));
		link.body = json_pack("{s:i,s:s}", "v", 1, "into", hex);
		enum fold_reason reason = submit_check(d, &link);
		json_decref(link.body);
		if (reason != FOLD_FINE)
			err = submit_rejected(cli->ses, d, reason);
		else if (is_expose(cli))
			err = said_check(cli, d);
		from->list[from->cnt++] = d->c;
		json_array_append_new(from->ids, json_string(hex));
		opened_free(d);
	}
	return err;
}

/* Names the referral in the case, so that whoever reads the case finds what became of it. */
static int
link_case(struct cli *cli, struct workspace_case *c, const char *referral)
{
	struct submit p = { .type = ENTRY_LINK };
	int err;

	p.body = json_pack("{s:i,s:s}", "v", 1, "into", referral);
	err = submit_send(cli->ses, c, &p);
	json_decref(p.body);
	return err;
}

static int
referral_new(struct cli *cli)
{
	struct origin from;
	uint8_t id[16];
	char hex[33];
	size_t i;
	int err = is_expose(cli) ? check_whole(cli) : 0;

	if (!err && is_expose(cli)) {
		json_t *body = body_of(cli, NULL);

		err = referral_expose_findings(cli, body);
		json_decref(body);
	}
	if (!err && cli_flag(cli, "finding"))
		err = referral_packet_findings(cli);
	if (err)
		return err;
	err = find_origin(cli, &from);
	if (!err)
		err = book_new(cli, ENTRY_REFERRAL, body_of(cli, from.ids), id);
	for (i = 0; !err && i < from.cnt; i++)
		err = link_case(cli, &from.list[i], term_hex(hex, id, sizeof(id)));
	json_decref(from.ids);
	free(from.list);
	return err;
}

static const char *
late_word(enum book_late late)
{
	return late == BOOK_LATE ? _("overdue") : late == BOOK_SOON ? _("due soon") : "";
}

/* Adds the books of one kind: the referrals, or the accidents that this desk was told of. */
static int
list_books(struct cli *cli, const struct trust *view, enum machine_id machine, struct cli_table *t,
	   json_t *all)
{
	struct workspace_case *list;
	size_t cnt = 0, i;
	char id[33], due[TERM_DATE_CAP];
	json_t *one;
	int err = book_load(cli, machine, &list, &cnt);

	if (err)
		return err;
	for (i = 0; i < cnt; i++) {
		const struct workspace_line *line = &list[i].line;
		int state = machine_state(machine, line->state);
		enum book_late late = book_late(machine, state, line->date, view->today);

		if (cli_flag(cli, "overdue") && late != BOOK_LATE)
			continue;
		cli_table_row(t, term_hex(id, list[i].rec.id, 4),
			      *line->state ? fold_state_text(machine, line->state)
					   : _("(not opened)"),
			      line->date ? term_date(due, line->date) : "", late_word(late),
			      show_desk(cli, view, list[i].rec.desk), line->title);
		if (late == BOOK_LATE)
			cli_table_style(t, "red");
		one = case_list_json(&list[i]);
		json_object_set_new(one, "late", json_integer(late));
		json_array_append_new(all, one);
	}
	workspace_free(list, cnt * sizeof(*list));
	return 0;
}

static int
referral_list(struct cli *cli)
{
	const struct trust *view;
	struct cli_table *t;
	json_t *all = json_array();
	int err = trust_get(cli->ses, false, &view);

	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"), _("DUE"), "", _("DESK"),
						      _("TO"), NULL });
	if (!err)
		err = list_books(cli, view, MACHINE_ALERT, t, all);
	if (!err)
		err = list_books(cli, view, MACHINE_REFERRAL, t, all);
	cli_table_end(t, err ? NULL : _("No referrals. davy sync fetches what is new."));
	if (err)
		json_decref(all);
	else
		cli_data(cli, all);
	return err;
}

/* A referral, or the book with which this desk was told of an accident. */
static int
check_book(struct cli *cli)
{
	return cli->opened->in.machine == MACHINE_ALERT ? 0 : book_is(cli, MACHINE_REFERRAL);
}

static int
referral_show(struct cli *cli)
{
	int err = check_book(cli);

	return err ? err : book_show(cli);
}

static int
referral_note(struct cli *cli)
{
	int err = check_book(cli);

	return err ? err : book_note(cli);
}

static const struct cli_option new_options[] = {
	{ .name = "kind",
	  .arg = N_("KIND"),
	  .words = "REFER TALK NOTICE EXPOSE LIST PACKET XFER_DISC XFER_ORG XFER_PS XFER_JUD",
	  .help = N_("REFER to the competent office; TALK NOTICE EXPOSE LIST; PACKET (davy "
		     "referral packet); XFER_DISC XFER_ORG XFER_PS XFER_JUD") },
	{ .name = "to", .arg = N_("OFFICE"), .help = N_("which office gets it") },
	{ .name = "case",
	  .arg = "ID",
	  .many = true,
	  .help = N_("the case that it comes from; of a packet several") },
	{ .name = "finding",
	  .arg = N_("HASH"),
	  .many = true,
	  .help = N_("of a packet: a finding of illegal mining, by its hash; one for each visit") },
	{ .name = "county", .arg = N_("CODE"), .help = N_("of a packet: the county") },
	{ .name = "posts",
	  .arg = N_("PLACE POST"),
	  .many = true,
	  .help = N_("of a packet: a post that answers; PLACE is L0, L1 or REG") },
	{ .name = "tier",
	  .arg = "ENT|REG|LEAD",
	  .words = "ENT REG LEAD",
	  .help = N_("who answers for it: enterprise, regulator, leaders of the area") },
	{ .name = "post", .arg = N_("POST"), .help = N_("the post that answers for it") },
	{ .name = "named",
	  .arg = "L0…L3",
	  .words = "L0 L1 L2 L3",
	  .help = N_("the level of that post") },
	{ .name = "reason",
	  .arg = N_("CODE"),
	  .words = "NO_DUTY FORMALISM SOFT_ENF POOR_RECT LATE BUCK PERFUNCTORY",
	  .many = true,
	  .help = N_("NO_DUTY FORMALISM SOFT_ENF POOR_RECT LATE BUCK PERFUNCTORY") },
	{ .name = "evidence",
	  .arg = N_("PAPERS"),
	  .help = N_(
		  "what an inspection found, of EXPOSE the hash of a finding for each sentence; never "
		  "the tip") },
	{ .name = "reported", .arg = N_("DATE"), .help = N_("the day of the report (XFER_PS)") },
	{ .name = "signed-off",
	  .arg = N_("DATE"),
	  .help = N_("the day on which the inspection was signed off (EXPOSE)") },
	CLI_TEXT_OPTIONS(N_("what it is about, in your own words")),
	{ 0 },
};

const struct command cmd_referral_new = {
	.noun = "referral",
	.verb = "new",
	.help = N_("open a referral: hand a matter to another office and follow it"),
	.more = N_(
		"All but REFER take a desk of level 3, and one two levels above the post that is named. The "
		"desk above and the backstop read it from the beginning."),
	.group = CLI_REVIEW,
	.options = new_options,
	.text = CLI_TEXT_NEEDED,
	.check = check_new,
	.exec = referral_new,
};

static const struct cli_option list_options[] = {
	{ .name = "overdue", .help = N_("only those whose next step is late") },
	{ 0 },
};

const struct command cmd_referral_list = {
	.noun = "referral",
	.verb = "list",
	.help = N_(
		"list the referrals of your desk and of the desks below, and accidents to look into"),
	.group = CLI_REVIEW,
	.options = list_options,
	.exec = referral_list,
};

const struct command cmd_referral_show = {
	.noun = "referral",
	.verb = "show",
	.args = "ID",
	.help = N_("show a referral and every step of it"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = referral_show,
};

static const struct cli_option note_options[] = {
	CLI_TEXT_OPTIONS(N_("the note")),
	{ 0 },
};

const struct command cmd_referral_note = {
	.noun = "referral",
	.verb = "note",
	.args = "ID",
	.help = N_("write a note into a referral"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = note_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = referral_note,
};
