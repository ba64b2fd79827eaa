/* What waits for this member (see waiting.h). */
#include "admin-cli/desk/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/clocks.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/figures.h"
#include "admin-cli/desk/need_watch.h"
#include "admin-cli/desk/readers.h"
#include "admin-cli/desk/stopped.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/rules/machine.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/kept.h"
#include "crypto/frame.h"

/* Whether nobody has anything to do with it now but two who close it. */
static bool
is_settled(const struct workspace_case *c, uint32_t now)
{
	uint32_t due = waiting_due(c);

	return machine_rests(MACHINE_TIP, machine_state(MACHINE_TIP, c->line.state)) &&
	       !c->line.said && !c->line.sign && (due > now && due - now > WAITING_SOON);
}

enum waiting_place
waiting_place(const struct workspace_case *c, uint32_t now)
{
	if (c->rec.flags & FRAME_R_CLOSED)
		return WAITING_CLOSED;
	if (c->rec.relation != FRAME_REL_RECEIVING && c->rec.relation != FRAME_REL_GIVEN)
		return sync_may_fetch(c) ? WAITING_ABOVE : WAITING_BELOW;
	if (is_settled(c, now))
		return WAITING_SETTLED;
	return !strcmp(c->line.state, "needs_info") && !c->line.said ? WAITING_HER : WAITING_TODO;
}

uint32_t
waiting_newer(const struct workspace_case *c)
{
	uint32_t listed = c->rec.entries + c->rec.desk_entries;

	return c->have_source && sync_may_fetch(c) && listed > c->folded ? listed - c->folded : 0;
}

bool
waiting_unread(const struct workspace_case *c)
{
	return !(c->rec.flags & (FRAME_R_CLOSED | FRAME_R_ACKED)) && sync_may_fetch(c);
}

bool
waiting_said(const struct workspace_case *c)
{
	return !(c->rec.flags & FRAME_R_CLOSED) && c->line.said && !c->rec.held &&
	       sync_may_fetch(c);
}

bool
waiting_sign(const struct workspace_case *c)
{
	return !(c->rec.flags & FRAME_R_CLOSED) && c->line.sign;
}

uint32_t
waiting_due(const struct workspace_case *c)
{
	struct clock_time clock[CLOCK__MAX];
	enum clock_id next;
	uint32_t due = UINT32_MAX;

	if (c->rec.flags & FRAME_R_CLOSED)
		return due;
	if (c->rec.read_due && !sync_sealed(&c->rec))
		due = c->rec.read_due;
	if (c->rec.answer_due && c->rec.answer_due < due)
		due = c->rec.answer_due;
	clocks_of(clock, c);
	next = clock_next(clock);
	return next != CLOCK__MAX && clock[next].due < due ? clock[next].due : due;
}

static void
count_case(struct waiting *w, const struct workspace_case *c, uint32_t now)
{
	enum waiting_place place = waiting_place(c, now);
	uint32_t due = waiting_due(c);
	bool ours = place != WAITING_BELOW && place != WAITING_CLOSED;

	w->closed += place == WAITING_CLOSED;
	w->her += place == WAITING_HER;
	w->settled += place == WAITING_SETTLED;
	w->above += place == WAITING_ABOVE;
	w->open += ours && place != WAITING_ABOVE;
	w->unread += waiting_unread(c);
	w->said += waiting_said(c);
	w->sign += waiting_sign(c);
	w->held += c->rec.held;
	w->late += ours && due <= now;
	w->soon += ours && due > now && due - now <= WAITING_SOON;
	w->urgent += ours && c->rec.ladder == FRAME_URGENT && (waiting_unread(c) || due <= now);
}

/* What the rota says to this member; nothing where no rota opens here. */
static void
count_duty(struct waiting *w, const json_t *books, const struct trust *view)
{
	const uint8_t *me = view->me->handle;
	uint32_t day, last = 0;
	bool any = false;
	size_t i;

	for (i = 0; i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i);
		bool drawn_up = !strcmp(schema_text(one, "state"), "drawn_up");

		if (schema_number(one, "desk") != view->me->desk)
			continue;
		any |= !strcmp(schema_text(one, "state"), "in_force");
		w->confirm += drawn_up && duty_has(one, me) && !duty_wrote(one, me);
	}
	for (day = view->today; any && day < view->today + CONFLICT_AHEAD; day++) {
		const json_t *one = duty_on(books, view->me->desk, day);

		w->duty += one && duty_has(one, me);
		w->rota_days += one && w->rota_days == day - view->today;
		last = one ? day : last;
	}
	for (day = view->today; view->me->roles & ROSTER_LEAD && any && day < view->today + 7;
	     day++)
		w->gap += !duty_on(books, view->me->desk, day);
	w->rota_soon = any && view->me->roles & ROSTER_LEAD && last < view->today + 3;
}

static void
count_readers(struct session *ses, struct waiting *w, const struct workspace_case *list, size_t cnt,
	      uint32_t now)
{
	const struct trust *view;
	json_t *books;
	size_t i;

	if (trust_get(ses, false, &view) || !view->me || duty_list(ses, &books)) {
		session_forgive(ses);
		return;
	}
	count_duty(w, books, view);
	for (i = 0; i < cnt; i++) {
		bool wait = readers_wait(ses, &list[i], books, view->today);
		uint32_t due = wait ? waiting_due(&list[i]) : UINT32_MAX;

		w->readers += wait;
		w->readers_late += due <= now;
		if (due != UINT32_MAX && due > now &&
		    (!w->readers_hours || due - now < w->readers_hours))
			w->readers_hours = due - now;
	}
	json_decref(books);
}

#define SECOND_DAYS 1 /* whole days after that of the act: the log has no hours */

