/* The files that the parent reads: davyd.conf, an address, gateway.key with gateway.card. The first
 * byte says which; files are made anew each time under one name. */
#include <assert.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/err.h"
#include "server/base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct conf conf;
static char why[CONF_WHY_LEN];

/* A file without a folder. */
static int
file(char path[static 64], const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, data, len) == (ssize_t)len && fchmod(fd, 0600) == 0);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void
conf_file_read(const uint8_t *data, size_t len)
{
	char path[] = "/tmp/davy-fuzz.XXXXXX";
	int fd = mkstemp(path);
	assert(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
	memset(why, 0, sizeof(why));
	int err = conf_read(&conf, path, why);
	unlink(path);
	if (err) {
		assert(why[0] && memchr(why, 0, sizeof(why)));
		return;
	}
	assert(conf.listen_cnt >= 1 && conf.listen_cnt <= CONF_LISTEN_MAX);
	assert(conf.faces >= 1 && conf.faces <= CONF_FACE_MAX && conf.store_bytes &&
	       conf.purge_days >= 90);
	assert(conf.face_user.uid && conf.face_user.gid && conf.vault_user.uid &&
	       conf.vault_user.gid);
	for (size_t i = 0; i < conf.listen_cnt; i++)
		assert(conf.listen[i].tls || conf.listen[i].local || conf.behind_proxy);
}

static void
address(const uint8_t *data, size_t len)
{
	struct conf_listen l;
	char *text = strndup((const char *)data, len);
	assert(text);
	if (conf_listen_parse(&l, text, "/run/lamp") == 0) {
		sa_family_t family = l.addr.ss_family;
		assert(family == AF_INET || family == AF_INET6 || family == AF_UNIX);
		assert(l.addr_len <= sizeof(l.addr) && !strcmp(l.text, text));
		assert(family != AF_UNIX || l.local);
	}
	free(text);
}

/* Both files in one input, parted by a zero byte. */
static void
keys(const uint8_t *data, size_t len)
{
	static struct conf_keys k;
	const uint8_t *cut = memchr(data, 0, len);
	size_t n = cut ? (size_t)(cut - data) : len;
	uint8_t pk[KEY_SIGN_PUBLIC_LEN];
	char key[64], card[64], again[256];
	int a = file(key, data, n), b = file(card, cut ? cut + 1 : data, cut ? len - n - 1 : 0);
	snprintf(conf.key, sizeof(conf.key), "%s", key);
	snprintf(conf.card, sizeof(conf.card), "%s", card);
	if (conf_keys_read(&k, &conf, why) == 0) {
		key_sign_public(pk, &k.sign);
		assert(!memcmp(pk, k.card.key, sizeof(pk)));
		assert(conf_key_print(again, sizeof(again), k.card.id, &k.sign) == 0);
		assert(strlen(again) == n && !memcmp(again, data, n));
	}
	close(a);
	close(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0 || len > 65536 || sodium_init() < 0)
		return 0;
	if (data[0] == 'a')
		address(data + 1, len - 1);
	else if (data[0] == 'k')
		keys(data + 1, len - 1);
	else
		conf_file_read(data, len);
	return 0;
}
