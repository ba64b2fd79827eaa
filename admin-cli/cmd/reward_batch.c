/*
 * davy reward batch: once a month an oversight desk opens the rewards whose month has come at the
 * desk that pays, in an order that says nothing, among others that stand for no case. Another
 * member signs each: before that, the desk that pays sees none of them.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/reward.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/rewards.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/text.h"

#define BATCH_LEAST 8 /* rewards of a month, so that their number says little of the awards */
#define BATCH_MOST  256

struct batch_one {
	uint8_t book[16]; /* of the award; zero: it stands for no case */
	uint8_t id[16];   /* of the reward */
	uint8_t blob[REWARD_BLOB_LEN];
	char band[8];
	bool there; /* a reward with this blob stands already */
};

struct batch {
	struct cli *cli;
	const struct trust *view;
	struct batch_one *one; /* the awards that are due, then those without a case */
	size_t cnt;
	bool this_month; /* our desk has opened the rewards of this month */
	uint8_t wait[BATCH_MOST][16];
	size_t wait_cnt; /* rewards that another member has opened and this one may sign */
	size_t bad;      /* those that stand for no award and are not empty */
};

static bool
same_month(uint32_t a, uint32_t b)
{
	char x[TEXT_DAY_LEN + 1], y[TEXT_DAY_LEN + 1];

	text_day_print(x, a);
	text_day_print(y, b);
	return !memcmp(x, y, 7);
}

/* Keeps what an award says; both those that are due and those passed on before. */
static int
look_award(struct session *ses, const struct opened *d, void *arg)
{
	struct batch *b = arg;
	struct batch_one one = { .there = d->fold.state == AWARD_PASSED_ON }, *more;
	const char *due = schema_text(d->fold.book, "due");
	uint32_t day;

	if ((d->fold.state != AWARD_AWARDED && !one.there) || text_day(&day, due, strlen(due)) ||
	    day > b->view->today || !fold_blob(one.blob, d->fold.book))
		return 0;
	memcpy(one.book, d->c.rec.id, sizeof(one.book));
	snprintf(one.band, sizeof(one.band), "%s", schema_text(d->fold.book, "band"));
	more = reallocarray(b->one, b->cnt + 1, sizeof(*more));
	if (!more)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory.")), -1;
	b->one = more;
	b->one[b->cnt++] = one;
	return 0;
}

/* Whether a reward is what its award says, and the first for it; or stands for no case. */
static bool
is_right(struct batch *b, const struct opened *d)
{
	uint8_t blob[REWARD_BLOB_LEN];

	if (!fold_blob(blob, d->fold.book))
		return false;
	for (size_t i = 0; i < b->cnt; i++) {
		struct batch_one *one = &b->one[i];

		if (memcmp(one->blob, blob, sizeof(blob)) != 0)
			continue;
		if (!sodium_is_zero(one->id, sizeof(one->id)) ||
		    strcmp(one->band, schema_text(d->fold.book, "band")) != 0)
			return false;
		memcpy(one->id, d->c.rec.id, sizeof(one->id));
		one->there = true;
		return true;
	}
	return rewards_is_blank(b->cli->ses, b->view, d->c.rec.id, blob);
}

static int
look_reward(struct session *ses, const struct opened *d, void *arg)
{
	struct batch *b = arg;
	bool right = is_right(b, d);

	(void)ses;
	b->this_month |= same_month(d->entry[0].day, b->view->today);
	if (d->fold.state != REWARD_BATCHED ||
	    !memcmp(d->fold.owner, b->view->me->handle, sizeof(d->fold.owner)))
		return 0;
	b->bad += !right;
	if (right && b->wait_cnt < BATCH_MOST)
		memcpy(b->wait[b->wait_cnt++], d->c.rec.id, 16);
	return 0;
}

/* Writes one step into a book. */
static int
step(struct cli *cli, const uint8_t id[static 16], const char *move)
{
	struct submit p = { .type = ENTRY_BOOK_MOVE,
			    .body = json_pack("{s:i,s:s}", "v", 1, "move", move) };
	struct opened *d;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_BOOK, term_hex(hex, id, 16), &d);

	if (!err) {
		err = submit_send(cli->ses, &d->c, &p);
		opened_free(d);
	}
	json_decref(p.body);
	return err;
}

/* Fills up to 8, 16, 32… with rewards that stand for no case. */
static int
fill(struct batch *b)
{
	const struct taxonomy_word *bands;
	size_t want = BATCH_LEAST, due = 0, band_cnt;
	int err = 0;

	bands = taxonomy_all(TAXONOMY_BAND, &band_cnt);
	for (size_t i = 0; i < b->cnt; i++)
		if (!b->one[i].there)
			b->one[due++] = b->one[i];
	while (want < due)
		want *= 2;
	struct batch_one *all = reallocarray(b->one, want, sizeof(*all));
	if (!all)
		return cli_fail(b->cli, DAVY_REFUSED, "memory", _("Out of memory."));
	b->one = all;
	for (b->cnt = 0; !err && b->cnt < want; b->cnt++) {
		struct batch_one *one = &all[b->cnt];

		if (b->cnt >= due)
			memset(one, 0, sizeof(*one));
		randombytes_buf(one->id, sizeof(one->id));
		if (b->cnt < due)
			continue;
		snprintf(one->band, sizeof(one->band), "%s",
			 bands[randombytes_uniform((uint32_t)band_cnt)].code);
		err = rewards_blank(b->cli->ses, b->view, one->id, one->blob);
	}
	return err;
}

