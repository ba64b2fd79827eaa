/* davy order depart, arrive, convert: what the B side writes on the road. Without a network it lies
 * in the outbox until they are back. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"

#include <string.h>

static const struct visit_field depart_fields[] = {
	{ "people", "people", VISIT_PEOPLE, true, TAXONOMY__MAX },
	{ "bagged", "bagged", VISIT_NUMBER, true, TAXONOMY__MAX },
	{ "paper", "papers", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "skipped", "skipped", VISIT_WORDS, false, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field standby_fields[] = {
	{ "standby", "standby", VISIT_SWITCH, true, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field arrive_fields[] = {
	{ "as", "as", VISIT_CODE, true, TAXONOMY_ORDER_KIND },
	{ "site", "site", VISIT_TEXT, false, TAXONOMY__MAX },
	{ "at", "at", VISIT_HOUR, false, TAXONOMY__MAX },
	{ "anomaly", "anomaly", VISIT_SWITCH, false, TAXONOMY__MAX },
	{ 0 },
};

static const struct visit_field *
depart_form(const struct cli *cli)
{
	return cli_flag(cli, "standby") ? standby_fields : depart_fields;
}

static int
check_depart(struct cli *cli)
{
	if (cli_flag(cli, "standby") && (cli_opt(cli, "people") || cli_opt(cli, "bagged")))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Of a stand-by nobody goes: --standby stands alone."));
	return visit_form_check(cli, depart_form(cli));
}

/* Whether one of a list of texts names somebody: a handle in hex, a name, or a sentence about him.
 */
static bool
is_in(const json_t *texts, const char *word)
{
	for (size_t i = 0; i < json_array_size(texts); i++) {
		const char *text = json_string_value(json_array_get(texts, i));

		if (text && strstr(text, word))
			return true;
	}
	return false;
}

/* Whether somebody of the drawn order, who stands there by name or by handle, is among those who
 * go.
 */
static bool
goes(struct cli *cli, const json_t *people, const char *word)
{
	uint8_t handle[8];

	for (size_t i = 0; i < json_array_size(people); i++) {
		const char *hex = json_string_value(json_array_get(people, i));

		if (!strcmp(hex, word) ||
		    (term_unhex(handle, sizeof(handle), hex) &&
		     !strcmp(show_member(cli, cli->opened->view, handle), word)))
			return true;
	}
	return false;
}

/* Who comes before another in the drawn order and does not go is passed over, which takes a reason:
 * nobody picks his own people. */
static int
check_turn(struct cli *cli, const json_t *turn, const json_t *body)
{
	const json_t *people = schema_list(body, "people"), *skipped = schema_list(body, "skipped");
	size_t i, last = 0;

	for (i = 0; i < json_array_size(turn); i++)
		if (goes(cli, people, json_string_value(json_array_get(turn, i))))
			last = i + 1;
	for (i = 0; i < last; i++) {
		const char *word = json_string_value(json_array_get(turn, i));

		if (!goes(cli, people, word) && !is_in(skipped, word))
			return cli_fail(
				cli, DAVY_REFUSED, "turn",
				_("%s comes first in the drawn order: say why not with --skipped "
				  "\"NAME: reason\"."),
				cli_s(cli, word));
	}
	return 0;
}

/* What this member has opened of the order says whether anybody goes, and in which order people are
 * taken. */
static int
check_depart_layers(struct cli *cli, const json_t *body)
{
	json_t *first = NULL, *second = NULL;
	struct order o;
	int err = order_load(cli->ses, cli->opened, &o);

	if (!err && o.b)
		err = order_layer_get(cli->ses, &o, 0, &first);
	if (!err && o.b)
		err = order_layer_get(cli->ses, &o, 1, &second);
	if (!err && first && order_is_standby(first) != schema_is(body, "standby"))
		err = cli_fail(cli, DAVY_REFUSED, "standby",
			       order_is_standby(first)
				       ? _("The order is a stand-by: --standby, and nobody goes.")
				       : _("The order sends somebody: it is no stand-by."));
	if (!err && second)
		err = check_turn(cli, schema_list(second, "turn"), body);
	json_decref(first);
	json_decref(second);
	return err;
}

static int
order_depart(struct cli *cli)
{
	json_t *body;
	int err = order_sealed(cli);

	if (!err)
		err = visit_form_make(cli, depart_form(cli), &body);
	if (err)
		return err;
	err = check_depart_layers(cli, body);
	if (!err)
		return order_write(cli, ENTRY_DEPART, body);
	json_decref(body);
	return err;
}

