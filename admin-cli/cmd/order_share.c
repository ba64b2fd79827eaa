/*
 * davy order share, shared: a leader hands a layer that he has open to those who go with him, in a
 * file for their keys alone; they read it on a machine of their own.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/member_arg.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order_share.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_layer.h"

#define FIRST_MEMBER 2 /* behind the id and the layer */

struct sharing {
	unsigned layer;
	const struct roster_member *to[ORDER_PERSONS];
	unsigned cnt;
	uint8_t sealed[SEAL_LEN];
};

static int
check_share(struct cli *cli)
{
	unsigned layer;

	if (!cli_opt(cli, "output"))
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say where it goes: -o FILE."));
	return order_step_layer(cli, &layer);
}

static int
take_members(struct cli *cli, struct sharing *s)
{
	int err = 0;

	for (int i = FIRST_MEMBER; i < cli->argc && !err; i++) {
		const struct roster_member *m;

		err = member_arg(cli, cli->opened->view, cli->argv[i], &m);
		for (unsigned k = 0; k < s->cnt && !err; k++)
			if (s->to[k] == m)
				err = cli_fail(cli, DAVY_REFUSED, "member", _("%s is named twice."),
					       cli_s(cli, m->name));
		if (!err)
			s->to[s->cnt++] = m;
	}
	return err;
}

/* Who got which layer stands in the log, or in the outbox, before the file appears. */
static int
trace(struct cli *cli, const struct sharing *s)
{
	char paper[24], hex[17];
	json_t *to = json_array();
	struct submit p = { .type = ENTRY_ORDER_NOTE };
	unsigned tray = cli->ses->tray;

	for (unsigned i = 0; i < s->cnt; i++)
		json_array_append_new(to, json_string(term_hex(hex, s->to[i]->handle, 8)));
	snprintf(paper, sizeof(paper), PRINTED_SHARE "%u", s->layer);
	p.body = json_pack("{s:i,s:s,s:s,s:o}", "v", 1, "text", _("shared"), "paper", paper,
			   "shared", to);
	cli->ses->tray = 0;
	int err = submit_send(cli->ses, cli->target, &p);
	cli->ses->tray = tray;
	json_decref(p.body);
	return err;
}

static int
order_share_exec(struct cli *cli)
{
	const char *path = cli_opt(cli, "output");
	struct sharing *s = calloc(1, sizeof(*s));
	struct order o;
	int err = s ? order_step_layer(cli, &s->layer)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = order_step_open(cli);
	if (!err)
		err = order_load(cli->ses, cli->opened, &o);
	if (!err)
		err = order_for(cli->ses, &o, ORDER_B);
	if (!err)
		err = take_members(cli, s);
	if (!err)
		err = order_share_seal(cli->ses, &o, s->layer, s->to, s->sealed);
	if (!err)
		err = trace(cli, s);
	if (!err)
		err = file_write(cli->ses, path, 0600, s->sealed, SEAL_LEN);
	if (!err) {
		cli_printf(
			cli,
			_("%s: layer %u, for the keys of those whom you named. Hand it over on a "
			  "stick; there: davy order shared FILE\n"),
			cli_s(cli, path), s->layer);
		cli_data(cli, json_pack("{s:s,s:i,s:i}", "file", path, "layer", (int)s->layer,
					"people", (int)s->cnt));
	}
	free(s);
	return err;
}

static int
order_shared_exec(struct cli *cli)
{
	struct order_shared s = { 0 };
	char id[33], hour[TERM_DATE_CAP];
	uint8_t *bytes = NULL;
	size_t len;
	int err = file_read(cli->ses, cli->argv[0], SEAL_LEN, &bytes, &len);

	if (!err)
		err = order_share_open(cli->ses, bytes, len, &s);
	free(bytes);
	if (err)
		return err;
	term_hex(id, s.id, 16);
	cli_printf(cli, _("Order %.8s, layer %u, shared by %s, %s\n"), id, s.layer,
		   cli_s(cli, s.from->name), term_hour(hour, s.hour));
	show_layer(cli, s.body);
	cli_data(cli, json_pack("{s:s,s:i,s:s,s:I,s:o}", "id", id, "layer", (int)s.layer, "from",
				s.from->name, "hour", (json_int_t)s.hour, "body", s.body));
	return 0;
}

static const struct cli_option share_options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .help = N_("the file to write"),
	  .words = "@file" },
	{ 0 },
};

const struct command cmd_order_share = {
	.noun = "order",
	.verb = "share",
	.args = "ID LAYER MEMBER…",
	.help = N_("hand a layer that you have open to others who go, in a file for their keys"),
	.more = N_(
		"Up to four members of your desk who are not on side B. Layers 0 and 1 any inspector of the desk "
		"may get; layer 2 only those whom davy order depart names. Who got it is written into the order's "
		"log before the file is made. The file has always the same size and opens with their keys alone; "
		"it goes by hand, not over the gateway, and needs no network. Share at every visit alike, or at "
		"none: the gateway sees that an entry is written."),
	.group = CLI_INSPECT,
	.arg_min = 3,
	.arg_max = FIRST_MEMBER + ORDER_PERSONS,
	.options = share_options,
	.words = "0 1 2",
	.target = CLI_TARGET_ORDER,
	.check = check_share,
	.exec = order_share_exec,
};

const struct command cmd_order_shared = {
	.noun = "order",
	.verb = "shared",
	.args = "FILE",
	.help = N_("read a layer of a visit that its leader has shared with you"),
	.more = N_(
		"Needs no network. Refused where it is not for your key, not by a leader of your desk, or sealed "
		"to anybody of another desk."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@file",
	.exec = order_shared_exec,
};
