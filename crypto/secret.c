/* Heap memory for secrets, over sodium_malloc. crypto/ opens no file or connection, never logs
 * and never exits. */
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

void *
secret_alloc(size_t len)
{
	void *p = sodium_malloc(len > 0 ? len : 1);
	if (p != NULL)
		memset(p, 0, len);
	return p;
}

void *
secret_realloc(void *old, size_t old_len, size_t new_len)
{
	void *p = secret_alloc(new_len);
	size_t keep = old_len < new_len ? old_len : new_len;
	if (p == NULL)
		return NULL;
	if (old != NULL && keep > 0)
		memcpy(p, old, keep);
	secret_free(old);
	return p;
}

void
secret_free(void *p)
{
	sodium_free(p);
}
