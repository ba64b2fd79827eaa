/* Functions that `davyd backup` and `davyd restore` share. */
#ifndef SERVER_COPY_H
#define SERVER_COPY_H

#include "server/base/conf.h"

/* -c FILE and one more argument; *arg borrowed. An exit code, or -1 to go on. Reads the keys'
 * gateway id too. */
int backup_file_options(struct conf *conf, uint8_t gateway[static KEY_ID_LEN], const char **arg,
			int argc, char **argv);
/*
 * Checks that fd is a complete copy of that gateway's store; with `from_store` it first copies the
 * store of the stopped gateway into fd. It works in a process of its own, as the store's owner and
 * in the sandbox of `davyd check`. Errors are printed and name the file `name`. 0 or 1.
 */
int backup_file_check(const struct conf *conf, const uint8_t gateway[static KEY_ID_LEN], int fd,
		      bool from_store, const char *name);
/* Syncs the folder that a file lies in. 0 or -1 with errno. */
int backup_file_sync_folder(const char *file);

#endif
