/* The lists of cases and orders in a sync, and the threads of cases that changed (see sync.h). */
#include "admin-cli/desk/sync_state.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "crypto/buf.h"
#include "crypto/err.h"

/* More entries or readings than any case has. A gateway that claims more is wrong or hostile, and
 * must not fill this machine's disk. */
#define THREAD_MAX 16384u
#define READS_MAX  (1u << 20)
/* A run takes this many records and leaves the rest to the next run. A case is listed twice in one
 * run only where it changed during the run; LIST_SLACK allows for those. */
#define LIST_MAX   100000u
#define LIST_SLACK 1008u

int
sync_workspace_failed(struct session *ses, int err)
{
	return err == ERR_IO ? session_fail(ses, DAVY_REFUSED, "io",
					    _("The workspace cannot be written: %s."),
					    workspace_fault(ses->workspace))
	       : err ? session_fail_err(ses, err, "%s", _("The workspace cannot be written"))
		     : DAVY_OK;
}

static struct net_request
fetch(const struct workspace_case *c, uint8_t thread, uint32_t number)
{
	struct net_request q = { .op = FRAME_FETCH,
				 .keep_status = true,
				 .what = _("The case was not fetched") };

	memcpy(q.routing.id, c->rec.id, KEY_ID_LEN);
	q.routing.kind = c->rec.kind;
	q.routing.desk = c->asked;
	q.routing.thread = thread;
	q.routing.number = number;
	return q;
}

/* The gateway does not give an entry that its own list counts. For a case with named readers that
 * is expected; otherwise the entry is withheld. */
static void
warn_withheld(struct session *ses, const struct workspace_case *c, uint32_t listed, uint32_t given)
{
	char id[33];

	if (c->rec.flags & FRAME_R_READERS)
		return;
	session_warn(ses,
		     _("The gateway lists %u entries of case %.8s and gives %u of them: one "
		       "is withheld. Tell the desk above."),
		     listed, term_hex(id, c->rec.id, KEY_ID_LEN), given);
}

static int
store_entry(struct session *ses, const struct workspace_case *c, uint8_t thread,
	    const struct net_answer *a)
{
	struct workspace_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	e->thread = thread;
	e->number = a->routing.number;
	e->day = a->routing.hour / 24;
	e->by_source = a->routing.flags & 1;
	/* `proof` and `hash` together hold the signature (FORMATS §4, fetch). */
	memcpy(e->sig, a->routing.proof, 32);
	memcpy(e->sig + 32, a->routing.hash, 32);
	memcpy(e->sealed, a->body, SEAL_LEN);
	key_sha256(e->hash, e->sealed, SEAL_LEN);
	int err = sync_workspace_failed(ses, workspace_entry_put(ses->workspace, c->rec.id, e));
	free(e);
	return err;
}

/* Fetches the rest of a thread; *have grows with every entry that is stored. */
static int
fetch_thread(struct session *ses, const struct workspace_case *c, uint8_t thread, uint32_t until,
	     uint32_t *have)
{
	struct net_answer *a = malloc(sizeof(*a));
	int err = a ? DAVY_OK : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	while (!err && *have < until) {
		struct net_request q = fetch(c, thread, *have);
		err = net_exchange(ses, &q, a);
		if (err)
			break;
		if (a->status == FRAME_NOT_FOUND) {
			warn_withheld(ses, c, until, *have);
			break;
		}
		if (a->status != FRAME_OK)
			err = net_refusal(ses, q.what, a->status);
		else if (a->routing.number != *have)
			err = session_fail(
				ses, DAVY_REFUSED, "protocol",
				_("The gateway answers with another entry than the one that was asked for."));
		else
			err = store_entry(ses, c, thread, a);
		*have += !err;
	}
	free(a);
	return err;
}

/* Fetches all read records, page by page; they are kept as one value. */
static int
fetch_reads(struct session *ses, struct workspace_case *c)
{
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *all = malloc((size_t)c->rec.reads * FRAME_READ_LEN + FRAME_BODY_LEN);
	uint32_t cnt = 0, page = FRAME_READ_MAX;
	int err = a && all ? DAVY_OK
			   : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	while (!err && cnt < c->rec.reads && page == FRAME_READ_MAX) {
		struct net_request q = fetch(c, FRAME_READS, cnt);
		err = net_exchange(ses, &q, a);
		if (err || a->status != FRAME_OK)
			break;
		page = a->routing.count < FRAME_READ_MAX ? a->routing.count : FRAME_READ_MAX;
		if (cnt + page > c->rec.reads)
			page = c->rec.reads - cnt;
		memcpy(all + (size_t)cnt * FRAME_READ_LEN, a->body, (size_t)page * FRAME_READ_LEN);
		cnt += page;
	}
	if (!err && cnt)
		err = sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_READS,
							       c->rec.id, KEY_ID_LEN, all,
							       (size_t)cnt * FRAME_READ_LEN));
	if (!err)
		c->have_reads = cnt;
	free(a);
	free(all);
	return err;
}

