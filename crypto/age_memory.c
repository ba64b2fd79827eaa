/* A buffer in memory as the source or the sink of age_stream.h, for callers that have no file.
 * crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/age_memory.h"

#include <string.h>

#include "crypto/err.h"

static int
memory_read(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct age_memory *m = arg;
	size_t n = m->len - m->at < cap ? m->len - m->at : cap;

	if (n > 0)
		memcpy(buf, m->bytes + m->at, n);
	m->at += n;
	*got = n;
	return 0;
}

static int
memory_write(void *arg, const uint8_t *buf, size_t len)
{
	struct age_memory *m = arg;

	if (len > m->cap - m->len)
		return ERR_FULL;
	if (len > 0)
		memcpy(m->bytes + m->len, buf, len);
	m->len += len;
	return 0;
}

struct age_source
age_memory_source(struct age_memory *m)
{
	return (struct age_source){ memory_read, m };
}

struct age_sink
age_memory_sink(struct age_memory *m)
{
	return (struct age_sink){ memory_write, m };
}
