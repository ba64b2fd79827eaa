/* Options that the commands of a source share. */
#ifndef TIP_OPTIONS_H
#define TIP_OPTIONS_H

#include "admin-cli/source/source.h"

struct cli;

/* The desks that --exclude names, which may be given more than once. */
int tip_exclude(struct cli *cli, struct source_exclude *out) __attribute__((warn_unused_result));

#endif
