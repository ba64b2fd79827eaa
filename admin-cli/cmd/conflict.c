/*
 * davy conflict add, list, remove: what a member declares of himself. It is sealed to his lead and
 * to himself (the lead's own to the lead of the desk above), so the others of the desk learn
 * neither what it says nor whose it is. The lead writes it into the rota, for the two on duty
 * alone.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/text.h"

#define YEARS 5 /* how long a conflict lasts where nobody says it */

static json_t *
body_of(const struct cli *cli, const char *until)
{
	return json_pack("{s:i,s:s,s:s*,s:o,s:o,s:o,s:s,s:s*}", "v", 1, "what", "conflict", "kind",
			 cli_opt(cli, "kind"), "area", cli_opt_list(cli, "area"), "body",
			 cli_opt_list(cli, "body"), "site", cli_opt_list(cli, "site"), "until",
			 until, "text", cli->text);
}

/* Whether what is to be declared says enough. Frees it. */
static bool
is_whole(json_t *body)
{
	uint32_t last;
	bool whole = body && conflict_complete(body, &last);

	json_decref(body);
	return whole;
}

static int
check_add(struct cli *cli)
{
	const char *until = cli_opt(cli, "until");

	return is_whole(body_of(cli, until ? until : "2100-01-01"))
		       ? 0
		       : cli_fail(
				 cli, DAVY_USAGE, "usage",
				 _("Say what kind of conflict, and with what: --kind KIND, and --body, "
				   "--site (two letters or more) or --area (six digits, or nine of a "
				   "township); --until is a day such as 2026-12-01."));
}

static int
conflict_add(struct cli *cli)
{
	const struct trust *view;
	char until[TEXT_DAY_LEN + 1], hex[33];
	uint8_t id[16];
	int err = trust_get(cli->ses, false, &view);

	if (!err) {
		text_day_print(until, view->today + YEARS * 365);
		err = duty_open(cli->ses, view,
				body_of(cli, cli_opt(cli, "until") ? cli_opt(cli, "until") : until),
				id);
	}
	if (err)
		return err;
	term_hex(hex, id, 16);
	if (view->me->roles & ROSTER_LEAD)
		cli_printf(
			cli,
			_("%s  declared. The lead of the desk above and you can read it, nobody else.\n"),
			hex);
	else
		cli_printf(cli, _("%s  declared. Your lead and you can read it, nobody else.\n"),
			   hex);
	cli_data(cli, json_pack("{s:s}", "id", hex));
	return 0;
}

/* A list as one line. */
static const char *
joined(struct cli *cli, const json_t *body)
{
	static const char *const parts[] = { "body", "site", "area" };
	const char *out = "";
	size_t i, k;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const json_t *list = schema_list(body, parts[i]);

		for (k = 0; k < json_array_size(list); k++) {
			const char *one = json_string_value(json_array_get(list, k));
			char *more;

			if (asprintf(&more, "%s%s%s", out, *out ? ", " : "", one ? one : "") >= 0)
				out = cli_keep(cli, more);
		}
	}
	if (!*out && *schema_text(body, "case"))
		return schema_text(body, "case");
	return out;
}

static int
conflict_list(struct cli *cli)
{
	const struct trust *view;
	struct cli_table *t;
	json_t *books, *all = json_array();
	size_t i;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = duty_list(cli->ses, &books);
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("WHO"), _("KIND"), _("WITH"),
						      _("UNTIL"), NULL });
	for (i = 0; i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i), *body = json_object_get(one, "body");
		const struct conflict_kind *kind = conflict_find(schema_text(body, "kind"));
		const char *owner = schema_text(one, "owner"), *id = schema_text(one, "id");
		bool recusal = duty_is(one, "recusal"), group = duty_is(one, "group");
		uint8_t handle[8];

		if ((!recusal && !group && !duty_is(one, "conflict")) ||
		    strcmp(schema_text(one, "state"), "declared") != 0 ||
		    text_unhex(handle, 8, owner, strlen(owner)))
			continue;
		cli_table_row(t, cli_keep(cli, strndup(id, 8)), show_member(cli, view, handle),
			      recusal ? _("took himself off")
			      : group ? _("one operator group")
			      : kind  ? _(kind->name)
				      : "",
			      cli_s(cli, joined(cli, body)), schema_text(body, "until"));
		json_array_append_new(all, json_deep_copy(one));
	}
	cli_table_end(t, _("No conflicts are declared that you can read."));
	cli_data(cli, all);
	json_decref(books);
	return 0;
}

static int
conflict_remove(struct cli *cli)
{
	if (cli->opened->in.machine != MACHINE_CONFLICT || !cli->opened->fold.book)
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("There is no such conflict: davy conflict list."));
	return book_step(cli, json_pack("{s:i,s:s}", "v", 1, "move", "dropped"), false);
}

static const struct cli_option add_options[] = {
	{ .name = "kind",
	  .arg = N_("KIND"),
	  .words = "NAMED UNIT KIN SHARE PAST EXPERT HOME FRIEND",
	  .help = N_(
		  "UNIT I work there; KIN of its owner or manager; SHARE shares, loans, contracts; "
		  "PAST worked there within 5 years, signed its permit, or found nothing there "
		  "twice; EXPERT paid by it; NAMED a tip may name me; HOME near my home; FRIEND") },
	{ .name = "body",
	  .arg = N_("WORDS"),
	  .many = true,
	  .help = N_("the enterprise, group or office, as a tip would name it") },
	{ .name = "site",
	  .arg = N_("WORDS"),
	  .many = true,
	  .help = N_("a site, as people call it") },
	{ .name = "area",
	  .arg = N_("CODE"),
	  .many = true,
	  .help = N_("code of a county, or of a township (nine digits)") },
	{ .name = "until",
	  .arg = N_("DATE"),
	  .help = N_("its last day; without it five years from now") },
	CLI_TEXT_OPTIONS(N_("what your lead should know beside")),
	{ 0 },
};

const struct command cmd_conflict_add = {
	.noun = "conflict",
	.verb = "add",
	.help = N_("declare a conflict of interest of your own"),
	.more = N_(
		"Sealed to your lead and to you; a lead's own to the lead of the desk above. A tip "
		"that touches it is hidden from you. HOME and FRIEND hide it while others are left."),
	.group = CLI_REVIEW,
	.options = add_options,
	.text = CLI_TEXT_MAY,
	.check = check_add,
	.exec = conflict_add,
};

const struct command cmd_conflict_list = {
	.noun = "conflict",
	.verb = "list",
	.help = N_("list your conflicts; for a lead, those of the desk"),
	.group = CLI_REVIEW,
	.exec = conflict_list,
};

const struct command cmd_conflict_remove = {
	.noun = "conflict",
	.verb = "remove",
	.args = "ID",
	.help = N_("take back a conflict that you declared"),
	.more = N_(
		"Only who declared it can. A rota that is in force keeps it until the next one."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = conflict_remove,
};
