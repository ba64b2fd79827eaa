/* What the programs of the benchmark share. */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Microseconds of a clock: CLOCK_MONOTONIC, or of the processor CLOCK_PROCESS_CPUTIME_ID. */
static inline double
bench_now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Ends the program where something failed that is no matter of speed. */
static inline void
must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "%s: %s: %d\n", program_invocation_short_name, what, err);
	exit(1);
}

static inline int
bench_ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of an odd number of rounds; sorts them. */
static inline double
bench_median(double *round, size_t cnt)
{
	qsort(round, cnt, sizeof(*round), bench_ascending);
	return round[cnt / 2];
}

#endif
