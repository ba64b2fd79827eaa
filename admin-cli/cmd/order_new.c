/*
 * davy order new, davy order draft, davy order seal: a planner writes what a visit is to do, and
 * seals it. What a draft says lies on no disk in clear: a file that it came from is wiped.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/file_wipe.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_edit.h"
#include "admin-cli/cmd/order_new.h"
#include "admin-cli/cmd/plan_slots.h"
#include "admin-cli/desk/order_draft.h"
#include "admin-cli/desk/order_seal.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"

#define DRAFT_MAX (64 * 1024)

/* ---- new ---- */

/* Members that every draft has, for who fills them in. */
static void template(json_t *draft)
{
	static const char *const texts[] = { "from", "depart" };
	static const char *const lists[] = { "a", "b" };

	json_object_set_new_nocheck(draft, "desk", json_integer(0));
	for (size_t i = 0; i < 2; i++)
		json_object_set_new(draft, texts[i], json_string(""));
	for (size_t i = 0; i < 2; i++)
		json_object_set_new(draft, lists[i], json_array());
	for (unsigned k = 0; !order_is_standby(draft) && k < ORDER_LAYERS; k++)
		for (const struct entry_field *f = order_layer_fields[k]; f->name; f++) {
			bool drawn = f->kind == FIELD_HEX || f->name[0] == 'h';

			if (drawn || json_object_get(draft, f->name))
				continue;
			json_object_set_new(draft, f->name,
					    f->kind == FIELD_NUMBER ? json_integer(0)
					    : f->kind == FIELD_WORDS || f->kind == FIELD_CODES
						    ? json_array()
						    : json_string(""));
		}
}

static int
parse(struct cli *cli, const char *text, json_t **out)
{
	json_error_t e;

	*out = json_loads(text, JSON_REJECT_DUPLICATES, &e);
	if (*out && json_is_object(*out))
		return 0;
	json_decref(*out);
	*out = NULL;
	return cli_fail(cli, DAVY_REFUSED, "draft", _("The draft is no JSON object: line %d."),
			e.line);
}

/* In the editor, beside nothing; what is there already stays where it is not changed. */
static int
edit(struct cli *cli, json_t **draft)
{
	char *text = json_dumps(*draft, JSON_INDENT(1));
	json_t *written;
	int err = text ? case_edit(cli, &text)
		       : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = parse(cli, text, &written);
	if (!err) {
		json_decref(*draft);
		*draft = written;
	}
	workspace_free(text, text ? strlen(text) : 0);
	return err;
}

/* What the file says, over what the need says. */
static int
from_file(struct cli *cli, const char *path, json_t *draft)
{
	json_t *written;
	char *text;
	int err = file_read_text(cli->ses, path, DRAFT_MAX, &text);

	if (err)
		return err;
	err = parse(cli, text, &written);
	workspace_free(text, strlen(text));
	if (err)
		return err;
	json_object_update(draft, written);
	json_decref(written);
	return 0;
}

int
order_new_need(struct cli *cli, const char *id, json_t *draft)
{
	struct opened *need;
	int err = submit_open(cli->ses, FRAME_BOOK, id, &need);

	if (err)
		return err;
	err = order_draft_need(cli->ses, need, draft);
	opened_free(need);
	return err;
}

/* What goes into a slot of a plan, and what the need says whose visit it is. */
int
order_new_slot(struct cli *cli, const char *plan, size_t slot, json_t *draft)
{
	char need[33];
	int err = plan_slot_draft(cli, plan, slot, draft, need);

	return err || !*need ? err : order_new_need(cli, need, draft);
}

static int
from_slot(struct cli *cli, json_t *draft)
{
	uint64_t slot = 0;
	int err = cli_opt_number(cli, "slot", 0, PLAN_VISITS_MAX, &slot);

	return err ? err : order_new_slot(cli, cli_opt(cli, "plan"), (size_t)slot, draft);
}

