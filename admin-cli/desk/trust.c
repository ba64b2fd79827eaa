/* Roster and members note: fetches and verifies them, compares them with earlier ones, keeps them
 * (see trust.h). */
#include "admin-cli/desk/trust.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/sync_state.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define MEMBERS_MAX (4 * 1024 * 1024)

static void
view_free(struct trust *v)
{
	if (!v)
		return;
	bundle_free(&v->bundle);
	free(v->members);
	free(v);
}

void
trust_close(struct session *ses)
{
	view_free(ses->trust);
	ses->trust = NULL;
}

bool
trust_gives_key(const struct home_gateway *g, const struct roster *r)
{
	return g->key_named && r->version > g->min_version;
}

/*
 * By a newer roster the roots may give the gateway another key. One that is over does not: somebody
 * who has a key of its time could show it for ever. Nor does the first roster that this home sees,
 * since it may be older than the card.
 */
static int
check_key(struct session *ses, const struct roster *r, const struct home_gateway *g, uint32_t today)
{
	char until[TERM_DATE_CAP];

	if (memcmp(r->gateway_key, g->key, sizeof(g->key)) == 0)
		return DAVY_OK;
	if (!trust_gives_key(g, r))
		return session_fail(
			ses, DAVY_REFUSED, "key",
			_("Roster %u does not name the key of the card that this home was given. Either the "
			  "card is old: ask the registrar for the newest. Or the roster is: wait until a newer "
			  "one is published."),
			r->version);
	if (today >= r->until)
		return session_fail(
			ses, DAVY_REFUSED, "expired",
			_("Roster %u gives the gateway a new key, but was valid until %s only. It was not "
			  "used; the registrar must publish a newer one. If that day is still to come, this "
			  "machine's date is wrong."),
			r->version, term_date(until, r->until));
	return DAVY_OK;
}

/* Refuses a roster of another gateway, one that is older than the newest that was seen, a different
 * one with the same version, and one whose first day is still to come. One that is over is taken:
 * what was written before can still be read, and trust_may_seal() refuses the rest. */
static int
check_chain(struct session *ses, const struct bundle *b, const struct home_gateway *g,
	    uint32_t today)
{
	char from[TERM_DATE_CAP];
	const struct roster *r = b->roster;

	if (memcmp(r->gateway, g->card.id, 16) != 0)
		return session_fail(
			ses, DAVY_REFUSED, "roster",
			_("The roster is another gateway's; compare the card with the registrar's."));
	if (r->version < g->min_version)
		return session_fail(
			ses, DAVY_REFUSED, "rollback",
			_("The gateway serves roster %u, but this home has seen %u: an old roster is shown to "
			  "you. It was not used. Tell the registrar, but not through this gateway."),
			r->version, g->min_version);
	if (r->version == g->min_version && memcmp(b->note_hash, g->min_hash, 32) != 0)
		return session_fail(
			ses, DAVY_REFUSED, "fork",
			_("There are two different rosters %u: you are shown another one than before. It was "
			  "not used. Tell the registrar, but not through this gateway."),
			r->version);
	if (g->min_version && r->version == g->min_version + 1 &&
	    memcmp(r->previous, g->min_hash, 32) != 0)
		return session_fail(
			ses, DAVY_REFUSED, "fork",
			_("Roster %u does not follow the roster %u that this home has seen. Tell the "
			  "registrar, but not through this gateway."),
			r->version, g->min_version);
	if (today < r->from)
		return session_fail(
			ses, DAVY_REFUSED, "early",
			_("The roster is valid from %s on; is this machine's date right?"),
			term_date(from, r->from));
	return check_key(ses, r, g, today);
}

int
trust_may_seal(struct session *ses, const struct trust *v)
{
	char until[TERM_DATE_CAP];

	if (!v->expired)
		return DAVY_OK;
	return session_fail(
		ses, DAVY_REFUSED, "expired",
		_("The roster was valid until %s. The registrar must publish a new one; until then nothing "
		  "can be sealed. If that day is still to come, this machine's date is wrong."),
		term_date(until, v->bundle.roster->until));
}

static int
parse(struct session *ses, const struct home_gateway *g, const uint8_t *bytes, size_t len,
      struct bundle *b)
{
	int err = bundle_parse(b, bytes, len, &g->card.roots);

	if (err == ERR_AUTH)
		return session_fail(
			ses, DAVY_REFUSED, "forged",
			_("The roster is not signed by the roots of the gateway's card. It was not used; "
			  "compare the card with the registrar's."));
	return err ? session_fail_err(ses, err, "%s", _("The roster is not usable")) : DAVY_OK;
}

