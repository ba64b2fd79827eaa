/* davy tip say: sends what a source adds to her tip, or answers to a question. */
#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/source/source.h"
#include "admin-cli/cmd/tip_options.h"

/* The type of the entry: an answer where the last reply was a question, an objection where she asks
 * for the one recheck. */
static uint16_t
type_of(const struct cli *cli, const struct source_thread *t)
{
	const json_t *last = t->cnt ? t->reply[t->cnt - 1] : NULL;

	if (cli_flag(cli, "object"))
		return ENTRY_OBJECTION;
	if (cli_flag(cli, "withdraw"))
		return ENTRY_WITHDRAWAL;
	if (schema_is(last, "question") || !strcmp(schema_text(last, "status"), "3"))
		return ENTRY_ANSWER;
	return ENTRY_MESSAGE;
}

static int
send_text(struct cli *cli, const struct source *s, const struct source_thread *t)
{
	struct source_entry e = {
		.type = type_of(cli, t), .number = t->source_cnt, .prev = t->own, .seen = t->newest
	};
	struct source_frames frames = { 0 };
	struct source_exclude exclude;
	struct choose_set to;
	struct seal_set set;
	json_t *body = json_pack("{s:i,s:s}", "v", 1, "text", cli->text);
	size_t done = 0;
	int err = tip_exclude(cli, s->view, NULL, &exclude);

	if (!err)
		err = source_choose_again(cli->ses, s, t->desk, &exclude, &to);
	choose_seal_set(&set, &to);
	tip_exclude_put(body, &exclude);
	e.body = body;
	if (!err)
		err = source_entry(cli->ses, s, &set, &e, &frames);
	if (!err)
		err = source_frames_send(cli->ses, &frames, &done);
	if (!err) {
		cli_printf(cli, _("Sent: the gateway has it.\n"));
		cli_data(cli, json_pack("{s:I,s:I}", "number", (json_int_t)e.number, "type",
					(json_int_t)e.type));
	}
	source_frames_free(&frames);
	json_decref(body);
	return err;
}

static int
check(struct cli *cli)
{
	struct source_exclude unused;

	return tip_exclude(cli, NULL, NULL, &unused);
}

static int
tip_say(struct cli *cli)
{
	struct source_thread t;
	struct source *s;
	int err = source_return(cli->ses, cli_opt(cli, "receipt-file"), &s);

	if (err)
		return err;
	err = source_poll(cli->ses, s, &t);
	if (!err && t.removed)
		err = cli_fail(cli, DAVY_REFUSED, "removed",
			       _("This case was closed and its content removed. If there is still "
				 "danger, send a new tip."));
	if (!err)
		err = send_text(cli, s, &t);
	source_thread_free(&t);
	source_free(s);
	return err;
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("what to say")),
	{ .name = "object", .help = N_("the answer is wrong: ask for a recheck, once") },
	{ .name = "withdraw", .help = N_("say that you take it back (nothing is deleted)") },
	{ .name = "receipt-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the number there instead of asking for it") },
	{ .name = "exclude",
	  .many = true,
	  .arg = N_("DESK"),
	  .help = N_("never seal it to this desk") },
	{ 0 },
};

const struct command cmd_tip_say = {
	.noun = "tip",
	.verb = "say",
	.args = "[TEXT]",
	.help = N_("answer a question or add something"),
	.group = CLI_SOURCE,
	.arg_max = 1,
	.options = options,
	.text = CLI_TEXT_ARG,
	.check = check,
	.exec = tip_say,
};
