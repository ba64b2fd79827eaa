/*
 * From chances to odds. Each site has a chance p of being drawn, and exactly m sites are drawn. The
 * conditional Poisson design does both: every site has a coin that shows heads with probability q,
 * all coins are thrown together, and a throw counts only if exactly m of them show heads. Of all
 * designs with these chances and this size it has the highest entropy: whoever knows some of the
 * drawn sites learns as little as possible of the others. This file finds the coins.
 *
 * It works with the distribution of the number of heads (the Poisson binomial), whose terms are all
 * positive, and divides single coins out in the direction that does not magnify errors. The better
 * known recursion of Chen, Dempster and Liu subtracts, and breaks down where more than about a
 * quarter of the sites is drawn.
 */
#ifndef PLAN_ODDS_H
#define PLAN_ODDS_H

#include <stddef.h>

/* Fills q so that the chances come out as p to PLAN_ODDS_EXACT, and Σq = m. Each p is above 0 and
 * below 1, and Σp = m; 0 < m < n. *rounds (may be NULL): how many corrections it took. ERR_ARG,
 * ERR_MEM, or ERR_RANGE where it does not converge. */
#define PLAN_ODDS_EXACT 1e-10
int plan_odds(double *q, const double *p, size_t n, size_t m, unsigned *rounds)
	__attribute__((warn_unused_result));

/* The chances that such coins give: the opposite direction, for whoever checks a table. */
int plan_odds_chances(double *pi, const double *q, size_t n, size_t m)
	__attribute__((warn_unused_result));

/* Scales the odds q/(1 - q) of all coins by one factor so that Σq = m. The design stays the same,
 * and the expected number of throws becomes the least. */
int plan_odds_scale(double *q, size_t n, double m) __attribute__((warn_unused_result));

#endif
