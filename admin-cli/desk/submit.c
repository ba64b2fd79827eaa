/* Writes an entry into a case: fetches, folds, seals, sends, and repeats where somebody else wrote
 * first (see submit.h). */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/rules/class.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/hand_on.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit_inner.h"
#include "admin-cli/desk/sync_state.h"
#include "admin-cli/desk/told.h"
#include "admin-cli/desk/tray.h"
#include "crypto/b64.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/seal.h"

int
submit_find(struct session *ses, int kind, const char *prefix, struct workspace_case *c)
{
	int err = workspace_open(ses);

	if (err)
		return err;
	err = workspace_case_find(ses, kind, prefix, c);
	if (!err || err == DAVY_USAGE)
		return err;
	/* The case may be newer than the last sync, so sync and look again. */
	struct sync_result unused;
	session_forgive(ses);
	if (sync_all(ses, &unused))
		session_forgive(ses);
	return workspace_case_find(ses, kind, prefix, c);
}

int
submit_update(struct session *ses, struct workspace_case *c, unsigned parts, bool *offline)
{
	struct sync_result count = { 0 };
	const struct trust *view;
	int err = trust_get(ses, false, &view);

	if (!err && !view->desk) /* a registrar, or a member who was removed from the roster */
		err = session_fail(
			ses, DAVY_REFUSED, "denied",
			_("You are in no desk of roster %u: cases and orders are for desks."),
			view->bundle.roster->version);
	/* Syncing the list does not fetch a tip that nobody here has read. It is fetched here,
	 * because a person asked for this case and the gateway records the reading. */
	if (!err)
		err = sync_list(ses, view, c->rec.kind, &count);
	if (!err && workspace_case_get(ses->workspace, c->rec.id, c))
		err = session_fail(ses, DAVY_REFUSED, "not-found",
				   c->rec.kind == FRAME_CASE    ? _("There is no such case.")
				   : c->rec.kind == FRAME_ORDER ? _("There is no such order.")
								: _("There is no such record."));
	if (!err)
		err = sync_case(ses, c, parts);
	*offline = err == DAVY_AGAIN;
	if (*offline)
		session_forgive(ses);
	return *offline ? 0 : err;
}

int
submit_refresh(struct session *ses, struct workspace_case *c, bool *offline)
{
	return submit_update(ses, c,
			     c->rec.kind == FRAME_CASE ? SYNC_SOURCE | SYNC_DESK : SYNC_DESK,
			     offline);
}

/* Brings a case up to date and opens it. It is opened before the list is fetched as well: the
 * session keeps the first case that is opened, and fetching the list opens every case that changed.
 */
static int
open_fresh(struct session *ses, struct workspace_case *c, bool *offline, struct opened **out)
{
	int err = opened_load(ses, c, out);

	if (err)
		return err;
	opened_free(*out);
	*out = NULL;
	err = submit_refresh(ses, c, offline);
	return err ? err : opened_load(ses, c, out);
}

int
submit_open(struct session *ses, int kind, const char *prefix, struct opened **out)
{
	struct workspace_case c;
	bool offline;
	int err = submit_find(ses, kind, prefix, &c);

	*out = NULL;
	if (!err)
		err = open_fresh(ses, &c, &offline, out);
	if (!err && offline)
		session_warn(ses, _("The gateway does not answer; this is what was here before."));
	return err;
}

/* The fold's answer if this entry came next. `body` has "after", the counts that the author has
 * seen. */
static enum fold_reason
check(const struct opened *d, const struct submit *p, const json_t *body)
{
	struct fold_entry f = { .type = p->type, .day = d->view->today, .body = body };

	f.thread = entry_type_find(p->type)->thread;
	opened_person(d, &f.who);
	return fold_try(&d->in, &f);
}

enum fold_reason
submit_check(const struct opened *d, const struct submit *p)
{
	json_t *body = json_deep_copy(p->body);
	enum fold_reason reason;

	schema_set_after(body, opened_count(d, FRAME_SOURCE), opened_count(d, FRAME_DESK));
	reason = check(d, p, body);
	json_decref(body);
	return reason;
}

