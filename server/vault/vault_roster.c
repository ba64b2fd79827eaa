/*
 * The roster and members note in force, the bundle of the day, and uploads (FORMATS.md sections 4
 * and 9).
 */
#include "server/vault/vault.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "server/base/log.h"

#include <sodium.h>
#include <stdio.h>

#define CERTS_MAX 512

struct certs {
	struct bundle_doc doc[CERTS_MAX];
	size_t cnt;
};

static int
certs_take(void *arg, const struct store_key *key, const void *blob)
{
	struct certs *c = arg;
	if (c->cnt == CERTS_MAX)
		return 0;
	uint8_t *copy = malloc(key->len ? key->len : 1);
	if (!copy)
		return ERR_MEM;
	memcpy(copy, blob, key->len);
	c->doc[c->cnt++] = (struct bundle_doc){ .kind = "epoch", .bytes = copy, .len = key->len };
	return 0;
}

static void
certs_free(struct certs *c)
{
	for (size_t i = 0; i < c->cnt; i++)
		free((void *)(uintptr_t)c->doc[i].bytes);
	free(c);
}

/* Makes the bundle of this day and keeps it under its hash. */
static int
bundle_make(struct vault *v)
{
	struct certs *certs = calloc(1, sizeof(*certs));
	if (!certs)
		return ERR_MEM;
	uint8_t *bytes = NULL, hash[32];
	size_t len = 0;
	int err = store_cert_list(v->store, certs_take, certs);
	if (!err) {
		struct bundle_source src = {
			.roster = v->roster,
			.note = { .kind = "roster", .bytes = v->note, .len = v->note_len },
			.certs = certs->doc,
			.cert_cnt = certs->cnt,
			.day = vault_day_early(v)
		};
		err = bundle_build(&bytes, &len, hash, &src);
	}
	certs_free(certs);
	if (err)
		return err;
	if (!v->bundle || memcmp(hash, v->bundle_hash, sizeof(hash))) {
		err = store_begin(v->store);
		if (!err) {
			err = store_doc_put(v->store, STORE_BUNDLE, v->roster->version, hash, bytes,
					    len);
			if (!err)
				err = store_commit(v->store);
			if (err)
				store_rollback(v->store);
		}
		/* On a full disk the bundle is served without being stored. */
		if (err == ERR_FULL)
			err = 0;
	}
	if (err) {
		free(bytes);
		return err;
	}
	free(v->bundle);
	v->bundle = bytes; /* transferred */
	v->bundle_len = len;
	memcpy(v->bundle_hash, hash, sizeof(hash));
	v->day = vault_day_early(v);
	return 0;
}

void
vault_roster_drop(struct vault *v)
{
	free(v->roster);
	free(v->members);
	free(v->note);
	free(v->members_note);
	v->roster = NULL;
	v->members = NULL;
	v->note = v->members_note = NULL;
}

/*
 * Loads the pair of documents that was accepted last. They were verified then, but are parsed again
 * as if they came from outside.
 */
static int
load_notes(struct vault *v)
{
	int err = store_doc_get(v->store, STORE_ROSTER, NULL, &v->note, &v->note_len);
	if (err)
		return err;
	v->roster = calloc(1, sizeof(*v->roster));
	if (!v->roster)
		return ERR_MEM;
	err = roster_verify(v->roster, v->note, v->note_len, &v->keys->card.roots);
	if (!err)
		err = store_doc_get(v->store, STORE_MEMBERS, v->roster->members, &v->members_note,
				    &v->members_len);
	if (!err)
		err = roster_members_parse(&v->members, (const char *)v->members_note,
					   v->members_len);
	if (!err)
		err = roster_members_check(v->members, v->roster, v->members_note, v->members_len);
	key_sha256(v->note_hash, v->note, v->note_len);
	memcpy(v->members_hash, v->roster->members, sizeof(v->members_hash));
	return err;
}

int
vault_roster_check(struct vault *v, char why[static STORE_WHY_LEN])
{
	struct bundle b;
	uint8_t *bytes = NULL;
	size_t len = 0;
	int err = load_notes(v);
	vault_roster_drop(v);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (err) {
		snprintf(
			why, STORE_WHY_LEN,
			"the roster in the store does not verify (%s): do the roots in the card belong to this "
			"gateway? If they do, restore the last backup",
			err_text(err));
		return err;
	}
	err = store_doc_get(v->store, STORE_BUNDLE, NULL, &bytes, &len);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (!err)
		err = bundle_parse(&b, bytes, len, &v->keys->card.roots);
	if (!err)
		bundle_free(&b);
	free(bytes);
	if (err)
		snprintf(
			why, STORE_WHY_LEN,
			"the certificates of the desks in the store do not verify (%s): restore the last backup",
			err_text(err));
	return err;
}

