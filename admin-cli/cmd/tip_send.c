/* davy tip send: seals a tip and sends it, as the page does on a phone. */
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/source/source.h"
#include "admin-cli/source/source_seed.h"
#include "admin-cli/cmd/area.h"
#include "admin-cli/cmd/tip_options.h"
#include "crypto/err.h"

static int
resume(struct cli *cli)
{
	struct source_frames frames = { 0 };
	const char *unsent = NULL;
	int err = source_unsent(cli->ses, &unsent);

	if (!err && access(unsent, R_OK) != 0) {
		cli_printf(cli, _("Nothing waits to be sent.\n"));
		cli_data(cli, json_pack("{s:i}", "frames", 0));
		return 0;
	}
	if (!err)
		err = source_frames_load(cli->ses, unsent, &frames);
	if (!err)
		err = tip_frames_send(cli, &frames, unsent);
	if (!err)
		cli_data(cli, json_pack("{s:I}", "frames", (json_int_t)frames.cnt));
	source_frames_free(&frames);
	return err;
}

/* Shows the claim code, once, or writes it into --reward-file. */
static int
show_reward(struct cli *cli, const struct source *s)
{
	const char *path = cli_opt(cli, "reward-file");
	char text[REWARD_TEXT_LEN + 2];
	int err = 0;

	if (!*s->reward.digits)
		return 0;
	reward_code_print(text, &s->reward);
	if (path) {
		text[REWARD_TEXT_LEN] = '\n';
		err = file_write(cli->ses, path, 0600, text, REWARD_TEXT_LEN + 1);
	} else {
		cli_printf(cli,
			   _("Your claim code, for the reward alone. Write it on another paper:\n\n"
			     "    %s\n\n"),
			   text);
	}
	sodium_memzero(text, sizeof(text));
	return err;
}

static int
send_new(struct cli *cli, const struct source *s, json_t *body)
{
	const char *save = cli_opt(cli, "save"), *unsent = NULL;
	struct source_frames frames = { 0 };
	struct source_exclude exclude;
	struct choose_set to;
	char text[RECEIPT_TEXT_LEN + 1], code[REWARD_TEXT_LEN + 1];
	int err = tip_exclude(cli, s->view, body, &exclude);

	if (!err)
		err = source_choose(cli->ses, s, body, &exclude, &to);
	tip_exclude_put(body, &exclude);
	if (!err)
		err = tip_seal(cli, s, body, &to, &frames);
	if (!err)
		err = source_unsent(cli->ses, &unsent);
	if (!err)
		err = source_frames_save(cli->ses, save ? save : unsent, &frames);
	if (!err)
		err = tip_receipt_show(cli, s); /* before the first frame leaves */
	if (!err)
		err = show_reward(cli, s);
	if (!err && save)
		cli_printf(cli, _("%zu frames are in %s: anybody may carry them.\n"), frames.cnt,
			   cli_s(cli, save));
	else if (!err)
		err = tip_frames_send(cli, &frames, unsent);
	if (!err) {
		receipt_print(text, &s->receipt);
		reward_code_print(code, &s->reward);
		cli_data(cli, json_pack("{s:s*,s:s*,s:I,s:o}", "receipt",
					cli_opt(cli, "receipt-file") ? NULL : text, "reward",
					*code && !cli_opt(cli, "reward-file") ? code : NULL,
					"frames", (json_int_t)frames.cnt, "desks", tip_desks(&to)));
		sodium_memzero(code, sizeof(code));
	}
	source_frames_free(&frames);
	return err;
}

static int
check(struct cli *cli)
{
	struct source_exclude unused;
	const char *county = cli_opt(cli, "county");
	int err = county ? area_take(cli, "county", &county) : 0;

	return err ? err : tip_exclude(cli, NULL, NULL, &unused);
}

static int
tip_send(struct cli *cli)
{
	const char *path = cli_opt(cli, "tip"), *county = cli_opt(cli, "county"), *unsent;
	struct source *s;
	json_t *body;
	int err;

	if (cli_flag(cli, "resume"))
		return resume(cli);
	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say what to send: --tip FILE."));
	err = source_unsent(cli->ses, &unsent);
	if (err)
		return err;
	if (access(unsent, F_OK) == 0 && !cli_opt(cli, "save"))
		return cli_fail(
			cli, DAVY_REFUSED, "unsent",
			_("A tip is still on its way: first davy tip send --resume, or delete %s."),
			unsent);
	err = county ? area_take(cli, "county", &county) : 0;
	if (!err)
		err = source_read_tip(cli->ses, path,
				      &(struct source_form){ .pick = cli_opt(cli, "pick"),
							     .words = cli_opt(cli, "words"),
							     .county = county,
							     .danger = cli_flag(cli, "danger") },
				      &body);
	if (err)
		return err;
	if (json_object_get(body, "taken"))
		err = cli_fail(cli, DAVY_REFUSED, "body",
			       _("This file is of a tip that staff took: davy tip take sends it."));
	if (!err)
		err = source_new(cli->ses, &s);
	if (!err && (cli_flag(cli, "reward") || cli_opt(cli, "reward-file")))
		source_seed_reward(&s->reward);
	if (!err) {
		err = send_new(cli, s, body);
		source_free(s);
	}
	json_decref(body);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "tip",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the tip as JSON: a body, or a form like the sample tips") },
	{ .name = "pick",
	  .arg = N_("ID"),
	  .help = N_("which one, where the file holds many (T02)") },
	{ .name = "words",
	  .arg = "zh|en",
	  .words = "zh en",
	  .help = N_("which words of a form to send") },
	{ .name = "attach",
	  .many = true,
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("send this file with it") },
	{ .name = "county",
	  .arg = N_("COUNTY"),
	  .help = N_("where: six digits or a name; nothing for don't know") },
	{ .name = "danger", .help = N_("someone may die within a day") },
	{ .name = "exclude",
	  .many = true,
	  .arg = N_("DESK"),
	  .help = N_("never seal it to this desk") },
	{ .name = "receipt-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("write the number there (mode 0600) instead of showing it") },
	{ .name = "reward", .help = N_("you want a reward: a claim code is shown as well, once") },
	{ .name = "reward-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("write the claim code there (mode 0600) instead of showing it") },
	{ .name = "save",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("do not send: write the frames for somebody to carry") },
	{ .name = "resume", .help = N_("send what a lost connection left") },
	{ 0 },
};

const struct command cmd_tip_send = {
	.noun = "tip",
	.verb = "send",
	.args = "",
	.help = N_("seal a tip and send it"),
	.more = N_("Prints your number, once: with it you come back and read the answer."),
	.group = CLI_SOURCE,
	.options = options,
	.check = check,
	.exec = tip_send,
};
