/* Removes a case from this home, and tells a member that one is hidden from him (see forget.h). */
#include "admin-cli/desk/forget.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/search.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/text.h"

#define VALID 30 /* days in which his davy acts on it */

struct keys {
	uint8_t id[16];
	struct {
		uint8_t b[64];
		size_t len;
	} * key;
	size_t cnt;
};

static int
gather_key(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct keys *k = arg;

	(void)val;
	(void)len;
	if (key_len < sizeof(k->id) || key_len > sizeof(k->key->b) ||
	    memcmp(key, k->id, sizeof(k->id)) != 0)
		return 0;
	void *more = reallocarray(k->key, k->cnt + 1, sizeof(*k->key));
	if (!more)
		return ERR_MEM;
	k->key = more;
	memcpy(k->key[k->cnt].b, key, key_len);
	k->key[k->cnt++].len = key_len;
	return 0;
}

/* What was opened and shown of an entry is kept by the hash of its bytes. */
static int
forget_entry(struct session *ses, const uint8_t *id, int thread, uint32_t number,
	     struct workspace_entry *w)
{
	static const char word[] = "shown";
	uint8_t key[sizeof(word) + 32];
	int err = workspace_entry_get(ses->workspace, id, thread, number, w);

	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	memcpy(key, word, sizeof(word));
	memcpy(key + sizeof(word), w->hash, 32);
	err = workspace_del(ses->workspace, WORKSPACE_OPENED, w->hash, 32);
	return err ? err : workspace_del(ses->workspace, WORKSPACE_NOTE, key, sizeof(key));
}

static int
forget_entries(struct session *ses, const struct workspace_case *c)
{
	struct workspace_entry *w = malloc(sizeof(*w));
	int err = w ? 0 : ERR_MEM;
	uint32_t i;

	for (i = 0; !err && i < c->have_source; i++)
		err = forget_entry(ses, c->rec.id, FRAME_SOURCE, i, w);
	for (i = 0; !err && i < c->have_desk; i++)
		err = forget_entry(ses, c->rec.id, FRAME_DESK, i, w);
	free(w);
	return err;
}

static int
forget_out(struct session *ses, const uint8_t id[static 16])
{
	struct workspace_out *list;
	size_t cnt, i;
	int err = workspace_out_list(ses->workspace, &list, &cnt);

	for (i = 0; !err && i < cnt; i++)
		if (!memcmp(list[i].id, id, KEY_ID_LEN))
			err = workspace_out_del(ses->workspace, list[i].seq);
	workspace_out_free(list, cnt);
	return err;
}

static int
forget_all(struct session *ses, const uint8_t id[static 16])
{
	/* every kind whose key is the id, or begins with it */
	static const enum workspace_kind kinds[] = { WORKSPACE_ENTRY, WORKSPACE_READS,
						     WORKSPACE_PART,  WORKSPACE_DRAFT,
						     WORKSPACE_LIKE,  WORKSPACE_FIGURE,
						     WORKSPACE_HELD,  WORKSPACE_ORDER };
	struct workspace_case c;
	int err = workspace_case_get(ses->workspace, id, &c);

	if (!err)
		err = forget_entries(ses, &c);
	if (err == ERR_NOT_FOUND)
		err = 0;
	if (!err)
		err = forget_out(ses, id);
	if (!err)
		err = search_forget(ses->workspace, id);
	for (size_t i = 0; !err && i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct keys k = { 0 };

		memcpy(k.id, id, sizeof(k.id));
		err = workspace_each(ses->workspace, kinds[i], gather_key, &k);
		while (!err && k.cnt > 0) {
			k.cnt--;
			err = workspace_del(ses->workspace, kinds[i], k.key[k.cnt].b,
					    k.key[k.cnt].len);
		}
		free(k.key);
	}
	return err ? err : workspace_case_del(ses->workspace, id);
}

