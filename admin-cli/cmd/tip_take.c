/*
 * davy tip take: staff of a desk types a tip that came by telephone, by letter or at the counter.
 * It is sealed and sent as a source's own tip; only its sealed words say that staff typed it.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/file_wipe.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/area.h"
#include "admin-cli/cmd/take_ask.h"
#include "admin-cli/cmd/tip_options.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/form.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/source/source_seed.h"
#include "admin-cli/source/source_taken.h"

/* Nothing is asked in a script: --answers says everything. */
static bool
asks(const struct cli *cli)
{
	return cli->tty_in && !cli->json && !cli_opt(cli, "answers");
}

/* How it came: by --how, the file, or asked. */
static int
take_how(struct cli *cli, json_t *body)
{
	const char *how = cli_opt(cli, "how");
	char typed[32];
	int err = 0;

	if (how)
		json_object_set_new(body, "taken", json_string(how));
	while (!err && !form_taken(body) && asks(cli)) {
		err = cli_ask(cli, _("How did it come: telephone, paper or counter?"), typed,
			      sizeof(typed));
		if (!err)
			json_object_set_new(body, "taken", json_string(typed));
	}
	if (!err && !form_taken(body))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say how it came: --how telephone, paper or counter."));
	return err;
}

/* The body as far as files give it. */
static int
take_files(struct cli *cli, json_t **body)
{
	const char *answers = cli_opt(cli, "answers"), *file = cli_opt(cli, "file");
	char *text = NULL;
	int err = 0;

	*body = NULL;
	if (answers)
		err = source_read_tip(cli->ses, answers,
				      &(struct source_form){ .pick = cli_opt(cli, "pick"),
							     .words = cli_opt(cli, "words") },
				      body);
	else
		*body = json_pack("{s:i, s:s}", "v", 1, "lang", taxonomy_chinese() ? "zh" : "en");
	if (!err && file)
		err = file_read_text(cli->ses, file, FORM_MAX, &text);
	if (!err && text)
		json_object_set_new(*body, "what", json_string(text));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	return err;
}

/* The same that the page asks for, where nobody is asked. */
static int
take_check(struct cli *cli, json_t *body)
{
	const char *county = schema_text(body, "county");
	unsigned q = form_missing(body);
	int err = 0;

	if (q < FORM_CNT)
		return cli_fail(cli, DAVY_REFUSED, "body", _("The answers lack \"%s\": %s"),
				form_question[q].name, _(form_question[q].ask));
	if (form_too_long(body))
		return cli_fail(cli, DAVY_REFUSED, "body",
				_("The tip is full: at most %d bytes fit. Say it shorter."),
				FORM_MAX);
	err = area_take(cli, "county", &county);
	for (q = 0; !err && q < FORM_CNT; q++)
		err = take_risks(cli, q, body);
	return err;
}

/* The number: read out on a terminal, printed in a script; none for a letter. */
static int
give_number(struct cli *cli, const struct source *s, json_t *body)
{
	const char *how = form_taken(body)->code;
	const struct take_digits number = { s->receipt.digits, RECEIPT_DIGITS,
					    !strcmp(how, "telephone") };
	bool kept = false;
	int err = 0;

	if (!strcmp(how, "paper"))
		kept = false;
	else if (asks(cli))
		err = take_number(cli, &number, &kept);
	else
		kept = schema_is(body, "want_reply");
	json_object_set_new(body, "want_reply", json_boolean(kept));
	if (!err && kept && !asks(cli))
		take_show(cli, &number, 0);
	return err;
}

/* The claim code of a source who wants a reward; none for a letter, since nobody hears it. The tip
 * looks the same with it and without. */
static int
give_code(struct cli *cli, struct source *s, const json_t *body)
{
	const char *how = form_taken(body)->code;
	const struct take_digits code = { s->reward.digits, REWARD_DIGITS,
					  !strcmp(how, "telephone") };
	bool letter = !strcmp(how, "paper"), wants = cli_flag(cli, "reward"), kept = true;
	struct choose_set payer;
	int err = 0;

	if (wants && letter)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A claim code is read out to the source: not for a letter."));
	if (wants && !source_payer(s, &payer))
		return cli_fail(cli, DAVY_REFUSED, "no-reward",
				_("No desk of this gateway pays rewards."));
	if (!wants && asks(cli) && !letter && source_payer(s, &payer))
		err = take_wants_reward(cli, &wants);
	if (err || !wants)
		return err;
	source_seed_reward(&s->reward);
	if (asks(cli)) {
		err = take_code(cli, &code, &kept);
	} else {
		cli_printf(cli, _("The claim code, for the reward alone:\n"));
		take_show(cli, &code, 0);
	}
	if (!kept)
		sodium_memzero(&s->reward, sizeof(s->reward));
	return err;
}

/* The plain files that are to go once the gateway has the tip. */
static json_t *
plain_files(struct cli *cli)
{
	static const char *const options[] = { "answers", "file" };
	json_t *list = json_array(), *mark;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		const char *path = cli_opt(cli, options[i]);

		mark = path && strcmp(path, "-") ? file_wipe_mark(path) : NULL;
		if (mark)
			json_array_append_new(list, mark);
	}
	return list;
}

