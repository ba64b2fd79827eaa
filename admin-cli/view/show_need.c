/* Of a need for which a slot comes too late, in words (see show_need.h). */
#include "admin-cli/view/show_need.h"

#include <stdio.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"

void
show_need_late(const struct need_late *l, char *out, size_t cap)
{
	char plan[33];

	if (!l->waits)
		snprintf(
			out, cap,
			_("its slot comes later than %d days after it did: write an order that goes at once, "
			  "davy order new --need ID with \"urgent\": true"),
			NEED_WATCH_DAYS);
	else if (l->desk)
		snprintf(
			out, cap,
			_("only plan %s of desk %u has a slot within %d days after it came: davy need take ID "
			  "--site ID --plan %s"),
			term_hex(plan, l->plan, 4), l->desk, NEED_WATCH_DAYS, plan);
	else
		snprintf(
			out, cap,
			_("no slot is within %d days after it came: davy need take ID --urgent, and its order "
			  "goes at once"),
			NEED_WATCH_DAYS);
}

json_t *
show_need_late_json(const struct need_late *l)
{
	char plan[33];

	if (!l)
		return json_null();
	return json_pack("{s:I,s:b,s:s*,s:i}", "by", (json_int_t)l->by, "waits", l->waits, "plan",
			 l->desk ? term_hex(plan, l->plan, 16) : NULL, "desk", (int)l->desk);
}
