/* Whole files: read up to a limit, written whole or not at all (file_save.h). */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* A whole file, or standard input for "-", zero-terminated; *out is freed by the caller. Longer
 * than `max` bytes is refused. */
int file_read(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));
/* The same; also refuses what is not strict UTF-8 or holds a NUL. */
int file_read_text(struct session *ses, const char *path, size_t max, char **out)
	__attribute__((warn_unused_result));
/* Writes a file whole or not at all, with `mode`. */
int file_write(struct session *ses, const char *path, unsigned mode, const void *buf, size_t len)
	__attribute__((warn_unused_result));

#endif
