/* How cases, entries and the outbox are laid out inside records of the workspace (see workspace.h).
 * The layout is this file's own: another program never reads it. */
#include "admin-cli/home/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define LINE_LEN  (3 + 24 + 1 + 4 + 192 + 3 + 12 + 8 * WORKSPACE_CLOCKS)
#define CASE_LEN  (1 + FRAME_RECORD_LEN + 2 + 4 * 4 + LINE_LEN)
#define ENTRY_REC (1 + 4 + 4 + 1 + KEY_SIG_LEN + 32 + SEAL_LEN)

/* So many ids stand in a record of WORKSPACE_IDS; all of these but the last are full. */
#define IDS_CNT 256

/* A text of a line: u8 length, then the bytes. */
static void
line_text_put(struct bufw *w, const char *text, size_t cap)
{
	size_t n = strnlen(text, cap - 1);

	bufw_u8(w, (uint8_t)n);
	bufw_bytes(w, text, n);
}

static void
line_text_get(struct buf *b, char *text, size_t cap)
{
	size_t n = buf_u8(b);

	if (n >= cap)
		buf_fail(b);
	else
		buf_bytes(b, (uint8_t *)text, cap, n);
}

static void
line_clocks_put(struct bufw *w, const struct workspace_line *line)
{
	size_t i;

	bufw_u8(w, line->life);
	for (i = 0; i < WORKSPACE_CLOCKS; i++) {
		bufw_u32(w, line->clock[i].from);
		bufw_u32(w, line->clock[i].due);
	}
}

static void
line_clocks_get(struct buf *b, struct workspace_line *line)
{
	size_t i;

	line->life = buf_u8(b) != 0;
	for (i = 0; i < WORKSPACE_CLOCKS; i++) {
		line->clock[i].from = buf_u32(b);
		line->clock[i].due = buf_u32(b);
	}
}

/* Returns the packed length, or 0 where it does not fit. */
static size_t
case_pack(uint8_t *out, size_t cap, const struct workspace_case *c)
{
	struct bufw w;
	uint8_t rec[FRAME_RECORD_LEN];

	bufw_init(&w, out, cap);
	frame_record_put(rec, &c->rec);
	bufw_u8(&w, 5);
	bufw_bytes(&w, rec, sizeof(rec));
	bufw_u16(&w, c->asked);
	bufw_u32(&w, c->have_source);
	bufw_u32(&w, c->have_desk);
	bufw_u32(&w, c->have_reads);
	bufw_u32(&w, c->folded);
	line_text_put(&w, c->line.state, sizeof(c->line.state));
	bufw_u8(&w, c->line.severity);
	bufw_u16(&w, (uint16_t)c->line.priority);
	bufw_u8(&w, (uint8_t)(c->line.question | c->line.proposed << 1));
	bufw_u8(&w, c->line.said);
	bufw_u8(&w, c->line.sign);
	bufw_bytes(&w, c->line.claimer, sizeof(c->line.claimer));
	bufw_u32(&w, c->line.claim);
	bufw_u32(&w, c->line.date);
	line_text_put(&w, c->line.county, sizeof(c->line.county));
	line_text_put(&w, c->line.title, sizeof(c->line.title));
	line_clocks_put(&w, &c->line);
	return bufw_end(&w) ? 0 : w.len;
}

