/*
 * The register of sites of an inspection desk: what is known of each place that may be visited, and
 * how large its chance of a visit is. It comes as a table (CSV, RFC 4180) with one heading for each
 * column, in English or Chinese and in any order.
 *
 * Its weights betray which sites have tips, so the register stays with the planning desk and the
 * desk above it. A plan carries its hash only: that of the register printed by
 * plan_register_print(), which does not depend on the file that was imported.
 */
#ifndef PLAN_REGISTER_H
#define PLAN_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_REGISTER_BYTES (8 * 1024 * 1024)
#define PLAN_TEXT_MAX       200 /* bytes of a field */

enum plan_column {
	PLAN_ID,
	PLAN_NAME,
	PLAN_SECTOR,
	PLAN_AREA,
	PLAN_NICKNAMES,
	PLAN_OPERATOR,
	PLAN_GROUP,
	PLAN_PARENT,
	PLAN_CONTRACTORS,
	PLAN_LICENCE,
	PLAN_LAST_VISIT,
	PLAN_FINDINGS,
	PLAN_CHANGED,
	PLAN_TIPS,
	PLAN_PLACES,
	PLAN_COLUMNS
};

enum plan_findings { PLAN_FOUND_NONE, PLAN_FOUND_GENERAL, PLAN_FOUND_MAJOR };

struct plan_site {
	const char *text[PLAN_COLUMNS]; /* as in the table, never NULL; the register's own */
	uint32_t last;                  /* unix day of the last visit; 0: never */
	enum plan_findings found;       /* of that visit */
	bool changed;                   /* another operator since then */
	unsigned tips;                  /* 0, 1, or 2 for two and more */
};

struct plan_register {
	struct plan_site *site;
	size_t cnt;
	bool gb18030; /* the file was not UTF-8 and has been read as GB18030 */
	char *text;   /* of all fields */
};

/* What is wrong with a table, and where. */
struct plan_wrong {
	size_t line;      /* from 1; 0: the file as a whole */
	size_t column;    /* from 1; 0: the whole line */
	const char *text; /* N_(): a sentence without a full stop */
	char value[64];   /* what stands there, cut short and made printable; or "" */
};

/* 0, ERR_MEM, or ERR_FORMAT with *wrong. The caller frees *r in every case. */
int plan_register_read(struct plan_register *r, const void *bytes, size_t len,
		       struct plan_wrong *wrong) __attribute__((warn_unused_result));
void plan_register_free(struct plan_register *r);
/* The register as a table: UTF-8, every field in quotes, English headings. *out is freed by the
 * caller. */
int plan_register_print(char **out, size_t *len, const struct plan_register *r)
	__attribute__((warn_unused_result));
/* SHA-256 of the printed register. */
int plan_register_hash(uint8_t hash[static 32], const struct plan_register *r)
	__attribute__((warn_unused_result));

/* The heading of a column: for programs, and in Chinese. */
const char *plan_column_name(enum plan_column c);
const char *plan_column_zh(enum plan_column c);

/* How much a site counts on that day, at most 5: base of its sector × (1 + 0.6 for each tip + 0.4
 * after a major finding + 0.3 for each 90 days without a visit + 0.3 after a change of operator). A
 * site that was never visited counts as two years without. */
double plan_weight(const struct plan_site *site, uint32_t day);

/* Chances of being drawn: p = least + (m - n·least)·w/Σw, at most PLAN_MOST; what is cut off is
 * spread over the others by weight. `least` is the policy's smallest chance; where there are too
 * many sites for it, half of an equal share is. Σp = m. ERR_ARG where m is 0 or above PLAN_MOST·n,
 * or a weight is not above 0. */
#define PLAN_MOST  0.9
#define PLAN_LEAST 0.02
int plan_chances(double *p, const double *w, size_t n, size_t m, double least)
	__attribute__((warn_unused_result));

/* Nobody has visited the site for that many days, and no tip has come. */
bool plan_blind(const struct plan_site *site, uint32_t day, uint32_t days);

/* The smallest chance of a visit at which a violation no longer pays, in 1/1000 rounded up: an
 * operator gains `gain` if nobody finds it and loses `loss` if somebody does; a visit finds it in
 * `find` of 100 cases, and is known beforehand in `leak` of 100. 1001: no chance is enough. */
unsigned plan_deter(uint64_t gain, uint64_t loss, unsigned find, unsigned leak);

#endif