bool
submit_signs(const struct opened *d, size_t i)
{
	struct submit p = { .type = ENTRY_COSIGN };
	char hash[65];
	bool fine;

	p.body = json_pack("{s:i,s:s}", "v", 1, "proposal", term_hex(hash, d->entry[i].hash, 32));
	fine = p.body && submit_check(d, &p) == FOLD_FINE;
	json_decref(p.body);
	return fine;
}

int
submit_rejected(struct session *ses, const struct opened *d, enum fold_reason reason)
{
	return session_fail(ses, DAVY_REFUSED, fold_reason_name(reason),
			    _("Not written: %s (state %s)."), fold_reason_text(reason),
			    fold_state_text(d->fold.machine,
					    machine_state_name(d->fold.machine, d->fold.state)));
}

/* Refuses a severity below the floor: names what gives it, as the body would leave the case. */
static int
below_floor(struct session *ses, const struct opened *d, const json_t *body)
{
	const struct taxonomy_word *w;
	const char *why;
	struct fold after;
	int floor;

	class_put(&after, &d->fold, body);
	floor = class_floor(&after, &why);
	w = taxonomy_find(TAXONOMY_HAZARD, why);
	if (!w)
		return session_fail(
			ses, DAVY_REFUSED, fold_reason_name(FOLD_FLOOR),
			_("Not written: three or more people could die in one event, so the floor is S%d. Two "
			  "members may, with a reason: davy case propose, davy case correct --propose."),
			floor);
	return session_fail(
		ses, DAVY_REFUSED, fold_reason_name(FOLD_FLOOR),
		_("Not written: the severity is below the floor of hazard %s (%s), which is S%d. Two "
		  "members may, with a reason: davy case propose, davy case correct --propose."),
		w->code, taxonomy_name(w), floor);
}

int
submit_refuse(struct session *ses, const struct opened *d, const json_t *body,
	      enum fold_reason reason)
{
	return reason == FOLD_FLOOR ? below_floor(ses, d, body) : submit_rejected(ses, d, reason);
}

/* Fills in number, prev and seen. The fold decides which entries those two hashes name. */
static void
fill_links(const struct opened *d, const struct submit *p, struct entry *e)
{
	struct fold_entry f = { .type = p->type, .thread = e->thread };

	opened_person(d, &f.who);
	fold_link(&f, d->entry, d->cnt);
	memcpy(e->prev, f.prev, sizeof(e->prev));
	memcpy(e->seen, f.seen, sizeof(e->seen));
	e->number = e->thread == FRAME_SOURCE ? ENTRY_NO_NUMBER : f.number;
}

int
submit_seal(struct session *ses, const struct opened *d, const struct submit *p, const json_t *body,
	    uint8_t *sealed, uint32_t *number)
{
	const struct home_gateway *g;
	const struct home_keys *keys;
	struct seal_set set;
	struct entry e = { .type = p->type };
	struct age_file_key file_key;
	const uint8_t *first = p->type == ENTRY_REPLY ? d->source_pk : p->to;
	char why[SCHEMA_WHY_CAP], *json = NULL;
	int err = home_gateway(ses, &g);

	if (!err)
		err = home_keys(ses, &keys);
	if (!err && p->type == ENTRY_REPLY && !first)
		err = session_fail(
			ses, DAVY_REFUSED, "unopened",
			_("The tip is not opened here, so nothing can be sealed to its source."));
	if (!err)
		err = opened_seal_set(ses, d, first, &set);
	if (err)
		return err;
	if (schema_print(&json, &e.json_len, p->type, body, ENTRY_ROOM, why))
		return session_fail(ses, DAVY_REFUSED, "body", _("This cannot be written: %s."),
				    why);
	e.json = json;
	e.thread = entry_type_find(p->type)->thread;
	e.hour = sync_hour(ses);
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, d->c.rec.id, sizeof(e.id));
	memcpy(e.roster, d->view->bundle.hash, sizeof(e.roster));
	fill_links(d, p, &e);
	*number = e.number;
	err = seal_entry(sealed, &e,
			 &(struct seal_entry){
				 .set = &set, .key = &keys->sign, .file_key = &file_key });
	if (!err)
		opened_handed_keep(ses, d, sealed, &file_key);
	sodium_memzero(&file_key, sizeof(file_key));
	free(json);
	return err ? session_fail_err(ses, err, "%s", _("The entry cannot be sealed")) : 0;
}

