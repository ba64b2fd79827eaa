/* Registers and shares in the workspace (see planned.h). */
#include "admin-cli/desk/planned.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/plan/register.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/seal.h"

/* Keys of WORKSPACE_PLAN: 'r' ‖ u16 desk, 's' (share), 'e' (as it was sealed)
 * and 'd' (seed) ‖ hash of the plan. */
#define REGISTER_KEY_LEN 3
#define SHARE_KEY_LEN    33
#define SHARE_LEN        (1 + 32 + 2 + 4 + 4)

static void
register_key(uint8_t key[static REGISTER_KEY_LEN], uint16_t desk)
{
	struct bufw w;

	bufw_init(&w, key, REGISTER_KEY_LEN);
	bufw_u8(&w, 'r');
	bufw_u16(&w, desk);
}

struct found {
	uint16_t desk;
	size_t cnt;
};

static int
on_register(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct found *f = arg;
	struct buf b;

	(void)val, (void)len;
	buf_init(&b, key, key_len);
	if (buf_u8(&b) != 'r')
		return 0;
	f->desk = buf_u16(&b);
	f->cnt++;
	return 0;
}

static int
only_desk(struct session *ses, uint16_t *desk)
{
	struct found f = { 0 };
	int err = workspace_each(ses->workspace, WORKSPACE_PLAN, on_register, &f);

	if (err)
		return sync_workspace_failed(ses, err);
	if (f.cnt > 1)
		return session_fail(ses, DAVY_REFUSED, "usage",
				    _("Registers of %zu desks are here; say which with --desk."),
				    f.cnt);
	*desk = f.desk;
	return 0;
}

int
planned_register(struct session *ses, uint16_t *desk, struct plan_register *r)
{
	uint8_t key[REGISTER_KEY_LEN], *val;
	struct plan_wrong wrong;
	size_t len;

	memset(r, 0, sizeof(*r));
	int err = workspace_open(ses);
	if (!err && !*desk)
		err = only_desk(ses, desk);
	if (err)
		return err;
	register_key(key, *desk);
	err = *desk ? workspace_get(ses->workspace, WORKSPACE_PLAN, key, sizeof(key), &val, &len)
		    : ERR_NOT_FOUND;
	if (err == ERR_NOT_FOUND)
		return session_fail(
			ses, DAVY_REFUSED, "not-found",
			_("There is no register of sites here yet: davy plan sites-import FILE --desk N."));
	if (err)
		return sync_workspace_failed(ses, err);
	err = plan_register_read(r, val, len, &wrong);
	workspace_free(val, len);
	return err ? session_fail_err(ses, err, "%s", _("The register of sites was not read")) : 0;
}

struct desks {
	uint16_t *list;
	size_t cnt;
};

static int
on_desk(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct found one = { 0 };
	struct desks *d = arg;
	uint16_t *more;

	(void)on_register(&one, key, key_len, val, len);
	if (!one.cnt)
		return 0;
	more = realloc(d->list, (d->cnt + 1) * sizeof(*more));
	if (!more)
		return ERR_MEM;
	d->list = more;
	d->list[d->cnt++] = one.desk;
	return 0;
}

int
planned_desks(struct session *ses, uint16_t **out, size_t *cnt)
{
	struct desks d = { 0 };
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_each(ses->workspace, WORKSPACE_PLAN,
								on_desk, &d));
	if (err) {
		free(d.list);
		return err;
	}
	*out = d.list;
	*cnt = d.cnt;
	return 0;
}

int
planned_register_keep(struct session *ses, uint16_t desk, const struct plan_register *r)
{
	uint8_t key[REGISTER_KEY_LEN];
	char *text;
	size_t len;
	int err = workspace_open(ses);

	if (err)
		return err;
	err = plan_register_print(&text, &len, r);
	if (err)
		return session_fail_err(ses, err, "%s", _("The register of sites was not kept"));
	register_key(key, desk);
	err = workspace_put(ses->workspace, WORKSPACE_PLAN, key, sizeof(key), text, len);
	sodium_memzero(text, len);
	free(text);
	return sync_workspace_failed(ses, err);
}

