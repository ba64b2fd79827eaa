/* A text on the screen, page by page (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"

static void
drop_lines(struct ui_page *p)
{
	for (size_t i = 0; i < p->cnt; i++) {
		sodium_memzero(p->line[i], strlen(p->line[i]));
		free(p->line[i]);
	}
	free(p->line);
	p->line = NULL;
	p->cnt = 0;
}

void
ui_page_free(struct ui_page *p)
{
	drop_lines(p);
	if (p->text)
		sodium_memzero(p->text, strlen(p->text));
	free(p->text);
	*p = (struct ui_page){ 0 };
}

static void
add_line(struct ui_page *p, const char *text, size_t len)
{
	char **more = realloc(p->line, (p->cnt + 1) * sizeof(*more));
	char *line = more ? strndup(text, len) : NULL;

	if (more)
		p->line = more;
	if (line)
		p->line[p->cnt++] = line;
}

static int
columns(const struct ui_page *p)
{
	return p->width ? p->width : COLS;
}

/* Lines that fit the window. */
static void
fold_lines(struct ui_page *p)
{
	const char *at = p->text ? p->text : "";
	size_t next;

	drop_lines(p);
	p->columns = columns(p);
	while (*at) {
		size_t n = term_break(at, p->columns, &next);

		add_line(p, at, n);
		at += next;
	}
}

void
ui_page_set(struct ui_page *p, const char *text)
{
	size_t top = p->top;
	int x = p->x, width = p->width;

	ui_page_free(p);
	p->text = term_safe(text, strlen(text), TERM_LINES);
	p->top = top;
	p->x = x;
	p->width = width;
	fold_lines(p);
}

void
ui_page_draw(struct ui_page *p, int from, int to)
{
	size_t rows = to > from ? (size_t)(to - from) : 0;

	if (p->columns != columns(p))
		fold_lines(p);
	if (p->top + rows > p->cnt)
		p->top = p->cnt > rows ? p->cnt - rows : 0;
	for (size_t i = 0; i < rows && p->top + i < p->cnt; i++)
		ui_put(from + (int)i, p->x, p->columns, p->line[p->top + i]);
	p->end |= (rows || !p->cnt) && p->top + rows >= p->cnt;
}

bool
ui_page_key(struct ui_page *p, int key, int rows)
{
	size_t page = rows > 2 ? (size_t)rows - 1 : 1, top = p->top;

	switch (key) {
	case UI_FUNCTION + KEY_DOWN:
	case 'j':
		top++;
		break;
	case UI_FUNCTION + KEY_UP:
	case 'k':
		top -= top > 0;
		break;
	case UI_FUNCTION + KEY_NPAGE:
	case ' ':
		top += page;
		break;
	case UI_FUNCTION + KEY_PPAGE:
	case '-':
		top = top > page ? top - page : 0;
		break;
	case UI_FUNCTION + KEY_HOME:
		top = 0;
		break;
	case UI_FUNCTION + KEY_END:
		top = p->cnt;
		break;
	default:
		return false;
	}
	p->top = top;
	return true;
}

static const struct ui_keys keys[] = {
	{ ' ', "Space", N_("next page"), N_("the next page; PgDn and the arrows, too") },
	{ '-', "-", N_("page before"), N_("the page before; PgUp, too") },
	{ 'q', "q", N_("back"), N_("back; Esc and Enter, too") },
	{ 0 },
};

void
ui_pager(struct ui *ui, const char *title, const char *text)
{
	struct ui_page p = { 0 };
	int key, foot;

	ui_page_set(&p, text);
	do {
		ui_frame(ui, title);
		foot = ui_foot(ui, keys);
		ui_page_draw(&p, 2, foot);
		key = ui_key(ui);
		(void)ui_page_key(&p, key, foot - 2);
	} while (key != UI_LEAVE && key != 'q' && key != UI_ESC && key != '\n');
	ui_page_free(&p);
}
