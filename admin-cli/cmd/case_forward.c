/* davy case forward: makes a need of the abstract at a planning desk. */
#include <sodium.h>

#include "admin-cli/rules/hold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/same_site.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"
#include "admin-cli/cmd/case_write.h"
#include "crypto/frame.h"

static json_t *
forward_body(const struct opened *d, uint16_t desk, const uint8_t id[static 16])
{
	char order[33], hash[65];

	return json_pack("{s:i,s:s,s:I,s:s}", "v", 1, "order", term_hex(order, id, 16), "desk",
			 (json_int_t)desk, "abstract",
			 term_hex(hash, d->entry[d->fold.abstract].hash, 32));
}

static int
propose(struct cli *cli, json_t *inner)
{
	struct submit p = { .type = ENTRY_PROPOSE };

	p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", "forward", "body", inner);
	return case_write(cli, &p);
}

/* The post with which a need leaves; 0: it cannot wait. */
static uint32_t
beat_of(struct cli *cli, const struct opened *d)
{
	if (d->c.rec.ladder == FRAME_URGENT || d->fold.severity == 1)
		return 0;
	return hold_beat_next(HOLD_POST, sync_hour(cli->ses));
}

/* Sends the need first and then the entry that names it. If the second fails, an abstract lies at
 * the planning desk, which does no harm; in the other order the case would name a need that does
 * not exist. */
static int
forward(struct cli *cli, const struct opened *d, uint16_t desk)
{
	struct submit p = { .type = ENTRY_FORWARD };
	enum fold_reason reason;
	uint8_t id[16];
	char hex[33];
	int err = 0;

	randombytes_buf(id, sizeof(id));
	p.body = forward_body(d, desk, id);
	reason = submit_check(d, &p);
	if (reason == FOLD_TWO || cli_flag(cli, "propose"))
		return propose(cli, p.body);
	if (reason != FOLD_FINE)
		err = submit_rejected(cli->ses, d, reason);
	if (!cli_flag(cli, "now"))
		p.beat = beat_of(cli, d);
	if (!err && !p.beat)
		err = submit_abstract(cli->ses, d, d->fold.abstract, desk, id);
	if (err)
		json_decref(p.body);
	else
		err = case_write(cli, &p);
	if (err)
		return err;
	cli_printf(
		cli,
		p.beat ? _("Need %s goes to %s with the next post; davy outbox drop takes it back.\n")
		       : _("Need %s is at %s.\n"),
		term_hex(hex, id, sizeof(id)), show_desk(cli, d->view, desk));
	cli_data(cli, json_pack("{s:s,s:I,s:b}", "order", hex, "desk", (json_int_t)desk, "queued",
				p.queued));
	return 0;
}

/* Whether this very abstract is at that desk already: a second need would send two teams. */
static int
refuse_again(struct cli *cli, const struct opened *d, uint16_t desk)
{
	uint8_t hash[32];
	size_t i;

	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].type == ENTRY_FORWARD && d->entry[i].verdict == FOLD_ACCEPTED &&
		    schema_number(d->x[i].body, "desk") == desk &&
		    schema_hex(d->x[i].body, "abstract", hash, sizeof(hash)) &&
		    !memcmp(hash, d->entry[d->fold.abstract].hash, sizeof(hash)))
			return cli_fail(
				cli, DAVY_REFUSED, "forwarded",
				_("This abstract is at %s already, as need %.8s; --again sends a "
				  "second one."),
				show_desk(cli, d->view, desk),
				cli_s(cli, schema_text(d->x[i].body, "order")));
	return 0;
}

static int
desk_option(struct cli *cli, uint64_t *desk)
{
	*desk = 0;
	if (!cli_opt(cli, "desk"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say to which desk: --desk NUMBER of a planning desk."));
	return cli_opt_number(cli, "desk", 1, 65535, desk);
}

static int
check(struct cli *cli)
{
	uint64_t desk;

	return desk_option(cli, &desk);
}

static int
case_forward(struct cli *cli)
{
	const struct opened *d = cli->opened;
	uint64_t desk;
	int err = desk_option(cli, &desk);

	if (err)
		return err;
	if (d->fold.abstract == FOLD_NONE)
		err = cli_fail(cli, DAVY_REFUSED, "abstract",
			       _("There is no abstract yet: davy case abstract."));
	else if (!cli_flag(cli, "again"))
		err = refuse_again(cli, d, (uint16_t)desk);
	if (!err)
		err = same_site_check(cli->ses, d, d->x[d->fold.abstract].body);
	if (!err)
		err = submit_need_check(cli->ses, d->view, (uint16_t)desk,
					d->x[d->fold.abstract].body);
	if (!err)
		err = forward(cli, d, (uint16_t)desk);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "desk", .arg = N_("NUMBER"), .help = N_("the planning desk") },
	{ .name = "now", .help = N_("at once, not with the next post") },
	{ .name = "propose", .help = N_("only propose it; another member cosigns") },
	{ .name = "again", .help = N_("even where this abstract is at that desk already") },
	{ 0 },
};

const struct command cmd_case_forward = {
	.noun = "case",
	.verb = "forward",
	.args = "ID",
	.help = N_("hand the abstract to a planning desk as a need"),
	.more = N_(
		"It is sealed to that desk, the desk above it, the backstop and your own; no link "
		"from it to the case exists outside sealed entries. Planners seal orders from it; no inspection "
		"desk gets an abstract. Refused where the desk's level is below that "
		"of the case, where the source excludes its office, or where its area does not cover the county."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.check = check,
	.exec = case_forward,
};
