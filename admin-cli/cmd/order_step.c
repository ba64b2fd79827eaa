/* A step of an order, alone or by two (see order_step.h). */
#include "admin-cli/cmd/order_step.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/order.h"

int
order_step_layer(struct cli *cli, unsigned *layer)
{
	uint64_t n;
	int err = cli_number(cli, "LAYER", cli->argv[1], 0, ORDER_LAYERS - 1, &n);

	*layer = err ? 0 : (unsigned)n;
	return err;
}

int
order_step_open(struct cli *cli)
{
	const struct trust *view;
	int err = trust_get(cli->ses, true, &view);
	char id[33];

	if (err == DAVY_AGAIN) {
		cli_forgive(cli);
		err = 0;
	}
	if (!err)
		err = submit_open(cli->ses, FRAME_ORDER,
				  term_hex(id, cli->target->rec.id, sizeof(cli->target->rec.id)),
				  &cli->opened);
	if (!err)
		*cli->target = cli->opened->c;
	return err;
}

int
order_step_propose(struct cli *cli, uint16_t type, json_t *body)
{
	struct submit p = { .type = ENTRY_PROPOSE };
	const char *k = cli->argc > 1 ? cli->argv[1] : NULL;
	int err;

	p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", entry_type_find(type)->name, "body",
			   body);
	err = case_write(cli, &p);
	if (!err && !p.queued)
		cli_printf(cli,
			   _("It takes another member, who gives this without options: davy %s %s "
			     "%s%s%s\n"),
			   cli->command->noun, cli->command->verb, cli_s(cli, cli->argv[0]),
			   k ? " " : "", k ? cli_s(cli, k) : "");
	return err;
}

int
order_step(struct cli *cli, uint16_t type, json_t *body)
{
	const struct opened *d = cli->opened;
	struct submit p = { .type = type, .body = body };
	enum fold_reason reason = body ? submit_check(d, &p) : FOLD_FINE;
	size_t i = reason == FOLD_TWO ? visits_proposal(d, type, VISITS_ANY) : FOLD_NONE;

	if (reason == FOLD_FINE)
		return case_write(cli, &p);
	if (i != FOLD_NONE) {
		json_decref(body);
		return case_write_sign(cli, i, &(struct submit){ 0 });
	}
	if (reason == FOLD_TWO && opened_proposal(d, type, true) == FOLD_NONE)
		return order_step_propose(cli, type, body);
	json_decref(body);
	if (reason == FOLD_TWO)
		return cli_fail(cli, DAVY_REFUSED, "again",
				_("You have proposed this; it takes another member."));
	return submit_rejected(cli->ses, d, reason);
}
