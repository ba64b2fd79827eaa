/* Shows an attachment of the case on the screen, as davy case view does (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/schema.h"

#define MOST 16

/* A line for each attachment of what the source sent; freed by the caller. */
static size_t
list(struct ui *ui, const uint8_t *id, char **line, uint32_t *number)
{
	struct workspace_case c;
	struct opened *d;
	size_t n = 0, i, k;

	if (workspace_case_get(ui->ses->workspace, id, &c) || opened_load(ui->ses, &c, &d)) {
		session_forgive(ui->ses);
		return 0;
	}
	for (i = 0; i < d->cnt; i++) {
		const json_t *all = d->entry[i].by_source && d->x[i].body
					    ? schema_list(d->x[i].body, "media")
					    : NULL;

		for (k = 0; k < json_array_size(all) && n < MOST; k++) {
			const json_t *m = json_array_get(all, k);

			number[n] = schema_number(m, "i");
			if (asprintf(&line[n], "%u  %s  %u", number[n],
				     session_s(ui->ses, schema_text(m, "name")),
				     schema_number(m, "len")) >= 0)
				n++;
		}
	}
	opened_free(d);
	return n;
}

void
ui_view(struct ui *ui, const uint8_t id[static 16])
{
	char *line[MOST] = { 0 }, hex[33], text[16], *out = NULL;
	uint32_t number[MOST];
	const char *words[] = { "case", "view", term_hex(hex, id, 16), text, NULL };
	size_t n = list(ui, id, line, number), which = 0;

	if (!n) {
		ui_note(ui, _("The case has no attachment."));
	} else if (n == 1 || ui_pick(ui, _("Attachments"), line, n, &which)) {
		snprintf(text, sizeof(text), "%u", number[which]);
		if (!ui_run(ui, words, &out) && out)
			ui_pager(ui, line[which], out);
	}
	if (out)
		sodium_memzero(out, strlen(out));
	free(out);
	while (n)
		free(line[--n]);
}
