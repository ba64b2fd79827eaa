/* The chance of an overlap (see overlap.h). */
#include "admin-cli/rules/overlap.h"

#include <math.h>

/* The logarithm of how many ways there are to take k of n. */
static double
ways(unsigned n, unsigned k)
{
	return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

double
overlap_chance(unsigned all, unsigned marked, unsigned had, unsigned both)
{
	unsigned most = marked < had ? marked : had, k;
	double sum = 0;

	if (marked > all || had > all || both > most)
		return 1;
	for (k = both; k <= most; k++)
		if (had - k <= all - marked)
			sum += exp(ways(marked, k) + ways(all - marked, had - k) - ways(all, had));
	return sum < 1 ? sum : 1;
}
