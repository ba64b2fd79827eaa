/*
 * A file that is written whole or not at all: the bytes go into a temporary file beside it, which
 * is synced and takes its name at the end. A device or a pipe cannot be replaced, so the bytes go
 * to it directly. Knows no key and no case.
 */
#ifndef FILE_SAVE_H
#define FILE_SAVE_H

#include <stddef.h>

struct session;

struct file_save {
	const char *path; /* borrowed */
	char *tmp;        /* NULL: a device, a pipe, or committed */
	int fd;
};

/* Begins; the finished file has `mode`, a device keeps its own. `path` is borrowed until
 * file_save_end(), which the caller calls whether this succeeds or fails. */
int file_save_begin(struct session *ses, struct file_save *s, const char *path, unsigned mode)
	__attribute__((warn_unused_result));
/* 0, or ERR_IO with errno set; the caller records the sentence with file_save_failed(). */
int file_save_write(struct file_save *s, const void *buf, size_t len)
	__attribute__((warn_unused_result));
/* Syncs the file, gives it its name, syncs the folder. */
int file_save_commit(struct session *ses, struct file_save *s) __attribute__((warn_unused_result));
/* Closes the file, removes a temporary that was not committed, frees. Keeps errno. */
void file_save_end(struct file_save *s);
/* Records "PATH cannot be written: REASON." for the errno value `e`; returns DAVY_REFUSED. */
int file_save_failed(struct session *ses, const char *path, int e);

#endif
