/* A sealed order that was opened: whom it names, and how its log ends (see order.h). */
#include "admin-cli/desk/order.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/rules/order_part.h"
#include "crypto/frame.h"
#include "crypto/roster.h"

bool
order_names(const struct order *o, enum order_who side, const uint8_t handle[static 8])
{
	size_t from = side == ORDER_A ? 0 : o->head.a_cnt;
	size_t to = side == ORDER_A ? o->head.a_cnt : o->head.a_cnt + o->head.b_cnt;

	for (; from < to; from++)
		if (!memcmp(o->head.handle[from], handle, KEY_HANDLE_LEN))
			return true;
	return false;
}

static bool
is_stopped(const struct opened *d)
{
	int state = d->fold.state;

	return d->c.rec.flags & FRAME_R_CLOSED || state == ORDER_CANCELLED ||
	       state == ORDER_ABORTED || state == ORDER_COMPROMISED || state == ORDER_REPLANNED;
}

int
order_load(struct session *ses, const struct opened *d, struct order *out)
{
	size_t first = opened_first(d);
	const struct roster_member *me = d->view->me;

	memset(out, 0, sizeof(*out));
	if (first == FOLD_NONE || d->fold.machine != MACHINE_ORDER ||
	    order_part_order(&out->head, d->x[first].body))
		return session_fail(
			ses, DAVY_REFUSED, "order",
			_("This is no sealed order, or its first entry does not count."));
	out->d = d;
	memcpy(out->planner, d->x[first].e.author, sizeof(out->planner));
	out->stopped = is_stopped(d);
	out->a = me && order_names(out, ORDER_A, me->handle);
	out->b = me && order_names(out, ORDER_B, me->handle);
	return 0;
}

int
order_for(struct session *ses, const struct order *o, enum order_who side)
{
	if (!(side == ORDER_A ? o->a : o->b))
		return session_fail(ses, DAVY_REFUSED, "side",
				    side == ORDER_A
					    ? _("You are not on side A of this order, which "
						"releases it.")
					    : _("You are not on side B of this order, which takes "
						"it."));
	if (o->stopped)
		return session_fail(ses, DAVY_REFUSED, "stopped",
				    _("This order was stopped: nobody is given anything of it."));
	return 0;
}

int
order_entry_seal(struct session *ses, const struct order *o, struct entry *e,
		 const struct seal_set *set, const char *why, uint8_t sealed[static SEAL_LEN])
{
	const struct home_gateway *g;
	const struct home_keys *keys;
	int err = trust_may_seal(ses, o->d->view), bad;

	if (!err)
		err = home_gateway(ses, &g);
	if (!err)
		err = home_keys(ses, &keys);
	if (err)
		return err;
	e->hour = sync_hour(ses);
	memcpy(e->gateway, g->card.id, sizeof(e->gateway));
	memcpy(e->id, o->d->c.rec.id, sizeof(e->id));
	memcpy(e->roster, o->d->view->bundle.hash, sizeof(e->roster));
	bad = seal_entry(sealed, e, &(struct seal_entry){ .set = set, .key = &keys->sign });
	return bad ? session_fail_err(ses, bad, "%s", why) : 0;
}

void
order_tail(const struct opened *d, struct order_tail *out)
{
	uint32_t cnt = opened_count(d, FRAME_DESK);
	size_t last = cnt ? opened_find(d, FRAME_DESK, cnt - 1) : FOLD_NONE;

	memset(out, 0, sizeof(*out));
	if (last == FOLD_NONE)
		return;
	out->number = cnt - 1;
	memcpy(out->hash, d->entry[last].hash, sizeof(out->hash));
	order_end(out->digits, d->c.rec.id, out->number, out->hash);
}
