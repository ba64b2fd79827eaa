/*
 * davy plan draw, commit, reveal, result: a plan whose randomness comes from two persons.
 *
 * The planner makes the plan and commits to a share (draw); another person commits to his (commit);
 * then both reveal (reveal), and the list follows for everybody who has the files. A plan is a
 * folder that goes from machine to machine by hand. Each step verifies all that is there before it
 * adds its own file, with the same code as davy plan verify.
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "admin-cli/cmd/plan_files.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "admin-cli/rules/stats.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* "2026-12", or "2026-12-01/2026-12-14". */
static bool
take_period(const char *text, uint32_t *from, uint32_t *until)
{
	const char *slash = strchr(text, '/');

	if (!slash)
		return stats_month_day(text, false, from) && stats_month_day(text, true, until);
	return text_day(from, text, (size_t)(slash - text)) == 0 &&
	       text_day(until, slash + 1, strlen(slash + 1)) == 0 && *from <= *until &&
	       *until - *from <= 366;
}

/* How many visits, how many of them outside the draw, and how many slots a week. */
struct visits {
	uint64_t all, open, week;
};

/* Days and numbers of the plan, from the command line. */
static int
take_options(struct cli *cli, struct plan_body *b, struct visits *v)
{
	const char *period = cli_opt(cli, "period"), *beacon = cli_opt(cli, "beacon");
	int err;

	*v = (struct visits){ .week = SLOT_WEEK };
	if (!period || !take_period(period, &b->from, &b->until))
		return cli_fail(cli, DAVY_USAGE, "usage", "%s",
				_("--period is a month such as 2026-12, or two days such as "
				  "2026-12-01/2026-12-14."));
	err = cli_opt_number(cli, "visits", 2, PLAN_VISITS_MAX, &v->all);
	if (!err)
		err = cli_opt_number(cli, "slots", 4, 999, &v->week);
	if (err)
		return err;
	if (!v->all)
		return cli_fail(cli, DAVY_USAGE, "usage", "%s",
				_("--visits says how many visits there are in the period."));
	v->open = (2 * v->all + 4) / 5;
	err = cli_opt_number(cli, "discretionary", 1, v->all - 1, &v->open);
	if (err)
		return err;
	if (100 * v->open < PLAN_FREE_LEAST * v->all)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("At least %d of 100 visits are discretionary: tips are visited there, and "
			  "few such visits would point to them."),
			PLAN_FREE_LEAST);
	if (beacon &&
	    (strlen(beacon) > PLAN_BEACON_MAX || text_printable(beacon, strlen(beacon), 0) != 0))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--beacon has at most %d bytes of text."), PLAN_BEACON_MAX);
	snprintf(b->beacon, sizeof(b->beacon), "%s", beacon ? beacon : "");
	b->day = term_today();
	if (b->from < b->day || b->from - b->day > PLAN_AHEAD_MAX)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A plan is made at most %d days before its period begins, and not "
			  "after that."),
			PLAN_AHEAD_MAX);
	return 0;
}

static int
check_draw(struct cli *cli)
{
	struct plan_body b = { 0 };
	struct visits v;

	return take_options(cli, &b, &v);
}

/* The table of the register, as text. */
static int
make_table(struct cli *cli, struct plan_body *b, const struct plan_register *r, char **text,
	   size_t *len)
{
	uint64_t *threshold;
	int err = plan_thresholds(&threshold, r, b->day, b->drawn, b->least);

	*text = NULL;
	if (err == ERR_ARG)
		return cli_fail(
			cli, DAVY_REFUSED, "range",
			_("The register has %zu sites; at most %zu visits can be drawn from them, so "
			  "that none is certain."),
			r->cnt, (size_t)(PLAN_MOST * (double)r->cnt));
	if (!err)
		err = plan_table_print(text, len, threshold, r->cnt);
	free(threshold);
	if (!err)
		crypto_hash_sha256(b->table, (uint8_t *)*text, *len);
	return err ? cli_fail_err(cli, err, "%s", _("The plan was not made")) : 0;
}

/* Keeps the share in the workspace first, then commits to it in the folder. */
static int
commit_to(struct cli *cli, const char *folder, const struct plan_body *plan, bool approver)
{
	struct planned_share s = {
		.approver = approver, .desk = plan->desk, .from = plan->from, .until = plan->until
	};
	struct plan_body b = { .kind = PLAN_SHARE, .approver = approver };
	int err;

	memcpy(s.plan, plan->plan, sizeof(s.plan));
	memcpy(b.plan, plan->plan, sizeof(b.plan));
	randombytes_buf(s.share, sizeof(s.share));
	plan_share_commit(b.secret, s.share, plan->plan);
	err = planned_share_keep(cli->ses, &s);
	sodium_memzero(&s, sizeof(s));
	return err ? err
		   : plan_files_write(cli, folder,
				      approver ? "share-approver.json" : "share-planner.json", &b);
}

