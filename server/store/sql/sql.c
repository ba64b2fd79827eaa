/* How a statement runs: its arguments, its rows, its end. The engine does the work. */
#include "server/store/sql/sql_store.h"

#include "crypto/err.h"

#include <stdarg.h>
#include <string.h>

static void
add(struct sql_call *q, const char *fmt, va_list ap)
{
	const struct sql_engine *e = q->engine;
	for (; *fmt; fmt++) {
		int err;
		if (*fmt == 'i') {
			err = e->number(q, va_arg(ap, int64_t));
		} else if (*fmt == 'b') {
			const void *p = va_arg(ap, const void *);
			err = e->bytes(q, p, va_arg(ap, size_t));
		} else if (*fmt == 't') {
			err = e->name(q, va_arg(ap, const char *));
		} else {
			err = e->null(q);
		}
		if (err && !q->err)
			q->err = err;
		q->args++;
	}
}

static void
begin(struct sql_call *q, struct sql_store *s, enum sql which)
{
	*q = (struct sql_call){ .s = s, .engine = s->engine, .which = which, .begun = true };
	q->engine->begin(q);
}

struct sql_call *
sql_ask(struct sql_call *q, struct sql_store *s, enum sql which, const char *fmt, ...)
{
	va_list ap;
	begin(q, s, which);
	va_start(ap, fmt);
	add(q, fmt, ap);
	va_end(ap);
	return q;
}

void
sql_add(struct sql_call *q, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add(q, fmt, ap);
	va_end(ap);
}

int
sql_row(struct sql_call *q)
{
	int row = q->err;
	if (!row && q->begun)
		row = q->engine->step(q);
	if (row != 1)
		sql_done(q);
	return row;
}

void
sql_done(struct sql_call *q)
{
	if (q->begun)
		q->engine->end(q);
	q->begun = false;
}

int
sql_end(struct sql_call *q)
{
	int row = sql_row(q);
	sql_done(q);
	return row < 0 ? row : 0;
}

int
sql_run(struct sql_store *s, enum sql which, const char *fmt, ...)
{
	struct sql_call q;
	va_list ap;
	begin(&q, s, which);
	va_start(ap, fmt);
	add(&q, fmt, ap);
	va_end(ap);
	return sql_end(&q);
}

int
sql_blob(const struct sql_call *q, int col, void *dst, size_t len)
{
	size_t have;
	const void *p = sql_bytes(q, col, &have);
	if (have != len || (len && !p))
		return ERR_IO;
	if (len)
		memcpy(dst, p, len);
	return 0;
}
