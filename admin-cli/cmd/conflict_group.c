/*
 * davy conflict group: the names of one operator group, as its lead keeps them. They are given one
 * by one, or taken from the register of sites that the planners keep, where he has a copy: a group
 * of more names than one book holds becomes several, which begin with the same name.
 */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/plan_files.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/conflict.h"
#include "admin-cli/rules/schema.h"
#include "crypto/text.h"

#define YEARS 5 /* how long a group is kept */

/* By what a site belongs together with others: its group, or else who runs it. */
static const char *
key_of(const struct plan_site *s)
{
	return *s->text[PLAN_GROUP] ? s->text[PLAN_GROUP] : s->text[PLAN_OPERATOR];
}

static void
add(json_t *names, const char *name)
{
	if (*name && !schema_has(names, name))
		json_array_append_new(names, json_string(name));
}

/* The names of all sites whose group one of the given names is, or to which a site of such a name
 * belongs; the group's own name first. */
static json_t *
names_in(const struct plan_register *r, const json_t *given)
{
	static const enum plan_column parts[] = { PLAN_OPERATOR, PLAN_PARENT, PLAN_NAME };
	json_t *keys = json_array(), *names;

	for (size_t i = 0; i < r->cnt; i++) {
		bool named = schema_has(given, key_of(&r->site[i]));

		for (size_t k = 0; k < 3; k++)
			named |= schema_has(given, r->site[i].text[parts[k]]);
		if (named)
			add(keys, key_of(&r->site[i]));
	}
	names = json_deep_copy(keys);
	for (size_t i = 0; i < r->cnt; i++)
		for (size_t k = 0; schema_has(keys, key_of(&r->site[i])) && k < 3; k++)
			add(names, r->site[i].text[parts[k]]);
	json_decref(keys);
	return names;
}

static int
from_register(struct cli *cli, const char *path, json_t **names)
{
	struct plan_register r = { 0 };
	struct plan_wrong wrong;
	json_t *given = *names;
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, PLAN_REGISTER_BYTES, &bytes, &len);

	if (err)
		return err;
	err = plan_register_read(&r, bytes, len, &wrong);
	free(bytes);
	if (err)
		err = plan_register_failed(cli, path, err, &wrong);
	else
		*names = names_in(&r, given);
	plan_register_free(&r);
	if (!err && json_array_size(*names) < 2)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("The register has no group of more than one name to which that "
				 "belongs."));
	if (*names != given)
		json_decref(given);
	return err;
}

static json_t *
body_of(json_t *names, const char *until)
{
	return json_pack("{s:i,s:s,s:o,s:s}", "v", 1, "what", "group", "body", names, "until",
			 until);
}

static int
check_group(struct cli *cli)
{
	json_t *body = body_of(cli_opt_list(cli, "body"), "2100-01-01");
	uint32_t last;
	bool whole = cli_opt(cli, "register") ? cli_opt(cli, "body") != NULL
					      : body && conflict_complete(body, &last);

	json_decref(body);
	return whole ? 0
		     : cli_fail(cli, DAVY_USAGE, "usage",
				_("Give the names of one group, two to %u of them: --body NAME "
				  "--body NAME; or one of them and --register FILE."),
				CONFLICT_NAMES);
}

/* The next names that fit into one book, behind the first of all. */
static json_t *
next_names(const json_t *names, size_t *from)
{
	json_t *some = json_array();

	json_array_append(some, json_array_get(names, 0));
	while (*from < json_array_size(names) && json_array_size(some) < CONFLICT_NAMES)
		json_array_append(some, json_array_get(names, (*from)++));
	return some;
}

static int
keep(struct cli *cli, const json_t *names)
{
	const struct trust *view;
	char until[TEXT_DAY_LEN + 1], hex[33];
	uint8_t id[16];
	json_t *all = json_array();
	size_t from = 1;
	int err = 0;

	while (!err && from < json_array_size(names)) {
		err = trust_get(cli->ses, false, &view);
		if (err)
			break;
		text_day_print(until, view->today + YEARS * 365);
		err = duty_open(cli->ses, view, body_of(next_names(names, &from), until), id);
		if (err)
			break;
		term_hex(hex, id, 16);
		json_array_append_new(all, json_string(hex));
		cli_printf(cli, _("%s  kept. The next rota carries it to those on duty.\n"), hex);
	}
	if (err)
		json_decref(all);
	else
		cli_data(cli, json_pack("{s:s,s:o,s:O}", "id", hex, "ids", all, "names", names));
	return err;
}

static int
conflict_group(struct cli *cli)
{
	const char *path = cli_opt(cli, "register");
	json_t *names = cli_opt_list(cli, "body");
	int err = path ? from_register(cli, path, &names) : 0;

	if (!err)
		err = keep(cli, names);
	json_decref(names);
	return err;
}

static const struct cli_option group_options[] = {
	{ .name = "body",
	  .arg = N_("WORDS"),
	  .many = true,
	  .help = N_("a name of the group: an enterprise, a mine, a contractor") },
	{ .name = "register",
	  .arg = N_("FILE"),
	  .help = N_("take all names of that group from a register of sites (CSV)") },
	{ 0 },
};

const struct command cmd_conflict_group = {
	.noun = "conflict",
	.verb = "group",
	.help = N_("keep the names of one operator group, as the lead"),
	.more = N_(
		"Who declared a conflict with one of them has it with all. Sealed to the lead and the "
		"lead of the desk above; the next rota carries it. davy conflict remove takes it "
		"back."),
	.group = CLI_REVIEW,
	.options = group_options,
	.check = check_group,
	.exec = conflict_group,
};
