/* davy plan verify: whether a plan was drawn as it says, from its files alone and on any machine.
 * No key, no workspace and no gateway is needed. */
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "admin-cli/cmd/plan_step.h"
#include "admin-cli/cmd/sealed_site.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/plan/slots.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* A finding in words. A site, a person or two numbers stand before or behind, see print_finding. */
static const char *const words[PLAN_SAID] = {
	[PLAN_BAD_FILE] = N_("this is no document of a plan, no table and no register"),
	[PLAN_STRAY] = N_("this belongs to no plan among these files"),
	[PLAN_TWO_PLANS] = N_("a second plan for the same desk and days: somebody has drawn again"),
	[PLAN_BAD_TABLE] = N_("the table is not the one whose hash the plan names"),
	[PLAN_BAD_SUM] = N_("the table is not made for so many drawn visits"),
	[PLAN_TWO_SHARES] = N_("the same person has committed or revealed twice"),
	[PLAN_BAD_SHARE] = N_("what was revealed is not what was committed to"),
	[PLAN_REPLACED] = N_("this commitment is another than the one that the other person saw"),
	[PLAN_BAD_BEACON] = N_(
		"the beacon's numbers are missing, differ, or were never announced in the plan"),
	[PLAN_NO_DRAW] = N_("nothing is drawn from this table"),
	[PLAN_FALSE_VISIT] = N_("is called drawn, but is not in the list or stands there twice"),
	[PLAN_FALSE_TIME] = N_("was drawn, but its visit was not at the drawn day and hour"),
	[PLAN_UNVISITED] = N_("was drawn, and has neither a visit nor a reason"),
	[PLAN_FREE_COUNT] = N_("the number of discretionary visits is not that of the plan"),
	[PLAN_FREE_FEW] = N_(
		"too few visits are discretionary, so that one which was not drawn points to a tip"),
	[PLAN_FALSE_DAY] = N_("the weights are of a day that is not shortly before the period"),
	[PLAN_FALSE_LEAST] = N_("the smallest chance is not that of the rules"),
	[PLAN_OFFICE] = N_("too few visits were outside office hours, in per cent"),
	[PLAN_REGISTERED] = N_("the register is not the one from which the plan was made"),
	[PLAN_UNFAIR] = N_("the thresholds of the table are not those of the register's chances"),
	[PLAN_SEALED] = N_("what was sealed is not what was to be"),
	[PLAN_ESCROW] = N_("did not reveal the share; the desk above revealed it"),
	[PLAN_MISSED] = N_("was drawn and not visited; reason given"),
	[PLAN_UNSEEN] = N_("fewer orders have arrived than the result names visits"),
	[PLAN_NO_TABLE] = N_("the table is not among the files"),
	[PLAN_NO_SHARE] = N_("the commitment is not among the files"),
	[PLAN_NO_REVEAL] = N_("the share is not revealed among the files"),
	[PLAN_NO_RESULT] = N_("there is no result among the files"),
	[PLAN_NO_REGISTER] = N_(
		"without the register nobody can see whether the chances were fair"),
	[PLAN_GOOD_TABLE] = N_("the table is the one that the plan names"),
	[PLAN_GOOD_SHARES] = N_("both shares are those that were committed to"),
	[PLAN_GOOD_RESULT] = N_("visits and reasons are those of the draw"),
	[PLAN_GOOD_REGISTER] = N_("the chances are those of the register"),
	[PLAN_GOOD_SEALED] = N_("orders that arrived and were sealed for what was to be"),
};

static const char *
site_id(const struct plan_report *r, size_t plan, uint32_t site)
{
	const struct plan_register *reg = plan < r->plans ? r->plan[plan].reg : NULL;

	return reg && site < reg->cnt ? reg->site[site].text[PLAN_ID] : NULL;
}

static bool
has_site(enum plan_said s)
{
	return s == PLAN_FALSE_VISIT || s == PLAN_FALSE_TIME || s == PLAN_UNVISITED ||
	       s == PLAN_MISSED;
}

