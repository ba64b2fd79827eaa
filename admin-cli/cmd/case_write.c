/*
 * The last step of every command that writes an entry into a case or an order: it sends the entry
 * (or puts it into the outbox) and tells the user where it stands.
 */
#include "admin-cli/cmd/case_write.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"

/* Of a reply: the unix hour from which on the source can see it. */
static void
add_hour(struct cli *cli, const struct submit *p, json_t *data)
{
	uint32_t now = sync_hour(cli->ses);

	if (p->type == ENTRY_REPLY)
		json_object_set_new(data, "hour", json_integer(p->hour > now ? p->hour : now));
}

static int
report(struct cli *cli, const struct submit *p)
{
	const struct workspace_case *c = cli->target;
	struct opened *d = NULL;
	char id[33], hash[65], hour[TERM_DATE_CAP];
	const char *state;
	json_t *data;
	int err;

	term_hex(id, c->rec.id, sizeof(c->rec.id));
	if (p->queued) {
		if (p->beat)
			cli_printf(cli, _("It leaves with a sync from %s on.\n"),
				   term_hour(hour, p->beat));
		else if (cli->ses->tray)
			cli_printf(cli, _("It lies in the tray and leaves in %u seconds.\n"),
				   cli->ses->tray);
		else
			cli_warn(cli, _("No network: it waits in the outbox; davy sync sends it."));
		data = json_pack("{s:s,s:b}", "id", id, "queued", 1);
		add_hour(cli, p, data);
		cli_data(cli, data);
		return 0;
	}
	err = opened_load(cli->ses, c, &d);
	if (err)
		return err;
	state = machine_state_name(d->fold.machine, d->fold.state);
	/* A reply that is held has no number yet. */
	if (p->number == ENTRY_NO_NUMBER)
		cli_printf(cli, _("%s  written; state: %s\n"), id,
			   fold_state_text(d->fold.machine, state));
	else
		cli_printf(cli, _("%s  written as entry %u; state: %s\n"), id, p->number,
			   fold_state_text(d->fold.machine, state));
	data = json_pack("{s:s,s:s,s:s}", "id", id, "entry",
			 term_hex(hash, p->hash, sizeof(p->hash)), "state", state);
	if (p->number != ENTRY_NO_NUMBER)
		json_object_set_new(data, "number", json_integer(p->number));
	add_hour(cli, p, data);
	cli_data(cli, data);
	opened_free(d);
	return 0;
}

int
case_write(struct cli *cli, struct submit *p)
{
	int err;

	if (!p->body)
		return cli_fail(cli, DAVY_REFUSED, "utf-8", _("The text is not valid UTF-8."));
	err = submit_send(cli->ses, cli->target, p);
	if (!err)
		err = report(cli, p);
	json_decref(p->body);
	p->body = NULL;
	return err;
}

int
case_write_sign(struct cli *cli, size_t i, struct submit *p)
{
	const struct opened *d = cli->opened;
	char hash[65];
	int err = 0;

	show_entry(cli, d, i);
	if (cli->tty_in)
		err = cli_confirm(cli, _("Sign this?"));
	if (err)
		return err;
	p->type = ENTRY_COSIGN;
	p->body = json_pack("{s:i,s:s}", "v", 1, "proposal", term_hex(hash, d->entry[i].hash, 32));
	return case_write(cli, p);
}

int
case_body_check(struct cli *cli, int (*build)(struct cli *cli, json_t **out))
{
	json_t *body;
	int err = build(cli, &body);

	json_decref(body);
	return err;
}
