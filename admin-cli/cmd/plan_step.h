/*
 * One step of a plan: all that is known of it is verified before anything is added, with the code
 * of davy plan verify. What is known lies in a folder, in the book at the gateway, or in both.
 */
#ifndef CMD_PLAN_STEP_H
#define CMD_PLAN_STEP_H

#include "admin-cli/cmd/plan_files.h"

struct opened;

struct plan_step {
	struct plan_files files;
	struct plan_report report;
	const struct plan_body *plan; /* the one that this is about */
	const struct plan_seen *seen;
	struct opened *book; /* NULL: a folder alone */
	uint64_t *threshold; /* by plan_step_table() */
	size_t sites;
};

/* A folder with one plan, and this home's register of its desk. What is wrong with it is shown and
 * fails. *out is ended by the caller, in every case. */
int plan_step_folder(struct cli *cli, struct plan_step **out, const char *path)
	__attribute__((warn_unused_result));
/* The book of a plan, by the beginning of its id or by the plan's folder, brought up to date; with
 * it the books of other plans for the same desk and days, this home's register, and the table that
 * follows from it. `wrong`: what is wrong is the caller's to show, else it fails. */
int plan_step_book(struct cli *cli, struct plan_step **out, const char *name, bool wrong)
	__attribute__((warn_unused_result));
void plan_step_end(struct plan_step *s);

/* Adds bytes from malloc, which are taken over, and verifies again. */
int plan_step_give(struct cli *cli, struct plan_step *s, const char *name, uint8_t *bytes,
		   size_t len) __attribute__((warn_unused_result));
bool plan_step_said(const struct plan_step *s, enum plan_said said, bool approver);
/* Reads the table of the plan; refused where it is not among the files. */
int plan_step_table(struct cli *cli, struct plan_step *s) __attribute__((warn_unused_result));

/* Refused where this home has a share of another plan for some of these days: that would be a
 * second draw. `how` is what to do, or "". */
int plan_refuse_second(struct cli *cli, const struct plan_body *b, const char *how)
	__attribute__((warn_unused_result));
/* Draws a share of the plan and keeps it in the workspace, before anybody sees the commitment. */
int plan_share_new(struct cli *cli, const struct plan_body *plan, bool approver,
		   uint8_t share[static 32]) __attribute__((warn_unused_result));
/* Writes the commitment to a share into a folder. */
int plan_share_write(struct cli *cli, const char *folder, const struct plan_body *plan,
		     bool approver, const uint8_t share[static 32])
	__attribute__((warn_unused_result));

#endif
