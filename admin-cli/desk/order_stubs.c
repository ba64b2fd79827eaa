/* The signed traces of those who took a layer (see order_stubs.h). */
#include "admin-cli/desk/order_stubs.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define BODY_AT (FRAME_STUB_LEN - FRAME_HASH_LEN) /* SHA-512 of the body */

struct gather {
	struct session *ses;
	const struct order *o;
	const uint8_t *gateway;
	struct order_taken *list;
	size_t cnt;
};

static struct order_taken *
add(struct gather *g, uint32_t number)
{
	void *more = reallocarray(g->list, g->cnt + 1, sizeof(*g->list));

	if (!more)
		return NULL;
	g->list = more;
	g->list[g->cnt] = (struct order_taken){ .number = number, .entry = SIZE_MAX };
	return &g->list[g->cnt++];
}

/* Whether the frame carried the entry of this place, and was sent by its author, of side B. */
static bool
fits(struct gather *g, size_t i, const struct frame_request *was, const uint8_t *stub)
{
	const struct opened *d = g->o->d;
	struct workspace_entry *w = malloc(sizeof(*w));
	uint8_t hash[FRAME_HASH_LEN];
	bool same = w && !opened_sealed(g->ses, d, i, w);

	if (same)
		crypto_hash_sha512(hash, w->sealed, SEAL_LEN);
	free(w);
	return same && !memcmp(hash, stub + BODY_AT, sizeof(hash)) && d->x[i].author &&
	       d->entry[i].type == ENTRY_ORDER_TAKE &&
	       !memcmp(d->x[i].e.author, was->key, sizeof(was->key)) &&
	       order_names(g->o, ORDER_B, d->x[i].author->handle) &&
	       was->routing.part == ORDER_LAYER + schema_number(d->x[i].body, "layer");
}

static int
take_one(struct gather *g, uint32_t number, const uint8_t *stub)
{
	struct order_taken *t = add(g, number);
	struct frame_request was;
	size_t i = opened_find(g->o->d, FRAME_DESK, number);
	bool good = !frame_stub_taken(&was, stub, g->gateway) &&
		    !memcmp(was.routing.id, g->o->d->c.rec.id, KEY_ID_LEN);

	if (!t)
		return ERR_MEM;
	t->trace = ORDER_TRACE_FALSE;
	t->entry = i == FOLD_NONE ? SIZE_MAX : i;
	if (good) {
		t->layer = was.routing.part - ORDER_LAYER;
		t->minute = was.minute;
		if (i != FOLD_NONE && fits(g, i, &was, stub))
			t->trace = ORDER_TRACE_FINE;
	}
	return 0;
}

/* Page by page, each from the place behind the last. */
static int
fetch_all(struct gather *g)
{
	struct net_request q = { .op = FRAME_FETCH, .what = _("The traces were not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	uint32_t cnt = FRAME_TAKEN_MAX, next = 0;
	int err = a ? 0 : session_fail_err(g->ses, ERR_MEM, "%s", q.what);

	memcpy(q.routing.id, g->o->d->c.rec.id, KEY_ID_LEN);
	q.routing.kind = FRAME_ORDER;
	q.routing.desk = g->o->d->c.asked;
	q.routing.thread = FRAME_READS;
	while (!err && cnt == FRAME_TAKEN_MAX && next < FRAME_TAKEN_FROM) {
		struct buf b;

		q.routing.number = FRAME_TAKEN_FROM + next;
		err = net_exchange(g->ses, &q, a);
		if (err)
			break;
		cnt = a->routing.count < FRAME_TAKEN_MAX ? a->routing.count : FRAME_TAKEN_MAX;
		buf_init(&b, a->body, sizeof(a->body));
		for (uint32_t i = 0; !err && i < cnt; i++) {
			uint32_t number = buf_u32(&b);
			uint8_t stub[FRAME_STUB_LEN];

			buf_bytes(&b, stub, sizeof(stub), sizeof(stub));
			/* a list that does not go on would never end */
			int bad = number < next ? ERR_FORMAT : take_one(g, number, stub);
			if (bad)
				err = session_fail_err(g->ses, bad, "%s", q.what);
			next = number + 1;
		}
	}
	free(a);
	return err;
}

/* Entries that say that a layer was taken, of which the gateway has no signed frame. */
static int
add_unsigned(struct gather *g)
{
	const struct opened *d = g->o->d;

	for (size_t i = 0; i < d->cnt; i++) {
		struct order_taken *t = NULL;
		bool known = false;

		for (size_t k = 0; k < g->cnt; k++)
			known |= g->list[k].entry == i;
		if (known || d->entry[i].type != ENTRY_ORDER_TAKE)
			continue;
		t = add(g, d->entry[i].number);
		if (!t)
			return session_fail_err(g->ses, ERR_MEM, "%s",
						_("The traces were not fetched"));
		t->entry = i;
		t->layer = schema_number(d->x[i].body, "layer");
		t->trace = ORDER_TRACE_UNSIGNED;
	}
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct order_taken *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int
order_stubs_get(struct session *ses, const struct opened *d, struct order_taken **out, size_t *cnt)
{
	const struct home_gateway *gateway;
	struct order o;
	struct gather g = { .ses = ses, .o = &o };
	int err = order_load(ses, d, &o);

	if (!err)
		err = home_gateway(ses, &gateway);
	if (!err) {
		g.gateway = gateway->card.id;
		err = fetch_all(&g);
	}
	if (!err)
		err = add_unsigned(&g);
	if (err) {
		free(g.list);
		g.list = NULL;
		g.cnt = 0;
	}
	if (g.cnt)
		qsort(g.list, g.cnt, sizeof(*g.list), by_number);
	*out = g.list;
	*cnt = g.cnt;
	return err;
}
