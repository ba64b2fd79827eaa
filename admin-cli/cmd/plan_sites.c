/* davy plan sites-import, sites-list, sites-show, blind-spots, deter: the register of sites of an
 * inspection desk, and what follows from it without a draw. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/plan_files.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/err.h"

int
plan_desk(struct cli *cli, uint16_t *desk)
{
	uint64_t n = 0;
	int err = cli_opt_number(cli, "desk", 1, 65535, &n);

	*desk = (uint16_t)n;
	return err;
}

int
plan_register_failed(struct cli *cli, const char *path, int err, const struct plan_wrong *w)
{
	const char *at = "", *value = "";
	char *text;

	if (err != ERR_FORMAT)
		return cli_fail_err(cli, err, "%s", cli_s(cli, path));
	if (w->line && asprintf(&text, w->column ? _(", line %zu, column %zu") : _(", line %zu"),
				w->line, w->column) >= 0)
		at = cli_keep(cli, text);
	if (*w->value && asprintf(&text, ": \"%s\"", cli_s(cli, w->value)) >= 0)
		value = cli_keep(cli, text);
	return cli_fail(cli, DAVY_REFUSED, "format", "%s%s: %s%s", cli_s(cli, path), at,
			gettext(w->text), value);
}

static int
check_desk(struct cli *cli)
{
	uint16_t desk;
	int err = plan_desk(cli, &desk);

	if (!err && !desk)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("A register belongs to an inspection desk: --desk NUMBER."));
	return err;
}

static int
sites_import(struct cli *cli)
{
	const char *path = cli->argv[0];
	struct plan_register r;
	struct plan_wrong wrong;
	uint8_t *bytes;
	uint16_t desk;
	size_t len;
	int err = plan_desk(cli, &desk);

	if (!err)
		err = file_read(cli->ses, path, PLAN_REGISTER_BYTES, &bytes, &len);
	if (err)
		return err;
	err = plan_register_read(&r, bytes, len, &wrong);
	free(bytes);
	if (err)
		err = plan_register_failed(cli, path, err, &wrong);
	else
		err = planned_register_keep(cli->ses, desk, &r);
	if (!err) {
		if (r.gb18030)
			cli_warn(
				cli, "%s",
				_("The file is not UTF-8; it was read as GB18030. Look at the names."));
		cli_printf(cli, _("%zu sites are in the register of desk %u now.\n"), r.cnt, desk);
		cli_data(cli, json_pack("{s:i,s:I,s:b}", "desk", desk, "sites", (json_int_t)r.cnt,
					"gb18030", r.gb18030));
	}
	plan_register_free(&r);
	return err;
}

static const char *
column_label(enum plan_column c)
{
	return taxonomy_chinese() ? plan_column_zh(c) : plan_column_name(c);
}

static json_t *
site_json(const struct plan_site *s)
{
	json_t *j = json_object();

	for (enum plan_column c = 0; c < PLAN_COLUMNS; c++)
		if (*s->text[c])
			json_object_set_new(j, plan_column_name(c), json_string(s->text[c]));
	return j;
}

static void
print_sites(struct cli *cli, const struct plan_register *r, const bool *shown, const char *none)
{
	const char *const heads[] = { column_label(PLAN_ID),
				      column_label(PLAN_NAME),
				      column_label(PLAN_SECTOR),
				      column_label(PLAN_AREA),
				      column_label(PLAN_OPERATOR),
				      column_label(PLAN_LAST_VISIT),
				      NULL };
	struct cli_table *t = cli_table_new(cli, heads);
	json_t *list = json_array();

	for (size_t i = 0; i < r->cnt; i++) {
		const char *const *f = r->site[i].text;
		if (shown && !shown[i])
			continue;
		cli_table_row(t, f[PLAN_ID], f[PLAN_NAME], f[PLAN_SECTOR], f[PLAN_AREA],
			      f[PLAN_OPERATOR], f[PLAN_LAST_VISIT]);
		json_array_append_new(list, site_json(&r->site[i]));
	}
	cli_table_end(t, none);
	cli_data(cli, list);
}

static int
sites_list(struct cli *cli)
{
	struct plan_register r = { 0 };
	uint16_t desk;
	char *text;
	size_t len;
	int err = plan_desk(cli, &desk);

	if (!err)
		err = planned_register(cli->ses, &desk, &r);
	if (!err && !cli_flag(cli, "csv")) {
		print_sites(cli, &r, NULL, NULL);
	} else if (!err) {
		err = plan_register_print(&text, &len, &r);
		err = err ? cli_fail_err(cli, err, "%s", _("The register of sites was not read"))
			  : cli_write(cli, text, len);
		free(text);
	}
	plan_register_free(&r);
	return err;
}

static int
sites_show(struct cli *cli)
{
	struct plan_register r = { 0 };
	const struct plan_site *s = NULL;
	uint16_t desk;
	int err = plan_desk(cli, &desk);

	if (!err)
		err = planned_register(cli->ses, &desk, &r);
	for (size_t i = 0; i < r.cnt && !s; i++)
		if (!strcmp(r.site[i].text[PLAN_ID], cli->argv[0]))
			s = &r.site[i];
	if (!err && !s)
		err = cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no site %s."),
			       cli_s(cli, cli->argv[0]));
	for (enum plan_column c = 0; !err && c < PLAN_COLUMNS; c++)
		if (*s->text[c])
			cli_printf(cli, "%s: %s\n", column_label(c), cli_s(cli, s->text[c]));
	if (!err) {
		double w = plan_weight(s, term_today());
		json_t *j = site_json(s);
		cli_printf(cli, _("Weight today: %.2f of at most 5\n"), w);
		json_object_set_new(j, "weight", json_real(w));
		cli_data(cli, j);
	}
	plan_register_free(&r);
	return err;
}

static int
blind_spots(struct cli *cli)
{
	struct plan_register r = { 0 };
	uint64_t days = 365;
	uint16_t desk;
	int err = plan_desk(cli, &desk);

	if (!err)
		err = cli_opt_number(cli, "days", 1, 36500, &days);
	if (!err)
		err = planned_register(cli->ses, &desk, &r);
	bool *shown = err ? NULL : calloc(r.cnt, sizeof(*shown));
	if (!err && !shown)
		err = cli_fail_err(cli, ERR_MEM, "%s", _("The register of sites was not read"));
	for (size_t i = 0; i < r.cnt && !err; i++)
		shown[i] = plan_blind(&r.site[i], term_today(), (uint32_t)days);
	if (!err)
		print_sites(cli, &r, shown,
			    _("Every site had a visit or a tip within these days."));
	free(shown);
	plan_register_free(&r);
	return err;
}

static int
deter(struct cli *cli)
{
	static const unsigned leaks[] = { 0, 10, 30, 50, 70 };
	const char *const heads[] = { _(">LEAK"), _(">SMALLEST CHANCE"), NULL };
	uint64_t gain = 1, loss = 10, find = 60, leak = 101;
	json_t *list = json_array();
	int err = cli_opt_number(cli, "gain", 0, 1000000000, &gain);

	if (!err)
		err = cli_opt_number(cli, "loss", 0, 1000000000, &loss);
	if (!err)
		err = cli_opt_number(cli, "find", 0, 100, &find);
	if (!err)
		err = cli_opt_number(cli, "leak", 0, 100, &leak);
	if (err) {
		json_decref(list);
		return err;
	}
	struct cli_table *t = cli_table_new(cli, heads);
	for (size_t i = 0; i < (leak > 100 ? sizeof(leaks) / sizeof(*leaks) : 1); i++) {
		unsigned l = leak > 100 ? leaks[i] : (unsigned)leak;
		unsigned p = plan_deter(gain, loss, (unsigned)find, l);
		char a[16], b[32];
		snprintf(a, sizeof(a), "%u %%", l);
		snprintf(b, sizeof(b), "%u.%u %%", p / 10, p % 10);
		cli_table_row(t, a, p > 1000 ? _("none is enough") : b);
		json_array_append_new(list,
				      json_pack("{s:i,s:o}", "leak", l, "chance",
						p > 1000 ? json_null() : json_real(p / 1000.0)));
	}
	cli_table_end(t, NULL);
	cli_data(cli, list);
	return DAVY_OK;
}

static const struct cli_option desk_options[] = {
	PLAN_DESK_OPTION,
	{ 0 },
};

const struct command cmd_plan_sites_import = {
	.noun = "plan",
	.verb = "sites-import",
	.args = "FILE",
	.help = N_("keep the register of sites of an inspection desk, from a CSV table"),
	.more = N_(
		"The first line has headings, in any order: id, name, sector and area, and as far as they are known "
		"nicknames, operator, group, parent, contractors, licence, last_visit, findings "
		"(none, general, major), "
		"changed (0, 1: another operator), tips (0, 1, 2+) and places. Chinese headings are "
		"known as well: davy help "
		"plan sites-import --lang zh. UTF-8, or GB18030 as older spreadsheets save it. The "
		"register that was there "
		"is replaced."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = desk_options,
	.words = "@file",
	.check = check_desk,
	.exec = sites_import,
};

static const struct cli_option list_options[] = {
	PLAN_DESK_OPTION,
	{ .name = "csv", .help = N_("the whole register as CSV, as its hash is taken") },
	{ 0 },
};

const struct command cmd_plan_sites_list = {
	.noun = "plan",
	.verb = "sites-list",
	.help = N_("list the sites of a register"),
	.more = N_(
		"Its weights betray which sites have tips: give the CSV to nobody but the desk above."),
	.group = CLI_INSPECT,
	.options = list_options,
	.exec = sites_list,
};

const struct command cmd_plan_sites_show = {
	.noun = "plan",
	.verb = "sites-show",
	.args = "ID",
	.help = N_("show all that the register says of a site, and its weight"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = desk_options,
	.exec = sites_show,
};

static const struct cli_option blind_options[] = {
	PLAN_DESK_OPTION,
	{ .name = "days", .arg = N_("N"), .help = N_("how many days without a visit (365)") },
	{ 0 },
};

const struct command cmd_plan_blind_spots = {
	.noun = "plan",
	.verb = "blind-spots",
	.help = N_("list the sites that nobody visits and of which nobody reports"),
	.more = N_("No visit for so many days, and no tip: nothing is known of these sites."),
	.group = CLI_INSPECT,
	.options = blind_options,
	.exec = blind_spots,
};

static const struct cli_option deter_options[] = {
	{ .name = "gain", .arg = N_("N"), .help = N_("what a violation earns, in any unit (1)") },
	{ .name = "loss",
	  .arg = N_("N"),
	  .help = N_("what it costs if it is found, in the same unit (10)") },
	{ .name = "find",
	  .arg = N_("N"),
	  .help = N_("in how many of 100 visits it is found (60)") },
	{ .name = "leak",
	  .arg = N_("N"),
	  .help = N_("how many of 100 visits are known beforehand (a table)") },
	{ 0 },
};

const struct command cmd_plan_deter = {
	.noun = "plan",
	.verb = "deter",
	.help = N_("say how large the chance of a visit must be to deter"),
	.more = N_(
		"A visit that is known beforehand finds nothing, so leaks are paid with visits."),
	.group = CLI_INSPECT,
	.options = deter_options,
	.exec = deter,
};
