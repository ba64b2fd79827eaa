/* A file that is written whole or not at all: a temporary beside it, synced, takes its name at
 * the end. A device or a pipe cannot be replaced; it is written to as it is. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <stddef.h>

struct cli;

struct cli_save {
	const char *path; /* borrowed */
	char *tmp;        /* NULL: a device or pipe */
	int fd;
};

/* Opens it; `mode` is that of the file at the end, not of a device. cli_save_end() in any case. */
int cli_save_begin(struct cli *cli, struct cli_save *s, const char *path, unsigned mode)
	__attribute__((warn_unused_result));
/* 0 or ERR_IO with errno; the sentence is the caller's (cli_save_failed). */
int cli_save_write(struct cli_save *s, const void *buf, size_t len)
	__attribute__((warn_unused_result));
/* Syncs, renames, syncs the folder. */
int cli_save_commit(struct cli *cli, struct cli_save *s) __attribute__((warn_unused_result));
/* Removes what was not committed; frees. Keeps errno. */
void cli_save_end(struct cli_save *s);
/* "… cannot be written: …" for an errno. */
int cli_save_failed(struct cli *cli, const char *path, int e);

#endif
