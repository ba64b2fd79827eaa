/* Sends an entry that was written without a network (see submit.h); the next sync calls it. */
#include "admin-cli/desk/submit_inner.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/order_take.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/schema.h"
#include "crypto/b64.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/seal.h"

/* Whether the log has, since the entry was queued, an entry of ours with the same body. */
static bool
arrived(const struct opened *d, const struct workspace_out *o, const json_t *body, uint32_t since)
{
	size_t i;

	for (i = 0; i < d->cnt; i++) {
		json_t *copy;
		bool same;

		if (d->entry[i].thread != o->thread || d->entry[i].number < since ||
		    d->entry[i].type != o->type || !d->x[i].body || !d->view->me ||
		    d->x[i].author != d->view->me)
			continue;
		copy = json_deep_copy(d->x[i].body);
		json_object_del(copy, "after");
		same = json_equal(copy, body);
		json_decref(copy);
		if (same)
			return true;
	}
	return false;
}

/* Sends the same bytes of a reply whose answer was lost; a gateway that already holds them adds
 * nothing. */
static int
send_again(struct session *ses, const struct workspace_out *o, const char *sent)
{
	struct net_request q = { .op = FRAME_DESK_APPEND,
				 .body_len = SEAL_LEN,
				 .keep_status = true,
				 .what = _("The entry was not sent") };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *sealed = malloc(SEAL_LEN);
	int err = DAVY_REFUSED;

	if (!a || !sealed || b64_decode_exact(sealed, SEAL_LEN, sent, strlen(sent), B64_PADDED)) {
		session_fail_err(ses, ERR_FORMAT, "%s", _("The entry was not sent"));
	} else {
		memcpy(q.routing.id, o->id, sizeof(q.routing.id));
		q.routing.desk = o->desk;
		q.routing.kind = o->kind;
		q.routing.thread = o->thread;
		q.routing.hour = o->hour;
		q.body = sealed;
		err = net_exchange(ses, &q, a);
		if (!err && a->status != FRAME_OK)
			err = net_refusal(ses, q.what, a->status);
	}
	free(sealed);
	free(a);
	return err;
}

/* Keeps the sealed bytes, which the gateway may have, so that the next sync sends the same ones. */
static void
remember_sent(struct workspace_out *o, json_t *extra, const char *sent)
{
	char *more = NULL;

	if (extra && !json_object_set_new(extra, "sent", json_string(sent)))
		more = json_dumps(extra, JSON_COMPACT);
	if (!more)
		return;
	free(o->extra);
	o->extra = more;
}

/* Opens what a forward names, where an earlier attempt has not: then the list has it. */
static int
open_named(struct session *ses, const struct opened *d, const json_t *body)
{
	struct workspace_case c;
	uint8_t id[KEY_ID_LEN];

	if (schema_hex(body, "order", id, sizeof(id)) &&
	    workspace_case_get(ses->workspace, id, &c) == 0)
		return 0;
	return submit_named(ses, d, body);
}

#define LATER_LEAST 3600 /* seconds */
#define LATER_MORE  (11 * 3600)

/* The need is there; the forward leaves later, by itself. */
static int
post_next(struct session *ses, struct workspace_out *o)
{
	json_t *extra = json_loads(o->extra ? o->extra : "{}", 0, NULL);
	char *more = NULL;

	if (extra && !json_object_set_new(extra, "beat", json_false()) &&
	    !json_object_set_new(extra, "opened", json_true()))
		more = json_dumps(extra, JSON_COMPACT);
	json_decref(extra);
	if (!more)
		return session_fail_err(ses, ERR_MEM, "%s", _("The entry cannot be kept"));
	free(o->extra);
	o->extra = more;
	o->leaves = (uint64_t)time(NULL) + LATER_LEAST + randombytes_uniform(LATER_MORE);
	return 0;
}

int
submit_post(struct session *ses, struct workspace_out *o)
{
	struct submit p = { .type = o->type, .body = json_loads(o->json, 0, NULL) };
	struct workspace_case c;
	struct opened *d = NULL;
	enum fold_reason reason = FOLD_FINE;
	bool offline;
	int err = 0;

	if (!p.body || workspace_case_get(ses->workspace, o->id, &c))
		err = session_fail(ses, DAVY_REFUSED, "not-found",
				   _("The case of this entry is not in the workspace."));
	if (!err)
		err = submit_refresh(ses, &c, &offline);
	if (!err && offline)
		err = session_fail(ses, DAVY_AGAIN, "net", _("The gateway does not answer."));
	if (!err)
		err = opened_load(ses, &c, &d);
	if (!err)
		reason = submit_check(d, &p);
	if (reason != FOLD_FINE)
		err = submit_refuse(ses, d, p.body, reason);
	if (!err)
		err = open_named(ses, d, p.body);
	opened_free(d);
	json_decref(p.body);
	return err ? err : post_next(ses, o);
}

/* Whether a reply says that the matter went elsewhere, and the case has come back meanwhile. */
static bool
came_back(struct session *ses, const struct opened *d, const struct submit *p)
{
	char id[33];

	if (p->type != ENTRY_REPLY || strcmp(schema_text(p->body, "status"), "6") != 0 ||
	    submit_check(d, p) != FOLD_ANSWER)
		return false;
	session_warn(ses,
		     _("Case %.8s came back: its source is not told that it went elsewhere (status "
		       "6)."),
		     term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)));
	return true;
}

int
submit_outbox(struct session *ses, struct workspace_out *o)
{
	struct submit p = { .type = o->type, .hour = o->hour };
	struct workspace_case c;
	struct opened *d;
	json_t *extra = o->extra ? json_loads(o->extra, 0, NULL) : NULL;
	const char *sent = json_string_value(json_object_get(extra, "sent"));
	bool offline, there = false;
	int err = DAVY_REFUSED;

	p.body = json_loads(o->json, 0, NULL);
	if (!p.body || workspace_case_get(ses->workspace, o->id, &c)) {
		session_fail(ses, DAVY_REFUSED, "not-found",
			     _("The case of this entry is not in the workspace."));
		goto out;
	}
	if (o->type == ENTRY_ORDER_TAKE) {
		err = order_take_outbox(ses, &c, o);
		goto out;
	}
	if (sent) {
		err = send_again(ses, o, sent);
		if (!err)
			submit_told(ses, &c, &p);
		goto out;
	}
	err = submit_refresh(ses, &c, &offline);
	if (!err && offline)
		err = session_fail(ses, DAVY_AGAIN, "net", _("The gateway does not answer."));
	if (!err)
		err = opened_load(ses, &c, &d);
	if (err)
		goto out;
	there = arrived(d, o, p.body,
			(uint32_t)json_integer_value(
				json_object_get(extra,
						o->thread == FRAME_SOURCE ? "source" : "desk")));
	there = there || came_back(ses, d, &p);
	if (!there && o->type == ENTRY_FORWARD && !json_is_true(json_object_get(extra, "opened")))
		err = open_named(ses, d, p.body);
	opened_free(d);
	if (!err && !there)
		err = submit_now(ses, &c, &p, false);
	if (p.sent)
		remember_sent(o, extra, p.sent);
	free(p.sent);
out:
	json_decref(extra);
	json_decref(p.body);
	return err;
}
