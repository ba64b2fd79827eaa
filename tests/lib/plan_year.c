/* Years of an inspection desk (see plan_year.h). */
#include "tests/lib/plan_year.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/odds.h"
#include "admin-cli/rules/hold.h"

#define MONTH 30
#define START 20800u
#define TAKE  12 /* a planner looks at what has come within so many hours */

static double
uniform(void)
{
	return (randombytes_random() + 0.5) / 4294967296.0;
}

static void
need_ok(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "plan_year: %s\n", what);
	abort();
}

/* When a need leaves with the post of one of the reviewers, who sends one with each, and what has
 * waited for a day besides; and in which round a planner takes it. `busy`: the last post of each.
 */
static void
send_and_take(struct year_tip *t, uint32_t busy[static YEAR_REVIEWERS])
{
	uint32_t *own = &busy[randombytes_uniform(YEAR_REVIEWERS)], decided;

	t->sent = t->taken = t->decided;
	if (t->severity == 1)
		return;
	t->sent = hold_beat_next(HOLD_POST, t->decided);
	while (t->sent <= *own && t->sent < hold_beat_next(HOLD_POST, t->decided) + 24)
		t->sent = hold_beat_next(HOLD_POST, t->sent);
	*own = t->sent > *own ? t->sent : *own;
	decided = t->sent + randombytes_uniform(TAKE);
	t->taken = hold_beat_next(HOLD_ROUND, decided);
	if (t->taken < hold_take(t->sent, 0))
		t->taken = hold_take(t->sent, 0);
}

/* Tips at random moments: of twenty one is S1, six S2, eight S3, five S4. */
static void
make_tips(struct year *y, unsigned years, double week)
{
	double at = START * 24.0, until = at + years * 365 * 24.0;
	size_t room = (size_t)(years * 53 * week * 2 + 100);
	uint32_t busy[YEAR_REVIEWERS] = { 0 };

	y->tip = calloc(room, sizeof(*y->tip));
	need_ok(y->tip != NULL, "memory");
	while ((at += -log(uniform()) * 168 / week) < until && y->tips < room) {
		unsigned n = randombytes_uniform(20);
		struct year_tip *t = &y->tip[y->tips++];
		t->severity = n < 1 ? 1 : n < 7 ? 2 : n < 15 ? 3 : 4;
		t->decided = (uint32_t)at;
		send_and_take(t, busy);
	}
}

static int
by_taken(const void *a, const void *b)
{
	const struct year_tip *x = a, *y = b;

	return (x->taken > y->taken) - (x->taken < y->taken);
}

static int
by_sent(const void *a, const void *b)
{
	const struct year_book *x = a, *y = b;

	return (x->sent > y->sent) - (x->sent < y->sent);
}

/* What comes to the planners: the needs, and blank ones for what is missing of each post. */
static void
make_books(struct year *y, uint32_t until)
{
	size_t room = (until - START * 24) / 12 * YEAR_REVIEWERS + y->tips + 10, needs;

	y->book = calloc(room, sizeof(*y->book));
	need_ok(y->book != NULL, "memory");
	for (size_t i = 0; i < y->tips; i++)
		if (y->tip[i].severity > 1)
			y->book[y->books++] = (struct year_book){ y->tip[i].sent, y->tip[i].taken,
								  false };
	needs = y->books;
	if (needs)
		qsort(y->book, needs, sizeof(*y->book), by_sent);
	size_t at = 0;
	for (uint32_t post = hold_beat_next(HOLD_POST, START * 24); post < until;
	     post = hold_beat_next(HOLD_POST, post)) {
		size_t there = 0;
		for (; at < needs && y->book[at].sent <= post; at++)
			there++;
		for (; there < YEAR_REVIEWERS; there++) {
			uint8_t id[16];
			randombytes_buf(id, sizeof(id));
			need_ok(y->books < room, "room for books");
			y->book[y->books++] = (struct year_book){ post,
								  hold_take(post, hold_late(id)),
								  true };
		}
	}
	qsort(y->book, y->books, sizeof(*y->book), by_sent);
}

/* The plan of a month, drawn. */
struct month {
	struct plan_body body;
	struct plan_slots in;
	struct plan_slot *slot;
	size_t cnt;
	uint64_t threshold[YEAR_SITES];
	uint32_t order[PLAN_VISITS_MAX];
	uint8_t hour[PLAN_VISITS_MAX], seed[32];
	struct plan_need need[400];
	size_t tip[400];
};

static void
make_month(struct month *m, uint32_t from, size_t visits)
{
	struct plan_stream st;
	double q[YEAR_SITES];
	uint8_t key[32];
	size_t d = (2 * visits + 4) / 5;

	memset(m, 0, sizeof(*m));
	m->body.from = from;
	m->body.until = from + MONTH - 1;
	randombytes_buf(m->seed, sizeof(m->seed));
	randombytes_buf(m->body.plan, sizeof(m->body.plan));
	randombytes_buf(key, sizeof(key));
	need_ok(!plan_slots_days(&m->body, visits - d, d, SLOT_WEEK, m->seed), "days");
	for (size_t i = 0; i < YEAR_SITES; i++)
		q[i] = (1.0 + (double)(i % 5)) / 20;
	need_ok(!plan_odds_scale(q, YEAR_SITES, (double)m->body.drawn), "odds");
	for (size_t i = 0; i < YEAR_SITES; i++)
		m->threshold[i] = plan_threshold(q[i]);
	plan_stream_init(&st, key);
	need_ok(!plan_draw(&st, m->threshold, YEAR_SITES, m->body.drawn, m->order, NULL), "draw");
	plan_shuffle(&st, m->order, m->body.drawn);
	need_ok(!plan_hours(&st, m->hour, m->body.drawn), "hours");
	m->cnt = plan_slots_cnt(&m->body);
	m->slot = calloc(m->cnt, sizeof(*m->slot));
	need_ok(m->slot != NULL, "memory");
	m->in = (struct plan_slots){ .plan = &m->body,
				     .order = m->order,
				     .hour = m->hour,
				     .threshold = m->threshold,
				     .sites = YEAR_SITES,
				     .seed = m->seed,
				     .need = m->need };
}

