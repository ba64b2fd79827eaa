/* How cases and entries are laid out inside records of the workspace (see workspace.h).
 * The layout is this file's own: another program never reads it. */
#include "admin-cli/home/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/workspace_shelf.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define LINE_LEN (3 + 24 + 1 + 4 + 192 + 3 + 12 + 8 * WORKSPACE_CLOCKS)
#define CASE_LEN (1 + FRAME_RECORD_LEN + 2 + 4 * 4 + LINE_LEN)
_Static_assert(CASE_LEN <= SHELF_CASE_MAX, "a case has room on a shelf");
#define ENTRY_REC (1 + 4 + 4 + 1 + KEY_SIG_LEN + 32 + SEAL_LEN)

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

/* Where a case of a list stands, or will. */
struct placed {
	uint32_t number;
	size_t i;
};

/* A case that comes twice keeps what comes last. */
static int
by_number(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

/* Finds the places of cases, and gives places to those that have none; `fresh`: none has. */
static int
find_places(struct workspace *ws, const struct workspace_case *list, size_t cnt, bool fresh,
	    struct placed *at)
{
	uint8_t *head = malloc(cnt * HEAD_LEN + 1);
	uint32_t next = 0;
	size_t head_cnt = 0;
	int err = head ? heads_next(ws, &next) : ERR_MEM;

	for (size_t i = 0; !err && i < cnt; i++) {
		at[i].i = i;
		err = fresh ? ERR_NOT_FOUND : place_get(ws, list[i].rec.id, &at[i].number);
		if (err == ERR_NOT_FOUND)
			err = place_put(ws, list[i].rec.id, at[i].number = next++);
		else if (!err)
			continue;
		memcpy(head + HEAD_LEN * head_cnt++, list[i].rec.id, HEAD_LEN);
	}
	if (!err && head_cnt)
		err = heads_add(ws, head, head_cnt);
	workspace_free(head, cnt * HEAD_LEN + 1);
	return err;
}

/* Puts cases, in the order of their numbers, onto their shelves. */
static int
put_placed(struct workspace *ws, const struct workspace_case *list, const struct placed *at,
	   size_t cnt)
{
	struct shelf *s = cnt ? malloc(sizeof(*s)) : NULL;
	int err = cnt && !s ? ERR_MEM : 0;

	for (size_t i = 0; !err && i < cnt; i++) {
		uint32_t number = at[i].number / SHELF_CNT, place = at[i].number % SHELF_CNT;

		if (i == 0 || number != s->number)
			err = shelf_read(ws, number, s);
		s->len[place] = (uint16_t)case_pack(s->val[place], sizeof(s->val[0]),
						    &list[at[i].i]);
		if (!err && !s->len[place])
			err = ERR_RANGE;
		if (!err && (i + 1 == cnt || at[i + 1].number / SHELF_CNT != number))
			err = shelf_write(ws, s);
	}
	workspace_free(s, sizeof(*s));
	return err;
}

static int
put_cases(struct workspace *ws, const struct workspace_case *list, size_t cnt, bool fresh)
{
	struct placed *at = calloc(cnt + 1, sizeof(*at));
	int err = at ? workspace_begin(ws) : ERR_MEM;

	if (err) {
		free(at);
		return err;
	}
	err = find_places(ws, list, cnt, fresh, at);
	if (!err) {
		qsort(at, cnt, sizeof(*at), by_number);
		err = put_placed(ws, list, at, cnt);
	}
	free(at);
	if (!err)
		return workspace_commit(ws);
	workspace_abort(ws);
	return err;
}

int
workspace_case_put(struct workspace *ws, const struct workspace_case *list, size_t cnt)
{
	return put_cases(ws, list, cnt, false);
}

int
workspace_case_add(struct workspace *ws, const struct workspace_case *list, size_t cnt)
{
	return put_cases(ws, list, cnt, true);
}

/* The case of that number; ERR_NOT_FOUND where it was removed. */
static int
shelf_get(struct workspace *ws, uint32_t number, struct workspace_case *out)
{
	struct shelf *s = malloc(sizeof(*s));
	size_t place = number % SHELF_CNT;
	int err = s ? shelf_read(ws, number / SHELF_CNT, s) : ERR_MEM;

	if (!err)
		err = s->len[place] ? case_unpack(out, s->val[place], s->len[place])
				    : ERR_NOT_FOUND;
	workspace_free(s, sizeof(*s));
	return err;
}

int
workspace_case_get(struct workspace *ws, const uint8_t id[static 16], struct workspace_case *out)
{
	uint32_t number;
	int err = place_get(ws, id, &number);

	if (!err)
		err = shelf_get(ws, number, out);
	return !err && memcmp(out->rec.id, id, KEY_ID_LEN) ? ERR_FORMAT : err;
}

static int
del_placed(struct workspace *ws, const uint8_t *id, uint32_t number)
{
	struct shelf *s = malloc(sizeof(*s));
	int err = s ? shelf_read(ws, number / SHELF_CNT, s) : ERR_MEM;

	if (!err) {
		s->len[number % SHELF_CNT] = 0;
		err = shelf_write(ws, s);
	}
	if (!err)
		err = heads_del(ws, number);
	workspace_free(s, sizeof(*s));
	return err ? err : workspace_del(ws, WORKSPACE_PLACE, id, KEY_ID_LEN);
}

int
workspace_case_del(struct workspace *ws, const uint8_t id[static 16])
{
	uint32_t number;
	int err = workspace_begin(ws);

	if (err)
		return err;
	err = place_get(ws, id, &number);
	if (err != ERR_NOT_FOUND)
		err = err ? err : del_placed(ws, id, number);
	else
		err = 0;
	if (!err)
		return workspace_commit(ws);
	workspace_abort(ws);
	return err;
}

struct gather {
	struct workspace_case *list;
	size_t cnt, cap;
	int kind;
};

static int
gather_room(struct gather *g)
{
	size_t cap = 2 * g->cap + 64;
	struct workspace_case *more = calloc(cap, sizeof(*more));

	if (!more)
		return ERR_MEM;
	if (g->cnt)
		memcpy(more, g->list, g->cnt * sizeof(*more));
	workspace_free(g->list, g->cnt * sizeof(*g->list));
	g->list = more;
	g->cap = cap;
	return 0;
}

static int
gather_shelf(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct gather *g = arg;
	struct buf b;
	int err = 0;

	(void)key;
	(void)key_len;
	buf_init(&b, val, len);
	while (!err && b.left && !b.bad) {
		size_t n;
		const uint8_t *one = shelf_next(&b, &n);

		if (!one)
			continue;
		if (g->cnt == g->cap) /* another terminal has put some since they were counted */
			err = gather_room(g);
		if (!err)
			err = case_unpack(&g->list[g->cnt], one, n);
		g->cnt += !err && g->list[g->cnt].rec.kind == g->kind;
	}
	return err ? err : buf_end(&b);
}

int
workspace_case_list(struct workspace *ws, int kind, struct workspace_case **list, size_t *cnt)
{
	struct gather g = { .kind = kind };
	int err = workspace_count(ws, WORKSPACE_CASE, &g.cap);

	g.cap *= SHELF_CNT;
	if (!err && g.cap && !(g.list = calloc(g.cap, sizeof(*g.list))))
		err = ERR_MEM;
	if (!err)
		err = workspace_each(ws, WORKSPACE_CASE, gather_shelf, &g);
	if (err || !g.cnt) {
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

/* Looks at the case of that number, whose head is right. */
static int
search_case(struct search *s, uint32_t number)
{
	struct workspace_case c;
	char hex[33];
	int err = shelf_get(s->ws, number, &c);

	if (err || c.rec.kind != s->kind || !term_prefix_match(c.rec.id, s->want, s->digits))
		return err == ERR_NOT_FOUND ? 0 : err;
	if (s->found++ < 4) {
		size_t n = strlen(s->others);
		snprintf(s->others + n, sizeof(s->others) - n, "%s%.12s", n ? ", " : "",
			 term_hex(hex, c.rec.id, 16));
	}
	s->hit = c;
	return 0;
}

/* Five candidates are enough to say that there are several. A prefix has two digits at least, so
 * that the first byte alone passes over nearly all. */
static int
search_heads(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct search *s = arg;
	size_t digits = s->digits < 2 * HEAD_LEN ? s->digits : 2 * HEAD_LEN;
	struct buf b;
	int err = 0;

	buf_init(&b, key, key_len);
	uint32_t first = buf_u32(&b) * HEADS_CNT;
	for (size_t i = 0; !err && HEAD_LEN * (i + 1) <= len && s->found < 5; i++) {
		const uint8_t *head = val + HEAD_LEN * i;
		if (head[0] == s->want[0] && term_prefix_match(head, s->want, digits))
			err = search_case(s, first + (uint32_t)i);
	}
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
		err = workspace_each(ses->workspace, WORKSPACE_HEADS, search_heads, &s);
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
