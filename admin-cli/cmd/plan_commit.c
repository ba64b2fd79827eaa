/*
 * davy plan commit, reveal: the randomness of a plan comes from two persons. Both commit, and leave
 * their shares with the desk above, before either reveals. With --files a plan goes from hand to
 * hand in its folder alone; then nobody can reveal for who refuses.
 */
#include <sodium.h>
#include <string.h>

#include "admin-cli/cmd/plan_step.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/plan_book.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* ---- commit ---- */

/* Shows the plan, asks, and draws the second share. */
static int
second_share(struct cli *cli, struct plan_step *s, uint8_t share[static 32])
{
	int err = cli_flag(cli, "again") ? 0 : plan_refuse_second(cli, s->plan, "");

	if (!err) {
		plan_show(cli, &s->report);
		if (cli->tty_in)
			err = cli_confirm(cli, _("Commit to this plan?"));
	}
	return err ? err : plan_share_new(cli, s->plan, true, share);
}

static int
commit_files(struct cli *cli, struct plan_step *s, bool there)
{
	uint8_t share[32];
	int err = 0;

	if (plan_step_said(s, PLAN_NO_TABLE, false) || plan_step_said(s, PLAN_NO_SHARE, false))
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("The planner's table and commitment must be there first."));
	if (!plan_step_said(s, PLAN_NO_SHARE, true))
		return cli_fail(cli, DAVY_REFUSED, "exists",
				_("An approver has committed already."));
	if (there)
		return cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("You have committed to this plan; the second share comes from another person."));
	err = second_share(cli, s, share);
	if (!err)
		err = plan_share_write(cli, cli->argv[0], s->plan, true, share);
	sodium_memzero(share, sizeof(share));
	if (!err)
		cli_printf(
			cli,
			_("Committed. Each of the two reveals now: davy plan reveal --files %s\n"),
			cli_s(cli, cli->argv[0]));
	return err;
}

/* The book of the plan, as the gateway has it now; NULL: there is none yet. */
static int
find_book(struct cli *cli, const struct plan_body *plan, struct opened **out)
{
	const struct trust *view;
	struct sync_result count = { 0 };
	uint8_t id[16];
	char hex[33];
	int err = trust_get(cli->ses, false, &view);

	*out = NULL;
	if (!err)
		err = sync_list(cli->ses, view, FRAME_BOOK, &count);
	plan_book_id(id, plan->plan);
	if (err || submit_open(cli->ses, FRAME_BOOK, term_hex(hex, id, 16), out) == 0)
		return err;
	if (strcmp(session_failure_name(cli->ses), "not-found") != 0)
		return DAVY_REFUSED;
	cli_forgive(cli);
	return 0;
}

/* Whoever may draw twice chooses: another book for the same desk and days is named. */
static int
refuse_other(struct cli *cli, const struct plan_body *plan)
{
	uint8_t id[16];
	char hex[9];
	bool other;
	int err = plan_book_other(cli->ses, plan, &other, id);

	if (!err && other && !cli_flag(cli, "again"))
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("Plan %s stands for this desk and some of these days. Whoever may "
				 "draw twice chooses; --again makes a second one, and davy plan "
				 "verify names both."),
			       term_hex(hex, id, 4));
	return err;
}

static int
open_book(struct cli *cli, const struct plan_body *plan, struct opened **out)
{
	const struct trust *view;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = refuse_other(cli, plan);
	if (!err)
		err = plan_book_open(cli->ses, view, plan);
	if (!err)
		err = find_book(cli, plan, out);
	if (!err && !*out)
		err = cli_fail(cli, DAVY_AGAIN, "not-found",
			       _("The gateway does not show the plan yet; try again."));
	return err;
}

/* The approver's part, from a plan whose planner has committed. */
static int
approve(struct cli *cli, struct plan_step *s, struct opened *d, uint8_t share[static 32])
{
	if (sodium_is_zero(d->fold.plan.commit[0], 32) || !s->seen->sites)
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("The planner's table and commitment must be there first."));
	if (!sodium_is_zero(d->fold.plan.commit[1], 32))
		return cli_fail(cli, DAVY_REFUSED, "exists",
				_("An approver has committed already."));
	if (!memcmp(d->fold.plan.who[0], d->view->me->handle, 8))
		return cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("You have committed to this plan; the second share comes from another person."));
	int err = refuse_other(cli, s->plan);
	return err ? err : second_share(cli, s, share);
}

