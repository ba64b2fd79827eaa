/* The book of a plan (see plan_book.h). */
#include "admin-cli/desk/plan_book.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/net/net.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/log.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/label.h"
#include "crypto/text.h"

void
plan_book_id(uint8_t id[static 16], const uint8_t plan[static 32])
{
	uint8_t text[LABEL_LEN(LABEL_PLAN) + 32], hash[32];

	memcpy(text, LABEL_PLAN, LABEL_LEN(LABEL_PLAN));
	memcpy(text + LABEL_LEN(LABEL_PLAN), plan, 32);
	key_sha256(hash, text, sizeof(text));
	memcpy(id, hash, 16);
}

int
plan_book_open(struct session *ses, const struct trust *view, const struct plan_body *plan)
{
	json_t *body = plan_log_body(plan);
	uint8_t id[16], seed[32];
	char hex[65];
	int err;

	if (!body || !view->me) {
		json_decref(body);
		return session_fail(ses, DAVY_REFUSED, "denied", _("You are in no desk."));
	}
	plan_book_id(id, plan->plan);
	randombytes_buf(seed, sizeof(seed));
	json_object_set_new(body, "seed", json_string(term_hex(hex, seed, 32)));
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(hex, sizeof(hex));
	err = submit_book(ses, view, &(struct submit_book){ .type = ENTRY_PLAN, .body = body }, id);
	json_decref(body);
	return err;
}

/* ---- escrow ---- */

/* The keys of the desk above and of the backstop; never that of the desk that draws. */
static int
above_set(struct session *ses, const struct opened *d, struct seal_set *set)
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *at = roster_find(r, d->c.rec.desk);
	uint16_t want[2] = { at ? at->above : 0, r->backstop };
	unsigned n = 0;
	int err = trust_may_seal(ses, d->view);

	memset(set, 0, sizeof(*set));
	for (unsigned i = 0; i < 2 && !err; i++) {
		const struct epoch *e = want[i] && want[i] != d->c.rec.desk &&
							(!i || want[i] != want[0])
						? bundle_key(&d->view->bundle, want[i],
							     EPOCH_ONLINE, d->view->today)
						: NULL;
		if (e)
			set->pk[n++] = e->key;
	}
	if (!err && !n)
		err = session_fail(ses, DAVY_REFUSED, "no-key",
				   _("No desk above this one has a current key, so nobody could "
				     "keep the share."));
	return err;
}

static int
seal_share(struct session *ses, const struct opened *d, const uint8_t share[static 32],
	   bool approver, uint8_t *sealed)
{
	struct entry e = { .type = ENTRY_PLAN_ESCROW,
			   .thread = FRAME_PARTS,
			   .number = approver,
			   .hour = sync_hour(ses) };
	const struct home_gateway *g;
	const struct home_keys *keys;
	struct seal_set set;
	char json[256], plan[65], hex[65];
	int err = home_gateway(ses, &g);

	if (!err)
		err = home_keys(ses, &keys);
	if (!err)
		err = above_set(ses, d, &set);
	if (err)
		return err;
	text_hex(plan, sizeof(plan), d->fold.plan.plan, 32);
	text_hex(hex, sizeof(hex), share, 32);
	e.json_len = (size_t)snprintf(json, sizeof(json),
				      "{\"v\":1,\"plan\":\"%s\",\"by\":\"%s\",\"share\":\"%s\"}",
				      plan, plan_by(approver), hex);
	e.json = json;
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, d->c.rec.id, sizeof(e.id));
	memcpy(e.roster, d->view->bundle.hash, sizeof(e.roster));
	err = seal_entry(sealed, &e, &(struct seal_entry){ .set = &set, .key = &keys->sign });
	sodium_memzero(json, sizeof(json));
	sodium_memzero(hex, sizeof(hex));
	return err ? session_fail_err(ses, err, "%s", _("The share cannot be sealed")) : 0;
}

static void
part_route(struct net_request *q, const struct opened *d, bool approver)
{
	memcpy(q->routing.id, d->c.rec.id, sizeof(q->routing.id));
	q->routing.kind = FRAME_BOOK;
	q->routing.desk = d->view->me->desk;
	q->routing.thread = FRAME_PARTS;
	q->routing.number = approver;
}

