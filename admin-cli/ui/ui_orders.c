/* The days of sealed orders as a tab of the list: an agenda by the hour, and a month (see ui.h).
 * What stands there is that of davy order agenda (desk/agenda.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/agenda.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show_agenda.h"
#include "admin-cli/view/show_visit.h"

#define WEEKS 5

struct days {
	struct agenda_item *list;
	size_t cnt, at, top;
	bool month;
};

static const struct ui_keys keys[] = {
	{ 'o', "o", N_("open"), N_("open the order: its layers, its entries, and the next step") },
	{ 'n', "n", N_("next"), N_("the next line") },
	{ 'v', "v", N_("month"), N_("the month, and the days again") },
	{ 'g', "g", N_("sync"), N_("fetch what is new and send what waits") },
	UI_USUAL_KEYS,
	{ ':', ":", N_("command"), N_("run any davy command; . is the order under the cursor") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back to the first tab; 1 to 7: the tabs") },
	{ 0 },
};

static void
load(struct ui *ui, struct days *d)
{
	agenda_free(d->list, d->cnt);
	d->list = NULL;
	d->cnt = 0;
	if (agenda_load(ui->ses, &d->list, &d->cnt)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	}
	if (d->at >= d->cnt)
		d->at = d->cnt ? d->cnt - 1 : 0;
}

static void
draw_row(const struct days *d, size_t i, int y)
{
	const struct agenda_item *a = &d->list[i];
	char text[200], id[33];
	unsigned style = i == d->at ? A_REVERSE : A_NORMAL;
	int wide = COLS >= UI_WIDE ? 10 : 0;

	if (a->what == AGENDA_NOW)
		style |= A_BOLD;
	snprintf(text, sizeof(text), "%c %c", i == d->at ? '>' : ' ',
		 a->what == AGENDA_NOW ? '!' : ' ');
	ui_put_style(y, 0, COLS, text, style);
	show_agenda_when(a, text, sizeof(text));
	ui_put_style(y, 4, 33, text, style);
	ui_put_style(y, 38, 8, term_hex(id, a->id, 4), style);
	ui_put_style(y, 47, 10 + wide, show_side(a->side), style);
	show_agenda_what(a, text, sizeof(text));
	ui_put_style(y, 58 + wide, COLS - 58 - wide, text, style);
}

/* What there is to do, in full, and what to bring. */
static void
draw_bring(const struct days *d, int y)
{
	const struct agenda_item *a = d->cnt ? &d->list[d->at] : NULL;
	char what[200], bring[400], text[420];

	if (!a)
		return;
	show_agenda_what(a, what, sizeof(what));
	show_agenda_bring(a, bring, sizeof(bring));
	mvhline(y, 0, '-', COLS);
	ui_put_style(y + 1, 0, COLS, what, A_BOLD);
	snprintf(text, sizeof(text), _("bring: %s"), bring);
	if (*bring)
		ui_put(y + 2, 0, COLS, text);
}

static void
draw_agenda(struct days *d, int foot)
{
	size_t rows = foot > 7 ? (size_t)(foot - 5) : 1;

	if (d->at < d->top)
		d->top = d->at;
	if (d->at >= d->top + rows)
		d->top = d->at - rows + 1;
	for (size_t i = 0; i < rows && d->top + i < d->cnt; i++)
		draw_row(d, d->top + i, 2 + (int)i);
	draw_bring(d, foot - 3);
}

