/* davy tip claim: a source collects a reward. What she sends is for the desk that pays alone, and
 * looks to the gateway like a tip. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/tip_options.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/source/source.h"

static int
read_code(struct cli *cli, struct reward_code *code)
{
	const char *path = cli_opt(cli, "code-file");
	char typed[128] = "", *text = NULL;
	int err = path ? file_read_text(cli->ses, path, sizeof(typed), &text)
		       : session_secret(cli->ses, _("Your claim code (20 digits)"), typed,
					sizeof(typed));

	if (!err && reward_code_parse(code, text ? text : typed, strlen(text ? text : typed)))
		err = cli_fail(
			cli, DAVY_REFUSED, "code",
			_("This is not a claim code: one or more of its 20 digits are wrong."));
	sodium_memzero(typed, sizeof(typed));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	return err;
}

static int
send_claim(struct cli *cli, const struct source *s, json_t *body)
{
	struct source_frames frames = { 0 };
	struct source_entry e = { .type = ENTRY_REWARD_CLAIM, .body = body };
	const char *unsent = NULL;
	struct choose_set to;
	struct seal_set set;
	int err = 0;

	if (!source_payer(s, &to))
		return cli_fail(cli, DAVY_REFUSED, "no-reward",
				_("No desk of this gateway pays rewards."));
	choose_seal_set(&set, &to);
	e.desk = to.desk[0];
	err = source_entry(cli->ses, s, &set, &e, &frames);
	if (!err)
		err = source_unsent(cli->ses, &unsent);
	if (!err)
		err = source_frames_save(cli->ses, unsent, &frames);
	if (!err)
		err = tip_receipt_show(cli, s); /* before the frame leaves */
	if (!err)
		err = tip_frames_send(cli, &frames, unsent);
	source_frames_free(&frames);
	return err;
}

static int
tip_claim(struct cli *cli)
{
	struct reward_code code;
	const char *unsent;
	struct source *s;
	uint64_t way = 0;
	json_t *body;
	int err = source_unsent(cli->ses, &unsent);

	if (!err && access(unsent, F_OK) == 0)
		err = cli_fail(
			cli, DAVY_REFUSED, "unsent",
			_("A tip is still on its way: first davy tip send --resume, or delete %s."),
			unsent);
	if (!err)
		err = cli_opt_number(cli, "way", 1, 4, &way);
	if (!err)
		err = read_code(cli, &code);
	if (!err)
		err = source_new(cli->ses, &s);
	if (err)
		return err;
	body = json_pack("{s:i,s:s,s:s,s:I}", "v", 1, "lang", taxonomy_chinese() ? "zh" : "en",
			 "code", code.digits, "way", (json_int_t)way);
	sodium_memzero(&code, sizeof(code));
	err = send_claim(cli, s, body);
	json_decref(body);
	source_free(s);
	return err;
}

static int
check(struct cli *cli)
{
	uint64_t way;

	if (!cli_opt(cli, "way"))
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say how you want it: --way 1 to 4."));
	return cli_opt_number(cli, "way", 1, 4, &way);
}

static const struct cli_option options[] = {
	{ .name = "way", .arg = N_("NUMBER"), .axis = "pay", .help = N_("how you want it") },
	{ .name = "code-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the claim code there instead of asking for it") },
	{ .name = "receipt-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("write the number there (mode 0600) instead of showing it") },
	{ 0 },
};

const struct command cmd_tip_claim = {
	.noun = "tip",
	.verb = "claim",
	.args = "",
	.help = N_("collect a reward with a claim code"),
	.more = N_("Prints a number, once: with it you come back and read where to collect it."),
	.group = CLI_SOURCE,
	.options = options,
	.check = check,
	.exec = tip_claim,
};