static void
shuffle(struct batch *b)
{
	for (size_t i = b->cnt; i-- > 1;) {
		size_t j = randombytes_uniform((uint32_t)i + 1);
		struct batch_one t = b->one[i];

		b->one[i] = b->one[j];
		b->one[j] = t;
	}
}

static int
open_one(struct batch *b, struct batch_one *one)
{
	const struct epoch *own = bundle_key(&b->view->bundle, b->view->me->desk, EPOCH_ONLINE,
					     b->view->today);
	struct seal_set to = { .pk = { rewards_key(b->view), own ? own->key : NULL } };
	json_t *body = json_pack("{s:i,s:s,s:o}", "v", 1, "band", one->band, "blob",
				 reward_blob_json(one->blob));
	struct submit_book book = {
		.type = ENTRY_REWARD_BATCH, .desk = rewards_desk(b->view), .body = body, .to = &to
	};
	int err = submit_book(b->cli->ses, b->view, &book, one->id);

	json_decref(body);
	return err;
}

/* The awards are marked only when all rewards stand, in an order of their own: whoever sees both
 * logs, as a gateway does, must not find one by the other. */
static int
open_all(struct batch *b)
{
	int err = fill(b);

	if (!err)
		shuffle(b);
	for (size_t i = 0; !err && i < b->cnt; i++)
		err = open_one(b, &b->one[i]);
	if (!err)
		shuffle(b);
	for (size_t i = 0; !err && i < b->cnt; i++)
		if (!sodium_is_zero(b->one[i].book, sizeof(b->one[i].book)))
			err = step(b->cli, b->one[i].book, "passed_on");
	if (!err)
		cli_printf(
			b->cli,
			_("%zu rewards of this month are opened; another member of your desk signs "
			  "them with the same command.\n"),
			b->cnt);
	return err;
}

static int
sign_all(struct batch *b)
{
	int err = 0;

	for (size_t i = 0; !err && i < b->wait_cnt; i++)
		err = step(b->cli, b->wait[i], "claimable");
	if (!err)
		cli_printf(b->cli, _("%zu rewards are signed.\n"), b->wait_cnt);
	return err;
}

static int
may(struct cli *cli, const struct trust *view)
{
	const struct roster_desk *at = view->me ? roster_find(view->bundle.roster, view->me->desk)
						: NULL;

	if (!at || at->kind != ROSTER_OVERSIGHT)
		return cli_fail(cli, DAVY_REFUSED, "denied",
				_("An oversight desk passes rewards on."));
	if (!rewards_desk(view))
		return cli_fail(cli, DAVY_REFUSED, "no-reward",
				_("No desk of this gateway pays rewards."));
	return 0;
}

static int
reward_batch(struct cli *cli)
{
	struct batch *b = calloc(1, sizeof(*b));
	struct sync_result synced;
	/* what a colleague has done this month must be known here */
	int err = b ? sync_all(cli->ses, &synced) : DAVY_REFUSED;

	if (!err)
		err = trust_get(cli->ses, false, &b->view);
	if (!b)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	b->cli = cli;
	if (!err)
		err = may(cli, b->view);
	if (!err)
		err = rewards_each(cli->ses, MACHINE_AWARD, look_award, b);
	if (!err)
		err = rewards_each(cli->ses, MACHINE_REWARD, look_reward, b);
	if (!err && b->bad)
		err = cli_fail(
			cli, DAVY_REFUSED, "batch",
			_("%zu rewards stand for no award, for another sum, or for one that was passed "
			  "on before. None is signed; tell the lead."),
			b->bad);
	if (!err && b->wait_cnt)
		err = sign_all(b);
	else if (!err && b->this_month)
		cli_printf(cli, _("The rewards of this month are opened already.\n"));
	else if (!err)
		err = open_all(b);
	if (!err)
		cli_data(cli, json_pack("{s:I,s:I}", "opened",
					(json_int_t)(b->wait_cnt || b->this_month ? 0 : b->cnt),
					"signed", (json_int_t)b->wait_cnt));
	free(b->one);
	free(b);
	return err;
}

const struct command cmd_reward_batch = {
	.noun = "reward",
	.verb = "batch",
	.args = "",
	.help = N_("open the rewards of this month at the desk that pays (two members)"),
	.more = N_(
		"The first member opens them: those whose month has come, in a drawn order, and others that nobody "
		"can claim, so that there are 8, 16, 32 and so on, also in a month without any. The second signs "
		"them, after davy has compared each with its award."),
	.group = CLI_REVIEW,
	.exec = reward_batch,
};