static bool
has_person(enum plan_said s)
{
	return s == PLAN_NO_SHARE || s == PLAN_NO_REVEAL || s == PLAN_ESCROW ||
	       s == PLAN_TWO_SHARES || s == PLAN_BAD_SHARE || s == PLAN_REPLACED;
}

static bool
has_numbers(enum plan_said s)
{
	return s == PLAN_FREE_COUNT || s == PLAN_FREE_FEW || s == PLAN_OFFICE || s == PLAN_UNSEEN ||
	       s == PLAN_GOOD_SEALED;
}

static void
print_finding(struct cli *cli, const struct plan_report *r, const struct plan_finding *f)
{
	const char *style = plan_said_wrong(f->said)    ? "red"
			    : f->said < PLAN_GOOD_TABLE ? "yellow"
							: "green";
	const char *word = plan_said_wrong(f->said)     ? _("WRONG")
			   : f->said < PLAN_NO_TABLE    ? _("NOTE")
			   : plan_said_missing(f->said) ? _("NOT VERIFIED")
							: _("good");
	const char *id = site_id(r, f->plan, f->site);

	cli_printf(cli, "  %s%s%s  ", cli_style(cli, style), word, cli_style(cli, "off"));
	if (f->file)
		cli_printf(cli, "%s: ", cli_s(cli, f->file));
	if (f->order)
		cli_printf(cli, _("order %s: "), f->order);
	if (has_site(f->said))
		cli_printf(cli, _("site %u%s%s "), f->site, id ? " " : "",
			   id ? cli_s(cli, id) : "");
	if (has_person(f->said))
		cli_printf(cli, "%s: ", f->approver ? _("the approver") : _("the planner"));
	cli_printf(cli, "%s", gettext(words[f->said]));
	if (has_numbers(f->said))
		cli_printf(cli, f->said == PLAN_GOOD_SEALED ? _(": %u of %u") : _(": %u, not %u"),
			   f->have, f->want);
	if (f->why)
		cli_printf(cli, ": %s", cli_s(cli, f->why));
	cli_printf(cli, "\n");
}

static json_t *
finding_json(const struct plan_report *r, const struct plan_finding *f)
{
	json_t *j = json_pack("{s:s,s:b,s:b}", "code", plan_said_name(f->said), "wrong",
			      plan_said_wrong(f->said), "missing", plan_said_missing(f->said));

	if (f->plan < r->plans)
		json_object_set_new(j, "plan", json_integer((json_int_t)f->plan));
	if (f->file)
		json_object_set_new(j, "file", json_string(f->file));
	if (has_site(f->said))
		json_object_set_new(j, "site", json_integer(f->site));
	if (has_person(f->said))
		json_object_set_new(j, "by", json_string(plan_by(f->approver)));
	if (has_numbers(f->said))
		json_object_update_new(j, json_pack("{s:i,s:i}", "have", f->have, "want", f->want));
	if (f->why)
		json_object_set_new(j, "why", json_string(f->why));
	if (f->order)
		json_object_update_new(j, json_pack("{s:s,s:s}", "order", f->order, "differs",
						    f->differs));
	return j;
}

/* The drawn list of a plan, slot by slot. */
static json_t *
show_list(struct cli *cli, const struct plan_report *r, size_t plan)
{
	const char *const heads[] = { _("DAY"), _(">HOUR"), _(">SITE"), _("ID"), _("NAME"), NULL };
	const struct plan_seen *p = &r->plan[plan];
	struct cli_table *t = cli_table_new(cli, heads);
	json_t *list = json_array();

	for (size_t k = 0; p->order && k < p->body.drawn; k++) {
		const char *id = site_id(r, plan, p->order[k]);
		const char *name = id ? p->reg->site[p->order[k]].text[PLAN_NAME] : NULL;
		char day[TEXT_DAY_LEN + 1], hour[8], site[16];
		text_day_print(day, p->body.slot[k]);
		snprintf(hour, sizeof(hour), "%02u:00", p->hour[k]);
		snprintf(site, sizeof(site), "%u", p->order[k]);
		cli_table_row(t, day, hour, site, id, name);
		json_array_append_new(list, json_pack("{s:i,s:s,s:i,s:s*}", "site", p->order[k],
						      "day", day, "hour", p->hour[k], "id", id));
	}
	cli_table_end(t, NULL);
	return list;
}