static int
case_unpack(struct workspace_case *c, const uint8_t *val, size_t len)
{
	struct buf b;

	*c = (struct workspace_case){ 0 };
	buf_init(&b, val, len);
	if (buf_u8(&b) != 5)
		buf_fail(&b);
	const uint8_t *rec = buf_take(&b, FRAME_RECORD_LEN);
	c->asked = buf_u16(&b);
	c->have_source = buf_u32(&b);
	c->have_desk = buf_u32(&b);
	c->have_reads = buf_u32(&b);
	c->folded = buf_u32(&b);
	line_text_get(&b, c->line.state, sizeof(c->line.state));
	c->line.severity = buf_u8(&b);
	c->line.priority = (int16_t)buf_u16(&b);
	uint8_t bits = buf_u8(&b);
	c->line.question = bits & 1;
	c->line.proposed = bits & 2;
	c->line.said = buf_u8(&b) != 0;
	c->line.sign = buf_u8(&b);
	buf_bytes(&b, c->line.claimer, sizeof(c->line.claimer), sizeof(c->line.claimer));
	c->line.claim = buf_u32(&b);
	c->line.date = buf_u32(&b);
	line_text_get(&b, c->line.county, sizeof(c->line.county));
	line_text_get(&b, c->line.title, sizeof(c->line.title));
	line_clocks_get(&b, &c->line);
	if (!rec || buf_end(&b))
		return ERR_FORMAT;
	return frame_record_get(&c->rec, rec);
}

static void
ids_key(uint8_t key[static 4], size_t number)
{
	struct bufw w;

	bufw_init(&w, key, 4);
	bufw_u32(&w, (uint32_t)number);
}

/* Adds ids behind those that are there: the last record is filled, then new ones follow. */
static int
ids_add(struct workspace *ws, const uint8_t *id, size_t cnt)
{
	uint8_t key[4], all[IDS_CNT * KEY_ID_LEN], *val = NULL;
	size_t records, len = 0;
	int err = workspace_count(ws, WORKSPACE_IDS, &records);

	if (!err && records) {
		ids_key(key, --records);
		err = workspace_get(ws, WORKSPACE_IDS, key, sizeof(key), &val, &len);
		if (!err && len > sizeof(all))
			err = ERR_FORMAT;
		if (!err)
			memcpy(all, val, len);
		workspace_free(val, len);
	}
	while (!err && cnt) {
		if (len == sizeof(all)) {
			records++;
			len = 0;
		}
		size_t n = (sizeof(all) - len) / KEY_ID_LEN;
		n = n < cnt ? n : cnt;
		memcpy(all + len, id, n * KEY_ID_LEN);
		len += n * KEY_ID_LEN;
		id += n * KEY_ID_LEN;
		cnt -= n;
		ids_key(key, records);
		err = workspace_put(ws, WORKSPACE_IDS, key, sizeof(key), all, len);
	}
	sodium_memzero(all, sizeof(all));
	return err;
}

/* *fresh: it was not there before. */
static int
put_one(struct workspace *ws, const struct workspace_case *c, bool *fresh)
{
	uint8_t buf[CASE_LEN];
	size_t n = case_pack(buf, sizeof(buf), c);

	if (!n)
		return ERR_RANGE;
	int err = workspace_add(ws, WORKSPACE_CASE, c->rec.id, KEY_ID_LEN, buf, n);
	*fresh = !err;
	if (err == ERR_DUP)
		err = workspace_put(ws, WORKSPACE_CASE, c->rec.id, KEY_ID_LEN, buf, n);
	sodium_memzero(buf, sizeof(buf));
	return err;
}

int
workspace_case_put(struct workspace *ws, const struct workspace_case *list, size_t cnt)
{
	uint8_t *fresh = malloc(cnt * KEY_ID_LEN + 1);
	size_t fresh_cnt = 0;
	int err = fresh ? workspace_begin(ws) : ERR_MEM;

	if (err) {
		free(fresh);
		return err;
	}
	for (size_t i = 0; !err && i < cnt; i++) {
		bool is_fresh;

		err = put_one(ws, &list[i], &is_fresh);
		if (!err && is_fresh)
			memcpy(fresh + KEY_ID_LEN * fresh_cnt++, list[i].rec.id, KEY_ID_LEN);
	}
	if (!err && fresh_cnt)
		err = ids_add(ws, fresh, fresh_cnt);
	workspace_free(fresh, cnt * KEY_ID_LEN + 1);
	if (!err)
		return workspace_commit(ws);
	workspace_abort(ws);
	return err;
}

