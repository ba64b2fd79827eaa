/*
 * Finds what in a text may point at the source: the patterns of data/risk.json, which the page uses
 * too.
 */
#ifndef RISK_H
#define RISK_H

#include <stdbool.h>
#include <stddef.h>

/* How many patterns there are, the name of one ("own_shift"), and its expression. */
size_t risk_cnt(void);
const char *risk_name(size_t i);
const char *risk_pattern(size_t i);
/* Whether pattern i is found in the text (UTF-8, zero-terminated). */
int risk_match(size_t i, const char *text);
/* Whether it asks when somebody will come, or offers to lead the way: the risk "probe", which says
 * something of the sender and points at nobody. */
bool risk_probes(const char *text);

#endif
