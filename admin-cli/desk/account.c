/* What every desk checks of the public log at a sync; see account.h. */
#include "admin-cli/desk/account_state.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/cosign.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"

#define DONE       "log accounted"
#define CHECKPOINT "log checkpoint"

/* ---- notes of the workspace ---- */

int
account_note_get(struct account *a, const char *word, const uint8_t *hash, void *out, size_t cap,
		 size_t *len)
{
	uint8_t key[64], *val;
	size_t n = strlen(word);

	memcpy(key, word, n);
	if (hash)
		memcpy(key + n, hash, 32);
	*len = 0;
	int err = workspace_get(a->ses->workspace, WORKSPACE_NOTE, key, n + (hash ? 32 : 0), &val,
				len);
	if (err)
		return err == ERR_NOT_FOUND ? DAVY_OK : sync_workspace_failed(a->ses, err);
	*len = *len < cap ? *len : cap;
	memcpy(out, val, *len);
	workspace_free(val, *len);
	return DAVY_OK;
}

int
account_note_put(struct account *a, const char *word, const uint8_t *hash, const void *val,
		 size_t len)
{
	uint8_t key[64];
	size_t n = strlen(word);

	memcpy(key, word, n);
	if (hash)
		memcpy(key + n, hash, 32);
	n += hash ? 32 : 0;
	return sync_workspace_failed(a->ses, val ? workspace_put(a->ses->workspace, WORKSPACE_NOTE,
								 key, n, val, len)
						 : workspace_del(a->ses->workspace, WORKSPACE_NOTE,
								 key, n));
}

/* ---- tiles ---- */

static int
damaged(struct account *a, const char *name)
{
	return session_fail(a->ses, DAVY_REFUSED, "damaged",
			    _("The public log does not fit its checkpoint (%s)."), name);
}

int
account_read(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN])
{
	struct account *a = ctx;
	char name[TILE_PATH_LEN], path[TILE_PATH_LEN + 1];
	struct tile t;
	unsigned at, cnt;
	size_t len;
	uint8_t *fold;

	if (level < TILE_HEIGHT && n >> (TILE_HEIGHT - level) == a->at && a->bundle) {
		uint64_t first = (n << level) % TILE_WIDTH;
		uint8_t copy[TILE_WIDTH][MERKLE_LEN];
		memcpy(copy, a->hash, sizeof(copy));
		merkle_fold(out, copy[first], (size_t)1 << level);
		return 0;
	}
	if (tile_find(&t, &at, &cnt, level, n, a->now.size) || t.level >= TILE_LEVEL_MAX)
		return ERR_RANGE;
	tile_path(name, &t);
	if (memcmp(&a->up[t.level].t, &t, sizeof(t)) != 0) {
		free(a->up[t.level].bytes);
		a->up[t.level].bytes = NULL;
		memset(&a->up[t.level].t, 0, sizeof(t));
		snprintf(path, sizeof(path), "/%s", name);
		int err = net_get(a->ses, path, sizeof(a->hash), &a->up[t.level].bytes, &len);
		if (err)
			return err;
		if (len != t.width * MERKLE_LEN)
			return damaged(a, name);
		memcpy(&a->up[t.level].t, &t, sizeof(t));
	}
	fold = malloc(cnt * MERKLE_LEN);
	if (!fold)
		return ERR_MEM;
	memcpy(fold, a->up[t.level].bytes + at * MERKLE_LEN, cnt * MERKLE_LEN);
	merkle_fold(out, fold, cnt);
	free(fold);
	return 0;
}

/* A failure of a merkle_read: some of them have their sentence already. */
static int
read_failed(struct account *a, int err)
{
	return err < 0 ? session_fail_err(a->ses, err, "%s", _("The public log was not read"))
		       : err;
}

int
account_path(struct account *a, uint64_t index, uint8_t path[static MERKLE_PATH_MAX][MERKLE_LEN],
	     size_t *cnt)
{
	return read_failed(a, merkle_prove_leaf(path, cnt, index, a->now.size, account_read, a));
}