bool
vault_roster_other_key(const struct vault *v)
{
	return v->roster && memcmp(v->roster->gateway_key, v->keys->card.key, KEY_SIGN_PUBLIC_LEN);
}

int
vault_roster_load(struct vault *v)
{
	vault_roster_drop(v);
	int err = load_notes(v);
	if (err) {
		vault_roster_drop(v);
		return err;
	}
	if (vault_roster_other_key(v))
		log_info(
			"event=roster-key version=%u why=\"the roster in force still names another key of this "
			"gateway: nobody but a registrar with the new card believes its answers\"",
			v->roster->version);
	vault_tlog_roster(v);
	return bundle_make(v);
}

const struct roster_member *
vault_member(const struct vault *v, const uint8_t key[static KEY_SIGN_PUBLIC_LEN])
{
	return v->members ? roster_member_by_key(v->members, key) : NULL;
}

/*
 * Whether a first part holds the whole roster note, signed by the pinned roots. Before the first
 * roster nobody knows the registrar, and this is what tells him from anybody.
 */
static bool
part_signed(const struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	struct buf b;
	size_t n, len = 0;
	if (q->part)
		return false;
	buf_init(&b, c->req.body, q->length < FRAME_BODY_LEN ? q->length : FRAME_BODY_LEN);
	const char *line = buf_line(&b, &n);
	if (!line || n < 8 || n > 14 || memcmp(line, "roster ", 7))
		return false;
	for (size_t i = 7; i < n; i++) {
		if (line[i] < '0' || line[i] > '9')
			return false;
		len = len * 10 + (size_t)(line[i] - '0');
	}
	const uint8_t *note = buf_take(&b, len);
	struct roster *r = note && !b.bad ? calloc(1, sizeof(*r)) : NULL;
	bool good = r && !roster_verify(r, note, len, &c->v->keys->card.roots);
	free(r);
	return good;
}

/*
 * Finds the sender's upload of that size; otherwise reuses the place that has waited longest.
 * Before the first roster, who has not shown a signed note shares the first place.
 */
static struct vault_upload *
upload_find(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	bool first = !c->v->roster, proven = first && part_signed(c);
	int from = proven, to = first && !proven ? 1 : VAULT_UPLOAD_CNT;
	for (int i = 1; !proven && first && i < VAULT_UPLOAD_CNT; i++)
		if (c->v->upload[i].used &&
		    !memcmp(c->v->upload[i].key, c->req.key, KEY_SIGN_PUBLIC_LEN))
			to = VAULT_UPLOAD_CNT;
	struct vault_upload *oldest = &c->v->upload[from];
	for (int i = from; i < to; i++) {
		struct vault_upload *u = &c->v->upload[i];
		if (u->used && !memcmp(u->key, c->req.key, sizeof(u->key))) {
			if (u->parts == q->parts && u->length == q->length)
				return u;
			oldest = u;
			break;
		}
		if (u->used < oldest->used)
			oldest = u;
	}
	vault_upload_drop(oldest);
	oldest->bytes = calloc(q->parts, FRAME_BODY_LEN);
	if (!oldest->bytes)
		return NULL;
	memcpy(oldest->key, c->req.key, sizeof(oldest->key));
	oldest->parts = q->parts;
	oldest->length = q->length;
	return oldest;
}

/*
 * Verifies a complete upload as a roster. 0, ERR_DUP when it is the one in force, or the failure.
 */
static int
roster_judge(struct vault_call *c, const struct bundle_doc *note, const struct bundle_doc *members,
	     struct roster *r)
{
	struct vault *v = c->v;
	struct roster_members *m = NULL;
	uint8_t hash[32];
	key_sha256(hash, note->bytes, note->len);
	if (v->roster && !memcmp(hash, v->note_hash, sizeof(hash)))
		return ERR_DUP;
	int err = roster_verify(r, note->bytes, note->len, &v->keys->card.roots);
	/* The one in force may name the key before; a new one names ours. */
	if (!err && (memcmp(r->gateway, v->keys->card.id, sizeof(r->gateway)) ||
		     memcmp(r->gateway_key, v->keys->card.key, sizeof(r->gateway_key))))
		err = ERR_ROSTER;
	if (!err)
		err = roster_follows(r, v->roster, v->note_hash);
	/* Where the machine's clock is suspect, either day may be today. */
	if (!err && roster_current(r, vault_day_early(v)))
		err = roster_current(r, vault_day(v));
	if (!err)
		err = roster_members_parse(&m, (const char *)members->bytes, members->len);
	if (!err)
		err = roster_members_check(m, r, members->bytes, members->len);
	if (!err) {
		const struct roster_member *by = roster_member_by_key(m, c->req.key);
		/* The first roster vouches for its own registrar; later ones need a registrar of
		 * the one in force. */
		if (!v->roster && !(by && by->roles & ROSTER_RG))
			err = ERR_DENIED;
	}
	free(m);
	return err;
}

