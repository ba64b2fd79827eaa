/* Writes a text of several lines; what is written is a draft from the first second on (see ui.h).
 */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "admin-cli/base/term.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

#define CHARS_MAX 4000

struct edit {
	wchar_t *text; /* CHARS_MAX + 1 */
	size_t len, at;
	bool dirty;
	const uint8_t *id;
	const char *sort;
};

static const struct ui_keys keys[] = {
	{ UI_CTRL('s'), "Ctrl-S", N_("to the tray"), N_("done: it goes to the tray") },
	{ UI_ESC, "Esc", N_("keep the draft"),
	  N_("back; the draft stays until it is sent or emptied") },
	{ UI_FUNCTION + KEY_NPAGE, "PgDn", NULL, N_("more of what stands above; PgUp: back") },
	{ UI_CTRL('u'), "Ctrl-U", N_("empty"), N_("takes all of it away") },
	{ 0 },
};

static char *
to_utf8(const struct edit *e)
{
	size_t cap = e->len * 4 + 1;
	char *out = malloc(cap);

	if (out && wcstombs(out, e->text, cap) == (size_t)-1)
		*out = '\0';
	return out;
}

static void
save(struct ui *ui, struct edit *e)
{
	char *text = e->dirty ? to_utf8(e) : NULL;

	if (!text)
		return;
	if (kept_put(ui->ses->workspace, e->id, e->sort, text))
		ui_note(ui, _("The draft cannot be kept on this machine."));
	else
		e->dirty = false;
	workspace_free(text, strlen(text));
}

static void
load(struct ui *ui, struct edit *e)
{
	char *text;

	if (kept_get(ui->ses->workspace, e->id, e->sort, &text))
		return;
	size_t n = mbstowcs(e->text, text, CHARS_MAX);
	e->len = e->at = n == (size_t)-1 ? 0 : n;
	e->text[e->len] = L'\0';
	workspace_free(text, strlen(text) + 1);
	if (!ui->note)
		ui_note(ui, _("This is the draft that was here."));
}

static void
insert(struct edit *e, wchar_t c)
{
	if (e->len == CHARS_MAX)
		return;
	wmemmove(e->text + e->at + 1, e->text + e->at, e->len - e->at + 1);
	e->text[e->at++] = c;
	e->len++;
	e->dirty = true;
}

static void
take_away(struct edit *e)
{
	if (!e->at)
		return;
	e->at--;
	wmemmove(e->text + e->at, e->text + e->at + 1, e->len - e->at);
	e->len--;
	e->dirty = true;
}

static void
edit_key(struct edit *e, int key)
{
	switch (key) {
	case UI_FUNCTION + KEY_LEFT:
		e->at -= e->at > 0;
		break;
	case UI_FUNCTION + KEY_RIGHT:
		e->at += e->at < e->len;
		break;
	case UI_FUNCTION + KEY_HOME:
	case UI_CTRL('a'):
		e->at = 0;
		break;
	case UI_FUNCTION + KEY_END:
	case UI_CTRL('e'):
		e->at = e->len;
		break;
	case 127:
	case '\b':
	case UI_FUNCTION + KEY_BACKSPACE:
		take_away(e);
		break;
	case UI_CTRL('u'):
		e->len = e->at = 0;
		e->text[0] = L'\0';
		e->dirty = true;
		break;
	default:
		if (key == '\n' || (key >= ' ' && key < UI_FUNCTION))
			insert(e, (wchar_t)key);
	}
}