static int
commit_book(struct cli *cli, struct plan_step *s, const struct planned_share *mine, bool there)
{
	bool approver = !there || mine->approver;
	struct opened *d;
	uint8_t share[32];
	char hex[9];
	int err = find_book(cli, s->plan, &d);

	if (!err && !d && !approver)
		err = open_book(cli, s->plan, &d);
	if (!err && !d)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("The planner has not committed at the gateway yet."));
	memcpy(share, mine->share, sizeof(share));
	if (!err && !there)
		err = approve(cli, s, d, share);
	if (!err)
		err = plan_book_commit(cli->ses, d, share, approver);
	sodium_memzero(share, sizeof(share));
	if (!err) {
		term_hex(hex, d->c.rec.id, 4);
		cli_printf(
			cli,
			approver
				? _("Committed. Each of the two reveals now: davy plan reveal %s\n")
				: _("Committed, as plan %s. Another person commits now, with the "
				    "same folder.\n"),
			hex);
	}
	opened_free(d);
	return err;
}

static int
commit_exec(struct cli *cli)
{
	struct planned_share mine = { 0 };
	struct plan_step *s;
	bool there = false;
	int err = plan_step_folder(cli, &s, cli->argv[0]);

	if (!err)
		err = planned_share(cli->ses, s->plan->plan, &mine, &there);
	if (!err)
		err = cli_flag(cli, "files") ? commit_files(cli, s, there)
					     : commit_book(cli, s, &mine, there);
	sodium_memzero(&mine, sizeof(mine));
	plan_step_end(s);
	return err;
}

/* ---- reveal ---- */

/* The commitment of the other person, as it stands in the folder now. */
static bool
other_commit(const struct plan_step *s, bool approver, uint8_t out[static 32])
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

static size_t
wrong_cnt(const struct plan_step *s)
{
	size_t cnt = 0;

	for (size_t i = 0; i < s->report.cnt; i++)
		cnt += plan_said_wrong(s->report.finding[i].said);
	return cnt;
}

/* Verifies what is known as it would be with this document in it. What was wrong before, as a
 * second plan of somebody else is, keeps nobody from revealing. */
static int
try_reveal(struct cli *cli, struct plan_step *s, struct plan_body *b, const char *name)
{
	size_t len, before = wrong_cnt(s);
	char *text;
	int err = plan_body_print(&text, &len, b);

	if (err)
		return cli_fail_err(cli, err, "%s", cli_s(cli, name));
	err = plan_step_give(cli, s, name, (uint8_t *)text, len);
	if (!err)
		plan_show(cli, &s->report);
	if (!err && wrong_cnt(s) > before)
		err = cli_fail(cli, DAVY_REFUSED, "wrong",
			       _("Something is wrong with these files; it is named above."));
	return err;
}

static int
fill_reveal(struct cli *cli, struct plan_step *s, const uint8_t share[static 32],
	    struct plan_body *b)
{
	int err = take_beacon(cli, s->plan, b);

	if (!err && !other_commit(s, b->approver, b->other))
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("The other person has not committed yet. Whoever reveals before lets "
			  "the other choose."));
	memcpy(b->plan, s->plan->plan, sizeof(b->plan));
	memcpy(b->secret, share, sizeof(b->secret));
	return err;
}

/* Reveals into the book, where the fold judges it as well, or into the folder. */
static int
reveal(struct cli *cli, struct plan_step *s, struct plan_body *b)
{
	const char *name = b->approver ? "reveal-approver.json" : "reveal-planner.json";
	struct plan_reveal r = { .share = b->secret,
				 .approver = b->approver,
				 .escrow = b->escrow,
				 .beacon = b->beacon };
	/* A reveal that takes the place of another one is judged by the fold alone. */
	bool again = s->book && s->book->fold.plan.reveal[b->approver];
	int err = again ? 0 : try_reveal(cli, s, b, name);

	if (!err)
		err = s->book ? plan_book_reveal(cli->ses, s->book, &r)
			      : plan_files_write(cli, cli->argv[0], name, b);
	return err;
}

static int
reveal_own(struct cli *cli, struct plan_step *s)
{
	struct planned_share mine = { 0 };
	bool there = false;
	int err = planned_share(cli->ses, s->plan->plan, &mine, &there);
	struct plan_body b = { .kind = PLAN_REVEAL, .approver = mine.approver };

	if (!err && !there)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("This home has no share of this plan."));
	if (!err)
		err = fill_reveal(cli, s, mine.share, &b);
	sodium_memzero(&mine, sizeof(mine));
	if (!err)
		err = reveal(cli, s, &b);
	sodium_memzero(&b, sizeof(b));
	return err;
}

