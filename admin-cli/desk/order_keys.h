/*
 * Whether those whom a sealed order names are still in the roster with the keys for which it was
 * sealed, and how long this home has known these keys. A registrar and the roots could give
 * somebody's handle a new key; a key that has stood for a week has been seen by others.
 */
#ifndef ORDER_KEYS_H
#define ORDER_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/order.h"

struct roster_member;
struct session;
struct trust;

#define ORDER_KEY_DAYS 7 /* a younger key takes a second yes */

struct order_person {
	const struct roster_member *m; /* NULL: the roster does not name the handle any more */
	bool stands;    /* with the same key, a role that fits, at the desk of the side */
	uint32_t since; /* unix day on which this home first saw that key; 0: never */
};

/* Those of the A side, then those of the B side, of an order at this inspection desk. */
int order_keys_look(struct session *ses, const struct trust *view, const struct order_head *head,
		    uint16_t desk, struct order_person out[static 2 * ORDER_PERSONS])
	__attribute__((warn_unused_result));
/* Refuses where somebody does not stand any more, and asks for a yes where a key is young. */
int order_keys_check(struct session *ses, const struct trust *view, const struct order_head *head,
		     uint16_t desk) __attribute__((warn_unused_result));

#endif
