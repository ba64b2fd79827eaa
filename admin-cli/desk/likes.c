/* Cases that are like one another, over what the workspace holds (see likes.h). */
#include "admin-cli/desk/likes.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/said.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

/* The signature of an opened case. ERR_NOT_FOUND where nothing of its source is open here. */
static int
sign(const struct opened *d, struct like_sig *sig)
{
	const json_t **said = said_all(d);
	const char *hazard[FOLD_HAZARDS];
	size_t i;

	if (!said)
		return ERR_NOT_FOUND;
	for (i = 0; i < d->fold.hazard_cnt; i++)
		hazard[i] = d->fold.hazard[i];
	like_sign(sig, d->c.rec.id, d->c.rec.day, said, d->cnt, hazard, d->fold.hazard_cnt);
	free(said);
	return 0;
}

/* What a search needs at a time; wiped, because it is made of the words of sources. */
struct search {
	struct like_sig own, other;
	const json_t **said;
	size_t said_cnt;
	struct likes_hit *hit;
	size_t cnt, cap;
	bool site; /* only the place counts, and one site is one site, however long ago */
	uint8_t packed[LIKE_SIG_MAX];
};

int
likes_keep(struct session *ses, const struct opened *d)
{
	struct search *s = malloc(sizeof(*s));
	size_t len;
	int err;

	if (!s)
		return ERR_MEM;
	err = sign(d, &s->own);
	if (!err) {
		len = like_pack(s->packed, &s->own);
		err = workspace_put(ses->workspace, WORKSPACE_LIKE, d->c.rec.id,
				    sizeof(d->c.rec.id), s->packed, len);
	}
	sodium_memzero(s, sizeof(*s));
	free(s);
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int
each(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct search *s = arg;
	struct like_hit hit;

	(void)key;
	(void)key_len;
	if (!like_unpack(&s->other, val, len))
		return 0;
	if (s->site)
		s->other.day = s->own.day;
	if (!like_compare(&s->own, &s->other, &hit) || (s->site && !(hit.why & LIKE_SITE)))
		return 0;
	if (s->cnt == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		struct likes_hit *more = reallocarray(s->hit, cap, sizeof(*more));

		if (!more)
			return ERR_MEM;
		s->hit = more;
		s->cap = cap;
	}
	s->hit[s->cnt].hit = hit;
	like_words(s->hit[s->cnt++].words, s->said, s->said_cnt, &s->other);
	return 0;
}

static int
by_score(const void *a, const void *b)
{
	const struct like_hit *x = &((const struct likes_hit *)a)->hit;
	const struct like_hit *y = &((const struct likes_hit *)b)->hit;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return memcmp(x->id, y->id, sizeof(x->id));
}

/* Searches, unless making the search failed, and ends it. */
static int
run(struct session *ses, struct search *s, int err, struct likes_hit **out, size_t *cnt)
{
	*out = NULL;
	*cnt = 0;
	if (!err)
		err = workspace_each(ses->workspace, WORKSPACE_LIKE, each, s);
	if (!err && s->cnt) {
		qsort(s->hit, s->cnt, sizeof(*s->hit), by_score);
		*out = s->hit;
		*cnt = s->cnt;
	} else if (s) {
		free(s->hit);
	}
	if (s)
		sodium_memzero(s, sizeof(*s));
	free(s);
	if (!err || err == ERR_NOT_FOUND)
		return 0;
	return session_fail_err(ses, err, "%s", _("Cases like this one cannot be looked for"));
}

int
likes_find(struct session *ses, const struct opened *d, struct likes_hit **out, size_t *cnt)
{
	struct search *s = calloc(1, sizeof(*s));
	const json_t **said = said_all(d);
	int err = s ? sign(d, &s->own) : ERR_MEM;

	if (!err && !said)
		err = ERR_MEM;
	if (!err) {
		s->said = said;
		s->said_cnt = d->cnt;
	}
	err = run(ses, s, err, out, cnt);
	free(said);
	return err;
}

int
likes_site(struct session *ses, const char *where, struct likes_hit **out, size_t *cnt)
{
	static const uint8_t nobody[16];
	struct search *s = calloc(1, sizeof(*s));
	json_t *said = json_pack("{s:s}", "where", where);
	const json_t *list[1] = { said };
	int err = workspace_open(ses);

	if (!err && (!s || !said))
		err = ERR_MEM;
	if (!err) {
		s->site = true;
		s->said = list;
		s->said_cnt = 1;
		like_sign(&s->own, nobody, 0, list, 1, NULL, 0);
	}
	err = run(ses, s, err, out, cnt);
	json_decref(said);
	return err;
}