static int
make_folder(struct cli *cli, const char *folder)
{
	if (mkdir(folder, 0700) == 0)
		return 0;
	if (errno == EEXIST)
		return cli_fail(cli, DAVY_REFUSED, "exists",
				_("%s is there already; a plan is made in a new folder."),
				cli_s(cli, folder));
	return cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be made: %s."), cli_s(cli, folder),
			strerror(errno));
}

/* The same plan once more would have the same hash, and its new share would replace the one that is
 * committed to. */
static int
refuse_same(struct cli *cli, struct plan_body *b)
{
	struct planned_share mine;
	bool there = false;
	char *text;
	size_t len;
	int err = plan_body_print(&text, &len, b);

	if (err)
		return cli_fail_err(cli, err, "%s", _("The plan was not made"));
	free(text);
	err = planned_share(cli->ses, b->plan, &mine, &there);
	sodium_memzero(&mine, sizeof(mine));
	if (!err && there)
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("You have made exactly this plan already, and committed to it."));
	return err;
}

/* Writes table, plan and commitment into a new folder. */
static int
write_plan(struct cli *cli, struct plan_body *b, const char *text, size_t len)
{
	const char *folder = cli->argv[0];
	char *path, hash[65];
	int err = refuse_same(cli, b);

	if (!err)
		err = make_folder(cli, folder);
	if (err)
		return err;
	if (asprintf(&path, "%s/table.txt", folder) < 0)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = file_write(cli->ses, path, 0600, text, len);
	free(path);
	if (!err)
		err = plan_files_write(cli, folder, "plan.json", b);
	if (!err)
		err = commit_to(cli, folder, b, false);
	if (err)
		return err;
	cli_printf(cli, _("Plan %.8s is in %s. Another person commits now: davy plan commit %s\n"),
		   term_hex(hash, b->plan, 32), cli_s(cli, folder), cli_s(cli, folder));
	cli_data(cli, json_pack("{s:s,s:I,s:I,s:I}", "plan", hash, "drawn", (json_int_t)b->drawn,
				"discretionary", (json_int_t)plan_discretionary(b), "standby",
				(json_int_t)b->standby));
	return 0;
}

/* Whether this home has a share of another plan for some of these days: that would be a second
 * draw. `how` is what to do, or "". */
static int
refuse_second(struct cli *cli, const struct plan_body *b, const char *how)
{
	struct planned_share s = { .desk = b->desk, .from = b->from, .until = b->until };
	bool other;

	memcpy(s.plan, b->plan, sizeof(s.plan));
	int err = planned_other(cli->ses, &s, &other);
	if (!err && other)
		err = cli_fail(
			cli, DAVY_REFUSED, "exists",
			_("You have committed to another plan for desk %u and some of these days. "
			  "Whoever may draw twice chooses.%s"),
			b->desk, how);
	return err;
}

static int
plan_draw_exec(struct cli *cli)
{
	struct plan_register r = { 0 };
	struct plan_body b = { .kind = PLAN_PLAN, .least = PLAN_LEAST };
	struct visits v;
	char *text = NULL;
	size_t len = 0;
	int err = take_options(cli, &b, &v);

	if (!err)
		err = plan_desk(cli, &b.desk);
	if (!err)
		err = planned_register(cli->ses, &b.desk, &r);
	if (!err && !cli_flag(cli, "again"))
		err = refuse_second(
			cli, &b,
			_(" If nobody has seen a list yet, --again makes another one; davy plan verify names both."));
	if (!err) {
		err = plan_slots_days(&b, v.all - v.open, v.open, (unsigned)v.week);
		if (!err)
			err = plan_register_hash(b.reg, &r);
		if (err)
			err = cli_fail_err(cli, err, "%s", _("The plan was not made"));
	}
	if (!err)
		err = make_table(cli, &b, &r, &text, &len);
	if (!err)
		err = write_plan(cli, &b, text, len);
	free(text);
	plan_register_free(&r);
	plan_body_free(&b);
	return err;
}

/* A folder with one plan, verified together with this home's register of its desk. */
struct step {
	struct plan_files files;
	struct plan_report report;
	const struct plan_body *plan;
};

static void
step_end(struct step *s)
{
	if (!s)
		return;
	plan_report_free(&s->report);
	plan_files_free(&s->files);
	free(s);
}

