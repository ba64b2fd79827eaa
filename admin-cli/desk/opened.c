/* Opens a case: decrypts each entry with our keys, audits it, checks its place and its author,
 * reads its body, and folds the whole (see opened.h). */
#include "admin-cli/desk/opened.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/expected.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/rewards.h"
#include "admin-cli/desk/workdays.h"
#include "admin-cli/rules/book.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define SPARE_CNT 4 /* entries of the block that is kept for the next case */

/* Tries the key of the memo, or without one the key that opened the entry before; then the others,
 * newest first. */
static int
open_any(struct opened_ring *in, struct opened_work *o, const struct workspace_entry *w, bool book,
	 bool own)
{
	size_t first = o->memo.has ? o->memo.key : in->last_key, k;
	size_t cnt = in->key_cnt + (own && in->own);
	uint8_t *plain = o->slot;
	int err = ERR_NO_MATCH;

	if (o->memo.known)
		err = first == in->key_cnt && !book
			      ? open_handed(plain, &o->result, w->sealed, &o->memo.file_key)
			      : open_again(plain, &o->result, w->sealed, in->key[first],
					   &o->memo.file_key);
	if (!err)
		o->result.stanza = o->memo.stanza;
	else
		o->memo.known = o->memo.sound = o->memo.audited = false;
	if (err && first >= cnt)
		first = 0;
	for (k = 0; err && k < cnt; k++) {
		size_t at = k == 0 ? first : k <= first ? k - 1 : k;

		err = open_sealed(plain, &o->result, w->sealed, in->key[at], o->memo.stanza);
		if (!err)
			first = at;
		else if (err != ERR_NO_MATCH)
			break;
	}
	if (err)
		return err;
	o->key = in->key[first];
	in->last_key = o->memo.key = first;
	return 0;
}

/* Keys of entries are sealed to a member and to desks. */
static int
audit_mixed(const struct opened_ring *in, struct opened_entry *x, const uint8_t *sealed)
{
	struct open_known *all = calloc(in->known_cnt + in->person_cnt, sizeof(*all));
	int err = ERR_MEM;

	if (all) {
		memcpy(all, in->known, in->known_cnt * sizeof(*all));
		memcpy(all + in->known_cnt, in->person, in->person_cnt * sizeof(*all));
		err = open_audit(&x->work->result, sealed, &x->e, all,
				 in->known_cnt + in->person_cnt);
	}
	for (size_t k = 0; !err && k < SEAL_CNT; k++)
		if (x->work->result.who[k]) { /* `all` goes */
			x->work->known[k] = *x->work->result.who[k];
			x->work->result.who[k] = &x->work->known[k];
		}
	free(all);
	return err;
}

static int
audit_with(struct opened *d, struct opened_entry *x, const uint8_t *sealed)
{
	struct opened_ring *in = d->inner->ring;
	struct opened_work *o = x->work;
	size_t cnt = in->known_cnt;
	int err = ERR_NOT_FOUND;

	if (d->source_pk) /* `known` has room for it */
		in->known[cnt++] = d->inner->source;
	if (o->memo.audited)
		err = open_audit_again(&o->result, &x->e, o->memo.dummies, in->known, cnt);
	if (err)
		err = open_audit(&o->result, sealed, &x->e, in->known, cnt);
	if (err == ERR_NOT_FOUND && d->c.rec.kind == FRAME_BOOK)
		err = open_audit(&o->result, sealed, &x->e, in->person, in->person_cnt);
	if (err == ERR_NOT_FOUND && x->e.type == ENTRY_FILE_KEYS)
		err = audit_mixed(in, x, sealed);
	return err;
}

