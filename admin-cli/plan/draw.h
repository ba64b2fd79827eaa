/*
 * The draw: from thresholds and a key to the list of drawn sites. Only integers are used, so that
 * whoever verifies it needs no floating point and gets the same list, bit by bit.
 *
 * A threshold is round(q·2^53) of a site's coin q (odds.h). The stream of random numbers follows
 * from the key alone, and the draw takes them in one order: attempts, the order of the drawn sites,
 * start hours, then people and companion sites.
 */
#ifndef PLAN_DRAW_H
#define PLAN_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan_register; /* register.h */

#define PLAN_SITES_MAX 20000
#define PLAN_KEY_LEN   32
#define PLAN_HASH_LEN  32
#define PLAN_ONE       (UINT64_C(1) << 53) /* a threshold of this would be a sure head */
/* A good table needs about √(2πΣq(1-q)) attempts, at most 180. */
#define PLAN_TRIES_MAX 8000

/* The numbers: ChaCha20 (IETF) under the key with the nonce "LibsodiumDRG", that is libsodium's
 * randombytes_buf_deterministic(), read as little-endian u64. Wiped by the caller. */
struct plan_stream {
	uint8_t key[PLAN_KEY_LEN];
	uint8_t block[4096];
	uint32_t next; /* number of the next 64-byte block */
	size_t at;
};

void plan_stream_init(struct plan_stream *s, const uint8_t key[static PLAN_KEY_LEN]);
uint64_t plan_u64(struct plan_stream *s);
/* Uniform below `bound`, which is above 0. */
uint64_t plan_below(struct plan_stream *s, uint64_t bound);
/* Fisher-Yates from the end. */
void plan_shuffle(struct plan_stream *s, uint32_t *list, size_t cnt);

/* The committed table: one line "index threshold\n" for each site, in the register's order. print:
 * *out is freed by the caller. read: *threshold is freed by the caller; ERR_FORMAT. */
int plan_table_print(char **out, size_t *len, const uint64_t *threshold, size_t n)
	__attribute__((warn_unused_result));
int plan_table_read(uint64_t **threshold, size_t *n, const void *text, size_t len)
	__attribute__((warn_unused_result));
/* The threshold of a coin; and back. */
uint64_t plan_threshold(double q);
double plan_coin(uint64_t threshold);

/* The key of a draw, from the two shares and the text of the beacon ("" without one). */
int plan_draw_key(uint8_t key[static PLAN_KEY_LEN], const uint8_t planner[static PLAN_KEY_LEN],
		  const uint8_t approver[static PLAN_KEY_LEN], const char *beacon,
		  const uint8_t table_hash[static PLAN_HASH_LEN])
	__attribute__((warn_unused_result));

/* Draws exactly m of n sites into drawn[m], ascending. Attempts are repeated until one has m heads.
 * *tries may be NULL. ERR_RANGE where none of PLAN_TRIES_MAX had: the table is not made for m. */
int plan_draw(struct plan_stream *s, const uint64_t *threshold, size_t n, size_t m, uint32_t *drawn,
	      unsigned *tries) __attribute__((warn_unused_result));

/* Start hours of m visits: a shuffle chooses exactly ⌈0.45·m⌉ of them to start outside 08:00-18:00,
 * then each visit gets one of the 14 hours outside or of the 10 inside. A coin for each visit would
 * miss 40 % in every fifth period of twelve visits. */
int plan_hours(struct plan_stream *s, uint8_t *hour, size_t m) __attribute__((warn_unused_result));
/* The same with another number of them outside. */
int plan_hours_of(struct plan_stream *s, uint8_t *hour, size_t m, size_t outside)
	__attribute__((warn_unused_result));
/* Whether a visit at that hour counts as outside office hours: by its hour, or on a day on which
 * people do not work, or on the eve of a holiday. An ordinary Friday is no eve. */
bool plan_outside(uint32_t day, unsigned hour);

/* The order in which people (inspectors on duty, experts of the pool) are asked: a permutation of
 * those without a conflict, in list[], which has room for n; returns how many. */
size_t plan_people(struct plan_stream *s, const bool *conflict, size_t n, uint32_t *list);

/* The discretionary visits that no tip needs: `cnt` of the sites that are not in `taken`, by a
 * private key and the same odds. out[cnt]; taken[] is updated. Scaling the odds changes no
 * probability, so the thresholds of the plan are enough. ERR_ARG where fewer are left. */
int plan_fill(const uint8_t key[static PLAN_KEY_LEN], const uint64_t *threshold, size_t n,
	      bool *taken, size_t cnt, uint32_t *out) __attribute__((warn_unused_result));

/* The companion of a visit: a site to which the same team goes on the same trip, so that the
 * vehicle on the road does not tell which site is meant. Drawn evenly from the nearest that are not
 * in `taken` and not of the same operator or group: of the same area, else of the same city,
 * province, or any. *out: its index; ERR_NOT_FOUND where there is none. */
int plan_companion(struct plan_stream *s, const struct plan_register *r, size_t site,
		   const bool *taken, uint32_t *out) __attribute__((warn_unused_result));

/* The shares of two persons. The commitment is SHA-256(label ‖ share ‖ hash of the plan). */
void plan_share_commit(uint8_t commit[static PLAN_HASH_LEN],
		       const uint8_t share[static PLAN_KEY_LEN],
		       const uint8_t plan_hash[static PLAN_HASH_LEN]);

#endif
