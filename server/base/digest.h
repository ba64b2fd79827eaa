/*
 * SHA-256 of sealed bodies with GnuTLS, which uses the processor's SHA instructions and is five
 * times as fast as libsodium.
 */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include "crypto/frame.h"

#include <stdint.h>

void digest_body(uint8_t hash[static 32], const uint8_t body[static FRAME_BODY_LEN]);

#endif