void
plan_show(struct cli *cli, const struct plan_report *r)
{
	json_t *plans = json_array(), *findings = json_array();

	for (size_t i = 0; i <= r->plans; i++) {
		const struct plan_body *b = i < r->plans ? &r->plan[i].body : NULL;
		char from[TEXT_DAY_LEN + 1], until[TEXT_DAY_LEN + 1], hash[65];
		if (b) {
			text_day_print(from, b->from);
			text_day_print(until, b->until);
			cli_printf(
				cli,
				_("Plan %.8s of desk %u, %s to %s: %zu visits drawn, %zu discretionary, "
				  "%zu stand-by\n"),
				term_hex(hash, b->plan, 32), b->desk, from, until, b->drawn,
				plan_discretionary(b), b->standby);
		}
		for (size_t k = 0; k < r->cnt; k++)
			if ((r->finding[k].plan < r->plans ? r->finding[k].plan : r->plans) == i)
				print_finding(cli, r, &r->finding[k]);
		if (b)
			json_array_append_new(plans, json_pack("{s:s,s:i,s:s,s:s,s:I,s:o}", "plan",
							       hash, "desk", b->desk, "from", from,
							       "until", until, "free",
							       (json_int_t)plan_discretionary(b),
							       "drawn", show_list(cli, r, i)));
	}
	for (size_t k = 0; k < r->cnt; k++)
		json_array_append_new(findings, finding_json(r, &r->finding[k]));
	cli_data(cli, json_pack("{s:o,s:o}", "plans", plans, "findings", findings));
}

/* A file, a folder, or the book of a plan by the beginning of its number. */
static int
add(struct cli *cli, struct plan_files *f, const char *name, bool *book)
{
	struct stat st;
	struct plan_step *s;
	int err;

	if (stat(name, &st) == 0 || strlen(name) < 4 || name[strspn(name, "0123456789abcdef")])
		return plan_files_add(cli, f, name);
	*book = true;
	err = plan_step_book(cli, &s, name, true);
	for (size_t i = 0; !err && i < s->files.cnt; i++) {
		struct plan_file *one = &s->files.file[i];
		uint8_t *bytes = (uint8_t *)one->bytes;
		one->bytes = NULL; /* transferred */
		err = plan_files_give(cli, f, one->name, bytes, one->len);
		one->len = 0;
	}
	plan_step_end(s);
	return err;
}

/* How many visits the results among the files name for a plan. */
static unsigned
visits_of(const struct plan_files *f, const struct plan_body *plan)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->cnt; i++) {
		struct plan_body b;
		if (!plan_body_read(&b, f->file[i].bytes, f->file[i].len) &&
		    b.kind == PLAN_RESULT && !memcmp(b.plan, plan->plan, sizeof(b.plan)))
			for (size_t k = 0; k < b.visits; k++)
				n += !b.visit[k].why;
		plan_body_free(&b);
	}
	return n;
}

/* Whether a visit is about as old as the plan; its order may be late, or name another plan. */
static bool
is_near(const struct plan_body *p, const struct stats_visit *v)
{
	uint32_t day = v->arrived / 24;

	return v->arrived && v->desk == p->desk && day + 2 >= p->from && day <= p->until + 2;
}

/* Whether an order that names `named` answers to this plan: it names it, or went in its days. */
static bool
answers(const struct plan_body *p, const struct stats_visit *v, const char *named)
{
	uint32_t day = (v->arrived + SLOT_ZONE) / 24;
	char hash[65];

	return !strcmp(named, term_hex(hash, p->plan, 32)) || (day >= p->from && day <= p->until);
}

