/* Reckons from whom a case is to be hidden (see readers.h). */
#include "admin-cli/desk/readers.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
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
	const json_t *rota = duty_on(out->books, d->c.rec.desk, d->view->today);
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
	c.groups = json_object_get(json_object_get(rota, "body"), "groups");
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
	const json_t *rota = duty_on(books, c->rec.desk, today);
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
