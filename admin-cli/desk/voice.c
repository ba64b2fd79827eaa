/* The statement of our desk that it has opened a case; see voice.h. */
#include "admin-cli/desk/voice.h"

#include "admin-cli/base/session.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "crypto/epoch.h"
#include "crypto/err.h"
#include "crypto/statement.h"

#include <sodium.h>

/* The secret of the current epoch of that desk, or NULL. */
static const struct home_epoch *
current_secret(struct session *ses, const struct home_keys *keys, const struct trust *view,
	       uint16_t desk, uint32_t day)
{
	const struct epoch *now = bundle_key(&view->bundle, desk, EPOCH_ONLINE, day);
	const struct home_epoch *e;
	size_t i = 0;

	while (now && (e = home_epoch_next(ses, keys, desk, &i)))
		if (e->epoch == now->number && e->use == now->use)
			return e;
	return NULL;
}

int
voice_key(struct session *ses, uint16_t desk, uint32_t day, struct key_sign *out, uint32_t *epoch,
	  bool *have)
{
	const struct home_keys *keys;
	const struct home_epoch *e;
	const struct trust *view;
	int err = home_keys(ses, &keys);

	*have = false;
	if (!err)
		err = trust_get(ses, false, &view);
	if (err)
		return err;
	e = current_secret(ses, keys, view, desk, day);
	*have = e && epoch_voice(out, e->secret.seed) == 0;
	*epoch = e ? e->epoch : 0;
	return DAVY_OK;
}

int
voice_say(struct session *ses, const struct opened *d, bool *said)
{
	struct net_request q = { .op = FRAME_STATEMENT, .what = _("The statement was not sent") };
	struct statement s = { .desk = d->c.asked };
	size_t tip = opened_find(d, FRAME_SOURCE, 0);
	uint8_t sig[KEY_SIG_LEN];
	const struct home_gateway *g;
	struct key_sign voice;
	struct net_answer *a;
	bool have;
	int err;

	*said = false;
	err = home_gateway(ses, &g);
	if (err || tip == FOLD_NONE || !d->x[tip].proof)
		return err;
	s.day = (uint32_t)(net_minute(ses) / 1440);
	err = voice_key(ses, s.desk, s.day, &voice, &s.epoch, &have);
	if (err || !have)
		return err;
	memcpy(s.gateway, g->card.id, sizeof(s.gateway));
	memcpy(s.id, d->c.rec.id, sizeof(s.id));
	memcpy(s.t, d->x[tip].t, sizeof(s.t));
	statement_sign(sig, &s, &voice);
	sodium_memzero(&voice, sizeof(voice));
	memcpy(q.routing.id, s.id, sizeof(q.routing.id));
	q.routing.desk = s.desk;
	q.routing.number = s.epoch;
	q.routing.hour = s.day * 24;
	memcpy(q.routing.proof, sig, 32);
	memcpy(q.routing.hash, sig + 32, 32);
	a = malloc(sizeof(*a));
	err = a ? net_exchange(ses, &q, a) : session_fail_err(ses, ERR_MEM, "%s", q.what);
	free(a);
	*said = !err;
	return err;
}
