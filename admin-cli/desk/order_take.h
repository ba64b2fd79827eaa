/*
 * Taking a layer of a sealed order: the gateway gives its bytes only together with an entry of who
 * took it. The entry is sealed and lies on this disk before it is sent, and is sent again with the
 * same bytes where an answer was lost, so that nobody has a layer without having said so.
 */
#ifndef ORDER_TAKE_H
#define ORDER_TAKE_H

#include <stdbool.h>

#include "admin-cli/home/workspace.h"

struct session;

/* Takes the bytes of a layer and keeps them. DAVY_AGAIN without a network: the entry waits in the
 * outbox, and the next sync brings the bytes. */
int order_take(struct session *ses, struct workspace_case *c, unsigned layer)
	__attribute__((warn_unused_result));
/* Writes down that a layer whose bytes are here is being opened, before it is. It is sent at once
 * where the log has its release already, else when that has arrived. */
int order_take_opens(struct session *ses, struct workspace_case *c, unsigned layer)
	__attribute__((warn_unused_result));
/* Sends such an entry of the outbox, as submit_outbox(). */
int order_take_outbox(struct session *ses, struct workspace_case *c, struct workspace_out *o)
	__attribute__((warn_unused_result));

#endif
