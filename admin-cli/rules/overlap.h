/* Whether somebody has read more of the betrayed orders than chance explains. Pure. */
#ifndef OVERLAP_H
#define OVERLAP_H

/* The chance that of `had` orders, drawn at random from `all` of which `marked` are marked, at
 * least `both` are (the tail of the hypergeometric distribution). 1 where the numbers do not fit.
 */
double overlap_chance(unsigned all, unsigned marked, unsigned had, unsigned both);

#endif
