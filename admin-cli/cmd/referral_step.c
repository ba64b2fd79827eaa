/* The steps of a referral, one command for each state that a member brings about. */
#include <string.h>

#include "admin-cli/cmd/book.h"
#include "admin-cli/desk/opened.h"

/* `with`: the value of this option becomes the member of its name; NULL: none. */
static int
step(struct cli *cli, const char *move, const char *with)
{
	const char *value = with ? cli_opt(cli, with) : NULL;
	int err = book_is(cli, MACHINE_REFERRAL);
	json_t *body;

	if (err)
		return err;
	body = json_pack("{s:i,s:s,s:s*}", "v", 1, "move", move, "text", cli->text);
	if (body && value)
		json_object_set_new(body, with, json_string(value));
	return book_move(cli, body);
}

static int
approve(struct cli *cli)
{
	return step(cli, "approved", NULL);
}

static int
refuse(struct cli *cli)
{
	return step(cli, "not_approved", NULL);
}

static int
hand_over(struct cli *cli)
{
	int err = book_is(cli, MACHINE_REFERRAL);

	return err ? err
		   : book_move(cli,
			       json_pack("{s:i,s:s,s:s*,s:b}", "v", 1, "move", "handed_over",
					 "text", cli->text, "answered", cli_flag(cli, "answered")));
}

static int
receipt(struct cli *cli)
{
	return step(cli,
		    cli_flag(cli, "returned")   ? "returned"
		    : cli_flag(cli, "taken-up") ? "taken_up"
						: "acknowledged",
		    "receipt");
}

static int
recall(struct cli *cli)
{
	return step(cli, "recalled", NULL);
}

static int
again(struct cli *cli)
{
	return step(cli, "drafted", NULL);
}

static int
outcome(struct cli *cli)
{
	return step(cli, "closed", "outcome");
}

/* Of an accident that another desk has declared. */
static int
looked(struct cli *cli)
{
	int err = book_is(cli, MACHINE_ALERT);

	return err ? err
		   : book_step(cli,
			       json_pack("{s:i,s:s,s:s*}", "v", 1, "move", "looked_into", "text",
					 cli->text),
			       false);
}

static int
check_receipt(struct cli *cli)
{
	if (cli_flag(cli, "returned") && cli_flag(cli, "taken-up"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("It was taken up or returned, not both."));
	return cli_opt(cli, "receipt")
		       ? 0
		       : cli_fail(cli, DAVY_USAGE, "usage", _("Say which paper: --receipt TEXT."));
}

static const struct cli_option text_options[] = {
	CLI_TEXT_OPTIONS(N_("the reason")),
	{ 0 },
};

static const struct cli_option looked_options[] = {
	CLI_TEXT_OPTIONS(N_("what was looked at, and what is held")),
	{ 0 },
};

static const struct cli_option hand_options[] = {
	{ .name = "answered",
	  .help = N_("the source has been answered, or there is none (EXPOSE)") },
	CLI_TEXT_OPTIONS(N_("why it is late")),
	{ 0 },
};

static const struct cli_option receipt_options[] = {
	{ .name = "receipt",
	  .arg = N_("TEXT"),
	  .help = N_("the paper's number, and which post signed it") },
	{ .name = "taken-up", .help = N_("the office has taken it up") },
	{ .name = "returned", .help = N_("the office has sent it back") },
	CLI_TEXT_OPTIONS(N_("a remark")),
	{ 0 },
};

static const struct cli_option outcome_options[] = {
	{ .name = "outcome", .arg = N_("TEXT"), .help = N_("what the office decided and did") },
	CLI_TEXT_OPTIONS(N_("the reason, where it was not approved")),
	{ 0 },
};

#define STEP(id, word, what, opts, look)                                                           \
	const struct command cmd_referral_##id = {                                                 \
		.noun = "referral",                                                                \
		.verb = (word),                                                                    \
		.args = "ID",                                                                      \
		.help = (what),                                                                    \
		.group = CLI_REVIEW,                                                               \
		.arg_min = 1,                                                                      \
		.arg_max = 1,                                                                      \
		.options = (opts),                                                                 \
		.target = CLI_TARGET_BOOK,                                                         \
		.opened = true,                                                                    \
		.text = CLI_TEXT_MAY,                                                              \
		.check = (look),                                                                   \
		.exec = (id),                                                                      \
	}

STEP(approve, "approve", N_("approve a referral; two members give this command"), text_options,
     NULL);
STEP(refuse, "refuse", N_("refuse a referral with the reason; two members"), text_options, NULL);
STEP(hand_over, "hand-over", N_("say that the office has been given it"), hand_options, NULL);
STEP(receipt, "receipt", N_("file the receipt of the office"), receipt_options, check_receipt);
STEP(again, "again", N_("draft a returned or refused referral again"), text_options, NULL);
STEP(recall, "recall", N_("end a referral that was not handed over, with the reason; two members"),
     text_options, NULL);
STEP(outcome, "outcome", N_("end a referral with its outcome; two members"), outcome_options, NULL);
STEP(looked, "looked",
     N_("say that your desk has looked into its own cases after an accident that it was told of"),
     looked_options, NULL);
