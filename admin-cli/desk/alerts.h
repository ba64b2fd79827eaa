/*
 * After an accident of the second grade or above, the desks of level 3 and 4 whose area covers the
 * place are told by a book at each of them: so that they look into their own cases, and so that no
 * desk between can keep it back. The book says what anybody may know of the accident, and nothing
 * of a tip: not even whether there was one.
 */
#ifndef ALERTS_H
#define ALERTS_H

#include <jansson.h>
#include <stddef.h>

struct session;

/* `accident`: where (text), the county, the day (reported), and how grave (evidence). A desk that
 * was told already, by a book that this desk sees, is not told again; nor is any by a desk that was
 * told itself, because all were. *told: how many were told now. A desk without a key is a warning.
 */
int alerts_send(struct session *ses, const json_t *accident, size_t *told)
	__attribute__((warn_unused_result));

#endif
