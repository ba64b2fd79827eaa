/* Writing an entry of a visit under seal, alone or as one of two (see order_write.h). */
#include "admin-cli/cmd/order_write.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/desk/visits.h"

int
order_sealed(struct cli *cli)
{
	return visits_hour(&cli->target->rec)
		       ? 0
		       : cli_fail(cli, DAVY_REFUSED, "unsealed",
				  _("This is for an order under seal, and this one is not."));
}

int
order_write(struct cli *cli, uint16_t type, json_t *body)
{
	struct submit p = { .type = type, .body = body };
	enum fold_reason reason = body ? submit_check(cli->opened, &p) : FOLD_FINE;

	if (reason == FOLD_TWO)
		return order_step_propose(cli, type, body);
	return case_write(cli, &p); /* which says why not, and waits where the gateway is silent */
}

int
order_two(struct cli *cli, const struct order_two *how)
{
	size_t i = visits_proposal(cli->opened, how->type, how->about);
	json_t *body;
	int err = order_sealed(cli);

	if (!err && i != FOLD_NONE && !visit_form_given(cli, how->fields))
		return case_write_sign(cli, i, &(struct submit){ 0 });
	if (!err)
		err = visit_form_make(cli, how->fields, &body);
	if (err)
		return err;
	if (how->k != VISITS_ANY)
		json_object_set_new(body, "k", json_integer(how->k));
	return order_write(cli, how->type, body);
}
