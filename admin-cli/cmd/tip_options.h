/* Options that the commands of a source share. */
#ifndef TIP_OPTIONS_H
#define TIP_OPTIONS_H

#include "admin-cli/source/source.h"

struct cli;

/* The desks that --exclude names, which may be given more than once, and those that the file of the
 * tip lists as `excluded` (body; NULL: none). Refused where the roster has
 * no such desk, since a source who mistypes a number would be read by the desk that she fears. With
 * `view` NULL only the numbers are checked. */
int tip_exclude(struct cli *cli, const struct trust *view, const json_t *body,
		struct source_exclude *out) __attribute__((warn_unused_result));
int tip_exclude_one(struct cli *cli, const struct trust *view, uint64_t desk,
		    struct source_exclude *out) __attribute__((warn_unused_result));
/* Writes these desks into the body as its list `excluded` (FORMATS §7): whoever opens the entry can
 * then work out to which desks it ought to have been sealed. */
void tip_exclude_put(json_t *body, const struct source_exclude *exclude);

/* Seals a tip with the files of --attach into frames; adds the list of those to the body. */
int tip_seal(struct cli *cli, const struct source *s, json_t *body, const struct choose_set *to,
	     struct source_frames *frames) __attribute__((warn_unused_result));
/* Sends the frames and removes the file where they wait once the gateway has all of them. */
int tip_frames_send(struct cli *cli, struct source_frames *frames, const char *unsent)
	__attribute__((warn_unused_result));
/* Shows the receipt, once, or writes it into --receipt-file. */
int tip_receipt_show(struct cli *cli, const struct source *s) __attribute__((warn_unused_result));
/* The numbers of the desks; new reference. */
json_t *tip_desks(const struct choose_set *to);

#endif
