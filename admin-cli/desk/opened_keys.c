/* The keys and members against which an opened case is checked: those of the roster now, and those
 * of earlier rosters (see opened_inner.h). */
#include "admin-cli/desk/opened_inner.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/net/net.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/secret.h"

int
opened_keys_add(struct opened_ring *in, const uint8_t *pk, uint16_t desk)
{
	struct open_known *known;
	size_t i;

	if (in->known_cnt == in->known_cap) {
		size_t cap = in->known_cap ? 2 * in->known_cap : 32;

		/* one more, for the source of a case */
		known = reallocarray(in->known, cap + 1, sizeof(*known));
		if (!known)
			return ERR_MEM;
		in->known = known;
		in->known_cap = cap;
	}
	known = &in->known[in->known_cnt];
	open_known_set(known, pk, desk);
	for (i = 0; i < in->known_cnt; i++)
		if (!memcmp(in->known[i].hash, known->hash, sizeof(known->hash)))
			return 0;
	in->known_cnt++;
	return 0;
}

static int
add_bundle(struct opened_ring *in, const struct bundle *b)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < b->epoch_cnt; i++)
		err = opened_keys_add(in, b->epoch[i].key, b->epoch[i].desk);
	return err;
}

/* Our own epoch keys: the secrets open entries, the public keys are recipients of older entries. */
static int
load_own(struct session *ses, struct opened_ring *in)
{
	const struct home_epoch *e;
	size_t i = 0;
	int err = 0;

	in->key = calloc(in->keys->epoch_cnt + 2, sizeof(*in->key));
	in->cache = secret_alloc((in->keys->epoch_cnt + 2) * sizeof(*in->cache));
	if (!in->key || !in->cache)
		return ERR_MEM;
	while (!err && (e = home_epoch_next(ses, in->keys, 0, &i)) != NULL) {
		in->key[in->key_cnt] = open_key_new(&e->secret);
		if (!in->key[in->key_cnt])
			err = ERR_MEM;
		else if (record_derive(&in->cache[in->key_cnt], e->secret.seed))
			err = ERR_INTERNAL;
		else
			err = opened_keys_add(in, open_key_public(in->key[in->key_cnt++]), e->desk);
	}
	if (!err && !(in->key[in->key_cnt] = open_key_new(&in->keys->seal)))
		err = ERR_MEM;
	if (!err && record_derive(&in->cache[in->key_cnt], in->keys->seal.seed))
		err = ERR_INTERNAL;
	in->own = in->key[in->key_cnt] != NULL;
	return err;
}

/* The own keys of members, each with the number of his desk. */
static int
load_persons(struct opened_ring *in, const struct trust *view)
{
	const struct roster_members *all = view->members;
	size_t i;

	in->person = calloc((all ? all->cnt : 0) + 1, sizeof(*in->person));
	for (i = 0; in->person && all && i < all->cnt; i++)
		open_known_set(&in->person[in->person_cnt++], all->member[i].seal,
			       all->member[i].desk);
	return in->person ? 0 : ERR_MEM;
}

/*
 * The archive of every certificate that a roster here has named, as records of u16 desk ‖ u8 use ‖
 * u32 from ‖ u32 until ‖ u32 day when this home first saw it ‖ public key. A roster names only
 * current keys, but an entry that was sealed to an older one must still audit, and a desk that was
 * passed over must be noticed although the gateway no longer shows its certificate.
 */
enum archive_at { AT_DESK = 0, AT_USE = 2, AT_FROM = 3, AT_UNTIL = 7, AT_SEEN = 11, AT_KEY = 15 };

#define ARCHIVE_LEN  (AT_KEY + KEY_SEAL_PUBLIC_LEN)
#define ARCHIVE      "certificates"
#define ARCHIVE_SEEN "certificates seen"

static uint32_t
u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t
archive_desk(const uint8_t *rec)
{
	return (uint16_t)(rec[AT_DESK] | rec[AT_DESK + 1] << 8);
}

static int
archive_add(struct opened_ring *in, const uint8_t *old, size_t old_len)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && (i + 1) * ARCHIVE_LEN <= old_len; i++)
		err = opened_keys_add(in, old + i * ARCHIVE_LEN + AT_KEY,
				      archive_desk(old + i * ARCHIVE_LEN));
	return err;
}

static bool
archive_has(const uint8_t *old, size_t old_len, const uint8_t *pk)
{
	size_t i;

	for (i = 0; (i + 1) * ARCHIVE_LEN <= old_len; i++)
		if (!memcmp(old + i * ARCHIVE_LEN + AT_KEY, pk, KEY_SEAL_PUBLIC_LEN))
			return true;
	return false;
}

