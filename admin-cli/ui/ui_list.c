/* The list of cases: tabs, limit, tags, pane (see ui.h). Moving the cursor opens nothing that was
 * not opened here before. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/claim.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

#define TAGS_MAX 256
#define WIDE     110 /* columns: then the tabs and a limit stand beside each other */

struct ui_list {
	struct workspace_case *all;
	size_t all_cnt, *row, cnt, at, top;
	int tab;
	struct ui_limit limit;
	bool stale, pane, by_priority;
	uint8_t tag[TAGS_MAX][16];
	size_t tag_cnt;
};

static const struct {
	const char *name; /* N_() */
	unsigned places;  /* bits 1u << enum waiting_place */
} tabs[] = {
	{ N_("todo"), 1u << WAITING_TODO },
	{ N_("asked"), 1u << WAITING_HER },
	{ N_("sign"), 0 },
	{ N_("came up"), 1u << WAITING_ABOVE },
	{ N_("settled"), 1u << WAITING_SETTLED | 1u << WAITING_CLOSED },
	{ N_("books"), 0 },
	{ N_("orders"), 0 },
};
#define TABS       7
#define TAB_SIGN   2
#define TAB_BOOKS  5
#define TAB_ORDERS 6

bool
ui_is_tab(int key)
{
	return key > '0' && key <= '0' + TABS;
}

static bool
in_tab(const struct workspace_case *c, int tab, uint32_t now)
{
	return tab == TAB_SIGN ? waiting_sign(c) : tabs[tab].places >> waiting_place(c, now) & 1;
}

static void
choose_rows(struct ui *ui)
{
	struct ui_list *l = ui->list;
	uint32_t now = sync_hour(ui->ses);

	l->cnt = 0;
	for (size_t i = 0; i < l->all_cnt; i++)
		if (in_tab(&l->all[i], l->tab, now) && ui_limit_fits(&l->limit, &l->all[i], now))
			l->row[l->cnt++] = i;
	if (l->at >= l->cnt)
		l->at = l->cnt ? l->cnt - 1 : 0;
}

/* Reads the list again; the cursor stays with its case. */
static void
load(struct ui *ui)
{
	struct ui_list *l = ui->list;
	struct cli cli = { .ses = ui->ses };
	uint8_t id[16] = { 0 };
	size_t *row;

	if (l->cnt)
		memcpy(id, l->all[l->row[l->at]].rec.id, sizeof(id));
	workspace_free(l->all, l->all_cnt * sizeof(*l->all));
	l->all = NULL;
	l->all_cnt = l->cnt = 0;
	l->stale = false;
	if (case_list_load(&cli, FRAME_CASE, &l->all, &l->all_cnt)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
		l->all = NULL;
		l->all_cnt = 0;
	}
	if (l->by_priority && case_list_by_priority(l->all, l->all_cnt))
		ui_note(ui, _("Out of memory."));
	if (!l->limit.counties && county_list(ui->ses, &l->limit.counties)) {
		session_forgive(ui->ses); /* names only help */
		l->limit.counties = NULL;
	}
	row = realloc(l->row, (l->all_cnt + 1) * sizeof(*row));
	if (!row)
		return;
	l->row = row;
	ui_limit_look(ui, &l->limit);
	choose_rows(ui);
	for (size_t i = 0; i < l->cnt; i++)
		if (!memcmp(l->all[l->row[i]].rec.id, id, sizeof(id)))
			l->at = i;
}

void
ui_list_stale(struct ui *ui)
{
	if (ui->list)
		ui->list->stale = true;
}

void
ui_list_free(struct ui *ui)
{
	struct ui_list *l = ui->list;

	if (!l)
		return;
	workspace_free(l->all, l->all_cnt * sizeof(*l->all));
	free(l->row);
	json_decref(l->limit.counties);
	ui_limit_free(&l->limit);
	free(l);
	ui->list = NULL;
}

static size_t
find(const struct ui_list *l, const uint8_t *id)
{
	size_t i = 0;

	while (i < l->cnt && memcmp(l->all[l->row[i]].rec.id, id, 16))
		i++;
	return i;
}

