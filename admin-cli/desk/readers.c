/* Reckons from whom a case is to be hidden, and forgets a case (see readers.h). */
#include "admin-cli/desk/readers.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/search.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"

static int
by_handle(const void *a, const void *b)
{
	return memcmp(((const struct conflict_member *)a)->handle,
		      ((const struct conflict_member *)b)->handle, 8);
}

/* The members of the desk at which the case lies. */
static int
members(const struct opened *d, const json_t *rota, const uint8_t (*hide)[8], size_t hide_cnt,
	struct readers *out)
{
	const struct roster_members *all = d->view->members;
	size_t i, k;

	out->m = calloc((all ? all->cnt : 0) + 1, sizeof(*out->m));
	if (!out->m)
		return ERR_MEM;
	for (i = 0; all && i < all->cnt; i++) {
		const struct roster_member *from = &all->member[i];
		struct conflict_member *m = &out->m[out->cnt];

		if (from->desk != d->c.rec.desk || !opened_roles(from->roles))
			continue;
		memcpy(m->handle, from->handle, sizeof(m->handle));
		m->name = from->name;
		m->pair = rota && duty_has(rota, m->handle);
		for (k = 0; k < d->fold.recused_cnt; k++)
			m->recused |= !memcmp(d->fold.recused[k], m->handle, 8);
		for (k = 0; k < hide_cnt; k++)
			m->hidden |= !memcmp(hide[k], m->handle, 8);
		out->cnt++;
	}
	qsort(out->m, out->cnt, sizeof(*out->m), by_handle);
	for (i = 0; d->view->me && i < out->cnt; i++)
		if (!memcmp(out->m[i].handle, d->view->me->handle, 8))
			out->me = &out->m[i];
	return 0;
}

