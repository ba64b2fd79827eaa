/* Tells the desks above of an accident (see alerts.h). */
#include "admin-cli/desk/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

static bool
is_told(const struct roster_desk *desk, uint16_t mine, const json_t *accident)
{
	return roster_is_told(desk) && desk->number != mine &&
	       level_covers(desk->area, schema_text(accident, "county"));
}

static bool
is_same(const json_t *book, const json_t *accident)
{
	return !strcmp(schema_text(book, "county"), schema_text(accident, "county")) &&
	       !strcmp(schema_text(book, "reported"), schema_text(accident, "reported")) &&
	       !strcmp(schema_text(book, "text"), schema_text(accident, "text"));
}

/* Whether this book tells its desk of that accident. */
static bool
tells(struct session *ses, struct workspace_case *c, const json_t *accident)
{
	struct opened *d;
	bool is;

	if (book_of_state(c->line.state) != MACHINE_ALERT)
		return false;
	if (opened_glance(ses, c, &d)) {
		session_forgive(ses);
		return false;
	}
	is = d->fold.book && is_same(d->fold.book, accident);
	opened_free(d);
	return is;
}

/* Whether that desk has such a book. */
static bool
has_been_told(struct session *ses, struct workspace_case *list, size_t cnt, uint16_t desk,
	      const json_t *accident)
{
	for (size_t i = 0; i < cnt; i++)
		if (list[i].rec.desk == desk && tells(ses, &list[i], accident))
			return true;
	return false;
}

static int
tell(struct session *ses, const struct trust *view, uint16_t desk, const json_t *accident,
     size_t *told)
{
	struct submit_book book = { .type = ENTRY_REFERRAL, .desk = desk, .body = accident };
	uint8_t id[16] = { 0 };
	int err = submit_book(ses, view, &book, id);

	*told += !err;
	if (err != DAVY_REFUSED)
		return err;
	session_warn(ses, _("Desk %u was not told of the accident: %s"), desk,
		     session_failure(ses));
	session_forgive(ses);
	return 0;
}

int
alerts_send(struct session *ses, const json_t *accident, size_t *told)
{
	const struct trust *view;
	struct workspace_case *list = NULL;
	size_t cnt = 0;
	int err = trust_get(ses, false, &view);

	*told = 0;
	if (!err)
		err = books_list(ses, view->today, &list, &cnt);
	if (err)
		return err;
	const struct roster *r = view->bundle.roster;
	uint16_t mine = view->me->desk;
	bool ended = has_been_told(ses, list, cnt, mine, accident);
	for (size_t i = 0; !err && !ended && i < r->desk_cnt; i++)
		if (is_told(&r->desk[i], mine, accident) &&
		    !has_been_told(ses, list, cnt, r->desk[i].number, accident))
			err = tell(ses, view, r->desk[i].number, accident, told);
	workspace_free(list, cnt * sizeof(*list));
	return err;
}
