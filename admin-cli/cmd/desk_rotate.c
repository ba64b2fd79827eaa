/*
 * davy desk rotate: the next epoch key of a desk. The lead makes it, seals it to every member and
 * signs its certificate; another member opens his copy and signs as well.
 */
#include "admin-cli/cmd/desk_rotate.h"

#include <sodium.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/epoch_part.h"
#include "crypto/err.h"
#include "crypto/note.h"

#define DAYS_ONLINE  75 /* longer than a roster, so that both do not end on one day */
#define DAYS_OFFLINE 540

int
desk_rotate_view(struct cli *cli, bool lead, const struct trust **out)
{
	int err = trust_get(cli->ses, true, out);

	if (err)
		return err;
	const struct trust *v = *out;
	if (!v->desk)
		return cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("You are not a member of a desk in the roster; the registrar adds you."));
	if (lead && memcmp(v->desk->lead, v->me->sign, sizeof(v->me->sign)) != 0)
		return cli_fail(cli, DAVY_REFUSED, "denied",
				_("Only the lead of desk %u may do this."), v->desk->number);
	return DAVY_OK;
}

/* Seals the key to every member of the desk except `without`. */
static int
give_all(struct cli *cli, const struct trust *v, const struct home_epoch *e, const uint8_t *without,
	 size_t *given)
{
	size_t by_card = 0;
	int err = DAVY_OK;

	for (size_t i = 0; !err && i < v->members->cnt; i++) {
		const struct roster_member *m = &v->members->member[i];
		bool card = false;
		if (m->desk != v->desk->number ||
		    (without && memcmp(m->handle, without, KEY_HANDLE_LEN) == 0))
			continue;
		err = epoch_part_give(cli->ses, v, e, m, &card);
		by_card += card;
		++*given;
	}
	if (!err && by_card)
		cli_printf(
			cli,
			_("%zu of %zu had offered no subkey: theirs is sealed to the key of their "
			  "card.\n"),
			by_card, *given);
	return err;
}

/* Publishes the certificate with the signature of the lead; the second signature is still missing.
 */