static int
verify_again(struct cli *cli, struct step *s)
{
	plan_report_free(&s->report);
	int err = plan_files_verify(cli, &s->files, &s->report);

	if (!err && s->report.plans != 1)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("%s is not the folder of one plan."), cli_s(cli, cli->argv[0]));
	s->plan = err ? NULL : &s->report.plan[0].body;
	return err;
}

/* This home's register of the plan's desk joins the files, where there is one. */
static int
add_register(struct cli *cli, struct step *s)
{
	struct plan_register r;
	uint16_t desk = s->plan->desk;
	char *text;
	size_t len;

	if (s->report.plan[0].reg)
		return 0;
	if (planned_register(cli->ses, &desk, &r)) {
		plan_register_free(&r);
		if (strcmp(session_failure_name(cli->ses), "not-found") != 0)
			return DAVY_REFUSED;
		cli_forgive(cli);
		return 0;
	}
	int err = plan_register_print(&text, &len, &r);
	plan_register_free(&r);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The register of sites was not read"));
	err = plan_files_give(cli, &s->files, _("register of this home"), (uint8_t *)text, len);
	return err ? err : verify_again(cli, s);
}

/* *out is ended by the caller with step_end(), in every case. */
static int
step_begin(struct cli *cli, struct step **out)
{
	struct step *s = *out = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = plan_files_add(cli, &s->files, cli->argv[0]);
	if (!err)
		err = verify_again(cli, s);
	if (!err)
		err = add_register(cli, s);
	if (!err && plan_report_wrong(&s->report)) {
		plan_show(cli, &s->report);
		err = cli_fail(cli, DAVY_REFUSED, "wrong",
			       _("Something is wrong with these files; it is named above."));
	}
	return err;
}

static bool
step_said(const struct step *s, enum plan_said said, bool approver)
{
	for (size_t i = 0; i < s->report.cnt; i++)
		if (s->report.finding[i].said == said && s->report.finding[i].approver == approver)
			return true;
	return false;
}

static int
commit_exec(struct cli *cli)
{
	struct planned_share mine;
	struct step *s;
	bool there = false;
	int err = step_begin(cli, &s);

	if (!err && (step_said(s, PLAN_NO_TABLE, false) || step_said(s, PLAN_NO_SHARE, false)))
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("The planner's table and commitment must be there first."));
	if (!err && !step_said(s, PLAN_NO_SHARE, true))
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("An approver has committed already."));
	if (!err)
		err = planned_share(cli->ses, s->plan->plan, &mine, &there);
	if (!err && there)
		err = cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("You have committed to this plan; the second share comes from another person."));
	if (!err)
		err = refuse_second(cli, s->plan, "");
	if (!err) {
		plan_show(cli, &s->report);
		if (cli->tty_in)
			err = cli_confirm(cli, _("Commit to this plan?"));
	}
	if (!err)
		err = commit_to(cli, cli->argv[0], s->plan, true);
	if (!err)
		cli_printf(cli, _("Committed. Each of the two reveals now: davy plan reveal %s\n"),
			   cli_s(cli, cli->argv[0]));
	sodium_memzero(&mine, sizeof(mine));
	step_end(s);
	return err;
}

/* The commitment of the other person, as it stands in the folder now. */
static bool
other_commit(const struct step *s, bool approver, uint8_t out[static 32])
{
	bool found = false;

	for (size_t i = 0; i < s->files.cnt && !found; i++) {
		struct plan_body b;
		if (plan_body_read(&b, s->files.file[i].bytes, s->files.file[i].len) == 0 &&
		    b.kind == PLAN_SHARE && b.approver != approver) {
			memcpy(out, b.secret, 32);
			found = true;
		}
		plan_body_free(&b);
	}
	return found;
}

static int
take_beacon(struct cli *cli, const struct plan_body *plan, struct plan_body *b)
{
	const char *text = cli_opt(cli, "beacon");

	if (!*plan->beacon && text)
		return cli_fail(cli, DAVY_REFUSED, "usage",
				_("This plan has announced no beacon."));
	if (*plan->beacon && !text)
		return cli_fail(
			cli, DAVY_REFUSED, "usage",
			_("The plan has announced a beacon: --beacon with the numbers of %s."),
			cli_s(cli, plan->beacon));
	if (text && (!*text || strlen(text) > PLAN_BEACON_MAX ||
		     text_printable(text, strlen(text), 0) != 0))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--beacon has at most %d bytes of text."), PLAN_BEACON_MAX);
	snprintf(b->beacon, sizeof(b->beacon), "%s", text ? text : "");
	return 0;
}