/* Keeps the bundle in the gateway's folder, and raises the floor in the gateway's conf. */
static int
remember(struct session *ses, const struct home_gateway *g, const struct bundle *b,
	 const uint8_t *bytes, size_t len)
{
	const char *path;
	int err = home_gateway_path(ses, "roster", &path);

	if (!err)
		err = file_write(ses, path, 0600, bytes, len);
	if (!err && (b->roster->version > g->min_version || !g->name || !g->key_named))
		err = home_gateway_raise(ses, b->roster, b->note_hash);
	return err;
}

/* The gateway's new key, before the first exchange that it must sign. */
static int
take_key(struct session *ses, const struct home_gateway *g, const struct bundle *b,
	 const uint8_t *bytes, size_t len)
{
	if (memcmp(b->roster->gateway_key, g->key, sizeof(g->key)) == 0)
		return DAVY_OK;
	int err = remember(ses, g, b, bytes, len);
	if (!err)
		session_warn(
			ses,
			_("The roots have given this gateway a new key (roster %u). From now on this "
			  "home believes the new one only."),
			b->roster->version);
	return err;
}

/* For a member: keeps the bundle in the workspace, and the day on which its hash was first seen. */
static int
remember_member(struct session *ses, const struct bundle *b, const uint8_t *bytes, size_t len,
		uint32_t today)
{
	uint8_t key[4], val[8], *old;
	struct bufw w;
	size_t old_len;
	int err = workspace_open(ses);

	if (err)
		return err;
	err = workspace_begin(ses->workspace);
	bufw_init(&w, key, sizeof(key));
	bufw_u32(&w, b->roster->version);
	if (!err)
		err = workspace_put(ses->workspace, WORKSPACE_ROSTER, key, sizeof(key), bytes, len);
	bufw_init(&w, val, sizeof(val));
	bufw_u32(&w, b->roster->version);
	bufw_u32(&w, today);
	if (!err && workspace_get(ses->workspace, WORKSPACE_HASH, b->hash, 32, &old, &old_len) == 0)
		workspace_free(old, old_len);
	else if (!err)
		err = workspace_put(ses->workspace, WORKSPACE_HASH, b->hash, 32, val, sizeof(val));
	if (!err)
		err = workspace_commit(ses->workspace);
	else
		workspace_abort(ses->workspace);
	return err ? session_fail_err(ses, err, "%s", _("The workspace cannot be written"))
		   : DAVY_OK;
}

/* The members note while its parts are fetched. */
struct members_note {
	uint8_t *bytes;
	uint32_t len, parts;
};