static int
put_cert(struct cli *cli, const struct trust *v, const struct epoch *cert)
{
	struct epoch_part *p = calloc(1, sizeof(*p));
	const struct home_keys *k;
	uint8_t text[EPOCH_NOTE_MAX];
	struct bufw t, w;
	int err = home_keys(cli->ses, &k);

	if (err || !p) {
		free(p);
		return err ? err : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	bufw_init(&t, text, sizeof(text));
	bufw_init(&w, p->bytes, sizeof(p->bytes));
	err = epoch_print(&t, cert);
	bufw_bytes(&w, text, t.len);
	bufw_text(&w, "\n");
	if (!err)
		err = epoch_sign(&w, (char *)text, t.len, cert->desk, true, &k->sign);
	if (!err)
		err = bufw_end(&w);
	p->epoch = cert->number;
	p->len = w.len;
	err = err ? cli_fail_err(cli, err, "%s", _("The certificate cannot be made"))
		  : epoch_part_put(cli->ses, v, FRAME_KEY_CERT, k->handle, p);
	free(p);
	return err;
}

/*
 * The number of the next key. Online and offline keys share one count, so that a number names one
 * key of the desk. A number that this home has used is not used again, unless the gateway would no
 * longer take it.
 */
static int
next_number(struct cli *cli, const struct trust *v, uint32_t newest, uint32_t *number)
{
	const struct home_epoch *e;
	const struct home_keys *k;
	uint32_t last = newest;
	size_t i = 0;
	int err = home_keys(cli->ses, &k);

	if (err)
		return err;
	while ((e = home_epoch_next(cli->ses, k, v->desk->number, &i)) != NULL)
		if (e->epoch > last)
			last = e->epoch;
	*number = (last > newest + 1 ? newest + 1 : last) + 1;
	return DAVY_OK;
}

/* Forgets keys of the same number that were never confirmed, so that a number names one key here.
 */
static int
drop_abandoned(struct cli *cli, const struct trust *v, const struct home_epoch *fresh)
{
	const struct home_epoch *e;
	const struct home_keys *k;
	size_t i = 0;
	int err = home_keys(cli->ses, &k);

	while (!err && (e = home_epoch_next(cli->ses, k, v->desk->number, &i)) != NULL) {
		struct home_epoch old = *e;

		if (old.epoch != fresh->epoch)
			continue;
		err = home_drop_epoch(cli->ses, &old);
		sodium_memzero(&old, sizeof(old));
		i = 0;
	}
	return err;
}

int
desk_rotate_make(struct cli *cli, const struct trust *v, const struct desk_rotate_how *how)
{
	struct home_epoch e = { .desk = v->desk->number, .use = how->use };
	struct epoch cert = { .desk = v->desk->number, .use = how->use, .from = v->today };
	struct epoch pending;
	struct epoch_part *note = malloc(sizeof(*note));
	size_t given = 0;
	uint32_t newest = 0;
	bool waits = false;
	int err = note ? epoch_part_newest(cli->ses, v, &newest)
		       : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = epoch_part_pending(cli->ses, v, newest, &pending, note, &waits);
	free(note);
	if (err)
		return err;
	if (waits && !how->again)
		return cli_fail(
			cli, DAVY_REFUSED, "pending",
			_("Epoch key %u waits for its second signature: another member runs davy desk rotate "
			  "--confirm. With --again a new one is made instead."),
			pending.number);
	err = next_number(cli, v, newest, &cert.number);
	if (err)
		return err;
	cert.until = cert.from + how->days;
	memcpy(cert.gateway, v->bundle.roster->gateway, KEY_ID_LEN);
	memcpy(e.gateway, cert.gateway, KEY_ID_LEN);
	e.epoch = cert.number;
	xwing_keypair(&e.pk, &e.secret);
	memcpy(cert.key, e.pk.b, sizeof(cert.key));
	err = epoch_part_voice(cert.voice, &e.secret);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The certificate cannot be made"));
	/* Kept here before it is published: tips may be sealed to it as soon as others see it. */
	err = drop_abandoned(cli, v, &e);
	if (!err)
		err = home_add_epoch(cli->ses, &e);
	/* The gateway accepts the certificate before anybody gets the secret: where it refuses,
	 * nothing that it stores has changed. */
	if (!err)
		err = put_cert(cli, v, &cert);
	if (!err)
		err = give_all(cli, v, &e, how->without, &given);
	sodium_memzero(&e, sizeof(e));
	if (err)
		return err;
	char until[TERM_DATE_CAP];
	term_date(until, cert.until);
	cli_printf(
		cli,
		_("Epoch key %u of desk %u, good until %s, is sealed to %zu members. Next: another "
		  "member runs davy desk rotate --confirm.\n"),
		cert.number, cert.desk, until, given);
	cli_data(cli, json_pack("{s:I, s:i, s:s, s:I, s:s}", "epoch", (json_int_t)cert.number,
				"desk", cert.desk, "until", until, "members", (json_int_t)given,
				"use", how->use == EPOCH_OFFLINE ? "offline" : "online"));
	return DAVY_OK;
}

static bool
may_cosign(const struct trust *v)
{
	for (size_t i = 0; i < v->desk->cosigner_cnt; i++)
		if (memcmp(v->desk->cosigner[i], v->me->sign, KEY_SIGN_PUBLIC_LEN) == 0)
			return true;
	return false;
}

/* Adds the second signature. The caller has opened a copy of the key and found that it fits the
 * certificate. */
static int
cosign(struct cli *cli, const struct trust *v, const struct epoch *cert, struct epoch_part *p)
{
	const struct home_keys *k;
	struct note note;
	struct epoch check;
	struct bufw w;
	int err = home_keys(cli->ses, &k);

	if (err)
		return err;
	if (note_parse(&note, p->bytes, p->len) != 0)
		return cli_fail(cli, DAVY_REFUSED, "format", _("The certificate does not parse."));
	bufw_init(&w, p->bytes, sizeof(p->bytes));
	w.len = p->len;
	err = epoch_sign(&w, note.text, note.text_len, cert->desk, false, &k->sign);
	if (!err)
		err = bufw_end(&w);
	p->len = w.len;
	if (!err)
		err = epoch_verify(&check, p->bytes, p->len, v->bundle.roster, EPOCH_COMPLETE);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The certificate cannot be signed"));
	return epoch_part_put(cli->ses, v, FRAME_KEY_CERT, NULL, p);
}

static int
confirm(struct cli *cli)
{
	const struct trust *v;
	struct epoch_part *p = malloc(sizeof(*p));
	struct epoch cert;
	uint32_t newest = 0;
	bool found = false, got = false, damaged = false;
	char until[TERM_DATE_CAP];
	int err = p ? desk_rotate_view(cli, false, &v)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err && !may_cosign(v))
		err = cli_fail(
			cli, DAVY_REFUSED, "denied",
			_("The lead has signed already: another member of the desk must confirm."));
	if (!err)
		err = epoch_part_newest(cli->ses, v, &newest);
	if (!err)
		err = epoch_part_pending(cli->ses, v, newest, &cert, p, &found);
	if (!err && !found)
		err = cli_fail(cli, DAVY_REFUSED, "not-found",
			       _("No epoch key of desk %u waits for a second signature."),
			       v->desk->number);
	if (!err)
		err = epoch_part_take(cli->ses, v, &cert, &got, &damaged);
	if (!err && !got)
		err = cli_fail(
			cli, DAVY_REFUSED, "no-key",
			damaged ? _("Your copy of epoch key %u does not belong to its certificate. Do not confirm; "
				    "speak with the lead.")
				: _("Epoch key %u is not sealed to you: ask the lead for davy desk admit."),
			cert.number);
	if (!err)
		err = cosign(cli, v, &cert, p);
	free(p);
	if (err)
		return err;
	cli_printf(cli, _("Opened your copy of epoch key %u and confirmed it: good until %s.\n"),
		   cert.number, term_date(until, cert.until));
	cli_data(cli, json_pack("{s:I, s:i, s:s}", "epoch", (json_int_t)cert.number, "desk",
				cert.desk, "until", until));
	return DAVY_OK;
}

