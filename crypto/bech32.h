/* Bech32 (BIP 173) without its length limit, as age uses it for keys. */
#ifndef CRYPTO_BECH32_H
#define CRYPTO_BECH32_H

#include <stddef.h>
#include <stdint.h>

/* Characters for a prefix of h characters and n bytes, without the terminating zero. */
#define BECH32_LEN(h, n) ((size_t)(h) + 1 + ((size_t)(n)*8 + 4) / 5 + 6)

/* Encodes. hrp is all lower or all upper case, and the whole string takes its case. ERR_RANGE
 * if it does not fit in cap, which includes the terminating zero. */
__attribute__((warn_unused_result)) int bech32_encode(char *out, size_t cap, const char *hrp,
						      const uint8_t *data, size_t len);

/* Decodes exactly out_len bytes under exactly this prefix in this case. ERR_FORMAT if the text
 * is anything else or not canonical. */
__attribute__((warn_unused_result)) int bech32_decode(uint8_t *out, size_t out_len, const char *hrp,
						      const char *in, size_t in_len);

#endif
