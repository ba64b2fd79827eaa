/*
 * davy case split: one tip, several matters. What leaves goes with the newest abstract, which names
 * it and nothing else, to the integrity desk or to a planning desk, or into another case; the rest
 * stays and goes on. What takes two members becomes a proposal, and its order is opened by who
 * signs.
 */
#include <sodium.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"
#include "admin-cli/cmd/case_split.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/same_site.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

/* The hazards that stay. */
static json_t *
rest_of(const struct opened *d, const json_t *part)
{
	json_t *rest = json_array();
	size_t i, k;

	for (i = 0; i < d->fold.hazard_cnt; i++) {
		for (k = 0; k < json_array_size(part); k++)
			if (!strcmp(json_string_value(json_array_get(part, k)), d->fold.hazard[i]))
				break;
		if (k == json_array_size(part))
			json_array_append_new(rest, json_string(d->fold.hazard[i]));
	}
	return rest;
}

static const char *
to_of(struct cli *cli)
{
	const struct taxonomy_word *w = triage_word(TAXONOMY_SPLIT_TO, cli_opt(cli, "to"));

	return w ? w->code : "";
}

static int
desk_option(struct cli *cli, uint64_t *desk)
{
	*desk = 0;
	return cli_opt_number(cli, "desk", 1, 65535, desk);
}

static int
check(struct cli *cli)
{
	const char *to = cli_opt(cli, "to");
	json_t *part;
	uint64_t desk;
	int err;

	if (!cli_opt(cli, "part") || !to)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say what leaves and where to: --part CODES --to integrity|need|case."));
	err = triage_code(cli, TAXONOMY_SPLIT_TO, "to", &to);
	if (!err)
		err = triage_hazards(cli, ENTRY_SPLIT, cli_opt(cli, "part"), &part);
	if (err)
		return err;
	json_decref(part);
	if (!strcmp(to, "case") != !!cli_opt(cli, "into"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--into ID goes with --to case, and --to case needs it."));
	return desk_option(cli, &desk);
}

/* The lowest integrity desk that may get the abstract; 0: none. */
static uint16_t
integrity_desk(const struct opened *d, const json_t *abstract)
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *best = NULL;
	size_t i;

	for (i = 0; i < r->desk_cnt; i++) {
		const struct roster_desk *at = &r->desk[i];

		if (at->kind == ROSTER_INTEGRITY && level_allows(abstract, at->level, at->area) &&
		    (!best || at->level < best->level))
			best = at;
	}
	return best ? best->number : 0;
}

/* Names the order to be opened, at a desk that may get the abstract. */
static int
add_order(struct cli *cli, json_t *body, bool sealed)
{
	const struct opened *d = cli->opened;
	char order[33], hash[65];
	const json_t *abstract;
	uint64_t desk;
	uint8_t id[16];
	int err = desk_option(cli, &desk);

	if (err)
		return err;
	if (d->fold.abstract == FOLD_NONE)
		return cli_fail(cli, DAVY_REFUSED, "abstract",
				_("There is no abstract of what leaves yet: davy case abstract."));
	abstract = d->x[d->fold.abstract].body;
	if (!desk && sealed)
		desk = integrity_desk(d, abstract);
	if (!desk)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say to which desk: --desk NUMBER."));
	err = sealed ? submit_sealed_check(cli->ses, d->view, (uint16_t)desk, abstract)
		     : submit_need_check(cli->ses, d->view, (uint16_t)desk, abstract);
	if (!err && !sealed)
		err = same_site_check(cli->ses, d, abstract);
	if (err)
		return err;
	randombytes_buf(id, sizeof(id));
	json_object_set_new(body, "desk", json_integer((json_int_t)desk));
	json_object_set_new(body, "order", json_string(term_hex(order, id, sizeof(id))));
	json_object_set_new(body, "abstract",
			    json_string(term_hex(hash, d->entry[d->fold.abstract].hash, 32)));
	return 0;
}

int
case_split_order(struct cli *cli, const json_t *split)
{
	return strcmp(schema_text(split, "to"), "case") ? submit_named(cli->ses, cli->opened, split)
							: 0;
}

static int
build(struct cli *cli, json_t **out)
{
	const char *to = to_of(cli);
	json_t *part, *body;
	char hex[33];
	int err = triage_hazards(cli, ENTRY_SPLIT, cli_opt(cli, "part"), &part);

	*out = NULL;
	if (err)
		return err;
	body = json_pack("{s:i,s:o,s:o,s:s,s:s*}", "v", 1, "part", part, "hazard",
			 rest_of(cli->opened, part), "to", to, "text", cli->text);
	if (strcmp(to, "case") != 0) {
		err = add_order(cli, body, !strcmp(to, "integrity"));
	} else {
		err = triage_case(cli, "into", hex);
		if (!err)
			json_object_set_new(body, "into", json_string(hex));
	}
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

/* The order first, then the entry that names it: in the other order the case would name an order
 * that does not exist. */
static int
case_split(struct cli *cli)
{
	struct submit p = { .type = ENTRY_SPLIT, .now = true };
	enum fold_reason reason;
	int err = build(cli, &p.body);

	if (err)
		return err;
	reason = submit_check(cli->opened, &p);
	if (reason == FOLD_TWO)
		return case_propose_entry(cli, "split", p.body);
	if (reason != FOLD_FINE)
		err = submit_rejected(cli->ses, cli->opened, reason);
	if (!err)
		err = case_split_order(cli, p.body);
	if (!err)
		return case_write(cli, &p);
	json_decref(p.body);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "part",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("the hazards that leave the case, separated by commas") },
	{ .name = "to",
	  .arg = "integrity|need|case",
	  .words = "integrity need case",
	  .axis = "split_to",
	  .help = N_("where they go") },
	{ .name = "desk",
	  .arg = N_("NUMBER"),
	  .help = N_("the desk; of integrity desks the lowest that may have it") },
	{ .name = "into", .arg = "ID", .help = N_("the other case (--to case)") },
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

const struct command cmd_case_split = {
	.noun = "case",
	.verb = "split",
	.args = "ID",
	.help = N_("let one matter of a tip leave the case; the rest goes on"),
	.more = N_(
		"Misconduct of officials goes to the integrity desk alone, by two members; so does whatever leaves the "
		"rest less grave or lower. What leaves travels as an abstract of its own that names it and nothing "
		"else: davy case abstract first. The order is opened by who signs."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.check = check,
	.exec = case_split,
};
