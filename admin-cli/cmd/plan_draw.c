/*
 * davy plan draw: makes the plan of a period, its table, and the planner's share. Nothing is drawn
 * before another person has committed too (davy plan commit) and both have revealed.
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "admin-cli/cmd/plan_step.h"
#include "admin-cli/desk/need_watch.h"
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

/* Where needs take too much of the plan that runs, and this one gives them no greater share. */
static int
say_crowded(struct cli *cli, const struct plan_body *b)
{
	size_t open = plan_discretionary(b), visits = b->drawn + open;
	struct need_watch watch;
	bool crowded = false;
	int err = need_watch(cli->ses, &watch);

	for (size_t i = 0; i < watch.crowded_cnt; i++)
		crowded |= watch.crowded[i].desk == b->desk &&
			   open * watch.crowded[i].visits <= watch.crowded[i].open * visits;
	need_watch_end(&watch);
	if (crowded)
		cli_warn(
			cli,
			_("Needs take more than a third of the discretionary visits of the plan that runs, and "
			  "this one has no greater share: draw it anew with --discretionary N before anybody "
			  "commits to it."));
	return err;
}

/* Writes table, plan and commitment into a new folder. */
static int
write_plan(struct cli *cli, struct plan_body *b, const char *text, size_t len)
{
	const char *folder = cli->argv[0];
	char *path, hash[65];
	uint8_t share[32];
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
		err = plan_share_new(cli, b, false, share);
	if (!err)
		err = plan_share_write(cli, folder, b, false, share);
	sodium_memzero(share, sizeof(share));
	if (err)
		return err;
	cli_printf(cli, _("Plan %.8s is in %s. Commit to it now: davy plan commit %s\n"),
		   term_hex(hash, b->plan, 32), cli_s(cli, folder), cli_s(cli, folder));
	cli_data(cli, json_pack("{s:s,s:I,s:I,s:I}", "plan", hash, "drawn", (json_int_t)b->drawn,
				"discretionary", (json_int_t)plan_discretionary(b), "standby",
				(json_int_t)b->standby));
	return 0;
}

static int
plan_draw_exec(struct cli *cli)
{
	struct plan_register r = { 0 };
	struct plan_body b = { .kind = PLAN_PLAN, .least = PLAN_LEAST };
	struct visits v;
	uint8_t seed[32];
	char *text = NULL;
	size_t len = 0;
	int err = take_options(cli, &b, &v);

	if (!err)
		err = plan_desk(cli, &b.desk);
	if (!err)
		err = planned_register(cli->ses, &b.desk, &r);
	if (!err && !cli_flag(cli, "again"))
		err = plan_refuse_second(
			cli, &b,
			_(" If nobody has seen a list yet, --again makes another one; davy plan verify names both."));
	if (!err) {
		randombytes_buf(seed, sizeof(seed));
		err = plan_slots_days(&b, v.all - v.open, v.open, (unsigned)v.week, seed);
		if (!err)
			err = plan_register_hash(b.reg, &r);
		if (err)
			err = cli_fail_err(cli, err, "%s", _("The plan was not made"));
	}
	if (!err)
		err = make_table(cli, &b, &r, &text, &len);
	if (!err)
		err = write_plan(cli, &b, text, len);
	if (!err)
		err = planned_seed_keep(cli->ses, b.plan, seed);
	if (!err)
		err = say_crowded(cli, &b);
	sodium_memzero(seed, sizeof(seed));
	free(text);
	plan_register_free(&r);
	plan_body_free(&b);
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
		"Makes a folder with the plan and its table. Nothing is drawn before you and another "
		"person have committed (davy plan commit) and both have revealed (davy plan reveal). "
		"Discretionary visits are for "
		"tips; there are at least three of ten. Every slot has an order; what is no visit is "
		"stand-by, and nobody sees which."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = draw_options,
	.words = "@dir",
	.check = check_draw,
	.exec = plan_draw_exec,
};
