/* What making public asks beyond the fold's rules: who has read the tip, and that its source was
 * answered. */
#ifndef REFERRAL_EXPOSE_H
#define REFERRAL_EXPOSE_H

#include <jansson.h>

struct cli;

/* Looks at a step of the referral that is open, of kind EXPOSE; other kinds and steps pass. Adds to
 * the body of an approval whether this member has read the tip. */
int referral_expose_check(struct cli *cli, json_t *body) __attribute__((warn_unused_result));
/* Compares the hashes that a referral of this kind names with the findings of the visits that are
 * here: each is one of them, and its visit was signed off no later than the referral says. A
 * warning where no visit is here to compare with. */
int referral_expose_findings(struct cli *cli, const json_t *first)
	__attribute__((warn_unused_result));

#endif
