/*
 * The second limit beside which the bench prints davyd: davyd-bare.c without its database. The
 * vault appends each frame of 16 KiB to a file that has had its length and its bytes from the
 * start, and syncs once a batch: the least that a disk can be asked to do for a durable answer.
 *
 * The Makefile links this with ld's --wrap, so that the vault's calls of the store's transactions
 * come here.
 */
#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BARE_LOG
#include "tests/tools/davyd-bare.c"

#define LOG_RECORDS 4096 /* 64 MiB; after the last the first is written again */
#define AT_ONCE     64   /* records that one call writes */

static int log_fd = -1;
static uint64_t log_at;
static size_t log_held;
static uint8_t log_batch[AT_ONCE * FRAME_LEN];

int __real_store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN]);
int __wrap_store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN]);
int __wrap_store_begin(struct store *s);
int __wrap_store_commit(struct store *s);
void __wrap_store_rollback(struct store *s);

/* Zeros are written, not only reserved: else the file system notes each block that becomes used. */
int
__wrap_store_open(struct store **out, const char *path, char why[static STORE_WHY_LEN])
{
	int err = __real_store_open(out, path, why);

	if (err)
		return err;
	log_fd = open("davylamp.barelog", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (size_t i = 0; log_fd >= 0 && i < LOG_RECORDS / AT_ONCE; i++)
		if (pwrite(log_fd, log_batch, sizeof(log_batch), (off_t)(i * sizeof(log_batch))) !=
		    (ssize_t)sizeof(log_batch))
			abort();
	if (log_fd < 0 || fsync(log_fd)) {
		snprintf(why, STORE_WHY_LEN, "the bare log cannot be made: %s", strerror(errno));
		return ERR_IO;
	}
	return 0;
}

static int
log_flush(void)
{
	size_t len = log_held * FRAME_LEN;
	off_t at = (off_t)(log_at % LOG_RECORDS * FRAME_LEN);

	if (pwrite(log_fd, log_batch, len, at) != (ssize_t)len)
		return ERR_IO;
	log_at += log_held;
	log_held = 0;
	return 0;
}

int
vault_serve(struct vault_call *c)
{
	memcpy(log_batch + log_held * FRAME_LEN, c->frame, FRAME_LEN);
	/* A write never runs over the end of the file. */
	if (++log_held == AT_ONCE || (log_at + log_held) % LOG_RECORDS == 0)
		return log_flush() ? ERR_IO : FRAME_OK;
	return FRAME_OK;
}

int
__wrap_store_begin(struct store *s)
{
	(void)s;
	return 0;
}

int
__wrap_store_commit(struct store *s)
{
	(void)s;
	return (log_held && log_flush()) || fdatasync(log_fd) ? ERR_IO : 0;
}

void
__wrap_store_rollback(struct store *s)
{
	(void)s;
}
