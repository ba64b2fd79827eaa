/* The lists of cases and orders in a sync: what they say is checked against what they said before
 * (see sync.h). sync_case.c fetches what they announce. */
#include "admin-cli/desk/sync_state.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"

/* More entries or readings than any case has. A gateway that claims more is wrong or hostile, and
 * must not fill this machine's disk. */
#define THREAD_MAX 16384u
#define READS_MAX  (1u << 20)
/* A run takes this many records and leaves the rest to the next run. A case is listed twice in one
 * run only where it changed during the run; LIST_SLACK allows for those. */
#define LIST_MAX   100000u
#define LIST_SLACK 1008u
/* So often a run asks for a list that other davys of this member overtake. */
#define LIST_TRIES 3

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

/* Whether it can only be newer than what stands here: counts grow and never shrink. */
static bool
says_more(const struct workspace_case *had, const struct frame_record *now)
{
	const struct frame_record *was = &had->rec;

	return !takes_back(had, now) &&
	       (now->entries > was->entries || now->desk_entries > was->desk_entries ||
		now->source_cnt > was->source_cnt || now->reads > was->reads);
}

static bool
says_same(const struct frame_record *a, const struct frame_record *b)
{
	uint8_t x[FRAME_RECORD_LEN], y[FRAME_RECORD_LEN];

	frame_record_put(x, a);
	frame_record_put(y, b);
	return memcmp(x, y, sizeof(x)) == 0;
}

/* Keeps a value under a word. One that stands there already is not written again: most commands
 * ask for a list in which nothing has changed, and then the disk need not be synced. */
static int
keep(struct session *ses, const char *key, const void *val, size_t len)
{
	uint8_t *had;
	size_t had_len;
	int err = workspace_get(ses->workspace, WORKSPACE_META, key, strlen(key), &had, &had_len);
	bool same = !err && had_len == len && !memcmp(had, val, len);

	if (!err)
		workspace_free(had, had_len);
	return same ? DAVY_OK
		    : sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_META, key,
							       strlen(key), val, len));
}

/* The value of that size under a word; *out stays as it is where there is none. */
static void
recall(struct session *ses, const char *key, void *out, size_t size)
{
	uint8_t *val;
	size_t len;

	if (workspace_get(ses->workspace, WORKSPACE_META, key, strlen(key), &val, &len) != 0)
		return;
	if (len == size)
		memcpy(out, val, len);
	workspace_free(val, len);
}

/* What the gateway's list says, as it comes: records of several pages are taken together. */
#define HAUL_CNT (16 * FRAME_RECORD_MAX)

/* The cases that this run has seen, each with its place in the run; `again` counts those that were
 * listed twice. */
struct seen {
	json_t *ids;
	size_t again;
	struct frame_record *rec; /* the haul: not taken yet */
	size_t cnt, before;       /* how many; how many were taken before */
	uint64_t turn;            /* of the workspace, when this run last looked */
	bool raced;               /* another davy of this member has put records meanwhile */
	bool left;                /* a record was left alone, since it may be the older one */
};

static void
warn_back(struct session *ses, const struct frame_record *rec)
{
	char id[33];

	session_warn(
		ses,
		_("The gateway contradicts what it has shown of case %.8s before: a log was cut, or an "
		  "old state is shown to you. Keep this home and tell the desk above."),
		term_hex(id, rec->id, KEY_ID_LEN));
}

/* Adds a record to the haul. A case that is in it already changed while it was listed: the newer
 * record takes the place of the older. */
static int
note_seen(struct session *ses, struct seen *seen, const struct frame_record *rec)
{
	char id[33];

	term_hex(id, rec->id, KEY_ID_LEN);
	json_t *had = json_object_get(seen->ids, id);
	size_t at = had ? (size_t)json_integer_value(had) : 0;
	seen->again += had != NULL;
	if (seen->again > json_object_size(seen->ids) + LIST_SLACK)
		return sync_pages_endless(ses);
	if (had && at >= seen->before) {
		struct workspace_case old = { .rec = seen->rec[at - seen->before] };
		if (takes_back(&old, rec))
			warn_back(ses, rec);
		seen->rec[at - seen->before] = *rec;
		return DAVY_OK;
	}
	at = seen->before + seen->cnt;
	seen->rec[seen->cnt++] = *rec;
	if (json_object_set_new(seen->ids, id, json_integer((json_int_t)at)))
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	return DAVY_OK;
}

/* Adds a page of the list to the haul. */
static int
take_page(struct session *ses, const struct net_answer *page, struct seen *seen)
{
	uint32_t cnt = page->routing.count < FRAME_RECORD_MAX ? page->routing.count
							      : FRAME_RECORD_MAX;
	struct frame_record rec;
	int err = DAVY_OK;

	for (uint32_t i = 0; !err && i < cnt; i++)
		if (frame_record_get(&rec, page->body + (size_t)i * FRAME_RECORD_LEN) == 0)
			err = note_seen(ses, seen, &rec);
	return err;
}

/* What is to be done about one record; *take is false where it is left alone, *fresh is set where
 * no such case stands here. Where another davy of this member has put something since this run
 * asked, a record that does not say more may be the older one, also where only its flags and hours
 * differ: what stands here stays, and the gateway is asked again. */
