/*
 * Figures in words: sections of rows in the language of the user, from which the table on the
 * screen, JSON, CSV, the workbook and the printed page are made. What was hidden (rules/stats.h) is
 * hidden in all of them, because a row does not hold it.
 */
#ifndef FIGURES_SHEET_H
#define FIGURES_SHEET_H

#include <jansson.h>
#include <stddef.h>

#include "admin-cli/rules/stats.h"

struct cli;
struct plan_figures;  /* desk/plan_figures.h */
struct visit_figures; /* desk/visit_figures.h */

#define SHEET_SECTIONS (STATS_TABLES + 7)

struct sheet_row {
	char key[24];    /* "S1" */
	char label[160]; /* "S1 Life in danger now" */
	char value[40];  /* "17", "<5", "–", "≥ 95 %", "1–2 days" */
	long count;      /* -1: none, or hidden */
};

struct sheet_section {
	const char *name;  /* "severity", for programs */
	const char *title; /* in the language of the user; borrowed */
	struct sheet_row row[STATS_ROWS];
	size_t cnt;
	long most; /* the largest count */
};

struct sheet {
	char title[80], period[80], limits[200], notes[800];
	struct sheet_section section[SHEET_SECTIONS];
	size_t cnt;
};

/* Puts figures into words. The caller frees *out. A failure is recorded. */
int sheet_make(struct cli *cli, const struct stats *s, const struct stats_wanted *w,
	       struct sheet **out) __attribute__((warn_unused_result));

/* Adds the sections of plans, of orders and of campaigns, where there are any. */
void sheet_plans(struct sheet *s, const struct plan_figures *f);
void sheet_visits(struct sheet *s, const struct visit_figures *f);

/* A section, and a row of it with a count, a share, or words. */
struct sheet_section *sheet_section(struct sheet *s, const char *name, const char *title);
struct sheet_row *sheet_row(struct sheet_section *sec, const char *key, const char *label);
void sheet_count(struct sheet_section *sec, struct sheet_row *r, const struct stats_row *from);
void sheet_rate(struct sheet_row *r, const struct stats_rate *rate);
const char *sheet_band(enum stats_band band);

void sheet_print(struct cli *cli, const struct sheet *s);
/* The caller drops the reference; NULL without memory. */
json_t *sheet_json(const struct sheet *s);
/* As text; the caller frees it. NULL without memory. */
char *sheet_csv(const struct sheet *s, size_t *len);
json_t *sheet_rows_json(const struct sheet_section *sec);
/* A file of that form ("xlsx" or "pdf") that only its owner may read. A failure is recorded. */
int sheet_paper(struct cli *cli, const struct sheet *s, const char *form, const char *path)
	__attribute__((warn_unused_result));

#endif