bool
ui_list_next(struct ui *ui, uint8_t id[static 16])
{
	struct ui_list *l = ui->list;
	size_t i = find(l, id);

	i = i < l->cnt ? i + 1 : 0;
	if (i >= l->cnt)
		return false;
	l->at = i;
	memcpy(id, l->all[l->row[i]].rec.id, 16);
	return true;
}

void
ui_list_place(struct ui *ui, const uint8_t id[static 16], char *out, size_t cap)
{
	size_t i = find(ui->list, id);

	out[0] = '\0';
	if (i < ui->list->cnt)
		snprintf(out, cap, _("%zu of %zu"), i + 1, ui->list->cnt);
}

static bool
is_tagged(const struct ui_list *l, const uint8_t *id)
{
	for (size_t i = 0; i < l->tag_cnt; i++)
		if (!memcmp(l->tag[i], id, 16))
			return true;
	return false;
}

static void
tag(struct ui_list *l, const uint8_t *id)
{
	for (size_t i = 0; i < l->tag_cnt; i++)
		if (!memcmp(l->tag[i], id, 16)) {
			memmove(l->tag[i], l->tag[--l->tag_cnt], 16);
			return;
		}
	if (l->tag_cnt < TAGS_MAX)
		memcpy(l->tag[l->tag_cnt++], id, 16);
}

void
ui_due(uint32_t due, uint32_t now, char *when, size_t cap, char *left, size_t left_cap)
{
	char text[TERM_DATE_CAP];

	*when = *left = '\0';
	if (due == UINT32_MAX)
		return;
	term_hour(text, due);
	snprintf(when, cap, "%s", due < now + 24 ? text + 11 : text + 5);
	when[5] = '\0';
	if (due > now + 300 * 24)
		snprintf(when, cap, "%.4s", text);
	if (due <= now)
		snprintf(left, left_cap, _("late"));
	else if (due - now < 48)
		snprintf(left, left_cap, _("%u h"), due - now);
	else
		snprintf(left, left_cap, _("%u d"), (due - now) / 24);
}

static void
marks_text(struct ui *ui, const struct workspace_case *c, char *out, size_t cap)
{
	claim_text(ui->ses, &c->line, out, cap);
	if (*out)
		return;
	if (waiting_sign(c))
		snprintf(out, cap, _("to sign"));
	else if (waiting_said(c))
		snprintf(out, cap, _("said more"));
	else if (c->rec.held)
		snprintf(out, cap, _("held %u"), c->rec.held);
	else if (c->line.proposed)
		snprintf(out, cap, _("waits for 2"));
	else if (c->line.question)
		snprintf(out, cap, _("asked"));
}

static void
draw_row(struct ui *ui, const struct ui_list *l, size_t i, int y, uint32_t now)
{
	const struct workspace_case *c = &l->all[l->row[i]];
	char when[TERM_DATE_CAP], left[16], marks[96], severity[8] = "--", lead[8];
	uint32_t due = waiting_due(c);
	unsigned style = i == l->at ? A_REVERSE : A_NORMAL;
	int what = 39, right = 12;

	if (due <= now || c->rec.ladder == FRAME_URGENT)
		style |= A_BOLD;
	ui_due(due, now, when, sizeof(when), left, sizeof(left));
	if (c->line.severity)
		snprintf(severity, sizeof(severity), "S%u", c->line.severity % 10u);
	marks_text(ui, c, marks, sizeof(marks));
	snprintf(lead, sizeof(lead), "%c%c%c%c", i == l->at ? '>' : ' ',
		 is_tagged(l, c->rec.id) ? '*' : ' ',
		 due <= now || c->rec.ladder == FRAME_URGENT ? '!' : ' ',
		 c->line.proposed ? '2' : ' ');
	ui_put_style(y, 0, COLS, lead, style);
	ui_put_style(y, 5, 6, when, style);
	ui_put_style(y, 11, 6, left, style);
	ui_put_style(y, 17, 3, severity, style);
	ui_put_style(y, 20, 9, ui_state_text(c), style);
	ui_put_style(y, 30, 8, county_named(l->limit.counties, c->line.county), style);
	ui_put_style(y, what, COLS - what - right - 1,
		     *c->line.title      ? c->line.title
		     : sync_may_fetch(c) ? _("(not opened)")
					 : _("(at the desk below)"),
		     style);
	ui_put_style(y, COLS - right, right, marks, style);
}

