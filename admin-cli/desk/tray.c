/* What leaves the tray, what is undone there, and which replies are held (see tray.h). */
#include "admin-cli/desk/tray.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/sync.h"
#include "crypto/buf.h"
#include "crypto/err.h"

/* Notes why an item did not leave. Without a network it leaves with the next sync. */
static int
stays(struct session *ses, struct workspace_out *o, const char *why)
{
	o->leaves = 0;
	free(o->error);
	o->error = why ? strdup(why) : NULL;
	return sync_workspace_failed(ses, workspace_out_update(ses->workspace, o));
}

bool
tray_beat(const struct workspace_out *o)
{
	json_t *extra = o->leaves > 1 && o->extra ? json_loads(o->extra, 0, NULL) : NULL;
	bool is = json_is_true(json_object_get(extra, "beat"));

	json_decref(extra);
	return is;
}

static bool
is_due(const struct workspace_out *o, uint64_t now, bool hurry, const uint8_t *stay)
{
	bool other = !stay || memcmp(o->id, stay, sizeof(o->id));

	/* what waits for hours is not hurried by who goes on to the next case */
	return o->leaves && !tray_beat(o) &&
	       (o->leaves <= now || (hurry && other && o->leaves <= now + TRAY_SECONDS));
}

int
tray_run(struct session *ses, uint64_t now, bool hurry, const uint8_t *stay, size_t *sent,
	 size_t *failed)
{
	struct workspace_out *list = NULL;
	uint32_t broken = 0; /* a group of which an item did not leave */
	size_t cnt = 0;
	int err = workspace_open(ses);

	*sent = *failed = 0;
	if (!err)
		err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));
	for (size_t i = 0; !err && i < cnt; i++) {
		struct workspace_out *o = &list[i];

		if (!is_due(o, now, hurry, stay))
			continue;
		if (o->group && o->group == broken) {
			err = stays(ses, o, _("What was written with it did not leave."));
			++*failed;
			continue;
		}
		if (sync_hooks.send(ses, o) == DAVY_OK) {
			err = sync_workspace_failed(ses, workspace_out_del(ses->workspace, o->seq));
			++*sent;
			continue;
		}
		if (session_stopped(ses)) { /* it still lies in the tray */
			err = sync_workspace_failed(ses, workspace_out_update(ses->workspace, o));
			session_forgive(ses);
			break;
		}
		broken = o->group;
		++*failed;
		err = stays(ses, o, session_failure(ses));
		if (!err)
			session_forgive(ses);
	}
	workspace_out_free(list, cnt);
	return err;
}

int
tray_rest(struct session *ses, uint64_t now)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));
	for (size_t i = 0; !err && i < cnt; i++) {
		if (!list[i].leaves || list[i].leaves > now + TRAY_SECONDS || tray_beat(&list[i]))
			continue;
		list[i].leaves = now + TRAY_SECONDS;
		err = sync_workspace_failed(ses, workspace_out_update(ses->workspace, &list[i]));
	}
	workspace_out_free(list, cnt);
	return err;
}

int
tray_undo(struct session *ses, size_t *cnt)
{
	struct workspace_out *list = NULL;
	uint32_t group = 0;
	size_t n = 0, i;
	int err = workspace_open(ses);

	*cnt = 0;
	if (!err)
		err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &n));
	for (i = n; i-- > 0 && !group;)
		if (list[i].leaves)
			group = list[i].group;
	for (i = 0; !err && i < n; i++)
		if (list[i].leaves && list[i].group == group) {
			err = tray_drop(ses, list[i].seq);
			++*cnt;
		}
	workspace_out_free(list, n);
	return err;
}

int
tray_drop(struct session *ses, uint64_t seq)
{
	return sync_workspace_failed(ses, workspace_out_del(ses->workspace, seq));
}

int
tray_hurry(struct session *ses, uint64_t seq)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	for (size_t i = 0; !err && i < cnt; i++)
		if (list[i].seq == seq) {
			list[i].leaves = 1;
			err = sync_workspace_failed(ses,
						    workspace_out_update(ses->workspace, &list[i]));
		}
	workspace_out_free(list, cnt);
	return err;
}

#define HELD_KEY (KEY_ID_LEN + 4)

static void
held_key(uint8_t key[static HELD_KEY], const uint8_t *id, uint32_t hour)
{
	struct bufw w;

	bufw_init(&w, key, HELD_KEY);
	bufw_bytes(&w, id, KEY_ID_LEN);
	bufw_u32(&w, hour);
}

void
tray_held_note(struct session *ses, const uint8_t id[static 16], uint32_t hour, const char *json)
{
	uint8_t key[HELD_KEY];

	held_key(key, id, hour);
	if (workspace_put(ses->workspace, WORKSPACE_HELD, key, sizeof(key), json, strlen(json) + 1))
		session_warn(ses, "%s",
			     _("The reply is on its way, but its hour could not be kept here."));
}

struct gather {
	struct tray_held *list;
	size_t cnt;
};

static int
gather_held(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct gather *g = arg;
	struct tray_held *more;
	struct buf b;

	if (key_len != HELD_KEY || !len || val[len - 1])
		return ERR_FORMAT;
	more = realloc(g->list, (g->cnt + 1) * sizeof(*more));
	if (!more)
		return ERR_MEM;
	g->list = more;
	more = &g->list[g->cnt];
	buf_init(&b, key, key_len);
	buf_bytes(&b, more->id, sizeof(more->id), sizeof(more->id));
	more->hour = buf_u32(&b);
	more->json = strdup((const char *)val);
	g->cnt += more->json != NULL;
	return more->json ? 0 : ERR_MEM;
}

static int
by_hour(const void *a, const void *b)
{
	const struct tray_held *x = a, *y = b;

	return (x->hour > y->hour) - (x->hour < y->hour);
}

int
tray_held_list(struct session *ses, uint32_t hour, struct tray_held **list, size_t *cnt)
{
	struct gather g = { 0 };
	uint8_t key[HELD_KEY];
	size_t past = 0;
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_each(ses->workspace, WORKSPACE_HELD,
								gather_held, &g));
	if (!err && g.cnt)
		qsort(g.list, g.cnt, sizeof(*g.list), by_hour);
	for (; !err && past < g.cnt && g.list[past].hour <= hour; past++) {
		held_key(key, g.list[past].id, g.list[past].hour);
		err = sync_workspace_failed(ses, workspace_del(ses->workspace, WORKSPACE_HELD, key,
							       sizeof(key)));
		workspace_free(g.list[past].json, strlen(g.list[past].json));
	}
	g.cnt -= past;
	if (g.cnt && past)
		memmove(g.list, g.list + past, g.cnt * sizeof(*g.list));
	*list = g.list;
	*cnt = g.cnt;
	return err;
}

void
tray_held_free(struct tray_held *list, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		workspace_free(list[i].json, strlen(list[i].json));
	free(list);
}

bool
tray_misses(struct session *ses, const uint8_t id[static 16], uint32_t hour)
{
	struct workspace_case c;

	return hour && !workspace_case_get(ses->workspace, id, &c) && c.rec.answer_due &&
	       hour >= c.rec.answer_due;
}
