/*
 * What a home keeps of sealed orders in its encrypted workspace (WORKSPACE_ORDER): the bytes of
 * parts that the gateway gave, the codes that were used, and a sealing that is under way.
 */
#ifndef ORDER_STORE_H
#define ORDER_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/seal.h"

struct session;

/* What: the place of a part (crypto/order.h), or one of these. */
#define ORDER_STORE_CODE    16 /* and the two behind it: the codes with which layers were opened */
#define ORDER_STORE_SEALING 64 /* desk/order_seal.c */

/* A failure is recorded; get: DAVY_OK and *val NULL where there is nothing. *val is freed with
 * workspace_free(). */
int order_store_put(struct session *ses, const uint8_t id[static 16], uint8_t what, const void *val,
		    size_t len) __attribute__((warn_unused_result));
int order_store_get(struct session *ses, const uint8_t id[static 16], uint8_t what, uint8_t **val,
		    size_t *len) __attribute__((warn_unused_result));
int order_store_del(struct session *ses, const uint8_t id[static 16], uint8_t what)
	__attribute__((warn_unused_result));

#endif