static void
archive_write(uint8_t rec[static ARCHIVE_LEN], const struct epoch *e, uint32_t seen)
{
	struct bufw w;

	bufw_init(&w, rec, ARCHIVE_LEN);
	bufw_u16(&w, e->desk);
	bufw_u8(&w, e->use);
	bufw_u32(&w, e->from);
	bufw_u32(&w, e->until);
	bufw_u32(&w, seen);
	bufw_bytes(&w, e->key, KEY_SEAL_PUBLIC_LEN);
}

/* Adds the certificates of a bundle to the archive, once for each bundle. */
static int
archive_put(struct workspace *ws, const struct bundle *b, uint32_t today)
{
	uint8_t *seen = NULL, *old = NULL, *all;
	size_t seen_len = 0, old_len = 0, len, i;
	int err;

	err = workspace_get(ws, WORKSPACE_NOTE, ARCHIVE_SEEN, strlen(ARCHIVE_SEEN), &seen,
			    &seen_len);
	if (!err && seen_len == sizeof(b->hash) && !memcmp(seen, b->hash, seen_len)) {
		workspace_free(seen, seen_len);
		return 0;
	}
	workspace_free(seen, seen_len);
	err = workspace_get(ws, WORKSPACE_NOTE, ARCHIVE, strlen(ARCHIVE), &old, &old_len);
	if (err && err != ERR_NOT_FOUND)
		return err;
	len = err ? 0 : old_len - old_len % ARCHIVE_LEN;
	all = malloc(len + b->epoch_cnt * ARCHIVE_LEN + 1);
	if (!all) {
		workspace_free(old, old_len);
		return ERR_MEM;
	}
	if (len)
		memcpy(all, old, len);
	workspace_free(old, old_len);
	for (i = 0; i < b->epoch_cnt; i++) {
		if (archive_has(all, len, b->epoch[i].key))
			continue;
		archive_write(all + len, &b->epoch[i], today);
		len += ARCHIVE_LEN;
	}
	err = workspace_put(ws, WORKSPACE_NOTE, ARCHIVE, strlen(ARCHIVE), all, len);
	if (!err)
		err = workspace_put(ws, WORKSPACE_NOTE, ARCHIVE_SEEN, strlen(ARCHIVE_SEEN), b->hash,
				    sizeof(b->hash));
	free(all);
	return err;
}

/* Whether a record is of an online certificate that was seen by that day and is good on it. */
static bool
archive_good(const uint8_t *rec, uint32_t day)
{
	return rec[AT_USE] == EPOCH_ONLINE && u32(rec + AT_SEEN) <= day &&
	       u32(rec + AT_FROM) <= day && day < u32(rec + AT_UNTIL);
}

const uint8_t *
opened_keys_good(const struct opened_ring *in, uint16_t desk, uint32_t day)
{
	const uint8_t *found = NULL;
	size_t i;

	for (i = 0; (i + 1) * ARCHIVE_LEN <= in->archive_len; i++) {
		const uint8_t *rec = in->archive + i * ARCHIVE_LEN;

		if (archive_desk(rec) == desk && archive_good(rec, day) &&
		    (!found || u32(rec + AT_FROM) >= u32(found + AT_FROM)))
			found = rec;
	}
	return found ? found + AT_KEY : NULL;
}

int
opened_keys_load(struct session *ses, struct opened *d)
{
	struct opened_ring *in = d->inner->ring;
	int err = add_bundle(in, &d->view->bundle);

	if (!err)
		err = load_own(ses, in);
	if (!err)
		err = load_persons(in, d->view);
	if (!err)
		err = archive_put(ses->workspace, &d->view->bundle, d->view->today);
	if (!err && workspace_get(ses->workspace, WORKSPACE_NOTE, ARCHIVE, strlen(ARCHIVE),
				  &in->archive, &in->archive_len))
		in->archive_len = 0;
	return err ? session_fail_err(ses, err, "%s", _("The keys cannot be prepared")) : 0;
}

void
opened_keys_free(struct opened_ring *in)
{
	size_t i;

	for (i = 0; i < in->key_cnt + in->own; i++)
		open_key_free(in->key[i]);
	for (i = 0; i < in->old_cnt; i++)
		bundle_free(&in->old[i]);
	for (i = 0; i < in->note_cnt; i++)
		free(in->notes[i]);
	workspace_free(in->archive, in->archive_len);
	free(in->key);
	secret_free(in->cache);
	if (in->spare)
		secret_free(in->spare->work);
	free(in->spare);
	free(in->old);
	free(in->hash);
	free(in->notes);
	free(in->person);
	free(in->known);
}

