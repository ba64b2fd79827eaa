/* Replies to a source: their hour, and the one that tells her where a matter went. */
#ifndef REPLY_H
#define REPLY_H

#include <jansson.h>
#include <stdint.h>

struct cli;
struct frame_record;
struct session;

/* Draws the hour at which the source may see a reply to a case with this record; 0: at once. It is
 * struct submit.draw of replies. */
uint32_t reply_draw(struct session *ses, const struct frame_record *rec);
/* After a triage entry that was written: where it referred the case, or closed it as out of scope,
 * the source is told so (status 6, with the target's name). A failure is a warning: the case stays
 * open until she has been told. */
void reply_tell(struct cli *cli, const json_t *triage);

#endif
