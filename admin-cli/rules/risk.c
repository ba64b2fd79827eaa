/* Finds in an abstract what may point at the source, so that the reviewer is warned before
 * inspectors read it. */
#include "admin-cli/rules/risk.h"

#include "admin-cli/rules/pattern.h"

#define RISK_TABLE
#include "taxonomy.inc"

size_t
risk_cnt(void)
{
	return sizeof(risks) / sizeof(*risks);
}

const char *
risk_name(size_t i)
{
	return risks[i].id;
}

const char *
risk_pattern(size_t i)
{
	return risks[i].pattern;
}

static bool
stop(void *arg, size_t at, size_t len)
{
	(void)arg;
	(void)at;
	(void)len;
	return false;
}

int
risk_match(size_t i, const char *text)
{
	return pattern_each(risks[i].pattern, text, stop, NULL) > 0;
}

bool
risk_probes(const char *text)
{
	return pattern_each(probe, text, stop, NULL) > 0;
}
