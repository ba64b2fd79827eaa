/* Books for single members: whom they are sealed to, what is kept of them, and the frames that tell
 * the gateway who is on duty and from whom a case is hidden (see duty_book.h). */
#include "admin-cli/desk/duty_book.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

int
duty_keep(struct session *ses, const struct opened *d)
{
	bool ours = d->fold.machine == MACHINE_ROTA || d->fold.machine == MACHINE_CONFLICT;
	char id[33], owner[17], *text;
	json_t *one;
	int err;

	if (!ours || !d->fold.book)
		return 0;
	one = json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:O}", "id",
			term_hex(id, d->c.rec.id, KEY_ID_LEN), "state",
			machine_state_name(d->fold.machine, d->fold.state), "owner",
			term_hex(owner, d->fold.owner, sizeof(d->fold.owner)), "day",
			(int)d->c.rec.day, "since", (int)d->fold.since, "desk", (int)d->c.rec.desk,
			"body", d->fold.book);
	text = json_dumps(one, JSON_COMPACT);
	json_decref(one);
	if (!text)
		return ERR_MEM;
	err = workspace_put(ses->workspace, WORKSPACE_DUTY, d->c.rec.id, KEY_ID_LEN, text,
			    strlen(text));
	workspace_free(text, strlen(text));
	return err;
}

struct gather {
	json_t *list;
	uint32_t today;
};

/* By the day on which it was written; of one day the shorter rota later, which is the exception. */
static uint64_t
place_of(const json_t *one)
{
	const json_t *body = json_object_get(one, "body");
	const char *from = schema_text(body, "from"), *until = schema_text(body, "until");
	uint32_t first = 0, last = 0;

	if (text_day(&first, from, strlen(from)) || text_day(&last, until, strlen(until)))
		return (uint64_t)schema_number(one, "day") << 8;
	return (uint64_t)schema_number(one, "day") << 8 | (0xff - ((last - first) & 0xff));
}

static int
gather_one(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct gather *g = arg;
	json_t *one = json_loadb((const char *)val, len, 0, NULL);
	const char *until = schema_text(json_object_get(one, "body"), "until");
	uint32_t last = 0;
	size_t i;

	(void)key;
	(void)key_len;
	if (!one || text_day(&last, until, strlen(until)) || last < g->today ||
	    !strcmp(schema_text(one, "state"), "dropped")) {
		json_decref(one);
		return 0;
	}
	for (i = json_array_size(g->list); i > 0; i--)
		if (place_of(json_array_get(g->list, i - 1)) <= place_of(one))
			break;
	return json_array_insert_new(g->list, i, one) ? ERR_MEM : 0;
}

int
duty_list(struct session *ses, json_t **out)
{
	struct gather g = { .list = json_array() };
	const struct trust *view;
	int err = trust_get(ses, false, &view);

	*out = NULL;
	if (!err)
		err = workspace_open(ses);
	if (err) {
		json_decref(g.list);
		return err;
	}
	g.today = view->today;
	err = workspace_each(ses->workspace, WORKSPACE_DUTY, gather_one, &g);
	if (err) {
		json_decref(g.list);
		return session_fail_err(ses, err, "%s", _("The workspace cannot be read"));
	}
	*out = g.list;
	return 0;
}

const json_t *
duty_on(const json_t *list, uint32_t day)
{
	size_t i = json_array_size(list);

	while (i-- > 0) {
		const json_t *one = json_array_get(list, i), *body = json_object_get(one, "body");
		const char *from = schema_text(body, "from"), *until = schema_text(body, "until");
		uint32_t first, last;

		if (!strcmp(schema_text(one, "state"), "in_force") &&
		    !text_day(&first, from, strlen(from)) &&
		    !text_day(&last, until, strlen(until)) && first <= day && day <= last)
			return one;
	}
	return NULL;
}

bool
duty_seed(const json_t *rota, uint32_t day, uint8_t seed[static CONFLICT_SEED])
{
	return rota && schema_number(rota, "since") < day &&
	       schema_hex(json_object_get(rota, "body"), "seed", seed, CONFLICT_SEED);
}

bool
duty_has(const json_t *rota, const uint8_t handle[static 8])
{
	uint8_t list[CONFLICT_DUTY][8];
	unsigned i, cnt = conflict_duty(list, json_object_get(rota, "body"));

	for (i = 0; i < cnt; i++)
		if (!memcmp(list[i], handle, 8))
			return true;
	return false;
}

bool
duty_wrote(const json_t *book, const uint8_t handle[static 8])
{
	char hex[17];

	return !strcmp(schema_text(book, "owner"), term_hex(hex, handle, 8));
}

static void
add(struct seal_set *set, unsigned *n, const struct roster_member *m)
{
	unsigned i;

	for (i = 0; m && i < *n; i++)
		if (set->pk[i] == m->seal)
			return;
	if (m && *n < SEAL_CNT)
		set->pk[(*n)++] = m->seal;
}

