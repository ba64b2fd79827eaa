/* davy reward claim, pay, failed, decline: the desk that pays. It sees a number, a sum, and whether
 * a code fits. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/reward.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/rewards.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/schema.h"

/* A code, and the first reward of those that were opened that it fits. */
struct fits {
	uint8_t verifier[REWARD_VERIFIER_LEN];
	uint8_t book[16];
	uint32_t day;
	bool found, claimable;
};

/* Opened on an earlier day; of one day, the lower id counts. */
static bool
is_before(const struct opened *d, const struct fits *f)
{
	return d->entry[0].day != f->day ? d->entry[0].day < f->day
					 : memcmp(d->c.rec.id, f->book, sizeof(f->book)) < 0;
}

static int
look_fits(struct session *ses, const struct opened *d, void *arg)
{
	struct fits *f = arg;

	(void)ses;
	if (!d->in.verifier || sodium_memcmp(d->in.verifier, f->verifier, sizeof(f->verifier)) ||
	    (f->found && !is_before(d, f)))
		return 0;
	f->found = true;
	f->day = d->entry[0].day;
	f->claimable = d->fold.state == REWARD_CLAIMABLE;
	memcpy(f->book, d->c.rec.id, sizeof(f->book));
	return 0;
}

/* Finds the reward and writes that it is claimed. One sentence for every code that gets nothing. */
static int
collect(struct cli *cli, const struct reward_code *code, uint64_t way)
{
	struct submit p = { .type = ENTRY_REWARD_CLAIMED };
	struct fits f = { .found = false };
	const struct home_gateway *g;
	struct opened *d;
	char hex[33];
	int err = home_gateway(cli->ses, &g);

	if (!err && reward_verifier(f.verifier, code, g->card.id))
		err = cli_fail(cli, DAVY_REFUSED, "internal", _("The code cannot be read."));
	if (!err)
		err = rewards_each(cli->ses, MACHINE_REWARD, look_fits, &f);
	if (!err && !f.claimable)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("No reward that can be claimed has this code."));
	if (!err)
		err = submit_open(cli->ses, FRAME_BOOK, term_hex(hex, f.book, 16), &d);
	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:I}", "v", 1, "code", code->digits, "way", (json_int_t)way);
	err = submit_send(cli->ses, &d->c, &p);
	json_decref(p.body);
	opened_free(d);
	if (err)
		return err;
	cli_printf(cli,
		   way ? _("%.8s  claimed. Two members pay it: davy reward pay %.8s\n")
		       : _("%.8s  the source does not want it.\n"),
		   hex, hex);
	cli_data(cli, json_pack("{s:s}", "id", hex));
	return 0;
}

/* Answers in the thread of a claim. Whatever the answer is, it shows after a time drawn alike. */
static int
answer(struct cli *cli, const struct opened *claim, const char *status, const char *text)
{
	struct submit p = { .type = ENTRY_REPLY,
			    .draw = reply_draw,
			    .body = json_pack("{s:i,s:s,s:s}", "v", 1, "status", status, "text",
					      text) };
	struct workspace_case c = claim->c;
	char shown[TERM_DATE_CAP];
	int err = p.body ? submit_send(cli->ses, &c, &p)
			 : cli_fail(cli, DAVY_REFUSED, "utf-8", _("The text is not valid UTF-8."));

	json_decref(p.body);
	if (!err)
		cli_printf(cli, _("She can see it from %s on.\n"), term_hour(shown, p.hour));
	return err;
}

/* The claim of a source that the first argument names. */
static int
open_claim(struct cli *cli, struct opened **out)
{
	int err = submit_open(cli->ses, FRAME_CASE, cli->argv[0], out);

	if (err || (*out)->fold.machine == MACHINE_CLAIM)
		return err;
	opened_free(*out);
	return cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no such claim."));
}

static int
claim_sent(struct cli *cli)
{
	struct reward_code code;
	struct opened *d;
	const char *text;
	int err = open_claim(cli, &d);
	size_t first;

	if (err)
		return err;
	first = opened_find(d, FRAME_SOURCE, 0);
	text = schema_text(d->x[first].body, "code");
	if (reward_code_parse(&code, text, strlen(text)))
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("No reward that can be claimed has this code."));
	if (!err)
		err = collect(cli, &code, schema_number(d->x[first].body, "way"));
	if (!err)
		err = answer(cli, d, "4", cli->text);
	sodium_memzero(&code, sizeof(code));
	opened_free(d);
	return err;
}

/* A code that somebody brought by voice or on paper. */
static int
claim_spoken(struct cli *cli)
{
	const char *path = cli_opt(cli, "code-file");
	char typed[128] = "", *text = NULL;
	struct reward_code code;
	uint64_t way = 0;
	int err = cli_opt_number(cli, "way", 0, 4, &way);

	if (!err)
		err = path ? file_read_text(cli->ses, path, sizeof(typed), &text)
			   : session_secret(cli->ses, _("Claim code (20 digits)"), typed,
					    sizeof(typed));
	if (!err && reward_code_parse(&code, text ? text : typed, strlen(text ? text : typed)))
		err = cli_fail(
			cli, DAVY_REFUSED, "code",
			_("This is not a claim code: one or more of its 20 digits are wrong."));
	if (!err)
		err = collect(cli, &code, way);
	sodium_memzero(&code, sizeof(code));
	sodium_memzero(typed, sizeof(typed));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	return err;
}