/* Noon of the day that is `days` after the Monday of this week. */
static time_t
day_of(uint32_t hour, int days)
{
	time_t now = (time_t)hour * 3600;
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_mday += days - (tm.tm_wday + 6) % 7;
	tm.tm_hour = 12;
	tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static bool
same_day(time_t a, time_t b)
{
	struct tm x, y;

	localtime_r(&a, &x);
	localtime_r(&b, &y);
	return x.tm_yday == y.tm_yday && x.tm_year == y.tm_year;
}

/* Whether an item falls on the day that has this noon. */
static bool
falls_on(const struct agenda_item *a, time_t noon)
{
	return same_day((time_t)a->from * 3600, noon) || same_day((time_t)a->until * 3600, noon) ||
	       ((time_t)a->from * 3600 < noon && (time_t)a->until * 3600 > noon);
}

/* A day: its date, then an hour and a word for each thing that falls on it. */
static void
draw_day(const struct days *d, time_t noon, bool today, int y, int x, int width, int rows)
{
	char text[240], what[200];
	struct tm tm;
	int row = 1;
	size_t left = 0;

	localtime_r(&noon, &tm);
	strftime(text, sizeof(text), tm.tm_mday == 1 || x == 0 ? "%m-%d" : "%d", &tm);
	ui_put_style(y, x, width - 1, text, today ? A_BOLD | A_UNDERLINE : A_BOLD);
	for (size_t i = 0; i < d->cnt; i++) {
		const struct agenda_item *a = &d->list[i];
		time_t from = (time_t)a->from * 3600;

		if (!falls_on(a, noon))
			continue;
		if (row >= rows) {
			left++;
			continue;
		}
		show_agenda_what(a, what, sizeof(what));
		localtime_r(&from, &tm);
		if (same_day(from, noon))
			snprintf(text, sizeof(text), "%02d %s", tm.tm_hour, what);
		else
			snprintf(text, sizeof(text), "-- %s", what);
		ui_put_style(y + row++, x, width - 1, text,
			     i == d->at              ? A_REVERSE
			     : a->what == AGENDA_NOW ? A_BOLD
						     : A_NORMAL);
	}
	if (left) {
		snprintf(text, sizeof(text), _("%zu more"), left);
		ui_put(y + rows - 1, x, width - 1, text);
	}
}

static void
draw_month(struct ui *ui, const struct days *d, int foot)
{
	uint32_t now = sync_hour(ui->ses);
	int width = COLS / 7, rows = (foot - 6) / WEEKS;

	for (int day = 0; day < 7; day++)
		ui_put_style(2, day * width, width - 1, show_weekday((unsigned)day + 1), A_DIM);
	for (int i = 0; i < WEEKS * 7; i++) {
		time_t noon = day_of(now, i);

		draw_day(d, noon, same_day(noon, (time_t)now * 3600), 3 + i / 7 * rows,
			 i % 7 * width, width, rows);
	}
	draw_bring(d, foot - 3);
}

static void
draw(struct ui *ui, struct days *d)
{
	int foot;

	ui_frame(ui, NULL);
	ui_list_tabs(ui);
	foot = ui_foot(ui, keys);
	if (d->month)
		draw_month(ui, d, foot);
	else
		draw_agenda(d, foot);
	if (!d->cnt && !d->month)
		ui_put(3, 2, COLS - 2, _("Nothing stands here. g fetches what is new."));
}

static void
open_item(struct ui *ui, const struct agenda_item *a)
{
	if (a->what == AGENDA_SEAL)
		ui_draft_steps(ui, a->id);
	else if (a->what == AGENDA_NEED)
		ui_book_run(ui, a->id);
	else
		ui_order_run(ui, a->id);
}

static void
on_key(struct ui *ui, struct days *d, int key)
{
	const struct ui_keys *k = ui_find(keys, key);

	if (key == '?')
		ui_help(ui, _("The agenda"), keys,
			_("What you do with sealed orders, by the hour. Where to go stands nowhere before its "
			  "layer is open. Nothing of this leaves the machine."));
	else if (k && k->key == 'g')
		ui_sync(ui);
	else if (k && k->key == 'v')
		d->month = !d->month;
	else if (d->cnt && (key == '\n' || (k && k->key == 'o')))
		open_item(ui, &d->list[d->at]);
	else if (!ui_usual(ui, key, d->cnt ? d->list[d->at].id : NULL))
		(void)ui_moves(&d->at, d->cnt, key);
}

int
ui_orders_run(struct ui *ui)
{
	struct days d = { 0 };
	int key = 0;

	do {
		if (key != UI_TICK)
			load(ui, &d);
		draw(ui, &d);
		key = ui_key(ui);
		if (key == 'q' || key == UI_ESC)
			key = '1';
		if (key > 0 && !ui_is_tab(key))
			on_key(ui, &d, key);
	} while (!ui->leave && !ui_is_tab(key));
	agenda_free(d.list, d.cnt);
	return ui->leave ? UI_LEAVE : key;
}
