/* Who had read the orders whose visit was betrayed (see leaks.h). */
#include "admin-cli/desk/leaks.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/overlap.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/order.h"

#define READERS 64 /* of one order */

static const char *const names[] = { "", "compromised", "anomaly", "dry" };

const char *
leaks_sign_name(enum leaks_sign sign)
{
	return names[sign];
}

/* The fold keeps the last state alone, and a betrayed visit may have been planned anew since. */
static bool
was_compromised(const struct opened *d)
{
	struct visits_act act;

	return visits_last(d, ENTRY_COMPROMISE, 0, &act);
}

static enum leaks_sign
sign_of(const struct opened *d)
{
	const struct fold *f = &d->fold;

	if (was_compromised(d))
		return LEAKS_COMPROMISED;
	if (f->visit.anomaly)
		return LEAKS_ANOMALY;
	return (f->state == ORDER_SIGNED_OFF || f->state == ORDER_ARCHIVED) && !f->visit.declared
		       ? LEAKS_DRY
		       : LEAKS_NONE;
}

/* Those who knew of it before the arrival, each once. */
struct knew {
	uint8_t handle[READERS][8];
	unsigned cnt;
};

static void
add(struct knew *k, const uint8_t handle[static 8])
{
	if (k->cnt < READERS && !fold_visit_has(k->handle, k->cnt, handle))
		memcpy(k->handle[k->cnt++], handle, 8);
}

/* Parts fetched until the day of the arrival; later the desks read them all. */
static void
add_reads(struct session *ses, struct knew *k, const struct opened *d, uint32_t last)
{
	struct frame_read read;
	uint8_t *val = NULL;
	size_t len = 0, i;

	if (workspace_get(ses->workspace, WORKSPACE_READS, d->c.rec.id, 16, &val, &len))
		return;
	for (i = 0; i + FRAME_READ_LEN <= len; i += FRAME_READ_LEN) {
		frame_read_get(&read, val + i);
		if (read.day <= last)
			add(k, read.handle);
	}
	workspace_free(val, len);
}

/* Those with whom a layer was shared. */
static void
add_shared(struct knew *k, const json_t *note)
{
	const json_t *list = schema_list(note, "shared"), *one;
	uint8_t handle[8];
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (term_unhex(handle, sizeof(handle), json_string_value(one)))
			add(k, handle);
	}
}

static void
who_knew(struct session *ses, struct knew *k, const struct opened *d)
{
	const struct fold_visit *v = &d->fold.visit;
	uint32_t last = (visits_hour(&d->c.rec) + ORDER_OVER_HOURS) / 24;
	struct visits_act act;
	unsigned i;

	*k = (struct knew){ 0 };
	add(k, d->fold.owner);
	if (visits_arrival(d, &act))
		last = d->entry[act.at].day;
	add_reads(ses, k, d, last);
	for (size_t n = 0; n < d->fold.order_cnt; n++)
		if (visits_act(d, n, &act) && act.type == ENTRY_ORDER_TAKE)
			add(k, d->entry[act.at].who.handle);
		else if (visits_act(d, n, &act) && act.type == ENTRY_ORDER_NOTE)
			add_shared(k, act.body);
	for (i = 0; i < v->team_cnt; i++)
		add(k, v->team[i]);
}

struct search {
	struct session *ses;
	struct leaks *out;
};

static struct leaks_reader *
reader(struct leaks *l, const uint8_t handle[static 8])
{
	struct leaks_reader *more;

	for (size_t i = 0; i < l->reader_cnt; i++)
		if (!memcmp(l->reader[i].handle, handle, 8))
			return &l->reader[i];
	more = reallocarray(l->reader, l->reader_cnt + 1, sizeof(*more));
	if (!more)
		return NULL;
	l->reader = more;
	more += l->reader_cnt++;
	*more = (struct leaks_reader){ 0 };
	memcpy(more->handle, handle, 8);
	return more;
}