static const struct roster_member *
lead_of(const struct trust *view, uint16_t desk)
{
	const struct roster_desk *x = roster_find(view->bundle.roster, desk);

	return x ? roster_member_by_key(view->members, x->lead) : NULL;
}

/* To whom a rota or a conflict is sealed: its members, the lead of their desk (of a conflict of the
 * lead himself: not), the lead of the desk above. The keys are borrowed from the trust. */
static int
duty_seal(struct session *ses, const struct trust *view, const json_t *body, struct seal_set *set)
{
	const struct roster_member *lead, *above, *m;
	uint8_t duty[CONFLICT_DUTY][8];
	unsigned i, n = 0, cnt = conflict_duty(duty, body);

	memset(set, 0, sizeof(*set));
	if (!view->members || !view->me || !view->desk)
		return session_fail(ses, DAVY_REFUSED, "denied", _("You are in no desk."));
	lead = lead_of(view, view->desk->number);
	above = view->desk->above ? lead_of(view, view->desk->above)
				  : lead_of(view, view->bundle.roster->backstop);
	for (i = 0; i < cnt && i < 2; i++) {
		m = roster_member_by_handle(view->members, duty[i]);
		if (!m || m->desk != view->desk->number)
			return session_fail(ses, DAVY_REFUSED, "member",
					    _("A rota names members of your own desk."));
		add(set, &n, m);
	}
	add(set, &n, view->me);
	if (cnt || lead != view->me)
		add(set, &n, lead);
	if (cnt || lead == view->me)
		add(set, &n, above);
	if (n < 2)
		return session_fail(
			ses, DAVY_REFUSED, "no-key",
			_("The members note names nobody who could read this beside you."));
	return 0;
}

int
duty_open(struct session *ses, const struct trust *view, json_t *body, uint8_t id[static 16])
{
	struct seal_set set;
	int err = body ? duty_seal(ses, view, body, &set)
		       : session_fail(ses, DAVY_REFUSED, "utf-8",
				      _("The text is not valid UTF-8."));

	memset(id, 0, 16);
	if (!err)
		err = submit_book(ses, view, ENTRY_ROTA, body, &set, id);
	json_decref(body);
	return err;
}

int
duty_seal_again(struct session *ses, const struct opened *d, struct seal_set *set)
{
	size_t first = opened_find(d, FRAME_DESK, 0);
	const struct open_known *const *who = first == FOLD_NONE ? NULL : opened_who(d, first);
	unsigned i, n = 0;

	memset(set, 0, sizeof(*set));
	for (i = 0; who && i < SEAL_CNT; i++)
		if (who[i])
			set->pk[n++] = who[i]->pk;
	return n ? 0
		 : session_fail(
			   ses, DAVY_REFUSED, "no-key",
			   _("It is not known to whom this was sealed: a member has a new key. "
			     "Write it anew."));
}

/* The body that the second signature is for, or that is proposed; NULL: none. */
static const json_t *
proposed_body(const struct opened *d, const struct submit *p)
{
	uint8_t hash[32];
	size_t i;

	if (p->type == ENTRY_PROPOSE)
		return json_object_get(p->body, "body");
	if (p->type != ENTRY_COSIGN || !schema_hex(p->body, "proposal", hash, sizeof(hash)))
		return NULL;
	for (i = 0; i < d->cnt; i++)
		if (!memcmp(d->entry[i].hash, hash, sizeof(hash)))
			return json_object_get(d->x[i].body, "body");
	return NULL;
}

static void
route_rota(const struct opened *d, struct net_request *q)
{
	const char *from = schema_text(d->fold.book, "from"),
		   *until = schema_text(d->fold.book, "until");
	uint8_t duty[CONFLICT_DUTY][8] = { { 0 } };
	uint32_t first, last;

	if (!conflict_duty(duty, d->fold.book) || text_day(&first, from, strlen(from)) ||
	    text_day(&last, until, strlen(until)))
		return;
	q->op = FRAME_ROTA;
	q->routing.kind = FRAME_BOOK;
	q->routing.thread = 0;
	q->routing.hour = first * 24;
	q->routing.parts = (uint16_t)(last - first + 1);
	memcpy(q->routing.proof, duty, sizeof(q->routing.proof));
}

void
submit_duty_route(const struct opened *d, const struct submit *p, struct net_request *q)
{
	uint8_t list[FOLD_HIDDEN][8];

	if (d->fold.machine == MACHINE_ROTA &&
	    (p->type == ENTRY_PROPOSE || p->type == ENTRY_COSIGN))
		route_rota(d, q);
	if (q->op != FRAME_RESTRICT)
		return;
	q->routing.flags = p->type == ENTRY_RECUSE     ? FRAME_RECUSE
			   : p->type == ENTRY_RESTRICT ? FRAME_LIFT
						       : FRAME_HIDE;
	if (q->routing.flags != FRAME_HIDE || !conflict_list_read(list, proposed_body(d, p)))
		return;
	memcpy(q->routing.proof, list, sizeof(q->routing.proof));
	memcpy(q->routing.hash, list[4], sizeof(q->routing.hash));
}
