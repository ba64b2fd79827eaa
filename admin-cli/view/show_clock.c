/* The clocks of a case in words (see show_clock.h). */
#include "admin-cli/view/show_clock.h"

#include <stdio.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/workdays.h"

enum clock_state
show_clock_next(char out[static SHOW_CLOCK_CAP], const struct workspace_case *c, uint32_t hour)
{
	struct clock_time clock[CLOCK__MAX];
	char due[TERM_DATE_CAP];
	enum clock_id next;

	clocks_of(clock, c);
	next = clock_next(clock);
	out[0] = '\0';
	if (next == CLOCK__MAX)
		return CLOCK_IDLE;
	snprintf(out, SHOW_CLOCK_CAP, "%s %s", _(clock_label(next)),
		 term_due(due, clock[next].due, hour));
	return clock_state(&clock[next], hour);
}

json_t *
show_clock_next_json(const struct workspace_case *c, uint32_t hour)
{
	struct clock_time clock[CLOCK__MAX];
	enum clock_id next;

	clocks_of(clock, c);
	next = clock_next(clock);
	return next == CLOCK__MAX ? NULL : clocks_json(next, &clock[next], &c->rec, hour);
}

/* Those of an opened case, as it stands now and not when it was listed. */
static void
of_opened(struct clock_time clock[static CLOCK__MAX], const struct opened *d)
{
	struct workspace_case c = d->c;

	opened_line(d, &c.line);
	clocks_of(clock, &c);
}

void
show_clocks_of(struct cli *cli, const struct opened *d, uint32_t hour)
{
	static const char *const style[] = { "off", "off", "yellow", "red" };
	struct clock_time clock[CLOCK__MAX];
	char due[TERM_DATE_CAP];
	enum clock_id i;

	of_opened(clock, d);
	for (i = 0; i < CLOCK__MAX; i++) {
		enum clock_state state = clock_state(&clock[i], hour);

		/* the head has the gateway's while they run */
		bool head = i == CLOCK_READ || i == CLOCK_REPLY;

		if (state == CLOCK_IDLE || (head && state != CLOCK_OVER))
			continue;
		cli_printf(cli, "%s  %s %s%s", cli_style(cli, style[state]), _(clock_label(i)),
			   term_due(due, clock[i].due, hour), cli_style(cli, "off"));
		if (state == CLOCK_OVER)
			cli_printf(cli, _(" · seen by: %s"), show_clock_seen(i, &d->c.rec));
		cli_printf(cli, "\n");
	}
}

json_t *
show_clocks_json(const struct opened *d, uint32_t hour)
{
	struct clock_time clock[CLOCK__MAX];
	json_t *all = json_array();
	enum clock_id i;

	of_opened(clock, d);
	for (i = 0; i < CLOCK__MAX; i++)
		if (clock[i].due)
			json_array_append_new(all, clocks_json(i, &clock[i], &d->c.rec, hour));
	return all;
}

const char *
show_clock_seen(enum clock_id id, const struct frame_record *rec)
{
	struct clock_record r;

	clocks_record(&r, rec);
	switch (clock_seen(id, &r)) {
	case CLOCK_SEEN_ABOVE:
		return _("desk above");
	case CLOCK_SEEN_OPENS:
		return _("opens above");
	default:
		return _("this desk");
	}
}

bool
show_clock_holidays(char out[static SHOW_HOLIDAYS_CAP], struct session *ses, uint32_t hour)
{
	unsigned year = clock_holidays_missing(workdays_known(ses), hour / 24);

	out[0] = '\0';
	if (year)
		snprintf(out, SHOW_HOLIDAYS_CAP,
			 _("The holidays of %u are not in this davy: until a newer one or davy "
			   "holidays set brings them, working days of that year are counted from "
			   "Monday to Friday."),
			 year);
	return year;
}