static int
desk_rotate_exec(struct cli *cli)
{
	const bool offline = cli_flag(cli, "offline");
	uint64_t days = offline ? DAYS_OFFLINE : DAYS_ONLINE;
	const struct trust *v;
	int err = cli_opt_number(cli, "days", 1, offline ? EPOCH_OFFLINE_DAYS : EPOCH_ONLINE_DAYS,
				 &days);

	if (err)
		return err;
	if (cli_flag(cli, "confirm"))
		return confirm(cli);
	err = desk_rotate_view(cli, true, &v);
	if (err)
		return err;
	return desk_rotate_make(cli, v,
				&(struct desk_rotate_how){ .days = (uint32_t)days,
							   .use = offline ? EPOCH_OFFLINE
									  : EPOCH_ONLINE,
							   .again = cli_flag(cli, "again") });
}

static const struct cli_option options[] = {
	{ .name = "confirm", .help = N_("as another member: open your copy, check it, sign") },
	{ .name = "days", .arg = N_("N"), .help = N_("how long it is good (75; offline 540)") },
	{ .name = "offline", .help = N_("a key for pages that are used without a network") },
	{ .name = "again", .help = N_("make another although one waits for confirmation") },
	{ 0 },
};

const struct command cmd_desk_rotate = {
	.noun = "desk",
	.verb = "rotate",
	.help = N_("make the desk's next epoch key, or confirm it"),
	.more = N_(
		"The lead makes the key, seals it to every member and signs its certificate; another "
		"member opens his own copy and signs too. Tips are sealed to the newest confirmed key."),
	.group = CLI_KEYS,
	.options = options,
	.exec = desk_rotate_exec,
};
