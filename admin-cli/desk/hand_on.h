/*
 * Hands the file keys of a case on to those to whom two members have handed it (FORMATS §7).
 */
#ifndef HAND_ON_H
#define HAND_ON_H

#include <stdbool.h>
#include <stddef.h>

struct opened;
struct session;
struct workspace_case;

/* How many file keys of entries that are open here, and of attachments, one of them has not got
 * yet. */
size_t hand_on_left(const struct opened *d);
/* Writes them into the case, for each of them apart; *cnt: how many. An attachment is fetched for
 * it and compared with what its source described; `sure`: also one of which they have got a key,
 * which may be a false one. */
int hand_on(struct session *ses, struct workspace_case *c, bool sure, size_t *cnt)
	__attribute__((warn_unused_result));
/* The same after an entry was written, where there is somebody to whom the case was handed. A
 * failure is only a warning. */
void hand_on_after(struct session *ses, struct workspace_case *c);

#endif
