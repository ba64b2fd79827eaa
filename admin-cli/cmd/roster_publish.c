/* davy roster publish: sends the signed roster to the gateway. */
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/net/net.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/bundle.h"
#include "crypto/err.h"

static int
upload(struct cli *cli, const struct roster_texts *t)
{
	struct net_request q = { .op = FRAME_ROSTER_PUT,
				 .what = _("The roster was not published") };
	size_t cap = t->roster_len + t->members_len + 128;
	uint8_t *bytes = malloc(cap);
	struct net_answer *a = malloc(sizeof(*a));
	struct bufw w;
	int err = DAVY_OK;

	bufw_init(&w, bytes, bytes ? cap : 0);
	bundle_put(&w, "roster", t->roster, t->roster_len);
	bundle_put(&w, "members", t->members, t->members_len);
	bundle_put_end(&w);
	if (!a || bufw_end(&w) != 0)
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	q.routing.length = (uint32_t)w.len;
	q.routing.parts = (uint16_t)((w.len + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN);
	for (uint16_t part = 0; !err && part < q.routing.parts; part++) {
		size_t at = (size_t)part * FRAME_BODY_LEN;
		q.routing.part = part;
		q.body = bytes + at;
		q.body_len = w.len - at < FRAME_BODY_LEN ? w.len - at : FRAME_BODY_LEN;
		err = net_exchange(cli->ses, &q, a);
	}
	free(bytes);
	free(a);
	return err;
}

/* Finds the reason where the gateway refused the roster: its answer says no more than "bad". */
static int
check(struct cli *cli, const struct roster_draft *d, const struct roster_texts *t,
      const struct home_gateway *g, const struct home_keys *k)
{
	struct roster *r = malloc(sizeof(*r));
	bool registrar = false;
	int e = r ? roster_verify(r, t->roster, t->roster_len, &g->card.roots) : ERR_MEM;

	if (e)
		e = cli_fail_err(cli, e, "%s",
				 _("The merged roster does not verify against the gateway's card"));
	else if (memcmp(r->gateway, g->card.id, sizeof(r->gateway)) != 0)
		e = cli_fail(cli, DAVY_REFUSED, "roster", _("The roster is for another gateway."));
	else if (r->version < g->min_version)
		e = cli_fail(cli, DAVY_REFUSED, "rollback",
			     _("Roster %u is older than %u, which is published."), r->version,
			     g->min_version);
	else if (memcmp(r->gateway_key, g->key, sizeof(g->key)) != 0 && !trust_gives_key(g, r))
		e = cli_fail(
			cli, DAVY_REFUSED, "key",
			_("The roster names another key of the gateway than this home knows: davy gateway "
			  "connect ADDRESS --card FILE, with the card that the roster was made for."));
	else if (roster_current(r, term_today()) != 0)
		e = cli_fail(
			cli, DAVY_REFUSED, "expired",
			_("The roster is not good today: davy roster renew gives it new dates."));
	else if (memcmp(r->gateway_key, g->key, sizeof(g->key)) != 0) {
		cli_warn(
			cli, "%s",
			_("This roster gives the gateway a new key; the gateway must have it already (davyd "
			  "init --switch, and a restart)."));
		home_gateway_use_key(cli->ses, r->gateway_key);
	}
	free(r);
	for (size_t i = 0; i < d->m->cnt; i++)
		registrar |= memcmp(d->m->member[i].sign, k->sign_pk, sizeof(k->sign_pk)) == 0 &&
			     (d->m->member[i].roles & ROSTER_RG);
	if (e == DAVY_OK && !registrar)
		e = cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("You are not a registrar in this roster: davy roster member-add --card YOURS --desk 0 "
			  "--roles RG, then sign again."));
	return e;
}

/* Refuses a draft that was edited after it was merged: the signed file still holds the roster of
 * before. */
static int
check_merged(struct cli *cli, struct roster_draft *d, const struct roster_texts *t)
{
	struct roster_texts now;
	int err = roster_draft_texts(cli->ses, d, &now);

	if (err)
		return err;
	bool same = t->roster_len >= now.roster_len &&
		    memcmp(t->roster, now.roster, now.roster_len) == 0;
	roster_draft_texts_free(&now);
	return same ? DAVY_OK
		    : cli_fail(
			      cli, DAVY_REFUSED, "unmerged",
			      _("The draft is not the roster that was merged: davy roster sign, then davy roster "
				"merge, then publish."));
}

