/* Making an epoch key, for rotate and remove. */
#ifndef DESK_ROTATE_H
#define DESK_ROTATE_H

#include "admin-cli/desk/sync.h"

struct cli;

struct desk_rotate_how {
	uint32_t days;
	uint8_t use;            /* enum epoch_use */
	bool again;             /* although one is pending */
	const uint8_t *without; /* handle of the member who gets no copy, or NULL */
};

/* A fresh view in which this member has a desk (and leads it). */
int desk_rotate_view(struct cli *cli, bool lead, const struct trust **out)
	__attribute__((warn_unused_result));
int desk_rotate_make(struct cli *cli, const struct trust *v, const struct desk_rotate_how *how)
	__attribute__((warn_unused_result));
/* The member of our desk whose handle begins so. */
int desk_rotate_member(struct cli *cli, const struct trust *v, const char *prefix,
		       const struct roster_member **out) __attribute__((warn_unused_result));

#endif