/* What became of it, and for a script the numbers; takes `data` over. */
static void
say_sent(struct cli *cli, const struct source *s, bool number, json_t *data)
{
	char text[RECEIPT_TEXT_LEN + 1], code[REWARD_TEXT_LEN + 1];

	receipt_print(text, &s->receipt);
	reward_code_print(code, &s->reward);
	if (number)
		json_object_set_new(data, "receipt", json_string(text));
	if (*s->reward.digits)
		json_object_set_new(data, "reward", json_string(code));
	sodium_memzero(text, sizeof(text));
	sodium_memzero(code, sizeof(code));
	cli_printf(cli, "%s",
		   json_integer_value(json_object_get(data, "waiting"))
			   ? _("Sealed. The gateway could not be reached: the next davy sync sends "
			       "it.\n")
			   : _("Sent: the gateway has it.\n"));
	cli_printf(cli, _("The number is kept nowhere on this machine.\n"));
	cli_data(cli, data);
}

static int
seal_and_send(struct cli *cli, struct source *s, json_t *body, const json_t *plain)
{
	struct source_frames frames = { 0 };
	struct source_exclude exclude;
	struct choose_set to;
	size_t sent = 0, left = 0;
	int err = tip_exclude(cli, s->view, body, &exclude);

	if (!err && asks(cli))
		err = take_desks(cli, s, body, &exclude);
	if (!err)
		err = source_choose(cli->ses, s, body, &exclude, &to);
	if (!err)
		err = give_number(cli, s, body);
	if (!err)
		err = give_code(cli, s, body);
	body = source_tip_order(body);
	tip_exclude_put(body, &exclude);
	if (!err)
		err = tip_seal(cli, s, body, &to, &frames);
	if (!err)
		err = source_taken_keep(cli->ses, &frames, plain);
	if (!err)
		err = source_taken_send(cli->ses, &sent, &left);
	if (asks(cli))
		take_clear(cli);
	if (!err)
		say_sent(cli, s, form_can_answer(body),
			 json_pack("{s:o, s:I, s:I}", "desks", tip_desks(&to), "sent",
				   (json_int_t)sent, "waiting", (json_int_t)left));
	source_frames_free(&frames);
	json_decref(body);
	return err;
}

static int
take(struct cli *cli, struct source *s, json_t *body)
{
	json_t *plain = plain_files(cli);
	bool done = true;
	int err = take_how(cli, body);

	if (!err && asks(cli))
		err = take_ask(cli, body, &done);
	else if (!err)
		err = take_check(cli, body);
	if (!err && done)
		err = seal_and_send(cli, s, json_incref(body), plain);
	if (asks(cli) && (err || !done)) {
		take_clear(cli);
		cli_printf(cli, _("Nothing was kept.\n"));
	}
	json_decref(plain);
	return err;
}

static int
check(struct cli *cli)
{
	const char *how = cli_opt(cli, "how");
	struct source_exclude unused;

	if (how && !taxonomy_find(TAXONOMY_TAKEN, how))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say how it came: --how telephone, paper or counter."));
	if (!asks(cli) && !cli_opt(cli, "answers"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("There is no terminal to ask on: give --answers FILE."));
	return tip_exclude(cli, NULL, NULL, &unused);
}

static int
tip_take(struct cli *cli)
{
	struct source *s = NULL;
	json_t *body = NULL;
	int err = home_open(cli->ses, false);

	if (!err && !home_has_keys(cli->ses))
		err = cli_fail(
			cli, DAVY_REFUSED, "no-keys",
			_("This home has no key of a member. A source sends her own tip with "
			  "davy tip send."));
	if (!err)
		err = take_files(cli, &body);
	if (!err)
		err = source_new(cli->ses, &s);
	if (!err) {
		err = take(cli, s, body);
		source_free(s);
	}
	json_decref(body);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "how",
	  .arg = "HOW",
	  .words = "telephone paper counter",
	  .axis = "taken",
	  .help = N_("how it came") },
	{ .name = "answers",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the answers as JSON, as davy tip send takes them: nothing is asked") },
	{ .name = "pick",
	  .arg = N_("ID"),
	  .help = N_("which one, where the file holds many (T02)") },
	{ .name = "words",
	  .arg = "zh|en",
	  .words = "zh en",
	  .help = N_("which words of a form to send") },
	{ .name = "file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read what was seen or heard from this text") },
	{ .name = "attach",
	  .many = true,
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("send this file with it") },
	{ .name = "exclude",
	  .many = true,
	  .arg = N_("DESK"),
	  .help = N_("never seal it to this desk: the source's wish") },
	{ .name = "reward",
	  .help = N_("the source wants a reward: a claim code is given as well, once") },
	{ 0 },
};

const struct command cmd_tip_take = {
	.noun = "tip",
	.verb = "take",
	.args = "",
	.help = N_("type a tip that came by telephone, letter or at the counter"),
	.more = N_(
		"It goes as a source's own tip to the desks that its form picks, and says inside that "
		"staff typed it, not who. The number is read out and then wiped; so is the claim code of a source "
		"who wants a reward. A file that --answers or "
		"--file names is overwritten and removed once the gateway has the tip; an SSD, a journal "
		"or a snapshot may keep old blocks, so work on an encrypted disk. Without a network the "
		"sealed tip waits for davy sync."),
	.group = CLI_SOURCE,
	.options = options,
	.check = check,
	.exec = tip_take,
};
