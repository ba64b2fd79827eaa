/*
 * The needs that a case names, as far as this home holds them: what each was reported with, and
 * whether it carries the abstract that the case says. The fold of the case does not look at them
 * (FORMATS §7); this is how who holds both logs compares them.
 */
#ifndef NEEDS_H
#define NEEDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct opened;
struct session;

#define NEEDS_MAX 8

struct need_named {
	uint8_t id[16];
	bool reported;      /* then: */
	char result[16];    /* what its visits found */
	uint8_t report[32]; /* hash of the sealed entry with which it was reported */
};

/* The newest NEEDS_MAX needs at most, the oldest of them first. A need that cannot be opened here
 * is left out. */
size_t needs_of(struct session *ses, const struct opened *d,
		struct need_named out[static NEEDS_MAX]);
/* Whether the first entry of a need or an order is what entry i of the case, a forward or a split
 * or one of them proposed, says that was sent: the abstract that it names, word for word, without
 * what is for the desks of the case alone. True as well where it names none that is here. */
bool needs_same(const struct opened *d, size_t i, const json_t *first);

#endif
