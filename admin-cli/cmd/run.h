/* Running a command from its words: main() does it once, davy ui for each command that is typed or
 * stands behind a key. */
#ifndef RUN_H
#define RUN_H

struct cli;

/* Runs argv[1] and what follows, as the shell would give them; argv[0] is the program. Returns what
 * exec() of a command returns. */
int run_words(struct cli *cli, int argc, char **argv) __attribute__((warn_unused_result));

#endif
