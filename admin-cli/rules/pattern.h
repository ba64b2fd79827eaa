/* POSIX extended expressions over UTF-8, whatever $LANG says: brackets and dots count characters.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Calls `each` for every match in the text, from the left, with its place in bytes; stops where it
 * returns false. Returns how many there were. */
typedef bool pattern_each_fn(void *arg, size_t at, size_t len);
size_t pattern_each(const char *pattern, const char *text, pattern_each_fn *each, void *arg);

#endif