/* How what was sealed into one order compares; NULL: it cannot be compared, or not yet. */
static json_t *
compare_one(struct cli *cli, const uint8_t id[static 16])
{
	struct workspace_case c;
	struct opened *d;
	json_t *said;

	if (workspace_case_get(cli->ses->workspace, id, &c))
		return NULL;
	if (opened_glance(cli->ses, &c, &d)) {
		session_forgive(cli->ses);
		return NULL;
	}
	said = sealed_site(cli, d);
	opened_free(d);
	return said;
}

/* What was sealed, against what it was to be, as davy order show tells it of one order. */
static void
compare_sealed(struct cli *cli, struct plan_report *r, size_t plan, const struct visit_fact *fact,
	       size_t cnt)
{
	const struct plan_body *p = &r->plan[plan].body;
	unsigned same = 0, all = 0;
	const json_t *x;
	char id[33];
	size_t i;

	for (size_t k = 0; k < cnt; k++) {
		if (!is_near(p, &fact[k].v))
			continue;
		json_t *said = compare_one(cli, fact[k].id);
		const json_t *differs = schema_list(said, "differs");

		if (answers(p, &fact[k].v, schema_text(said, "plan"))) {
			all++;
			same += schema_is(said, "compared") && !json_array_size(differs);
			term_hex(id, fact[k].id, 4);
			json_array_foreach(differs, i, x)
				plan_report_differs(r, plan, cli_keep(cli, strdup(id)),
						    cli_keep(cli, strdup(schema_text(x, "code"))),
						    cli_keep(cli, strdup(schema_text(x, "text"))));
		}
		json_decref(said);
	}
	if (same)
		plan_report_agree(r, plan, same, all);
}

/* A visit leaves an order that has arrived, which whoever reads the book sees as well. */
static int
compare_orders(struct cli *cli, const struct plan_files *f, struct plan_report *r)
{
	struct visit_fact *fact;
	size_t cnt;
	int err = visit_facts_load(cli->ses, &fact, &cnt);

	if (err)
		return cli_fail_err(cli, err, "%s", _("The orders were not read."));
	for (size_t i = 0; i < r->plans; i++) {
		const struct plan_body *p = &r->plan[i].body;
		unsigned want = visits_of(f, p), have = 0;
		for (size_t k = 0; k < cnt; k++)
			have += is_near(p, &fact[k].v);
		if (have < want)
			plan_report_unseen(r, i, have, want);
		compare_sealed(cli, r, i, fact, cnt);
	}
	free(fact);
	return 0;
}

static int
verify(struct cli *cli)
{
	struct plan_files *f = calloc(1, sizeof(*f));
	struct plan_report *r = calloc(1, sizeof(*r));
	int err = f && r ? 0 : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	bool book = false;

	for (int i = 0; i < cli->argc && !err; i++)
		err = add(cli, f, cli->argv[i], &book);
	if (!err)
		err = plan_files_verify(cli, f, r);
	if (!err && book)
		err = compare_orders(cli, f, r);
	if (!err) {
		plan_show(cli, r);
		if (plan_report_wrong(r))
			err = cli_fail(
				cli, DAVY_REFUSED, "wrong",
				_("Something is wrong with these files; it is named above."));
		else if (!r->plans)
			err = cli_fail(cli, DAVY_REFUSED, "not-found",
				       _("There is no plan among these files."));
	}
	if (r)
		plan_report_free(r);
	if (f)
		plan_files_free(f);
	free(r);
	free(f);
	return err;
}

const struct command cmd_plan_verify = {
	.noun = "plan",
	.verb = "verify",
	.args = "FILE…",
	.help = N_("verify from its files that a plan was drawn fairly"),
	.more = N_(
		"Takes the files of a plan, or their folder, in any order and also of several plans; "
		"or the beginning of a plan's number, and reads its book at the gateway. "
		"Table and shares show "
		"that the list is the drawn one; with the register (davy plan sites-list --csv) also "
		"that the chances were "
		"fair. Files need no key and no network, and do not tell who wrote them; what "
		"stands in a book is signed, and counts only if its author may write it. With a book, the "
		"orders of its days that arrived more than a week ago are compared with what they answer, "
		"as davy order show does."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = -1,
	.words = "@file",
	.exec = verify,
};
