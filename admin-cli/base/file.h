/*
 * Whole files: read up to a limit, or written whole or not at all (file_save.h).
 *
 * The room base gives the other rooms a session, files and safe text. It knows no key and no case.
 * Every function here returns 0, or a positive enum davy_exit whose sentence has been recorded.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* Reads the whole file at `path`, or standard input for "-". *out has one zero byte more than *len;
 * the caller frees it; it is NULL on failure. A file of more than `max` bytes is refused. */
int file_read(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));
/* The same for text: a file that is not strict UTF-8, or contains a NUL byte, is refused too. */
int file_read_text(struct session *ses, const char *path, size_t max, char **out)
	__attribute__((warn_unused_result));
/* Writes `len` bytes to the file at `path`, whole or not at all; the new file has `mode`. */
int file_write(struct session *ses, const char *path, unsigned mode, const void *buf, size_t len)
	__attribute__((warn_unused_result));

#endif
