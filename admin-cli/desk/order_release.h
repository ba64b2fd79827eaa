/*
 * Giving a layer of a sealed order to side B: first the entry in the log, for all to see, then the
 * code: sealed to side B, or spoken. No code is shown before its entry is at the gateway or, where
 * there is no network, on this disk.
 */
#ifndef ORDER_RELEASE_H
#define ORDER_RELEASE_H

#include <stdbool.h>

#include "admin-cli/desk/order.h"

struct session;
struct workspace_case;

struct order_release {
	unsigned layer;
	bool say;
	/* The result: */
	bool queued;                 /* its entry waits in the outbox */
	char end[ORDER_END_LEN + 1]; /* to say: the end of the log as this member saw it */
	struct receipt code;         /* to say; the caller wipes it */
};

/* By one of side A. What has been done already is not done twice. */
int order_release(struct session *ses, struct workspace_case *c, struct order_release *r)
	__attribute__((warn_unused_result));

#endif