static int
reward_claim(struct cli *cli)
{
	return cli->argc ? claim_sent(cli) : claim_spoken(cli);
}

static int
check_claim(struct cli *cli)
{
	uint64_t way;

	if (cli->argc && (!(cli_opt(cli, "text") || cli_opt(cli, "file")) || cli_opt(cli, "way") ||
			  cli_opt(cli, "code-file")))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say with --text where and how she gets it."));
	if (!cli->argc && !cli_opt(cli, "way"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Name the claim, or say how it is paid: --way 0 to 4."));
	return cli_opt_number(cli, "way", 0, 4, &way);
}

/* Of two rewards with one blob only the first is paid: two offices may have passed one award on. */
static int
check_first(struct cli *cli, const struct opened *d)
{
	struct fits f = { .found = false };
	int err;

	if (!d->in.verifier)
		return 0;
	memcpy(f.verifier, d->in.verifier, sizeof(f.verifier));
	err = rewards_each(cli->ses, MACHINE_REWARD, look_fits, &f);
	if (!err && memcmp(f.book, d->c.rec.id, sizeof(f.book)) != 0)
		err = cli_fail(
			cli, DAVY_REFUSED, "twice",
			_("This reward has the code of one that was opened before. It is not "
			  "paid; tell the lead and the oversight desk."));
	return err;
}

static int
reward_pay(struct cli *cli)
{
	const struct opened *d = cli->opened;
	size_t other = opened_proposal(d, ENTRY_REWARD_PAID, false);
	struct submit p = { .type = ENTRY_PROPOSE };
	int err = book_is(cli, MACHINE_REWARD);

	if (!err)
		err = check_first(cli, d);
	if (err)
		return err;
	if (other != FOLD_NONE)
		return book_sign(cli, other);
	if (opened_proposal(d, ENTRY_REWARD_PAID, true) != FOLD_NONE)
		return cli_fail(cli, DAVY_REFUSED, "two", _("It takes another member."));
	p.body = json_pack("{s:i,s:s,s:{s:i}}", "v", 1, "type", "reward-paid", "body", "v", 1);
	err = case_write(cli, &p);
	if (!err && !p.queued)
		cli_printf(
			cli,
			_("It takes another member, who gives the same command: davy %s %s %s\n"),
			cli->command->noun, cli->command->verb, cli_s(cli, cli->argv[0]));
	return err;
}

static int
reward_failed(struct cli *cli)
{
	int err = book_is(cli, MACHINE_REWARD);

	return err ? err
		   : book_step(cli,
			       json_pack("{s:i,s:s,s:s}", "v", 1, "move", "claimable", "text",
					 cli->text),
			       false);
}

/* Nobody who tries codes learns from the answer whether one is unknown, claimed, paid or over. */
static int
reward_decline(struct cli *cli)
{
	struct opened *d;
	const char *lang;
	int err = open_claim(cli, &d);

	if (err)
		return err;
	lang = schema_text(d->x[opened_find(d, FRAME_SOURCE, 0)].body, "lang");
	err = answer(cli, d, "5d",
		     !strncmp(lang, "en", 2) ? "Nothing can be collected with this code now."
					     : "用这个号码现在领不到奖金。");
	opened_free(d);
	return err;
}

static const struct cli_option claim_options[] = {
	CLI_TEXT_OPTIONS(N_("where and how she gets it")),
	{ .name = "way",
	  .arg = N_("NUMBER"),
	  .axis = "pay",
	  .help = N_("of a code that came by voice: how it is paid") },
	{ .name = "code-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read that code there instead of asking for it") },
	{ 0 },
};

const struct command cmd_reward_claim = {
	.noun = "reward",
	.verb = "claim",
	.args = "[ID]",
	.help = N_("take a claim: its code is compared with the rewards"),
	.more = N_(
		"ID is a claim that a source has sent; the text answers her in its thread. Without ID the code came "
		"by voice, through a notary for instance. A code that is unknown, claimed, paid or over gives one "
		"and the same answer."),
	.group = CLI_REVIEW,
	.arg_max = 1,
	.options = claim_options,
	.text = CLI_TEXT_MAY,
	.check = check_claim,
	.exec = reward_claim,
};

const struct command cmd_reward_pay = {
	.noun = "reward",
	.verb = "pay",
	.args = "ID",
	.help = N_("say that a reward was paid (two members)"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = reward_pay,
};

static const struct cli_option failed_options[] = {
	CLI_TEXT_OPTIONS(N_("why")),
	{ 0 },
};

const struct command cmd_reward_failed = {
	.noun = "reward",
	.verb = "failed",
	.args = "ID",
	.help = N_("say that the payment failed: it can be claimed anew with its code"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = failed_options,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = reward_failed,
};

const struct command cmd_reward_decline = {
	.noun = "reward",
	.verb = "decline",
	.args = "ID",
	.help = N_("tell who claims that nothing can be collected with that code"),
	.more = N_("The words are fixed, and the same whatever the reason is."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.exec = reward_decline,
};
