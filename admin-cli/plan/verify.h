/*
 * Verifies a plan from its files alone, on any machine: table, commitments, shares and result, and
 * where the register is among the files, that the table was made from it.
 *
 * Files may come in any order, of several plans and twice. The verifier believes nothing but what
 * follows: a file says what it is, and everything else is computed. Who wrote a file is not
 * verified here; that is for the signatures of the book.
 */
#ifndef PLAN_VERIFY_H
#define PLAN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/body.h"

#define PLAN_FILES_MAX    64
#define PLAN_FINDINGS_MAX 400

/* How near the chances of a table must be to those of the register. */
#define PLAN_TABLE_NEAR 1e-9

enum plan_said {
	/* wrong */
	PLAN_BAD_FILE,    /* no document of a plan, no table, no register */
	PLAN_STRAY,       /* it belongs to no plan among the files */
	PLAN_TWO_PLANS,   /* another plan for the same desk and days */
	PLAN_BAD_TABLE,   /* the table is not the one that the plan names */
	PLAN_BAD_SUM,     /* the table is not made for so many visits */
	PLAN_TWO_SHARES,  /* one person has committed twice, or revealed twice */
	PLAN_BAD_SHARE,   /* what was revealed is not what was committed to */
	PLAN_REPLACED,    /* a commitment is another than the one seen at the reveal */
	PLAN_BAD_BEACON,  /* numbers are missing, differ, or were not announced */
	PLAN_NO_DRAW,     /* the shares draw nothing from this table */
	PLAN_FALSE_VISIT, /* a visit is called drawn and is not in the list */
	PLAN_FALSE_TIME,  /* a drawn visit was not in its slot */
	PLAN_UNVISITED,   /* a drawn site has neither a visit nor a reason */
	PLAN_FREE_COUNT,  /* not so many discretionary visits as the plan has */
	PLAN_FREE_FEW,    /* the plan has less than PLAN_FREE_LEAST of them */
	PLAN_FALSE_DAY,   /* the weights are of a day that is not shortly before the period */
	PLAN_FALSE_LEAST, /* the smallest chance is not PLAN_LEAST */
	PLAN_OFFICE,      /* less than 40 % of the visits were outside office hours */
	PLAN_REGISTERED,  /* the register is not the one that the plan names */
	PLAN_UNFAIR,      /* thresholds that are not those of the chances */
	PLAN_SEALED,      /* an order was sealed for something else than it answers */
	/* to be known */
	PLAN_ESCROW, /* somebody has not revealed; the desk above did */
	PLAN_MISSED, /* a drawn site was not visited; a reason is given */
	PLAN_UNSEEN, /* fewer orders have arrived than the result names visits */
	/* not among the files, so not verified */
	PLAN_NO_TABLE,
	PLAN_NO_SHARE,
	PLAN_NO_REVEAL,
	PLAN_NO_RESULT,
	PLAN_NO_REGISTER,
	/* verified */
	PLAN_GOOD_TABLE,
	PLAN_GOOD_SHARES,
	PLAN_GOOD_RESULT,
	PLAN_GOOD_REGISTER,
	PLAN_GOOD_SEALED, /* `have` of the `want` orders that arrived */
	PLAN_SAID
};

#define plan_said_wrong(s)   ((s) < PLAN_ESCROW)
#define plan_said_missing(s) ((s) >= PLAN_NO_TABLE && (s) < PLAN_GOOD_TABLE)

struct plan_finding {
	enum plan_said said;
	size_t plan;                 /* which of report.plan; PLAN_FILES_MAX: none */
	const char *file;            /* its name, or NULL */
	bool approver;               /* of a share or reveal */
	uint32_t site;               /* its line in the table, of a visit */
	uint32_t day;                /* of a visit */
	const char *why;             /* why it was missed, how it differs; of the report's own */
	const char *order, *differs; /* the beginning of an order's id, and the code of why */
	unsigned have, want;
};

/* A plan whose list is known: place k of the order is the k-th drawn slot. */
struct plan_register;

struct plan_seen {
	struct plan_body body;
	const struct plan_register *reg; /* the one that it names, if it is there */
	const char *file;
	uint32_t *order; /* NULL: not all shares are there, or something is wrong */
	uint8_t *hour;
	size_t sites; /* of its table; 0: not there */
};

struct plan_file {
	const char *name;
	const uint8_t *bytes;
	size_t len;
};

struct plan_report {
	struct plan_seen plan[PLAN_FILES_MAX];
	size_t plans;
	struct plan_finding finding[PLAN_FINDINGS_MAX];
	size_t cnt;
	bool more; /* there was no room for all findings */
	struct plan_work *work;
};

/* 0, ERR_MEM or ERR_ARG (too many files). Names and bytes are borrowed until plan_report_free(),
 * which the caller calls in every case. */
int plan_verify(struct plan_report *r, const struct plan_file *files, size_t cnt)
	__attribute__((warn_unused_result));
void plan_report_free(struct plan_report *r);
/* Adds what the orders say, which are no files: that `have` arrived of `want` visits of a plan. */
void plan_report_unseen(struct plan_report *r, size_t plan, unsigned have, unsigned want);
/* How one of them differs from what it answers (texts are borrowed), and how many do not. */
void plan_report_differs(struct plan_report *r, size_t plan, const char *order, const char *code,
			 const char *why);
void plan_report_agree(struct plan_report *r, size_t plan, unsigned have, unsigned want);
/* The word of a finding for programs: "bad-table". */
const char *plan_said_name(enum plan_said said);
/* Whether anything is wrong. */
bool plan_report_wrong(const struct plan_report *r);

/* The thresholds of a register for m visits on that day; *out is freed by the caller. ERR_ARG: more
 * visits than PLAN_MOST of the sites; ERR_MEM, ERR_RANGE. */
int plan_thresholds(uint64_t **out, const struct plan_register *r, uint32_t day, size_t m,
		    double least) __attribute__((warn_unused_result));

#endif
