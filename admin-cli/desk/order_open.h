/*
 * Opening a layer of a sealed order, by one of side B: with the code that side A has sealed to it,
 * or with one that was spoken. A code is looked at before anything is taken, and so is the end of
 * the log that goes with it: where side A saw another log, the gateway hides something.
 */
#ifndef ORDER_OPEN_H
#define ORDER_OPEN_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/desk/order.h"

struct session;
struct workspace_case;

struct order_open {
	unsigned layer;
	const struct receipt *code; /* spoken; NULL: the one that was sealed */
	const char *end;            /* the five digits that were spoken before it */
	/* The result: */
	json_t *body; /* what the layer says; the caller drops it; NULL: */
	bool waits;   /* the bytes are here, and the code is not */
};

int order_open(struct session *ses, struct workspace_case *c, struct order_open *p)
	__attribute__((warn_unused_result));

#endif
