/*
 * davyd backup --full: everything that a gateway needs on another machine, as a tar archive on
 * standard output: the store, its key and card, the configuration, the page, the HTTPS certificate
 * and its key. The archive holds secrets, so it goes into a pipe only, and the program behind the
 * pipe seals it (age, or davy age seal): davyd links nothing of age.
 */
#include "server/ctl/backup.h"

#include "server/ctl/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 512

/* `len` octal digits of a number that has no more. */
static void
octal(uint8_t *dst, int len, uint64_t v)
{
	for (int i = len; i-- > 0; v >>= 3)
		dst[i] = (uint8_t)('0' + (v & 7));
}

/* The header of a file in a tar archive (POSIX ustar; a size that does not fit in octal as GNU tar
 * writes it). */
static void
header(uint8_t block[static BLOCK], const char *name, uint64_t size)
{
	unsigned sum = 0;
	memset(block, 0, BLOCK);
	snprintf((char *)block, 100, "%s", name);
	octal(block + 100, 7, 0600);
	octal(block + 108, 7, 0);
	octal(block + 116, 7, 0);
	if (size < (uint64_t)1 << 33) {
		octal(block + 124, 11, size);
	} else {
		block[124] = 0x80;
		for (int i = 0; i < 8; i++)
			block[135 - i] = (uint8_t)(size >> 8 * i);
	}
	octal(block + 136, 11, (uint64_t)time(NULL) / 86400 * 86400);
	memset(block + 148, ' ', 8);
	block[156] = '0';
	memcpy(block + 257, "ustar\00000", 8);
	for (int i = 0; i < BLOCK; i++)
		sum += block[i];
	octal(block + 148, 6, sum);
	block[154] = 0;
}

static int
put(const void *bytes, size_t len)
{
	const uint8_t *from = bytes;
	while (len) {
		ssize_t n = write(STDOUT_FILENO, from, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
put_file(int fd, const char *name)
{
	uint8_t block[BLOCK], buf[65536];
	struct stat st;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -1;
	uint64_t left = (uint64_t)st.st_size;
	header(block, name, left);
	if (put(block, sizeof(block)))
		return -1;
	for (off_t at = 0; left;) {
		ssize_t n = pread(fd, buf, left < sizeof(buf) ? (size_t)left : sizeof(buf), at);
		if (n < 0 && errno == EINTR)
			continue;
		/* The archive says how long the file is: it must not have become shorter. */
		if (n <= 0 || put(buf, (size_t)n))
			return -1;
		at += n;
		left -= (uint64_t)n;
	}
	memset(block, 0, sizeof(block));
	size_t pad = (size_t)st.st_size % BLOCK ? BLOCK - (size_t)st.st_size % BLOCK : 0;
	return put(block, pad);
}

/* A file that the configuration names; one that is not there is left out where it need not be. */
static int
put_path(const char *path, const char *name, bool must)
{
	int fd = path[0] ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
	if (fd < 0) {
		if (must || (path[0] && errno != ENOENT))
			fprintf(stderr, "davyd: cannot read %s: %s\n", path, strerror(errno));
		return must ? -1 : 0;
	}
	int rc = put_file(fd, name);
	close(fd);
	if (rc)
		fprintf(stderr, "davyd: %s could not be written to the pipe\n", name);
	return rc;
}

/* An unnamed file for the copy of the store. */
static int
room_for_copy(void)
{
	const char *dir = getenv("TMPDIR");
	return open(dir && dir[0] == '/' ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int
backup_full(struct conf *conf, const uint8_t gateway[static KEY_ID_LEN])
{
	static const uint8_t end[2 * BLOCK];
	struct stat st;
	if (fstat(STDOUT_FILENO, &st) || !S_ISFIFO(st.st_mode)) {
		fprintf(stderr,
			"davyd: the full backup holds the gateway's key: write it into a pipe that seals it, for "
			"example davyd backup --full | age -r age1... >FILE\n");
		return 1;
	}
	int fd = room_for_copy();
	if (fd < 0) {
		fprintf(stderr, "davyd: no file for the copy in TMPDIR or /var/tmp: %s\n",
			strerror(errno));
		return 1;
	}
	int rc = backup_copy(conf, gateway, fd, "the copy of the store");
	if (!rc &&
	    (put_file(fd, "davylamp.db") || put_path(conf->key, "gateway.key", true) ||
	     put_path(conf->card, "gateway.card", true) ||
	     put_path(conf->path, "davyd.conf", true) || put_path(conf->page, "page.html", false) ||
	     put_path(conf->tls_cert, "cert.pem", false) ||
	     put_path(conf->tls_key, "key.pem", false) || put(end, sizeof(end))))
		rc = 1;
	close(fd);
	return rc;
}
