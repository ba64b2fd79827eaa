/*
 * The beat between who reads tips and who plans visits. A need is a book that comes to a planning
 * desk, so the gateway sees when one comes and when it is answered; the visit that follows would be
 * the first one whose order was not sealed yet. So the beat is the same whether there are needs or
 * not (hours: rules/hold.h):
 *
 * - With each post a reviewer's davy opens one book at each planning desk that is responsible for
 *   its area: a need that waits, or a blank one. Who has two waits for the next post with one, but
 *   no more than a day. A reviewer whose davy has not run for some posts sends one.
 * - In each round a planner's davy takes the needs that its planner has decided on, and the blank
 *   ones that it keeps, in the order of their ids; some of them a round or two later, as people
 *   are. After fourteen days it reports on those, and gives these back. Who keeps a need follows
 *   from its id, so that no planner is known for blank ones alone.
 *
 * What cannot wait does not: S1, an urgent case, a need that is given back, and what somebody sends
 * with --now.
 */
#ifndef BEAT_H
#define BEAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct opened;
struct roster_desk;
struct roster_member;
struct session;
struct trust;

/* Sends the post and answers the round where one is due; after the lists of a sync. What cannot be
 * sent now is tried with the next sync. A failure is one of the workspace. */
int beat_run(struct session *ses, const struct trust *view) __attribute__((warn_unused_result));

/* Whether the post of this member goes to that desk. */
bool beat_posts(const struct trust *view, const struct roster_desk *to);
/* The hour of the round with which this step of a need leaves; 0: at once, or no need. */
uint32_t beat_answer(struct session *ses, const struct opened *need, const json_t *body);
/* Which planner of this desk keeps a need; NULL: the desk has none. Borrowed. */
const struct roster_member *beat_keeper(const struct trust *view, uint16_t desk,
					const uint8_t id[static 16]);

#endif
