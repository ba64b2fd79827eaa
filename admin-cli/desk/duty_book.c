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

/* By the day on which it was written; rotas of one day as their leads counted them, so that all who
 * read them take the same one. */
static int
in_order(const json_t *a, const json_t *b)
{
	uint32_t day[2] = { schema_number(a, "day"), schema_number(b, "day") };
	uint32_t nth[2] = { schema_number(json_object_get(a, "body"), "nth"),
			    schema_number(json_object_get(b, "body"), "nth") };

	if (day[0] != day[1])
		return day[0] < day[1] ? -1 : 1;
	if (nth[0] != nth[1])
		return nth[0] < nth[1] ? -1 : 1;
	return strcmp(schema_text(a, "id"), schema_text(b, "id"));
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
	    !strcmp(schema_text(one, "state"), "dropped") ||
	    !strcmp(schema_text(one, "state"), "ended")) {
		json_decref(one);
		return 0;
	}
	for (i = json_array_size(g->list); i > 0; i--)
		if (in_order(json_array_get(g->list, i - 1), one) <= 0)
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

bool
duty_is(const json_t *book, const char *what)
{
	return !strcmp(schema_text(json_object_get(book, "body"), "what"), what);
}

/* Whether this is a rota in force at that desk on that day, or, as `copy`, what those who stand in
 * have of one. */
static bool
stands(const json_t *one, uint16_t desk, uint32_t day, bool copy)
{
	const json_t *body = json_object_get(one, "body");
	const char *from = schema_text(body, "from"), *until = schema_text(body, "until");
	uint32_t first, last;

	return schema_number(one, "desk") == desk &&
	       !strcmp(schema_text(one, "state"), copy ? "declared" : "in_force") &&
	       duty_is(one, copy ? "standin" : "rota") && !text_day(&first, from, strlen(from)) &&
	       !text_day(&last, until, strlen(until)) && first <= day && day <= last;
}

const json_t *
duty_on(const json_t *list, uint16_t desk, uint32_t day)
{
	size_t k, i, cnt = json_array_size(list);

	/* a copy says no more than its author: who has the rota itself goes by that */
	for (k = 0; k < 2; k++)
		for (i = cnt; i-- > 0;)
			if (stands(json_array_get(list, i), desk, day, k))
				return json_array_get(list, i);
	return NULL;
}

uint32_t
duty_next(const json_t *list, uint16_t desk)
{
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		uint32_t nth = schema_number(json_object_get(one, "body"), "nth");

		if (schema_number(one, "desk") == desk && nth > most)
			most = nth;
	}
	return most < CONFLICT_NTH ? most + 1 : most;
}

/* The day on which the rota was put in force; of a copy, as it says. */
static uint32_t
since(const json_t *rota)
{
	const char *day = schema_text(json_object_get(rota, "body"), "day");
	uint32_t out;

	if (!duty_is(rota, "standin"))
		return schema_number(rota, "since");
	return text_day(&out, day, strlen(day)) ? UINT32_MAX : out;
}