static int
check_arrive(struct cli *cli)
{
	return visit_form_check(cli, arrive_fields);
}

#define SITE_MAX 64 /* bytes of a site in an arrive */

/* Where they are is no secret once they are there: it stands in the last layer. */
static int
add_place(struct cli *cli, const struct order *o, json_t *body)
{
	json_t *layer;
	int err = order_layer_get(cli->ses, o, ORDER_LAYERS - 1, &layer);

	if (err || !layer)
		return err;
	if (*schema_text(layer, "county"))
		json_object_set(body, "county", json_object_get(layer, "county"));
	if (!json_object_get(body, "site") && strlen(schema_text(layer, "site")) <= SITE_MAX)
		json_object_set(body, "site", json_object_get(layer, "site"));
	json_decref(layer);
	return 0;
}

/* The keys of the layers: from now on the order's desks can check what was sealed. A deputy who has
 * not opened all of them himself has not got them. */
static int
add_seeds(struct cli *cli, json_t *body)
{
	json_t *seeds = NULL;
	struct order o;
	int err = order_load(cli->ses, cli->opened, &o);

	if (!err && o.b)
		err = order_seeds_get(cli->ses, &o, &seeds);
	if (!err && o.b)
		err = add_place(cli, &o, body);
	if (!err && seeds)
		json_object_set_new(body, "seeds", seeds);
	else if (!err)
		cli_warn(
			cli,
			_("You have not opened all three layers yourself, so the desks get no keys to "
			  "check what was sealed."));
	return err;
}

static int
order_arrive(struct cli *cli)
{
	json_t *body;
	int err = order_sealed(cli);

	if (!err)
		err = visit_form_make(cli, arrive_fields, &body);
	if (err)
		return err;
	if (!json_object_get(body, "at"))
		json_object_set_new(body, "at", json_integer(sync_hour(cli->ses)));
	err = add_seeds(cli, body);
	if (!err)
		return order_write(cli, ENTRY_ARRIVE, body);
	json_decref(body);
	return err;
}

static int
order_convert(struct cli *cli)
{
	int err = order_sealed(cli);

	return err ? err
		   : order_write(cli, ENTRY_ARRIVE,
				 json_pack("{s:i,s:s,s:I}", "v", 1, "as", "SURPRISE", "at",
					   (json_int_t)sync_hour(cli->ses)));
}

static const struct cli_option depart_options[] = {
	{ .name = "people",
	  .arg = N_("MEMBER"),
	  .many = true,
	  .help = N_("who goes, by name or handle, in the drawn order; once for each") },
	{ .name = "bagged", .arg = N_("NUMBER"), .help = N_("how many phones are in the bag") },
	{ .name = "paper",
	  .arg = N_("CODE"),
	  .many = true,
	  .help = N_("a paper that goes with them, by its code") },
	{ .name = "skipped",
	  .arg = N_("TEXT"),
	  .many = true,
	  .help = N_("who was passed over in the drawn order, and why") },
	{ .name = "standby", .help = N_("the order says that nobody goes") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_depart = {
	.noun = "order",
	.verb = "depart",
	.args = "ID",
	.help = N_("say who leaves, with phones bagged, or that nobody does"),
	.more = N_("As many phones are bagged as people go, two at least. Layer 1 is open before."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = depart_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check_depart,
	.exec = order_depart,
};

static const struct cli_option arrive_options[] = {
	{ .name = "as",
	  .arg = N_("KIND"),
	  .axis = "order_kind",
	  .help = N_("what kind of visit it is") },
	{ .name = "site", .arg = N_("TEXT"), .help = N_("where") },
	{ .name = "at",
	  .arg = N_("HOUR"),
	  .help = N_("when they arrived, such as \"2026-12-01 08:00\"; now where it is missing") },
	{ .name = "anomaly", .help = N_("there are signs that they were expected") },
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_order_arrive = {
	.noun = "order",
	.verb = "arrive",
	.args = "ID",
	.help = N_(
		"say that the visit has arrived; from now on its desks can check what was sealed"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = arrive_options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check_arrive,
	.exec = order_arrive,
};

const struct command cmd_order_convert = {
	.noun = "order",
	.verb = "convert",
	.args = "ID",
	.help = N_("turn a covert look into a surprise inspection"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.exec = order_convert,
};
