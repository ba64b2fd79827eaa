/* The card of a gateway's veil as an argument of a command (crypto/veil.h). */
#ifndef CMD_VEIL_ARG_H
#define CMD_VEIL_ARG_H

#include "crypto/card.h"
#include "crypto/ohttp.h"

struct cli;

/* Reads the file, which this key of that gateway must have signed. */
int veil_arg(struct cli *cli, const char *path, const uint8_t gateway[static KEY_ID_LEN],
	     const uint8_t key[static KEY_SIGN_PUBLIC_LEN], struct ohttp_config *out)
	__attribute__((warn_unused_result));

#endif