int
forget_case(struct session *ses, const uint8_t id[static 16])
{
	int err = workspace_open(ses);

	if (err)
		return err;
	opened_forget(ses);
	err = workspace_begin(ses->workspace);
	if (!err)
		err = forget_all(ses, id);
	if (!err)
		err = workspace_commit(ses->workspace);
	else
		workspace_abort(ses->workspace);
	return err ? session_fail_err(ses, err, "%s",
				      _("The case cannot be removed from this machine"))
		   : 0;
}

/* ---- a case that is hidden from a member who had it ---- */

static bool
has_read(const uint8_t *reads, size_t len, const uint8_t handle[static 8])
{
	struct frame_read read;
	size_t i;

	for (i = 0; i + FRAME_READ_LEN <= len; i += FRAME_READ_LEN) {
		frame_read_get(&read, reads + i);
		if (!memcmp(read.handle, handle, 8))
			return true;
	}
	return false;
}

static int
tell_one(struct session *ses, const struct trust *view, const char *id, const uint8_t *handle)
{
	char until[TEXT_DAY_LEN + 1], hex[17];
	uint8_t book[16];

	text_day_print(until, view->today + VALID);
	return duty_open(ses, view,
			 json_pack("{s:i,s:s,s:s,s:s,s:s}", "v", 1, "what", "off", "case", id,
				   "member", term_hex(hex, handle, 8), "until", until),
			 book);
}

/* ---- who is still to be told ----
 *
 * One note of the workspace, written before the second signature leaves: a machine that dies
 * between that and the telling tells with its next sync. It is a list of id (16) ‖ u32 day ‖ eight
 * handles.
 */
#define OWED     "hidden, to be told"
#define OWED_LEN (16 + 4 + 8 * FOLD_HIDDEN)

static int
owed_get(struct session *ses, uint8_t **list, size_t *len)
{
	int err = workspace_get(ses->workspace, WORKSPACE_NOTE, OWED, strlen(OWED), list, len);

	if (err == ERR_NOT_FOUND) {
		*list = NULL;
		*len = 0;
		return 0;
	}
	return err ? session_fail_err(ses, err, "%s", _("The workspace cannot be read")) : 0;
}

/* Puts one in the place of what was noted of that case, or with NULL takes it away. */
static int
owed_put(struct session *ses, const uint8_t id[static 16], const uint8_t *one)
{
	uint8_t *old, *list;
	size_t len, i, n = 0;
	int err = owed_get(ses, &old, &len);

	if (err)
		return err;
	list = malloc(len + OWED_LEN);
	for (i = 0; list && i + OWED_LEN <= len; i += OWED_LEN)
		if (memcmp(old + i, id, 16) != 0) {
			memcpy(list + n, old + i, OWED_LEN);
			n += OWED_LEN;
		}
	if (list && one) {
		memcpy(list + n, one, OWED_LEN);
		n += OWED_LEN;
	}
	err = !list ? ERR_MEM
	      : n   ? workspace_put(ses->workspace, WORKSPACE_NOTE, OWED, strlen(OWED), list, n)
		    : workspace_del(ses->workspace, WORKSPACE_NOTE, OWED, strlen(OWED));
	free(list);
	workspace_free(old, len);
	return err && err != ERR_NOT_FOUND
		       ? session_fail_err(ses, err, "%s", _("The workspace cannot be written"))
		       : 0;
}

int
forget_owe(struct session *ses, const uint8_t id[static 16], const struct readers *r)
{
	uint8_t one[OWED_LEN] = { 0 };
	const struct trust *view;
	size_t n = 0;
	struct bufw w;
	int err = trust_get(ses, false, &view);

	if (err)
		return err;
	bufw_init(&w, one, sizeof(one));
	bufw_bytes(&w, id, 16);
	bufw_u32(&w, view->today);
	for (size_t i = 0; i < r->cnt && n < FOLD_HIDDEN; i++)
		if (r->m[i].cause != CONFLICT_NONE && &r->m[i] != r->me) {
			bufw_bytes(&w, r->m[i].handle, 8);
			n++;
		}
	return n ? owed_put(ses, id, one) : 0;
}

