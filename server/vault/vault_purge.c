/*
 * Removes closed cases. The operator alone cannot do it: a member of the backstop names the last
 * day of closing that may be removed, and how many cases at most (op 0x2d), and `davyd purge`
 * removes within that. Both leave a line in the log.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"

#define PURGE_MS 20 /* a step of a purge; its last case is not cut short */

#define LEAVE_FRAMES  8 /* a minute */
#define LEAVE_SIG_LEN 16
#define LEAVE_LEN     (20 + LEAVE_FRAMES * LEAVE_SIG_LEN)

/* What the backstop has allowed, as the store keeps it under "purge". */
struct leave {
	uint32_t before, left; /* cases closed before that day; how many more */
	/*
	 * The newest minute of a frame that counted, and the beginnings of the signatures of those
	 * of that minute. One of them that comes again changes nothing, an older one neither: a
	 * face may have kept it, and the backstop may have taken it back since.
	 */
	uint64_t minute;
	uint8_t frame[LEAVE_FRAMES][LEAVE_SIG_LEN];
	uint32_t frame_cnt;
};

static int
leave_get(struct vault *v, struct leave *out)
{
	uint8_t kept[LEAVE_LEN];
	size_t len;
	memset(out, 0, sizeof(*out));
	int err = store_meta_get(v->store, "purge", kept, sizeof(kept), &len);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (len != sizeof(kept))
		return ERR_IO;
	out->before = ipc_get32(kept);
	out->left = ipc_get32(kept + 4);
	out->minute = ipc_get64(kept + 8);
	out->frame_cnt = ipc_get32(kept + 16);
	memcpy(out->frame, kept + 20, sizeof(out->frame));
	if (out->frame_cnt > LEAVE_FRAMES)
		return ERR_IO;
	return 0;
}

static int
leave_set(struct vault *v, const struct leave *leave)
{
	uint8_t kept[LEAVE_LEN];
	ipc_set32(kept, leave->before);
	ipc_set32(kept + 4, leave->left);
	ipc_set64(kept + 8, leave->minute);
	ipc_set32(kept + 16, leave->frame_cnt);
	memcpy(kept + 20, leave->frame, sizeof(leave->frame));
	return store_meta_set(v->store, "purge", kept, sizeof(kept));
}

/* Whether a frame counts: FRAME_OK, and *again where it counted before; else FRAME_STALE. */
static int
leave_note(struct leave *leave, const struct vault_call *c, bool *again)
{
	const uint8_t *signature = c->frame + 64;
	*again = false;
	if (c->req.minute > leave->minute) {
		leave->minute = c->req.minute;
		leave->frame_cnt = 0;
	}
	for (uint32_t i = 0; i < leave->frame_cnt; i++)
		*again = *again || !memcmp(leave->frame[i], signature, LEAVE_SIG_LEN);
	if (*again)
		return FRAME_OK;
	if (c->req.minute < leave->minute || leave->frame_cnt == LEAVE_FRAMES)
		return FRAME_STALE;
	memcpy(leave->frame[leave->frame_cnt++], signature, LEAVE_SIG_LEN);
	return FRAME_OK;
}

/* The first day of closing that is too young to be removed. */
static uint32_t
day_before(const struct vault *v, uint32_t days)
{
	if (days < v->conf->purge_days)
		days = v->conf->purge_days;
	return vault_day(v) > days ? vault_day(v) - days : 0;
}

int
vault_desk_purge(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	struct auth_ask ask = {
		.roster = v->roster, .member = c->member, .desk = q->desk, .op = FRAME_PURGE
	};
	struct leave leave;
	if (!auth_allows(&ask) || q->desk != v->roster->backstop)
		return FRAME_NOT_FOUND;
	/* Only what is old enough today: nothing is allowed in advance. */
	if (q->hour / 24 > day_before(v, 0))
		return FRAME_BAD;
	int err = leave_get(v, &leave);
	if (err)
		return err;
	c->out.number = leave.left;
	bool again;
	int status = leave_note(&leave, c, &again);
	/* A leave that is taken back is taken back, also by the same frame as before. */
	if (status != FRAME_OK || (again && q->number))
		return status;
	leave.before = q->hour / 24;
	leave.left = c->out.number = q->number;
	log_info("event=purge-allowed cases=%u", leave.left);
	uint8_t stub[FRAME_STUB_LEN];
	frame_stub(stub, c->frame, &c->digest);
	err = leave_set(v, &leave);
	if (!err)
		err = vault_tlog_say(v, VAULT_SAID_LEAVE, v->keys->card.id, stub, sizeof(stub));
	return err ? err : FRAME_OK;
}

/* Removes cases until the time is up, nothing is left, or no more is allowed. */
static int
purge_some(struct vault *v, struct leave *leave, uint32_t before, uint32_t *cnt, uint32_t *more)
{
	uint64_t until = clock_mono_ms() + PURGE_MS;
	int err = 0;
	*cnt = *more = 0;
	while (!err && leave->left) {
		uint8_t id[1][KEY_ID_LEN];
		err = store_purge(v->store, before, 1, id, more);
		if (!err)
			err = vault_tlog_removed(v, VAULT_SAID_LEFT,
						 (const uint8_t(*)[KEY_ID_LEN])id, *more);
		*cnt += *more;
		leave->left -= *more;
		if (!*more || clock_mono_ms() >= until)
			break;
	}
	*more = *more && leave->left;
	if (!err && *cnt)
		err = leave_set(v, leave);
	return err;
}

/*
 * One step. It ends by time and not by a number of cases, because one case may be a page and
 * another, with photos, hundreds. Each step removes at least one case, so that a purge always ends.
 */
static int
purge_step(struct vault *v, struct leave *leave, uint32_t before, uint32_t *cnt, uint32_t *more)
{
	int err = vault_begin(v);
	*cnt = *more = 0;
	if (err)
		return err;
	err = leave_get(v, leave);
	if (!err)
		err = purge_some(v, leave, before < leave->before ? before : leave->before, cnt,
				 more);
	if (!err)
		err = vault_commit(v);
	if (err)
		store_rollback(v->store);
	return err;
}

/* The caller repeats until nothing is left; the last step also empties the write-ahead log. */
size_t
vault_purge(struct vault *v, uint32_t days, char *dst, size_t cap)
{
	struct leave leave;
	uint32_t cnt, more, before = day_before(v, days);
	int n, err = purge_step(v, &leave, before, &cnt, &more);
	if (err == ERR_FULL && vault_ballast_give(v))
		err = purge_step(v, &leave, before, &cnt, &more);
	/* The rows that went leave room inside the store's own file: new cases are taken again. */
	if (!err && cnt && v->ballast == VAULT_BALLAST_GIVEN)
		v->ballast = VAULT_BALLAST_NONE;
	if (!err && !more)
		err = store_scrub(v->store);
	if (!err && cnt)
		log_info("event=purged cases=%u", cnt);
	n = err ? snprintf(dst, cap, "%s\n", err_text(err))
		: snprintf(dst, cap, "purged %u, more %u, allowed %u\n", cnt, more, leave.left);
	return n < 0 ? 0 : (size_t)n;
}
