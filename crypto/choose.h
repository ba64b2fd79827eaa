/* The choice of the desks that a tip is sealed to (FORMATS.md section 8, "Choice of desks").
 * The page and the tool share the test vectors. */
#ifndef CRYPTO_CHOOSE_H
#define CRYPTO_CHOOSE_H

#include "crypto/bundle.h"
#include "crypto/seal.h"

#include <stddef.h>
#include <stdint.h>

enum choose_route { CHOOSE_N, CHOOSE_C, CHOOSE_S }; /* of the tile, from taxonomy.json */

struct choose_input {
	const struct bundle *bundle;
	uint32_t day;
	enum epoch_use use;
	const char *county; /* six digits, or "" */
	enum choose_route route;
	int named_level;          /* 0–3, or -1 */
	const uint16_t *excluded; /* desk numbers */
	size_t excluded_cnt;
	/* For a case that is at this desk already: the other desks are chosen from its level
	 * up, and county, route and named level are not used. 0: choose this desk too. */
	uint16_t receiving;
};

struct choose_set {
	uint16_t desk[SEAL_CNT];           /* receiving, above, backstop, one more; 0 = dummy */
	const struct epoch *key[SEAL_CNT]; /* NULL = dummy; borrowed from the bundle */
	uint16_t missing; /* after ERR_STALE: the desk that the rules name and that has no key */
};

/* A certificate is not under the roots' signatures, so whoever serves the bundle can leave one out.
 * Therefore a desk without a key is never silently replaced by a dummy: the backstop and the
 * level-4 desks that the rules name must have a key, and receiving and above only move up.
 * ERR_NOT_FOUND: no desk may receive the tip. ERR_DENIED: there are no two desks of different
 * org. ERR_STALE: a desk without which nothing may be sealed has no current key (out->missing).
 * ERR_ARG: the county or the level is invalid. */
int choose_desks(struct choose_set *out, const struct choose_input *in)
	__attribute__((warn_unused_result));
/* The desks that the roster names for this question, as if every desk had a key; key[] stays
 * empty and of the bundle only the roster is read. The same errors except ERR_STALE. */
int choose_named(struct choose_set *out, const struct choose_input *in)
	__attribute__((warn_unused_result));
/* Whether the desk at that place of choose_named()'s answer is the backstop or of level 4. */
int choose_must_open(const struct roster *r, const struct choose_set *named, size_t place);
/* For seal_begin. */
void choose_seal_set(struct seal_set *set, const struct choose_set *chosen);

#endif