static int
judge_record(struct session *ses, const struct trust *v, const struct frame_record *rec,
	     struct seen *seen, struct sync_job *job, bool *take, bool *fresh)
{
	char id[33];
	int err = workspace_case_get(ses->workspace, rec->id, &job->c);

	*take = false;
	*fresh = err == ERR_NOT_FOUND;
	if (err && err != ERR_NOT_FOUND)
		return session_fail_err(ses, err, "%s", _("The workspace cannot be read"));
	if (err)
		job->c = (struct workspace_case){ 0 };
	if (rec->entries > THREAD_MAX || rec->desk_entries > THREAD_MAX || rec->reads > READS_MAX) {
		session_warn(
			ses,
			_("The gateway claims more entries of case %.8s than a case can have; the case was "
			  "skipped. Tell the registrar."),
			term_hex(id, rec->id, KEY_ID_LEN));
		return DAVY_OK;
	}
	if (!err && seen->raced && !says_more(&job->c, rec) && !says_same(&job->c.rec, rec)) {
		seen->left = true;
		return DAVY_OK;
	}
	if (!err && takes_back(&job->c, rec))
		warn_back(ses, rec);
	job->c.rec = *rec;
	job->c.asked = v->desk->number;
	job->parts = SYNC_DESK | SYNC_READS | (job->c.have_source ? SYNC_SOURCE : 0);
	job->had = job->c.have_source + job->c.have_desk;
	*take = true;
	return DAVY_OK;
}

/* How often records of a list have been put here, by whatever davy of this member. */
static const char turn_name[] = "turn";

/* Inside the transaction of put_haul(): whether another davy has put records since this run began,
 * whose answers may be older than those. */
static int
turn_take(struct session *ses, struct seen *seen)
{
	uint64_t turn = 0;

	recall(ses, turn_name, &turn, sizeof(turn));
	seen->raced |= turn != seen->turn;
	seen->turn = turn + 1;
	return keep(ses, turn_name, &seen->turn, sizeof(seen->turn));
}

/* Puts the records of the haul into the workspace, all in one transaction. Those of which something
 * is to be fetched or folded become jobs. */
static int
put_haul(struct session *ses, const struct trust *v, struct seen *seen, struct sync_job *job,
	 size_t *job_cnt, struct sync_result *count)
{
	/* [1]: those that do not stand here yet, each once (note_seen) */
	struct workspace_case *all[2] = { calloc(seen->cnt + 1, sizeof(**all)),
					  calloc(seen->cnt + 1, sizeof(**all)) };
	size_t cnt[2] = { 0 };
	int err = all[0] && all[1] ? sync_workspace_failed(ses, workspace_begin(ses->workspace))
				   : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	*job_cnt = 0;
	if (err)
		goto out;
	if (seen->cnt)
		err = turn_take(ses, seen);
	for (size_t i = 0; !err && i < seen->cnt; i++) {
		struct sync_job j = { 0 };
		bool take, fresh;
		err = judge_record(ses, v, &seen->rec[i], seen, &j, &take, &fresh);
		if (err || !take)
			continue;
		all[fresh][cnt[fresh]++] = j.c;
		count->changed++;
		if (sync_job_waits(&j) || j.c.folded != j.had)
			job[(*job_cnt)++] = j;
	}
	if (!err)
		err = sync_workspace_failed(ses,
					    workspace_case_put(ses->workspace, all[0], cnt[0]));
	if (!err)
		err = sync_workspace_failed(ses,
					    workspace_case_add(ses->workspace, all[1], cnt[1]));
	if (err)
		workspace_abort(ses->workspace);
	else
		err = sync_workspace_failed(ses, workspace_commit(ses->workspace));
out:
	for (int i = 0; i < 2; i++)
		workspace_free(all[i], (seen->cnt + 1) * sizeof(**all));
	return err;
}

/* Whether this run has taken as much as one run takes. */
static int
check_enough(struct session *ses, const struct seen *seen)
{
	if (json_object_size(seen->ids) <= LIST_MAX)
		return DAVY_OK;
	return session_fail(
		ses, DAVY_AGAIN, "more",
		_("The list is longer than one run takes; run davy sync again to continue."));
}

/* One list on its way into the workspace. */
struct list {
	struct session *ses;
	const struct trust *v;
	struct sync_result *count;
	struct sync_pages pages;
	struct seen seen;
	struct sync_job *job; /* of the haul that was put, not fetched yet */
	size_t job_cnt;
	char key[32];
	uint8_t cursor[FRAME_CURSOR_LEN]; /* where the last page that was taken ends */
	bool restarted;
};

/* The next list begins behind what this one has passed; at the same place as this one, where a
 * record was left alone. */
static int
keep_cursor(struct list *l)
{
	return l->seen.left ? DAVY_OK : keep(l->ses, l->key, l->cursor, FRAME_CURSOR_LEN);
}

/* The haul goes into the workspace; and the cursor, where nothing is to be fetched, in the same
 * transaction: the disk is synced once. */