static void
audit(struct session *ses, struct opened *d, size_t i, const uint8_t *sealed)
{
	struct opened_entry *x = &d->x[i];
	struct opened_work *o = x->work;
	struct open_result *r = &o->result;
	int err, k;

	err = audit_with(d, x, sealed);
	if (err == ERR_NOT_FOUND && opened_keys_older(ses, d->inner->ring))
		err = audit_with(d, x, sealed);
	x->audit = err == ERR_NOT_FOUND ? OPENED_UNKNOWN : err ? OPENED_UNAUDITED : OPENED_AUDITED;
	for (k = 0; !err && k < SEAL_CNT; k++) {
		if (!r->who[k])
			continue;
		o->known[k] = *r->who[k];
		o->who[k] = &o->known[k];
		x->desk[x->desk_cnt++] = r->who[k]->desk;
	}
	opened_memo_audited(&o->memo, r, err);
}

/* Whether an entry says the same gateway, case, thread and number as the place where it was found.
 * `nth`: how many entries of the source come before it. */
static enum fold_reason
check_place(const struct opened *d, const struct workspace_entry *w, const struct entry *e,
	    uint32_t nth)
{
	uint8_t id[KEY_ID_LEN];

	if (memcmp(e->gateway, d->inner->ring->gateway->card.id, sizeof(e->gateway)) ||
	    memcmp(e->id, d->c.rec.id, sizeof(e->id)) || e->thread != w->thread)
		return FOLD_PLACE;
	if (w->by_source) {
		frame_case_id(id, e->author);
		if (memcmp(id, d->c.rec.id, sizeof(id)))
			return FOLD_STRANGER;
		return e->number == nth ? FOLD_FINE : FOLD_PLACE;
	}
	if (w->thread == FRAME_SOURCE)
		return e->number == ENTRY_NO_NUMBER ? FOLD_FINE : FOLD_PLACE;
	return e->number == w->number ? FOLD_FINE : FOLD_PLACE;
}

static void
read_body(struct opened_entry *x, struct fold_entry *f)
{
	int err = schema_parse(&x->body, x->e.type, x->e.json, x->e.json_len, x->why);

	f->newer = err == ERR_STALE;
	f->body = x->body;
}

/*
 * Whether the source signed the frame that the gateway says it got: her entry, for that desk and
 * with that urgency. Sets the proof of opening.
 */
static bool
frame_fits(const struct opened *d, struct opened_entry *x, const struct workspace_entry *w)
{
	struct frame_stub_parts p = { .op = x->e.number ? FRAME_APPEND : FRAME_OPEN,
				      .key = x->e.author,
				      .sig = w->sig,
				      .body = w->sealed };
	uint8_t stub[FRAME_STUB_LEN];
	uint8_t tag[OPENED_TAG_LEN];
	memcpy(p.routing.id, d->c.rec.id, sizeof(p.routing.id));
	p.routing.number = x->e.number;
	if (!x->e.number) {
		p.routing.desk = d->c.rec.desk;
		p.routing.ladder = d->c.rec.ladder;
	}
	if (seal_opened(x->t, p.routing.proof, d->source_pk, d->c.rec.id))
		return false;
	opened_memo_tag(tag, &p);
	if (opened_memo_frame(&x->work->memo, tag))
		return true;
	if (frame_stub_make(stub, &p) || frame_stub_verify(stub, d->inner->ring->gateway->card.id))
		return false;
	memcpy(x->work->memo.frame, tag, sizeof(tag));
	return true;
}

/* How many entries of the source come before that number. */
static uint32_t
source_before(const struct opened *d, uint32_t number)
{
	uint32_t cnt = 0;

	for (size_t i = 0; i < d->cnt; i++)
		cnt += d->entry[i].by_source && d->entry[i].number < number;
	return cnt;
}

