/* The limit of the list: which cases have all its words (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

const char *
ui_state(const struct workspace_case *c)
{
	return *c->line.state && !(c->rec.flags & FRAME_R_CLOSING)
		       ? fold_state_text(MACHINE_TIP, c->line.state)
		       : show_record_state(&c->rec);
}

/* "due<24h", "due<3d": whether the clock runs out within that time. *is = whether it has that form.
 */
static bool
due_within(const char *word, uint32_t due, uint32_t now, bool *is)
{
	char *end;

	*is = !strncmp(word, "due<", 4);
	if (!*is)
		return false;
	unsigned long n = strtoul(word + 4, &end, 10) * (*end == 'd' ? 24 : 1);
	return due != UINT32_MAX && due < now + n;
}

static bool
fits_word(const struct workspace_case *c, const char *word, uint32_t now, const json_t *counties)
{
	char id[33], severity[8];
	bool is, due = due_within(word, waiting_due(c), now, &is);

	if (is)
		return due;
	if (!strcmp(word, "unread") || !strcmp(word, "said") || !strcmp(word, "held") ||
	    !strcmp(word, "urgent"))
		return *word == 's'     ? waiting_said(c)
		       : *word == 'h'   ? c->rec.held
		       : word[1] == 'n' ? waiting_unread(c)
					: c->rec.ladder == FRAME_URGENT;
	snprintf(severity, sizeof(severity), "S%u", c->line.severity);
	term_hex(id, c->rec.id, 16);
	return !strcasecmp(word, severity) || !strncmp(id, word, strlen(word)) ||
	       strcasestr(c->line.title, word) || strcasestr(ui_state(c), word) ||
	       (*c->line.county && (!strncmp(c->line.county, word, strlen(word)) ||
				    strcasestr(county_named(counties, c->line.county), word)));
}

/* Whether each word of the limit fits. */
bool
ui_limit_fits(const struct workspace_case *c, const char *limit, uint32_t now,
	      const json_t *counties)
{
	char copy[96], *word, *at = NULL;

	snprintf(copy, sizeof(copy), "%s", limit);
	for (word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at))
		if (!fits_word(c, word, now, counties))
			return false;
	return true;
}