static int
list_put(struct list *l)
{
	int err = sync_workspace_failed(l->ses, workspace_begin(l->ses->workspace));

	if (err)
		return err;
	err = put_haul(l->ses, l->v, &l->seen, l->job, &l->job_cnt, l->count);
	if (!err && !l->job_cnt)
		err = keep_cursor(l);
	int kept = sync_workspace_failed(l->ses, workspace_commit(l->ses->workspace));
	l->seen.before += l->seen.cnt;
	l->seen.cnt = 0;
	return err ? err : kept;
}

/* What the haul announces is fetched. The cursor moves on when all that it has passed is here. */
static int
list_fetch(struct list *l)
{
	int err = sync_fetch(l->ses, l->job, l->job_cnt);

	for (size_t i = 0; i < l->job_cnt; i++)
		l->count->entries += l->job[i].c.have_source + l->job[i].c.have_desk -
				     l->job[i].had;
	sodium_memzero(l->job, l->job_cnt * sizeof(*l->job));
	l->job_cnt = 0;
	return err ? err : keep_cursor(l);
}

/* A gateway whose cursor key has changed refuses the cursor; then the list begins anew, once. */
static int
list_take(void *arg, const struct net_answer *a)
{
	static const uint8_t zero[FRAME_CURSOR_LEN];
	struct list *l = arg;

	if (a->status == FRAME_NOT_FOUND)
		return DAVY_OK; /* this member may not list it */
	if (a->status == FRAME_BAD && !l->restarted) {
		l->restarted = true;
		return sync_pages_begin(&l->pages, zero);
	}
	int err = a->status == FRAME_OK ? take_page(l->ses, a, &l->seen)
					: net_refusal(l->ses, l->pages.q.what, a->status);
	bool more = (a->routing.flags & 1) && a->routing.count;
	if (err)
		return err;
	memcpy(l->cursor, a->routing.cursor, FRAME_CURSOR_LEN);
	if (!more || l->seen.cnt + FRAME_RECORD_MAX > HAUL_CNT) {
		err = list_put(l);
		l->pages.rest = !err && l->job_cnt; /* no exchange begins inside of another */
	}
	return err || !more ? err : check_enough(l->ses, &l->seen);
}

/* Fetches one list from where the last run ended. *left: it is to be fetched again. */
static int
list_once(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *count,
	  bool *left)
{
	struct list l = { .ses = ses, .v = v, .count = count };
	int err = DAVY_OK;

	l.pages = (struct sync_pages){
		.ses = ses,
		.q = { .op = FRAME_LIST,
		       .keep_status = true,
		       .what = _("The list was not fetched"),
		       .routing = { .desk = v->desk->number, .kind = kind } },
		.take = list_take,
		.arg = &l,
	};
	l.seen = (struct seen){ .ids = json_object(),
				.rec = calloc(HAUL_CNT, sizeof(*l.seen.rec)) };
	recall(ses, turn_name, &l.seen.turn, sizeof(l.seen.turn));
	l.job = calloc(HAUL_CNT, sizeof(*l.job));
	if (!l.seen.ids || !l.seen.rec || !l.job)
		err = session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	snprintf(l.key, sizeof(l.key), "cursor %u %u", v->desk->number, kind);
	recall(ses, l.key, l.cursor, sizeof(l.cursor));
	if (!err)
		err = sync_pages_begin(&l.pages, l.cursor);
	while (!err && !l.pages.over) {
		err = sync_pages_run(&l.pages);
		if (!err && l.job_cnt)
			err = list_fetch(&l);
	}
	/* what was listed before a failure is kept */
	if (err && l.seen.cnt && !l.job_cnt && list_put(&l) == DAVY_OK)
		err = list_fetch(&l) ? DAVY_REFUSED : err;
	sync_pages_end(&l.pages);
	json_decref(l.seen.ids);
	free(l.seen.rec);
	free(l.job);
	*left = l.seen.left;
	return err;
}

/* What was left alone is asked for anew, now that this run knows of the other davy's; where others
 * are quicker each time, by the next run. */
static int
list_kind(struct session *ses, const struct trust *v, uint8_t kind, struct sync_result *count)
{
	bool left = true;
	int err = DAVY_OK;

	for (int i = 0; !err && left && i < LIST_TRIES; i++)
		err = list_once(ses, v, kind, count, &left);
	return err;
}

static const char clock_name[] = "clock";

/* Keeps the difference between the gateway's clock and this machine's, for sync_hour() without a
 * network. */
static int
note_clock(struct session *ses)
{
	int64_t ahead = (int64_t)net_minute(ses) - (int64_t)(time(NULL) / 60);

	return net_minute(ses) ? keep(ses, clock_name, &ahead, sizeof(ahead)) : DAVY_OK;
}

uint32_t
sync_hour(struct session *ses)
{
	int64_t ahead = 0;

	if (net_minute(ses))
		return (uint32_t)(net_minute(ses) / 60);
	if (workspace_open(ses) == DAVY_OK)
		recall(ses, clock_name, &ahead, sizeof(ahead));
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
		err = list_kind(ses, v, FRAME_BOOK, out);
	if (!err)
		err = note_clock(ses);
	return err;
}
