/* A copy of a gateway's public log; see mirror.h. */
#include "admin-cli/desk/mirror.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "crypto/b64.h"
#include "crypto/err.h"

#define CHECKPOINT_MAX 16384
#define CHECKPOINT     "checkpoint"
#define FORK           "checkpoint.fork"

int
mirror_key(struct session *ses, bool fresh, struct note_key *out)
{
	const struct home_gateway *g;
	const struct trust *v;
	int err = home_gateway(ses, &g);

	if (!err)
		err = trust_get(ses, fresh, &v);
	if (err)
		return err;
	checkpoint_origin(out->name, g->card.id);
	memcpy(out->key, v->bundle.roster->log, sizeof(out->key));
	return sodium_is_zero(out->key, sizeof(out->key))
		       ? session_fail(ses, DAVY_REFUSED, "no-log",
				      _("The roster names no public log of this gateway."))
		       : DAVY_OK;
}

int
mirror_verifier(struct session *ses, const char *text, struct note_key *out)
{
	uint8_t typed[1 + KEY_SIGN_PUBLIC_LEN], hash[4];
	char hex[9];
	const char *plus = strchr(text, '+'), *second = plus ? strchr(plus + 1, '+') : NULL;

	memset(out, 0, sizeof(*out));
	bool good = second && plus > text && (size_t)(plus - text) < sizeof(out->name) &&
		    second - plus == 9 &&
		    b64_decode_exact(typed, sizeof(typed), second + 1, strlen(second + 1),
				     B64_PADDED) == 0 &&
		    typed[0] == NOTE_ED25519;
	if (good) {
		memcpy(out->name, text, (size_t)(plus - text));
		memcpy(out->key, typed + 1, sizeof(out->key));
		note_key_hash(hash, NOTE_ED25519, out->name, out->key);
		sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
		good = strncmp(hex, plus + 1, 8) == 0;
	}
	return good ? DAVY_OK
		    : session_fail(
			      ses, DAVY_USAGE, "usage",
			      _("That is no verifier key: it looks like NAME+HASH+KEY, and davyd log prints it."));
}

int
mirror_checkpoint(struct session *ses, const struct note_key *key, const char *what,
		  const uint8_t *bytes, size_t len, struct checkpoint *out)
{
	struct note note;
	int err = note_parse(&note, bytes, len);

	if (!err && key)
		err = note_verify(&note, key, 1, 1);
	if (!err)
		err = checkpoint_get(out, note.text, note.text_len);
	if (!err && key && strcmp(out->origin, key->name) != 0)
		err = ERR_AUTH;
	return err ? session_fail(ses, DAVY_REFUSED, "forged",
				  _("%s is no checkpoint that the key of this log has signed."),
				  session_s(ses, what))
		   : DAVY_OK;
}

/* The path of a file of the mirror. */
static void
path_of(char out[static PATH_MAX], const struct mirror *m, const char *name)
{
	snprintf(out, PATH_MAX, "%s/%s", m->dir, name);
}

static int
folders_make(struct session *ses, const char *path)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *s = strchr(copy + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return session_fail(ses, DAVY_REFUSED, "file", _("%s cannot be made: %s."),
					    session_s(ses, copy), strerror(errno));
		*s = '/';
	}
	return DAVY_OK;
}

static int
tile_save(struct session *ses, const struct mirror *m, const struct tile *t, const void *bytes,
	  size_t len)
{
	char name[TILE_PATH_LEN], path[PATH_MAX];

	tile_path(name, t);
	path_of(path, m, name);
	int err = folders_make(ses, path);
	return err ? err : file_write(ses, path, 0644, bytes, len);
}

/* The n-th bundle of entries: from the folder, or from the gateway. */
static int
bundle_get(struct session *ses, const struct mirror *m, uint64_t n, bool fetch, uint8_t **out)
{
	char name[TILE_PATH_LEN], path[PATH_MAX];
	const struct tile t = { .level = TILE_ENTRIES, .n = n, .width = TILE_WIDTH };
	size_t len = 0;

	tile_path(name, &t);
	path_of(path, m, name);
	if (fetch)
		snprintf(path, sizeof(path), "/%s", name);
	int err = fetch ? net_get(ses, path, LEAF_BUNDLE_LEN, out, &len)
			: file_read(ses, path, LEAF_BUNDLE_LEN, out, &len);
	if (!err && !leaf_bundle_whole(*out, len)) {
		free(*out);
		*out = NULL;
		err = session_fail(ses, DAVY_REFUSED, "damaged",
				   _("%s does not hold 256 entries of the log."),
				   session_s(ses, path));
	}
	return err;
}

