/* Writing an entry of a visit under seal, alone or as one of two (see order_write.h). */
#include "admin-cli/cmd/order_write.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"

int
order_sealed(struct cli *cli)
{
	return visits_hour(&cli->target->rec)
		       ? 0
		       : cli_fail(cli, DAVY_REFUSED, "unsealed",
				  _("This is for an order under seal, and this one is not."));
}

static int
propose(struct cli *cli, uint16_t type, json_t *body)
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
order_write(struct cli *cli, uint16_t type, json_t *body)
{
	struct submit p = { .type = type, .body = body };
	enum fold_reason reason = body ? submit_check(cli->opened, &p) : FOLD_FINE;

	if (reason == FOLD_TWO)
		return propose(cli, type, body);
	return case_write(cli, &p); /* which says why not, and waits where the gateway is silent */
}

static int
sign(struct cli *cli, size_t i)
{
	struct submit p = { .type = ENTRY_COSIGN };
	char hash[65];
	int err = 0;

	show_entry(cli, cli->opened, i);
	if (cli->tty_in)
		err = cli_confirm(cli, _("Sign this?"));
	if (err)
		return err;
	p.body = json_pack("{s:i,s:s}", "v", 1, "proposal",
			   term_hex(hash, cli->opened->entry[i].hash, 32));
	return case_write(cli, &p);
}

int
order_two(struct cli *cli, const struct order_two *how)
{
	size_t i = visits_proposal(cli->opened, how->type, how->about);
	json_t *body;
	int err = order_sealed(cli);

	if (!err && i != FOLD_NONE && !visit_form_given(cli, how->fields))
		return sign(cli, i);
	if (!err)
		err = visit_form_make(cli, how->fields, &body);
	if (err)
		return err;
	if (how->k != VISITS_ANY)
		json_object_set_new(body, "k", json_integer(how->k));
	return order_write(cli, how->type, body);
}
