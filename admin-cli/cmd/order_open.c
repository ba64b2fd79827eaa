/*
 * davy order release, davy order open: side A gives a layer, side B opens it; over the gateway, or
 * by voice where one of them has no network.
 */
#include "admin-cli/desk/order_open.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_open.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_release.h"
#include "admin-cli/view/show_layer.h"

#define SPOKEN_DIGITS (ORDER_END_LEN + RECEIPT_DIGITS)
#define SPOKEN_MAX    256

static int
check_layer(struct cli *cli)
{
	unsigned layer;

	return order_step_layer(cli, &layer);
}

/* ---- release ---- */

static void
say(struct cli *cli, const struct order_release *r)
{
	char groups[RECEIPT_TEXT_LEN + 1];

	receipt_print(groups, &r->code);
	cli_printf(cli, _("Say first:  %s\nThen:       %s\n"), r->end, groups);
	cli_printf(cli, "%s\n",
		   _("The first five digits are the end of the log: if they are others where they "
		     "are heard, the gateway hides something, and nobody goes."));
	if (r->queued)
		cli_warn(cli, _("Spoken, not yet recorded: the entry waits in the outbox until "
				"davy sync."));
	sodium_memzero(groups, sizeof(groups));
}

static json_t *
release_json(const struct order_release *r)
{
	json_t *data = json_pack("{s:i,s:b}", "layer", (int)r->layer, "queued", r->queued);

	if (r->say) {
		json_object_set_new(data, "end", json_string(r->end));
		json_object_set_new(data, "code", json_string(r->code.digits));
	}
	return data;
}

static int
order_release_exec(struct cli *cli)
{
	struct order_release r = { .say = cli_flag(cli, "say") };
	int err = order_step_layer(cli, &r.layer);

	if (!err)
		err = order_step_open(cli);
	if (!err)
		err = order_release(cli->ses, cli->target, &r);
	if (!err && r.say)
		say(cli, &r);
	else if (!err)
		cli_printf(cli, _("Layer %u is released: side B opens it with davy order open.\n"),
			   r.layer);
	if (!err)
		cli_data(cli, release_json(&r));
	sodium_memzero(&r, sizeof(r));
	return err;
}

/* ---- open ---- */

struct spoken {
	char end[ORDER_END_LEN + 1];
	struct receipt code;
};

/* The digits of a text, blanks and signs left out. */
static size_t
only_digits(char *out, size_t cap, const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		if (isdigit((unsigned char)*text) && n + 1 < cap)
			out[n++] = *text;
	out[n] = '\0';
	return n;
}

static int
ask(struct cli *cli, char *text, size_t cap)
{
	char line[SPOKEN_MAX];
	int err = cli_ask(cli, _("The five digits that are said first:"), line, sizeof(line));

	if (!err) {
		snprintf(text, cap, "%s", line);
		err = cli_ask(cli, _("The code, 30 digits:"), line, sizeof(line));
	}
	if (!err)
		snprintf(text + strlen(text), cap - strlen(text), "%s", line);
	sodium_memzero(line, sizeof(line));
	return err;
}

static int
read_input(struct cli *cli, char *text, size_t cap)
{
	uint8_t *all;
	size_t len;
	int err = file_read(cli->ses, "-", cap - 1, &all, &len);

	if (err)
		return err;
	snprintf(text, cap, "%s", (const char *)all);
	sodium_memzero(all, len);
	free(all);
	return 0;
}

/* Reads what was spoken, in whatever groups it was typed. */
static int
read_spoken(struct cli *cli, const char *text, struct spoken *s)
{
	char digits[SPOKEN_DIGITS + 2];
	int err = 0;

	if (only_digits(digits, sizeof(digits), text) != SPOKEN_DIGITS)
		err = cli_fail(cli, DAVY_REFUSED, "code",
			       _("Five digits of the log and 30 of the code are expected."));
	if (!err && receipt_parse(&s->code, digits + ORDER_END_LEN, RECEIPT_DIGITS))
		err = cli_fail(cli, DAVY_REFUSED, "code",
			       _("A digit of the code is wrong: let it be said again."));
	if (!err)
		memcpy(s->end, digits, ORDER_END_LEN);
	sodium_memzero(digits, sizeof(digits));
	return err;
}

int
order_open_layer(struct cli *cli, unsigned layer, const char *text)
{
	struct spoken spoken = { 0 };
	struct order_open p = { .layer = layer };
	char id[33];
	int err = text ? read_spoken(cli, text, &spoken) : 0;

	if (text) {
		p.code = &spoken.code;
		p.end = spoken.end;
	}
	if (!err)
		err = order_step_open(cli);
	if (!err)
		err = order_open(cli->ses, cli->target, &p);
	sodium_memzero(&spoken, sizeof(spoken));
	if (err)
		return err;
	if (p.waits)
		cli_printf(
			cli,
			_("The bytes of layer %u are here; its code is not. When it is spoken: davy "
			  "order open %.8s %u --code\n"),
			p.layer, term_hex(id, cli->target->rec.id, 16), p.layer);
	else
		show_layer(cli, p.body);
	cli_data(cli, json_pack("{s:i,s:b,s:o*}", "layer", (int)p.layer, "waits", p.waits, "body",
				p.body));
	return 0;
}

static int
order_open_exec(struct cli *cli)
{
	char text[2 * SPOKEN_MAX] = "";
	bool code = cli_flag(cli, "code");
	unsigned layer;
	int err = order_step_layer(cli, &layer);

	if (!err && code)
		err = cli->tty_in ? ask(cli, text, sizeof(text))
				  : read_input(cli, text, sizeof(text));
	if (!err)
		err = order_open_layer(cli, layer, code ? text : NULL);
	sodium_memzero(text, sizeof(text));
	return err;
}

static const struct cli_option release_options[] = {
	{ .name = "say",
	  .help = N_("show the code, to be spoken, once its entry is recorded or in the outbox") },
	{ 0 },
};

const struct command cmd_order_release = {
	.noun = "order",
	.verb = "release",
	.args = "ID LAYER",
	.help = N_("give layer 0, 1 or 2 of a sealed order to side B; one of side A"),
	.more = N_(
		"First an entry in the log, which all its desks read, then the code: sealed to side B, or with "
		"--say shown here in groups, to be spoken. From the first hour of the order on. The layers go in "
		"their order. Your half does not open anything by itself."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = release_options,
	.words = "0 1 2",
	.target = CLI_TARGET_ORDER,
	.check = check_layer,
	.exec = order_release_exec,
};

static const struct cli_option open_options[] = {
	{ .name = "code",
	  .help = N_(
		  "type a code that was spoken: five digits, then 30; without a terminal they are "
		  "read from standard input") },
	{ 0 },
};

const struct command cmd_order_open = {
	.noun = "order",
	.verb = "open",
	.args = "ID LAYER",
	.help = N_("take and open layer 0, 1 or 2 of a sealed order; one of side B"),
	.more = N_(
		"The code is looked at first: it is refused where it is for another layer or another order, or "
		"where the log that side A saw is not the one shown here. Then an entry says that you take the "
		"layer, and the gateway gives its bytes. Without a code the bytes of a layer whose hour has come "
		"are taken and kept: fetch those of layer 2 at the muster, and open them on the road with "
		"--code, without a network. What was opened here before is shown again."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = open_options,
	.words = "0 1 2",
	.target = CLI_TARGET_ORDER,
	.check = check_layer,
	.exec = order_open_exec,
};
