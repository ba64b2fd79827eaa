/*
 * What a gateway operator with the whole database can guess of an order: whether it was drawn, is a
 * discretionary visit, or was made for a tip. 4,000 orders of each kind (stand-by as far as it is
 * not known that nobody went) are described by all that the gateway has of them: hours and days of
 * sealing, of the first hour and of the departure, their number, their distance from those before
 * and after, and what came to the planners and was answered before. Frames, sizes and handles are
 * the same for all (tests/unit/server_order.c). Two classifiers learn on one half and guess the
 * other: a naive Bayes over bins, and boosted stumps. They must do no better than a coin, whose 95
 * % interval is ± 0.015 here; 0.54 fails.
 *
 * So that a classifier which finds nothing is not one that can find nothing, orders that are made
 * wrong are shown to it as well, and needs without blank ones: it must find them. What it finds
 * when it also knows at which slots nobody went is more than chance: it is printed, bounded, and
 * stands in SECURITY.md.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/rules/hold.h"
#include "tests/lib/plan_year.h"

#define EACH     4000 /* orders of a kind */
#define FEATURES 40
#define BINS     12
#define STUMPS   60
#define CHANCE   0.54 /* what is guessed less often than that is not guessed */
#define NEAR     3    /* slots before and after that are looked at */

struct seen {
	double f[FEATURES];
	bool is; /* of the kind that is asked for */
};

static struct year y;

/* ---- what is seen ---- */

static bool
went(size_t i)
{
	return y.order[i].filling != SLOT_STANDBY;
}

