/* Rewards in opened logs (see rewards.h). */
#include "admin-cli/desk/rewards.h"

#include <sodium.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/fold_rule.h"
#include "crypto/frame.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

bool
rewards_is_claim(const struct opened *d)
{
	size_t first = opened_find(d, FRAME_SOURCE, 0);

	return d->c.rec.kind == FRAME_CASE && first != FOLD_NONE &&
	       d->entry[first].type == ENTRY_REWARD_CLAIM;
}

void
rewards_verify(struct opened *d)
{
	size_t first = opened_find(d, FRAME_DESK, 0);
	const struct opened_ring *ring = d->inner->ring;
	uint8_t blob[REWARD_BLOB_LEN];

	if (d->in.machine != MACHINE_REWARD || first == FOLD_NONE ||
	    !fold_blob(blob, d->x[first].body))
		return;
	for (size_t i = 0; i < ring->key_cnt; i++)
		if (!reward_open(d->inner->verifier, blob, sizeof(blob), ring->key[i])) {
			d->in.verifier = d->inner->verifier;
			d->in.gateway = ring->gateway->card.id;
			return;
		}
}

int
rewards_seal_set(struct session *ses, const struct opened *d, const uint8_t *who,
		 struct seal_set *set)
{
	size_t first = opened_find(d, FRAME_DESK, 0);
	bool signing = d->fold.machine == MACHINE_REWARD && d->fold.state == REWARD_BATCHED;
	unsigned n = 0;

	if (who)
		set->pk[n++] = who;
	set->pk[n] = opened_desk_key(d, d->c.rec.desk);
	if (!set->pk[n++])
		return session_fail(
			ses, DAVY_REFUSED, "no-key",
			_("Desk %u has no current key; its lead runs davy desk rotate."),
			d->c.rec.desk);
	if (signing && first != FOLD_NONE)
		set->pk[n] = opened_desk_key(d, d->entry[first].who.desk);
	return 0;
}

/* The certificate of the desk that pays, of several with a key the one of the lowest number. */
static const struct epoch *
payer(const struct trust *view)
{
	const struct roster *r = view->bundle.roster;
	const struct epoch *e = NULL;

	for (size_t i = 0; r && i < r->desk_cnt && !e; i++)
		if (r->desk[i].kind == ROSTER_REWARD)
			e = bundle_key(&view->bundle, r->desk[i].number, EPOCH_ONLINE, view->today);
	return e;
}

uint16_t
rewards_desk(const struct trust *view)
{
	const struct epoch *e = payer(view);

	return e ? e->desk : 0;
}

const uint8_t *
rewards_key(const struct trust *view)
{
	const struct epoch *e = payer(view);

	return e ? e->key : NULL;
}

static int
no_payer(struct session *ses)
{
	return session_fail(ses, DAVY_REFUSED, "no-reward",
			    _("No desk of this gateway pays rewards."));
}

int
rewards_case_blob(struct session *ses, const struct opened *d, uint8_t blob[static REWARD_BLOB_LEN])
{
	size_t tip = opened_find(d, FRAME_SOURCE, 0);
	const uint8_t *pk = rewards_key(d->view), *has;
	uint8_t t[SEAL_PROOF_LEN];
	int err;

	if (!pk)
		return no_payer(ses);
	if (tip == FOLD_NONE || !d->x[tip].plain || !d->source_pk)
		return session_fail(ses, DAVY_REFUSED, "unopened",
				    _("The tip is not opened here."));
	has = entry_reward_blob(&d->x[tip].e);
	if (has) {
		memcpy(blob, has, REWARD_BLOB_LEN);
		return 0;
	}
	err = seal_opened(t, NULL, d->source_pk, d->c.rec.id);
	if (!err)
		err = reward_seal_none(blob, pk, t, d->c.rec.id);
	sodium_memzero(t, sizeof(t));
	return err ? session_fail_err(ses, err, "%s", _("The entry cannot be sealed")) : 0;
}

/* The blob that no code fits, from one epoch secret of our desk. */
static int
blank_of(const struct home_epoch *e, const uint8_t *pk, const uint8_t id[static 16],
	 uint8_t blob[static REWARD_BLOB_LEN])
{
	return reward_seal_none(blob, pk, e->secret.seed, id);
}

int
rewards_blank(struct session *ses, const struct trust *view, const uint8_t id[static 16],
	      uint8_t blob[static REWARD_BLOB_LEN])
{
	const uint8_t *pk = rewards_key(view);
	const struct home_keys *keys;
	const struct home_epoch *e;
	size_t i = 0;
	int err = home_keys(ses, &keys);

	if (!err && !pk)
		err = no_payer(ses);
	if (err)
		return err;
	e = home_epoch_next(ses, keys, view->me->desk, &i);
	if (!e)
		return session_fail(ses, DAVY_REFUSED, "no-key",
				    _("This home has no key of its desk yet: davy sync."));
	err = blank_of(e, pk, id, blob);
	return err ? session_fail_err(ses, err, "%s", _("The entry cannot be sealed")) : 0;
}

bool
rewards_is_blank(struct session *ses, const struct trust *view, const uint8_t id[static 16],
		 const uint8_t blob[static REWARD_BLOB_LEN])
{
	const struct home_keys *keys;
	const struct home_epoch *e;
	uint8_t made[REWARD_BLOB_LEN];
	const uint8_t *pk = rewards_key(view);
	size_t i = 0;

	if (!pk || home_keys(ses, &keys)) {
		session_forgive(ses);
		return false;
	}
	while ((e = home_epoch_next(ses, keys, view->me->desk, &i)))
		if (!blank_of(e, pk, id, made) && !memcmp(made, blob, sizeof(made)))
			return true;
	return false;
}

int
rewards_each(struct session *ses, enum machine_id machine, rewards_look *look, void *arg)
{
	struct workspace_case *list;
	const struct trust *view;
	struct opened *d;
	size_t cnt = 0;
	int err = trust_get(ses, false, &view), done = 0;

	if (!err)
		err = books_list(ses, view->today, &list, &cnt);
	if (err)
		return err;
	for (size_t i = 0; !err && !done && i < cnt; i++) {
		if (book_of_state(list[i].line.state) != machine)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		if (d->fold.book && d->fold.machine == machine)
			done = look(ses, d, arg);
		opened_free(d);
	}
	workspace_free(list, cnt * sizeof(*list));
	return err ? err : done < 0 ? DAVY_REFUSED : 0;
}