static struct plan_need *
find(struct month *m, const uint8_t id[16])
{
	for (size_t i = 0; i < m->in.needs; i++)
		if (!memcmp(m->need[i].id, id, 16))
			return &m->need[i];
	return NULL;
}

/* Takes a need into the plan, as davy need take does; false where the plan has no slot for it. */
static bool
take(struct month *m, const struct year_tip *t, size_t index)
{
	struct plan_need need = { .taken = t->taken,
				  .due = t->taken + 4 * 24,
				  .urgent = t->severity == 1,
				  .site = randombytes_uniform(YEAR_SITES) };

	need_ok(m->in.needs < 400, "room");
	memcpy(need.id, &index, sizeof(index));
	randombytes_buf(need.id + 8, 8);
	m->need[m->in.needs++] = need;
	need_ok(!plan_slots_fill(m->slot, &m->in), "fill");
	struct plan_need *mine = find(m, need.id);
	if (need.urgent || mine->slot != SIZE_MAX)
		return true;
	*mine = m->need[--m->in.needs];
	need_ok(!plan_slots_fill(m->slot, &m->in), "fill");
	return false;
}

static int
by_day(const void *a, const void *b)
{
	const struct plan_slot *x = *(const struct plan_slot *const *)a,
			       *y = *(const struct plan_slot *const *)b;

	return x->day != y->day ? (x->day > y->day) - (x->day < y->day)
				: (x->seal > y->seal) - (x->seal < y->seal);
}

/* What became of the month: when its needs were visited, and its orders. */
static void
end_month(struct year *y, struct month *m, struct month *next)
{
	const struct plan_slot *list[PLAN_VISITS_MAX];

	need_ok(!plan_slots_fill(m->slot, &m->in), "fill");
	for (size_t i = 0; i < m->in.needs; i++) {
		const struct plan_need *n = &m->need[i];
		size_t index;
		memcpy(&index, n->id, sizeof(index));
		/* One that came later and could not wait has its slot: it goes into the next plan.
		 */
		if (!n->urgent && n->slot == SIZE_MAX) {
			y->without++;
			need_ok(take(next, &y->tip[index], index), "no slot in two plans");
			continue;
		}
		y->tip[index].rides = n->rides;
		y->tip[index].depart = n->urgent ? n->taken + 1 + randombytes_uniform(6)
						 : m->slot[n->slot].depart;
	}
	for (size_t k = 0; k < m->cnt; k++)
		list[k] = &m->slot[k];
	qsort(list, m->cnt, sizeof(*list), by_day);
	for (size_t k = 0; k < m->cnt; k++) {
		const struct plan_slot *s = list[k];
		y->order[y->orders++] = (struct year_order){
			.filling = s->filling,
			.drill = s->drill,
			.day = s->day,
			.hour0 = s->hour0,
			.seal = s->seal,
			.depart = s->depart,
			.taken = s->need == SIZE_MAX ? 0 : m->need[s->need].taken,
			.slot = k,
		};
	}
	free(m->slot);
	free(m->body.slot);
}

void
year_run(struct year *y, unsigned years, double tips_week, size_t visits)
{
	unsigned months = years * 365 / MONTH + 2;
	struct month *m[2];
	size_t at = 0;

	memset(y, 0, sizeof(*y));
	make_tips(y, years, tips_week);
	qsort(y->tip, y->tips, sizeof(*y->tip), by_taken);
	make_books(y, START * 24 + years * 365 * 24);
	y->order = calloc((size_t)months * (MONTH + 2 * visits), sizeof(*y->order));
	for (size_t i = 0; i < 2; i++)
		m[i] = malloc(sizeof(*m[i]));
	need_ok(y->order && m[0] && m[1], "memory");
	make_month(m[0], START, visits);
	for (unsigned k = 0; k < months; k++) {
		/* The next plan stands a month before: a need that finds no slot goes there. */
		make_month(m[1], START + (k + 1) * MONTH, visits);
		for (; at < y->tips && y->tip[at].taken < (START + (k + 1) * MONTH) * 24; at++)
			if (!take(m[0], &y->tip[at], at)) {
				y->without++;
				need_ok(take(m[1], &y->tip[at], at), "no slot in two plans");
			}
		end_month(y, m[0], m[1]);
		struct month *old = m[0];
		m[0] = m[1];
		m[1] = old;
		m[0]->in.plan = &m[0]->body;
	}
	free(m[0]->slot);
	free(m[0]->body.slot);
	free(m[0]);
	free(m[1]);
}

void
year_free(struct year *y)
{
	free(y->tip);
	free(y->order);
	free(y->book);
}
