/*
 * Which words of a source were shown in this home. Whoever acknowledges a tip says that he has read
 * it, so an entry that no command has printed here cannot be acknowledged.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include <stdbool.h>
#include <stddef.h>

struct opened;
struct session;

/* Notes that every entry of the source that is opened here was printed. */
int shown_mark(struct session *ses, const struct opened *d) __attribute__((warn_unused_result));
/* Whether entry i was. */
bool shown_is(struct session *ses, const struct opened *d, size_t i);

#endif
