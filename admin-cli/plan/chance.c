/* Weights, chances, blind spots, and what chance deters (see register.h). */
#include <string.h>

#include "admin-cli/plan/register.h"
#include "crypto/err.h"

#define WEIGHT_MAX 5.0
#define NEVER_DAYS 730

static double
base(const char *sector)
{
	static const struct {
		const char *sector;
		double w;
	} list[] = { { "COAL", 1.5 }, { "NCM", 1.2 }, { "HAZ", 1.2 }, { "FIRE", 1.0 } };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (!strcmp(sector, list[i].sector))
			return list[i].w;
	return 0.8;
}

/* Days since the last visit. */
static uint32_t
idle(const struct plan_site *site, uint32_t day)
{
	if (!site->last)
		return NEVER_DAYS;
	return day > site->last ? day - site->last : 0;
}

double
plan_weight(const struct plan_site *site, uint32_t day)
{
	double w = 1 + 0.6 * site->tips + 0.3 * idle(site, day) / 90;

	if (site->found == PLAN_FOUND_MAJOR)
		w += 0.4;
	if (site->changed)
		w += 0.3;
	w *= base(site->text[PLAN_SECTOR]);
	return w < WEIGHT_MAX ? w : WEIGHT_MAX;
}

int
plan_chances(double *p, const double *w, size_t n, size_t m, double least)
{
	size_t cut = 0, before;
	double even = n ? (double)m / (2 * (double)n) : 0;

	if (!m || (double)m > PLAN_MOST * (double)n)
		return ERR_ARG;
	least = least < even ? least : even;
	for (size_t i = 0; i < n; i++) {
		if (!(w[i] > 0))
			return ERR_ARG;
		p[i] = 0;
	}
	/* Each round cuts at least one site more, or is the last. */
	do {
		double sum = 0, share;
		before = cut;
		for (size_t i = 0; i < n; i++)
			sum += p[i] < PLAN_MOST ? w[i] : 0;
		share = (double)m - PLAN_MOST * (double)cut - least * (double)(n - cut);
		for (size_t i = 0; i < n; i++) {
			if (p[i] >= PLAN_MOST)
				continue;
			p[i] = least + share * w[i] / sum;
			if (p[i] >= PLAN_MOST) {
				p[i] = PLAN_MOST;
				cut++;
			}
		}
	} while (cut != before && cut < n);
	return 0;
}

bool
plan_blind(const struct plan_site *site, uint32_t day, uint32_t days)
{
	return site->tips == 0 && (!site->last || site->last + days <= day);
}

unsigned
plan_deter(uint64_t gain, uint64_t loss, unsigned find, unsigned leak)
{
	/* A violation pays while (1 - x)·gain > x·loss, where x = p·find·(1 - leak). */
	double x = (double)find / 100 * (double)(100 - leak) / 100 * ((double)gain + (double)loss);
	double p = x > 0 ? (double)gain / x : 2;

	if (p > 1)
		return 1001;
	unsigned k = (unsigned)(p * 1000);
	return (double)k / 1000 < p ? k + 1 : k;
}