/* Hashes of tiles that are being filled, level by level. */
struct filling {
	uint8_t hash[TILE_LEVEL_MAX][TILE_WIDTH][MERKLE_LEN];
	uint64_t cnt[TILE_LEVEL_MAX]; /* hashes of that level in all */
};

/* A pass over the entries from the left. */
struct pass {
	struct merkle_edge edge;
	struct filling *fill; /* where tiles of hashes are written, too; or NULL */
	uint64_t from;        /* bundles before it are in the folder */
};

static int
fill_add(struct session *ses, const struct mirror *m, struct filling *f, const uint8_t *hash)
{
	uint8_t h[MERKLE_LEN];

	memcpy(h, hash, sizeof(h));
	for (int level = 0; level < TILE_LEVEL_MAX; level++) {
		size_t at = f->cnt[level]++ % TILE_WIDTH;
		memcpy(f->hash[level][at], h, sizeof(h));
		if (at + 1 < TILE_WIDTH)
			return DAVY_OK;
		const struct tile t = { level, f->cnt[level] / TILE_WIDTH - 1, TILE_WIDTH };
		int err = tile_save(ses, m, &t, f->hash[level], sizeof(f->hash[level]));
		if (err)
			return err;
		merkle_fold(h, f->hash[level][0], TILE_WIDTH);
	}
	return DAVY_OK;
}

/* Tiles that are not full, by the width that they have. */
static int
fill_end(struct session *ses, const struct mirror *m, const struct filling *f)
{
	int err = DAVY_OK;

	for (int level = 0; !err && level < TILE_LEVEL_MAX; level++) {
		struct tile t = { level, f->cnt[level] / TILE_WIDTH,
				  (unsigned)(f->cnt[level] % TILE_WIDTH) };
		if (t.width)
			err = tile_save(ses, m, &t, f->hash[level], t.width * MERKLE_LEN);
	}
	return err;
}

static int
bundle_pass(struct session *ses, const struct mirror *m, struct pass *p, uint64_t n)
{
	uint8_t leaf[MERKLE_LEN], *bytes = NULL;
	bool fetch = n >= p->from;
	int err = bundle_get(ses, m, n, fetch, &bytes);

	for (size_t i = 0; !err && i < TILE_WIDTH; i++) {
		merkle_leaf(leaf, leaf_in(bytes, i), LEAF_LEN);
		if (merkle_edge_add(&p->edge, 0, leaf))
			err = session_fail(ses, DAVY_REFUSED, "damaged",
					   _("The log is too large."));
		else if (p->fill)
			err = fill_add(ses, m, p->fill, leaf);
	}
	if (!err && fetch) {
		const struct tile t = { TILE_ENTRIES, n, TILE_WIDTH };
		err = tile_save(ses, m, &t, bytes, LEAF_BUNDLE_LEN);
	}
	free(bytes);
	return err;
}

static int
walk(struct session *ses, const struct mirror *m, struct pass *p, uint64_t until)
{
	int err = DAVY_OK;

	while (!err && p->edge.size < until)
		err = bundle_pass(ses, m, p, p->edge.size / TILE_WIDTH);
	return err;
}

static bool
root_is(const struct pass *p, const struct checkpoint *c)
{
	uint8_t root[MERKLE_LEN];

	merkle_edge_root(root, &p->edge);
	return p->edge.size == c->size && memcmp(root, c->root, sizeof(root)) == 0;
}

int
mirror_open(struct session *ses, struct mirror *m)
{
	char path[PATH_MAX];
	uint8_t *bytes = NULL;
	size_t len;

	memset(&m->now, 0, sizeof(m->now));
	path_of(path, m, CHECKPOINT);
	if (access(path, F_OK) != 0)
		return DAVY_OK;
	int err = file_read(ses, path, CHECKPOINT_MAX, &bytes, &len);
	if (!err)
		err = mirror_checkpoint(ses, &m->key, path, bytes, len, &m->now);
	free(bytes);
	return err;
}

