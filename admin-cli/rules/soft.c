/* Visits that found nothing where something was plainly there (see soft.h). */
#include "admin-cli/rules/soft.h"

#include <string.h>

static bool
counts(const struct soft_visit *v, const struct soft_visit *now)
{
	return *v->site && !strcmp(v->site, now->site) && v->over && !v->found &&
	       v->day <= now->day && now->day - v->day <= SOFT_DAYS && v != now;
}

static size_t
of_unit(size_t out[static SOFT_MOST], const struct soft_visit *list, size_t cnt, size_t at,
	uint16_t unit)
{
	size_t i, k, n = 0;

	for (i = 0; i < cnt && n < SOFT_MOST; i++) {
		if (list[i].unit != unit || !counts(&list[i], &list[at]))
			continue;
		for (k = n++; k && list[out[k - 1]].day < list[i].day; k--)
			out[k] = out[k - 1];
		out[k] = i;
	}
	return n;
}

size_t
soft_find(size_t out[static SOFT_MOST], const struct soft_visit *list, size_t cnt, size_t at)
{
	size_t one[SOFT_MOST], n, best = 0;

	for (size_t i = 0; i < cnt; i++) {
		if (!counts(&list[i], &list[at]))
			continue;
		n = of_unit(one, list, cnt, at, list[i].unit);
		if (n > best) {
			best = n;
			memcpy(out, one, n * sizeof(*out));
		}
	}
	return best < SOFT_LEAST ? 0 : best;
}
