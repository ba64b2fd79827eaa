/*
 * What figures need of each case (rules/stats.h): kept in the workspace whenever a case was opened
 * and folded here, so that counting opens nothing, fetches nothing and records no reading. A case
 * that nobody opened here counts as one that has no value yet.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "admin-cli/rules/stats.h"
#include "crypto/key.h"

struct opened;
struct session;

/* Keeps what an opened case tells. 0 or enum err. */
int figures_keep(struct session *ses, const struct opened *d) __attribute__((warn_unused_result));
/* What the workspace tells of one case; ERR_NOT_FOUND where it was not opened here. 0 or enum err.
 */
int figures_one(struct session *ses, const uint8_t id[static KEY_ID_LEN], struct stats_case *out)
	__attribute__((warn_unused_result));
/* What the workspace tells of each case, with its id; the caller wipes and frees both. 0 or enum
 * err. */
int figures_load(struct session *ses, struct stats_case **out, uint8_t (**id)[KEY_ID_LEN],
		 size_t *cnt) __attribute__((warn_unused_result));
/* Counts the workspace. Sets w->members where a desk is asked for. A failure is recorded. */
int figures_count(struct session *ses, struct stats_wanted *w, struct stats *out)
	__attribute__((warn_unused_result));

#endif
