/* Heap memory for secrets: guarded, locked where the system allows it, wiped when freed. */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stddef.h>

/* Zeroed memory from sodium_malloc, or NULL. sodium_init() must have been called. */
void *secret_alloc(size_t len) __attribute__((warn_unused_result));
/* Makes a larger or smaller copy and, only if that succeeds, wipes and frees the old one. NULL
 * leaves the old one as it is. */
void *secret_realloc(void *old, size_t old_len, size_t new_len) __attribute__((warn_unused_result));
/* NULL is legal. */
void secret_free(void *p);

#endif
