#include "admin-cli/desk/opened.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "crypto/err.h"
#include "crypto/secret.h"

static const struct {
	uint16_t in;
	enum machine_by out;
} role_map[] = {
	{ ROSTER_TR, BY_TR }, { ROSTER_SR, BY_SR }, { ROSTER_PL, BY_PL }, { ROSTER_TL, BY_TL },
	{ ROSTER_IN, BY_IN }, { ROSTER_IG, BY_IG }, { ROSTER_RW, BY_RW },
};

uint32_t
opened_roles(uint16_t roster_roles)
{
	uint32_t roles = 0;
	size_t i;

	for (i = 0; i < sizeof(role_map) / sizeof(*role_map); i++)
		if (roster_roles & role_map[i].in)
			roles |= 1u << role_map[i].out;
	return roles;
}

/* Desks that have a part in this log: those of the first entry's audit, the receiving desk, the
 * desk above it and the backstop. */
static bool
is_related(const struct opened *d, uint16_t desk)
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *receiving = roster_find(r, d->c.rec.desk);
	size_t first = opened_find(d, d->c.rec.kind == FRAME_ORDER, 0);
	unsigned i;

	if (desk == d->c.rec.desk || desk == r->backstop || (receiving && desk == receiving->above))
		return true;
	for (i = 0; first != FOLD_NONE && i < d->x[first].desk_cnt; i++)
		if (d->x[first].desk[i] == desk)
			return true;
	return false;
}

static void
fill_person(const struct opened *d, struct fold_person *who, const struct roster_member *m)
{
	const struct roster_desk *desk = roster_find(d->view->bundle.roster, m->desk);

	memcpy(who->handle, m->handle, sizeof(who->handle));
	who->desk = m->desk;
	who->level = desk ? desk->level : 0;
	who->roles = opened_roles(m->roles);
	who->related = is_related(d, m->desk);
}

void
opened_person(const struct opened *d, struct fold_person *who)
{
	memset(who, 0, sizeof(*who));
	if (d->view->me)
		fill_person(d, who, d->view->me);
}

/* The first of our keys that opens it. */
static int
open_any(struct opened_inner *in, size_t i, const uint8_t *sealed)
{
	struct opened_work *o = &in->opened[i];
	int err = ERR_NO_MATCH;
	size_t k;

	for (k = 0; err == ERR_NO_MATCH && k < in->key_cnt; k++) {
		err = open_sealed(in->plain + i * ENTRY_LEN, &o->result, sealed, in->key[k]);
		if (!err)
			o->key = in->key[k];
	}
	return err;
}

static void
audit(struct session *ses, struct opened *d, size_t i, const uint8_t *sealed)
{
	struct opened_entry *x = &d->x[i];
	struct opened_work *o = &d->inner->opened[i];
	struct open_result *r = &o->result;
	int err, k;

	err = open_audit(r, sealed, &x->e, d->inner->known, d->inner->known_cnt);
	if (err == ERR_NOT_FOUND && opened_keys_older(ses, d->inner))
		err = open_audit(r, sealed, &x->e, d->inner->known, d->inner->known_cnt);
	x->audit = !err ? OPENED_AUDITED : err == ERR_NOT_FOUND ? OPENED_UNKNOWN : OPENED_UNAUDITED;
	for (k = 0; !err && k < SEAL_CNT; k++) {
		if (!r->who[k])
			continue;
		o->known[k] = *r->who[k];
		o->who[k] = &o->known[k];
		x->desk[x->desk_cnt++] = r->who[k]->desk;
	}
}