/* Verifies the folder as it would be with this document in it, and only then writes it. */
static int
add_reveal(struct cli *cli, struct step *s, struct plan_body *b)
{
	const char *name = b->approver ? "reveal-approver.json" : "reveal-planner.json";
	char *text;
	size_t len;
	int err = plan_body_print(&text, &len, b);

	if (err)
		return cli_fail_err(cli, err, "%s", cli_s(cli, name));
	err = plan_files_give(cli, &s->files, name, (uint8_t *)text, len);
	if (!err)
		err = verify_again(cli, s);
	if (!err)
		plan_show(cli, &s->report);
	if (!err && plan_report_wrong(&s->report))
		err = cli_fail(cli, DAVY_REFUSED, "wrong",
			       _("Something is wrong with these files; it is named above."));
	return err ? err : plan_files_write(cli, cli->argv[0], name, b);
}

static int
reveal(struct cli *cli, struct step *s, const struct planned_share *mine)
{
	struct plan_body b = { .kind = PLAN_REVEAL, .approver = mine->approver };
	int err = take_beacon(cli, s->plan, &b);

	if (!err && !other_commit(s, mine->approver, b.other))
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("The other person has not committed yet. Whoever reveals before lets "
			  "the other choose."));
	memcpy(b.plan, mine->plan, sizeof(b.plan));
	memcpy(b.secret, mine->share, sizeof(b.secret));
	if (!err)
		err = add_reveal(cli, s, &b);
	sodium_memzero(&b, sizeof(b));
	return err;
}

static int
reveal_exec(struct cli *cli)
{
	struct planned_share mine = { 0 };
	struct step *s;
	bool there = false;
	int err = step_begin(cli, &s);

	if (!err)
		err = planned_share(cli->ses, s->plan->plan, &mine, &there);
	if (!err && !there)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("This home has no share of this plan."));
	if (!err)
		err = reveal(cli, s, &mine);
	if (!err)
		cli_printf(cli, "%s\n",
			   s->report.plan[0].order
				   ? _("Both shares are revealed: this is the list.")
				   : _("Revealed. The list is there when the other person has "
				       "revealed too."));
	sodium_memzero(&mine, sizeof(mine));
	step_end(s);
	return err;
}

static const struct cli_option draw_options[] = {
	{ .name = "period",
	  .arg = N_("PERIOD"),
	  .help = N_("a month such as 2026-12, or 2026-12-01/2026-12-14") },
	{ .name = "visits", .arg = N_("N"), .help = N_("how many visits there are in it") },
	{ .name = "discretionary",
	  .arg = N_("N"),
	  .help = N_("how many of them are outside the draw (two of five)") },
	{ .name = "slots",
	  .arg = N_("N"),
	  .help = N_("at least so many slots a week (7): what is no visit is stand-by") },
	{ .name = "beacon",
	  .arg = N_("TEXT"),
	  .help = N_("a public lottery whose next numbers join the shares: its name and day") },
	{ .name = "again", .help = N_("although you have made a plan for some of these days") },
	PLAN_DESK_OPTION,
	{ 0 },
};

const struct command cmd_plan_draw = {
	.noun = "plan",
	.verb = "draw",
	.args = "FOLDER",
	.help = N_("make the plan of a period: chances, table, and your share of the draw"),
	.more = N_(
		"Makes a folder with the plan, its table and your commitment. Nothing is drawn "
		"before another person has "
		"committed too (davy plan commit) and both have revealed (davy plan reveal). "
		"Discretionary visits are for "
		"tips; there are at least three of ten. Whoever reveals last sees the list first and "
		"may refuse: this version "
		"cannot yet leave the shares with the desk above, so such a refusal only shows."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = draw_options,
	.words = "@dir",
	.check = check_draw,
	.exec = plan_draw_exec,
};

const struct command cmd_plan_commit = {
	.noun = "plan",
	.verb = "commit",
	.args = "FOLDER",
	.help = N_("give the second share of a plan, as another person than the planner"),
	.more = N_(
		"Verifies the plan first, also against the register if this home has it. A second plan for the "
		"same desk and days is refused."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.exec = commit_exec,
};

static const struct cli_option reveal_options[] = {
	{ .name = "beacon",
	  .arg = N_("TEXT"),
	  .help = N_("the numbers of the lottery that the plan has announced") },
	{ 0 },
};

const struct command cmd_plan_reveal = {
	.noun = "plan",
	.verb = "reveal",
	.args = "FOLDER",
	.help = N_("reveal your share when both have committed; the list follows from both"),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = reveal_options,
	.words = "@dir",
	.exec = reveal_exec,
};
