/* One line, a yes, one of several: what a screen asks (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "admin-cli/base/term.h"

/* Appends a character as UTF-8, where it fits. */
static void
append(char *buf, size_t cap, int key)
{
	char one[MB_LEN_MAX + 1];
	mbstate_t st = { 0 };
	size_t n = wcrtomb(one, (wchar_t)key, &st), len = strlen(buf);

	if (n == (size_t)-1 || len + n + 1 > cap)
		return;
	memcpy(buf + len, one, n);
	buf[len + n] = '\0';
}

/* Takes the last character away. */
static void
shorten(char *buf)
{
	size_t n = strlen(buf);

	while (n && ((unsigned char)buf[--n] & 0xc0) == 0x80)
		buf[n] = '\0';
	buf[n] = '\0';
}

static bool
is_back(int key)
{
	return key == 127 || key == '\b' || key == UI_FUNCTION + KEY_BACKSPACE;
}

static bool
is_char(int key)
{
	return key >= ' ' && key != 127 && key < UI_FUNCTION;
}

static void
draw_prompt(const char *label, const char *buf, bool echo)
{
	int at = term_width(label) + 2, room = COLS - at - 1, width;
	const char *shown = echo ? buf : "";

	while ((width = term_width(shown)) > room) /* the end of a long line stays in sight */
		do
			shown++;
		while (((unsigned char)*shown & 0xc0) == 0x80);
	ui_put_style(LINES - 1, 0, COLS, label, A_BOLD);
	mvaddch(LINES - 1, at - 2, ':');
	ui_put(LINES - 1, at, room, shown);
	move(LINES - 1, at + width);
}

bool
ui_prompt(struct ui *ui, const char *label, char *buf, size_t cap, bool echo)
{
	int key;

	curs_set(1);
	do {
		draw_prompt(label, buf, echo);
		key = ui_key(ui);
		if (is_back(key))
			shorten(buf);
		else if (key == UI_CTRL('u'))
			sodium_memzero(buf, cap);
		else if (is_char(key))
			append(buf, cap, key);
	} while (key != '\n' && key != UI_ESC && key != UI_LEAVE);
	curs_set(0);
	if (key == '\n')
		return true;
	sodium_memzero(buf, cap);
	return false;
}

/* The question below what it is about, of which the first page is seen; while there is more, the
 * keys say how to see it, and that yes comes after. Gives the rows of the page. */
static int
draw_question(struct ui *ui, struct ui_page *p, const char *question)
{
	static const struct ui_keys keys[] = {
		{ 'y', "y", N_("yes"), N_("yes") },
		{ 'n', "n", N_("no"), N_("no; Esc, too") },
		{ 0 },
	};
	static const struct ui_keys more[] = {
		{ ' ', "Space", N_("the rest, then y"),
		  N_("the next page; - and PgUp: the page before") },
		{ 'n', "n", N_("no"), N_("no; Esc, too") },
		{ 0 },
	};
	bool end;
	int foot;

	do {
		end = p->end;
		ui_frame(ui, NULL);
		foot = ui_foot(ui, end ? keys : more);
		ui_page_draw(p, 2, foot - 2);
		ui_put_style(foot - 1, 0, COLS, question, A_BOLD);
	} while (p->end != end);
	return foot - 4;
}

static bool
is_yes(int key)
{
	return key == 'y' || key == 'Y' || key == L'是';
}

bool
ui_confirm(struct ui *ui, const char *question, const char *above)
{
	struct ui_page p = { 0 };
	int key, rows;
	bool yes;

	ui_page_set(&p, above ? above : "");
	do {
		rows = draw_question(ui, &p, question);
		key = ui_key(ui);
		yes = p.end && is_yes(key);
		(void)ui_page_key(&p, key, rows);
	} while (!yes && key != 'n' && key != UI_ESC && key != UI_LEAVE);
	ui_page_free(&p);
	return yes;
}

