/* The pages of a list, many asked for at a time and taken in their order (see sync_state.h). */
#include "admin-cli/desk/sync_state.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "crypto/err.h"

/* A page that is to be asked for, is under way, or has come and waits for its turn. */
struct page {
	struct page *next;
	uint8_t start[FRAME_CURSOR_LEN];
	bool asked, came;
	struct net_answer a;
};

int
sync_pages_endless(struct session *ses)
{
	return session_fail(
		ses, DAVY_REFUSED, "protocol",
		_("The gateway's list does not end: the same cases come again and again. Tell the "
		  "registrar."));
}

static int
append(struct sync_pages *p, const uint8_t *start)
{
	struct page *new = calloc(1, sizeof(*new)), **at = &p->first;

	if (!new)
		return session_fail(p->ses, DAVY_REFUSED, "memory", _("Out of memory."));
	memcpy(new->start, start, FRAME_CURSOR_LEN);
	for (; *at; at = &(*at)->next)
		;
	*at = new;
	p->last = new;
	p->cnt++;
	return DAVY_OK;
}

/* Pages that are under way go to the strays, until their answers come. */
static void
drop_all(struct sync_pages *p)
{
	struct page *next;

	for (struct page *x = p->first; x; x = next) {
		next = x->next;
		if (x->asked && !x->came) {
			x->next = p->stray;
			p->stray = x;
		} else {
			free(x);
		}
	}
	p->first = p->last = NULL;
	p->cnt = 0;
}

int
sync_pages_begin(struct sync_pages *p, const uint8_t *cursor)
{
	drop_all(p);
	p->over = p->ahead = false;
	p->turn++;
	return append(p, cursor);
}

void
sync_pages_end(struct sync_pages *p)
{
	struct page *next;

	drop_all(p);
	for (; p->stray; p->stray = next) {
		next = p->stray->next;
		free(p->stray);
	}
}

static bool
next_page(void *arg, struct net_request *q, void **job)
{
	struct sync_pages *p = arg;
	struct page *x = p->first;

	if (p->rest || p->over)
		return false;
	while (x && x->asked)
		x = x->next;
	bool ahead = !x && p->ahead && !p->asked && p->cnt < 2 * FRAME_AHEAD_MAX;
	if (!x && !ahead)
		return false;
	*q = p->q;
	q->routing.part = ahead;
	memcpy(q->routing.cursor, ahead ? p->last->start : x->start, FRAME_CURSOR_LEN);
	if (ahead) {
		p->asked = true;
		memcpy(p->from, p->last->start, FRAME_CURSOR_LEN);
	} else {
		x->asked = true;
	}
	*job = x; /* NULL: not a page, but where the next ones are */
	return true;
}

/* Where the pages are that follow the one that was the last when this was asked; meanwhile some of
 * them may have been asked for already. A gateway of before does not know the question. */
static int
take_ahead(struct sync_pages *p, const struct net_answer *a)
{
	uint32_t cnt = a->status == FRAME_OK ? a->routing.count : 0, i = 0;
	int err = DAVY_OK;

	p->asked = false;
	p->alone |= a->status != FRAME_OK;
	p->ahead = cnt == FRAME_AHEAD_MAX;
	if (cnt > FRAME_AHEAD_MAX || !p->last)
		return DAVY_OK;
	if (memcmp(p->from, p->last->start, FRAME_CURSOR_LEN) != 0)
		while (i < cnt && memcmp(a->body + (size_t)i++ * FRAME_CURSOR_LEN, p->last->start,
					 FRAME_CURSOR_LEN) != 0)
			;
	for (; !err && i < cnt; i++)
		err = append(p, a->body + (size_t)i * FRAME_CURSOR_LEN);
	return err;
}

static int
take(void *arg, void *job, const struct net_answer *a)
{
	struct sync_pages *p = arg;
	struct page *x = job, **stray = &p->stray;

	if (!x)
		return take_ahead(p, a);
	for (; *stray; stray = &(*stray)->next)
		if (*stray == x) {
			*stray = x->next;
			free(x);
			return DAVY_OK;
		}
	x->a = *a;
	x->came = true;
	return DAVY_OK;
}

/* What follows a page begins where that page itself says that it ends. */
static int
move_on(struct sync_pages *p)
{
	struct page *done = p->first;
	const uint8_t *end = done->a.routing.cursor;
	int err = DAVY_OK;

	p->first = done->next;
	p->cnt--;
	if (!p->first)
		p->last = NULL;
	if (done->a.status != FRAME_OK || !(done->a.routing.flags & 1) || !done->a.routing.count) {
		p->over = true;
	} else if (!memcmp(done->start, end, FRAME_CURSOR_LEN)) {
		err = sync_pages_endless(p->ses);
	} else if (!p->first || memcmp(p->first->start, end, FRAME_CURSOR_LEN)) {
		drop_all(p);
		p->ahead = !p->alone;
		err = append(p, end);
	}
	free(done);
	return err;
}

static int
settle(void *arg)
{
	struct sync_pages *p = arg;
	int err = DAVY_OK;

	while (!err && p->first && p->first->came && !p->rest && !p->over) {
		unsigned turn = p->turn;
		err = p->take(p->arg, &p->first->a);
		if (!err && p->turn == turn) /* else it has begun anew */
			err = move_on(p);
	}
	return err;
}

int
sync_pages_run(struct sync_pages *p)
{
	struct net_flow flow = { next_page, take, settle, p };
	int err = DAVY_OK;

	p->rest = false;
	while (!err && !p->rest && !p->over) {
		err = settle(p);
		if (!err)
			err = net_flow(p->ses, &flow);
	}
	return err;
}
