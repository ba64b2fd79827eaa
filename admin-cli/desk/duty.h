/*
 * Calling the duty when life is in danger: a command on the reader's own machine (a bell, a call to
 * a number that stands in that program). It learns nothing: no argument, no environment, no input.
 *
 * The file `duty` in the home holds one line, the absolute path of the program.
 */
#ifndef DUTY_H
#define DUTY_H

struct session;

/* Runs it and waits for at most ten seconds. A failure says that the duty was not called, and is to
 * be shown: the entry that called for it is written already. */
int duty_call(struct session *ses) __attribute__((warn_unused_result));

#endif