/* Place, author and body of an opened entry. `nth`: how many of the source's stand before. */
static enum fold_reason
check_place(const struct opened *d, const struct workspace_entry *w, const struct entry *e,
	    uint32_t nth)
{
	uint8_t id[KEY_ID_LEN];

	if (memcmp(e->gateway, d->inner->gateway->card.id, sizeof(e->gateway)) ||
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

static void
open_entry(struct session *ses, struct opened *d, size_t i, const struct workspace_entry *w,
	   uint32_t nth)
{
	struct opened_entry *x = &d->x[i];
	struct fold_entry *f = &d->entry[i];
	struct open_result *r = &d->inner->opened[i].result;

	f->thread = w->thread;
	f->number = w->number;
	f->day = w->day;
	f->by_source = w->by_source;
	memcpy(f->hash, w->hash, sizeof(f->hash));
	if (open_any(d->inner, i, w->sealed)) {
		f->fault = FOLD_UNOPENED;
		return;
	}
	x->plain = d->inner->plain + i * ENTRY_LEN;
	f->fault = entry_parse(&x->e, x->plain) ? FOLD_SIGNATURE : FOLD_FINE;
	if (f->fault)
		return;
	f->type = x->e.type;
	memcpy(f->prev, x->e.prev, sizeof(f->prev));
	memcpy(f->seen, x->e.seen, sizeof(f->seen));
	memcpy(x->t, r->t, sizeof(x->t));
	x->proof = !w->by_source || !memcmp(r->T, w->proof, sizeof(r->T));
	f->fault = check_place(d, w, &x->e, nth);
	if (x->e.type == ENTRY_TIP && x->e.binary_len == XWING_PUBLIC_LEN && !f->fault &&
	    !opened_keys_add(d->inner, x->e.binary, 0))
		d->source_pk = x->e.binary;
	if (w->by_source) /* first, since it may bring keys that the audit needs */
		x->roster = opened_roster_check(ses, d->inner, x->e.roster, w->day,
						&x->roster_version);
	audit(ses, d, i, w->sealed);
	read_body(x, f);
}

/* Authors come last: whose desk has a part is known once the first entry has been audited. */
static void
name_authors(struct session *ses, struct opened *d)
{
	size_t i;

	for (i = 0; i < d->cnt; i++) {
		struct fold_entry *f = &d->entry[i];

		if (f->fault || f->by_source)
			continue;
		d->x[i].author = opened_keys_author(ses, d, d->x[i].e.author);
		if (d->x[i].author)
			fill_person(d, &f->who, d->x[i].author);
		else
			f->fault = FOLD_STRANGER;
	}
}

static int
open_thread(struct session *ses, struct opened *d, int thread, uint32_t cnt)
{
	struct workspace_entry *w = malloc(sizeof(*w));
	uint32_t n, nth = 0;
	int err = w ? 0 : ERR_MEM;

	for (n = 0; !err && n < cnt; n++) {
		err = workspace_entry_get(ses->workspace, d->c.rec.id, thread, n, w);
		if (err == ERR_NOT_FOUND) { /* a gap: the chain will tell */
			err = 0;
			continue;
		}
		if (err)
			break;
		open_entry(ses, d, d->cnt, w, nth);
		nth += w->by_source;
		d->cnt++;
	}
	free(w);
	return err;
}

static int
prepare(struct session *ses, struct opened *d)
{
	size_t cnt = d->c.have_source + d->c.have_desk;
	struct opened_inner *in = d->inner;

	d->x = calloc(cnt + 1, sizeof(*d->x));
	d->entry = calloc(cnt + 1, sizeof(*d->entry));
	in->plain_len = (cnt + 1) * ENTRY_LEN;
	in->plain = secret_alloc(in->plain_len);
	in->opened = secret_alloc((cnt + 1) * sizeof(*in->opened));
	if (!d->x || !d->entry || !in->plain || !in->opened)
		return session_fail_err(ses, ERR_MEM, "%s", _("The case cannot be opened"));
	return opened_keys_load(ses, d);
}

static int
load(struct session *ses, struct opened *d)
{
	int r, err;

	r = home_gateway(ses, &d->inner->gateway);
	if (!r)
		r = home_keys(ses, &d->inner->keys);
	if (!r)
		r = workspace_open(ses);
	if (!r)
		r = trust_get(ses, false, &d->view);
	if (!r)
		r = prepare(ses, d);
	if (r)
		return r;
	err = open_thread(ses, d, FRAME_SOURCE, d->c.have_source);
	if (!err)
		err = open_thread(ses, d, FRAME_DESK, d->c.have_desk);
	if (!err) {
		name_authors(ses, d);
		d->in = (struct fold_input){ .machine = d->c.rec.kind == FRAME_ORDER ? MACHINE_ORDER
										     : MACHINE_TIP,
					     .entry = d->entry,
					     .entry_cnt = d->cnt,
					     .today = d->view->today };
		err = fold_run(&d->fold, &d->in);
	}
	return err ? session_fail_err(ses, err, "%s", _("The case cannot be opened")) : 0;
}

int
opened_load(struct session *ses, const struct workspace_case *c, struct opened **out)
{
	struct opened *d = calloc(1, sizeof(*d));
	int err;

	*out = NULL;
	if (d)
		d->inner = calloc(1, sizeof(*d->inner));
	if (!d || !d->inner) {
		free(d);
		return session_fail_err(ses, ERR_MEM, "%s", _("The case cannot be opened"));
	}
	d->c = *c;
	err = load(ses, d);
	if (err)
		opened_free(d);
	else
		*out = d;
	return err;
}

void
opened_free(struct opened *d)
{
	size_t i;

	if (!d)
		return;
	for (i = 0; d->x && i < d->cnt; i++)
		json_decref(d->x[i].body);
	opened_keys_free(d->inner);
	secret_free(d->inner->plain);
	secret_free(d->inner->opened);
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
	return d->inner->opened[i].key;
}

const struct open_known *const *
opened_who(const struct opened *d, size_t i)
{
	return d->inner->opened[i].who;
}