/* Whoever printed something of it or looked at its photos, counted once for each. False: there is
 * no memory. */
static bool
count_traces(struct leaks *l, const struct opened *d)
{
	struct leaks_reader *r;

	for (size_t n = 0; n < d->fold.order_cnt; n++) {
		size_t i = d->fold.order[n];
		const struct fold_entry *e = &d->entry[i];
		const char *paper = schema_text(d->x[i].body, "paper");

		if ((e->type != ENTRY_ORDER_NOTE && e->type != ENTRY_BOOK_NOTE) ||
		    e->verdict != FOLD_ACCEPTED || !*paper ||
		    !strncmp(paper, PRINTED_SHARE, strlen(PRINTED_SHARE)))
			continue;
		r = reader(l, e->who.handle);
		if (!r)
			return false;
		if (strncmp(paper, PRINTED_PHOTO, strlen(PRINTED_PHOTO)))
			r->printed++;
		else
			r->looked++;
	}
	return true;
}

/* A referral names a place and what was found there, as an order does. */
static int
count_referrals(struct session *ses, struct leaks *l)
{
	struct workspace_case *list = NULL;
	struct opened *d;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK, &list,
								 &cnt));

	for (size_t i = 0; !err && i < cnt; i++) {
		if (machine_state(MACHINE_REFERRAL, list[i].line.state) < 0)
			continue;
		err = opened_glance(ses, &list[i], &d);
		if (err)
			break;
		if (!count_traces(l, d))
			err = session_fail_err(ses, ERR_MEM, "%s", _("The list cannot be made"));
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

static int
each(void *arg, const struct opened *d)
{
	struct search *f = arg;
	struct leaks *l = f->out;
	enum leaks_sign sign = sign_of(d);
	struct leaks_order *order;
	struct visits_act act;
	struct knew k;

	if (!visits_hour(&d->c.rec) || (!sign && !visits_arrival(d, &act)))
		return 0; /* nobody went, and nothing says that it was betrayed */
	order = reallocarray(l->order, l->order_cnt + 1, sizeof(*order));
	if (!order)
		return session_fail_err(f->ses, ERR_MEM, "%s", _("The list cannot be made"));
	l->order = order;
	order += l->order_cnt++;
	order->sign = sign;
	memcpy(order->id, d->c.rec.id, sizeof(order->id));
	l->marked += sign != LEAKS_NONE;
	who_knew(f->ses, &k, d);
	for (unsigned i = 0; i < k.cnt; i++) {
		struct leaks_reader *r = reader(l, k.handle[i]);

		if (!r)
			return session_fail_err(f->ses, ERR_MEM, "%s",
						_("The list cannot be made"));
		r->had++;
		r->both += sign != LEAKS_NONE;
	}
	return count_traces(l, d)
		       ? 0
		       : session_fail_err(f->ses, ERR_MEM, "%s", _("The list cannot be made"));
}

static int
by_chance(const void *a, const void *b)
{
	const struct leaks_reader *x = a, *y = b;

	if (x->chance != y->chance)
		return x->chance < y->chance ? -1 : 1;
	return memcmp(x->handle, y->handle, 8);
}

int
leaks_find(struct session *ses, struct leaks *out)
{
	struct search f = { .ses = ses, .out = out };
	int err;

	*out = (struct leaks){ 0 };
	err = visits_each(ses, each, &f);
	if (!err)
		err = count_referrals(ses, out);
	for (size_t i = 0; !err && i < out->reader_cnt; i++) {
		struct leaks_reader *r = &out->reader[i];

		r->chance = overlap_chance((unsigned)out->order_cnt, (unsigned)out->marked, r->had,
					   r->both);
	}
	if (!err && out->reader_cnt)
		qsort(out->reader, out->reader_cnt, sizeof(*out->reader), by_chance);
	return err;
}

void
leaks_free(struct leaks *l)
{
	free(l->order);
	free(l->reader);
	*l = (struct leaks){ 0 };
}