static bool
is_current(const struct session *ses, const struct opened_ring *in)
{
	return in && in->trust == ses->trust_cnt && in->epoch_cnt == in->keys->epoch_cnt;
}

int
opened_ring_get(struct session *ses, struct opened *d)
{
	if (!is_current(ses, ses->ring)) {
		struct opened_ring *in = calloc(1, sizeof(*in));
		if (!in)
			return session_fail_err(ses, ERR_MEM, "%s",
						_("The keys cannot be prepared"));
		opened_ring_drop(ses->ring);
		ses->ring = in;
		in->refs = 1;
		int err = home_gateway(ses, &in->gateway);
		if (!err)
			err = home_keys(ses, &in->keys);
		d->inner->ring = in;
		if (!err)
			err = opened_keys_load(ses, d);
		d->inner->ring = NULL;
		if (err) {
			opened_ring_drop(in);
			ses->ring = NULL;
			return err;
		}
		in->trust = ses->trust_cnt;
		in->epoch_cnt = in->keys->epoch_cnt;
	}
	d->inner->ring = ses->ring;
	ses->ring->refs++;
	return 0;
}

void
opened_ring_drop(struct opened_ring *in)
{
	if (!in || --in->refs)
		return;
	opened_keys_free(in);
	free(in);
}

static int
add_old(struct opened_ring *in, const uint8_t *bytes, size_t len)
{
	struct bundle *old = reallocarray(in->old, in->old_cnt + 1, sizeof(*old));

	if (!old)
		return ERR_MEM;
	in->old = old;
	if (bundle_parse(&old[in->old_cnt], bytes, len, &in->gateway->card.roots))
		return 0;
	return add_bundle(in, &old[in->old_cnt++]);
}

static int
each_bundle(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	(void)key;
	(void)key_len;
	return add_old(arg, val, len);
}

bool
opened_keys_older(struct session *ses, struct opened_ring *in)
{
	size_t before = in->known_cnt;

	if (in->old_loaded)
		return false;
	in->old_loaded = true;
	(void)!archive_add(in, in->archive, in->archive_len);
	(void)!workspace_each(ses->workspace, WORKSPACE_ROSTER, each_bundle, in);
	in->seen_cnt = in->old_cnt;
	return in->known_cnt > before;
}

static int
each_note(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct opened_ring *in = arg;
	struct roster_members **notes = reallocarray(in->notes, in->note_cnt + 1, sizeof(*notes));

	(void)key;
	(void)key_len;
	if (!notes)
		return ERR_MEM;
	in->notes = notes;
	if (!roster_members_parse(&notes[in->note_cnt], (const char *)val, len))
		in->note_cnt++;
	return 0;
}

const struct roster_member *
opened_keys_author(struct session *ses, struct opened *d, const uint8_t key[static 32])
{
	struct opened_ring *in = d->inner->ring;
	const struct roster_member *m = NULL;
	size_t i;

	if (d->view->members)
		m = roster_member_by_key(d->view->members, key);
	if (m)
		return m;
	if (!in->notes_loaded) {
		in->notes_loaded = true;
		(void)!workspace_each(ses->workspace, WORKSPACE_MEMBERS, each_note, in);
	}
	for (i = 0; !m && i < in->note_cnt; i++)
		m = roster_member_by_key(in->notes[i], key);
	return m;
}

/* Fetches the bundle with that hash from the gateway part by part, and verifies it as a whole. A
 * case is opened inside a transaction. */
static int
fetch_bundle(struct session *ses, struct opened_ring *in, const uint8_t hash[static 32],
	     uint32_t *version)
{
	struct net_request q = { .op = FRAME_ROSTER_GET, .keep_status = true };
	struct net_answer *a = malloc(sizeof(*a));
	uint8_t *bytes = malloc(BUNDLE_MAX);
	size_t len = 0, part_len, total = 0;
	int err = ERR_NOT_FOUND;

	memcpy(q.routing.hash, hash, sizeof(q.routing.hash));
	workspace_pause(ses->workspace);
	if (!a || !bytes)
		goto out;
	do {
		if (net_exchange(ses, &q, a)) {
			session_forgive(ses);
			goto out;
		}
		if (!len)
			total = a->routing.length;
		/* the lengths are the gateway's word, so they are checked before they are used */
		if (a->status != FRAME_OK || a->routing.length != total || total > BUNDLE_MAX)
			goto out;
		part_len = total - len < FRAME_BODY_LEN ? total - len : FRAME_BODY_LEN;
		memcpy(bytes + len, a->body, part_len);
		len += part_len;
		q.routing.part++;
	} while (len < total && q.routing.part < a->routing.parts);
	if (add_old(in, bytes, len) || !in->old_cnt ||
	    memcmp(in->old[in->old_cnt - 1].hash, hash, 32))
		goto out;
	*version = in->old[in->old_cnt - 1].roster->version;
	err = 0;
out:
	workspace_resume(ses->workspace);
	free(a);
	free(bytes);
	return err;
}