static int
roster_take(struct vault_call *c, const struct vault_upload *u)
{
	struct vault *v = c->v;
	struct bundle_doc note, members;
	uint8_t hash[32];
	struct roster *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_MEM;
	int err = bundle_upload_parse(&note, &members, u->bytes, u->length);
	if (!err)
		err = roster_judge(c, &note, &members, r);
	if (err) {
		if (err != ERR_DUP)
			log_info("event=roster-refused why=\"%s\"", err_text(err));
		free(r);
		return err == ERR_DUP ? FRAME_OK : err == ERR_MEM ? err : FRAME_BAD;
	}
	key_sha256(hash, note.bytes, note.len);
	err = store_doc_put(v->store, STORE_ROSTER, r->version, hash, note.bytes, note.len);
	if (!err)
		err = store_doc_put(v->store, STORE_MEMBERS, r->version, r->members, members.bytes,
				    members.len);
	c->wrote = true;
	v->roster_dirty = true;
	free(r);
	return err ? err : FRAME_OK;
}

int
vault_roster_put(struct vault_call *c)
{
	const struct frame_routing *q = &c->req.routing;
	if (c->v->roster) {
		struct auth_ask ask = { .roster = c->v->roster,
					.member = c->member,
					.desk = c->member->desk,
					.op = FRAME_ROSTER_PUT };
		if (!auth_allows(&ask))
			return FRAME_NOT_FOUND;
	}
	if (!q->parts || q->parts > VAULT_UPLOAD_MAX || q->part >= q->parts || !q->length ||
	    (q->length + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN != q->parts)
		return FRAME_BAD;
	int err = vault_upload_load(c->v);
	if (err)
		return err;
	struct vault_upload *u = upload_find(c);
	if (!u)
		return FRAME_BUSY;
	memcpy(u->bytes + (size_t)q->part * FRAME_BODY_LEN, c->req.body, FRAME_BODY_LEN);
	u->have[q->part] = true;
	u->used = ++c->v->upload_seq;
	for (int i = 0; i < u->parts; i++)
		if (!u->have[i]) {
			err = vault_upload_keep(c->v, u, q->part);
			return err ? err : FRAME_OK;
		}
	err = vault_upload_gather(c->v, u, q->part);
	int status = err ? err : roster_take(c, u);
	err = status < 0 ? 0 : vault_upload_end(c->v, u);
	return err ? err : status;
}

int
vault_roster_get(struct vault_call *c)
{
	struct vault *v = c->v;
	const struct frame_routing *q = &c->req.routing;
	enum store_doc kind = q->flags ? STORE_MEMBERS : STORE_BUNDLE;
	const uint8_t *now = q->flags ? v->members_hash : v->bundle_hash;
	const uint8_t *hash = sodium_is_zero(q->hash, sizeof(q->hash)) ? now : q->hash;
	uint8_t *old = NULL;
	const uint8_t *bytes = q->flags ? v->members_note : v->bundle;
	size_t len = q->flags ? v->members_len : v->bundle_len;
	if (q->flags > 1)
		return FRAME_BAD;
	if (memcmp(hash, now, 32)) {
		int err = store_doc_get(v->store, kind, hash, &old, &len);
		if (err)
			return err == ERR_NOT_FOUND ? FRAME_NOT_FOUND : err;
		bytes = old;
	}
	size_t parts = (len + FRAME_BODY_LEN - 1) / FRAME_BODY_LEN;
	int status = FRAME_NOT_FOUND;
	if (bytes && q->part < parts) {
		size_t at = (size_t)q->part * FRAME_BODY_LEN;
		c->body_len = len - at < FRAME_BODY_LEN ? len - at : FRAME_BODY_LEN;
		memcpy(c->body, bytes + at, c->body_len);
		c->out.part = q->part;
		c->out.parts = (uint16_t)parts;
		c->out.flags = q->flags;
		c->out.length = (uint32_t)len;
		memcpy(c->out.hash, hash, 32);
		status = FRAME_OK;
	}
	free(old);
	return status;
}
