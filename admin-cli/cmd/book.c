/* What the commands on books share (see book.h). */
#include "admin-cli/cmd/book.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/case_list.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/referral_expose.h"
#include "admin-cli/cmd/referral_open.h"
#include "admin-cli/desk/beat.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_outbox.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

int
book_is(struct cli *cli, enum machine_id machine)
{
	if (cli->opened->in.machine == machine)
		return 0;
	return cli_fail(cli, DAVY_REFUSED, "not-found",
			machine == MACHINE_ALERT      ? _("Your desk was told of no such accident.")
			: machine == MACHINE_REFERRAL ? _("There is no such referral.")
			: machine == MACHINE_NEED     ? _("There is no such need.")
			: machine == MACHINE_REWARD   ? _("There is no such reward.")
						      : _("There is no such campaign."));
}

int
book_load(struct cli *cli, enum machine_id machine, struct workspace_case **list, size_t *cnt)
{
	const struct trust *view;
	size_t all = 0, i;
	int err = trust_get(cli->ses, false, &view);

	*cnt = 0;
	if (!err)
		err = case_list_load(cli, FRAME_BOOK, list, &all);
	if (err)
		return err;
	for (i = 0; i < all; i++) {
		const char *state = (*list)[i].line.state;
		bool need = submit_is_planning(view, (*list)[i].rec.desk);
		enum machine_id is = books_today(&(*list)[i], view->today);

		if (!strcmp(state, BOOK_BLANK) || !strcmp(state, BOOK_SPENT))
			continue;
		if (is == machine ||
		    (is == MACHINE__MAX && machine == (need ? MACHINE_NEED : MACHINE_REFERRAL)))
			(*list)[(*cnt)++] = (*list)[i];
	}
	sodium_memzero(*list + *cnt, (all - *cnt) * sizeof(**list));
	return 0;
}

int
book_sign(struct cli *cli, size_t i)
{
	struct submit p = { 0 };
	bool rota = cli->opened->in.machine == MACHINE_ROTA;
	int err = case_write_sign(cli, i, &p);

	if (!err && rota && !p.queued && !p.done)
		cli_warn(cli,
			 _("The gateway got other days or members with the first signature than "
			   "those that were signed, so it keeps to the rota of before. Tell the "
			   "desk above."));
	return err;
}

int
book_step(struct cli *cli, json_t *body, bool now)
{
	const struct opened *d = cli->opened;
	struct submit p = { .type = ENTRY_BOOK_MOVE,
			    .body = body,
			    .beat = now ? 0 : beat_answer(cli->ses, d, body) };
	enum fold_reason reason = body ? submit_check(d, &p) : FOLD_FINE;
	size_t i = FOLD_NONE;
	int err;

	if (opened_refused(d) != FOLD_FINE) {
		json_decref(body);
		return cli_fail(
			cli, DAVY_REFUSED, "refused",
			_("This is not for this desk, and nothing in it counts: %s. Tell the desk "
			  "that sent it, and the desk above."),
			fold_reason_text(opened_refused(d)));
	}

	if (reason == FOLD_FINE)
		return case_write(cli, &p);
	if (reason == FOLD_TWO)
		i = books_proposal(d, schema_text(body, "move"),
				   d->in.machine == MACHINE_ROTA ? schema_text(body, "until")
								 : NULL);
	if (i != FOLD_NONE) {
		json_decref(body);
		return book_sign(cli, i);
	}
	if (reason != FOLD_TWO) {
		json_decref(body);
		return submit_rejected(cli->ses, d, reason);
	}
	p.type = ENTRY_PROPOSE;
	p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "type", "book-move", "body", body);
	err = case_write(cli, &p);
	if (!err && !p.queued && cli->command)
		cli_printf(
			cli,
			_("It takes another member, who gives the same command: davy %s %s %s\n"),
			cli->command->noun, cli->command->verb, cli_s(cli, cli->argv[0]));
	return err;
}

int
book_move(struct cli *cli, json_t *body)
{
	bool referral = cli->opened->in.machine == MACHINE_REFERRAL;
	int to = machine_state(MACHINE_REFERRAL, schema_text(body, "move"));
	char *receipt = strdup(schema_text(body, "receipt"));
	int err = 0;

	if (referral)
		err = referral_expose_check(cli, body);
	if (err)
		json_decref(body);
	else
		err = book_step(cli, body, false);
	if (!err && referral && receipt && (to == REFERRAL_ACKNOWLEDGED || to == REFERRAL_TAKEN_UP))
		err = referral_tell_case(cli, cli->opened->fold.book, receipt);
	free(receipt);
	return err;
}

int
book_new(struct cli *cli, uint16_t type, json_t *body, uint8_t id[static 16])
{
	const struct trust *view;
	char hex[33];
	int err = trust_get(cli->ses, false, &view);

	if (!err && !body)
		err = cli_fail(cli, DAVY_REFUSED, "utf-8", _("The text is not valid UTF-8."));
	if (!err && !view->me)
		err = cli_fail(cli, DAVY_REFUSED, "denied", _("You are in no desk."));
	memset(id, 0, 16);
	if (!err)
		err = submit_book(cli->ses, view,
				  &(struct submit_book){ .type = type, .body = body }, id);
	json_decref(body);
	if (err)
		return err;
	cli_printf(cli, _("%s  opened\n"), term_hex(hex, id, 16));
	cli_data(cli, json_pack("{s:s}", "id", hex));
	return 0;
}

int
book_show(struct cli *cli)
{
	const struct opened *d = cli->opened;
	json_t *data = show_json(d);
	size_t i;
	int err;

	show_head(cli, d);
	if (!d->c.have_desk)
		show_missing(cli, d);
	for (i = 0; i < d->fold.order_cnt; i++)
		show_entry(cli, d, d->fold.order[i]);
	err = show_outbox_of(cli, d->c.rec.id, data);
	cli_data(cli, data);
	return err;
}

int
book_note(struct cli *cli)
{
	struct submit p = { .type = ENTRY_BOOK_NOTE,
			    .body = json_pack("{s:i,s:s}", "v", 1, "text", cli->text) };

	return case_write(cli, &p);
}
