/* Whether a tip can be sealed today with this roster and these keys, and for how long. */
#ifndef ADMIN_CLI_READY_H
#define ADMIN_CLI_READY_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/bundle.h"

#define READY_TEXT_CAP 256

/* READY_SOON: something ends within two weeks. READY_NOT: nobody can send. */
enum ready { READY_WELL, READY_SOON, READY_NOT };

/* Writes one sentence that says which, and what to do. */
enum ready ready_look(char text[static READY_TEXT_CAP], const struct bundle *b, uint32_t day);

#endif