bool
duty_seed(const json_t *rota, uint32_t day, uint8_t seed[static CONFLICT_SEED])
{
	return rota && since(rota) < day &&
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

/* The desk at which the book lies: that of the first on duty, which is ours or one below; without
 * such a list, ours. 0 for another one. */
static uint16_t
desk_of(const struct trust *view, const uint8_t (*duty)[8], unsigned cnt)
{
	const struct roster_member *first = cnt ? roster_member_by_handle(view->members, duty[0])
						: view->me;
	const struct roster_desk *at = first ? roster_find(view->bundle.roster, first->desk) : NULL;

	return at && (at == view->desk || at->above == view->desk->number) ? at->number : 0;
}

/* To whom it is sealed, its author among them. A rota: the pair, the leads of its desk and of the
 * desk above. Its copy: those who stand in, the lead. That a case is hidden: to the member, the
 * lead. A conflict, a recusal: the lead; a lead's own, the lead of the desk above. The keys are
 * borrowed from the trust. */
static int
duty_seal(struct session *ses, const struct trust *view, const json_t *body, struct seal_set *set,
	  uint16_t *desk)
{
	bool copy = !strcmp(schema_text(body, "what"), "standin");
	const struct roster_member *lead, *above, *m;
	const struct roster_desk *at;
	uint8_t duty[CONFLICT_DUTY][8];
	unsigned i, n = 0, cnt = conflict_duty(duty, body);

	memset(set, 0, sizeof(*set));
	if (!view->members || !view->me || !view->desk)
		return session_fail(ses, DAVY_REFUSED, "denied", _("You are in no desk."));
	*desk = desk_of(view, (const uint8_t(*)[8])duty, cnt);
	at = roster_find(view->bundle.roster, *desk);
	lead = lead_of(view, *desk);
	above = lead_of(view, at && at->above ? at->above : view->bundle.roster->backstop);
	add(set, &n, view->me);
	for (i = 0; i < cnt; i++) {
		m = roster_member_by_handle(view->members, duty[i]);
		if (!m || m->desk != *desk)
			return session_fail(ses, DAVY_REFUSED, "member",
					    _("A rota names members of one desk, your own or one "
					      "of which yours is the desk above."));
		if (copy == (i >= 2))
			add(set, &n, m);
	}
	if (schema_hex(body, "member", duty[0], sizeof(duty[0])))
		add(set, &n, roster_member_by_handle(view->members, duty[0]));
	if (cnt || lead != view->me)
		add(set, &n, lead);
	if ((cnt && !copy) || lead == view->me)
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
	struct submit_book b = { .type = ENTRY_ROTA, .body = body, .to = &set };
	int err = body ? duty_seal(ses, view, body, &set, &b.desk)
		       : session_fail(ses, DAVY_REFUSED, "utf-8",
				      _("The text is not valid UTF-8."));

	memset(id, 0, 16);
	if (!err)
		err = submit_book(ses, view, &b, id);
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

	if (p->type == ENTRY_BOOK_MOVE)
		return p->body;
	if (p->type == ENTRY_PROPOSE)
		return json_object_get(p->body, "body");
	if (p->type != ENTRY_COSIGN || !schema_hex(p->body, "proposal", hash, sizeof(hash)))
		return NULL;
	for (i = 0; i < d->cnt; i++)
		if (!memcmp(d->entry[i].hash, hash, sizeof(hash)))
			return json_object_get(d->x[i].body, "body");
	return NULL;
}

/* For the days of the rota; to end it, for those that are left, and with nobody on duty. */
static void
route_rota(const struct opened *d, const json_t *move, struct net_request *q)
{
	const char *from = schema_text(d->fold.book, "from"),
		   *until = schema_text(d->fold.book, "until"), *today = schema_text(move, "until");
	bool end = !strcmp(schema_text(move, "move"), "ended");
	uint8_t duty[CONFLICT_DUTY][8] = { { 0 } };
	uint32_t first, last, day = 0;

	if (!conflict_duty(duty, d->fold.book) || text_day(&first, from, strlen(from)) ||
	    text_day(&last, until, strlen(until)) ||
	    (end && (text_day(&day, today, strlen(today)) || day > last)))
		return;
	first = first < day ? day : first;
	q->op = FRAME_ROTA;
	q->routing.kind = FRAME_BOOK;
	q->routing.thread = 0;
	q->routing.hour = first * 24;
	q->routing.parts = (uint16_t)(last - first + 1);
	if (!end)
		memcpy(q->routing.proof, duty, sizeof(q->routing.proof));
}

void
submit_duty_route(const struct opened *d, const struct submit *p, struct net_request *q)
{
	uint8_t list[FOLD_HIDDEN][8], given[FOLD_GIVEN][8] = { { 0 } };

	if (d->fold.machine == MACHINE_ROTA && p->type != ENTRY_ROTA)
		route_rota(d, proposed_body(d, p), q);
	if (q->op == FRAME_RESEAL) {
		unsigned cnt;

		(void)schema_handles(given, &cnt, schema_list(proposed_body(d, p), "to"),
				     FOLD_GIVEN);
		memcpy(q->routing.proof, given, sizeof(given));
	}
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
