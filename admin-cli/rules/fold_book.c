/* The rules of books: the logs of a desk that are referrals, campaigns or needs, by their
 * first entry. */
#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/book.h"
#include "admin-cli/rules/conflict.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/text.h"

#include <string.h>

enum fold_reason
fold_begin_book(struct fold_run *run)
{
	if (run->f->book || run->e->number != 0)
		return FOLD_FIRST;
	run->f->book = run->e->body;
	memcpy(run->f->owner, run->e->who.handle, sizeof(run->f->owner));
	run->f->since = run->e->day; /* whatever a gateway puts before it */
	run->f->tip = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

/* What a desk hands to others or sets itself is begun by the desk, though the gateway lets a lead
 * of the desk above open a book there: that is for a rota. */
static enum fold_reason
begin_own(struct fold_run *run, const struct fold_move *how)
{
	return how->who[0]->home ? fold_begin_book(run) : FOLD_FOREIGN;
}

/* A desk is told by any other, so that no desk between the two can keep it back; but only one that
 * is high enough, and of a place in its area. */
static enum fold_reason
begin_alert(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_desk *at = &run->in->at;

	if (at->known && !level_covers(at->area, schema_text(how->body, "county")))
		return FOLD_LEVEL;
	return fold_begin_book(run);
}

enum fold_reason
fold_rule_referral(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_desk *at = &run->in->at;

	if (!book_complete(how->body))
		return FOLD_BODY;
	if (at->known && at->level < book_level(how->body))
		return FOLD_LEVEL;
	return run->f->machine == MACHINE_ALERT ? begin_alert(run, how) : begin_own(run, how);
}

/* A desk that may not get the abstract has nothing to do with it, whoever sent it there. A blank
 * one says nothing, and may be anywhere. */
enum fold_reason
fold_rule_need(struct fold_run *run, const struct fold_move *how)
{
	const struct fold_desk *at = &run->in->at;

	if (!at->planning)
		return FOLD_CLEAR;
	if (book_blank(how->body))
		return fold_begin_book(run);
	if (!*schema_text(how->body, "text") || !json_array_size(schema_list(how->body, "hazard")))
		return FOLD_BODY;
	if (!level_allows(how->body, at->level, at->area))
		return FOLD_LEVEL;
	return fold_begin_book(run);
}

enum fold_reason
fold_rule_campaign(struct fold_run *run, const struct fold_move *how)
{
	const char *from = schema_text(how->body, "from"), *until = schema_text(how->body, "until");
	uint32_t first = 0, last = 0;
	enum fold_reason reason = FOLD_BODY;

	if (!text_day(&first, from, strlen(from)) && !text_day(&last, until, strlen(until)) &&
	    first <= last)
		reason = begin_own(run, how);
	if (reason == FOLD_FINE)
		run->f->date = last;
	return reason;
}

/* A rota is the lead's, or that of the lead above, at most so many days ahead; its copy for those
 * who stand in is written by one who has it. A conflict is declared by who has it. */
static bool
may_begin(const struct fold_run *run, const struct fold_move *how)
{
	const struct fold_person *who = how->who[0];

	if (who->lead || who->over)
		return true;
	return run->f->machine != MACHINE_ROTA && conflict_may_write(how->body, who->handle) &&
	       who->home;
}

enum fold_reason
fold_rule_rota(struct fold_run *run, const struct fold_move *how)
{
	bool rota = run->f->machine == MACHINE_ROTA;
	enum fold_reason reason = FOLD_BODY;
	uint32_t last = 0;

	if (rota ? conflict_rota_fits(how->body, how->day, &last)
		 : conflict_complete(how->body, &last))
		reason = may_begin(run, how) ? fold_begin_book(run) : FOLD_ROLE;
	if (reason == FOLD_FINE)
		run->f->date = last;
	return reason;
}

enum fold_reason
fold_rule_book_move(struct fold_run *run, const struct fold_move *how)
{
	const char *until = schema_text(how->body, "until");
	int to = machine_state(run->f->machine, schema_text(how->body, "move"));
	enum fold_reason reason;
	uint32_t day;

	if (!run->f->book)
		return FOLD_FIRST;
	if (to < 0) /* fold_do_move() would take it for "to any state" */
		return FOLD_STATE;
	reason = fold_do_move(run->f, to, how);
	if (reason == FOLD_FINE && run->f->machine == MACHINE_NEED)
		snprintf(run->f->result, sizeof(run->f->result), "%s",
			 schema_text(how->body, "result"));
	if (reason == FOLD_FINE && run->f->machine == MACHINE_CAMPAIGN &&
	    !text_day(&day, until, strlen(until)))
		run->f->date = day;
	return reason;
}

enum fold_reason
fold_rule_book_note(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	return run->f->book ? FOLD_FINE : FOLD_FIRST;
}