static size_t
bytes_of(wchar_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Where the text stands on the screen. */
struct area {
	int y, to, x, width;
};

/* Places each character; the cursor ends in *cy, *cx. */
static void
draw_text(const struct ui_edit *how, const struct edit *e, const struct area *a, int *cy, int *cx)
{
	int y = a->y, x = 0;
	size_t byte = 0;

	*cy = a->y;
	*cx = a->x;
	for (size_t i = 0; i <= e->len; i++) {
		int w = i < e->len && e->text[i] != L'\n' ? wcwidth(e->text[i]) : 0;

		if (x + w > a->width - 1) {
			y++;
			x = 0;
		}
		if (i == e->at) {
			*cy = y;
			*cx = a->x + x;
		}
		if (i < e->len && e->text[i] == L'\n') {
			y++;
			x = 0;
		} else if (i < e->len && w > 0 && y < a->to) {
			unsigned style = how->style ? how->style(how->arg, byte) : A_NORMAL;

			attron((int)style);
			mvaddnwstr(y, a->x + x, &e->text[i], 1);
			attroff((int)style);
			x += w;
		}
		byte += i < e->len ? bytes_of(e->text[i]) : 0;
	}
}

/* Moves the cursor to a byte of the text. */
static void
go_to(struct edit *e, size_t byte)
{
	size_t i = 0;

	for (size_t at = 0; i < e->len && at < byte; i++)
		at += bytes_of(e->text[i]);
	e->at = i;
}

/* The tip stands beside the text where there is room, else above it. */
static void
place(struct ui_page *p, struct area *a)
{
	bool wide = p->text && COLS >= UI_WIDE;
	int half = 2 + (a->to - 2) / 2;

	if (!p->text)
		return;
	p->width = wide ? COLS / 2 - 2 : COLS;
	ui_page_draw(p, 2, wide ? a->to : half - 1);
	if (wide) {
		a->y = 2;
		a->x = COLS / 2;
		a->width = COLS - a->x;
		mvvline(2, a->x - 1, '|', a->to - 2);
	} else {
		a->y = half;
		mvhline(half - 1, 0, '-', COLS);
	}
}

static int
turn(struct ui *ui, const struct ui_edit *how, struct ui_page *p, struct edit *e)
{
	struct area a = { .y = 3, .width = COLS };
	int cy, cx, foot;

	ui_frame(ui, how->title);
	foot = ui_foot(ui, how->keys ? how->keys : keys);
	a.to = foot - how->below;
	place(p, &a);
	draw_text(how, e, &a, &cy, &cx);
	if (how->draw)
		how->draw(how->arg, a.to);
	move(cy < a.to ? cy : a.to - 1, cx);
	return ui_key(ui);
}

static void
changed(const struct ui_edit *how, const struct edit *e)
{
	char *text = how->changed ? to_utf8(e) : NULL;

	if (!text)
		return;
	how->changed(how->arg, text);
	workspace_free(text, strlen(text));
}

static void
on_key(struct ui *ui, const struct ui_edit *how, struct ui_page *p, struct edit *e, int key)
{
	size_t byte = SIZE_MAX, len = e->len;

	if (key == UI_TICK || key == UI_LEAVE || key == UI_ESC) {
		save(ui, e);
	} else if (key == UI_FUNCTION + KEY_NPAGE || key == UI_FUNCTION + KEY_PPAGE) {
		(void)ui_page_key(p, key, LINES / 2 - 3);
	} else if (how->key && how->key(ui, how->arg, key, &byte)) {
		if (byte != SIZE_MAX)
			go_to(e, byte);
	} else if (key != UI_CTRL('s')) {
		edit_key(e, key);
	}
	if (e->len != len || e->dirty)
		changed(how, e);
}

bool
ui_edit_with(struct ui *ui, const struct ui_edit *how, char **text)
{
	struct ui_page p = { 0 };
	struct edit e = { .text = calloc(CHARS_MAX + 1, sizeof(wchar_t)),
			  .id = how->id,
			  .sort = how->sort };
	int key;

	*text = NULL;
	if (!e.text)
		return false;
	if (how->above)
		ui_page_set(&p, how->above);
	load(ui, &e);
	changed(how, &e);
	curs_set(1);
	do {
		key = turn(ui, how, &p, &e);
		on_key(ui, how, &p, &e, key);
	} while (key != UI_LEAVE && key != UI_ESC && key != UI_CTRL('s'));
	curs_set(0);
	if (key == UI_CTRL('s')) {
		save(ui, &e); /* until it is in the tray, it is a draft */
		*text = to_utf8(&e);
	}
	ui_page_free(&p);
	sodium_memzero(e.text, (CHARS_MAX + 1) * sizeof(wchar_t));
	free(e.text);
	return *text != NULL;
}

bool
ui_edit(struct ui *ui, const char *title, const char *above, const uint8_t id[static 16],
	const char *sort, char **text)
{
	return ui_edit_with(ui,
			    &(struct ui_edit){
				    .title = title, .above = above, .id = id, .sort = sort },
			    text);
}
