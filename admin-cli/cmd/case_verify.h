/* A verification says what the report of the need says that it rests on. */
#ifndef CASE_VERIFY_H
#define CASE_VERIFY_H

#include <jansson.h>
#include <stdbool.h>

struct cli;
struct opened;

/* Compares a move to verified or verified_unfounded with the reports of the needs of the case;
 * other moves pass, and so does a case without a report. Refused where the result is none of
 * theirs, or where it names another report. `fill`: names the report in the body where it names
 * none. */
int case_verify(struct cli *cli, const struct opened *d, json_t *body, bool fill)
	__attribute__((warn_unused_result));

#endif
