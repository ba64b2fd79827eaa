/*
 * What GET /roster gives (FORMATS.md sections 9 and 19). A phone refuses a bundle that it cannot
 * see in the log which its roster names, under a checkpoint that has the quorum of its roster.
 * Until it can, the last one that it could see stands behind the new one. Members, who have to
 * cosign the log with the new one in it, take that.
 */
#include "server/vault/vault.h"

#include "crypto/bundle_log.h"
#include "crypto/err.h"

#include <stdlib.h>
#include <string.h>

#define SERVED    "log-served" /* the hash of the bundle, and the proof behind it */
#define PROOF_MAX (VAULT_CHECKPOINT_MAX + 2048) /* with 40 hashes in base64 */

struct proof {
	uint8_t hash[32]; /* of the bundle */
	uint8_t bytes[PROOF_MAX];
	size_t len;
};

static size_t
unpadded(const uint8_t *bytes, size_t len)
{
	while (len > 1 && bytes[len - 1] == '\n' && bytes[len - 2] == '\n')
		len--;
	return len;
}

/* The bundle with the proof behind its container, and another bundle unless that is NULL, padded.
 */
static int
join(uint8_t **out, size_t *out_len, const uint8_t *bundle, size_t len, const struct proof *p,
     const uint8_t *before, size_t before_len)
{
	struct bufw w;
	len = unpadded(bundle, len);
	before_len = before ? unpadded(before, before_len) : 0;
	size_t cap = (len + p->len + before_len + 64 + BUNDLE_STEP) / BUNDLE_STEP * BUNDLE_STEP;
	if (cap > BUNDLE_MAX)
		return ERR_RANGE;
	uint8_t *bytes = malloc(cap);
	if (!bytes)
		return ERR_MEM;
	memset(bytes, '\n', cap);
	bufw_init(&w, bytes, cap);
	bufw_bytes(&w, bundle, len);
	if (p->len)
		bundle_put(&w, BUNDLE_LOG_KIND, p->bytes, p->len);
	if (before)
		bundle_put(&w, BUNDLE_BEFORE_KIND, before, before_len);
	*out = bytes; /* transferred */
	*out_len = (w.len + BUNDLE_STEP - 1) / BUNDLE_STEP * BUNDLE_STEP;
	return bufw_end(&w);
}

/* The proof of the bundle of the day; none where the log does not have it. */
static int
proof_make(struct vault *v, struct proof *p)
{
	struct bundle_log log = { .index = v->tlog.logged.index };
	uint8_t checkpoint[VAULT_CHECKPOINT_MAX];
	uint64_t size;
	struct bufw w;
	p->len = 0;
	memcpy(p->hash, v->bundle_hash, sizeof(p->hash));
	if (!v->tlog.on || memcmp(v->tlog.logged.hash, p->hash, sizeof(p->hash)) != 0)
		return 0;
	log.checkpoint = checkpoint;
	int err = vault_tlog_shown(v, log.index, checkpoint, &log.checkpoint_len, &size);
	if (!err)
		err = merkle_prove_leaf(log.path, &log.cnt, log.index, size, vault_tlog_read, v);
	bufw_init(&w, p->bytes, sizeof(p->bytes));
	if (!err)
		err = bundle_log_put(&w, &log);
	p->len = err ? 0 : w.len;
	return err;
}

/* Written where a log is kept, so that a start goes on with what phones were shown before. */
static int
keep(struct vault *v, const struct proof *p)
{
	int err = store_begin(v->store);
	if (err)
		return err;
	err = store_meta_set(v->store, SERVED, p, sizeof(p->hash) + p->len);
	if (!err)
		err = store_commit(v->store);
	if (err)
		store_rollback(v->store);
	return err == ERR_FULL ? 0 : err;
}

static int
recall(struct vault *v)
{
	struct proof p;
	uint8_t *bundle = NULL;
	size_t len = 0;
	int err = store_meta_get(v->store, SERVED, &p, sizeof(p.hash) + sizeof(p.bytes), &len);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (len < sizeof(p.hash))
		return ERR_IO;
	p.len = len - sizeof(p.hash);
	err = store_doc_get(v->store, STORE_BUNDLE, p.hash, &bundle, &len);
	if (!err)
		err = join(&v->proved, &v->proved_len, bundle, len, &p, NULL, 0);
	free(bundle);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* Whether phones may go on with that one. */
static bool
still_good(struct vault *v)
{
	struct proof p = { .len = 0 };
	struct bundle b;
	if (!v->proved || bundle_parse(&b, v->proved, v->proved_len, &v->keys->card.roots))
		return false;
	bool good = b.logged && !roster_current(b.roster, vault_day_early(v)) &&
		    !memcmp(b.roster->gateway_key, v->keys->card.key, KEY_SIGN_PUBLIC_LEN);
	/* What has a proof was kept with it. */
	memcpy(p.hash, b.hash, sizeof(p.hash));
	if (good && buf_is_zero(b.roster->log, sizeof(b.roster->log)))
		good = !keep(v, &p);
	bundle_free(&b);
	return good;
}

/* Whether a phone can see in the log what stands in these bytes. */
static int
seen(struct vault *v, const uint8_t *bytes, size_t len, bool *out)
{
	struct bundle b;
	int err = bundle_parse(&b, bytes, len, &v->keys->card.roots);
	if (err)
		return err;
	*out = b.logged;
	bundle_free(&b);
	return 0;
}

/* These bytes are the last that are proved. */
static int
proved_set(struct vault *v, const uint8_t *bytes, size_t len, const struct proof *p)
{
	bool same = v->proved && v->proved_len == len && !memcmp(v->proved, bytes, len);
	uint8_t *copy = same ? NULL : malloc(len);
	if (same || !copy)
		return same ? 0 : ERR_MEM;
	memcpy(copy, bytes, len);
	free(v->proved);
	v->proved = copy; /* transferred */
	v->proved_len = len;
	return v->tlog.on ? keep(v, p) : 0;
}

static int
bytes_make(struct vault *v, uint8_t **bytes, size_t *len)
{
	struct proof p;
	bool proved = false;
	int err = proof_make(v, &p);
	if (!err)
		err = join(bytes, len, v->bundle, v->bundle_len, &p, NULL, 0);
	if (!err)
		err = seen(v, *bytes, *len, &proved);
	if (err || proved)
		return err ? err : proved_set(v, *bytes, *len, &p);
	if (!v->proved)
		err = recall(v);
	if (err || !still_good(v))
		return err;
	free(*bytes);
	*bytes = NULL;
	return join(bytes, len, v->bundle, v->bundle_len, &p, v->proved, v->proved_len);
}

int
vault_serve_make(struct vault *v, bool *changed)
{
	uint8_t *bytes = NULL;
	size_t len = 0;
	*changed = false;
	v->serve_dirty = false;
	if (!v->bundle)
		return 0;
	int err = bytes_make(v, &bytes, &len);
	if (err) {
		free(bytes);
		return err;
	}
	*changed = !v->served || len != v->served_len || memcmp(bytes, v->served, len) != 0;
	free(v->served);
	v->served = bytes; /* transferred */
	v->served_len = len;
	return 0;
}
