/*
 * davy watch: for the duty room. It syncs on a beat that never changes and rings when something
 * urgent waits. What it does outside of this machine is the same whether something waits or not.
 */
#include <time.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/duty.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/waiting.h"

#define MINUTES_DEFAULT 10
#define MINUTES_MAX     60

/* One look; *urgent: how many cases, referrals, needs and accidents call for somebody now. */
static int
look(struct cli *cli, size_t *urgent)
{
	struct sync_result r;
	struct waiting w;
	int err = sync_all(cli->ses, &r);

	*urgent = 0;
	if (err == DAVY_AGAIN) { /* what is here may be urgent all the same */
		cli_warn(cli, "%s", cli_failure(cli));
		cli_forgive(cli);
		err = 0;
	}
	if (!err)
		err = waiting_count(cli->ses, sync_hour(cli->ses), &w);
	if (!err)
		*urgent = (w.urgent > w.late ? w.urgent : w.late) + w.referrals_late +
			  w.needs_late + w.alarms + w.alerts;
	return err;
}

/* Rings: a bell on the terminal, a sentence without content, the program of the home. */
static int
ring(struct cli *cli, size_t urgent)
{
	char now[TERM_DATE_CAP];
	int err = 0;

	cli_printf(cli, "%s%s  %s\n", cli->tty_out ? "\a" : "", term_hour(now, term_now_hour()),
		   _("Something urgent waits: davy status"));
	if (cli_flag(cli, "call"))
		err = duty_call(cli->ses);
	cli_data(cli, json_pack("{s:I}", "urgent", (json_int_t)urgent));
	return err;
}

static void
wait_until(time_t then)
{
	struct timespec to = { .tv_sec = then };

	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &to, NULL) != 0)
		continue;
}

static int
watch(struct cli *cli)
{
	uint64_t minutes = MINUTES_DEFAULT;
	time_t beat = time(NULL);
	size_t urgent;
	int err = cli_opt_number(cli, "every", 1, MINUTES_MAX, &minutes);

	while (!err) {
		err = look(cli, &urgent);
		if (!err && urgent)
			err = ring(cli, urgent);
		fflush(stdout);
		if (err || cli_flag(cli, "once"))
			return err ? err : urgent ? DAVY_URGENT : DAVY_OK;
		beat += (time_t)minutes * 60;
		wait_until(beat);
	}
	return err;
}

static const struct cli_option options[] = {
	{ .name = "every",
	  .arg = N_("MINUTES"),
	  .help = N_("how long between two looks (10; at most 60)") },
	{ .name = "once", .help = N_("look once; exit status 4 where something urgent waits") },
	{ .name = "call", .help = N_("also run the program that the file duty in the home names") },
	{ 0 },
};

const struct command cmd_watch = {
	.noun = "watch",
	.help = N_("ring in the duty room when something urgent waits"),
	.more = N_(
		"Syncs on a beat that never changes and rings when an urgent tip is unread, your "
		"desk was told of an accident, or a clock of a case, a referral or a need has run "
		"out. No message leaves this machine; the program that --call runs learns "
		"nothing but that. Needs davy unlock or --passphrase-file."),
	.group = CLI_REVIEW,
	.options = options,
	.exec = watch,
};
