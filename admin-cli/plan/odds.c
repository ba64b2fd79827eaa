/* Coins for given chances, by the Poisson binomial distribution (see odds.h). */
#include "admin-cli/plan/odds.h"

#include <math.h>
#include <stdlib.h>

#include "crypto/err.h"

#define ROUNDS_MAX 500

/* P(k) = probability of k heads, for lo ≤ k ≤ hi; what lies outside is less than 1e-30. */
struct heads {
	double *p;
	size_t lo, hi;
};

/* How far from the mean the distribution is kept. */
static size_t
reach(const double *q, size_t n)
{
	double var = 0;

	for (size_t i = 0; i < n; i++)
		var += q[i] * (1 - q[i]);
	return (size_t)(14 * sqrt(var)) + 20;
}

/* Throws the coins one after the other. `row` has n + 1 places; only a band around the mean of the
 * coins thrown so far is kept, so that no term underflows before it matters. */
static void
throw_coins(double *row, const double *q, size_t n, size_t wide)
{
	double mean = 0;
	size_t lo = 0, hi = 0;

	row[0] = 1;
	for (size_t i = 0; i < n; i++) {
		mean += q[i];
		row[hi + 1] = 0;
		for (size_t k = hi + 1; k > lo; k--)
			row[k] = row[k] * (1 - q[i]) + row[k - 1] * q[i];
		row[lo] *= 1 - q[i];
		hi++;
		while (hi > (size_t)mean + wide)
			row[hi--] = 0;
		while (lo + wide < (size_t)mean)
			row[lo++] = 0;
	}
}

static int
heads_of(struct heads *h, const double *q, size_t n, size_t m)
{
	size_t wide = reach(q, n);
	double *row = calloc(n + 2, sizeof(*row));

	if (!row)
		return ERR_MEM;
	throw_coins(row, q, n, wide);
	h->lo = m > wide ? m - wide : 0;
	h->hi = m + wide < n ? m + wide : n;
	h->p = row;
	return 0;
}

/* The probability of m - 1 heads without the coin q. The division by the larger of q and 1 - q
 * makes errors smaller from step to step. */
static double
without(const struct heads *h, double q, size_t m)
{
	const double *p = h->p;
	double r = 0, one, two;

	if (q <= 0.5) {
		one = 1 / (1 - q);
		two = q / (1 - q);
		for (size_t k = h->lo; k < m; k++)
			r = p[k] * one - two * r;
		return r;
	}
	one = 1 / q;
	two = (1 - q) / q;
	for (size_t k = h->hi; k >= m; k--)
		r = p[k] * one - two * r;
	return r;
}

int
plan_odds_chances(double *pi, const double *q, size_t n, size_t m)
{
	struct heads h;
	int err;

	if (!n || !m || m >= n)
		return ERR_ARG;
	for (size_t i = 0; i < n; i++)
		if (!(q[i] > 0 && q[i] < 1))
			return ERR_ARG;
	err = heads_of(&h, q, n, m);
	if (err)
		return err;
	double whole = h.p[m];
	for (size_t i = 0; i < n && whole > 0; i++)
		pi[i] = q[i] * without(&h, q[i], m) / whole;
	free(h.p);
	return whole > 0 ? 0 : ERR_RANGE;
}

static double
coin(double odds, double factor)
{
	double w = odds * factor;

	return w / (1 + w);
}

int
plan_odds_scale(double *q, size_t n, double m)
{
	double *odds = malloc((n ? n : 1) * sizeof(*odds));
	double t = 0, low = -200, high = 200;

	if (!odds)
		return ERR_MEM;
	for (size_t i = 0; i < n; i++)
		odds[i] = q[i] / (1 - q[i]);
	/* Newton's method in the logarithm of the factor; where it leaves the bracket, halving. */
	for (unsigned round = 0; round < 200; round++) {
		double sum = 0, slope = 0, f = exp(t);
		for (size_t i = 0; i < n; i++) {
			double c = coin(odds[i], f);
			sum += c;
			slope += c * (1 - c);
		}
		if (sum < m)
			low = t;
		else
			high = t;
		double step = slope > 0 ? (m - sum) / slope : 0;
		double next = t + step;
		if (!(next > low && next < high))
			next = (low + high) / 2;
		if (fabs(next - t) < 1e-14 * (1 + fabs(t)))
			break;
		t = next;
	}
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += q[i] = coin(odds[i], exp(t));
	free(odds);
	return fabs(sum - m) < 1e-9 * (1 + m) ? 0 : ERR_RANGE;
}

/* Moves each coin towards its chance; returns the largest distance before the step. */
static double
correct(double *q, const double *pi, const double *p, size_t n)
{
	double far = 0, power = ((double)n - 1) / (double)n;

	for (size_t i = 0; i < n; i++) {
		double d = fabs(pi[i] - p[i]);
		if (!(d <= 1)) /* not a number: it has diverged */
			return INFINITY;
		far = d > far ? d : far;
	}
	if (far < PLAN_ODDS_EXACT)
		return far;
	for (size_t i = 0; i < n; i++) {
		double have = fmin(fmax(pi[i], 1e-15), 1 - 1e-15);
		double w = q[i] / (1 - q[i]) * pow(p[i] * (1 - have) / ((1 - p[i]) * have), power);
		q[i] = w / (1 + w);
	}
	return far;
}

int
plan_odds(double *q, const double *p, size_t n, size_t m, unsigned *rounds)
{
	double sum = 0, *pi;
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(p[i] > 0 && p[i] < 1))
			return ERR_ARG;
		sum += q[i] = p[i];
	}
	if (!m || m >= n || fabs(sum - (double)m) > 1e-6)
		return ERR_ARG;
	pi = malloc(n * sizeof(*pi));
	if (!pi)
		return ERR_MEM;
	for (unsigned round = 0; !err; round++) {
		err = plan_odds_scale(q, n, (double)m);
		if (!err)
			err = plan_odds_chances(pi, q, n, m);
		double far = err ? INFINITY : correct(q, pi, p, n);
		if (rounds)
			*rounds = round;
		if (far < PLAN_ODDS_EXACT)
			break;
		if (!err && (round == ROUNDS_MAX || isinf(far)))
			err = ERR_RANGE;
	}
	free(pi);
	return err;
}