/* The first part tells how long the note is. */
static int
begin_members(struct session *ses, struct members_note *n, const struct frame_routing *r)
{
	n->len = r->length;
	n->parts = r->parts;
	if (n->len && n->len <= MEMBERS_MAX &&
	    n->parts == (n->len + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN)
		n->bytes = malloc((size_t)n->parts * FRAME_BODY_LEN);
	return n->bytes ? DAVY_OK
			: session_fail(ses, DAVY_REFUSED, "protocol",
				       _("The members note has an impossible length."));
}

static int
take_members(struct session *ses, struct members_note *n, uint32_t part, const struct net_answer *a)
{
	int err = DAVY_OK;

	if (part == 0)
		err = begin_members(ses, n, &a->routing);
	else if (a->routing.length != n->len || a->routing.parts != n->parts)
		err = session_fail(
			ses, DAVY_AGAIN, "changed",
			_("The members note changed while it was fetched; run this again."));
	if (!err)
		memcpy(n->bytes + (size_t)part * FRAME_BODY_LEN, a->body, FRAME_BODY_LEN);
	return err;
}

/* Fetches the members note of this SHA-256, which need not be the newest: a face may still serve
 * the roster before the one that was just published. The caller frees *bytes, which is NULL where
 * the gateway has none for this home. */
static int
fetch_members(struct session *ses, const uint8_t *hash, uint8_t **bytes, size_t *len)
{
	struct net_answer *a = malloc(sizeof(*a));
	struct net_request q = { .op = FRAME_ROSTER_GET,
				 .keep_status = true,
				 .what = _("The members note was not fetched") };
	struct members_note n = { .parts = 1 };
	int err = a ? DAVY_OK : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	q.routing.flags = 1;
	memcpy(q.routing.hash, hash, sizeof(q.routing.hash));
	for (uint32_t part = 0; !err && part < n.parts; part++) {
		q.routing.part = (uint16_t)part;
		err = net_exchange(ses, &q, a);
		if (err || (a->status == FRAME_NOT_FOUND && part == 0))
			break;
		err = a->status == FRAME_OK ? take_members(ses, &n, part, a)
					    : net_refusal(ses, q.what, a->status);
	}
	free(a);
	if (err) {
		free(n.bytes);
		n = (struct members_note){ 0 };
	}
	*bytes = n.bytes; /* transferred */
	*len = n.len;
	return err;
}

static int
use_members(struct session *ses, struct trust *v, const uint8_t *bytes, size_t len)
{
	const struct home_keys *k;
	int err = roster_members_parse(&v->members, (const char *)bytes, len);

	if (!err)
		err = roster_members_check(v->members, v->bundle.roster, bytes, len);
	if (err)
		return session_fail_err(ses, err, "%s",
					_("The members note is not the one that the roster names"));
	err = home_keys(ses, &k);
	if (err)
		return err;
	v->me = roster_member_by_key(v->members, k->sign_pk);
	v->desk = v->me && v->me->desk ? roster_find(v->bundle.roster, v->me->desk) : NULL;
	return DAVY_OK;
}

/* Loads the members note that the roster names: from the workspace, else with `fresh` from the
 * gateway. The gateway gives it to members only, so for others v->members stays NULL. */
static int
load_members(struct session *ses, struct trust *v, bool fresh)
{
	const uint8_t *hash = v->bundle.roster->members;
	uint8_t *bytes;
	size_t len;
	int err = workspace_open(ses);

	if (err)
		return err;
	if (workspace_get(ses->workspace, WORKSPACE_MEMBERS, hash, 32, &bytes, &len) == 0) {
		err = use_members(ses, v, bytes, len);
		workspace_free(bytes, len);
		return err;
	}
	if (!fresh)
		return DAVY_OK;
	err = fetch_members(ses, hash, &bytes, &len);
	if (err || !bytes)
		return err;
	err = use_members(ses, v, bytes, len);
	if (!err &&
	    (err = workspace_put(ses->workspace, WORKSPACE_MEMBERS, hash, 32, bytes, len)) != 0)
		err = session_fail_err(ses, err, "%s", _("The workspace cannot be written"));
	free(bytes);
	return err;
}

/* The later day of the two clocks: a gateway that sets its clock back must not make an expired key
 * usable again. */
static uint32_t
today_of(const struct session *ses)
{
	uint32_t day = (uint32_t)(net_minute(ses) / 1440);

	return day > term_today() ? day : term_today();
}

static int
read_bundle(struct session *ses, bool fresh, uint8_t **bytes, size_t *len)
{
	const char *path;
	int err = home_gateway_path(ses, "roster", &path);

	if (err)
		return err;
	if (fresh)
		return net_get(ses, "/roster", BUNDLE_MAX, bytes, len);
	if (access(path, R_OK) != 0)
		return session_fail(ses, DAVY_REFUSED, "no-roster",
				    _("There is no roster here yet: run davy sync."));
	return file_read(ses, path, BUNDLE_MAX, bytes, len);
}

static int
make_view(struct session *ses, bool fresh, struct trust *v)
{
	const struct home_gateway *g;
	uint8_t *bytes = NULL;
	size_t len;
	int err = home_gateway(ses, &g);

	if (!err)
		err = read_bundle(ses, fresh, &bytes, &len);
	if (!err)
		err = parse(ses, g, bytes, len, &v->bundle);
	v->today = today_of(ses);
	if (!err)
		err = check_chain(ses, &v->bundle, g, v->today);
	/* a gateway whose clock is ahead must not make a roster valid before its first day */
	if (!err && fresh)
		err = check_chain(ses, &v->bundle, g, term_today());
	if (!err)
		err = take_key(ses, g, &v->bundle, bytes, len);
	if (!err)
		v->expired = v->today >= v->bundle.roster->until;
	if (!err && home_has_keys(ses)) {
		if (fresh)
			err = remember_member(ses, &v->bundle, bytes, len, v->today);
		if (!err)
			err = load_members(ses, v, fresh);
	}
	if (!err && fresh)
		err = remember(ses, g, &v->bundle, bytes, len);
	free(bytes);
	return err;
}

int
trust_get(struct session *ses, bool fresh, const struct trust **out)
{
	*out = NULL;
	if (ses->trust && !fresh) {
		*out = ses->trust;
		return DAVY_OK;
	}
	struct trust *v = calloc(1, sizeof(*v));
	if (!v)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	int err = make_view(ses, fresh, v);
	if (err) {
		view_free(v);
		return err;
	}
	trust_close(ses);
	ses->trust = v;
	ses->trust_cnt++;
	*out = v;
	return DAVY_OK;
}
