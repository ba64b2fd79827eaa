/*
 * A reserve on the disk of the store: a file of random bytes. When the disk is full, the vault
 * removes it, so that desks can still acknowledge and reply and the operator can purge; new cases
 * are answered full meanwhile. The vault makes it again when there is room, once an hour.
 */
#include "server/vault/vault.h"

#include "server/base/clock.h"
#include "server/base/log.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define BALLAST_FILE                                                                               \
	"davylamp.ballast" /* in the folder of the store, which is the working folder */
#define BALLAST_MAX  ((uint64_t)16 << 20)
#define BALLAST_PART 64 /* of the store's limit, where that is less */
#define AGAIN_MS     (60 * 60 * 1000)
#define GIVEN_MS     10000

static bool
fill(int fd, uint64_t size)
{
	uint8_t bytes[65536];
	struct stat st;
	if (!fstat(fd, &st) && (uint64_t)st.st_size == size)
		return true;
	for (uint64_t at = 0; at < size; at += sizeof(bytes)) {
		randombytes_buf(bytes, sizeof(bytes));
		/* With the top bit set no text, time or address can be found in it by chance. */
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] |= 0x80;
		if (pwrite(fd, bytes, sizeof(bytes), (off_t)at) != (ssize_t)sizeof(bytes))
			return false;
	}
	return !fsync(fd);
}

void
vault_ballast_make(struct vault *v)
{
	uint64_t size = v->conf->store_bytes / BALLAST_PART, now = clock_mono_ms();
	/* The disk of a server is not ours to keep a reserve on. */
	if (v->conf->db[0])
		v->ballast = VAULT_BALLAST_READY;
	if (v->ballast == VAULT_BALLAST_READY ||
	    (v->ballast_tried && now - v->ballast_tried < AGAIN_MS))
		return;
	v->ballast_tried = now;
	size = (size > BALLAST_MAX ? BALLAST_MAX : size) / 65536 * 65536;
	int fd = open(BALLAST_FILE, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool made = fd >= 0 && fill(fd, size);
	if (fd >= 0)
		close(fd);
	if (!made) {
		unlink(BALLAST_FILE);
		return;
	}
	if (v->ballast == VAULT_BALLAST_GIVEN)
		log_info("event=disk-room text=\"there is room on the disk of the store again\"");
	v->ballast = VAULT_BALLAST_READY;
}

bool
vault_ballast_give(struct vault *v)
{
	bool had = v->ballast == VAULT_BALLAST_READY && !unlink(BALLAST_FILE);
	uint64_t now = clock_mono_ms();
	if (had || !v->full_said || now - v->full_said > AGAIN_MS) {
		v->full_said = now;
		log_warn(
			"event=disk-full text=\"the disk of the store is full%s: new cases are answered full; make "
			"room, and run davyd purge\"",
			had ? ", and the reserve was given up, so that desks can acknowledge and reply"
			    : "");
	}
	if (had)
		v->ballast = VAULT_BALLAST_GIVEN;
	v->ballast_tried = now;
	return had;
}