static int
check_new(struct cli *cli)
{
	if (!cli_opt(cli, "slot") != !cli_opt(cli, "plan") ||
	    (cli_opt(cli, "slot") && (cli_opt(cli, "need") || cli_flag(cli, "standby"))))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--slot and --plan go together, and say what the order is."));
	if (cli_opt(cli, "need") && cli_flag(cli, "standby"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A slot where nobody goes answers no need."));
	if (!cli_opt(cli, "file") && (!cli->tty_in || cli->json))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say what the order is: --file DRAFT.json (- is standard "
				  "input)."));
	return 0;
}

static int
say_kept(struct cli *cli, const uint8_t *id, const json_t *draft)
{
	char hex[33], hour[TERM_DATE_CAP];

	term_hex(hex, id, 16);
	if (schema_is(draft, "urgent"))
		cli_printf(cli, _("%s  kept as a draft; seal it now: davy order seal %.8s\n"), hex,
			   hex);
	else
		cli_printf(cli,
			   _("%s  kept as a draft; seal it from %s on: davy order seal %.8s\n"),
			   hex, term_hour(hour, schema_number(draft, "seal")), hex);
	cli_data(cli, json_pack("{s:s,s:I}", "id", hex, "seal",
				(json_int_t)schema_number(draft, "seal")));
	return 0;
}

int
order_new_keep(struct cli *cli, json_t *draft, uint8_t id[static 16])
{
	const struct trust *view;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = order_draft_keep(cli->ses, view, draft, id);
	return err ? err : say_kept(cli, id, draft);
}

static int
write_draft(struct cli *cli, json_t **draft)
{
	const char *path = cli_opt(cli, "file"), *old = cli_opt(cli, "draft");
	json_t *mark = path && strcmp(path, "-") ? file_wipe_mark(path) : NULL, *had = NULL;
	uint8_t id[16] = { 0 };
	int err = old ? order_draft_find(cli->ses, old, id, &had) : 0;

	if (had) {
		json_object_update(*draft, had);
		json_object_del(*draft, "seal");
		json_decref(had);
	}
	if (!err && cli_opt(cli, "need"))
		err = order_new_need(cli, cli_opt(cli, "need"), *draft);
	if (!err && cli_opt(cli, "slot"))
		err = from_slot(cli, *draft);
	if (cli_flag(cli, "standby"))
		json_object_set_new(*draft, "kind", json_string(ORDER_STANDBY));
	if (!err && path)
		err = from_file(cli, path, *draft);
	if (!err && !path && !old)
		template(*draft);
	if (!err && !path)
		err = edit(cli, draft);
	if (!err)
		err = order_new_keep(cli, *draft, id);
	if (!err && mark)
		file_wipe(cli->ses, mark);
	json_decref(mark);
	return err;
}

static int
order_new(struct cli *cli)
{
	json_t *draft = json_object();
	int err = write_draft(cli, &draft);

	json_decref(draft);
	return err;
}

/* ---- drafts ---- */

static int
draft_list(struct cli *cli)
{
	char hour[TERM_DATE_CAP], seal[TERM_DATE_CAP], id[9];
	json_t *all, *one, *data = json_array();
	struct cli_table *t;
	size_t i;
	int err = order_draft_list(cli->ses, &all);

	if (err) {
		json_decref(data);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("FROM"), _("SEAL FROM"), _("DESK"),
						      NULL });
	json_array_foreach(all, i, one)
	{
		const json_t *d = json_object_get(one, "draft");
		bool now = schema_is(d, "urgent");
		char desk[8];

		snprintf(id, sizeof(id), "%.8s", schema_text(one, "id"));
		snprintf(desk, sizeof(desk), "%u", (uint16_t)schema_number(d, "desk"));
		cli_table_row(t, id, now ? "" : term_hour(hour, schema_number(d, "from")),
			      now ? _("now") : term_hour(seal, schema_number(d, "seal")), desk);
		json_array_append_new(data, json_pack("{s:O,s:I,s:I,s:I}", "id",
						      json_object_get(one, "id"), "from",
						      (json_int_t)schema_number(d, "from"), "seal",
						      (json_int_t)schema_number(d, "seal"), "desk",
						      (json_int_t)schema_number(d, "desk")));
	}
	cli_table_end(t, _("No drafts of orders."));
	cli_data(cli, data);
	json_decref(all);
	return 0;
}

