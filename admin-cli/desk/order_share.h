/*
 * A layer of a sealed order that one of side B has open, for others of his desk who go: a file of
 * the size and form of every entry, sealed to the own keys of up to four of them. It goes by hand,
 * not by the gateway: on the road there is no network, phones are in the bag, and the gateway would
 * learn who goes. Of the last layer it is given only to those whom the departure names.
 */
#ifndef ORDER_SHARE_H
#define ORDER_SHARE_H

#include <jansson.h>
#include <stdint.h>

#include "admin-cli/desk/order.h"

/* Seals what layer `layer` says, as it is open here, to these members, NULL behind the last;
 * refuses whom it is not for. */
int order_share_seal(struct session *ses, const struct order *o, unsigned layer,
		     const struct roster_member *const to[static ORDER_PERSONS],
		     uint8_t sealed[static SEAL_LEN]) __attribute__((warn_unused_result));

/* What a file says that was shared with this member. */
struct order_shared {
	uint8_t id[16]; /* of the order */
	unsigned layer;
	uint32_t hour;                    /* unix hour in which it was made */
	const struct roster_member *from; /* borrowed */
	json_t *body;                     /* the caller drops it */
};
/* Opens such a file with this member's own key. Refused where it is not for him, not by a leader of
 * his desk, not of this gateway, sealed to somebody who is not of his desk, or not what a layer
 * says. */
int order_share_open(struct session *ses, const uint8_t *bytes, size_t len,
		     struct order_shared *out) __attribute__((warn_unused_result));

#endif
