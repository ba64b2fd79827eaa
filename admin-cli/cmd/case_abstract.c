/*
 * davy case abstract: writes down in the reviewer's own words what inspectors may know. The tip
 * itself never leaves the case, so the abstract is all that travels towards the site.
 */
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/cmd/area.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

/* Warns of words that are the source's own, and of patterns that may point at a person. The
 * reviewer may have a reason: then he confirms it. Returns how many there were. */
static unsigned
warn_text(struct cli *cli, const char *field, const char *text)
{
	const struct opened *d = cli->opened;
	unsigned n = 0;
	size_t i, k;

	for (i = 0; i < risk_cnt(); i++) {
		if (!risk_match(i, text))
			continue;
		cli_warn(cli, _("--%s may point at the source (%s)."), field, risk_name(i));
		n++;
	}
	for (i = 0; i < d->cnt; i++) {
		static const char *const said[] = { "what",        "where",     "inside",
						    "hiding_text", "check_how", "keep_from_text",
						    "text" };

		if (!d->entry[i].by_source)
			continue;
		for (k = 0; k < sizeof(said) / sizeof(*said); k++) {
			char *run = risk_copied(text, schema_text(d->x[i].body, said[k]));

			if (!run)
				continue;
			cli_warn(cli, _("--%s copies the source's words: \"%s\"."), field,
				 cli_s(cli, run));
			free(run);
			n++;
		}
	}
	return n;
}

static const struct {
	const char *option;
	int axis; /* -1: free words */
} fields[] = {
	{ "sector", TAXONOMY_SECTOR },
	{ "knower", TAXONOMY_KNOWER },
	{ "window", -1 },
	{ "access", -1 },
	{ "cover", -1 },
	{ "county", -1 },
};

/* The body as the options give it; the text is there once the frame has read it. */
static int
build(struct cli *cli, json_t **out)
{
	json_t *body = json_pack("{s:i,s:s*}", "v", 1, "text", cli->text), *hazard = NULL;
	const char *v = cli_opt(cli, "hazard");
	size_t i;
	int err = 0;

	*out = NULL;
	if (!v)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say which hazards: --hazard CODE,CODE."));
	else
		err = triage_hazards(cli, ENTRY_ABSTRACT, v, &hazard);
	if (!err)
		json_object_set_new(body, "hazard", hazard);
	for (i = 0; !err && i < sizeof(fields) / sizeof(*fields); i++) {
		v = cli_opt(cli, fields[i].option);
		if (!v)
			continue;
		if (fields[i].axis >= 0)
			err = triage_code(cli, fields[i].axis, fields[i].option, &v);
		else if (!strcmp(fields[i].option, "county"))
			err = area_take(cli, "county", &v);
		if (!err && json_object_set_new(body, fields[i].option, json_string(v)))
			err = cli_fail(cli, DAVY_USAGE, "utf-8", _("--%s is not valid UTF-8."),
				       fields[i].option);
	}
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

static int
check(struct cli *cli)
{
	return case_body_check(cli, build);
}

/* The level of the case, whom the source excludes, and her county where no other is given: they
 * travel with the abstract, so that whoever receives it checks them as well. */
static void
add_bounds(const struct opened *d, json_t *body)
{
	size_t tip = opened_first(d);
	const json_t *said = tip == FOLD_NONE ? NULL : d->x[tip].body;
	const json_t *keep = schema_list(said, "keep_from");

	json_object_set_new(body, "level",
			    json_integer(level_start(&d->fold, said, schema_list(body, "hazard"))));
	if (json_array_size(keep))
		json_object_set_new(body, "keep_from", json_deep_copy(keep));
	if (!json_object_get(body, "county") && *schema_text(said, "county"))
		json_object_set_new(body, "county", json_string(schema_text(said, "county")));
}

static int
case_abstract(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ABSTRACT };
	unsigned n;
	size_t i;
	int err = build(cli, &p.body);

	if (err)
		return err;
	add_bounds(cli->opened, p.body);
	n = warn_text(cli, "text", cli->text);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].axis < 0 && *schema_text(p.body, fields[i].option))
			n += warn_text(cli, fields[i].option,
				       schema_text(p.body, fields[i].option));
	if (n)
		err = cli_confirm(cli, _("Write it all the same?"));
	if (!err)
		return case_write(cli, &p);
	json_decref(p.body);
	return err;
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("the abstract, in your own words")),
	{ .name = "hazard",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("hazard codes, separated by commas") },
	{ .name = "sector",
	  .arg = N_("CODE"),
	  .words = "COAL NCM HAZ FIRE OTH",
	  .axis = "sector",
	  .help = N_("the sector") },
	{ .name = "knower",
	  .arg = N_("BAND"),
	  .words = "<=5 6-20 21-100 >100",
	  .axis = "knower",
	  .help = N_("how many people could know this") },
	{ .name = "window", .arg = N_("TEXT"), .help = N_("when it can be seen") },
	{ .name = "access", .arg = N_("TEXT"), .help = N_("how to get there unseen") },
	{ .name = "cover", .arg = N_("TEXT"), .help = N_("a cover reason for the visit") },
	{ .name = "county",
	  .arg = N_("COUNTY"),
	  .help = N_("its code of six digits, or its name") },
	{ 0 },
};

const struct command cmd_case_abstract = {
	.noun = "case",
	.verb = "abstract",
	.args = "ID",
	.help = N_("write the abstract that inspectors will read"),
	.more = N_(
		"The tip itself never leaves the case. Warns where twelve characters in a row are the "
		"source's own, or where something may point at her; then it asks, and writes nothing in a "
		"pipe without --yes."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.check = check,
	.exec = case_abstract,
};