/* A proposal is sent with the op of the entry that it proposes. */
static uint8_t
proposed_op(const json_t *proposal)
{
	const struct entry_type *t = entry_type_find(schema_proposed(proposal));

	return t ? t->op : FRAME_DESK_APPEND;
}

/* What is proposed by an entry, or by the proposal that it signs; NULL: nothing. */
static const json_t *
proposal_of(const struct opened *d, const struct submit *p)
{
	uint8_t hash[32];

	if (p->type == ENTRY_PROPOSE)
		return p->body;
	if (p->type == ENTRY_COSIGN && schema_hex(p->body, "proposal", hash, sizeof(hash)))
		for (size_t i = 0; i < d->cnt; i++)
			if (!memcmp(d->entry[i].hash, hash, sizeof(hash)))
				return d->x[i].body;
	return NULL;
}

/* A legal hold on an order under seal, of which the gateway keeps the parts then: what it says;
 * NULL: it is none. */
static const json_t *
hold_of(const struct opened *d, const struct submit *p)
{
	const json_t *proposal = proposal_of(d, p);

	return sync_sealed(&d->c.rec) && schema_proposed(proposal) == ENTRY_HOLD
		       ? json_object_get(proposal, "body")
		       : NULL;
}

/* The op that carries an entry (FORMATS §4). An acknowledgement needs the proof of opening, which
 * stops the read clock; a cosignature is sent with the op of what it completes. */
static uint8_t
op_of(const struct opened *d, const struct submit *p, struct frame_routing *route)
{
	size_t tip = opened_find(d, FRAME_SOURCE, 0);
	uint8_t op = entry_type_find(p->type)->op;
	const json_t *proposal = proposal_of(d, p);

	/* Without the proof the gateway refuses it. Sent as an ordinary entry it would look as if
	 * the tip had been read, and no clock would stop. */
	if (op == FRAME_ACKNOWLEDGE && tip != FOLD_NONE && d->x[tip].proof)
		memcpy(route->proof, d->x[tip].t, sizeof(route->proof));
	if (hold_of(d, p))
		return FRAME_STOP;
	return proposal ? proposed_op(proposal) : op;
}

static int
exchange(struct session *ses, const struct opened *d, struct submit *p, const uint8_t *sealed,
	 struct net_answer *a, uint32_t number)
{
	struct net_request q = { .body = sealed, .body_len = SEAL_LEN, .keep_status = true };

	q.op = op_of(d, p, &q.routing);
	memcpy(q.routing.id, d->c.rec.id, sizeof(q.routing.id));
	q.routing.desk = d->c.asked;
	if (q.op == FRAME_DESK_APPEND) {
		q.routing.kind = d->c.rec.kind;
		q.routing.thread = entry_type_find(p->type)->thread;
	}
	q.routing.flags = q.op == FRAME_ABOVE && p->backstop;
	if (q.op == FRAME_STOP) {
		q.routing.kind = d->c.rec.kind;
		q.routing.flags = entry_type_find(p->type)->op == FRAME_STOP ? FRAME_STOP_NOW
									     : FRAME_CANCEL;
		if (hold_of(d, p))
			q.routing.flags = schema_is(hold_of(d, p), "set") ? FRAME_HOLD
									  : FRAME_HOLD_END;
	}
	if (p->type == ENTRY_REPLY)
		q.routing.hour = p->hour;
	else
		q.routing.number = number;
	q.what = _("The entry was not sent");
	submit_duty_route(d, p, &q);
	p->op = q.op;
	return net_exchange(ses, &q, a);
}

