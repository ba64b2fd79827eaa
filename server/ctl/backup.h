/* Inside of `davyd backup`: what the backup of the store and the full one share. */
#ifndef SERVER_CTL_BACKUP_H
#define SERVER_CTL_BACKUP_H

#include "server/base/conf.h"

#include <stdint.h>

/* Copies the store, of a gateway that runs or does not, into the empty file fd, and checks the
 * copy; an exit code. */
int backup_copy(const struct conf *conf, const uint8_t gateway[static KEY_ID_LEN], int fd,
		const char *name);
/* backup_full.c: all files of the gateway to standard output; an exit code. */
int backup_full(struct conf *conf, const uint8_t gateway[static KEY_ID_LEN]);

#endif