static bool
second_late(uint32_t day, uint32_t now)
{
	return day && now / 24 > day + SECOND_DAYS;
}

/* What one did at a visit because it could not wait. */
static void
count_seconds(struct session *ses, struct waiting *w, uint32_t now)
{
	struct visit_fact *fact;
	size_t cnt;

	if (visit_facts_load(ses, &fact, &cnt))
		return;
	for (size_t i = 0; i < cnt; i++) {
		w->seconds += fact[i].sign;
		w->seconds_late += second_late(fact[i].alone, now);
	}
	free(fact);
}

/* The same in a case, which is of S1 then. */
static void
count_warned(struct session *ses, struct waiting *w, const struct workspace_case *c, uint32_t now)
{
	struct stats_case one;

	if (c->line.severity == 1 && !figures_one(ses, c->rec.id, &one))
		w->seconds_late += second_late(one.alone, now);
}

/* Whoever has stopped many visits, for the desk above. */
static void
count_stoppers(struct session *ses, struct waiting *w)
{
	struct stops_flag *flag;

	if (stopped_above(ses, &flag, &w->stoppers))
		session_forgive(ses); /* without a roster there is no order */
	free(flag);
}

static void
count_order(struct waiting *w, const struct workspace_case *c)
{
	bool open = !(c->rec.flags & FRAME_R_CLOSED) && strcmp(c->line.state, BOOK_REFUSED) != 0;

	w->orders += open && (c->rec.relation == FRAME_REL_RECEIVING ||
			      (sync_sealed(&c->rec) && c->rec.relation == FRAME_REL_WRITER));
	w->visits += open && sync_sealed(&c->rec) &&
		     !machine_rests(MACHINE_ORDER, machine_state(MACHINE_ORDER, c->line.state));
}

static int
count_cases(struct session *ses, uint32_t now, struct waiting *w)
{
	struct workspace_case *list = NULL;
	size_t cnt = 0, i;
	int err = sync_workspace_failed(ses, workspace_case_list(ses->workspace, FRAME_CASE, &list,
								 &cnt));

	for (i = 0; !err && i < cnt; i++) {
		count_case(w, &list[i], now);
		count_warned(ses, w, &list[i], now);
	}
	if (!err)
		count_readers(ses, w, list, cnt, now);
	workspace_free(list, cnt * sizeof(*list));
	if (err)
		return err;
	list = NULL;
	err = sync_workspace_failed(ses,
				    workspace_case_list(ses->workspace, FRAME_ORDER, &list, &cnt));
	for (i = 0; !err && i < cnt; i++)
		count_order(w, &list[i]);
	if (!err && cnt) {
		count_stoppers(ses, w);
		count_seconds(ses, w, now);
	}
	if (!err)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

static void
count_book(struct waiting *w, const struct workspace_case *c, uint32_t today)
{
	enum machine_id machine = book_of_state(c->line.state);
	enum book_late late = books_late(c, today);
	bool open = !books_ended(c);

	if (!strcmp(c->line.state, BOOK_BLANK) || !strcmp(c->line.state, BOOK_SPENT))
		return;
	w->books_sign += c->line.sign && machine != MACHINE_ROTA; /* that is `confirm` */
	w->books += open;
	if (c->rec.relation != FRAME_REL_RECEIVING) {
		w->books_else += late == BOOK_LATE;
		return;
	}
	w->alerts += machine == MACHINE_ALERT && open;
	w->alerts_late += machine == MACHINE_ALERT && late == BOOK_LATE;
	w->referrals += machine == MACHINE_REFERRAL && open;
	w->needs += machine == MACHINE_NEED && open;
	w->campaigns += machine == MACHINE_CAMPAIGN && !strcmp(c->line.state, "proposed");
	w->referrals_late += machine == MACHINE_REFERRAL && late == BOOK_LATE;
	w->referrals_soon += machine == MACHINE_REFERRAL && late == BOOK_SOON;
	w->needs_late += machine == MACHINE_NEED && late == BOOK_LATE;
	w->needs_soon += machine == MACHINE_NEED && late == BOOK_SOON;
}

static int
count_books(struct session *ses, struct waiting *w)
{
	const struct trust *view;
	struct workspace_case *list = NULL;
	size_t cnt = 0, i;
	int err;

	if (trust_get(ses, false, &view)) { /* without a roster there is no book */
		session_forgive(ses);
		return 0;
	}
	err = books_list(ses, view->today, &list, &cnt);
	for (i = 0; !err && i < cnt; i++)
		count_book(w, &list[i], view->today);
	if (!err)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

/* For planners: plans that are too full of needs, and needs for which a slot comes too late. */
static void
count_slots(struct session *ses, struct waiting *w)
{
	struct need_watch watch;

	if (need_watch(ses, &watch))
		session_forgive(ses); /* without a roster there is no desk */
	w->crowded = watch.crowded_cnt;
	w->needs_slot = watch.late_cnt;
	need_watch_end(&watch);
}

static int
count_out(struct session *ses, struct waiting *w)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0, i;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	for (i = 0; !err && i < cnt; i++) {
		w->tray += list[i].leaves != 0;
		w->offline += list[i].leaves == 0;
	}
	workspace_out_free(list, cnt);
	return err;
}

int
waiting_count(struct session *ses, uint32_t now, struct waiting *out)
{
	int err = workspace_open(ses);

	*out = (struct waiting){ 0 };
	if (!err)
		err = count_cases(ses, now, out);
	if (!err)
		err = count_books(ses, out);
	if (!err)
		count_slots(ses, out);
	if (!err)
		err = count_out(ses, out);
	if (!err)
		err = sync_workspace_failed(ses, kept_count(ses->workspace, &out->drafts));
	if (!err)
		err = alarm_count(ses, &out->alarms);
	return err;
}