static int
put_case(struct session *ses, const struct workspace_case *c)
{
	return sync_workspace_failed(ses, workspace_case_put(ses->workspace, c, 1));
}

int
sync_case_came(struct session *ses, struct workspace_case *c)
{
	int err = sync_hooks.changed ? sync_hooks.changed(ses, c) : DAVY_OK;
	int put = put_case(ses, c);

	return err ? err : put;
}

bool
sync_may_fetch(const struct workspace_case *c)
{
	uint8_t rel = c->rec.relation, open = FRAME_R_ABOVE;

	/* The desks above an inspection desk see that an order exists; its bytes stay with those
	 * who carry it out and those who wrote it. */
	if (c->rec.kind == FRAME_ORDER)
		return rel == FRAME_REL_RECEIVING || rel == FRAME_REL_WRITER;
	if (rel == FRAME_REL_BACKSTOP)
		open |= FRAME_R_BACKSTOP;
	return rel == FRAME_REL_RECEIVING || (c->rec.flags & open);
}

int
sync_case(struct session *ses, struct workspace_case *c, unsigned parts)
{
	uint32_t source = c->have_source, desk = c->have_desk;
	int err = workspace_open(ses);

	bool bytes = sync_may_fetch(c);
	if (!err && (parts & SYNC_SOURCE) && bytes && c->rec.kind == FRAME_CASE)
		err = fetch_thread(ses, c, FRAME_SOURCE, c->rec.entries, &c->have_source);
	if (!err && (parts & SYNC_DESK) && bytes)
		err = fetch_thread(ses, c, FRAME_DESK, c->rec.desk_entries, &c->have_desk);
	if (!err && (parts & SYNC_READS) && c->have_reads < c->rec.reads)
		err = fetch_reads(ses, c);
	/* entries that arrived are kept, also where a later one failed */
	if (ses->workspace) {
		bool came = c->have_source != source || c->have_desk != desk;
		int kept = came ? sync_case_came(ses, c) : put_case(ses, c);
		err = err ? err : kept;
	}
	return err;
}

/* Whether the gateway contradicts what it said of a case before: counts may only grow, an
 * acknowledgement stays, and an urgent case does not become ordinary. */
static bool
takes_back(const struct workspace_case *had, const struct frame_record *now)
{
	const struct frame_record *was = &had->rec;

	return now->entries < was->entries || now->desk_entries < was->desk_entries ||
	       now->source_cnt < was->source_cnt || now->reads < was->reads ||
	       now->entries < had->have_source || now->desk_entries < had->have_desk ||
	       now->day != was->day || now->kind != was->kind ||
	       (was->flags & FRAME_R_ACKED & ~now->flags) ||
	       (was->ladder == FRAME_URGENT && now->ladder != FRAME_URGENT);
}

/* Puts one record of the list into the workspace and fetches the entries that it announces. */
static int
take_record(struct session *ses, const struct trust *v, const struct frame_record *rec,
	    struct sync_result *count)
{
	struct workspace_case c = { 0 };
	char id[33];
	int err = workspace_case_get(ses->workspace, rec->id, &c);

	term_hex(id, rec->id, KEY_ID_LEN);
	if (err && err != ERR_NOT_FOUND)
		return session_fail_err(ses, err, "%s", _("The workspace cannot be read"));
	if (rec->entries > THREAD_MAX || rec->desk_entries > THREAD_MAX || rec->reads > READS_MAX) {
		session_warn(
			ses,
			_("The gateway claims more entries of case %.8s than a case can have; the case was "
			  "skipped. Tell the registrar."),
			id);
		return DAVY_OK;
	}
	if (!err && takes_back(&c, rec))
		session_warn(
			ses,
			_("The gateway contradicts what it has shown of case %.8s before: a log was cut, or an "
			  "old state is shown to you. Keep this home and tell the desk above."),
			id);
	c.rec = *rec;
	c.asked = v->desk->number;
	uint32_t before = c.have_source + c.have_desk;
	err = sync_case(ses, &c, SYNC_DESK | SYNC_READS | (c.have_source ? SYNC_SOURCE : 0));
	count->changed++;
	count->entries += c.have_source + c.have_desk - before;
	return err;
}

/* The cases that this run has seen; `again` counts those that were listed twice. */
struct seen {
	json_t *ids;
	size_t again;
};

static int
note_seen(struct session *ses, struct seen *seen, const struct frame_record *rec)
{
	char id[33];

	term_hex(id, rec->id, KEY_ID_LEN);
	seen->again += json_object_get(seen->ids, id) != NULL;
	if (json_object_set_new(seen->ids, id, json_true()))
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	if (seen->again > json_object_size(seen->ids) + LIST_SLACK)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The gateway's list does not end: the same cases come again and again. Tell the "
			  "registrar."));
	return DAVY_OK;
}

/* Takes every record of a page of the list. */
static int
take_page(struct session *ses, const struct trust *v, const struct net_answer *page,
	  struct seen *seen, struct sync_result *count)
{
	uint32_t cnt = page->routing.count < FRAME_RECORD_MAX ? page->routing.count
							      : FRAME_RECORD_MAX;
	struct frame_record rec;
	int err = DAVY_OK;