int
account_tile(struct account *a, uint64_t n)
{
	const struct tile t = { .level = TILE_ENTRIES, .n = n, .width = TILE_WIDTH };
	uint8_t way[MERKLE_PATH_MAX][MERKLE_LEN];
	char name[TILE_PATH_LEN], path[TILE_PATH_LEN + 1];
	size_t len, cnt;

	if (a->bundle && a->at == n)
		return DAVY_OK;
	free(a->bundle);
	a->bundle = NULL;
	tile_path(name, &t);
	snprintf(path, sizeof(path), "/%s", name);
	int err = net_get(a->ses, path, LEAF_BUNDLE_LEN, &a->bundle, &len);
	if (err)
		return err;
	if (!leaf_bundle_whole(a->bundle, len))
		return damaged(a, name);
	for (size_t i = 0; i < TILE_WIDTH; i++)
		merkle_leaf(a->hash[i], leaf_in(a->bundle, i), LEAF_LEN);
	a->at = n;
	err = account_path(a, n * TILE_WIDTH, way, &cnt);
	if (!err && merkle_check_leaf((const uint8_t(*)[MERKLE_LEN])way, cnt, n * TILE_WIDTH,
				      a->now.size, a->hash[0], a->now.root))
		err = damaged(a, name);
	return err;
}

json_t *
account_entry(struct account *a, uint64_t index)
{
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN];
	size_t cnt;

	if (account_tile(a, index / TILE_WIDTH) || account_path(a, index, path, &cnt))
		return NULL;
	json_t *out = json_pack("{s:I, s:I, s:s}", "index", (json_int_t)index, "size",
				(json_int_t)a->now.size, "checkpoint", a->note);
	if (out) {
		alarm_set(out, "entry", leaf_in(a->bundle, index % TILE_WIDTH), LEAF_LEN);
		alarm_set_path(out, (const uint8_t(*)[MERKLE_LEN])path, cnt);
	}
	return out;
}

/* ---- whether it goes on from what it was ---- */

static int
raise_two(struct account *a, enum alarm_what what, const char *before, const uint8_t *root,
	  const uint8_t (*path)[MERKLE_LEN], size_t cnt)
{
	json_t *body = json_pack("{s:s, s:s}", "checkpoint", a->note, "before", before);

	if (body && root) {
		alarm_set(body, "root", root, MERKLE_LEN);
		alarm_set_path(body, path, cnt);
	}
	int err = alarm_raise(a->ses, what, a->now.size, body);
	return err ? err : DAVY_AGAIN; /* nothing else is read from such a log */
}

static int
grown(struct account *a, const struct checkpoint *old, const char *before)
{
	uint8_t path[MERKLE_STEP_MAX][MERKLE_LEN], root[MERKLE_LEN];
	size_t cnt = 0;

	if (a->now.size < old->size)
		return raise_two(a, ALARM_ROLLBACK, before, NULL, NULL, 0);
	memcpy(root, a->now.root, sizeof(root));
	int err = DAVY_OK;
	if (old->size < a->now.size)
		err = read_failed(a, merkle_root(root, old->size, account_read, a));
	if (!err)
		err = read_failed(a, merkle_prove_grown(path, &cnt, old->size, a->now.size,
							account_read, a));
	if (!err && merkle_check_grown((const uint8_t(*)[MERKLE_LEN])path, cnt, old->size,
				       a->now.size, root, a->now.root))
		err = damaged(a, CHECKPOINT);
	if (!err && memcmp(root, old->root, sizeof(root)) != 0)
		err = raise_two(a, ALARM_FORK, before, root, (const uint8_t(*)[MERKLE_LEN])path,
				cnt);
	return err;
}

static int
goes_on(struct account *a)
{
	char before[ACCOUNT_CHECKPOINT_MAX + 1];
	struct checkpoint old;
	size_t len;
	int err = account_note_get(a, CHECKPOINT, NULL, before, sizeof(before) - 1, &len);

	before[len] = '\0';
	/* Of another key: the log began anew with a new roster. */
	if (err || !len)
		return err;
	if (mirror_checkpoint(a->ses, &a->key, CHECKPOINT, (uint8_t *)before, len, &old)) {
		session_forgive(a->ses);
		return DAVY_OK;
	}
	return grown(a, &old, before);
}

/* ---- all of it ---- */

