/* The limit of the list: what is typed after / (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/searched.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

const char *
ui_state_text(const struct workspace_case *c)
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

/* Whether the word is of the list itself ("unread", "S2", "due<24h"), and so no word of a case. */
static bool
is_pattern(const char *word)
{
	return !strncmp(word, "due<", 4) || !strcmp(word, "unread") || !strcmp(word, "said") ||
	       !strcmp(word, "held") || !strcmp(word, "urgent") ||
	       (strchr("Ss", *word) && strchr("1234", word[1]) && word[1] && !word[2]);
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
	       strcasestr(c->line.title, word) || strcasestr(ui_state_text(c), word) ||
	       (*c->line.county && (!strncmp(c->line.county, word, strlen(word)) ||
				    strcasestr(county_named(counties, c->line.county), word)));
}

static bool
is_found(const struct ui_limit *l, const struct workspace_case *c)
{
	size_t i = 0;

	while (i < l->cnt && memcmp(l->found[i].id, c->rec.id, sizeof(c->rec.id)))
		i++;
	return i < l->cnt;
}

bool
ui_limit_fits(const struct ui_limit *l, const struct workspace_case *c, uint32_t now)
{
	char copy[96], *word, *at = NULL;
	bool found = is_found(l, c);

	snprintf(copy, sizeof(copy), "%s", l->text);
	for (word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at))
		if (!(found && !is_pattern(word)) && !fits_word(c, word, now, l->counties))
			return false;
	return true;
}

void
ui_limit_free(struct ui_limit *l)
{
	free(l->found);
	l->found = NULL;
	l->cnt = 0;
}

void
ui_limit_look(struct ui *ui, struct ui_limit *l)
{
	struct search_query *q = calloc(1, sizeof(*q));
	char copy[96], words[96] = "", *word, *at = NULL;
	size_t n = 0;

	ui_limit_free(l);
	snprintf(copy, sizeof(copy), "%s", l->text);
	for (word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at))
		if (!is_pattern(word))
			n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%s", n ? " " : "",
					      word);
	if (q && n) {
		q->limit = 1000;
		if (searched_read(ui->ses, q, words) ||
		    searched_find(ui->ses, q, &l->found, &l->cnt)) {
			ui_note(ui, session_failure(ui->ses));
			session_forgive(ui->ses);
		}
	}
	free(q);
}
