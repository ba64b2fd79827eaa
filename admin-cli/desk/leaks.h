/*
 * Who had read the orders whose visit was betrayed, from what this home may see: the gateway's read
 * records, the traces of who took a layer, and who went. Nothing is fetched.
 *
 * A visit counts as betrayed where it was stopped after a leak, where a sign stands in its log that
 * it was expected, or where it found nothing at all (dry). How much somebody's share in those tells
 * is the chance that as many orders, drawn at random from all that were carried out, hold as many
 * of them (the tail of the hypergeometric distribution). With many readers some chance is always
 * small: the list says how many were compared.
 */
#ifndef LEAKS_H
#define LEAKS_H

#include <stddef.h>
#include <stdint.h>

struct session;

enum leaks_sign { LEAKS_NONE, LEAKS_COMPROMISED, LEAKS_ANOMALY, LEAKS_DRY };

struct leaks_order {
	uint8_t id[16];
	enum leaks_sign sign;
};

struct leaks_reader {
	uint8_t handle[8];
	unsigned had, both; /* orders that he knew before the arrival; betrayed ones among them */
	unsigned printed;   /* papers of these orders, and of referrals, that he printed */
	unsigned looked;    /* photos of these orders that he looked at, or wrote to a file */
	double chance;
};

struct leaks {
	struct leaks_order *order; /* those that were carried out, or betrayed before */
	size_t order_cnt, marked;
	struct leaks_reader *reader; /* by chance, the smallest first */
	size_t reader_cnt;
};

/* A failure is recorded. The caller ends with leaks_free(). */
int leaks_find(struct session *ses, struct leaks *out) __attribute__((warn_unused_result));
void leaks_free(struct leaks *l);
/* "compromised", "anomaly", "dry"; "" for a visit that was not betrayed. */
const char *leaks_sign_name(enum leaks_sign sign);

#endif