/* Those whom the log now hides it from, and who have read it. */
static int
tell_those(struct session *ses, const struct trust *view, const struct opened *d,
	   const uint8_t (*to)[8])
{
	uint8_t *reads;
	size_t len;
	char id[33];
	int err = workspace_get(ses->workspace, WORKSPACE_READS, d->c.rec.id, KEY_ID_LEN, &reads,
				&len);

	if (err == ERR_NOT_FOUND)
		return 0; /* nobody had it */
	if (err)
		return session_fail_err(ses, err, "%s", _("The workspace cannot be read"));
	term_hex(id, d->c.rec.id, KEY_ID_LEN);
	for (size_t i = 0; !err && i < FOLD_HIDDEN; i++)
		if (!fold_reads(&d->fold, to[i]) && has_read(reads, len, to[i]))
			err = tell_one(ses, view, id, to[i]);
	workspace_free(reads, len);
	return err;
}

/* Tells what one note says, once the log has both signatures; it is dropped where the case is not
 * here any more, or nobody signed it in all that time. */
static int
tell_owed(struct session *ses, const uint8_t one[static OWED_LEN])
{
	uint8_t to[FOLD_HIDDEN][8];
	const struct trust *view;
	struct workspace_case c;
	struct opened *d;
	bool offline;
	uint32_t day = (uint32_t)one[16] | (uint32_t)one[17] << 8 | (uint32_t)one[18] << 16 |
		       (uint32_t)one[19] << 24;

	memcpy(to, one + 20, sizeof(to));
	if (workspace_case_get(ses->workspace, one, &c))
		return owed_put(ses, one, NULL);
	int err = submit_update(ses, &c, SYNC_DESK | SYNC_READS, &offline);
	if (!err)
		err = trust_get(ses, false, &view);
	if (!err)
		err = opened_glance(ses, &c, &d);
	if (err)
		return err;
	bool hides = d->fold.readers_set && !fold_reads(&d->fold, to[0]);
	if (hides)
		err = tell_those(ses, view, d, (const uint8_t(*)[8])to);
	opened_free(d);
	return err || (!hides && day + VALID >= view->today) ? err : owed_put(ses, one, NULL);
}

int
forget_tell(struct session *ses)
{
	uint8_t *list;
	size_t len;
	int err = owed_get(ses, &list, &len);

	if (err)
		return err;
	for (size_t i = 0; !err && i + OWED_LEN <= len; i += OWED_LEN)
		err = tell_owed(ses, list + i);
	workspace_free(list, len);
	return err;
}

/* Whether the gateway, too, says that there is no such case. */
static int
is_gone(struct session *ses, const struct workspace_case *c, bool *gone)
{
	struct net_request q = { .op = FRAME_FETCH,
				 .keep_status = true,
				 .what = _("The case was not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	int err;

	*gone = false;
	if (!a)
		return session_fail_err(ses, ERR_MEM, "%s", q.what);
	memcpy(q.routing.id, c->rec.id, KEY_ID_LEN);
	q.routing.kind = c->rec.kind;
	q.routing.desk = c->asked;
	q.routing.thread = FRAME_READS;
	err = net_exchange(ses, &q, a);
	*gone = !err && a->status == FRAME_NOT_FOUND;
	free(a);
	return err;
}

int
forget_hidden(struct session *ses, const struct trust *view)
{
	struct workspace_case c;
	uint8_t id[16], handle[8];
	json_t *books;
	size_t i;
	int err = duty_list(ses, &books);

	for (i = 0; !err && i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i), *body = json_object_get(one, "body");
		bool gone = false;

		if (!duty_is(one, "off") || !view->me ||
		    !schema_hex(body, "member", handle, sizeof(handle)) ||
		    memcmp(handle, view->me->handle, sizeof(handle)) != 0 ||
		    !schema_hex(body, "case", id, sizeof(id)) ||
		    workspace_case_get(ses->workspace, id, &c))
			continue;
		err = is_gone(ses, &c, &gone);
		if (!err && gone)
			err = forget_case(ses, id);
	}
	json_decref(books);
	return err;
}
