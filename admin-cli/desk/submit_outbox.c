/* What waits for a network, and what is said of an entry that was written. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/view/show.h"
#include "admin-cli/desk/submit_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/net/net.h"
#include "crypto/b64.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/seal.h"

/* Whether an entry of ours with the same content stands in the log since it was queued. */
static bool
arrived(const struct opened *d, const struct workspace_out *o, const json_t *body, uint32_t since)
{
	size_t i;

	for (i = 0; i < d->cnt; i++) {
		json_t *copy;
		bool same;

		if (d->entry[i].thread != o->thread || d->entry[i].number < since ||
		    d->entry[i].type != o->type || !d->x[i].body || !d->view->me ||
		    d->x[i].author != d->view->me)
			continue;
		copy = json_deep_copy(d->x[i].body);
		json_object_del(copy, "after");
		same = json_equal(copy, body);
		json_decref(copy);
		if (same)
			return true;
	}
	return false;
}

/* The very bytes of a reply whose answer was lost: where they are held already nothing is added. */
static int
send_again(struct cli *cli, const struct workspace_out *o, const char *sent)
{
	struct net_request q = { .op = FRAME_DESK_APPEND,
				 .body_len = SEAL_LEN,
				 .keep_status = true,
				 .what = _("The entry was not sent") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	int err = CLI_REFUSED;

	if (!a || !sealed || b64_decode_exact(sealed, SEAL_LEN, sent, strlen(sent), B64_PADDED)) {
		cli_fail_err(cli, ERR_FORMAT, "%s", _("The entry was not sent"));
	} else {
		memcpy(q.routing.id, o->id, sizeof(q.routing.id));
		q.routing.desk = o->desk;
		q.routing.kind = o->kind;
		q.routing.thread = o->thread;
		q.routing.hour = o->hour;
		q.body = sealed;
		err = net_exchange(cli, &q, a);
		if (!err && a->status != FRAME_OK)
			err = net_refusal(cli, a->status);
	}
	free(sealed);
	free(a);
	return err;
}

/* Keeps the bytes that perhaps arrived, for the next sync. */
static void
remember_sent(struct workspace_out *o, json_t *extra, const char *sent)
{
	char *more = NULL;

	if (extra && !json_object_set_new(extra, "sent", json_string(sent)))
		more = json_dumps(extra, JSON_COMPACT);
	if (!more)
		return;
	free(o->extra);
	o->extra = more;
}

int
submit_outbox(struct cli *cli, struct workspace_out *o)
{
	struct submit p = { .type = o->type, .hour = o->hour };
	struct workspace_case c;
	struct opened *d;
	json_t *extra = o->extra ? json_loads(o->extra, 0, NULL) : NULL;
	const char *sent = json_string_value(json_object_get(extra, "sent"));
	bool offline, there = false;
	int err = CLI_REFUSED;

	if (sent) {
		err = send_again(cli, o, sent);
		json_decref(extra);
		return err;
	}
	p.body = json_loads(o->json, 0, NULL);
	if (!p.body || workspace_case_get(cli->workspace, o->id, &c)) {
		cli_fail(cli, CLI_REFUSED, "not-found", _("The case of this entry is not here."));
		goto out;
	}
	err = submit_refresh(cli, &c, &offline);
	if (!err && offline)
		err = cli_fail(cli, CLI_AGAIN, "net", _("The gateway does not answer."));
	if (!err)
		err = opened_load(cli, &c, &d);
	if (err)
		goto out;
	there = arrived(d, o, p.body,
			(uint32_t)json_integer_value(
				json_object_get(extra,
						o->thread == FRAME_SOURCE ? "source" : "desk")));
	opened_free(d);
	if (!there)
		err = submit_now(cli, &c, &p, false);
	if (p.sent)
		remember_sent(o, extra, p.sent);
	free(p.sent);
out:
	json_decref(extra);
	json_decref(p.body);
	return err;
}

int
submit_report(struct cli *cli, const struct workspace_case *c, const struct submit *p)
{
	struct workspace_case now = *c;
	struct opened *d = NULL;
	char id[33], hash[65];
	const char *state;
	json_t *data;
	bool offline;
	int err = 0;

	cli_hex(id, c->rec.id, sizeof(c->rec.id));
	if (p->queued) {
		cli_warn(cli, _("No network: it waits in the outbox; davy sync sends it."));
		cli_data(cli, json_pack("{s:s,s:b}", "id", id, "queued", 1));
		return 0;
	}
	err = submit_refresh(cli, &now, &offline);
	if (!err)
		err = opened_load(cli, &now, &d);
	if (err)
		return err;
	state = machine_state_name(d->fold.machine, d->fold.state);
	/* a reply that is held has no place yet */
	if (p->number == ENTRY_NO_NUMBER)
		cli_printf(cli, _("%s  written; state: %s\n"), id,
			   show_state(d->fold.machine, state));
	else
		cli_printf(cli, _("%s  written as entry %u; state: %s\n"), id, p->number,
			   show_state(d->fold.machine, state));
	data = json_pack("{s:s,s:s,s:s}", "id", id, "entry",
			 cli_hex(hash, p->hash, sizeof(p->hash)), "state", state);
	if (p->number != ENTRY_NO_NUMBER)
		json_object_set_new(data, "number", json_integer(p->number));
	cli_data(cli, data);
	opened_free(d);
	return 0;
}

int
submit_command(struct cli *cli, int kind, struct submit *p)
{
	struct workspace_case c;
	int err;

	if (!p->body)
		return cli_fail(cli, CLI_REFUSED, "utf-8", _("The text is not valid UTF-8."));
	err = submit_find(cli, kind, cli->argv[0], &c);
	if (!err)
		err = submit_send(cli, &c, p);
	if (!err)
		err = submit_report(cli, &c, p);
	json_decref(p->body);
	p->body = NULL;
	return err;
}
