/* The cases that call for packets, from what the workspace keeps of each (see packets.h). */
#include "admin-cli/desk/packets.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/figures.h"
#include "admin-cli/desk/found.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

struct look {
	struct session *ses;
	const struct packet_case *list;
	struct like_sig a, b;
	size_t loaded; /* which case b is, counted from 1; 0: none */
};

static bool
load_sig(struct look *k, struct like_sig *out, size_t i)
{
	uint8_t *val;
	size_t len;
	bool is;

	if (workspace_get(k->ses->workspace, WORKSPACE_LIKE, k->list[i].id, sizeof(k->list[i].id),
			  &val, &len))
		return false;
	is = like_unpack(out, val, len);
	workspace_free(val, len);
	out->day = 0; /* one site is one site, however long ago */
	return is;
}

static bool
same_site(void *arg, size_t a, size_t b)
{
	struct look *k = arg;
	struct like_hit hit;

	/* the later case is compared with each before it */
	if (k->loaded != b + 1)
		k->loaded = load_sig(k, &k->b, b) ? b + 1 : 0;
	return k->loaded && load_sig(k, &k->a, a) && like_compare(&k->a, &k->b, &hit) &&
	       (hit.why & LIKE_SITE);
}

const struct found *
packets_found(const struct packets *p, const uint8_t order[static 16])
{
	for (size_t i = 0; i < p->found_cnt; i++)
		if (p->found[i].mining && !p->found[i].reported &&
		    !memcmp(p->found[i].order, order, sizeof(p->found[i].order)))
			return &p->found[i];
	return NULL;
}

static bool
same_place(void *arg, size_t a, size_t b)
{
	const struct packets *p = arg;
	const struct found *x = packets_found(p, p->visit[a].id);
	const struct found *y = packets_found(p, p->visit[b].id);

	return x && y && *x->site && !strcmp(x->site, y->site);
}

static bool
has_case(const struct packets *p, const char *county)
{
	for (size_t i = 0; i < p->cnt; i++)
		if (!strcmp(p->list[p->packet[i].second].county, county))
			return true;
	return false;
}

/* Each visit once, however much illegal mining it found. */
static int
find_visits(struct session *ses, struct packets *p)
{
	size_t n = 0, cnt;
	int err = found_all(ses, &p->found, &p->found_cnt);

	if (err)
		return err;
	p->visit = calloc(p->found_cnt + 1, sizeof(*p->visit));
	if (!p->visit)
		return session_fail_err(ses, ERR_MEM, "%s", _("The figures cannot be counted"));
	for (size_t i = 0; i < p->found_cnt; i++) {
		const struct found *f = &p->found[i];
		if (!f->signed_off || packets_found(p, f->order) != f)
			continue;
		p->visit[n] = (struct packet_case){ .day = f->signed_off };
		memcpy(p->visit[n].id, f->order, sizeof(f->order));
		memcpy(p->visit[n++].county, f->county, sizeof(f->county));
	}
	cnt = packet_find(p->by_visit, PACKETS_MAX, p->visit, n, same_place, p);
	for (size_t i = 0; i < cnt; i++)
		if (!has_case(p, p->visit[p->by_visit[i].second].county))
			p->by_visit[p->visit_cnt++] = p->by_visit[i];
	return 0;
}

int
packets_find(struct session *ses, struct packets *out)
{
	struct stats_case *cases = NULL;
	uint8_t(*id)[KEY_ID_LEN] = NULL;
	struct look *k = calloc(1, sizeof(*k));
	size_t cnt = 0, n = 0, i;
	int err = workspace_open(ses);

	memset(out, 0, sizeof(*out));
	if (!err && !k)
		err = session_fail_err(ses, ERR_MEM, "%s", _("The figures cannot be counted"));
	if (!err && figures_load(ses, &cases, &id, &cnt))
		err = session_fail_err(ses, ERR_IO, "%s", _("The figures cannot be counted"));
	out->list = err ? NULL : calloc(cnt + 1, sizeof(*out->list));
	for (i = 0; out->list && i < cnt; i++) {
		struct packet_case *c = &out->list[n];

		if (!cases[i].mining || !cases[i].found || !stats_confirmed(&cases[i]))
			continue;
		*c = (struct packet_case){ .day = cases[i].found };
		memcpy(c->id, id[i], sizeof(c->id));
		snprintf(c->county, sizeof(c->county), "%s", cases[i].county);
		n++;
	}
	if (out->list) {
		k->ses = ses;
		k->list = out->list;
		out->cnt = packet_find(out->packet, PACKETS_MAX, out->list, n, same_site, k);
	}
	if (!err)
		err = find_visits(ses, out);
	if (cases)
		sodium_memzero(cases, cnt * sizeof(*cases));
	free(cases);
	free(id);
	if (k)
		sodium_memzero(k, sizeof(*k));
	free(k);
	return err;
}

void
packets_free(struct packets *p)
{
	free(p->list);
	free(p->visit);
	free(p->found);
	memset(p, 0, sizeof(*p));
}
