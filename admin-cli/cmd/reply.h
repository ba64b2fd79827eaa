/* Replies to a source: their hour, and the one that tells her where a matter went. */
#ifndef REPLY_H
#define REPLY_H

#include <jansson.h>
#include <stdint.h>

struct cli;
struct frame_record;
struct opened;
struct session;
struct submit;

/* Draws the hour at which the source may see a reply to a case with this record; 0: at once. It is
 * struct submit.draw of replies. */
uint32_t reply_draw(struct session *ses, const struct frame_record *rec);
/* The same for the result of an inspection (status 5a to 5d): 3 to 10 days later. */
uint32_t reply_draw_done(struct session *ses, const struct frame_record *rec);
/* struct submit.may of replies: refuses one that says what the source was told last, while she has
 * said nothing since: the last one in the case, one of this home that is still held, one that waits
 * in the outbox. A reply of another home that is still held is unknown here. */
int reply_refuse_again(struct session *ses, const struct opened *d, const struct submit *p)
	__attribute__((warn_unused_result));
/* After a triage entry that was written: where it referred the case, or closed it as out of scope,
 * the source is told so (status 6, with the target's name). A failure is a warning: the case stays
 * open until she has been told. */
void reply_tell(struct cli *cli, const json_t *triage);

#endif