/* What stands before the i-th of those shown. */
static char
digit(size_t i)
{
	return i < 9 ? (char)('1' + i) : ' ';
}

struct pick {
	char *const *item;
	size_t cnt, fit[64], fit_cnt, at;
	char typed[64];
	ui_find_fn *find;
	void *arg;
};

/* Those that contain what was typed, in any case of letters. */
static void
fit(struct pick *k)
{
	k->fit_cnt = *k->typed && k->find ? k->find(k->arg, k->typed, k->fit, 64) : 0;
	for (size_t i = 0; i < k->cnt && k->fit_cnt < 64 && !(k->find && *k->typed); i++)
		if (!*k->typed || strcasestr(k->item[i], k->typed))
			k->fit[k->fit_cnt++] = i;
	if (k->at >= k->fit_cnt)
		k->at = k->fit_cnt ? k->fit_cnt - 1 : 0;
}

static void
draw_pick(struct ui *ui, const char *title, const struct pick *k, const struct ui_keys *keys)
{
	int y = 2, foot;
	char line[512];

	ui_frame(ui, title);
	foot = ui_foot(ui, keys);
	size_t room = (size_t)(foot - 3), from = k->at >= room ? k->at - room + 1 : 0;
	for (size_t i = from; i < k->fit_cnt && y < foot - 1; i++, y++) {
		snprintf(line, sizeof(line), "%c %c  %s", i == k->at ? '>' : ' ', digit(i),
			 k->item[k->fit[i]]);
		ui_put_style(y, 0, COLS, line, i == k->at ? A_BOLD : A_NORMAL);
	}
	if (*k->typed) {
		snprintf(line, sizeof(line), "/ %s", k->typed);
		ui_put(foot - 1, 0, COLS, line);
	}
}

/* Whether the sign continues what was typed, as the digits of a code do. */
static bool
continues(const struct pick *k, int key)
{
	struct pick more = *k;

	if (!*k->typed)
		return false;
	append(more.typed, sizeof(more.typed), key);
	fit(&more);
	return more.fit_cnt > 0;
}

/* Whether the choice is made. */
static bool
pick_key(struct pick *k, int key)
{
	if (key >= '1' && key <= '9' && (size_t)(key - '1') < k->fit_cnt && !continues(k, key)) {
		k->at = (size_t)(key - '1');
		return true;
	}
	if (key == '\n')
		return k->fit_cnt > 0;
	if (key == UI_FUNCTION + KEY_DOWN)
		k->at++;
	else if (key == UI_FUNCTION + KEY_UP)
		k->at -= k->at > 0;
	else if (is_back(key))
		shorten(k->typed);
	else if (is_char(key))
		append(k->typed, sizeof(k->typed), key);
	return false;
}

bool
ui_pick(struct ui *ui, const char *title, char *const *item, size_t cnt, size_t *chosen)
{
	return ui_pick_by(ui, title, item, cnt, NULL, NULL, chosen);
}

bool
ui_pick_by(struct ui *ui, const char *title, char *const *item, size_t cnt, ui_find_fn *find,
	   void *arg, size_t *chosen)
{
	static const struct ui_keys keys[] = {
		{ '1', "1-9", N_("choose"), N_("the line with this digit") },
		{ '\n', "Enter", N_("this one"), N_("the line with the mark") },
		{ 0, "abc", N_("search"), N_("type a piece of the word") },
		{ UI_ESC, "Esc", N_("back"), N_("back without a choice") },
		{ 0 },
	};
	struct pick k = { .item = item, .cnt = cnt, .find = find, .arg = arg };
	bool done = false;
	int key;

	do {
		fit(&k);
		draw_pick(ui, title, &k, keys);
		key = ui_key(ui);
		done = pick_key(&k, key);
	} while (!done && key != UI_ESC && key != UI_LEAVE);
	if (done)
		*chosen = k.fit[k.at];
	return done;
}