int
workspace_case_get(struct workspace *ws, const uint8_t id[static 16], struct workspace_case *out)
{
	uint8_t *val;
	size_t len;
	int err = workspace_get(ws, WORKSPACE_CASE, id, KEY_ID_LEN, &val, &len);

	if (err)
		return err;
	err = case_unpack(out, val, len);
	workspace_free(val, len);
	return err;
}

struct gather {
	struct workspace_case *list;
	size_t cnt, cap;
	int kind;
};

static int
gather_case(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct gather *g = arg;

	(void)key;
	(void)key_len;
	if (g->cnt == g->cap) { /* more than were counted: another terminal has put some */
		size_t cap = 2 * g->cap + 64;
		struct workspace_case *more = calloc(cap, sizeof(*more));
		if (!more)
			return ERR_MEM;
		if (g->cnt)
			memcpy(more, g->list, g->cnt * sizeof(*more));
		workspace_free(g->list, g->cnt * sizeof(*g->list));
		g->list = more;
		g->cap = cap;
	}
	int err = case_unpack(&g->list[g->cnt], val, len);
	g->cnt += !err && g->list[g->cnt].rec.kind == g->kind;
	return err;
}

int
workspace_case_list(struct workspace *ws, int kind, struct workspace_case **list, size_t *cnt)
{
	struct gather g = { .kind = kind };
	int err = workspace_count(ws, WORKSPACE_CASE, &g.cap);

	if (!err && g.cap && !(g.list = calloc(g.cap, sizeof(*g.list))))
		err = ERR_MEM;
	if (!err)
		err = workspace_each(ws, WORKSPACE_CASE, gather_case, &g);
	if (err) {
		workspace_free(g.list, g.cnt * sizeof(*g.list));
		g = (struct gather){ 0 };
	}
	*list = g.list;
	*cnt = g.cnt;
	return err;
}

struct search {
	struct workspace *ws;
	uint8_t want[16];
	size_t digits, found;
	int kind;
	struct workspace_case hit;
	char others[160];
};

static int
search_id(struct search *s, const uint8_t *id)
{
	struct workspace_case c;
	char hex[33];
	int err = workspace_case_get(s->ws, id, &c);

	if (err || c.rec.kind != s->kind)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (s->found++ < 4) {
		size_t n = strlen(s->others);
		snprintf(s->others + n, sizeof(s->others) - n, "%s%.12s", n ? ", " : "",
			 term_hex(hex, id, 16));
	}
	s->hit = c;
	return 0;
}

/* Five candidates are enough to say that there are several. */
static int
search_ids(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct search *s = arg;
	int err = 0;

	(void)key;
	(void)key_len;
	for (size_t i = 0; !err && i + KEY_ID_LEN <= len && s->found < 5; i += KEY_ID_LEN)
		if (term_prefix_match(val + i, s->want, s->digits))
			err = search_id(s, val + i);
	return err;
}

int
workspace_case_find(struct session *ses, int kind, const char *prefix, struct workspace_case *out)
{
	struct search s = { .kind = kind };
	const char *what = kind == FRAME_CASE    ? _("case")
			   : kind == FRAME_ORDER ? _("order")
						 : _("record");
	int err = workspace_open(ses);

	if (err)
		return err;
	s.ws = ses->workspace;
	s.digits = term_prefix_parse(prefix, s.want);
	if (!s.digits)
		return session_fail(
			ses, DAVY_USAGE, "usage",
			_("\"%s\" is not the beginning of an id: give two or more hex digits."),
			session_s(ses, prefix));
	if (s.digits == 32) {
		err = workspace_case_get(ses->workspace, s.want, &s.hit);
		s.found = !err && s.hit.rec.kind == kind;
		err = err == ERR_NOT_FOUND ? 0 : err;
	} else {
		err = workspace_each(ses->workspace, WORKSPACE_IDS, search_ids, &s);
	}
	if (err)
		return session_fail_err(ses, err, "%s", _("The workspace cannot be read"));
	*out = s.hit;
	if (s.found == 1)
		return DAVY_OK;
	if (s.found == 0)
		return session_fail(ses, DAVY_REFUSED, "not-found",
				    _("No %s begins with %s; run davy sync to get newer ones."),
				    what, session_s(ses, prefix));
	return session_fail(ses, DAVY_REFUSED, "ambiguous",
			    _("Several ids begin with %s: %s%s; give more digits."),
			    session_s(ses, prefix), s.others, s.found > 4 ? ", …" : "");
}

