/*
 * The documents of a plan (body.h) as bodies of entries of its book (FORMATS §7, §16), and back.
 * A body has the members of the document, without its "type"; that of a plan also has the plan's
 * hash and seed, that of a commitment the hash of the share that lies with those above. The visits
 * of a result are short texts, and of long results there are several entries.
 */
#ifndef PLAN_LOG_H
#define PLAN_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/plan/body.h"

#define PLAN_LOG_VISITS 150 /* of one entry */

/* The body of a plan, a share or a reveal; new reference, NULL out of memory. */
json_t *plan_log_body(const struct plan_body *b);
/* That of a result: the visits from *at on, as many as fit; *at is behind them then. */
json_t *plan_log_result(const struct plan_body *b, size_t *at);

/* The document of an entry's body: *out is freed by the caller. ERR_FORMAT, ERR_MEM. */
int plan_log_text(char **out, size_t *len, enum plan_kind kind, const json_t *body)
	__attribute__((warn_unused_result));
/* That of all results of a plan, in the order in which they were written: of two that name one
 * site and day the later counts. */
int plan_log_results(char **out, size_t *len, const json_t *const *body, size_t cnt)
	__attribute__((warn_unused_result));

#endif