void
opened_entry_open(struct session *ses, struct opened *d, size_t i, const struct opened_try *how)
{
	struct opened_entry *x = &d->x[i];
	struct fold_entry *f = &d->entry[i];
	const struct workspace_entry *w = how->w;
	const struct opened_ring *ring = d->inner->ring;
	struct opened_memo *memo = &x->work->memo, had;
	bool book = d->c.rec.kind == FRAME_BOOK;

	if (!opened_crowd_memo(ses, ring, w->hash, memo))
		opened_memo_get(ses, ring, w->hash, memo);
	memcpy(&had, memo, sizeof(had));
	if (how->memo)
		*memo = *how->memo;
	f->fault = FOLD_UNOPENED;
	if (open_any(d->inner->ring, x->work, w, book, book || how->own))
		return;
	x->plain = x->work->slot;
	if (memo->sound ? entry_decode(&x->e, x->plain) : entry_parse(&x->e, x->plain)) {
		f->fault = FOLD_SIGNATURE;
		return;
	}
	/* Nobody makes a tip for one member look like one for his desk. */
	if (!book && memo->key == ring->key_cnt && !memo->known && x->e.type != ENTRY_FILE_KEYS) {
		x->plain = NULL;
		return;
	}
	x->handed = !book && memo->key == ring->key_cnt && x->e.type != ENTRY_FILE_KEYS;
	opened_memo_sound(memo, &x->work->result);
	d->inner->file_keys += x->e.type == ENTRY_FILE_KEYS;
	f->type = x->e.type;
	memcpy(f->prev, x->e.prev, sizeof(f->prev));
	memcpy(f->seen, x->e.seen, sizeof(f->seen));
	f->fault = check_place(d, w, &x->e, source_before(d, w->number));
	if (!f->fault && entry_source_key(&x->e)) {
		d->source_pk = entry_source_key(&x->e);
		open_known_set(&d->inner->source, d->source_pk, 0);
	}
	x->proof = !w->by_source || !d->source_pk || frame_fits(d, x, w);
	/* before the audit, since it may fetch a roster whose keys the audit needs */
	if (w->by_source)
		x->roster = opened_roster_check(ses, d, x->e.roster, w->day, &x->roster_version);
	audit(ses, d, i, w->sealed);
	if (memcmp(memo, &had, sizeof(had)))
		opened_memo_put(ses, ring, w->hash, memo);
	sodium_memzero(&had, sizeof(had));
	read_body(x, f);
}

static int
open_thread(struct session *ses, struct opened *d, struct opened_block *block, size_t from,
	    int thread)
{
	struct workspace_entry *w = malloc(sizeof(*w));
	uint32_t *have = thread == FRAME_SOURCE ? &d->inner->have_source : &d->inner->have_desk;
	uint32_t until = thread == FRAME_SOURCE ? d->c.have_source : d->c.have_desk;
	int err = w ? 0 : ERR_MEM;

	for (; !err && *have < until; ++*have) {
		bool came = opened_crowd_entry(ses, d->c.rec.id, thread, *have, w);
		if (!came)
			err = workspace_entry_get(ses->workspace, d->c.rec.id, thread, *have, w);
		if (err == ERR_NOT_FOUND) { /* the fold finds the gap by the chain of hashes */
			err = 0;
			continue;
		}
		if (err)
			break;
		struct fold_entry *f = &d->entry[d->cnt];

		f->thread = w->thread;
		f->number = w->number;
		f->day = w->day;
		f->by_source = w->by_source;
		memcpy(f->hash, w->hash, sizeof(f->hash));
		d->x[d->cnt].came = came;
		d->x[d->cnt].work = &block->work[d->cnt - from];
		d->x[d->cnt].work->slot = block->plain + (d->cnt - from) * ENTRY_LEN;
		opened_entry_open(ses, d, d->cnt, &(struct opened_try){ .w = w });
		d->cnt++;
	}
	free(w);
	return err;
}

static struct opened_block *
block_new(struct opened_ring *ring, size_t cap)
{
	struct opened_block *b = ring->spare;

	if (b && b->cap >= cap) {
		ring->spare = NULL;
		return b;
	}
	cap = cap < SPARE_CNT ? SPARE_CNT : cap;
	b = calloc(1, sizeof(*b));
	/* libsodium puts its end at the end of a page: only a multiple of 16 begins aligned */
	if (!b || !(b->work = secret_alloc((cap * (sizeof(*b->work) + ENTRY_LEN) + 15) & ~15ul))) {
		free(b);
		return NULL;
	}
	b->cap = cap;
	b->plain = (uint8_t *)(b->work + cap);
	return b;
}

