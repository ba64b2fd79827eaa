/* Header, footer, help: what every screen has (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "admin-cli/base/term.h"

void
ui_put_style(int y, int x, int width, const char *text, unsigned style)
{
	char *safe, *cut;

	if (width <= 0 || y < 0 || y >= LINES)
		return;
	safe = term_safe(text, strlen(text), TERM_ONE_LINE);
	cut = term_cut(safe, width);
	attron((int)style);
	mvprintw(y, x, "%*s", width, "");
	mvaddstr(y, x, cut);
	attroff((int)style);
	free(safe);
	free(cut);
}

void
ui_put(int y, int x, int width, const char *text)
{
	ui_put_style(y, x, width, text, A_NORMAL);
}

void
ui_frame(struct ui *ui, const char *title)
{
	const struct waiting *w = &ui->waiting;
	long left = (long)ui->idle - (long)(time(NULL) - ui->touched);
	char counts[160], clock[64];
	time_t now = time(NULL);
	struct tm tm;

	erase();
	if (LINES < UI_ROWS || COLS < UI_COLUMNS) {
		ui_put(0, 0, COLS, _("The window is too small: 80x24 or more."));
		return;
	}
	counts[0] = '\0';
	if (!ui->training)
		snprintf(counts, sizeof(counts), _("sign %zu  said %zu  tray %zu  offline %zu"),
			 w->sign, w->said, w->tray, w->offline);
	localtime_r(&now, &tm);
	snprintf(clock, sizeof(clock), _("%02d:%02d  lock %02ld:%02ld"), tm.tm_hour, tm.tm_min,
		 left / 60, left % 60);
	int right = term_width(clock), middle = term_width(counts);
	ui_put_style(0, 0, COLS, "", A_REVERSE);
	ui_put_style(0, 0, COLS - right - middle - 4, ui->who, A_REVERSE);
	ui_put_style(0, COLS - right - middle - 3, middle, counts, A_REVERSE);
	ui_put_style(0, COLS - right, right, clock, A_REVERSE);
	if (title)
		ui_put_style(1, 0, COLS, title, A_BOLD);
}

/* "o open", with two blanks behind it. */
static int
key_width(const struct ui_keys *k)
{
	return term_width(k->name) + 1 + term_width(_(k->label)) + 2;
}

static int
foot_rows(const struct ui_keys *keys)
{
	int x = 0, rows = 1;

	for (; keys->name; keys++) {
		if (!keys->label)
			continue;
		if (x && x + key_width(keys) > COLS + 2) {
			rows++;
			x = 0;
		}
		x += key_width(keys);
	}
	return rows;
}

int
ui_foot(struct ui *ui, const struct ui_keys *keys)
{
	int rows = foot_rows(keys), y = LINES - rows, x = 0, note = y - 1;

	mvhline(note, 0, '-', COLS);
	if (ui->note)
		ui_put_style(note, 0, COLS, ui->note, A_BOLD);
	for (; keys->name; keys++) {
		if (!keys->label)
			continue;
		if (x && x + key_width(keys) > COLS + 2) {
			y++;
			x = 0;
		}
		attron(A_BOLD);
		mvaddstr(y, x, keys->name);
		attroff(A_BOLD);
		addch(' ');
		addstr(_(keys->label));
		x += key_width(keys);
	}
	return note;
}

const struct ui_keys *
ui_find(const struct ui_keys *keys, int key)
{
	const struct ui_keys *other = NULL;

	for (; keys->name; keys++) {
		if (keys->key == key)
			return keys;
		if (key > 0 && key < UI_FUNCTION && keys->key == (int)towlower((wint_t)key))
			other = keys;
	}
	return other;
}

void
ui_help(struct ui *ui, const char *title, const struct ui_keys *keys, const char *more)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	fprintf(out, "%s\n\n", more);
	for (; keys->name; keys++)
		fprintf(out, "%*s%s  %s\n", 8 - term_width(keys->name), "", keys->name,
			_(keys->help));
	if (!fclose(out))
		ui_pager(ui, title, text);
	free(text);
}