/* What this home has opened of the case under the cursor. */
static void
draw_pane(struct ui *ui, int from, int to)
{
	const struct ui_list *l = ui->list;
	const struct workspace_case *c = l->cnt ? &l->all[l->row[l->at]] : NULL;
	struct ui_page p = { 0 };
	struct opened *d;
	size_t tip;

	mvhline(from, 0, '-', COLS);
	if (!c || !c->have_source) {
		ui_put(from + 1, 0, COLS, c ? _("Not opened here. o opens it.") : "");
		return;
	}
	if (opened_load(ui->ses, c, &d)) {
		session_forgive(ui->ses);
		return;
	}
	tip = opened_find(d, FRAME_SOURCE, 0);
	ui_page_set(&p, tip == FOLD_NONE ? "" : schema_text(d->x[tip].body, "what"));
	ui_page_draw(&p, from + 1, to);
	ui_page_free(&p);
	opened_free(d);
}

/* Whether only some of the lines are shown, or in another order. */
static bool
is_limited(const struct ui_list *l)
{
	return l->tab < TAB_BOOKS && (*l->limit.text || l->by_priority);
}

/* What stands behind the tabs: which lines are shown, else how long the rota still runs. */
static void
beside_tabs(const struct ui *ui, char *out, size_t cap)
{
	const struct ui_list *l = ui->list;

	*out = '\0';
	if (is_limited(l))
		snprintf(out, cap, "%s%s%.50s", l->by_priority ? _("by priority ") : "",
			 *l->limit.text ? "/" : "", l->limit.text);
	else if (ui->waiting.rota_days == 1)
		snprintf(out, cap, "%s", _("the rota ends today"));
	else if (ui->waiting.rota_days)
		snprintf(out, cap, _("the rota ends in %zu d"), ui->waiting.rota_days - 1);
}

void
ui_list_tabs(const struct ui *ui)
{
	const struct ui_list *l = ui->list;
	uint32_t now = sync_hour(ui->ses);
	char text[64], beside[64];
	int x = 0;

	beside_tabs(ui, beside, sizeof(beside));
	/* What the lines are limited to is worth more than the names of the other tabs. */
	bool narrow = is_limited(l) && COLS < WIDE;
	for (int t = 0; t < TABS; t++) {
		size_t cnt = t == TAB_BOOKS    ? ui->waiting.books
			     : t == TAB_ORDERS ? ui->waiting.visits
					       : 0;

		for (size_t i = 0; i < l->all_cnt; i++)
			cnt += in_tab(&l->all[i], t, now);
		snprintf(text, sizeof(text), "[%d]%s %zu", t + 1,
			 narrow && t != l->tab ? "" : _(tabs[t].name), cnt);
		int width = term_width(text) < COLS - x ? term_width(text) : COLS - x;

		ui_put_style(1, x, width, text, t == l->tab ? A_BOLD | A_UNDERLINE : 0);
		x += width + 1;
	}
	ui_put_style(1, x + 1, COLS - x - 1, beside, A_BOLD);
}

