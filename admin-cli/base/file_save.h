/* A file that is written whole or not at all: a temporary beside it, synced, takes its name at
 * the end. A device or a pipe cannot be replaced; it is written to as it is. */
#ifndef FILE_SAVE_H
#define FILE_SAVE_H

#include <stddef.h>

struct session;

struct file_save {
	const char *path; /* borrowed */
	char *tmp;        /* NULL: a device or pipe */
	int fd;
};

/* Opens it; `mode` is that of the file at the end, not of a device. file_save_end() in any case. */
int file_save_begin(struct session *ses, struct file_save *s, const char *path, unsigned mode)
	__attribute__((warn_unused_result));
/* 0 or ERR_IO with errno; the sentence is the caller's (file_save_failed). */
int file_save_write(struct file_save *s, const void *buf, size_t len)
	__attribute__((warn_unused_result));
/* Syncs, renames, syncs the folder. */
int file_save_commit(struct session *ses, struct file_save *s) __attribute__((warn_unused_result));
/* Removes what was not committed; frees. Keeps errno. */
void file_save_end(struct file_save *s);
/* "… cannot be written: …" for an errno. */
int file_save_failed(struct session *ses, const char *path, int e);

#endif