/* Whether the desk above has to reveal for this person: he has not, or with other numbers of the
 * lottery than those that are given now. */
static bool
is_missing(const struct cli *cli, const struct plan_step *s, bool approver)
{
	const json_t *said = s->book->fold.plan.reveal[approver];
	const char *beacon = cli_opt(cli, "beacon");

	return !said || (beacon && strcmp(schema_text(said, "beacon"), beacon) != 0);
}

static int
reveal_for(struct cli *cli, struct plan_step *s, bool approver)
{
	struct plan_body b = { .kind = PLAN_REVEAL, .approver = approver, .escrow = true };
	uint8_t share[32];
	int err = plan_book_share(cli->ses, s->book, approver, share);

	if (!err)
		err = fill_reveal(cli, s, share, &b);
	if (!err)
		err = reveal(cli, s, &b);
	sodium_memzero(share, sizeof(share));
	sodium_memzero(&b, sizeof(b));
	return err;
}

/* *s is read anew after each, since the second is verified together with the first. */
static int
reveal_escrow(struct cli *cli, struct plan_step **s)
{
	unsigned cnt = 0;
	int err = 0;

	for (unsigned by = 0; by < 2 && !err; by++) {
		if (!is_missing(cli, *s, by == 1))
			continue;
		err = reveal_for(cli, *s, by == 1);
		cnt += !err;
		if (!err) {
			plan_step_end(*s);
			err = plan_step_book(cli, s, cli->argv[0], true);
		}
	}
	if (!err && !cnt)
		err = cli_fail(cli, DAVY_REFUSED, "exists", _("Both have revealed already."));
	return err;
}

static int
check_reveal(struct cli *cli)
{
	if (cli_flag(cli, "files") && cli_flag(cli, "escrow"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Where a plan goes from hand to hand, nobody has the shares of "
				  "others."));
	return 0;
}

static int
reveal_exec(struct cli *cli)
{
	struct plan_step *s;
	int err = cli_flag(cli, "files") ? plan_step_folder(cli, &s, cli->argv[0])
					 : plan_step_book(cli, &s, cli->argv[0], true);

	if (!err)
		err = cli_flag(cli, "escrow") ? reveal_escrow(cli, &s) : reveal_own(cli, s);
	if (!err)
		cli_printf(cli, "%s\n",
			   s->seen->order
				   ? _("Both shares are revealed: this is the list.")
				   : _("Revealed. The list is there when the other person has "
				       "revealed too."));
	plan_step_end(s);
	return err;
}

#define FILES_OPTION                                                                               \
	{                                                                                          \
		.name = "files",                                                                   \
		.help = N_("without the gateway: the folder goes from hand to hand")               \
	}

static const struct cli_option commit_options[] = {
	FILES_OPTION,
	{ .name = "again", .help = N_("although there is a plan for some of these days") },
	{ 0 },
};

const struct command cmd_plan_commit = {
	.noun = "plan",
	.verb = "commit",
	.args = "FOLDER",
	.help = N_("commit to a plan: first who drew it, then another person of the desk"),
	.more = N_(
		"Verifies the plan first, also against the register if this home has it. Your share is left at "
		"the gateway, sealed to the desk above and the backstop, who are given it when both have "
		"committed: whoever then refuses to reveal changes nothing. A second plan for the same desk "
		"and days is refused."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = commit_options,
	.words = "@dir",
	.exec = commit_exec,
};

static const struct cli_option reveal_options[] = {
	{ .name = "beacon",
	  .arg = N_("TEXT"),
	  .help = N_("the numbers of the lottery that the plan has announced") },
	{ .name = "escrow",
	  .help = N_("as the desk above: reveal for who has not, from the share left with you") },
	FILES_OPTION,
	{ 0 },
};

const struct command cmd_plan_reveal = {
	.noun = "plan",
	.verb = "reveal",
	.args = "PLAN",
	.help = N_("reveal your share when both have committed; the list follows from both"),
	.more = N_(
		"PLAN is the folder of the plan, or the beginning of its number at the gateway. From the second "
		"day after both have committed the desk above reveals for who has not, or who gave other "
		"numbers of the lottery than it drew; the log says who that was."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = reveal_options,
	.words = "@dir",
	.check = check_reveal,
	.exec = reveal_exec,
};
