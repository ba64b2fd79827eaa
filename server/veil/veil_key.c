/* The file of a veil's key: its number, and the seed of its X-Wing secret. */
#include "server/veil/veil.h"

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 256

struct file {
	uint8_t id;
	struct xwing_secret secret;
};

static const struct field fields[] = {
	{ .word = "id",
	  .type = FIELD_UINT,
	  .at = offsetof(struct file, id),
	  .size = 1,
	  .max = 255 },
	{ .word = "seed",
	  .type = FIELD_BASE64,
	  .at = offsetof(struct file, secret),
	  .size = XWING_SECRET_LEN },
};
static const struct field_doc doc = {
	.first = "davylamp/v1 veil-key",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
};

static int
say(const char *path, const char *what)
{
	fprintf(stderr, "davylamp-veil: %s: %s\n", path, what);
	return ERR_IO;
}

static int
file_read(struct file *out, const char *path)
{
	struct stat st;
	uint8_t *b = NULL;
	size_t len;
	memset(out, 0, sizeof(*out));
	if (stat(path, &st))
		return say(path, strerror(errno));
	if (st.st_mode & 077)
		return say(path, "others can read it; it must have mode 0600");
	int err = conf_file(&b, &len, path, FILE_MAX);
	if (!err)
		err = field_read(out, &doc, (const char *)b, len);
	if (b)
		sodium_memzero(b, len);
	free(b);
	return err ? say(path, "is no key that davylamp-veil new made") : 0;
}

static int
config_print(const struct file *f)
{
	uint8_t bytes[OHTTP_CONFIG_LEN];
	char text[B64_LEN(OHTTP_CONFIG_LEN) + 1];
	struct ohttp_config config = { .id = f->id };
	xwing_public_of(&config.key, &f->secret);
	ohttp_config_put(bytes, &config);
	b64_encode(text, sizeof(text), bytes, sizeof(bytes), B64_PADDED);
	return puts(text) < 0 || fflush(stdout) ? ERR_IO : 0;
}

/* A file that is not wholly there is taken away again. */
static int
file_write(const char *path, const uint8_t *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return say(path, strerror(errno));
	bool good = write(fd, text, len) == (ssize_t)len && !fsync(fd);
	int saved = errno;
	if (!close(fd) && good)
		return 0;
	unlink(path);
	return say(path, strerror(saved));
}

int
veil_key_new(const char *path)
{
	uint8_t text[FILE_MAX], hash[32];
	struct xwing_public pk;
	struct file f;
	struct bufw w;
	xwing_keypair(&pk, &f.secret);
	/* The number only tells a veil's own keys apart. */
	key_sha256(hash, pk.b, sizeof(pk.b));
	f.id = hash[0];
	bufw_init(&w, text, sizeof(text));
	field_print(&w, &doc, &f);
	int err = bufw_end(&w);
	if (!err)
		err = file_write(path, text, w.len);
	if (!err)
		err = config_print(&f);
	sodium_memzero(text, sizeof(text));
	sodium_memzero(&f, sizeof(f));
	return err;
}

int
veil_key_config(const char *path)
{
	struct file f;
	int err = file_read(&f, path);
	if (!err)
		err = config_print(&f);
	sodium_memzero(&f, sizeof(f));
	return err;
}

int
veil_key_read(struct veil_keys *keys, const char *path)
{
	struct file f;
	int err = keys->cnt < VEIL_KEY_MAX ? file_read(&f, path) : say(path, "is one key too many");
	for (size_t i = 0; !err && i < keys->cnt; i++)
		if (keys->key[i].id == f.id)
			err = say(path, "has the number of another key: make a new one");
	if (!err) {
		keys->key[keys->cnt].id = f.id;
		xwing_make_ready(&keys->key[keys->cnt].ready, &f.secret);
		keys->cnt++;
	}
	sodium_memzero(&f, sizeof(f));
	return err;
}
