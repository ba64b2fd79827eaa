/*
 * Sealing an order (FORMATS §17): codes, halves and keys of the layers are drawn; the five parts
 * are sealed, then the order itself, which names their hashes; six frames go to the gateway. They
 * are kept before the first is sent, so that a sealing which was cut short goes on with the same
 * bytes; the draft is wiped when all are accepted.
 */
#ifndef ORDER_SEAL_H
#define ORDER_SEAL_H

#include <jansson.h>
#include <stdint.h>

struct session;
struct trust;

/* Seals the draft with that id (order_draft.h), or goes on with it. DAVY_AGAIN before the hour that
 * was drawn for it. */
int order_seal(struct session *ses, const struct trust *view, const uint8_t id[static 16],
	       const json_t *draft) __attribute__((warn_unused_result));

#endif
