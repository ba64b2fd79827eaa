/*
 * What this home told a source last. A reply that the gateway holds until its hour stands in no
 * list, so only the home that sent it can know that the same has just been said.
 */
#ifndef TOLD_H
#define TOLD_H

#include <jansson.h>
#include <stdbool.h>

struct session;
struct workspace_case;

/* Keeps what the gateway has taken, by whatever way it left. A failure is only a warning: the reply
 * is on its way. */
void told_note(struct session *ses, const struct workspace_case *c, const json_t *body);
/* Whether this home sent it as its last reply, and the source has said nothing since. */
bool told_last(struct session *ses, const struct workspace_case *c, const json_t *body);

#endif
