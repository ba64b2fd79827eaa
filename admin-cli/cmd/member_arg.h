/* Members of a desk on the command line. */
#ifndef MEMBER_ARG_H
#define MEMBER_ARG_H

#include <stdint.h>

#include "crypto/roster.h"

struct cli;
struct trust;

/* The member of our own desk with that name, or whose handle begins so. */
int member_arg(struct cli *cli, const struct trust *view, const char *text,
	       const struct roster_member **out) __attribute__((warn_unused_result));
/* The same at another desk. */
int member_arg_at(struct cli *cli, const struct trust *view, uint16_t desk, const char *text,
		  const struct roster_member **out) __attribute__((warn_unused_result));

#endif