static void
entry_key(uint8_t key[static 21], const uint8_t *id, int thread, uint32_t number)
{
	struct bufw w;

	bufw_init(&w, key, 21);
	bufw_bytes(&w, id, 16);
	bufw_u8(&w, (uint8_t)thread);
	bufw_u32(&w, number);
}

int
workspace_entry_put(struct workspace *ws, const uint8_t id[static 16],
		    const struct workspace_entry *e)
{
	uint8_t key[21], *buf = malloc(ENTRY_REC);
	struct bufw w;

	if (!buf)
		return ERR_MEM;
	entry_key(key, id, e->thread, e->number);
	bufw_init(&w, buf, ENTRY_REC);
	bufw_u8(&w, e->thread);
	bufw_u32(&w, e->number);
	bufw_u32(&w, e->day);
	bufw_u8(&w, e->by_source);
	bufw_bytes(&w, e->sig, KEY_SIG_LEN);
	bufw_bytes(&w, e->hash, 32);
	bufw_bytes(&w, e->sealed, SEAL_LEN);
	int err = bufw_end(&w);
	if (!err)
		err = workspace_put(ws, WORKSPACE_ENTRY, key, sizeof(key), buf, w.len);
	free(buf);
	return err;
}

int
workspace_entry_get(struct workspace *ws, const uint8_t id[static 16], int thread, uint32_t number,
		    struct workspace_entry *out)
{
	uint8_t key[21], *val;
	struct buf b;
	size_t len;

	entry_key(key, id, thread, number);
	int err = workspace_get(ws, WORKSPACE_ENTRY, key, sizeof(key), &val, &len);
	if (err)
		return err;
	buf_init(&b, val, len);
	out->thread = buf_u8(&b);
	out->number = buf_u32(&b);
	out->day = buf_u32(&b);
	out->by_source = buf_u8(&b) != 0;
	buf_bytes(&b, out->sig, KEY_SIG_LEN, KEY_SIG_LEN);
	buf_bytes(&b, out->hash, 32, 32);
	buf_bytes(&b, out->sealed, SEAL_LEN, SEAL_LEN);
	err = buf_end(&b);
	workspace_free(val, len);
	return err;
}

/* A text in a record: u32 length, then the bytes; the length 0xffffffff stands for NULL. */
static void
put_text(struct bufw *w, const char *text)
{
	bufw_u32(w, text ? (uint32_t)strlen(text) : UINT32_MAX);
	if (text)
		bufw_text(w, text);
}

static char *
get_text(struct buf *b)
{
	uint32_t n = buf_u32(b);
	const uint8_t *p = n == UINT32_MAX || b->bad ? NULL : buf_take(b, n);

	return p ? strndup((const char *)p, n) : NULL;
}

static int
out_put(struct workspace *ws, const struct workspace_out *o)
{
	size_t cap = 128, len[3] = { o->json ? strlen(o->json) : 0, o->extra ? strlen(o->extra) : 0,
				     o->error ? strlen(o->error) : 0 };
	struct bufw w;
	uint8_t key[8], *buf;

	cap += len[0] + len[1] + len[2];
	buf = malloc(cap);
	if (!buf)
		return ERR_MEM;
	bufw_init(&w, key, sizeof(key));
	bufw_u64(&w, o->seq);
	bufw_init(&w, buf, cap);
	bufw_bytes(&w, o->id, 16);
	bufw_u8(&w, o->kind);
	bufw_u8(&w, o->thread);
	bufw_u16(&w, o->type);
	bufw_u16(&w, o->desk);
	bufw_u32(&w, o->hour);
	bufw_u32(&w, o->written);
	bufw_u64(&w, o->leaves);
	bufw_u32(&w, o->group);
	put_text(&w, o->json);
	put_text(&w, o->extra);
	put_text(&w, o->error);
	int err = bufw_end(&w);
	if (!err)
		err = workspace_put(ws, WORKSPACE_OUTBOX, key, sizeof(key), buf, w.len);
	workspace_free(buf, cap);
	return err;
}