static int
damaged(struct session *ses, const struct mirror *m)
{
	return session_fail(
		ses, DAVY_REFUSED, "damaged",
		_("The copy in %s was changed after it was checked: begin it anew in another folder, "
		  "and compare the two checkpoints with davy log compare."),
		session_s(ses, m->dir));
}

/* Two checkpoints that contradict each other are kept side by side. */
static int
forked(struct session *ses, const struct mirror *m, const char *verdict, const uint8_t *bytes,
       size_t len)
{
	char path[PATH_MAX];

	path_of(path, m, FORK);
	int err = file_write(ses, path, 0644, bytes, len);
	if (err)
		return err;
	return session_fail(
		ses, DAVY_REFUSED, verdict,
		_("The gateway shows another past than the one in %s. Both checkpoints are signed by its log: "
		  "checkpoint and checkpoint.fork in that folder prove it to anybody. Give copies of both to the "
		  "other witnesses and to the registrar."),
		session_s(ses, m->dir));
}

int
mirror_update(struct session *ses, struct mirror *m, uint64_t *added)
{
	char path[PATH_MAX];
	uint8_t *note = NULL;
	size_t len;
	struct checkpoint next = { .size = 0 };
	struct pass p = { .from = m->now.size / TILE_WIDTH };
	int err = net_get(ses, "/checkpoint", CHECKPOINT_MAX, &note, &len);

	if (!err)
		err = mirror_checkpoint(ses, &m->key, _("What the gateway shows"), note, len,
					&next);
	p.fill = err ? NULL : calloc(1, sizeof(*p.fill));
	if (!err && !p.fill)
		err = session_fail_err(ses, ERR_MEM, "%s", _("The log was not copied"));
	if (!err)
		err = walk(ses, m, &p, next.size < m->now.size ? next.size : m->now.size);
	if (!err && next.size < m->now.size)
		err = root_is(&p, &next)
			      ? session_fail(
					ses, DAVY_AGAIN, "rollback",
					_("The gateway shows an older log than the one in %s."),
					session_s(ses, m->dir))
			      : forked(ses, m, "fork", note, len);
	if (!err && m->now.size && !root_is(&p, &m->now))
		err = damaged(ses, m);
	if (!err)
		err = walk(ses, m, &p, next.size);
	if (!err && !root_is(&p, &next))
		err = forked(ses, m, "fork", note, len);
	if (!err)
		err = fill_end(ses, m, p.fill);
	path_of(path, m, CHECKPOINT);
	if (!err)
		err = file_write(ses, path, 0644, note, len);
	if (!err) {
		*added = next.size - m->now.size;
		m->now = next;
	}
	free(p.fill);
	free(note);
	return err;
}

int
mirror_check(struct session *ses, const struct mirror *m, uint64_t at, uint8_t *root)
{
	struct pass p = { .from = UINT64_MAX };
	int err = walk(ses, m, &p, at < m->now.size ? at : m->now.size);

	if (!err && root)
		merkle_edge_root(root, &p.edge);
	if (!err)
		err = walk(ses, m, &p, m->now.size);
	return err ? err : root_is(&p, &m->now) ? DAVY_OK : damaged(ses, m);
}

int
mirror_add(struct session *ses, const struct mirror *m, struct merkle_edge *e)
{
	struct pass p = { .edge = *e, .from = UINT64_MAX };
	int err = bundle_pass(ses, m, &p, e->size / TILE_WIDTH);

	*e = p.edge;
	return err;
}

static int
by_mark(const void *a, const void *b)
{
	const struct mirror_mark *x = a, *y = b;

	return memcmp(x->mark, y->mark, sizeof(x->mark));
}

int
mirror_find(struct session *ses, const struct mirror *m, struct mirror_mark *list, size_t cnt)
{
	int err = DAVY_OK;

	qsort(list, cnt, sizeof(*list), by_mark);
	for (uint64_t n = 0; !err && n * TILE_WIDTH < m->now.size; n++) {
		uint8_t *bytes = NULL;
		err = bundle_get(ses, m, n, false, &bytes);
		for (size_t i = 0; !err && i < TILE_WIDTH; i++) {
			struct mirror_mark key, *found;
			memcpy(key.mark, leaf_in(bytes, i), sizeof(key.mark));
			found = bsearch(&key, list, cnt, sizeof(*list), by_mark);
			if (found) {
				found->there = true;
				found->index = n * TILE_WIDTH + i;
			}
		}
		free(bytes);
	}
	return err;
}