static const struct ui_keys keys[] = {
	{ 'o', "o", N_("open"),
	  N_("open the case: it is fetched, and all its desks see who read it") },
	{ 't', "t", N_("triage"), N_("open it and fill in the triage") },
	{ 'r', "r", N_("reply"), N_("tell the source a status") },
	{ 'i', "i", N_("ask"), N_("ask the source something") },
	{ 'w', "w", N_("note"), N_("write a note for the desks") },
	{ 's', "s", N_("sign"), N_("sign what another member proposed") },
	{ 'm', "m", N_("mine"), N_("say that you work on it; others see it for 30 minutes") },
	{ 'n', "n", N_("next"), N_("the next line") },
	{ 'x', "x", N_("tag"), N_("tag or untag the case") },
	{ ';', ";", N_("all tagged"),
	  N_("then t, w or m: triage, note or mine for each tagged case; then x: no tags") },
	{ '/', "/", N_("limit"),
	  N_("show only lines with all these words: due<24h, S2, unread, said, held, urgent, a state, a "
	     "county; other words are looked for in all that was opened here, n is the next line; empty: "
	     "all") },
	{ 'p', "p", N_("priority"),
	  N_("by priority, and by the clocks again; the case says why it stands there") },
	{ 'z', "z", N_("pane"), N_("show or hide what was opened here of the case") },
	{ 'g', "g", N_("sync"), N_("fetch what is new and send what waits") },
	UI_USUAL_KEYS,
	{ UI_ESC, "Esc-Esc", N_("panic"),
	  N_("clear the screen and lock at once, on every screen") },
	{ ':', ":", N_("command"), N_("run any davy command; . is the case under the cursor") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("quit"), N_("leave the desk") },
	{ 0 },
};

static void
draw(struct ui *ui)
{
	struct ui_list *l = ui->list;
	uint32_t now = sync_hour(ui->ses);
	int foot, end;

	ui_frame(ui, NULL);
	ui_list_tabs(ui);
	end = foot = ui_foot(ui, keys);
	if (l->pane)
		end = foot - (foot - 2) / 3;
	size_t rows = end > 3 ? (size_t)(end - 2) : 1;
	if (l->at < l->top)
		l->top = l->at;
	if (l->at >= l->top + rows)
		l->top = l->at - rows + 1;
	for (size_t i = 0; i < rows && l->top + i < l->cnt; i++)
		draw_row(ui, l, l->top + i, 2 + (int)i, now);
	if (!l->cnt)
		ui_put(3, 2, COLS - 2, _("Nothing stands here. g fetches what is new."));
	if (l->pane)
		draw_pane(ui, end, foot);
}

static void
leave_desk(struct ui *ui)
{
	size_t sent, failed;

	if (ui->waiting.tray) {
		if (!ui_confirm(ui, _("Send what lies in the tray, and leave?"), NULL))
			return;
		if (tray_run(ui->ses, (uint64_t)time(NULL), true, NULL, &sent, &failed))
			session_forgive(ui->ses);
	}
	ui->quit = ui->leave = true;
}

/* For all tagged cases: t, w, m or x. */
static void
for_tagged(struct ui *ui)
{
	struct ui_list *l = ui->list;
	char hex[33], text[400] = "";
	int key;

	ui_notef(ui, _("%zu tagged: t triage, w note, m mine, x no tags"), l->tag_cnt);
	do {
		draw(ui);
		key = ui_key(ui);
	} while (key == UI_TICK || key == UI_RESIZED);
	ui_note(ui, NULL);
	if (key != 't' && key != 'w' && key != 'm' && key != 'x')
		return;
	if (key == 'w' && !ui_prompt(ui, _("note for all tagged cases"), text, sizeof(text), true))
		return;
	for (size_t i = 0; key == 't' && i < l->tag_cnt && !ui->leave; i++)
		ui_triage(ui, l->tag[i]);
	for (size_t i = 0; (key == 'm' || (key == 'w' && *text)) && i < l->tag_cnt; i++) {
		const char *note[] = { "case",   "note", term_hex(hex, l->tag[i], 16),
				       "--text", text,   NULL };
		const char *mine[] = { "case", "claim", hex, NULL };

		bool failed = ui_run(ui, key == 'w' ? note : mine, NULL) != 0;
		ui->together = !failed;
		if (failed)
			return;
	}
	ui->together = false;
	l->tag_cnt = 0;
}