/* The same sealed bytes each time, until the gateway has them: a place is written once. */
static int
leave_share(struct session *ses, const struct opened *d, const uint8_t share[static 32],
	    bool approver, uint8_t hash[static 32])
{
	struct net_request q = { .op = FRAME_PART_PUT,
				 .body_len = SEAL_LEN,
				 .what = _("The share was not left") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	bool there = false;
	int err = a && sealed
			  ? planned_sealed(ses, d->fold.plan.plan, sealed, &there)
			  : session_fail_err(ses, ERR_MEM, "%s", _("The share cannot be sealed"));

	if (!err && !there) {
		err = seal_share(ses, d, share, approver, sealed);
		if (!err)
			err = planned_sealed_keep(ses, d->fold.plan.plan, sealed);
	}
	if (!err) {
		part_route(&q, d, approver);
		q.body = sealed;
		key_sha256(hash, sealed, SEAL_LEN);
		err = net_exchange(ses, &q, a);
	}
	free(a);
	free(sealed);
	return err;
}

int
plan_book_commit(struct session *ses, struct opened *d, const uint8_t share[static 32],
		 bool approver)
{
	const struct fold_plan *p = &d->fold.plan;
	struct plan_body b = { .kind = PLAN_SHARE, .approver = approver };
	struct submit s = { .type = ENTRY_PLAN_SHARE, .now = true };
	uint8_t escrow[32];
	char hex[65];

	if (!sodium_is_zero(p->commit[approver], 32))
		return 0;
	int err = leave_share(ses, d, share, approver, escrow);
	if (err)
		return err;
	memcpy(b.plan, p->plan, sizeof(b.plan));
	plan_share_commit(b.secret, share, b.plan);
	s.body = plan_log_body(&b);
	json_object_set_new(s.body, "escrow", json_string(term_hex(hex, escrow, 32)));
	err = submit_send(ses, &d->c, &s);
	json_decref(s.body);
	return err;
}

int
plan_book_reveal(struct session *ses, struct opened *d, const struct plan_reveal *r)
{
	struct plan_body b = { .kind = PLAN_REVEAL, .approver = r->approver, .escrow = r->escrow };
	struct submit s = { .type = ENTRY_PLAN_REVEAL, .now = true };

	memcpy(b.plan, d->fold.plan.plan, sizeof(b.plan));
	memcpy(b.secret, r->share, sizeof(b.secret));
	memcpy(b.other, d->fold.plan.commit[!r->approver], sizeof(b.other));
	snprintf(b.beacon, sizeof(b.beacon), "%s", r->beacon);
	s.body = plan_log_body(&b);
	int err = submit_send(ses, &d->c, &s);
	json_decref(s.body);
	sodium_memzero(&b, sizeof(b));
	return err;
}

/* Opens the part with this home's keys: its entry must be the author's, of this plan and place. */
static int
open_share(const struct opened *d, const uint8_t *sealed, bool approver, uint8_t *plain,
	   json_t **body)
{
	const struct opened_ring *in = d->inner->ring;
	struct open_result result;
	struct entry e;
	int err = ERR_NO_MATCH;

	*body = NULL;
	for (size_t k = 0; err == ERR_NO_MATCH && k < in->key_cnt; k++)
		err = open_sealed(plain, &result, sealed, in->key[k], 0);
	sodium_memzero(&result, sizeof(result));
	if (!err)
		err = entry_parse(&e, plain);
	if (err)
		return err;
	const struct roster_member *m = roster_member_by_key(d->view->members, e.author);
	if (e.type != ENTRY_PLAN_ESCROW || e.number != approver ||
	    memcmp(e.id, d->c.rec.id, sizeof(e.id)) != 0 ||
	    (m && memcmp(m->handle, d->fold.plan.who[approver], sizeof(m->handle)) != 0))
		return ERR_FORMAT;
	*body = json_loadb(e.json, e.json_len, JSON_REJECT_DUPLICATES, NULL);
	return 0;
}

static bool
committed_to(const struct opened *d, bool approver, const uint8_t share[static 32])
{
	uint8_t commit[32];

	plan_share_commit(commit, share, d->fold.plan.plan);
	return !sodium_memcmp(commit, d->fold.plan.commit[approver], sizeof(commit));
}

int
plan_book_share(struct session *ses, const struct opened *d, bool approver,
		uint8_t share[static 32])
{
	struct net_request q = { .op = FRAME_FETCH, .what = _("The share was not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *plain = malloc(ENTRY_LEN), hash[32];
	json_t *body = NULL;
	int err = a && plain ? 0 : session_fail_err(ses, ERR_MEM, "%s", q.what);

	if (!err) {
		part_route(&q, d, approver);
		err = net_exchange(ses, &q, a);
	}
	if (!err) {
		key_sha256(hash, a->body, SEAL_LEN);
		if (memcmp(hash, d->fold.plan.escrow[approver], sizeof(hash)) != 0 ||
		    open_share(d, a->body, approver, plain, &body) ||
		    !schema_hex(body, "share", share, 32) || !committed_to(d, approver, share))
			err = session_fail(
				ses, DAVY_REFUSED, "false-escrow",
				approver
					? _("What the approver left with those above is not what he "
					    "committed to. This plan cannot be drawn; the log "
					    "shows whose work it is.")
					: _("What the planner left with those above is not what he "
					    "committed to. This plan cannot be drawn; the log "
					    "shows whose work it is."));
	}
	if (plain)
		sodium_memzero(plain, ENTRY_LEN);
	json_decref(body);
	free(plain);
	free(a);
	return err;
}

/* ---- documents ---- */

static int
give(struct session *ses, const struct opened *d, const char *what, char *text, size_t len, int err,
     plan_book_take *take, void *arg)
{
	char *name, hex[9];

	if (!err && asprintf(&name, "%s %s", term_hex(hex, d->c.rec.id, 4), what) < 0) {
		free(text);
		err = ERR_MEM;
	}
	if (err)
		return session_fail_err(ses, err, "%s", _("The plan was not read"));
	return take(arg, name, (uint8_t *)text, len);
}

/* The entry that counts of each kind: of reveals the newest of each person. */
static bool
counts(const struct opened *d, size_t i)
{
	if (d->entry[i].verdict != FOLD_ACCEPTED)
		return false;
	for (size_t k = 0; d->entry[i].type == ENTRY_PLAN_REVEAL && k < d->cnt; k++)
		if (d->entry[k].type == ENTRY_PLAN_REVEAL && d->entry[k].verdict == FOLD_ACCEPTED &&
		    d->entry[k].number > d->entry[i].number &&
		    !strcmp(schema_text(d->x[k].body, "by"), schema_text(d->x[i].body, "by")))
			return false;
	return true;
}

static int
give_results(struct session *ses, const struct opened *d, plan_book_take *take, void *arg)
{
	const json_t **body = calloc(d->cnt, sizeof(*body));
	size_t cnt = 0, len = 0;
	char *text = NULL;
	int err = body ? 0 : ERR_MEM;

	for (size_t k = 0; k < d->fold.order_cnt && !err; k++) {
		size_t i = d->fold.order[k];
		if (d->entry[i].type == ENTRY_PLAN_RESULT && counts(d, i))
			body[cnt++] = d->x[i].body;
	}
	if (!err && cnt)
		err = plan_log_results(&text, &len, body, cnt);
	free(body);
	return err || cnt ? give(ses, d, "plan-result", text, len, err, take, arg) : 0;
}

int
plan_book_each(struct session *ses, const struct opened *d, plan_book_take *take, void *arg)
{
	int err = 0;

	for (size_t k = 0; k < d->fold.order_cnt && !err; k++) {
		size_t i = d->fold.order[k], len = 0;
		uint16_t type = d->entry[i].type;
		char *text;
		if (type < ENTRY_PLAN || type >= ENTRY_PLAN_RESULT || !counts(d, i))
			continue;
		err = plan_log_text(&text, &len, (enum plan_kind)(type - ENTRY_PLAN), d->x[i].body);
		err = give(ses, d, entry_name(type), text, len, err, take, arg);
	}
	return err ? err : give_results(ses, d, take, arg);
}

bool
plan_book_overlaps(const struct opened *d, const struct plan_body *plan)
{
	const json_t *b = d->fold.book;
	const char *from = schema_text(b, "from"), *until = schema_text(b, "until");
	uint32_t first = 0, last = 0;

	return b && d->fold.machine == MACHINE_PLAN && schema_number(b, "desk") == plan->desk &&
	       memcmp(d->fold.plan.plan, plan->plan, 32) != 0 &&
	       !text_day(&first, from, strlen(from)) && !text_day(&last, until, strlen(until)) &&
	       first <= plan->until && plan->from <= last;
}

int
plan_book_other(struct session *ses, const struct plan_body *plan, bool *other,
		uint8_t id[static 16])
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = workspace_open(ses);

	*other = false;
	if (!err)
		err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK,
								     &list, &cnt));
	for (size_t i = 0; i < cnt && !err && !*other; i++) {
		struct opened *d;
		if (machine_state(MACHINE_PLAN, list[i].line.state) < 0)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		*other = plan_book_overlaps(d, plan);
		memcpy(id, list[i].rec.id, 16);
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}