static void
keep_sent(struct submit *p, const uint8_t *sealed)
{
	free(p->sent);
	p->sent = malloc(B64_LEN(SEAL_LEN) + 1);
	if (p->sent)
		b64_encode(p->sent, B64_LEN(SEAL_LEN) + 1, sealed, SEAL_LEN, B64_PADDED);
}

int
submit_keep(struct session *ses, struct workspace_case *c, uint64_t minute, uint32_t number,
	    const uint8_t *sealed)
{
	struct workspace_entry *w = calloc(1, sizeof(*w));

	if (!w)
		return session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be kept"));
	w->thread = FRAME_DESK;
	w->number = number;
	w->day = (uint32_t)(minute / 1440);
	memcpy(w->sealed, sealed, SEAL_LEN);
	key_sha256(w->hash, w->sealed, SEAL_LEN);
	int err = sync_workspace_failed(ses, workspace_entry_put(ses->workspace, c->rec.id, w));
	free(w);
	if (err)
		return err;
	c->have_desk = number + 1;
	if (c->rec.desk_entries < c->have_desk)
		c->rec.desk_entries = c->have_desk;
	return sync_case_came(ses, c);
}

/* After the gateway has taken an entry. A desk's entry is kept from here, where no other entry is
 * missing before it. A reply, an acknowledgement and a closing also change flags, clocks and
 * counts, which only the list tells. */
static int
landed(struct session *ses, struct workspace_case *c, const struct net_answer *a,
       const struct submit *p, const uint8_t *sealed)
{
	bool offline, reply = p->type == ENTRY_REPLY;
	int err = 0;

	if (!reply && p->number == c->have_desk)
		err = submit_keep(ses, c, a->minute, p->number, sealed);

	/* who took himself off is not told anything any more */
	if (!err && p->type != ENTRY_RECUSE && (reply || p->op != FRAME_DESK_APPEND))
		err = submit_refresh(ses, c, &offline);
	return err;
}

/* Checks with the fold, seals and sends once. *status is the gateway's answer; DAVY_AGAIN means
 * that the network failed. */
static int
round_trip(struct session *ses, struct workspace_case *c, const struct opened *d, struct submit *p,
	   uint8_t *status)
{
	uint8_t *sealed = malloc(SEAL_LEN);
	struct net_answer *a = malloc(sizeof(*a));
	json_t *body = json_deep_copy(p->body);
	enum fold_reason reason;
	uint32_t number = 0;
	int err = DAVY_REFUSED;

	if (!sealed || !a || !body) {
		session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be sealed"));
		goto out;
	}
	schema_set_after(body, opened_count(d, FRAME_SOURCE), opened_count(d, FRAME_DESK));
	reason = check(d, p, body);
	if (reason != FOLD_FINE) {
		submit_refuse(ses, d, body, reason);
		goto out;
	}
	err = submit_seal(ses, d, p, body, sealed, &number);
	if (!err) {
		err = exchange(ses, d, p, sealed, a, number);
		if (err == DAVY_AGAIN && p->type == ENTRY_REPLY)
			keep_sent(p, sealed);
	}
	if (err)
		goto out;
	*status = a->status;
	p->number = p->type == ENTRY_REPLY ? a->routing.number : number;
	p->done = a->routing.flags & 1;
	key_sha256(p->hash, sealed, SEAL_LEN);
	if (a->status == FRAME_OK && landed(ses, c, a, p, sealed)) {
		session_warn(ses, _("The gateway has the entry, but it could not be kept here: %s"),
			     session_failure(ses));
		session_forgive(ses);
	}
out:
	json_decref(body);
	free(sealed);
	free(a);
	return err;
}

static void
draw_hour(struct session *ses, const struct workspace_case *c, struct submit *p)
{
	if (p->draw)
		p->hour = p->draw(ses, &c->rec);
	p->draw = NULL;
}

