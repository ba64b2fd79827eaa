/*
 * What the visits of this workspace have found, by the hash that other papers name a finding with:
 * that of the sealed entry which says it. For who compares an EXPOSE or a packet with the visits
 * that this desk sees; nothing is fetched.
 */
#ifndef FOUND_H
#define FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct found {
	uint8_t hash[32];
	uint32_t signed_off; /* the day; 0: not yet */
	bool mining;         /* illegal mining */
	char site[64];       /* as the arrival says it; "" */
};

/* All of them. The caller frees *out. A failure is recorded. */
int found_all(struct session *ses, struct found **out, size_t *cnt)
	__attribute__((warn_unused_result));
/* The one with that hash; NULL: there is none. */
const struct found *found_find(const struct found *list, size_t cnt, const uint8_t hash[static 32]);

#endif
