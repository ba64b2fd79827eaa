/* Options that the commands of a source share. */
#ifndef TIP_OPTIONS_H
#define TIP_OPTIONS_H

#include "admin-cli/source/source.h"

struct cli;

/* The desks that --exclude names, which may be given more than once. Refused where the roster has
 * no such desk, since a source who mistypes a number would be read by the desk that she fears. With
 * `view` NULL only the numbers are checked. */
int tip_exclude(struct cli *cli, const struct trust *view, struct source_exclude *out)
	__attribute__((warn_unused_result));

#endif