static void
block_drop(struct opened_ring *ring, struct opened_block *b)
{
	if (ring->spare || b->cap > SPARE_CNT) {
		secret_free(b->work);
		free(b);
		return;
	}
	sodium_memzero(b->work, b->cap * (sizeof(*b->work) + ENTRY_LEN));
	ring->spare = b;
}

/* Makes room for `more` entries. The two arrays may move; the plaintexts that they point to do not.
 */
static struct opened_block *
grow(struct opened *d, size_t more)
{
	struct opened_inner *in = d->inner;
	size_t room = d->cnt + more + 1;
	void *x = reallocarray(d->x, room, sizeof(*d->x));

	if (x)
		d->x = x;
	void *entry = reallocarray(d->entry, room, sizeof(*d->entry));
	if (entry)
		d->entry = entry;
	struct opened_block *block = x && entry ? block_new(in->ring, more + 1) : NULL;
	if (!block)
		return NULL;
	memset(d->x + d->cnt, 0, (more + 1) * sizeof(*d->x));
	memset(d->entry + d->cnt, 0, (more + 1) * sizeof(*d->entry));
	block->next = in->block;
	in->block = block;
	return block;
}

static struct fold_desk
receiving_desk(const struct opened *d)
{
	const struct roster_desk *desk = roster_find(d->view->bundle.roster, d->c.rec.desk);
	struct fold_desk at = { .known = desk != NULL };

	if (desk) {
		at.planning = desk->kind == ROSTER_PLANNING;
		at.integrity = desk->kind == ROSTER_INTEGRITY;
		at.level = desk->level;
		memcpy(at.area, desk->area, sizeof(at.area));
	}
	return at;
}

/* What a log is: the gateway tells the kind of it, and the first entry which book it is. */
static enum machine_id
machine_of(const struct opened *d)
{
	size_t first = opened_find(d, FRAME_DESK, 0);

	if (d->c.rec.kind == FRAME_CASE)
		return rewards_is_claim(d) ? MACHINE_CLAIM : MACHINE_TIP;
	if (d->c.rec.kind == FRAME_ORDER)
		return MACHINE_ORDER;
	if (first == FOLD_NONE)
		return MACHINE_REFERRAL;
	/* What none of our keys opens is between other members. */
	if (d->entry[first].fault == FOLD_UNOPENED)
		return MACHINE_CONFLICT;
	return book_machine(d->entry[first].type, d->x[first].body);
}

static int
fold_whole(struct session *ses, struct opened *d)
{
	fold_free(&d->fold);
	d->in = (struct fold_input){ .machine = machine_of(d),
				     .entry = d->entry,
				     .entry_cnt = d->cnt,
				     .today = d->view->today,
				     .at = receiving_desk(d),
				     .years = workdays_known(ses) };
	rewards_verify(d);
	return fold_run(&d->fold, &d->in);
}

/* Opens the entries that have come since the last time, and folds the whole log again. */
static int
extend(struct session *ses, struct opened *d)
{
	struct opened_inner *in = d->inner;
	size_t from = d->cnt,
	       more = d->c.have_source - in->have_source + d->c.have_desk - in->have_desk;
	struct opened_block *block = NULL;
	int err = 0;

	if (more || !d->x) {
		block = grow(d, more);
		err = block ? workspace_begin(ses->workspace) : ERR_MEM;
	}
	if (!err && block) {
		err = open_thread(ses, d, block, from, FRAME_SOURCE);
		if (!err)
			err = open_thread(ses, d, block, from, FRAME_DESK);
		if (!err)
			err = opened_handed_open(ses, d, &from);
		(void)!workspace_commit(ses->workspace); /* hints alone, see hint_put() */
		opened_name_authors(ses, d, from);
		for (size_t i = from; i < d->cnt; i++)
			expected_check(ses, d, i);
	}
	if (!err)
		err = fold_whole(ses, d);
	if (!err && opened_handed_close(d))
		err = fold_whole(ses, d);
	return err ? session_fail_err(ses, err, "%s", _("The case cannot be opened")) : 0;
}

