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
/* A paper can be carried out of the house, and so can a photo of a screen: that it was made, and by
 * whom, stands in the log of the order or book, or in the outbox, before the file or the picture
 * appears. It does not wait in the tray, where it could be taken back. */
int print_trace(struct cli *cli, const char *text, const char *paper)
	__attribute__((warn_unused_result));
/* The same for photo n of a visit; the attachments of a case have the read records of the gateway.
 */
int print_trace_photo(struct cli *cli, const char *text, uint32_t n)
	__attribute__((warn_unused_result));
/* Fills the paper and writes it to the file. Takes over `facts`. A failure is recorded. */
int print_paper(struct cli *cli, const struct printed *p, json_t *facts)
	__attribute__((warn_unused_result));

#endif
