/*
 * Who took which layer of a sealed order: the gateway keeps of each frame that took one the part
 * that its sender signed (FORMATS §2, stub). It is compared with the entry in the log, so that
 * neither a taking without an entry nor an entry without a taking can be passed over.
 */
#ifndef ORDER_STUBS_H
#define ORDER_STUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct opened;
struct session;

enum order_trace {
	ORDER_TRACE_FINE,     /* the signed frame is the entry's */
	ORDER_TRACE_UNSIGNED, /* an entry, and no frame that took anything */
	ORDER_TRACE_FALSE     /* a frame that is not the entry's, or not of side B, or not signed */
};

struct order_taken {
	uint32_t number; /* place in the log */
	unsigned layer;
	uint64_t minute; /* at which it was sent; 0: unknown */
	size_t entry;    /* in the opened order; SIZE_MAX: there is none */
	enum order_trace trace;
};

/* In the order of the log; the caller frees *out. */
int order_stubs_get(struct session *ses, const struct opened *d, struct order_taken **out,
		    size_t *cnt) __attribute__((warn_unused_result));

#endif