/* Puts an entry into the outbox, with the length of the log at this moment: the next sync looks for
 * it among later entries first, so that it is never written twice. */
int
submit_queue(struct session *ses, const struct workspace_case *c, struct submit *p, uint64_t leaves)
{
	char *extra, *json = json_dumps(p->body, JSON_COMPACT);
	json_t *more = json_pack("{s:I,s:I,s:s*,s:b}", "source", (json_int_t)c->have_source, "desk",
				 (json_int_t)c->have_desk, "sent", p->sent, "beat", p->beat != 0);
	struct workspace_out o = { .kind = c->rec.kind,
				   .type = p->type,
				   .desk = c->asked,
				   .written = term_now_hour(),
				   .leaves = leaves,
				   .group = leaves ? ses->tray_group : 0,
				   .json = json };
	int err;

	draw_hour(ses, c, p);
	o.hour = p->hour;
	o.extra = extra = json_dumps(more, JSON_COMPACT);
	json_decref(more);
	memcpy(o.id, c->rec.id, sizeof(o.id));
	o.thread = entry_type_find(p->type)->thread;
	err = json && extra ? workspace_out_add(ses->workspace, &o) : ERR_MEM;
	free(json);
	free(extra);
	if (err)
		return session_fail_err(ses, err, "%s", _("The entry cannot be kept"));
	session_forgive(ses);
	p->queued = true;
	memset(p->hash, 0, sizeof(p->hash));
	return 0;
}

static int
attempt(struct session *ses, struct workspace_case *c, struct submit *p, uint8_t *status,
	bool *offline)
{
	struct opened *d;
	int err = open_fresh(ses, c, offline, &d);

	if (err)
		return err;
	err = p->may ? p->may(ses, d, p) : 0;
	if (err) {
		*offline = false; /* a refusal does not wait for a network */
		opened_free(d);
		return err;
	}
	draw_hour(ses, c, p);
	err = round_trip(ses, c, d, p, status);
	*offline = err == DAVY_AGAIN;
	opened_free(d);
	return err;
}

void
submit_told(struct session *ses, const struct workspace_case *c, const struct submit *p)
{
	char *json = json_dumps(p->body, JSON_COMPACT);

	told_note(ses, c, p->body);
	if (json && p->hour > sync_hour(ses))
		tray_held_note(ses, c->rec.id, p->hour, json);
	free(json);
}

int
submit_now(struct session *ses, struct workspace_case *c, struct submit *p, bool may_queue)
{
	uint8_t status = FRAME_BEHIND;
	bool offline = false;
	int err = 0, i;

	for (i = 0; i < SUBMIT_TRIES && status == FRAME_BEHIND && !err; i++) {
		if (i > 0) /* two who write at once must not collide again at once */
			usleep(20000 + randombytes_uniform(60000) * (unsigned)(i < 8 ? i : 8));
		err = attempt(ses, c, p, &status, &offline);
	}
	if (err && offline && may_queue)
		return submit_queue(ses, c, p, 0);
	if (err)
		return err;
	if (status == FRAME_FULL && p->type == ENTRY_REPLY && p->hour && c->rec.held)
		return session_fail(
			ses, DAVY_REFUSED, "held",
			_("The reply was not written: %u replies to this source wait for "
			  "their hour, and there is no room for another. Reply with --now, "
			  "or when one of them has been shown."),
			c->rec.held);
	if (status != FRAME_OK)
		return net_refusal(ses, _("The entry was not written"), status);
	if (p->type == ENTRY_REPLY)
		submit_told(ses, c, p);
	if (p->type != ENTRY_FILE_KEYS && p->type != ENTRY_RECUSE)
		hand_on_after(ses, c);
	return 0;
}

int
submit_send(struct session *ses, struct workspace_case *c, struct submit *p)
{
	int err = submit_waits(ses, p) ? submit_tray(ses, c, p) : submit_now(ses, c, p, !p->now);

	free(p->sent);
	p->sent = NULL;
	return err;
}
