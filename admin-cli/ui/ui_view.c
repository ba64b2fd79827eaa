/* Shows an attachment of the case on the screen, as davy case view does (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_view.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"

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

			bool sound = !strncmp(schema_text(m, "type"), "audio/", 6);

			number[n] = schema_number(m, "i");
			if (asprintf(&line[n], "%u  %s  %u  %s", number[n],
				     session_s(ui->ses, schema_text(m, "name")),
				     schema_number(m, "len"),
				     sound ? _("sound: not played here") : "") >= 0)
				n++;
		}
	}
	opened_free(d);
	return n;
}

struct viewed {
	const uint8_t *id;
	uint32_t number;
	struct picture how;
	char *text;
};

static int
view(struct cli *cli, void *arg)
{
	struct viewed *v = arg;
	struct workspace_case c;
	struct opened *d;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, v->id, 16), &d);

	if (err)
		return err;
	c = d->c;
	cli->opened = d;
	cli->target = &c;
	err = case_view_text(cli, v->number, &v->how, &v->text);
	cli->opened = NULL;
	cli->target = NULL;
	opened_free(d);
	return err;
}

static const struct ui_keys keys[] = {
	{ 'q', "q", N_("back"), N_("back; Esc and Enter, too") },
	{ 0 },
};

/* Curses has no such colours, so the lines go to the terminal as they are, and curses takes that
 * part of the screen for blank. Nothing but characters and colours is in them (picture.h), and a
 * terminal that has those understands these few sequences. */
static void
put_picture(const char *text)
{
	refresh();
	printf("\0337"); /* the cursor stays where curses knows it to be */
	for (int y = 2; *text && y < LINES - 2; y++) {
		size_t n = strcspn(text, "\n");

		printf("\033[%d;1H%.*s", y + 1, (int)n, text);
		text += n + (text[n] == '\n');
	}
	printf("\033[0m\0338");
	fflush(stdout);
}

static void
show_picture(struct ui *ui, const char *title, const char *text)
{
	int key;

	do {
		ui_frame(ui, title);
		ui_foot(ui, keys);
		put_picture(text);
		key = ui_key(ui);
		if (key != UI_TICK) /* all of it is drawn anew, by whoever comes next */
			clearok(stdscr, TRUE);
	} while (key != UI_LEAVE && key != 'q' && key != UI_ESC && key != '\n');
}

void
ui_view(struct ui *ui, const uint8_t id[static 16])
{
	char *line[MOST] = { 0 };
	uint32_t number[MOST];
	struct viewed v = { .id = id };
	size_t n = list(ui, id, line, number), which = 0;

	v.how = (struct picture){ .columns = COLS,
				  .rows = LINES - 4,
				  .colours = picture_colours() };
	if (!n) {
		ui_note(ui, _("The case has no attachment."));
	} else if (n == 1 || ui_pick(ui, _("Attachments"), line, n, &which)) {
		v.number = number[which];
		if (!ui_call(ui, view, &v, NULL) && strchr(v.text, '\033'))
			show_picture(ui, line[which], v.text);
		else if (v.text)
			ui_pager(ui, line[which], v.text);
	}
	if (v.text)
		sodium_memzero(v.text, strlen(v.text));
	free(v.text);
	while (n)
		free(line[--n]);
}