int
account_look(struct account *a)
{
	uint8_t *bytes = NULL;
	size_t len;
	int err = mirror_key(a->ses, false, &a->key);

	if (!err)
		err = net_get(a->ses, "/checkpoint", ACCOUNT_CHECKPOINT_MAX, &bytes, &len);
	if (!err)
		err = mirror_checkpoint(a->ses, &a->key, _("What the gateway shows"), bytes, len,
					&a->now);
	if (!err && a->now.size % TILE_WIDTH)
		err = damaged(a, CHECKPOINT);
	if (!err && !(a->note = strndup((const char *)bytes, len)))
		err = session_fail_err(a->ses, ERR_MEM, "%s", _("The public log was not read"));
	free(bytes);
	return err;
}

static int
done_get(struct account *a)
{
	size_t len;
	int err = account_note_get(a, DONE, NULL, &a->done, sizeof(a->done), &len);
	uint64_t tiles = a->now.size / TILE_WIDTH;

	if (len != sizeof(a->done)) {
		a->done.tile = tiles > ACCOUNT_TILES_BACK ? tiles - ACCOUNT_TILES_BACK : 0;
		a->done.batch = UINT64_MAX;
	}
	return err;
}

static int
tiles_read(struct account *a)
{
	int err = DAVY_OK;

	for (uint64_t n = a->done.tile; !err && n * TILE_WIDTH < a->now.size; n++) {
		err = account_tile(a, n);
		if (!err)
			err = account_bundles_note(a);
		a->done.tile += !err;
		a->grown |= !err;
	}
	return err;
}

static int
account(struct account *a)
{
	int err = account_look(a), kept;

	if (!err)
		err = goes_on(a);
	if (!err)
		err = done_get(a);
	if (err)
		return err;
	err = tiles_read(a);
	if (!err)
		err = account_bundle_check(a);
	if (!err && roster_accounts(a->v->bundle.roster, a->v->desk)) {
		err = account_walk_begin(a);
		if (!err)
			err = account_batches(a);
		if (!err)
			err = account_gone_judge(a);
		if (!err)
			err = account_walk(a);
	}
	if (a->unshown)
		session_warn(
			a->ses,
			ngettext(
				"%zu frame of the public log is of a case at your desk that you are "
				"not shown: another member of the desk has to see it.",
				"%zu frames of the public log are of cases at your desk that you are "
				"not shown: another member of the desk has to see them.",
				a->unshown),
			a->unshown);
	kept = account_note_put(a, DONE, NULL, &a->done, sizeof(a->done));
	if (!kept)
		kept = account_note_put(a, CHECKPOINT, NULL, a->note, strlen(a->note));
	return err ? err : kept;
}

/* What was kept comes first: no home cosigns what it could contradict later. */
static int
account_and_cosign(struct account *a, enum account_log *out)
{
	bool done;
	int err = account(a);

	if (!err)
		err = cosign_checkpoint(a->ses, a->v, a->note, &done);
	if (!err)
		*out = done ? ACCOUNT_COSIGNED : ACCOUNT_SEEN;
	return err;
}

void
account_end(struct account *a)
{
	free(a->note);
	free(a->bundle);
	for (int i = 0; i < TILE_LEVEL_MAX; i++)
		free(a->up[i].bytes);
}

int
account_sync(struct session *ses, const struct trust *v, enum account_log *out)
{
	struct account a = { .ses = ses, .v = v };

	*out = ACCOUNT_NONE;
	if (sodium_is_zero(v->bundle.roster->log, sizeof(v->bundle.roster->log)))
		return DAVY_OK;
	int err = workspace_open(ses);
	if (!err && account_and_cosign(&a, out)) {
		if (session_failure(ses))
			session_warn(ses, _("The public log was not checked: %s"),
				     session_failure(ses));
		session_forgive(ses);
	}
	account_end(&a);
	return err;
}

int
account_forget(struct session *ses)
{
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_del(ses->workspace, WORKSPACE_NOTE, DONE,
							       strlen(DONE)));
	if (!err)
		err = sync_workspace_failed(ses, workspace_del(ses->workspace, WORKSPACE_NOTE,
							       CHECKPOINT, strlen(CHECKPOINT)));
	return err;
}
