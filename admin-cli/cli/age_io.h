/* The input and output of the three age commands, and how they report a failure. */
#ifndef AGE_IO_H
#define AGE_IO_H

#include "admin-cli/base/file_save.h"
#include "admin-cli/cli/cli.h"
#include "crypto/age_stream.h"

/* Where the result goes: standard output, or a file that appears only when all went well. */
struct age_out {
	struct cli *cli;
	bool to_file;
	struct file_save file;
	uint64_t written;
};

/* path NULL or "-" is standard output (not under --json). */
int age_io_begin(struct age_out *out, struct cli *cli, const char *path)
	__attribute__((warn_unused_result));
struct age_sink age_io_sink(struct age_out *out);
/* Syncs and renames. */
int age_io_commit(struct age_out *out) __attribute__((warn_unused_result));
/* Removes the temporary unless it was committed; frees. */
void age_io_end(struct age_out *out);

/* The input of a command: a file, or standard input for NULL and "-". -1 after cli_fail(). */
int age_io_input(struct cli *cli, const char *path);
struct age_source age_io_source(int *fd);

/* Records the failure that says which check failed. */
int age_io_fail(struct cli *cli, int err, const char *path);

#endif
