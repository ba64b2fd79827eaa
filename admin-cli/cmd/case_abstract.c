/* davy case abstract: in the reviewer's own words, the only thing that travels towards the site. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

/* Words of hers that would betray her, and patterns that point at somebody: said, not forbidden. */
static unsigned
warn_text(struct cli *cli, const struct opened *d, const char *field, const char *text)
{
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

static int
build(struct cli *cli, const char *text, json_t **out)
{
	json_t *body = json_pack("{s:i,s:s}", "v", 1, "text", text), *hazard = NULL;
	const char *v = cli_opt(cli, "hazard");
	size_t i;
	int err = 0;

	*out = NULL;
	if (!v)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say which hazards: --hazard CODE,CODE."));
	else
		err = triage_hazards(cli, v, &hazard);
	if (!err)
		json_object_set_new(body, "hazard", hazard);
	for (i = 0; !err && i < sizeof(fields) / sizeof(*fields); i++) {
		v = cli_opt(cli, fields[i].option);
		if (!v)
			continue;
		if (fields[i].axis >= 0)
			err = triage_code(cli, fields[i].axis, fields[i].option, v);
		json_object_set_new(body, fields[i].option, json_string(v));
	}
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

static int
check(struct cli *cli, const json_t *body)
{
	struct opened *d;
	unsigned n;
	size_t i;
	int err = submit_open(cli->ses, FRAME_CASE, cli->argv[0], &d);

	if (err)
		return err;
	n = warn_text(cli, d, "text", schema_text(body, "text"));
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].axis < 0 && *schema_text(body, fields[i].option))
			n += warn_text(cli, d, fields[i].option,
				       schema_text(body, fields[i].option));
	opened_free(d);
	if (n && cli->tty_in)
		err = cli_confirm(cli, _("Write it all the same?"));
	return err;
}

static int
case_abstract(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ABSTRACT };
	char *text;
	int err = cli_text_option(cli, true, ENTRY_ROOM, &text);

	if (err)
		return err;
	err = build(cli, text, &p.body);
	free(text);
	if (!err)
		err = check(cli, p.body);
	if (!err)
		return case_write(cli, FRAME_CASE, &p);
	json_decref(p.body);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "text", .arg = N_("TEXT"), .help = N_("the abstract, in your own words") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read it there; - is standard input") },
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
	{ .name = "county", .arg = N_("CODE"), .help = N_("six digits") },
	{ 0 },
};

const struct command cmd_case_abstract = {
	.noun = "case",
	.verb = "abstract",
	.args = "ID",
	.help = N_("write the abstract that inspectors will read"),
	.more = N_(
		"The tip itself never leaves the case. Warns where twelve characters in a row are the "
		"source's own, or where something may point at her."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.exec = case_abstract,
};
