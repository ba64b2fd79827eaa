/* SHA-256 of sealed bodies with GnuTLS, which uses the processor's own instructions: five times
 * libsodium's speed where it counts. */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include "crypto/frame.h"

#include <stdint.h>

void digest_body(uint8_t hash[static 32], const uint8_t body[static FRAME_BODY_LEN]);

#endif
