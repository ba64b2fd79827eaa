/* Where an entry stands: the order in which the entries of both threads count, and whether an entry
 * names those before it, as its author must. */
#include "admin-cli/rules/fold_order.h"

#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"

/* One thread while the two are merged: its entries by place, how many were taken, and the latest
 * day among those. */
struct queue {
	size_t *at;
	size_t cnt, out;
	uint32_t day;
};

static int
by_number(const void *a, const void *b, void *arg)
{
	const struct fold_entry *entry = arg;
	const struct fold_entry *x = &entry[*(const size_t *)a], *y = &entry[*(const size_t *)b];

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return memcmp(x->hash, y->hash, sizeof(x->hash));
}

static void
queue_fill(struct queue *q, const struct fold_input *in, int thread)
{
	size_t i;

	for (i = 0; i < in->entry_cnt; i++)
		if ((in->entry[i].thread == 0) == (thread == 0))
			q->at[q->cnt++] = i;
	qsort_r(q->at, q->cnt, sizeof(*q->at), by_number, in->entry);
}

/* How many entries of the other thread come before this one. A desk entry that does not say
 * comes after the tip; a source cannot see the desk's thread at all. */
static uint32_t
after(const struct fold_entry *e)
{
	uint32_t source_cnt = 1, desk_cnt = 0;

	if (!e->by_source && e->body)
		(void)schema_after(e->body, &source_cnt, &desk_cnt);
	return e->thread == 0 ? desk_cnt : source_cnt;
}

static uint32_t
next_day(const struct queue *q, const struct fold_input *in)
{
	uint32_t day = in->entry[q->at[q->out]].day;

	return day > q->day ? day : q->day;
}

static bool
ready(const struct queue *q, const struct queue *other, const struct fold_input *in)
{
	uint32_t want = after(&in->entry[q->at[q->out]]);

	return other->out >= want || other->out == other->cnt;
}

int
fold_order(size_t *order, const struct fold_input *in)
{
	struct queue source = { 0 }, desk = { 0 }, *q;
	size_t n;

	source.at = calloc(in->entry_cnt + 1, sizeof(*source.at));
	desk.at = calloc(in->entry_cnt + 1, sizeof(*desk.at));
	if (!source.at || !desk.at) {
		free(source.at);
		free(desk.at);
		return ERR_MEM;
	}
	queue_fill(&source, in, 0);
	queue_fill(&desk, in, 1);
	for (n = 0; n < in->entry_cnt; n++) {
		if (source.out == source.cnt)
			q = &desk;
		else if (desk.out == desk.cnt)
			q = &source;
		else if (ready(&source, &desk, in) && (!ready(&desk, &source, in) ||
						       next_day(&source, in) < next_day(&desk, in)))
			q = &source;
		else
			q = &desk;
		q->day = next_day(q, in);
		order[n] = q->at[q->out++];
	}
	free(source.at);
	free(desk.at);
	return 0;
}

bool
fold_is_duplicate(const struct fold_input *in, const size_t *order, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!memcmp(in->entry[order[i]].hash, in->entry[order[n]].hash, 32))
			return true;
	return false;
}

static bool
is_zero(const uint8_t hash[static 32])
{
	static const uint8_t zero[32];

	return !memcmp(hash, zero, 32);
}

static bool
same_author(const struct fold_entry *a, const struct fold_entry *b)
{
	if (a->fault == FOLD_UNOPENED || b->fault == FOLD_UNOPENED || a->by_source != b->by_source)
		return false;
	return a->by_source || !memcmp(a->who.handle, b->who.handle, sizeof(a->who.handle));
}

/* The entry of the same thread that a hash names, or NULL. */
static const struct fold_entry *
named(const struct fold_input *in, const struct fold_entry *e, const uint8_t hash[static 32])
{
	size_t i;

	for (i = 0; i < in->entry_cnt; i++)
		if (in->entry[i].thread == e->thread && &in->entry[i] != e &&
		    !memcmp(in->entry[i].hash, hash, 32))
			return &in->entry[i];
	return NULL;
}

/* `prev` must name the author's own entry before this one, and none of hers may stand between. An
 * entry that none of our keys opens may be hers, so it is allowed. */
static bool
prev_fits(const struct fold_input *in, const struct fold_entry *e)
{
	const struct fold_entry *prev = named(in, e, e->prev);
	size_t i;

	if (!is_zero(e->prev) && (!prev || prev->number >= e->number ||
				  (!same_author(prev, e) && prev->fault != FOLD_UNOPENED)))
		return false;
	for (i = 0; i < in->entry_cnt; i++) {
		const struct fold_entry *x = &in->entry[i];

		if (x->thread == e->thread && x->number < e->number && same_author(x, e) &&
		    (!prev || x->number > prev->number) && memcmp(x->hash, e->hash, 32))
			return false;
	}
	return true;
}

/* The gateway shows a reply only at its hour. Replies of one author may therefore appear in another
 * order than they were written, and the one that `prev` names may not be visible yet. */
static bool
reply_fits(const struct fold_input *in, const struct fold_entry *e)
{
	const struct fold_entry *prev = named(in, e, e->prev);

	return is_zero(e->prev) || !prev || same_author(prev, e) || prev->fault == FOLD_UNOPENED;
}

/* Whether a hash names the entry just before in the thread. */
static bool
names_last(const struct fold_input *in, const struct fold_entry *e, const uint8_t hash[static 32])
{
	size_t i;

	for (i = 0; i < in->entry_cnt; i++)
		if (in->entry[i].thread == e->thread && in->entry[i].number + 1 == e->number &&
		    !memcmp(in->entry[i].hash, hash, 32))
			return true;
	return false;
}

bool
fold_chained(const struct fold_input *in, size_t i)
{
	const struct fold_entry *e = &in->entry[i], *seen = named(in, e, e->seen);

	if (e->thread == 0) {
		if (!is_zero(e->seen) && (!seen || seen->number >= e->number))
			return false;
		return e->by_source ? prev_fits(in, e) : reply_fits(in, e);
	}
	if (e->number == 0)
		return is_zero(e->seen) && is_zero(e->prev);
	/* Who objects to a closing may be of a desk that cannot read what stands before. */
	if (e->type == ENTRY_OBJECT && is_zero(e->seen))
		return prev_fits(in, e);
	return names_last(in, e, e->seen) && prev_fits(in, e);
}
