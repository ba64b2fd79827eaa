/* davy tip check: shows a source what became of her tip, from the replies that are sealed to her.
 */
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/source/source.h"

static const char *
status_name(const char *code)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_STATUS, code);

	return w ? taxonomy_name(w) : code;
}

static void
print_reply(struct cli *cli, const json_t *body, uint32_t day)
{
	const char *text = schema_text(body, "text");
	char date[TERM_DATE_CAP], *safe;

	cli_printf(cli, "\n%s%s%s%s%s\n", cli_style(cli, "bold"), day ? term_date(date, day) : "",
		   day ? "  " : "", status_name(schema_text(body, "status")),
		   cli_style(cli, "off"));
	if (!*text)
		return;
	safe = term_safe(text, strlen(text), TERM_LINES);
	cli_wrap(cli, 2, safe);
	free(safe);
}

/* What the public log says of her tip; nothing where there is no log. */
static const char *const log_said[] = {
	[SOURCE_LOG_NONE] = N_(
		"The gateway shows no proof from its public log: your tip may be older than it."),
	[SOURCE_LOG_WAITS] = N_(
		"Your tip waits for the next batch of the public log: it stands there in four hours."),
	[SOURCE_LOG_STANDS] = N_(
		"Your tip is in the public log. The gateway cannot say any more that it never came."),
	[SOURCE_LOG_UNSEEN] = N_(
		"Your tip is in the public log that you are shown. Fewer witnesses than the roster asks "
		"for have seen that log lately, so others may be shown another one."),
	[SOURCE_LOG_MISSING] = N_(
		"By what the gateway has signed, its public log does not have your tip, though it took "
		"it. Send it again by another way."),
	[SOURCE_LOG_REFUTED] = N_(
		"What the gateway shows of its public log is no proof. Send the tip again by another "
		"way."),
};
static const char *const log_names[] = {
	[SOURCE_LOG_OFF] = "off",         [SOURCE_LOG_NONE] = "none",
	[SOURCE_LOG_WAITS] = "waits",     [SOURCE_LOG_STANDS] = "stands",
	[SOURCE_LOG_UNSEEN] = "unseen",   [SOURCE_LOG_MISSING] = "missing",
	[SOURCE_LOG_REFUTED] = "refuted",
};

static json_t *
as_json(const struct source_thread *t, const struct source_logged *logged)
{
	json_t *replies = json_array();
	size_t i;

	for (i = 0; i < t->cnt; i++)
		json_array_append_new(replies,
				      json_pack("{s:s,s:s,s:b,s:I,s:I}", "status",
						schema_text(t->reply[i], "status"), "text",
						schema_text(t->reply[i], "text"), "question",
						schema_is(t->reply[i], "question"), "day",
						(json_int_t)t->day[i], "number",
						(json_int_t)t->number[i]));
	return json_pack("{s:s,s:b,s:b,s:b,s:I,s:o,s:s,s:I}", "status", source_status(t),
			 "acknowledged", t->acknowledged, "closed", t->closed, "removed",
			 t->removed, "sent", (json_int_t)t->source_cnt, "replies", replies, "log",
			 log_names[logged->log], "seen", (json_int_t)logged->seen.cnt);
}

static int
tip_check(struct cli *cli)
{
	struct source_thread t;
	struct source_logged logged = { .log = SOURCE_LOG_OFF };
	struct source *s;
	size_t i;
	int err = source_return(cli->ses, cli_opt(cli, "receipt-file"), &s);

	if (err)
		return err;
	err = source_poll(cli->ses, s, &t);
	/* Of a case that was removed the log has the entry, and the gateway no stub to prove it. */
	if (!err && !t.removed)
		err = source_logged(cli->ses, s, 0, &logged);
	if (!err) {
		cli_printf(cli, "%s%s%s\n", cli_style(cli, "bold"),
			   t.removed ? _("closed and removed") : status_name(source_status(&t)),
			   cli_style(cli, "off"));
		if (t.removed)
			cli_printf(cli,
				   _("The case was closed long ago, and its content was removed. "
				     "If there is still danger, send a new tip.\n"));
		for (i = 0; i < t.cnt; i++)
			print_reply(cli, t.reply[i], t.day[i]);
		if (t.cnt && schema_is(t.reply[t.cnt - 1], "question"))
			cli_printf(cli, _("\nAnswer with: davy tip say \"…\"\n"));
		if (logged.log != SOURCE_LOG_OFF)
			cli_printf(cli, "\n%s\n", _(log_said[logged.log]));
		cli_data(cli, as_json(&t, &logged));
	}
	source_thread_free(&t);
	source_free(s);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "receipt-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the number there instead of asking for it") },
	{ 0 },
};

const struct command cmd_tip_check = {
	.noun = "tip",
	.verb = "check",
	.args = "",
	.help = N_("look for an answer"),
	.group = CLI_SOURCE,
	.options = options,
	.exec = tip_check,
};
