/* The file of a member's secrets, protected by a passphrase (FORMATS.md section 12). */
#ifndef CRYPTO_KEYSTORE_H
#define CRYPTO_KEYSTORE_H

#include <stddef.h>
#include <stdint.h>

#define KEYSTORE_HEAD_LEN  52
#define KEYSTORE_TAG_LEN   16
#define KEYSTORE_PLAIN_MAX (256 * 1024)
#define KEYSTORE_MAX       (KEYSTORE_HEAD_LEN + KEYSTORE_PLAIN_MAX + KEYSTORE_TAG_LEN)
#define KEYSTORE_OPS_MAX   16
#define KEYSTORE_MEM_MIN   8         /* KiB */
#define KEYSTORE_MEM_MAX   (1 << 20) /* KiB: 1 GiB; refuses files that would use all memory */

struct keystore_cost {
	uint32_t ops;
	uint32_t mem_kib;
};
extern const struct keystore_cost keystore_default; /* 3 passes, 256 MiB */

/* Seals a keystore. out has room for KEYSTORE_HEAD_LEN + len + KEYSTORE_TAG_LEN; *out_len is
 * the length written. ERR_RANGE, ERR_MEM. */
int keystore_seal(uint8_t *out, size_t cap, size_t *out_len, const void *plain, size_t len,
		  const char *passphrase, const struct keystore_cost *cost)
	__attribute__((warn_unused_result));
/* Opens a keystore. *plain is from secret_alloc; the caller frees it with secret_free. It ends
 * with a zero after *plain_len bytes. ERR_AUTH for a wrong passphrase or damage. */
int keystore_open(char **plain, size_t *plain_len, const uint8_t *bytes, size_t len,
		  const char *passphrase) __attribute__((warn_unused_result));

#endif
