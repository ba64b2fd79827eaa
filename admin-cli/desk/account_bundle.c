/* Whether a roster bundle stands in the public log; see account.h. */
#include "admin-cli/desk/account_state.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/mirror.h"

#define LOGGED "log bundle"
#define SEEN   "log bundle seen"

int
account_bundles_note(struct account *a)
{
	uint8_t mark[LEAF_MARK_LEN];
	int err = DAVY_OK;

	for (size_t i = 0; !err && i < TILE_WIDTH; i++) {
		const uint8_t *entry = leaf_in(a->bundle, i), *hash = entry + LEAF_MARK_LEN;
		leaf_mark_bundle(mark, hash);
		if (memcmp(mark, entry, sizeof(mark)) == 0)
			err = account_note_put(a, LOGGED, hash, "1", 1);
	}
	return err;
}

int
account_bundle_check(struct account *a)
{
	const uint8_t *hash = a->v->bundle.hash;
	uint64_t since;
	size_t len;
	char hex[65];
	int err = account_note_get(a, LOGGED, hash, &since, 1, &len);

	if (err || len)
		return err;
	err = account_note_get(a, SEEN, hash, &since, sizeof(since), &len);
	if (!err && len != sizeof(since)) {
		since = a->now.size;
		err = account_note_put(a, SEEN, hash, &since, sizeof(since));
	}
	if (err || a->now.size <= since)
		return err;
	return alarm_raise(a->ses, ALARM_BUNDLE, a->v->bundle.roster->version,
			   json_pack("{s:s, s:s}", "hash", term_hex(hex, hash, 32), "checkpoint",
				     a->note));
}

/* Whether the tile that was read last has it; *at: its place. */
static bool
tile_has(const struct account *a, const uint8_t *hash, size_t *at)
{
	uint8_t mark[LEAF_MARK_LEN];

	leaf_mark_bundle(mark, hash);
	for (*at = 0; *at < TILE_WIDTH; ++*at) {
		const uint8_t *entry = leaf_in(a->bundle, *at);
		if (!memcmp(entry, mark, sizeof(mark)) &&
		    !memcmp(entry + LEAF_MARK_LEN, hash, LEAF_LEN - LEAF_MARK_LEN))
			return true;
	}
	return false;
}

static int
find(struct account *a, const uint8_t *hash, struct account_place *out)
{
	uint64_t n = a->now.size / TILE_WIDTH;
	uint64_t end = n > ACCOUNT_TILES_BACK ? n - ACCOUNT_TILES_BACK : 0;
	int err = DAVY_OK;
	size_t at;

	out->size = a->now.size;
	while (!err && !out->there && n-- > end) {
		err = account_tile(a, n);
		if (!err && tile_has(a, hash, &at)) {
			out->there = true;
			out->index = n * TILE_WIDTH + at;
		}
	}
	return err;
}

int
account_bundle(struct session *ses, const struct bundle *b, struct account_place *out)
{
	struct account *a = calloc(1, sizeof(*a));
	int err;

	*out = (struct account_place){ .asked = !sodium_is_zero(b->roster->log,
								sizeof(b->roster->log)) };
	if (!a)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	a->ses = ses;
	err = out->asked ? account_look(a) : DAVY_OK;
	if (!err && out->asked)
		err = find(a, b->hash, out);
	account_end(a);
	free(a);
	return err;
}
