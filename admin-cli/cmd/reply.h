/* Replies to a source: their hour, and the one that tells her where a matter went. */
#ifndef REPLY_H
#define REPLY_H

#include <jansson.h>
#include <stdint.h>

struct cli;

/* Draws the hour at which the source may see a reply to the case at hand; 0: at once. */
uint32_t reply_draw(struct cli *cli);
/* After a triage entry that was written: where it referred the case, or closed it as out of scope,
 * the source is told so (status 6, with the target's name). A failure is a warning: the case stays
 * open until she has been told. */
void reply_tell(struct cli *cli, const json_t *triage);

#endif
