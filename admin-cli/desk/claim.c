/* Who works on a case (see claim.h). */
#include "admin-cli/desk/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/trust.h"

bool
claim_stands(const struct workspace_line *line, uint32_t minute)
{
	return line->claim > minute && line->claim - minute <= CLAIM_MINUTES;
}

uint32_t
claim_minute(void)
{
	return (uint32_t)(time(NULL) / 60);
}

void
claim_text(struct session *ses, const struct workspace_line *line, char *out, size_t cap)
{
	uint32_t now = claim_minute();
	const struct roster_member *m;
	const struct trust *view;
	char hex[17], *name;

	out[0] = '\0';
	if (!claim_stands(line, now))
		return;
	if (trust_get(ses, false, &view)) {
		session_forgive(ses);
		return;
	}
	m = view->members ? roster_member_by_handle(view->members, line->claimer) : NULL;
	name = m ? term_safe(m->name, strlen(m->name), TERM_ONE_LINE)
		 : strdup(term_hex(hex, line->claimer, 8));
	if (name)
		snprintf(out, cap, _("%s %u min"), name, line->claim - now);
	free(name);
}