static int
each_hash(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct opened_ring *in = arg;
	struct opened_hash *h = reallocarray(in->hash, in->hash_cnt + 1, sizeof(*h));

	if (!h)
		return ERR_MEM;
	in->hash = h;
	if (key_len != sizeof(h->hash) || len < 8)
		return 0;
	h += in->hash_cnt++;
	memcpy(h->hash, key, sizeof(h->hash));
	h->version = u32(val);
	h->seen = u32(val + 4);
	return 0;
}

/* The roster with that hash, as this home has seen it; NULL: it has not. */
static const struct opened_hash *
find_hash(struct session *ses, struct opened_ring *in, const uint8_t hash[static 32])
{
	if (!in->hash_loaded)
		(void)!workspace_each(ses->workspace, WORKSPACE_HASH, each_hash, in);
	in->hash_loaded = true;
	for (size_t i = 0; i < in->hash_cnt; i++)
		if (!memcmp(in->hash[i].hash, hash, 32))
			return &in->hash[i];
	return NULL;
}

/* The first day on which this home saw a newer roster than that one; UINT32_MAX: never. */
static uint32_t
newer_than(const struct opened_ring *in, const struct opened_hash *had)
{
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < in->hash_cnt; i++) {
		const struct opened_hash *h = &in->hash[i];
		bool newer = h->version > had->version ||
			     (h->version == had->version && h->seen > had->seen);
		if (newer && h->seen < first)
			first = h->seen;
	}
	return first;
}

const struct bundle *
opened_keys_bundle(struct session *ses, struct opened *d, uint32_t version)
{
	struct opened_ring *in = d->inner->ring;
	size_t i;

	if (version && d->view->bundle.roster && d->view->bundle.roster->version == version)
		return &d->view->bundle;
	(void)opened_keys_older(ses, in);
	for (i = 0; i < in->old_cnt; i++)
		if (version && in->old[i].roster->version == version)
			return &in->old[i];
	return NULL;
}

/* Whether what this home has seen itself confirms a bundle that the gateway gave for the asking:
 * the same signed roster, and a key of every desk of which a good one was known here by that day.
 * (Not the very certificate: on the day of a rotation a source may have got the bundle before.) */
static bool
confirmed(struct session *ses, struct opened *d, const struct bundle *got, uint32_t day)
{
	struct opened_ring *in = d->inner->ring;
	bool same = d->view->bundle.roster &&
		    !memcmp(d->view->bundle.note_hash, got->note_hash, 32);
	size_t i;

	(void)opened_keys_older(ses, in);
	for (i = 0; !same && i < in->seen_cnt; i++)
		same = !memcmp(in->old[i].note_hash, got->note_hash, 32);
	for (i = 0; same && (i + 1) * ARCHIVE_LEN <= in->archive_len; i++) {
		const uint8_t *rec = in->archive + i * ARCHIVE_LEN;

		same = !archive_good(rec, day) ||
		       bundle_key(got, archive_desk(rec), EPOCH_ONLINE, day) != NULL;
	}
	return same;
}

enum opened_roster
opened_roster_check(struct session *ses, struct opened *d, const uint8_t hash[static 32],
		    uint32_t day, uint32_t *version)
{
	struct opened_ring *in = d->inner->ring;
	const struct opened_hash *had = find_hash(ses, in, hash);
	size_t i;

	*version = 0;
	if (!had) {
		/* Those of the workspace come first, so that in->seen_cnt counts only them. */
		(void)opened_keys_older(ses, in);
		for (i = in->seen_cnt; i < in->old_cnt; i++)
			if (!memcmp(in->old[i].hash, hash, 32))
				break;
		if (i == in->old_cnt && fetch_bundle(ses, in, hash, version))
			return OPENED_ROSTER_UNKNOWN;
		*version = in->old[i].roster->version;
		return confirmed(ses, d, &in->old[i], day) ? OPENED_ROSTER_FINE
							   : OPENED_ROSTER_UNSEEN;
	}
	*version = had->version;
	uint32_t first = newer_than(in, had);
	return first != UINT32_MAX && day > first + OPENED_OVERLAP ? OPENED_ROSTER_OLDER
								   : OPENED_ROSTER_FINE;
}
