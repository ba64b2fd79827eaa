/* Runs the fold: brings the entries into their order, judges each, and lets the clock move between
 * them. */
#include "admin-cli/rules/fold.h"

#include "admin-cli/rules/fold_guard.h"
#include "admin-cli/rules/fold_order.h"
#include "admin-cli/rules/fold_rule.h"
#include "admin-cli/rules/fold_visit.h"
#include "crypto/err.h"

/* The first day, at most how->day, on which the guards of a SYS move hold. They hold on every later
 * day as well, and did not hold before the last entry. */
static uint32_t
first_day(const struct fold *f, const struct machine_move *m, const struct fold_move *how)
{
	struct fold_move on = *how;
	uint32_t low = f->since > f->last ? f->since : f->last, high = how->day;

	while (low < high) {
		on.day = low + (high - low) / 2;
		if (fold_guards(m, &on) == GUARD__MAX)
			high = on.day;
		else
			low = on.day + 1;
	}
	return high;
}

/* SYS moves of one machine that hold on this day, one after the other. Each counts from the day on
 * which it became due, so that the state does not depend on when somebody looks. */
static void
move_one(struct fold *f, uint32_t day)
{
	struct fold_move how = { .fold = f, .day = day };
	const struct machine_move *m = NULL;

	while ((m = machine_next(f->machine, f->state, -1, 1u << BY_SYS, m)) != NULL) {
		how.day = day;
		if (fold_guards(m, &how) != GUARD__MAX)
			continue;
		how.day = first_day(f, m, &how);
		fold_enter(f, m->to, &how);
		m = NULL;
	}
}

static void
move_by_clock(struct fold *f, uint32_t day)
{
	struct fold as;
	unsigned i;

	for (i = 0; i < f->visit.finding_cnt; i++) {
		fold_finding_as(&as, f, i);
		move_one(&as, day);
		fold_finding_keep(f, &as);
	}
	move_one(f, day);
	if (f->last < day)
		f->last = day;
}

static void
judge(struct fold_run *run, size_t place)
{
	struct fold_entry *e = &run->in->entry[run->f->order[place]];
	const struct entry_type *type;

	run->e = e;
	e->from = e->to = run->f->state;
	e->verdict = FOLD_REJECTED;
	e->reason = e->fault;
	if (e->reason == FOLD_FINE && fold_is_duplicate(run->in, run->f->order, place)) {
		e->verdict = FOLD_DUPLICATE;
		return;
	}
	move_by_clock(run->f, e->day);
	e->from = e->to = run->f->state;
	if (e->reason == FOLD_FINE && !e->by_source && !e->who.related &&
	    !fold_given(run->f, e->who.handle))
		e->reason = FOLD_FOREIGN;
	if (e->reason == FOLD_FINE && !fold_chained(run->in, run->f->order[place]))
		e->reason = FOLD_CHAIN;
	if (e->reason != FOLD_FINE)
		return;
	type = fold_rule_find(run->f->machine, e->type);
	if (!type || e->newer) {
		e->verdict = FOLD_NEWER;
		return;
	}
	e->reason = fold_rule_apply(type, run);
	e->to = run->f->state;
	if (e->reason == FOLD_FINE)
		e->verdict = FOLD_ACCEPTED;
}

int
fold_run(struct fold *out, struct fold_input *in)
{
	struct fold_run run = { .f = out, .in = in };
	size_t i;

	memset(out, 0, sizeof(*out));
	out->machine = in->machine;
	out->state = machine_get(in->machine)->initial;
	out->tip = out->abstract = out->forward = FOLD_NONE;
	out->order = calloc(in->entry_cnt + 1, sizeof(*out->order));
	if (!out->order || fold_order(out->order, in)) {
		fold_free(out);
		return ERR_MEM;
	}
	out->order_cnt = in->entry_cnt;
	if (in->entry_cnt)
		out->since = in->entry[out->order[0]].day;
	for (i = 0; i < in->entry_cnt; i++)
		in->entry[i].open = false;
	for (i = 0; i < in->entry_cnt; i++) {
		judge(&run, i);
		out->rejected += run.e->verdict == FOLD_REJECTED;
		out->newer += run.e->verdict == FOLD_NEWER;
	}
	move_by_clock(out, in->today);
	return 0;
}

uint32_t
fold_review_due(const struct fold *f)
{
	return f->machine == MACHINE_TIP && f->state == TIP_HELD ? f->reviewed + 14 : 0;
}

void
fold_free(struct fold *f)
{
	if (!f)
		return;
	free(f->order);
	f->order = NULL;
	f->order_cnt = 0;
}

void
fold_link(struct fold_entry *e, const struct fold_entry *entry, size_t cnt)
{
	size_t i;

	memset(e->prev, 0, sizeof(e->prev));
	memset(e->seen, 0, sizeof(e->seen));
	e->number = 0;
	for (i = 0; i < cnt; i++) {
		if (entry[i].thread != e->thread || entry[i].number < e->number)
			continue;
		e->number = entry[i].number + 1;
		memcpy(e->seen, entry[i].hash, sizeof(e->seen));
	}
	for (i = 0; i < cnt; i++)
		if (entry[i].thread == e->thread && !entry[i].by_source && !e->by_source &&
		    entry[i].fault != FOLD_UNOPENED &&
		    !memcmp(entry[i].who.handle, e->who.handle, sizeof(e->who.handle)))
			memcpy(e->prev, entry[i].hash, sizeof(e->prev));
}

enum fold_reason
fold_try(const struct fold_input *in, const struct fold_entry *next)
{
	struct fold_input copy = *in;
	struct fold f;
	enum fold_reason reason = FOLD_UNOPENED;

	copy.entry = calloc(in->entry_cnt + 1, sizeof(*copy.entry));
	if (!copy.entry)
		return reason;
	if (in->entry_cnt)
		memcpy(copy.entry, in->entry, in->entry_cnt * sizeof(*copy.entry));
	copy.entry[in->entry_cnt] = *next;
	fold_link(&copy.entry[in->entry_cnt], in->entry, in->entry_cnt);
	memset(copy.entry[in->entry_cnt].hash, 0xff, 32);
	copy.entry_cnt++;
	if (!fold_run(&f, &copy)) {
		const struct fold_entry *e = &copy.entry[in->entry_cnt];

		reason = e->verdict == FOLD_ACCEPTED ? FOLD_FINE
			 : e->verdict == FOLD_NEWER  ? FOLD_BODY
						     : e->reason;
		fold_free(&f);
	}
	free(copy.entry);
	return reason;
}