/* What is kept of a plan under a letter, of exactly this length. */
static int
kept(struct session *ses, char letter, const uint8_t plan[static 32], void *out, size_t want,
     bool *there)
{
	uint8_t key[SHARE_KEY_LEN] = { (uint8_t)letter }, *val;
	size_t len;
	int err = workspace_open(ses);

	*there = false;
	if (err)
		return err;
	memcpy(key + 1, plan, 32);
	err = workspace_get(ses->workspace, WORKSPACE_PLAN, key, sizeof(key), &val, &len);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err)
		return sync_workspace_failed(ses, err);
	*there = len == want;
	if (*there)
		memcpy(out, val, len);
	workspace_free(val, len);
	return *there ? 0 : sync_workspace_failed(ses, ERR_FORMAT);
}

static int
keep(struct session *ses, char letter, const uint8_t plan[static 32], const void *bytes, size_t len)
{
	uint8_t key[SHARE_KEY_LEN] = { (uint8_t)letter };
	int err = workspace_open(ses);

	memcpy(key + 1, plan, 32);
	return err ? err
		   : sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_PLAN, key,
							      sizeof(key), bytes, len));
}

static bool
share_read(struct planned_share *s, const uint8_t plan[static 32], const uint8_t *val, size_t len)
{
	struct buf b;

	memset(s, 0, sizeof(*s));
	memcpy(s->plan, plan, sizeof(s->plan));
	buf_init(&b, val, len);
	s->approver = buf_u8(&b);
	buf_bytes(&b, s->share, sizeof(s->share), sizeof(s->share));
	s->desk = buf_u16(&b);
	s->from = buf_u32(&b);
	s->until = buf_u32(&b);
	return buf_end(&b) == 0;
}

int
planned_share(struct session *ses, const uint8_t plan[static 32], struct planned_share *out,
	      bool *there)
{
	uint8_t val[SHARE_LEN];
	int err = kept(ses, 's', plan, val, sizeof(val), there);

	if (err || !*there)
		return err;
	*there = share_read(out, plan, val, sizeof(val));
	sodium_memzero(val, sizeof(val));
	return *there ? 0 : sync_workspace_failed(ses, ERR_FORMAT);
}

int
planned_share_keep(struct session *ses, const struct planned_share *s)
{
	uint8_t val[SHARE_LEN];
	struct bufw w;

	bufw_init(&w, val, sizeof(val));
	bufw_u8(&w, s->approver);
	bufw_bytes(&w, s->share, sizeof(s->share));
	bufw_u16(&w, s->desk);
	bufw_u32(&w, s->from);
	bufw_u32(&w, s->until);
	int err = sync_workspace_failed(ses, bufw_end(&w));
	if (!err)
		err = keep(ses, 's', s->plan, val, sizeof(val));
	sodium_memzero(val, sizeof(val));
	return err;
}

int
planned_seed(struct session *ses, const uint8_t plan[static 32], uint8_t seed[static 32],
	     bool *there)
{
	return kept(ses, 'd', plan, seed, 32, there);
}

int
planned_seed_keep(struct session *ses, const uint8_t plan[static 32], const uint8_t seed[static 32])
{
	return keep(ses, 'd', plan, seed, 32);
}

int
planned_sealed(struct session *ses, const uint8_t plan[static 32], uint8_t *sealed, bool *there)
{
	return kept(ses, 'e', plan, sealed, SEAL_LEN, there);
}

int
planned_sealed_keep(struct session *ses, const uint8_t plan[static 32], const uint8_t *sealed)
{
	return keep(ses, 'e', plan, sealed, SEAL_LEN);
}

struct search {
	const struct planned_share *s;
	bool other;
};

static int
on_share(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct search *f = arg;
	struct planned_share s;

	if (key_len == SHARE_KEY_LEN && *key == 's' && share_read(&s, key + 1, val, len) &&
	    s.desk == f->s->desk && memcmp(s.plan, f->s->plan, 32) != 0 && s.from <= f->s->until &&
	    f->s->from <= s.until)
		f->other = true;
	sodium_memzero(&s, sizeof(s));
	return 0;
}

int
planned_other(struct session *ses, const struct planned_share *s, bool *other)
{
	struct search f = { .s = s };
	int err = workspace_open(ses);

	if (!err)
		err = sync_workspace_failed(ses, workspace_each(ses->workspace, WORKSPACE_PLAN,
								on_share, &f));
	*other = f.other;
	return err;
}
