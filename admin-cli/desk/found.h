/*
 * What visits have found, by the hash that other papers name a finding with: that of the sealed
 * entry which says it. The visits of this workspace come first, then what the reports of needs
 * name, which a desk sees that sees no visit. For who compares an EXPOSE or a packet; nothing is
 * fetched.
 */
#ifndef FOUND_H
#define FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct found {
	uint8_t hash[32];
	uint32_t signed_off; /* the day; 0: not yet; of a report: its day, which is no earlier */
	bool reported;       /* only a need's report names it */
	bool mining;         /* illegal mining */
	char site[65];       /* as the arrival says it; "" */
	char county[7];
	uint8_t order[16]; /* in which it stands */
};

/* All of them. The caller frees *out. A failure is recorded. */
int found_all(struct session *ses, struct found **out, size_t *cnt)
	__attribute__((warn_unused_result));
/* The one with that hash; NULL: there is none. */
const struct found *found_find(const struct found *list, size_t cnt, const uint8_t hash[static 32]);

#endif
