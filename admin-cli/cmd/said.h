/* What leaves a case says nothing in the words of its source. */
#ifndef SAID_H
#define SAID_H

struct cli;
struct opened;

/* Refuses where cli->text holds words in a row that the source has written in this case. */
int said_check(struct cli *cli, const struct opened *d) __attribute__((warn_unused_result));

#endif
