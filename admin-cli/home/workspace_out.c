/* How the outbox is laid out inside records of the workspace (see workspace.h). The layout is this
 * file's own: another program never reads it. */
#include "admin-cli/home/workspace.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/buf.h"
#include "crypto/err.h"

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
