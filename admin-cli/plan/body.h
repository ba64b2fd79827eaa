/*
 * The documents of a plan (FORMATS §16): the plan itself, a share of its randomness, its reveal,
 * and the result after the period. They are the bodies of entries of a book; until a book of plans
 * stands they are files that go from hand to hand. A plan is named by the SHA-256 of its bytes.
 */
#ifndef PLAN_BODY_H
#define PLAN_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_BODY_MAX   (512 * 1024)
#define PLAN_VISITS_MAX 2000
#define PLAN_BEACON_MAX 200
/* Of all visits at least so many per cent are outside the draw. What tips need goes there, so that
 * a visit which was not drawn tells nobody of a tip. */
#define PLAN_FREE_LEAST 30

/* A plan is made at most so many days before its period: its weights count days without a visit. */
#define PLAN_AHEAD_MAX 100

enum plan_kind { PLAN_PLAN, PLAN_SHARE, PLAN_REVEAL, PLAN_RESULT, PLAN_KINDS };

struct plan_visit {
	uint32_t site; /* its line in the table */
	uint32_t day;
	uint8_t hour;    /* of a visit */
	bool drawn;      /* else discretionary */
	const char *why; /* of one that was missed; NULL: a visit */
};

/* Only the members of its kind are used. */
struct plan_body {
	enum plan_kind kind;
	uint8_t plan[32]; /* which plan it belongs to; of a plan: its own hash */
	/* plan */
	uint16_t desk;
	uint32_t from, until, day; /* the period; the day for which weights were taken */
	double least;              /* the policy's smallest chance */
	uint8_t reg[32], table[32];
	/* Days: those of drawn visits, then the free ones. Of the free slots so many are stand-by:
	 * which ones is nowhere in the plan, the others are discretionary visits. */
	uint32_t *slot;
	size_t drawn, free, standby;
	/* plan: which lottery; reveal: its numbers; "" where there is none */
	char beacon[PLAN_BEACON_MAX + 1];
	/* share, reveal */
	bool approver;      /* else the planner */
	uint8_t secret[32]; /* the commitment, or the share */
	uint8_t other[32];  /* reveal: the commitment of the other one that was seen before */
	bool escrow;        /* revealed by the desk above, since its author did not */
	/* result */
	struct plan_visit *visit;
	size_t visits;
	json_t *root; /* owns `why` */
};

/* 0, ERR_FORMAT, ERR_STALE where "v" is above 1, ERR_MEM. The caller frees *b in every case. */
int plan_body_read(struct plan_body *b, const void *bytes, size_t len)
	__attribute__((warn_unused_result));
void plan_body_free(struct plan_body *b);
/* *out is freed by the caller. Sets b->plan of a plan to the hash of what was printed. */
int plan_body_print(char **out, size_t *len, struct plan_body *b)
	__attribute__((warn_unused_result));

/* The visits outside the draw. */
static inline size_t
plan_discretionary(const struct plan_body *b)
{
	return b->free - b->standby;
}

/* The document as an object; new reference, NULL out of memory. */
json_t *plan_body_json(const struct plan_body *b);

const char *plan_by(bool approver); /* "planner", "approver" */

#endif
