/* davy finding add, list, show: what a visit has found, one by one. Each takes two who were there.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/finding_arg.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show_finding.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

int
finding_arg(struct cli *cli, unsigned least, unsigned *k)
{
	uint64_t number;
	int err = cli_number(cli, "K", cli->argv[1], least, FOLD_FINDINGS, &number);

	*k = err ? 0 : (unsigned)number;
	return err;
}

int
finding_there(struct cli *cli, unsigned k)
{
	unsigned cnt = cli->opened->fold.visit.finding_cnt;
	int err = order_sealed(cli);

	if (err || (k && k <= cnt))
		return err;
	return cli_fail(cli, DAVY_REFUSED, "number",
			ngettext("There is no finding %u in this order: %u is written down.",
				 "There is no finding %u in this order: %u are written down.", cnt),
			k, cnt);
}

static const struct visit_field add_fields[] = {
	{ "hazard", "hazard", VISIT_CODE, true, TAXONOMY_HAZARD },
	{ "grade", "grade", VISIT_CODE, true, TAXONOMY_FINDING_GRADE },
	{ "text", "text", VISIT_TEXT, true, TAXONOMY__MAX },
	{ "place", "place", VISIT_TEXT, false, TAXONOMY__MAX },
	{ "article", "article", VISIT_TEXT, false, TAXONOMY__MAX },
	{ "tier", "tier", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "post", "post", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "exposed", "exposed", VISIT_CODE, false, TAXONOMY_PEOPLE_BAND },
	{ "measured", "measured", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "evidence", "evidence", VISIT_FILES, false, TAXONOMY__MAX },
	{ "plain", "plain", VISIT_SWITCH, false, TAXONOMY__MAX },
	{ 0 },
};

static int
check_add(struct cli *cli)
{
	return visit_form_check(cli, add_fields);
}

/* Those that this member has proposed take numbers, too: several can wait for one signature each.
 */
static unsigned
next_number(const struct opened *d)
{
	unsigned k = d->fold.visit.finding_cnt + 1;

	for (size_t i = 0; i < d->cnt; i++)
		if (d->entry[i].open && schema_proposed(d->x[i].body) == ENTRY_FINDING &&
		    schema_number(json_object_get(d->x[i].body, "body"), "k") >= k)
			k = schema_number(json_object_get(d->x[i].body, "body"), "k") + 1;
	return k;
}

static int
finding_add(struct cli *cli)
{
	return order_two(cli, &(struct order_two){ ENTRY_FINDING, add_fields, VISITS_ANY,
						   next_number(cli->opened) });
}

struct listing {
	struct cli *cli;
	struct cli_table *table;
	json_t *all;
	bool overdue;
};

static int
rows(void *arg, const struct opened *d)
{
	struct listing *l = arg;
	const struct fold_visit *v = &d->fold.visit;

	for (unsigned k = 1; k <= v->finding_cnt; k++) {
		if (l->overdue && v->finding[k - 1].state != FINDING_OVERDUE &&
		    !v->finding[k - 1].found_again)
			continue;
		show_finding_row(l->cli, l->table, d, k, true);
		json_array_append_new(l->all, show_finding_json(d, k));
	}
	return 0;
}

static int
finding_list(struct cli *cli)
{
	struct listing l = { .cli = cli,
			     .all = json_array(),
			     .overdue = cli_flag(cli, "overdue"),
			     .table = show_finding_table(cli, true) };
	struct opened *d = NULL;
	int err = cli->argc ? submit_open(cli->ses, FRAME_ORDER, cli->argv[0], &d)
			    : visits_each(cli->ses, rows, &l);

	if (d) {
		(void)rows(&l, d);
		opened_free(d);
	}
	cli_table_end(l.table, err ? NULL : _("No findings."));
	cli_data(cli, l.all);
	return err;
}

static int
check_show(struct cli *cli)
{
	unsigned k;

	return finding_arg(cli, 1, &k);
}

static int
finding_show(struct cli *cli)
{
	json_t *data, *acts = json_array();
	unsigned k;
	int err = finding_arg(cli, 1, &k);

	if (!err)
		err = finding_there(cli, k);
	if (err) {
		json_decref(acts);
		return err;
	}
	data = show_finding_json(cli->opened, k);
	show_finding(cli, cli->opened, k, acts);
	json_object_set_new(data, "acts", acts);
	cli_data(cli, data);
	return 0;
}

static const struct cli_option add_options[] = {
	{ .name = "hazard", .arg = N_("CODE"), .axis = "hazard", .help = N_("which hazard it is") },
	{ .name = "grade",
	  .arg = "general|major",
	  .words = "general major",
	  .axis = "finding_grade",
	  .help = N_("how grave it is") },
	{ .name = "place", .arg = N_("TEXT"), .help = N_("where in the site") },
	{ .name = "article", .arg = N_("TEXT"), .help = N_("which article it breaks") },
	{ .name = "tier",
	  .arg = "ENT|REG|LEAD",
	  .words = "ENT REG LEAD",
	  .many = true,
	  .help = N_("who answers for it: enterprise, regulator, leaders of the area") },
	{ .name = "post",
	  .arg = N_("TEXT"),
	  .many = true,
	  .help = N_("unit and post of each, in the same order") },
	{ .name = "exposed",
	  .arg = N_("BAND"),
	  .axis = "people_band",
	  .help = N_("how many people it endangers") },
	{ .name = "measured",
	  .arg = N_("TEXT"),
	  .many = true,
	  .help = N_("what was measured: what, value, unit, device, time") },
	{ .name = "evidence",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .many = true,
	  .help = N_("a photo or paper; its SHA-256 is written down, the file stays here") },
	{ .name = "plain", .help = N_("it was plainly there for whoever looked") },
	CLI_TEXT_OPTIONS(N_("what was found")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_finding_add = {
	.noun = "finding",
	.verb = "add",
	.args = "ORDER",
	.help = N_("write down one thing that was found; two who were there give this command"),
	.more = N_(
		"Without options it asks step by step; the second member, who gives no options either, is "
		"shown what the first has written, and signs it."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = add_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_add,
	.exec = finding_add,
};

static const struct cli_option list_options[] = {
	{ .name = "overdue",
	  .help = N_("only those whose deadline has passed, or that a look-back found again") },
	{ 0 },
};

const struct command cmd_finding_list = {
	.noun = "finding",
	.verb = "list",
	.args = "[ORDER]",
	.help = N_("list the findings of an order, or of all that you may see"),
	.group = CLI_INSPECT,
	.arg_max = 1,
	.options = list_options,
	.exec = finding_list,
};

const struct command cmd_finding_show = {
	.noun = "finding",
	.verb = "show",
	.args = "ORDER K",
	.help = N_("show a finding and all that became of it"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_show,
	.exec = finding_show,
};
