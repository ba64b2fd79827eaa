/* Releases a layer: its entry, then its code (see order_release.h). */
#include "admin-cli/desk/order_release.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"

/* struct submit.may: which end of the log its author saw. */
static int
say_end(struct session *ses, const struct opened *d, const struct submit *p)
{
	struct order_tail tail;

	(void)ses;
	order_tail(d, &tail);
	json_object_set_new(p->body, "number", json_integer(tail.number));
	json_object_set_new(p->body, "end", json_string(tail.digits));
	return 0;
}

static int
write_entry(struct session *ses, struct workspace_case *c, struct order_release *r)
{
	struct submit p = { .type = ENTRY_ORDER_RELEASE, .may = say_end, .now = !r->say };
	int err;

	p.body = json_pack("{s:i,s:i,s:s}", "v", 1, "layer", (int)r->layer, "how",
			   r->say ? "spoken" : "sealed");
	err = submit_send(ses, c, &p);
	r->queued = p.queued;
	snprintf(r->end, sizeof(r->end), "%s", schema_text(p.body, "end"));
	json_decref(p.body);
	return err;
}

static int
seal_code(struct session *ses, const struct order *o, const struct order_code *code,
	  uint8_t *sealed)
{
	static const char *const why = N_("The code cannot be sealed");
	struct seal_set set = { 0 };
	char text[ORDER_BODY_MAX];
	struct entry e;
	struct bufw w;
	int err;

	for (unsigned i = 0, n = 0; i < o->head.b_cnt; i++) {
		size_t at = o->head.a_cnt + i;
		const struct roster_member *m = roster_member_by_handle(o->d->view->members,
									o->head.handle[at]);
		uint8_t hash[32];

		/* who has another key by now is no longer the one who was named */
		if (m)
			key_sha256(hash, m->seal, sizeof(m->seal));
		if (m && !memcmp(hash, o->head.key[at], sizeof(hash)))
			set.pk[n++] = m->seal;
	}
	err = order_part_head(&e, ORDER_CODE + code->layer);
	bufw_init(&w, text, sizeof(text));
	if (!err)
		err = order_code_print(&w, code);
	e.json = text;
	e.json_len = w.len;
	err = err ? session_fail_err(ses, err, "%s", _(why))
		  : order_entry_seal(ses, o, &e, &set, _(why), sealed);
	sodium_memzero(text, sizeof(text));
	return err;
}

static int
put_code(struct session *ses, const struct order *o, const struct order_code *code)
{
	struct net_request q = { .op = FRAME_PART_PUT,
				 .body_len = SEAL_LEN,
				 .what = _("The code was not sent") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	int err = a && sealed
			  ? seal_code(ses, o, code, sealed)
			  : session_fail_err(ses, ERR_MEM, "%s", _("The code cannot be sealed"));

	memcpy(q.routing.id, o->d->c.rec.id, KEY_ID_LEN);
	q.routing.kind = FRAME_ORDER;
	q.routing.desk = o->d->c.asked;
	q.routing.thread = FRAME_PARTS;
	q.routing.number = ORDER_CODE + code->layer;
	q.body = sealed;
	if (!err)
		err = net_exchange(ses, &q, a);
	free(sealed);
	free(a);
	return err;
}

/* Seals the code to side B, with the end of the log as it is after the release, unless it stands
 * there already. */
static int
give_code(struct session *ses, const struct workspace_case *c, const struct receipt *code,
	  unsigned layer)
{
	struct order_code out = { .code = *code, .layer = layer };
	struct order_tail tail;
	struct opened *d;
	struct order o;
	uint32_t places = 0;
	int err = opened_load(ses, c, &d);

	if (err)
		return err;
	err = order_load(ses, d, &o);
	if (!err)
		err = order_parts_check(ses, &o, &places);
	order_tail(d, &tail);
	out.number = tail.number;
	memcpy(out.hash, tail.hash, sizeof(out.hash));
	if (!err && !(places >> (ORDER_CODE + layer) & 1))
		err = put_code(ses, &o, &out);
	sodium_memzero(&out, sizeof(out));
	opened_free(d);
	return err;
}

/* Of a layer that was released before: the end as it is now. */
static int
released(struct session *ses, const struct workspace_case *c, struct order_release *r,
	 struct order_halves *half, bool *done)
{
	struct order_tail tail;
	struct opened *d;
	struct order o;
	int err = opened_load(ses, c, &d);

	if (err)
		return err;
	err = order_load(ses, d, &o);
	if (!err)
		err = order_for(ses, &o, ORDER_A);
	if (!err)
		err = order_half_get(ses, &o, ORDER_A, half);
	*done = !err && d->fold.visit.released >> r->layer & 1;
	order_tail(d, &tail);
	memcpy(r->end, tail.digits, sizeof(r->end));
	opened_free(d);
	return err;
}

int
order_release(struct session *ses, struct workspace_case *c, struct order_release *r)
{
	struct order_halves half;
	bool done;
	int err = released(ses, c, r, &half, &done);

	if (!err && !done)
		err = write_entry(ses, c, r);
	if (!err && r->say)
		r->code = half.code[r->layer];
	else if (!err)
		err = give_code(ses, c, &half.code[r->layer], r->layer);
	sodium_memzero(&half, sizeof(half));
	return err;
}