int
readers_reckon(struct session *ses, const struct opened *d, const uint8_t (*hide)[8],
	       size_t hide_cnt, struct readers *out)
{
	size_t tip = opened_first(d);
	struct conflict_case c = { 0 };
	uint8_t seed[CONFLICT_SEED];
	json_t *said;
	int err;

	*out = (struct readers){ 0 };
	if (d->fold.machine != MACHINE_TIP || tip == FOLD_NONE || !d->x[tip].work->memo.known)
		return session_fail(ses, DAVY_REFUSED, "unopened",
				    _("The tip is not opened here: davy case show."));
	err = duty_list(ses, &out->books);
	if (err)
		return err;
	const json_t *rota = duty_on(out->books, d->view->today);
	out->rota = rota != NULL;
	out->duty = rota && d->view->me && duty_has(rota, d->view->me->handle);
	if (members(d, rota, hide, hide_cnt, out)) {
		readers_free(out);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	said = json_object();
	if (d->fold.said[CLASS_REGULATOR])
		json_object_set(said, "regulator", (json_t *)d->fold.said[CLASS_REGULATOR]);
	c.tip = d->x[tip].body;
	c.said = said;
	c.sheet = json_object_get(json_object_get(rota, "body"), "sheet");
	c.key = d->x[tip].work->memo.file_key.b;
	c.seed = duty_seed(rota, d->entry[tip].day, seed) ? seed : NULL;
	out->draws = c.seed != NULL;
	out->left = conflict_reckon(&c, out->m, out->cnt);
	sodium_memzero(seed, sizeof(seed));
	json_decref(said);
	return 0;
}

void
readers_free(struct readers *r)
{
	free(r->m);
	json_decref(r->books);
	*r = (struct readers){ 0 };
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

json_t *
readers_body(const struct readers *r)
{
	uint8_t list[FOLD_HIDDEN][8];
	json_t *words = json_array();
	size_t i, cnt = 0;
	char hex[17];

	for (i = 0; i < r->cnt && cnt <= FOLD_HIDDEN; i++) {
		if (r->m[i].cause == CONFLICT_NONE)
			continue;
		if (cnt < FOLD_HIDDEN)
			memcpy(list[cnt], r->m[i].handle, 8);
		cnt++;
	}
	if (cnt > FOLD_HIDDEN) {
		json_decref(words);
		return NULL;
	}
	for (; cnt < FOLD_HIDDEN; cnt++)
		randombytes_buf(list[cnt], 8);
	qsort(list, FOLD_HIDDEN, 8, by_bytes);
	for (i = 0; i < FOLD_HIDDEN; i++)
		json_array_append_new(words, json_string(term_hex(hex, list[i], 8)));
	return json_pack("{s:i,s:o}", "v", 1, "hidden", words);
}

bool
readers_wait(struct session *ses, const struct workspace_case *c, const json_t *books,
	     uint32_t today)
{
	const json_t *rota = duty_on(books, today);
	const struct trust *view;

	if (!rota || c->rec.kind != FRAME_CASE || c->rec.relation != FRAME_REL_RECEIVING ||
	    !c->rec.shown || c->rec.flags & FRAME_R_CLOSED)
		return false;
	if (trust_get(ses, false, &view)) {
		session_forgive(ses);
		return false;
	}
	return view->me && duty_has(rota, view->me->handle);
}

bool
readers_unset(struct session *ses, const struct opened *d)
{
	json_t *books;
	bool wait;

	if (d->fold.machine != MACHINE_TIP || d->fold.readers_set)
		return false;
	if (duty_list(ses, &books)) {
		session_forgive(ses);
		return false;
	}
	wait = readers_wait(ses, &d->c, books, d->view->today);
	json_decref(books);
	return wait;
}

struct keys {
	uint8_t id[16];
	struct {
		uint8_t b[64];
		size_t len;
	} * key;
	size_t cnt;
};

static int
gather_key(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct keys *k = arg;

	(void)val;
	(void)len;
	if (key_len < sizeof(k->id) || key_len > sizeof(k->key->b) ||
	    memcmp(key, k->id, sizeof(k->id)) != 0)
		return 0;
	void *more = reallocarray(k->key, k->cnt + 1, sizeof(*k->key));
	if (!more)
		return ERR_MEM;
	k->key = more;
	memcpy(k->key[k->cnt].b, key, key_len);
	k->key[k->cnt++].len = key_len;
	return 0;
}

/* What was opened and shown of an entry is kept by the hash of its bytes. */
static int
forget_entry(struct session *ses, const uint8_t *id, int thread, uint32_t number,
	     struct workspace_entry *w)
{
	static const char word[] = "shown";
	uint8_t key[sizeof(word) + 32];
	int err = workspace_entry_get(ses->workspace, id, thread, number, w);

	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	memcpy(key, word, sizeof(word));
	memcpy(key + sizeof(word), w->hash, 32);
	err = workspace_del(ses->workspace, WORKSPACE_OPENED, w->hash, 32);
	return err ? err : workspace_del(ses->workspace, WORKSPACE_NOTE, key, sizeof(key));
}

static int
forget_entries(struct session *ses, const struct workspace_case *c)
{
	struct workspace_entry *w = malloc(sizeof(*w));
	int err = w ? 0 : ERR_MEM;
	uint32_t i;

	for (i = 0; !err && i < c->have_source; i++)
		err = forget_entry(ses, c->rec.id, FRAME_SOURCE, i, w);
	for (i = 0; !err && i < c->have_desk; i++)
		err = forget_entry(ses, c->rec.id, FRAME_DESK, i, w);
	free(w);
	return err;
}

static int
forget_out(struct session *ses, const uint8_t id[static 16])
{
	struct workspace_out *list;
	size_t cnt, i;
	int err = workspace_out_list(ses->workspace, &list, &cnt);

	for (i = 0; !err && i < cnt; i++)
		if (!memcmp(list[i].id, id, KEY_ID_LEN))
			err = workspace_out_del(ses->workspace, list[i].seq);
	workspace_out_free(list, cnt);
	return err;
}

static int
forget_all(struct session *ses, const uint8_t id[static 16])
{
	/* every kind whose key is the id, or begins with it */
	static const enum workspace_kind kinds[] = { WORKSPACE_ENTRY, WORKSPACE_READS,
						     WORKSPACE_PART,  WORKSPACE_DRAFT,
						     WORKSPACE_LIKE,  WORKSPACE_FIGURE,
						     WORKSPACE_HELD,  WORKSPACE_CASE };
	struct workspace_case c;
	int err = workspace_case_get(ses->workspace, id, &c);

	if (!err)
		err = forget_entries(ses, &c);
	if (err == ERR_NOT_FOUND)
		err = 0;
	if (!err)
		err = forget_out(ses, id);
	if (!err)
		err = search_forget(ses->workspace, id);
	for (size_t i = 0; !err && i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct keys k = { 0 };

		memcpy(k.id, id, sizeof(k.id));
		err = workspace_each(ses->workspace, kinds[i], gather_key, &k);
		while (!err && k.cnt > 0) {
			k.cnt--;
			err = workspace_del(ses->workspace, kinds[i], k.key[k.cnt].b,
					    k.key[k.cnt].len);
		}
		free(k.key);
	}
	return err;
}

int
readers_forget(struct session *ses, const uint8_t id[static 16])
{
	int err = workspace_open(ses);

	if (err)
		return err;
	opened_forget(ses);
	err = workspace_begin(ses->workspace);
	if (!err)
		err = forget_all(ses, id);
	if (!err)
		err = workspace_commit(ses->workspace);
	else
		workspace_abort(ses->workspace);
	return err ? session_fail_err(ses, err, "%s",
				      _("The case cannot be removed from this machine"))
		   : 0;
}