/* Asks again before a desk loses its last cosigner: without one it gets no new key, and no tips
 * once its present key has ended. The removal of a member may do this unnoticed. */
static int
confirm_cosigners(struct cli *cli, const struct roster_draft *d, const struct roster_texts *t,
		  const struct home_gateway *g)
{
	struct roster *was = malloc(sizeof(*was)), *now = malloc(sizeof(*now));
	const char *path = roster_draft_path(cli->ses, d, "published");
	uint8_t *old = NULL;
	size_t len = 0;
	int err = was && now ? DAVY_OK : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (err || access(path, F_OK) != 0) /* the first */
		goto out;
	err = file_read(cli->ses, path, 2 * ROSTER_TEXT_MAX, &old, &len);
	if (err || roster_verify(was, old, len, &g->card.roots) ||
	    roster_verify(now, t->roster, t->roster_len, &g->card.roots))
		goto out;
	for (size_t i = 0; !err && i < now->desk_cnt; i++) {
		const struct roster_desk *desk = &now->desk[i],
					 *before = roster_find(was, desk->number);

		if (desk->cosigner_cnt == 0 && before && before->cosigner_cnt)
			err = cli_confirm(
				cli,
				_("Desk %u loses the last who could sign its keys a second time: it will get no "
				  "tips. Publish all the same?"),
				desk->number);
	}
out:
	free(old);
	free(was);
	free(now);
	return err;
}

/* Asks again before a desk loses its key: a certificate may have come after the draft was signed.
 */
static int
confirm_keys(struct cli *cli, const struct roster_texts *t, const struct home_gateway *g)
{
	struct roster *r = malloc(sizeof(*r));
	uint16_t lost[ROSTER_DESK_MAX];
	uint8_t *bytes = NULL;
	size_t len = 0, cnt = 0;
	int err = r ? DAVY_OK : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err &&
	    (net_get(cli->ses, "/roster", BUNDLE_MAX, &bytes, &len) != DAVY_OK ||
	     roster_verify(r, t->roster, t->roster_len, &g->card.roots) != 0 ||
	     roster_keeps_lost(bytes, len, &g->card.roots, r, term_today(), lost, &cnt) != 0))
		cli_forgive(cli); /* the first roster, or the upload says what is wrong */
	for (size_t i = 0; !err && i < cnt; i++)
		err = cli_confirm(
			cli,
			_("Desk %u loses its key by this roster (davy roster renew and sign again keeps it). "
			  "Publish all the same?"),
			lost[i]);
	free(bytes);
	free(r);
	return err;
}

static int
publish(struct cli *cli, struct roster_draft *d)
{
	const struct home_gateway *g;
	const struct home_keys *k;
	struct roster_texts t = { 0 };
	int err = home_gateway(cli->ses, &g);

	if (!err)
		err = home_keys(cli->ses, &k);
	if (!err)
		err = roster_draft_note(cli->ses, d, &t);
	if (!err && !d->published)
		err = check_merged(cli, d, &t);
	if (!err)
		err = check(cli, d, &t, g, k);
	if (!err)
		err = confirm_cosigners(cli, d, &t, g);
	if (!err)
		err = confirm_keys(cli, &t, g);
	if (!err)
		err = upload(cli, &t);
	if (!err)
		err = file_write(cli->ses, roster_draft_path(cli->ses, d, "published"), 0600,
				 t.roster, t.roster_len);
	if (!err)
		err = file_write(cli->ses, roster_draft_path(cli->ses, d, "published-members"),
				 0600, t.members, t.members_len);
	roster_draft_texts_free(&t);
	if (err)
		return err;
	d->published = true;
	cli_printf(cli, _("Roster %u is published.\n"), d->r.version);
	cli_data(cli, json_pack("{s:I}", "version", (json_int_t)d->r.version));
	return roster_draft_save(cli->ses, d);
}

static int
roster_publish_exec(struct cli *cli)
{
	return roster_edit_with(cli, publish);
}

static const struct cli_option options[] = { ROSTER_EDIT_DIR, { 0 } };

const struct command cmd_roster_publish = {
	.noun = "roster",
	.verb = "publish",
	.help = N_("send the merged roster to the gateway"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_publish_exec,
};