static int
load(struct session *ses, struct opened *d)
{
	int err = workspace_open(ses);

	if (!err)
		err = trust_get(ses, false, &d->view);
	if (!err)
		err = opened_ring_get(ses, d);
	return err ? err : extend(ses, d);
}

/* Whether the session keeps this very case, and all that it borrows from (trust, keystore) is as it
 * was when the case was opened. */
static bool
is_kept(struct session *ses, const struct workspace_case *c)
{
	const struct opened *d = ses->opened;

	return d && !memcmp(d->c.rec.id, c->rec.id, sizeof(c->rec.id)) && ses->trust &&
	       d->inner->ring->trust == ses->trust_cnt &&
	       d->inner->ring->epoch_cnt == d->inner->ring->keys->epoch_cnt &&
	       c->have_source >= d->inner->have_source && c->have_desk >= d->inner->have_desk;
}

static int
load_new(struct session *ses, const struct workspace_case *c, struct opened **out)
{
	struct opened *d = calloc(1, sizeof(*d));
	int err;

	if (d)
		d->inner = calloc(1, sizeof(*d->inner));
	if (!d || !d->inner) {
		free(d);
		return session_fail_err(ses, ERR_MEM, "%s", _("The case cannot be opened"));
	}
	d->inner->refs = 1;
	d->c = *c;
	err = load(ses, d);
	if (err)
		opened_free(d);
	else
		*out = d;
	return err;
}

void
opened_forget(struct session *ses)
{
	opened_free(ses->opened);
	ses->opened = NULL;
}

void
opened_close(struct session *ses)
{
	opened_rest(ses);
	opened_forget(ses);
	opened_ring_drop(ses->ring);
	ses->ring = NULL;
}

int
opened_load(struct session *ses, const struct workspace_case *c, struct opened **out)
{
	int err;

	*out = NULL;
	if (is_kept(ses, c)) {
		ses->opened->c = *c;
		err = extend(ses, ses->opened);
	} else {
		opened_forget(ses);
		err = load_new(ses, c, &ses->opened);
	}
	if (err) {
		opened_forget(ses);
		return err;
	}
	ses->opened->inner->refs++;
	*out = ses->opened;
	return 0;
}

int
opened_glance(struct session *ses, const struct workspace_case *c, struct opened **out)
{
	*out = NULL;
	return !ses->opened || is_kept(ses, c) ? opened_load(ses, c, out) : load_new(ses, c, out);
}

void
opened_free(struct opened *d)
{
	struct opened_block *block, *next;
	size_t i;

	if (!d || --d->inner->refs)
		return;
	for (i = 0; d->x && i < d->cnt; i++)
		json_decref(d->x[i].body);
	for (block = d->inner->block; block; block = next) {
		next = block->next;
		block_drop(d->inner->ring, block);
	}
	opened_ring_drop(d->inner->ring);
	free(d->inner);
	fold_free(&d->fold);
	free(d->x);
	free(d->entry);
	free(d);
}

size_t
opened_find(const struct opened *d, int thread, uint32_t number)
{
	size_t i;

	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].thread == thread && d->entry[i].number == number)
			return i;
	return FOLD_NONE;
}

uint32_t
opened_count(const struct opened *d, int thread)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].thread == thread && d->entry[i].number >= n)
			n = d->entry[i].number + 1;
	return n;
}

size_t
opened_first(const struct opened *d)
{
	return d->fold.tip;
}

int
opened_sealed(struct session *ses, const struct opened *d, size_t i, struct workspace_entry *out)
{
	int err = workspace_entry_get(ses->workspace, d->c.rec.id, d->entry[i].thread,
				      d->entry[i].number, out);

	return err ? session_fail_err(ses, err, "%s", _("The entry cannot be read")) : 0;
}

const struct open_key *
opened_key(const struct opened *d, size_t i)
{
	return d->x[i].work->key;
}

const struct open_known *const *
opened_who(const struct opened *d, size_t i)
{
	return d->x[i].work->who;
}
