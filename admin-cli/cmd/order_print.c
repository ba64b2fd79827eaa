/*
 * davy order print: the papers of a visit. davy order checklist: what to bring and whom to take,
 * on the screen.
 *
 * Both say what the layers that are open here say, and the entries of the log; what is closed
 * leaves lines to fill by hand.
 */
#include <sodium.h>
#include <string.h>

#include "admin-cli/cmd/print.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* Names in the place of handles; who is no member is named as he stands there. */
static json_t *
names(struct cli *cli, const json_t *list)
{
	json_t *out = json_array();
	const json_t *x;
	uint8_t handle[8];
	size_t i;

	json_array_foreach(list, i, x)
	{
		const char *text = json_string_value(x);

		if (text && !text_unhex(handle, sizeof(handle), text, strlen(text)))
			text = show_member(cli, cli->opened->view, handle);
		json_array_append_new(out, json_string(text ? text : ""));
	}
	return out;
}

/* Everybody is asked the same questions, and nobody can tell from their order which one matters. */
static void
shuffle(json_t *list)
{
	size_t left = json_array_size(list);

	for (; left > 1; left--) {
		size_t k = randombytes_uniform((uint32_t)left);
		json_t *x = json_incref(json_array_get(list, k));

		json_array_remove(list, k);
		json_array_append_new(list, x);
	}
}

static json_t *
team(struct cli *cli)
{
	const struct fold_visit *v = &cli->opened->fold.visit;
	json_t *out = json_array();
	unsigned i;

	for (i = 0; i < v->team_cnt; i++)
		json_array_append_new(out,
				      json_string(show_member(cli, cli->opened->view, v->team[i])));
	return out;
}

/* What the layers say that were opened here; NULL where one was not. */
static int
layers(struct cli *cli, json_t *layer[static FOLD_LAYERS])
{
	struct order o;
	int err = order_load(cli->ses, cli->opened, &o);

	for (unsigned i = 0; !err && i < FOLD_LAYERS; i++)
		err = order_layer_get(cli->ses, &o, i, &layer[i]);
	return err;
}

/* The caller drops *out. */
static int
facts_of(struct cli *cli, json_t **out)
{
	json_t *layer[FOLD_LAYERS] = { 0 }, *facts = NULL;
	int err = layers(cli, layer);

	if (!err)
		facts = printed_order(&cli->opened->in, &cli->opened->fold,
				      (const json_t *const *)layer);
	for (unsigned i = 0; i < FOLD_LAYERS; i++)
		json_decref(layer[i]);
	*out = facts;
	if (err || !facts)
		return err ? err : cli_fail_err(cli, ERR_MEM, "%s", _("The paper was not made"));
	json_object_set_new(facts, "drawn", names(cli, json_object_get(facts, "drawn")));
	json_object_set_new(facts, "people", team(cli));
	shuffle(json_object_get(facts, "questions"));
	return 0;
}

static int
narrow(struct cli *cli, const struct printed *p, json_t *facts)
{
	const char *agency = cli_opt(cli, "agency");
	uint64_t k = 0;
	int err = cli_opt_number(cli, "finding", 1, FOLD_FINDINGS, &k);

	if (!err && k && !printed_only(facts, (unsigned)k))
		err = cli_fail(cli, DAVY_REFUSED, "not-found", _("The visit has no finding %llu."),
			       (unsigned long long)k);
	if (!err && p->agency && !printed_agency(facts, agency))
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("The order has no part for %s, or it is not open yet."),
			       cli_s(cli, agency));
	return err;
}

/* Takes over `facts`. */
static int
trace_and_print(struct cli *cli, const struct printed *p, json_t *facts)
{
	int err = print_trace(cli, _("printed"), p->name);

	if (!err)
		return print_paper(cli, p, facts);
	json_decref(facts);
	return err;
}

static int
order_print(struct cli *cli)
{
	const struct printed *p = printed_find(cli->argv[1]);
	json_t *facts;
	int err = facts_of(cli, &facts);

	if (!err)
		err = narrow(cli, p, facts);
	if (!err)
		return trace_and_print(cli, p, facts);
	json_decref(facts);
	return err;
}

