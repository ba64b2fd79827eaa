/* Many exchanges at a time over connections that stay open (see net.h). */
#include "admin-cli/net/net_inner.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "crypto/err.h"

#define TURN_MS 1000

/* One exchange under way. */
struct net_slot {
	struct net_transfer t;
	struct net_request q;
	void *job;
	int stale, busy; /* how often the gateway has said so */
	uint64_t until;  /* a busy gateway is asked again until then */
	uint64_t at;     /* when to send it again; 0: it has been sent */
	bool used;
	uint8_t frame[FRAME_LEN], body_hash[FRAME_HASH_LEN], buf[FRAME_LEN];
};

/* What is known while a flow runs. */
struct run {
	struct session *ses;
	const struct net_flow *flow;
	struct net_answer *answer;
	unsigned used, most; /* exchanges under way, and how many may be */
	bool came;           /* an answer was taken and is not settled yet */
	int err;
};

void
net_flow_close(struct net *n)
{
	for (unsigned i = 0; n->slot && i < NET_FLOW; i++) {
		if (n->slot[i].used)
			(void)curl_multi_remove_handle(n->multi, n->slot[i].t.curl);
		net_veil_drop(&n->slot[i].t);
		curl_easy_cleanup(n->slot[i].t.curl);
	}
	free(n->slot);
	n->slot = NULL;
}

/* Most flows are short, and need few of the slots. */
static int
post(struct run *r, struct net_slot *s)
{
	if (!s->t.curl)
		s->t.curl = curl_easy_duphandle(r->ses->net->curl);
	if (!s->t.curl)
		return session_fail(r->ses, DAVY_REFUSED, "memory", _("Out of memory."));
	s->at = 0;
	s->t.done = false;
	s->t.buf = s->buf;
	s->t.cap = FRAME_LEN;
	return net_transfer_begin(r->ses, &s->t, "/x", s->frame);
}

/* Builds the frame for the gateway's minute and sends it. */
static int
begin(struct run *r, struct net_slot *s)
{
	const struct frame_op *op = frame_op_find(s->q.op);
	uint64_t minute = net_minute(r->ses) ? net_minute(r->ses) : (uint64_t)time(NULL) / 60;
	int err = op ? net_build(r->ses, &s->q, op->timeless ? 0 : minute, s->frame, s->body_hash)
		     : session_fail_err(r->ses, ERR_ARG, "%s", _("The frame cannot be made"));

	return err ? err : post(r, s);
}

static void
leave(struct run *r, struct net_slot *s)
{
	s->used = false;
	s->job = NULL;
	r->used--;
}

static void
fail(struct run *r, int err)
{
	if (err && !r->err)
		r->err = err;
}

/* Fills what is free with new requests. */
static void
fill(struct run *r, struct net_slot *all)
{
	for (unsigned i = 0; i < NET_FLOW && r->used < r->most && !r->err; i++) {
		struct net_slot *s = &all[i];

		if (s->used)
			continue;
		s->q = (struct net_request){ 0 };
		if (!r->flow->next(r->flow->arg, &s->q, &s->job))
			return;
		s->stale = s->busy = 0;
		s->until = net_now_ms() + BUSY_MS;
		s->used = true;
		r->used++;
		int err = begin(r, s);
		if (err) {
			leave(r, s);
			fail(r, err);
		}
	}
}

/* The gateway is busy: half as many at a time, and this one again after a pause. */
static int
again(struct run *r, struct net_slot *s, const struct frame_answer *a)
{
	r->most = r->most > 1 ? r->most / 2 : 1;
	int err = net_solve(r->ses, s->frame, a);
	if (err)
		return err;
	if (!s->busy && a->difficulty) { /* it has only told that a puzzle is due */
		s->busy = 1;
		return post(r, s);
	}
	s->at = net_now_ms() + net_busy_ms(s->busy++);
	return DAVY_OK;
}

/* One request has ended. */
static void
ended(struct run *r, struct net_slot *s)
{
	const struct frame_op *op = frame_op_find(s->q.op);
	struct frame_answer a;

	s->t.done = false;
	int err = net_transfer_end(r->ses, &s->t, "/x");
	if (!err)
		err = net_believe(r->ses, s->frame, s->body_hash, &s->t, &a);
	if (!err && !r->err && a.status == FRAME_BUSY && net_now_ms() < s->until) {
		err = again(r, s, &a);
		if (!err)
			return;
	} else if (!err && !r->err && a.status == FRAME_STALE && !op->timeless &&
		   s->stale++ < STALE_TRIES) {
		err = begin(r, s);
		if (!err)
			return;
	} else if (!err) {
		net_copy(r->answer, &a);
		r->came = true;
		err = r->flow->take(r->flow->arg, s->job, r->answer);
		r->most += r->most < NET_FLOW;
	}
	leave(r, s);
	fail(r, err);
}

/* Sends what has waited long enough. After a failure what waits is given up. Returns how long the
 * next one waits; 0 where an answer is there already. */
static int
wake(struct run *r, struct net_slot *all)
{
	uint64_t now = net_now_ms();
	int wait = TURN_MS;

	for (unsigned i = 0; i < NET_FLOW; i++) {
		struct net_slot *s = &all[i];

		if (s->used && s->t.done)
			wait = 0;
		if (!s->used || !s->at)
			continue;
		int err = r->err ? r->err : s->at <= now ? post(r, s) : DAVY_OK;
		if (err) {
			leave(r, s);
			fail(r, err);
		} else if (s->at && s->at - now < (uint64_t)wait) {
			wait = (int)(s->at - now) + 1;
		}
	}
	return wait;
}

/* Once the person says stop, nothing that is under way is waited for. */
static void
give_up(struct run *r, struct net_slot *all)
{
	if (!r->used || !session_stopped(r->ses))
		return;
	fail(r, net_stopped(r->ses));
	for (unsigned i = 0; i < NET_FLOW; i++) {
		if (!all[i].used)
			continue;
		if (!all[i].at)
			net_transfer_drop(r->ses, &all[i].t);
		leave(r, &all[i]);
	}
}

int
net_flow(struct session *ses, const struct net_flow *flow)
{
	struct run r = { .ses = ses, .flow = flow, .most = NET_FLOW };
	int err = net_open(ses);

	if (err)
		return err;
	struct net_slot *all = ses->net->slot;
	if (!all)
		all = ses->net->slot = calloc(NET_FLOW, sizeof(*all));
	r.answer = malloc(sizeof(*r.answer));
	if (!all || !r.answer) {
		free(r.answer);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	fill(&r, all);
	while (r.used) {
		net_transfer_run(ses, wake(&r, all));
		for (unsigned i = 0; i < NET_FLOW; i++)
			if (all[i].used && all[i].t.done)
				ended(&r, &all[i]);
		fill(&r, all);
		if (r.came) {
			net_transfer_run(ses, 0); /* the gateway works, too, meanwhile */
			fail(&r, flow->settle(flow->arg));
		}
		r.came = false;
		give_up(&r, all);
	}
	free(r.answer);
	return r.err;
}
