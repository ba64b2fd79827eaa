/* Checkpoints and the names of tiles: text, and nothing else; see checkpoint.h. */
#include "crypto/checkpoint.h"

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/label.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 13 /* of MERKLE_SIZE_MAX */

void
checkpoint_origin(char out[static NOTE_NAME_MAX], const uint8_t gateway[static KEY_ID_LEN])
{
	char hex[2 * KEY_ID_LEN + 1];
	sodium_bin2hex(hex, sizeof(hex), gateway, KEY_ID_LEN);
	snprintf(out, NOTE_NAME_MAX, "log.%s", hex);
}

int
checkpoint_put(struct bufw *w, const struct checkpoint *c)
{
	bufw_printf(w, "%s\n%" PRIu64 "\n", c->origin, c->size);
	bufw_base64(w, c->root, sizeof(c->root));
	bufw_text(w, "\n");
	return bufw_end(w);
}

/* A decimal number without leading zeros. */
static int
number(uint64_t *out, const char *s, size_t len)
{
	*out = 0;
	if (len == 0 || len > DIGITS_MAX || (s[0] == '0' && len > 1))
		return ERR_FORMAT;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return ERR_FORMAT;
		*out = *out * 10 + (uint64_t)(s[i] - '0');
	}
	return *out < MERKLE_SIZE_MAX ? 0 : ERR_RANGE;
}

/* An origin is a name of signatures as well: printable ASCII without blanks. */
static int
origin_ok(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return 0;
	return len > 0 && len < NOTE_NAME_MAX;
}

void
checkpoint_letters(char out[static CHECKPOINT_LETTERS + 1], const struct checkpoint *c)
{
	uint8_t bytes[16 + 8 + MERKLE_LEN], hash[32];
	struct bufw w;
	bufw_init(&w, bytes, sizeof(bytes));
	bufw_text(&w, LABEL_ROOT);
	bufw_u64(&w, c->size);
	bufw_bytes(&w, c->root, MERKLE_LEN);
	key_sha256(hash, bytes, w.len);
	for (size_t i = 0; i < CHECKPOINT_LETTERS; i++) {
		unsigned at = (unsigned)i * 5, two = (unsigned)hash[at / 8] << 8 | hash[at / 8 + 1];
		out[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[two >> (11 - at % 8) & 31];
	}
	out[CHECKPOINT_LETTERS] = '\0';
}

int
checkpoint_get(struct checkpoint *out, const char *text, size_t len)
{
	struct buf b;
	size_t origin_len = 0, size_len = 0, root_len = 0;
	memset(out, 0, sizeof(*out));
	buf_init(&b, text, len);
	const char *origin = buf_line(&b, &origin_len);
	const char *size = buf_line(&b, &size_len);
	const char *root = buf_line(&b, &root_len);
	if (buf_end(&b) || !origin_ok(origin, origin_len))
		return ERR_FORMAT;
	memcpy(out->origin, origin, origin_len);
	int err = number(&out->size, size, size_len);
	return err ? err
		   : b64_decode_exact(out->root, sizeof(out->root), root, root_len, B64_PADDED);
}

int
checkpoint_verify(struct checkpoint *out, struct note *note, const void *bytes, size_t len,
		  const uint8_t gateway[static KEY_ID_LEN],
		  const uint8_t log[static KEY_SIGN_PUBLIC_LEN])
{
	struct note_key key;
	checkpoint_origin(key.name, gateway);
	memcpy(key.key, log, sizeof(key.key));
	int err = note_parse(note, bytes, len);
	if (!err)
		err = note_verify(note, &key, 1, 1);
	if (!err)
		err = checkpoint_get(out, note->text, note->text_len);
	return err ? err : strcmp(out->origin, key.name) != 0 ? ERR_AUTH : 0;
}

void
tile_path(char out[static TILE_PATH_LEN], const struct tile *t)
{
	char level[4] = "";
	size_t len;
	uint64_t unit = 1;
	if (t->level != TILE_ENTRIES)
		snprintf(level, sizeof(level), "%d", t->level);
	len = (size_t)snprintf(out, TILE_PATH_LEN, "tile/%s",
			       t->level == TILE_ENTRIES ? "entries" : level);
	while (t->n / unit >= 1000)
		unit *= 1000;
	for (; unit > 0 && len < TILE_PATH_LEN; unit /= 1000)
		len += (size_t)snprintf(out + len, TILE_PATH_LEN - len, "/%s%03" PRIu64,
					unit > 1 ? "x" : "", t->n / unit % 1000);
	if (t->width < TILE_WIDTH && len < TILE_PATH_LEN)
		snprintf(out + len, TILE_PATH_LEN - len, ".p/%u", t->width);
}

/* Reads one part of a number: three digits, in all parts but the last after an x. */
static const char *
path_part(uint64_t *n, const char *s)
{
	s += *s == 'x';
	if (strspn(s, "0123456789") < 3)
		return NULL;
	*n = *n * 1000 + (uint64_t)((s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0'));
	return s + 3;
}

/* Reads loosely what a path may say, and takes it if tile_path writes the same. */
int
tile_parse(struct tile *out, const char *path)
{
	char back[TILE_PATH_LEN];
	const char *s = path;
	memset(out, 0, sizeof(*out));
	if (strnlen(path, TILE_PATH_LEN) == TILE_PATH_LEN || strncmp(s, "tile/", 5) != 0)
		return ERR_FORMAT;
	s += 5;
	if (strncmp(s, "entries", 7) == 0) {
		out->level = TILE_ENTRIES;
		s += 7;
	} else if (*s >= '0' && *s < '0' + TILE_LEVEL_MAX) {
		out->level = *s++ - '0';
	} else {
		return ERR_FORMAT;
	}
	while (s != NULL && *s == '/')
		s = path_part(&out->n, s + 1);
	if (s == NULL)
		return ERR_FORMAT;
	out->width = strncmp(s, ".p/", 3) == 0 ? (unsigned)strtoul(s + 3, NULL, 10) : TILE_WIDTH;
	if (out->width == 0 || out->width > TILE_WIDTH || out->n > MERKLE_SIZE_MAX / TILE_WIDTH)
		return ERR_FORMAT;
	tile_path(back, out);
	return strcmp(back, path) == 0 ? 0 : ERR_FORMAT;
}

int
tile_find(struct tile *out, unsigned *at, unsigned *cnt, unsigned level, uint64_t n, uint64_t size)
{
	unsigned in = level % TILE_HEIGHT;
	memset(out, 0, sizeof(*out));
	out->level = (int)(level / TILE_HEIGHT);
	if (size >= MERKLE_SIZE_MAX || out->level >= TILE_LEVEL_MAX || n >= size)
		return ERR_RANGE;
	uint64_t there = size >>
			 (TILE_HEIGHT * (unsigned)out->level); /* hashes of this level of tiles */
	uint64_t first = n << in;
	*at = (unsigned)(first % TILE_WIDTH);
	*cnt = 1u << in;
	out->n = first / TILE_WIDTH;
	if (first + *cnt > there)
		return ERR_RANGE;
	uint64_t left = there - out->n * TILE_WIDTH;
	out->width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
	return 0;
}
