/* Asks a person for a triage, one field after the other, on any terminal. */
#ifndef TRIAGE_ASK_H
#define TRIAGE_ASK_H

#include <stdbool.h>

struct cli;
struct draft;

/* Fills the draft by asking. *write: the person said yes to what it comes to, and nothing keeps it
 * from being written. An answer that is not understood is asked again. */
int triage_ask(struct cli *cli, struct draft *d, bool *write) __attribute__((warn_unused_result));

#endif