	for (uint32_t i = 0; !err && i < cnt; i++) {
		if (frame_record_get(&rec, page->body + (size_t)i * FRAME_RECORD_LEN) != 0)
			continue;
		err = note_seen(ses, seen, &rec);
		if (!err)
			err = take_record(ses, v, &rec, count);
	}
	return err;
}

static int
save_cursor(struct session *ses, const char *key, const struct net_answer *a)
{
	return sync_workspace_failed(ses,
				     workspace_put(ses->workspace, WORKSPACE_META, key, strlen(key),
						   a->routing.cursor, FRAME_CURSOR_LEN));
}

/* The cursor of the last run, which stays all zero where there was none. */
static void
load_cursor(struct session *ses, const char *key, uint8_t cursor[static FRAME_CURSOR_LEN])
{
	uint8_t *val;
	size_t len;

	if (workspace_get(ses->workspace, WORKSPACE_META, key, strlen(key), &val, &len) != 0)
		return;
	if (len == FRAME_CURSOR_LEN)
		memcpy(cursor, val, len);
	workspace_free(val, len);
}

/* Before the next page of a list: the run has taken enough, or the list does not move on. */
static int
check_progress(struct session *ses, const struct seen *seen, const uint8_t *before,
	       const uint8_t *after)
{
	if (json_object_size(seen->ids) > LIST_MAX)
		return session_fail(
			ses, DAVY_AGAIN, "more",
			_("The list is longer than one run takes; run davy sync again to continue."));
	if (memcmp(before, after, FRAME_CURSOR_LEN) == 0)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The gateway's list does not end: the same cases come again and again. Tell the "
			  "registrar."));
	return DAVY_OK;
}

/* Fetches one list from where the last run ended. A gateway whose cursor key has changed refuses
 * the cursor; then the list begins anew, once. */
static int
list_kind(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *count)
{
	struct net_request q = { .op = FRAME_LIST,
				 .keep_status = true,
				 .what = _("The list was not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	struct seen seen = { .ids = json_object() };
	char key[32];
	bool more = true, restarted = false;
	int err = a && seen.ids ? DAVY_OK
				: session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	snprintf(key, sizeof(key), "cursor %u %u", v->desk->number, kind);
	q.routing.desk = v->desk->number;
	q.routing.kind = kind;
	load_cursor(ses, key, q.routing.cursor);
	while (!err && more) {
		err = net_exchange(ses, &q, a);
		if (err || a->status == FRAME_NOT_FOUND)
			break; /* this member may not list it */
		if (a->status == FRAME_BAD && !restarted) {
			restarted = true;
			memset(q.routing.cursor, 0, FRAME_CURSOR_LEN);
			continue;
		}
		err = a->status == FRAME_OK ? take_page(ses, v, a, &seen, count)
					    : net_refusal(ses, q.what, a->status);
		if (!err)
			err = save_cursor(ses, key, a);
		more = (a->routing.flags & 1) && a->routing.count;
		if (!err && more)
			err = check_progress(ses, &seen, q.routing.cursor, a->routing.cursor);
		memcpy(q.routing.cursor, a->routing.cursor, FRAME_CURSOR_LEN);
	}
	json_decref(seen.ids);
	free(a);
	return err;
}

static const char clock_name[] = "clock";

/* Keeps the difference between the gateway's clock and this machine's, for sync_hour() without a
 * network. */
static int
note_clock(struct session *ses)
{
	int64_t ahead = (int64_t)net_minute(ses) - (int64_t)(time(NULL) / 60);

	return net_minute(ses)
		       ? sync_workspace_failed(ses,
					       workspace_put(ses->workspace, WORKSPACE_META,
							     clock_name, sizeof(clock_name) - 1,
							     &ahead, sizeof(ahead)))
		       : DAVY_OK;
}

uint32_t
sync_hour(struct session *ses)
{
	int64_t ahead = 0;
	uint8_t *val;
	size_t len;

	if (net_minute(ses))
		return (uint32_t)(net_minute(ses) / 60);
	if (workspace_open(ses) == DAVY_OK &&
	    workspace_get(ses->workspace, WORKSPACE_META, clock_name, sizeof(clock_name) - 1, &val,
			  &len) == 0) {
		if (len == sizeof(ahead))
			memcpy(&ahead, val, sizeof(ahead));
		workspace_free(val, len);
	}
	return (uint32_t)((time(NULL) / 60 + ahead) / 60);
}

int
sync_list(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *out)
{
	int err = workspace_open(ses);

	if (!err)
		err = list_kind(ses, v, kind, out);
	if (!err)
		err = note_clock(ses);
	return err;
}

int
sync_lists(struct session *ses, const struct trust *v, struct sync_result *out)
{
	int err = workspace_open(ses);

	if (!err)
		err = list_kind(ses, v, FRAME_CASE, out);
	if (!err)
		err = list_kind(ses, v, FRAME_ORDER, out);
	if (!err)
		err = note_clock(ses);
	return err;
}