/* The first book that came after that hour. */
static size_t
book_after(uint32_t hour)
{
	size_t low = 0, high = y.books;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (y.book[mid].sent <= hour)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What came to the planners and was answered before the order could be sealed, by days: how many,
 * how many rounds they waited, and how long ago the last was. `real`: it knows which are none. */
static size_t
look_books(double *f, uint32_t cut, bool real)
{
	double last_sent = 99, last_taken = 99;

	for (size_t i = book_after(cut - 144); i < y.books && y.book[i].sent < cut + 24; i++) {
		const struct year_book *b = &y.book[i];
		uint32_t at = hold_take(b->sent, 0);
		size_t rounds = 0;
		if (real && b->blank)
			continue;
		for (; at < b->taken && rounds < 3; at = hold_beat_next(HOLD_ROUND, at))
			rounds++;
		if (b->sent < cut && cut - b->sent <= 72)
			f[(cut - b->sent - 1) / 24]++;
		if (b->sent < cut)
			last_sent = fmin(last_sent, cut - b->sent);
		if (b->taken >= cut)
			continue;
		if (cut - b->taken <= 72)
			f[3 + (cut - b->taken - 1) / 24]++;
		if (cut - b->taken <= 48)
			f[6 + rounds]++;
		last_taken = fmin(last_taken, cut - b->taken);
	}
	f[10] = last_sent;
	f[11] = last_taken;
	return 12;
}

/* All that the gateway knows of order i. `late`: it has been shown the later hours; `around`: and
 * it knows at which slots before and after nobody went. `real`: and which books are needs. */
static void
look(struct seen *s, size_t i, bool late, bool around, bool real)
{
	const struct year_order *o = &y.order[i];
	size_t n = 0;

	memset(s, 0, sizeof(*s));
	s->f[n++] = o->hour0 - o->seal;
	s->f[n++] = o->seal % 24;
	s->f[n++] = o->day % 7;
	s->f[n++] = o->day % 30;
	s->f[n++] = (double)o->seal - y.order[i - 1].seal;
	s->f[n++] = (double)y.order[i + 1].seal - o->seal;
	s->f[n++] = o->hour0 % 24;
	s->f[n++] = (double)o->hour0 - y.order[i - 1].hour0;
	s->f[n++] = (double)y.order[i + 1].hour0 - o->hour0;
	s->f[n++] = (double)(i % 7);
	s->f[n++] = late ? o->depart - o->hour0 : 0;
	n += look_books(&s->f[n], o->hour0 - SLOT_CUT, real);
	for (size_t k = 1; around && k <= NEAR; k++) {
		s->f[n++] = went(i - k);
		s->f[n++] = went(i + k);
	}
	for (size_t k = 1; around && k <= 7; k++)
		s->f[n] += went(i - k) + 8 * went(i + k);
	assert_true(n < FEATURES);
}

/* ---- two classifiers ---- */

static double
edge_of(const struct seen *all, size_t cnt, size_t f, double *low)
{
	double high = all[0].f[f];

	*low = high;
	for (size_t i = 0; i < cnt; i++) {
		*low = fmin(*low, all[i].f[f]);
		high = fmax(high, all[i].f[f]);
	}
	return high > *low ? BINS / (high - *low) : 0;
}

static size_t
bin(double v, double low, double scale)
{
	double b = (v - low) * scale;

	return b < 0 ? 0 : b >= BINS ? BINS - 1 : (size_t)b;
}

/* How many of the second half are told right by the frequencies of the first. */
static size_t
bayes(const struct seen *all, size_t cnt)
{
	static double seen[FEATURES][BINS][2];
	double low[FEATURES], scale[FEATURES];
	size_t right = 0;

	for (size_t f = 0; f < FEATURES; f++) {
		scale[f] = edge_of(all, cnt / 2, f, &low[f]);
		for (size_t b = 0; b < BINS; b++)
			seen[f][b][0] = seen[f][b][1] = 1;
		for (size_t i = 0; i < cnt / 2; i++)
			seen[f][bin(all[i].f[f], low[f], scale[f])][all[i].is]++;
	}
	for (size_t i = cnt / 2; i < cnt; i++) {
		double odds = 0;
		for (size_t f = 0; f < FEATURES; f++) {
			const double *p = seen[f][bin(all[i].f[f], low[f], scale[f])];
			odds += log(p[1] / p[0]);
		}
		right += (odds > 0) == all[i].is;
	}
	return right;
}

struct stump {
	size_t f, bin;
	double low, scale, vote;
};

/* The stump with the smallest weighted error on the first half. */
static struct stump
best_stump(const struct seen *all, size_t cnt, const double *weight)
{
	struct stump best = { 0 };
	double least = 1;

	for (size_t f = 0; f < FEATURES; f++) {
		double low, scale = edge_of(all, cnt, f, &low), sum[BINS][2] = { { 0 } },
			    at[2] = { 0 };
		double total[2] = { 0 };
		for (size_t i = 0; i < cnt; i++) {
			sum[bin(all[i].f[f], low, scale)][all[i].is] += weight[i];
			total[all[i].is] += weight[i];
		}
		for (size_t b = 0; b + 1 < BINS; b++) {
			at[0] += sum[b][0];
			at[1] += sum[b][1];
			/* Above the bin: of the kind; or the other way round. */
			double wrong = at[1] + total[0] - at[0], turned = 1 - wrong;
			double err = fmin(wrong, turned);
			if (err >= least)
				continue;
			least = err;
			err = fmax(err, 1e-6);
			best = (struct stump){ f, b, low, scale,
					       0.5 * log((1 - err) / err) *
						       (wrong < turned ? 1 : -1) };
		}
	}
	return best;
}

static double
vote(const struct stump *s, const struct seen *x)
{
	return bin(x->f[s->f], s->low, s->scale) > s->bin ? s->vote : -s->vote;
}

static size_t
boost(const struct seen *all, size_t cnt)
{
	struct stump stump[STUMPS];
	size_t half = cnt / 2, right = 0;
	double *weight = malloc(half * sizeof(*weight));

	assert_non_null(weight);
	for (size_t i = 0; i < half; i++)
		weight[i] = 1.0 / (double)half;
	for (size_t k = 0; k < STUMPS; k++) {
		double sum = 0;
		stump[k] = best_stump(all, half, weight);
		for (size_t i = 0; i < half; i++)
			sum += weight[i] *= exp(-vote(&stump[k], &all[i]) * (all[i].is ? 1 : -1));
		for (size_t i = 0; i < half; i++)
			weight[i] /= sum;
	}
	for (size_t i = half; i < cnt; i++) {
		double votes = 0;
		for (size_t k = 0; k < STUMPS; k++)
			votes += vote(&stump[k], &all[i]);
		right += (votes > 0) == all[i].is;
	}
	free(weight);
	return right;
}

/* ---- asking ---- */

/* What is done to what is seen of the orders of the kind that is asked for; NULL: nothing. */
typedef void make_wrong(struct seen *s, size_t i);

struct question {
	const char *text;
	enum slot_filling kind, other;
	bool late; /* the later hours have been shown: somebody goes */
	bool around;
	make_wrong *wrong;
	bool real; /* without blank needs */
};

static size_t
gather(struct seen *all, const struct question *q)
{
	size_t cnt[2] = { 0 }, n = 0;

	for (size_t i = 8; i + 8 < y.orders && (cnt[0] < EACH || cnt[1] < EACH); i++) {
		const struct year_order *o = &y.order[i];
		bool is = o->filling == q->kind;
		if ((!is && o->filling != q->other) || o->drill || cnt[is] == EACH)
			continue;
		look(&all[n], i, q->late, q->around, q->real);
		all[n].is = is;
		if (is && q->wrong)
			q->wrong(&all[n], i);
		cnt[is]++;
		n++;
	}
	assert_int_equal(n, 2 * EACH);
	for (size_t i = n; i-- > 1;) {
		size_t k = randombytes_uniform((uint32_t)i + 1);
		struct seen t = all[i];
		all[i] = all[k];
		all[k] = t;
	}
	return n;
}

/* The better of the two classifiers, as a share of the second half. */
static void
ask(const struct question *q, double *share)
{
	struct seen *all = calloc(2 * EACH, sizeof(*all));

	assert_non_null(all);
	size_t n = gather(all, q), right[2] = { bayes(all, n), boost(all, n) };
	double half = (double)n / 2, sd = sqrt(0.25 / half), p[2];
	for (size_t i = 0; i < 2; i++)
		p[i] = (double)right[i] / half;
	printf("# %s: bins %.3f, stumps %.3f of %.0f (95 %% interval ± %.3f)\n", q->text, p[0],
	       p[1], half, 1.96 * sd);
	*share = fmax(p[0], p[1]);
	free(all);
}

static void
chance(void **state)
{
	static const struct question list[] = {
		{ "drawn or for a tip", SLOT_NEED, SLOT_DRAWN, true, false, NULL, false },
		{ "private or for a tip", SLOT_NEED, SLOT_PRIVATE, true, false, NULL, false },
		{ "drawn or private", SLOT_PRIVATE, SLOT_DRAWN, true, false, NULL, false },
		{ "stand-by or for a tip, before it is known", SLOT_NEED, SLOT_STANDBY, false,
		  false, NULL, false },
		{ "stand-by or private, before it is known", SLOT_PRIVATE, SLOT_STANDBY, false,
		  false, NULL, false },
		{ "stand-by or drawn, before it is known", SLOT_DRAWN, SLOT_STANDBY, false, false,
		  NULL, false },
	};
	double share;
	(void)state;
	/* Blank needs wait for so many rounds as this year's planners do in the mean, not in each
	 * case; of that a hundredth or two are left. */
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (ask(&list[i], &share), share > CHANCE)
			fail_msg("%s: it can be told in %.3f of all cases", list[i].text, share);
}

/* ---- orders that are made wrong ---- */

/* Sealed in the hour in which the need was taken. */
static void
at_once(struct seen *s, size_t i)
{
	const struct year_order *o = &y.order[i];
	uint32_t seal = o->taken;

	s->f[0] = o->hour0 - seal;
	s->f[1] = seal % 24;
	s->f[4] = (double)seal - y.order[i - 1].seal;
	s->f[5] = (double)y.order[i + 1].seal - seal;
}

/* A planner who likes to go by day. */
static void
by_day(struct seen *s, size_t i)
{
	if (randombytes_uniform(3) == 0)
		s->f[10] = 24 + 8 + randombytes_uniform(10) - 8;
	(void)i;
}

/* The hour of sealing that follows where a need takes the next slot whose own hour of sealing has
 * not come: then long waits win, and it is later in the mean. */
static void
biased(struct seen *s, size_t i)
{
	const struct year_order *o = &y.order[i];
	uint32_t later = o->hour0 - 36 + randombytes_uniform(24), was = o->seal;
	uint32_t seal = later > was ? later : was;

	s->f[0] = o->hour0 - seal;
	s->f[1] = seal % 24;
	s->f[4] += seal - was;
	s->f[5] -= seal - was;
}

static void
controls(void **state)
{
	static const struct question list[] = {
		{ "control: sealed at once", SLOT_NEED, SLOT_PRIVATE, true, false, at_once, false },
		{ "control: a third by day", SLOT_NEED, SLOT_PRIVATE, true, false, by_day, false },
		{ "control: no blank needs", SLOT_NEED, SLOT_DRAWN, true, false, NULL, true },
		{ "control: no blank needs", SLOT_NEED, SLOT_PRIVATE, true, false, NULL, true },
		{ "control: sealed later", SLOT_NEED, SLOT_PRIVATE, true, false, biased, false },
	};
	double share;
	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (ask(&list[i], &share), share < CHANCE)
			fail_msg("%s is not found: %.3f", list[i].text, share);
}

/* ---- what is more than chance ---- */

/* At which slots before and after nobody went: a need takes the next free slot, so that one behind
 * drawn slots, at which somebody goes, has it more often. A deliberate bound, so that it does not
 * become more unseen. */
static void
who_went(void **state)
{
	static const struct question list[] = {
		{ "with who went around: drawn or for a tip", SLOT_NEED, SLOT_DRAWN, true, true,
		  NULL, false },
		{ "with who went around: private or for a tip", SLOT_NEED, SLOT_PRIVATE, true, true,
		  NULL, false },
		{ "with who went around: drawn or private", SLOT_PRIVATE, SLOT_DRAWN, true, true,
		  NULL, false },
	};
	double share;
	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		ask(&list[i], &share);
		assert_true(share < 0.61);
	}
}