static int
order_draft(struct cli *cli)
{
	uint8_t id[16];
	json_t *draft;
	char *text, *safe;
	int err;

	if (!cli->argc)
		return draft_list(cli);
	err = order_draft_find(cli->ses, cli->argv[0], id, &draft);
	if (err)
		return err;
	if (cli_flag(cli, "drop")) {
		err = cli_confirm(cli, _("Remove this draft for good?"));
		if (!err)
			err = order_draft_drop(cli->ses, id);
		json_decref(draft);
		return err;
	}
	text = json_dumps(draft, JSON_INDENT(1));
	safe = term_safe(text ? text : "", text ? strlen(text) : 0, TERM_LINES);
	cli_printf(cli, "%s\n", safe);
	cli_data(cli, draft); /* transferred */
	workspace_free(text, text ? strlen(text) : 0);
	workspace_free(safe, strlen(safe));
	return 0;
}

/* ---- sealing ---- */

static int
seal_order(struct cli *cli)
{
	struct sync_result unused = { 0 };
	const struct trust *view;
	uint8_t id[16];
	char hex[33];
	json_t *draft = NULL;
	int err = trust_get(cli->ses, true, &view);

	if (!err)
		err = order_draft_find(cli->ses, cli->argv[0], id, &draft);
	if (!err)
		err = order_seal(cli->ses, view, id, draft);
	json_decref(draft);
	if (err)
		return err;
	cli_printf(cli,
		   _("%s  sealed; the draft is gone. Two of side A approve it: davy order "
		     "approve %.8s\n"),
		   term_hex(hex, id, 16), hex);
	cli_data(cli, json_pack("{s:s}", "id", hex));
	if (sync_list(cli->ses, view, FRAME_ORDER, &unused))
		cli_forgive(cli); /* the next sync fetches it */
	return 0;
}

static const struct cli_option new_options[] = {
	{ .name = "need",
	  .arg = N_("ID"),
	  .help = N_("answer this need: its abstract, hazards, "
		     "county and excluded offices go in") },
	{ .name = "slot",
	  .arg = N_("N"),
	  .help = N_(
		  "what goes into this slot of a plan (davy plan slots): hours, site, or that nobody goes") },
	{ .name = "plan", .arg = N_("PLAN"), .help = N_("the plan, by its number") },
	{ .name = "standby", .help = N_("an order by which nobody goes: it fills a slot") },
	{ .name = "draft", .arg = N_("ID"), .help = N_("change a draft that is kept") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the draft (JSON) from this file and wipe it; - is standard input") },
	{ 0 },
};

const struct command cmd_order_new = {
	.noun = "order",
	.verb = "new",
	.help = N_("write the draft of a sealed order"),
	.more = N_(
		"A draft is a JSON object: desk (the inspection desk that goes), from and depart (hours like "
		"\"2026-12-01 08:00\") or urgent, a (two to four who release it: SR of your desk or of the one "
		"above) and b (two to four who lead it: TL of the desk that goes); for layer 0 kind, region, "
		"kit, persons, days; for layer 1 muster, vehicles, papers, turn; for layer 2 site, companion, "
		"operator, county, cover, route (5 to 9 checkpoints), at (which of them is the true one: "
		"neither the first nor the last), questions, checklist, abstract, excluded, agencies, plan, "
		"safety. Without --file $EDITOR opens. It is kept in the encrypted workspace and sealed "
		"at an hour that is drawn."),
	.group = CLI_INSPECT,
	.options = new_options,
	.check = check_new,
	.exec = order_new,
};

static const struct cli_option draft_options[] = {
	{ .name = "drop", .help = N_("remove it") },
	{ 0 },
};

const struct command cmd_order_draft = {
	.noun = "order",
	.verb = "draft",
	.args = "[ID]",
	.help = N_("list the drafts of sealed orders, or show one"),
	.group = CLI_INSPECT,
	.arg_max = 1,
	.options = draft_options,
	.exec = order_draft,
};

const struct command cmd_order_seal = {
	.noun = "order",
	.verb = "seal",
	.args = "ID",
	.help = N_("seal a draft and send it, at the hour that was drawn for it"),
	.more = N_(
		"Codes and halves are drawn, three layers are sealed to keys that nobody has whole, and six "
		"frames go to the gateway. If it is cut short, the same command goes on with the same bytes. "
		"Then the draft is wiped. Nobody named on side A learns where the visit goes."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.exec = seal_order,
};
