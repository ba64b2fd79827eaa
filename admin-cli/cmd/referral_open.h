/* The referral that follows a case which triage gives to another office: opened in the same act. */
#ifndef REFERRAL_OPEN_H
#define REFERRAL_OPEN_H

#include <jansson.h>

struct cli;
struct opened;

/* Opens a referral of the case to the office that the body of a move names ("target"), and puts its
 * id into "into". It says what kind of danger it is and nothing of the tip. Where the move fails
 * afterwards, the referral stays drafted, and is overdue until two members recall it. */
int referral_open(struct cli *cli, const struct opened *d, json_t *move)
	__attribute__((warn_unused_result));

/* After a case has come back to triage from REFERRED: proposes to recall the referral that followed
 * it, where nobody has handed it over yet. A failure is a warning: the case is back. */
void referral_come_back(struct cli *cli, const struct opened *d);

/* After a receipt was filed: writes it into the case from which the referral came. */
int referral_tell_case(struct cli *cli, const json_t *referral, const char *receipt)
	__attribute__((warn_unused_result));

#endif
