/*
 * Cases that were gone when a home looked again after a week or more; see account.h.
 *
 * They may have come, been called junk by two and been removed while nobody looked, so that this
 * home has not seen them called junk. Then the log's word counts: the removal has to stand in it.
 * It may wait for its batch, and the batch may close while we ask: the verdict waits for the
 * second.
 */
#include "admin-cli/desk/account_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

#define GONE    "log gone"
#define OLDEST  "log gone oldest" /* the least `missed` of all */
#define WORD    (sizeof(GONE) - 1)
#define BATCHES 2

struct gone {
	uint64_t index, missed; /* missed: the batch that was open then; UINT64_MAX: this sync */
	uint8_t secret[32];     /* of the batch in which it came */
};

struct all {
	uint8_t (*id)[KEY_ID_LEN];
	size_t cnt;
};

/* A note is found by 32 bytes. */
static int
note_put(struct account *a, const uint8_t *id, const struct gone *g)
{
	uint8_t key[32] = { 0 };

	memcpy(key, id, KEY_ID_LEN);
	return account_note_put(a, GONE, key, g, g ? sizeof(*g) : 0);
}

static int
note_get(struct account *a, const uint8_t *id, struct gone *g, bool *there)
{
	uint8_t key[32] = { 0 };
	size_t len;

	memcpy(key, id, KEY_ID_LEN);
	int err = account_note_get(a, GONE, key, g, sizeof(*g), &len);
	*there = !err && len == sizeof(*g);
	return err;
}

int
account_gone(struct account *a, const uint8_t id[static KEY_ID_LEN], uint64_t index,
	     const struct hkdf_prk *secret)
{
	struct gone g = { .index = index, .missed = UINT64_MAX };

	memcpy(g.secret, secret->b, sizeof(g.secret));
	a->gone = true;
	return note_put(a, id, &g);
}

int
account_gone_left(struct account *a, const uint8_t id[static KEY_ID_LEN])
{
	return note_put(a, id, NULL);
}

static int
take(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct all *all = arg;

	(void)val;
	if (key_len != WORD + 32 || len != sizeof(struct gone) || memcmp(key, GONE, WORD) != 0)
		return 0;
	void *more = reallocarray(all->id, all->cnt + 1, sizeof(*all->id));
	if (!more)
		return ERR_MEM;
	all->id = more;
	memcpy(all->id[all->cnt++], key + WORD, KEY_ID_LEN);
	return 0;
}

static int
raise(struct account *a, const uint8_t *id, const struct gone *g)
{
	char hex[2 * KEY_ID_LEN + 1];
	json_t *body = account_entry(a, g->index);

	if (!body)
		return DAVY_REFUSED;
	alarm_set(body, "secret", g->secret, sizeof(g->secret));
	json_object_set_new(body, "id", json_string(term_hex(hex, id, KEY_ID_LEN)));
	return alarm_raise(a->ses, ALARM_REMOVED, g->index, body);
}

static int
judge(struct account *a, const uint8_t *id, uint64_t *oldest)
{
	struct gone g;
	bool there;
	int err = note_get(a, id, &g, &there);

	if (err || !there)
		return err;
	if (g.missed == UINT64_MAX) {
		g.missed = a->done.batch;
		err = note_put(a, id, &g);
	} else if (a->done.batch >= g.missed + BATCHES) {
		err = raise(a, id, &g);
		return err ? err : note_put(a, id, NULL);
	}
	if (g.missed < *oldest)
		*oldest = g.missed;
	return err;
}

int
account_gone_judge(struct account *a)
{
	uint64_t oldest = UINT64_MAX;
	struct all all = { .cnt = 0 };
	size_t len;
	int err = account_note_get(a, OLDEST, NULL, &oldest, sizeof(oldest), &len);

	if (!len)
		oldest = UINT64_MAX;
	if (err || (!a->gone && (oldest == UINT64_MAX || a->done.batch < oldest + BATCHES)))
		return err;
	err = sync_workspace_failed(a->ses,
				    workspace_each(a->ses->workspace, WORKSPACE_NOTE, take, &all));
	oldest = UINT64_MAX;
	for (size_t i = 0; !err && i < all.cnt; i++)
		err = judge(a, all.id[i], &oldest);
	free(all.id);
	return err ? err : account_note_put(a, OLDEST, NULL, &oldest, sizeof(oldest));
}