static int
check(struct cli *cli)
{
	const struct printed *p = print_find(cli, cli->argv[1], "order");
	uint64_t k;
	int err = p ? cli_opt_number(cli, "finding", 1, FOLD_FINDINGS, &k) : DAVY_USAGE;

	if (!err && cli_opt(cli, "finding") && !p->finding)
		err = cli_fail(cli, DAVY_USAGE, "usage", _("This paper is not of one finding."));
	if (!err && !cli_opt(cli, "agency") != !p->agency)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       p->agency ? _("Say for whom: --agency NAME.")
					 : _("This paper is not of one agency."));
	return err;
}

/* ---- on the screen ---- */

static void
show_list(struct cli *cli, const char *label, const json_t *list, enum taxonomy_axis axis)
{
	const json_t *x;
	size_t i;

	if (json_array_size(list))
		cli_printf(cli, "%s\n", label);
	json_array_foreach(list, i, x)
	{
		const char *text = json_string_value(x);
		const struct printed *p = printed_find(text);
		const struct taxonomy_word *w = axis < TAXONOMY__MAX ? taxonomy_find(axis, text)
								     : NULL;

		cli_printf(cli, "  %2zu  [ ] %s\n", i + 1,
			   cli_s(cli, w   ? taxonomy_name(w)
				      : p ? printed_text(p)
					  : text));
	}
}

static void
show_text(struct cli *cli, const char *label, const json_t *facts, const char *name)
{
	const char *text = schema_text(facts, name);

	if (*text)
		cli_printf(cli, "%s  %s\n", label, cli_s(cli, text));
}

static int
order_checklist(struct cli *cli)
{
	json_t *facts;
	int err = facts_of(cli, &facts);

	if (err)
		return err;
	if (cli_opt(cli, "output"))
		return trace_and_print(cli, printed_find("checklist"), facts);
	show_text(cli, _("muster"), facts, "muster");
	show_text(cli, _("vehicles"), facts, "vehicles");
	show_text(cli, _("to bring"), facts, "kit");
	show_list(cli, _("people, in the drawn order; of each the phone is bagged"),
		  json_object_get(facts, "drawn"), TAXONOMY__MAX);
	show_list(cli, _("papers"), json_object_get(facts, "papers"), TAXONOMY__MAX);
	show_list(cli, _("to look at"), json_object_get(facts, "checklist"), TAXONOMY_HAZARD);
	show_list(cli, _("safety"), json_object_get(facts, "safety"), TAXONOMY__MAX);
	if (!json_object_get(facts, "muster"))
		cli_printf(cli, "%s", _("Nothing is open yet of what it needs.\n"));
	cli_data(cli, facts);
	return 0;
}

static const struct cli_option print_options[] = {
	PRINT_OPTIONS,
	{ .name = "finding", .arg = "K", .help = N_("of this finding alone") },
	{ .name = "agency", .arg = N_("NAME"), .help = N_("for whom (agency)") },
	{ 0 },
};

const struct command cmd_order_print = {
	.noun = "order",
	.verb = "print",
	.args = "ID PAPER",
	.help = N_("print a paper of a visit: plan, record, rectify and others"),
	.more = N_(
		"PAPER is plan, record, rectify, measures, interview, evidence, expert, reinspect, "
		"supervise, strike-off or agency. It is in Chinese, with what the open layers and the "
		"findings say, and lines for the rest. No id is on it, and nothing that tells why the "
		"visit was made: its number comes from the pool of all visits. That it was printed, and by whom, "
		"is written into the order's log before the file is made."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = print_options,
	.words =
		"plan record rectify measures interview evidence expert reinspect supervise strike-off "
		"agency checklist",
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check,
	.exec = order_print,
};

static const struct cli_option list_options[] = {
	PRINT_OPTIONS,
	{ 0 },
};

const struct command cmd_order_checklist = {
	.noun = "order",
	.verb = "checklist",
	.args = "ID",
	.help = N_("what to bring and whom to take, as far as it is open"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = list_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_checklist,
};
