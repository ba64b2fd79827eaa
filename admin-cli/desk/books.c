/* The books in the workspace (see books.h). */
#include "admin-cli/desk/books.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

enum machine_id
books_today(struct workspace_case *c, uint32_t today)
{
	enum machine_id machine = book_of_state(c->line.state);
	int state = machine_state(machine, c->line.state);

	if (machine != MACHINE__MAX)
		snprintf(c->line.state, sizeof(c->line.state), "%s",
			 machine_state_name(machine,
					    book_state_today(machine, state, c->line.date, today)));
	return machine;
}

enum book_late
books_late(const struct workspace_case *c, uint32_t today)
{
	enum machine_id machine = book_of_state(c->line.state);
	int state = machine_state(machine, c->line.state);

	return machine_term(machine, state) ? book_late(machine, state, c->line.date, today)
					    : BOOK_IN_TIME;
}

bool
books_ended(const struct workspace_case *c)
{
	enum machine_id machine = book_of_state(c->line.state);

	return machine_rests(machine, machine_state(machine, c->line.state));
}

/* The day that counts in the order of a list. */
static uint64_t
rank(const struct workspace_case *c)
{
	enum machine_id machine = book_of_state(c->line.state);
	bool term = machine_term(machine, machine_state(machine, c->line.state)) != 0;

	if (books_ended(c))
		return 2ull << 40 | (UINT32_MAX - c->rec.day);
	return term ? c->line.date : 1ull << 40 | c->rec.day;
}

static int
by_rank(const void *a, const void *b)
{
	const struct workspace_case *x = a, *y = b;
	uint64_t m = rank(x), n = rank(y);

	return m != n ? (m < n ? -1 : 1) : memcmp(x->rec.id, y->rec.id, sizeof(x->rec.id));
}

int
books_list(struct session *ses, uint32_t today, struct workspace_case **list, size_t *cnt)
{
	size_t all = 0, i;
	int err = workspace_open(ses);

	*cnt = 0;
	if (!err)
		err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_BOOK,
								     list, &all));
	if (err)
		return err;
	for (i = 0; i < all; i++)
		if (books_today(&(*list)[i], today) != MACHINE__MAX)
			(*list)[(*cnt)++] = (*list)[i];
	sodium_memzero(*list + *cnt, (all - *cnt) * sizeof(**list));
	if (*cnt)
		qsort(*list, *cnt, sizeof(**list), by_rank);
	return 0;
}

static size_t
proposed(const struct opened *d, const char *move, const char *until, bool mine)
{
	size_t i = d->cnt;

	while (i-- > 0) {
		const json_t *body = json_object_get(d->x[i].body, "body");

		if (d->entry[i].open && (d->x[i].author == d->view->me) == mine &&
		    !strcmp(schema_text(body, "move"), move) &&
		    (!until || !strcmp(schema_text(body, "until"), until)))
			return i;
	}
	return FOLD_NONE;
}

size_t
books_proposal(const struct opened *d, const char *move, const char *until)
{
	return proposed(d, move, until, false);
}

/* What the fold would say to the step, if all that it asks for is filled in. */
static void
try(const struct opened *d, struct books_step *step)
{
	const char *to = machine_state_name(d->fold.machine, step->move->to);
	struct submit p = { .type = ENTRY_BOOK_MOVE };

	p.body = book_move_trial(d->fold.machine, step->move, d->fold.book, d->in.today);
	step->why = p.body ? submit_check(d, &p) : FOLD_BODY;
	json_decref(p.body);
	step->persons = step->why == FOLD_FINE ? 1 : step->why == FOLD_TWO ? 2 : 0;
	step->proposal = books_proposal(d, to, NULL);
	step->mine = proposed(d, to, NULL, true) != FOLD_NONE;
}

/* Of two lines of the table that lead to one state, the one that needs fewer people counts. */
static bool
better(const struct books_step *a, const struct books_step *b)
{
	return a->persons && (!b->persons || a->persons < b->persons);
}

size_t
books_steps(const struct opened *d, struct books_step out[static BOOKS_STEPS])
{
	const struct machine *m = machine_get(d->fold.machine);
	struct fold_person me;
	size_t cnt = 0, k;

	opened_person(d, &me);
	for (size_t i = 0; d->fold.book && i < m->move_cnt; i++) {
		struct books_step step = { .move = &m->moves[i] };

		if (step.move->from != d->fold.state || !step.move->n ||
		    !(me.roles &
		      (1u << step.move->by | (step.move->n > 1 ? step.move->second : 0))))
			continue;
		try(d, &step);
		for (k = 0; k < cnt && out[k].move->to != step.move->to;)
			k++;
		if (k < cnt ? better(&step, &out[k]) : k < BOOKS_STEPS)
			out[k] = step;
		cnt += k == cnt && cnt < BOOKS_STEPS;
	}
	return cnt;
}
