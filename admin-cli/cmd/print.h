/* What the commands that print papers share (rules/printed.h). */
#ifndef PRINT_CMD_H
#define PRINT_CMD_H

#include <jansson.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/printed.h"

/* Options of every command that prints. */
#define PRINT_OPTIONS                                                                              \
	{ .name = "output",                                                                        \
	  .letter = 'o',                                                                           \
	  .arg = N_("FILE"),                                                                       \
	  .help = N_("the PDF to write"),                                                          \
	  .words = "@file" },                                                                      \
		{ .name = "number",                                                                \
		  .arg = N_("TEXT"),                                                               \
		  .help = N_("the number of the paper, from the pool of all visits") },            \
	{                                                                                          \
		.name = "office", .arg = N_("NAME"), .help = N_("the office, as its seal says")    \
	}

/* Whether the paper that is asked for belongs to such a log, and a file is named; NULL where not,
 * and a failure is recorded. */
const struct printed *print_find(struct cli *cli, const char *name, const char *of);
/* Fills the paper and writes it to the file. Takes over `facts`. A failure is recorded. */
int print_paper(struct cli *cli, const struct printed *p, json_t *facts)
	__attribute__((warn_unused_result));

#endif