/* The first visit behind that hour, of which the sealing cannot have begun before; its place. */
static size_t
first_behind(uint32_t hour)
{
	size_t low = 0, high = y.orders;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (y.order[mid].day * 24 < hour)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < y.orders && (y.order[low].hour0 - SLOT_CUT <= hour || !went(low)))
		low++;
	return low;
}

/* A need is a book that another desk opens at the planning desk, so the gateway sees when one comes
 * and when it is taken; it does not see which are blank. Named is the first visit behind each: for
 * the needs alone, as a gateway would that knows them, and for all that it sees. */
static void
with_needs(void **state)
{
	double right[2] = { 0 }, cnt[2] = { 0 }, share = 0, visits = 0;
	(void)state;
	for (size_t i = 8; i + 8 < y.orders; i++) {
		visits += went(i);
		share += y.order[i].filling == SLOT_NEED;
	}
	for (size_t i = 0; i < y.books; i++) {
		size_t k = first_behind(y.book[i].taken);
		bool is = k < y.orders && y.order[k].filling == SLOT_NEED;
		for (size_t real = 0; real < 2; real++)
			if (!real || !y.book[i].blank) {
				cnt[real]++;
				right[real] += is && (!real || y.order[k].taken == y.book[i].taken);
			}
	}
	share /= visits;
	double all = right[0] / cnt[0], known = right[1] / cnt[1];
	printf("# of %.0f books %.0f are needs; the first visit behind a book is for a tip in %.3f "
	       "(of all visits %.3f are); if blank ones were known, it is that need's in %.3f\n",
	       cnt[0], cnt[1], all, share, known);
	assert_true(all < share + 0.02); /* to name it gains nothing */
	assert_true(known > 0.35);       /* that is what the blank ones hide */
}

static int
make_years(void **state)
{
	(void)state;
	year_run(&y, 110, 1, 22);
	return 0;
}

static int
end_years(void **state)
{
	(void)state;
	year_free(&y);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance),
		cmocka_unit_test(controls),
		cmocka_unit_test(who_went),
		cmocka_unit_test(with_needs),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, make_years, end_years);
}