static void
move_to(struct ui_list *l, int key)
{
	size_t page = (size_t)(LINES / 2);

	if (key == UI_FUNCTION + KEY_DOWN || key == 'j' || key == 'n')
		l->at++;
	else if (key == UI_FUNCTION + KEY_UP || key == 'k')
		l->at -= l->at > 0;
	else if (key == UI_FUNCTION + KEY_NPAGE || key == ' ')
		l->at += page;
	else if (key == UI_FUNCTION + KEY_PPAGE || key == '-')
		l->at = l->at > page ? l->at - page : 0;
	else if (key == UI_FUNCTION + KEY_HOME)
		l->at = 0;
	else if (key == UI_FUNCTION + KEY_END)
		l->at = l->cnt;
	if (l->at >= l->cnt)
		l->at = l->cnt ? l->cnt - 1 : 0;
}

/* The keys that act on the case under the cursor. */
static void
on_case(struct ui *ui, int key, const uint8_t *id)
{
	char hex[33];
	const char *mine[] = { "case", "claim", term_hex(hex, id, 16), NULL };

	switch (key) {
	case 'o':
		ui_case_run(ui, id);
		break;
	case 't':
		ui_triage(ui, id);
		break;
	case 'r':
		ui_reply(ui, id);
		break;
	case 'i':
		ui_ask(ui, id);
		break;
	case 'w':
		ui_write(ui, id);
		break;
	case 's':
		ui_sign(ui, id);
		break;
	case 'm':
		(void)ui_run(ui, mine, NULL);
		break;
	case 'x':
		tag(ui->list, id);
		move_to(ui->list, 'n');
		break;
	default:
		break;
	}
}

void
ui_sync(struct ui *ui)
{
	static const char *const words[] = { "sync", NULL };
	char *out = NULL;

	if (!ui_run(ui, words, &out) && out && !ui->note) {
		out[strcspn(out, "\n")] = '\0';
		ui_note(ui, out);
	}
	free(out);
}

static void
set_limit(struct ui *ui)
{
	struct ui_list *l = ui->list;

	if (!ui_prompt(ui, _("limit"), l->limit.text, sizeof(l->limit.text), true))
		l->limit.text[0] = '\0';
	ui_limit_look(ui, &l->limit);
	choose_rows(ui);
}

static void
on_key(struct ui *ui, int key)
{
	struct ui_list *l = ui->list;
	const struct ui_keys *k = ui_find(keys, key);
	uint8_t id[16];

	if (l->cnt)
		memcpy(id, l->all[l->row[l->at]].rec.id, sizeof(id));
	if (ui_is_tab(key)) {
		l->tab = key - '1';
		l->at = l->top = 0;
		choose_rows(ui);
	} else if (key == '?') {
		ui_help(ui, _("The list"), keys,
			_("What waits, most urgent first. ! is late or urgent, * is tagged, 2 waits for a "
			  "second member. 1 to 7: the tabs. Moving about opens nothing."));
	} else if (k && k->key == 'g') {
		ui_sync(ui);
	} else if (ui_usual(ui, key, l->cnt ? id : NULL)) {
		return;
	} else if (key == '/') {
		set_limit(ui);
	} else if (k && k->key == 'p') {
		l->by_priority = !l->by_priority;
		l->stale = true;
	} else if (k && k->key == 'z') {
		l->pane = !l->pane;
	} else if (key == ';') {
		for_tagged(ui);
	} else if (k && k->key == 'q') {
		leave_desk(ui);
	} else if (l->cnt && (key == '\n' || (k && strchr("otriwsmx", k->key)))) {
		on_case(ui, key == '\n' ? 'o' : k->key, id);
	} else {
		move_to(l, key);
	}
}

void
ui_list_run(struct ui *ui)
{
	int key;

	if (!ui->list)
		ui->list = calloc(1, sizeof(*ui->list));
	if (!ui->list) {
		ui->quit = true;
		return;
	}
	ui->list->stale = true;
	do {
		if (ui->list->stale)
			load(ui);
		if (ui->list->tab == TAB_BOOKS) {
			key = ui_books_run(ui);
		} else if (ui->list->tab == TAB_ORDERS) {
			key = ui_orders_run(ui);
		} else {
			draw(ui);
			key = ui_key(ui);
		}
		if (key != UI_LEAVE && key != UI_TICK && key != UI_RESIZED && key != UI_ESC)
			on_key(ui, key);
	} while (!ui->leave);
}
