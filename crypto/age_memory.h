/* Bytes in memory as the source and the sink of the streaming calls (age_stream.h). */
#ifndef CRYPTO_AGE_MEMORY_H
#define CRYPTO_AGE_MEMORY_H

#include "crypto/age_stream.h"

/* A source gives bytes[at] to bytes[len]; a sink appends at len, ERR_FULL if that exceeds cap. */
struct age_memory {
	uint8_t *bytes;
	size_t len, cap, at;
};

/* *m is borrowed as long as the source or sink is in use. */
struct age_source age_memory_source(struct age_memory *m);
struct age_sink age_memory_sink(struct age_memory *m);

#endif