int
workspace_out_add(struct workspace *ws, struct workspace_out *o)
{
	static const char name[] = "outbox";
	uint8_t *val, next[8];
	struct buf b;
	struct bufw w;
	size_t len;
	int err = workspace_begin(ws);

	if (err)
		return err;
	o->seq = 1;
	err = workspace_get(ws, WORKSPACE_META, name, sizeof(name) - 1, &val, &len);
	if (!err) {
		buf_init(&b, val, len);
		o->seq = buf_u64(&b) + 1;
		workspace_free(val, len);
	} else if (err == ERR_NOT_FOUND) {
		err = 0;
	}
	bufw_init(&w, next, sizeof(next));
	bufw_u64(&w, o->seq);
	if (!err)
		err = workspace_put(ws, WORKSPACE_META, name, sizeof(name) - 1, next, sizeof(next));
	if (!err)
		err = out_put(ws, o);
	if (!err)
		return workspace_commit(ws);
	workspace_abort(ws);
	return err;
}

int
workspace_out_update(struct workspace *ws, const struct workspace_out *o)
{
	return out_put(ws, o);
}

int
workspace_out_del(struct workspace *ws, uint64_t seq)
{
	uint8_t key[8];
	struct bufw w;

	bufw_init(&w, key, sizeof(key));
	bufw_u64(&w, seq);
	return workspace_del(ws, WORKSPACE_OUTBOX, key, sizeof(key));
}

struct outs {
	struct workspace_out *list;
	size_t cnt;
};

static int
gather_out(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct outs *g = arg;
	struct buf b;

	struct workspace_out *more = realloc(g->list, (g->cnt + 1) * sizeof(*more));
	if (!more)
		return ERR_MEM;
	g->list = more;
	struct workspace_out *o = &g->list[g->cnt];
	*o = (struct workspace_out){ 0 };
	buf_init(&b, key, key_len);
	o->seq = buf_u64(&b);
	buf_init(&b, val, len);
	buf_bytes(&b, o->id, sizeof(o->id), sizeof(o->id));
	o->kind = buf_u8(&b);
	o->thread = buf_u8(&b);
	o->type = buf_u16(&b);
	o->desk = buf_u16(&b);
	o->hour = buf_u32(&b);
	o->written = buf_u32(&b);
	o->leaves = buf_u64(&b);
	o->group = buf_u32(&b);
	o->json = get_text(&b);
	o->extra = get_text(&b);
	o->error = get_text(&b);
	g->cnt++;
	return buf_end(&b);
}

static int
by_seq(const void *a, const void *b)
{
	const struct workspace_out *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

int
workspace_out_list(struct workspace *ws, struct workspace_out **list, size_t *cnt)
{
	struct outs g = { 0 };
	int err = workspace_each(ws, WORKSPACE_OUTBOX, gather_out, &g);

	if (err) {
		workspace_out_free(g.list, g.cnt);
		g = (struct outs){ 0 };
	}
	if (g.cnt > 1)
		qsort(g.list, g.cnt, sizeof(*g.list), by_seq);
	*list = g.list;
	*cnt = g.cnt;
	return err;
}

void
workspace_out_free(struct workspace_out *list, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		workspace_free(list[i].json, list[i].json ? strlen(list[i].json) : 0);
		workspace_free(list[i].extra, list[i].extra ? strlen(list[i].extra) : 0);
		free(list[i].error);
	}
	free(list);
}
