/* Opens and closes a vault: the store, its own values in it, and the roster. */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"

#include <sodium.h>
#include <stdio.h>

#define COUNT_ROWS 4096

/* Reads a named value of fixed size; draws a random one and stores it when there is none yet. */
static int
meta_or_draw(struct store *s, const char *name, uint8_t *dst, size_t len)
{
	size_t got;
	int err = store_meta_get(s, name, dst, len, &got);
	if (!err)
		return got == len ? 0 : ERR_IO;
	if (err != ERR_NOT_FOUND)
		return err;
	randombytes_buf(dst, len);
	return store_meta_set(s, name, dst, len);
}

/* A store belongs to one gateway; another gateway would sign its answers under the wrong name. */
static int
meta_own(struct vault *v, char why[static STORE_WHY_LEN])
{
	uint8_t id[KEY_ID_LEN];
	size_t len;
	int err = store_meta_get(v->store, "gateway", id, sizeof(id), &len);
	if (err == ERR_NOT_FOUND)
		return store_meta_set(v->store, "gateway", v->keys->card.id, KEY_ID_LEN);
	if (!err && (len != sizeof(id) || memcmp(id, v->keys->card.id, sizeof(id)))) {
		snprintf(why, STORE_WHY_LEN,
			 "the store belongs to another gateway: check `store`, "
			 "`key` and `card` in davyd.conf");
		return ERR_DENIED;
	}
	return err;
}

int
vault_open(struct vault *v, const char *path, char why[static STORE_WHY_LEN])
{
	const struct puzzle_limits limits = { v->conf->rate, v->conf->burst,
					      (uint8_t)v->conf->puzzle_max };
	struct store_vaults vaults;
	bool changed, stale;
	int err = store_open(&v->store, path, why);
	if (err)
		return err;
	snprintf(why, STORE_WHY_LEN, "the store cannot be written: is the disk full?");
	err = store_begin(v->store);
	if (!err)
		err = meta_or_draw(v->store, "cursor", v->cursor_key, sizeof(v->cursor_key));
	if (!err)
		err = meta_or_draw(v->store, "lot", v->lot_key, sizeof(v->lot_key));
	if (!err)
		err = meta_own(v, why);
	if (!err)
		err = vault_clock_recall(v);
	if (!err)
		err = vault_clock_repair(v);
	if (!err)
		err = vault_budget_recall(v);
	if (!err)
		err = vault_tlog_recall(v);
	puzzle_init(&v->puzzle, &limits, clock_mono_ms());
	if (!err)
		err = vault_common_take(v, &stale);
	if (!err)
		err = store_commit(v->store);
	if (err)
		return err;
	if (store_others(v->store)) {
		err = store_vaults(v->store, &vaults);
		if (err)
			return err;
		vault_clock_join(v, vaults.old);
	}
	v->puzzle.kept = v->common.on;
	vault_clock_advance(v);
	err = vault_roster_load(v);
	if (err && err != ERR_NOT_FOUND) {
		snprintf(why, STORE_WHY_LEN,
			 "the roster in the store does not verify (%s): do the "
			 "roots in the card belong to this gateway?",
			 err_text(err));
		return err;
	}
	return vault_serve_make(v, &changed);
}

static int
look(struct vault *v, struct vault_found *found)
{
	bool more = true;
	int err = 0;
	while (!err && more)
		err = store_count(v->store, COUNT_ROWS, &more);
	if (!err)
		err = store_stats(v->store, &found->stats);
	if (!err)
		err = store_newest(v->store, &found->newest_day);
	if (!err)
		err = vault_clock_recall(v);
	found->minute = v->minute;
	return err;
}

int
vault_check(const struct conf *conf, const struct conf_keys *keys, const char *path,
	    struct vault_found *found, char why[static STORE_WHY_LEN])
{
	static struct vault v;
	v.conf = conf;
	v.keys = keys;
	int err = store_open(&v.store, path, why);
	if (!err)
		err = store_check(v.store, why);
	if (!err)
		err = store_check_bytes(v.store, why);
	if (!err)
		err = vault_roster_check(&v, why);
	if (!err)
		err = vault_tlog_check(&v, why);
	if (!err)
		err = look(&v, found);
	store_close(v.store);
	v.store = NULL;
	return err;
}

void
vault_close(struct vault *v)
{
	vault_roster_drop(v);
	free(v->budget.member);
	v->budget = (struct vault_budget){ .cnt = 0 };
	free(v->bundle);
	free(v->served);
	free(v->proved);
	v->bundle = v->served = v->proved = NULL;
	for (int i = 0; i < VAULT_UPLOAD_CNT; i++)
		free(v->upload[i].bytes);
	store_close(v->store);
	v->store = NULL;
}
