/*
 * A paper of a visit: its title and number, then blocks one below the other (admin-cli/rules/
 * printed.h fills them). Nothing is cut off: rows and texts go on over the next page, and a foot
 * says which page of how many it is.
 *
 * The pages are laid out twice. The first time nobody sees them; it tells how many there are.
 */
#include "admin-cli/paper/paper.h"
#include "admin-cli/paper/paper_page.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <string.h>

#define SERIF    "Noto Serif CJK SC, Noto Sans CJK SC, Serif"
#define LEFT     62.0
#define INNER    (PAGE_WIDTH - 2 * LEFT)
#define TOP      64.0
#define BOTTOM   (PAGE_HEIGHT - 70.0)
#define SIZE     11.0
#define LEADING  1.55 /* from line to line, in letters */
#define PAD      5.0  /* between a text and the box around it */
#define RULE     26.0 /* between lines to write on */
#define SIGN     34.0 /* a line of signatures */
#define SEAL     70.0
#define LABEL    88.0 /* the column of a label */
#define CELL_MAX 8

struct form {
	struct page *p;
	const char *title;
	unsigned page, pages; /* this one, and how many the first round has counted */
	const json_t *head;   /* of the table at hand, said again on each page; or NULL */
	const json_t *width;
	int least; /* lines of a row */
};

/* ---- pages ---- */

static void
foot(struct form *f)
{
	char text[200];

	snprintf(text, sizeof(text), "%.60s　第%u页　共%u页", f->title, f->page, f->pages);
	f->p->x = LEFT;
	f->p->y = PAGE_HEIGHT - 46;
	page_line(f->p, text,
		  &(struct page_style){ .font = SERIF,
					.size = 8.5,
					.width = INNER,
					.align = PANGO_ALIGN_CENTER });
}

static void
next_page(struct form *f)
{
	foot(f);
	cairo_show_page(f->p->cr);
	f->page++;
	f->p->y = TOP;
}

/* Begins a page where that much is not left. */
static void
need(struct form *f, double height)
{
	if (f->p->y + height > BOTTOM)
		next_page(f);
}

static void
line(struct form *f, double x, double y, double width)
{
	cairo_t *cr = f->p->cr;

	cairo_set_line_width(cr, 0.6);
	cairo_move_to(cr, x, y);
	cairo_line_to(cr, x + width, y);
	cairo_stroke(cr);
}

/* ---- a row of boxes ---- */

struct cell {
	PangoLayout *text;
	double x, width;
	int at, cnt; /* the next line, and how many */
};

static void
draw_lines(struct form *f, struct cell *c, int until)
{
	double y = f->p->y + PAD + SIZE;

	for (; c->at < until; c->at++, y += SIZE * LEADING) {
		PangoLayoutLine *l = pango_layout_get_line_readonly(c->text, c->at);

		cairo_move_to(f->p->cr, c->x + PAD, y);
		pango_cairo_show_layout_line(f->p->cr, l);
	}
}

/* As many lines of every cell as fit on this page; true where some are left. */
static bool
draw_part(struct form *f, struct cell *cell, size_t cnt)
{
	int fit = (int)((BOTTOM - f->p->y - 2 * PAD) / (SIZE * LEADING)), most = f->least;
	bool left = false;
	double height;

	for (size_t i = 0; i < cnt; i++)
		if (cell[i].cnt - cell[i].at > most)
			most = cell[i].cnt - cell[i].at;
	most = most > fit ? fit : most;
	height = most * SIZE * LEADING + 2 * PAD;
	for (size_t i = 0; i < cnt; i++) {
		int until = cell[i].at + most;

		draw_lines(f, &cell[i], until < cell[i].cnt ? until : cell[i].cnt);
		cairo_rectangle(f->p->cr, cell[i].x, f->p->y, cell[i].width, height);
		left |= cell[i].at < cell[i].cnt;
	}
	cairo_set_line_width(f->p->cr, 0.6);
	cairo_stroke(f->p->cr);
	f->p->y += height;
	return left;
}

static void draw_head(struct form *f);

static void
draw_cells(struct form *f, struct cell *cell, size_t cnt)
{
	if (f->p->y + SIZE * LEADING + 2 * PAD > BOTTOM) {
		next_page(f);
		draw_head(f);
	}
	while (draw_part(f, cell, cnt))
		next_page(f);
	for (size_t i = 0; i < cnt; i++)
		g_object_unref(cell[i].text);
}

static struct cell
make_cell(struct form *f, const char *text, double x, double width, bool bold)
{
	struct cell c = { .x = x, .width = width };

	c.text = page_layout(f->p, text,
			     &(struct page_style){ .font = SERIF,
						   .size = SIZE,
						   .width = width - 2 * PAD,
						   .bold = bold });
	c.cnt = *text ? pango_layout_get_line_count(c.text) : 0;
	return c;
}

/* Label and value, once or twice. An empty row is a gap. */
static void
draw_row(struct form *f, const json_t *row)
{
	size_t cnt = json_array_size(row);
	double x = LEFT, value = cnt > 2 ? INNER / 2 - LABEL : INNER - LABEL;
	struct cell cell[CELL_MAX];

	if (!cnt || cnt > CELL_MAX) {
		f->p->y += 8;
		return;
	}
	for (size_t i = 0; i < cnt; i++) {
		double width = i % 2 ? value : LABEL;
		const char *text = json_string_value(json_array_get(row, i));

		cell[i] = make_cell(f, text ? text : "", x, width, false);
		x += width;
	}
	draw_cells(f, cell, cnt);
}

static void
draw_columns(struct form *f, const json_t *row, bool bold)
{
	size_t cnt = json_array_size(row);
	double x = LEFT;
	struct cell cell[CELL_MAX];

	if (cnt > CELL_MAX)
		return;
	for (size_t i = 0; i < cnt; i++) {
		double width = INNER * json_number_value(json_array_get(f->width, i)) / 100;
		const char *text = json_string_value(json_array_get(row, i));

		cell[i] = make_cell(f, text ? text : "", x, width, bold);
		x += width;
	}
	draw_cells(f, cell, cnt);
}

static void
draw_head(struct form *f)
{
	struct form own = *f;

	own.head = NULL; /* it does not come before itself */
	own.least = 1;
	if (f->head)
		draw_columns(&own, f->head, true);
	f->page = own.page;
}

/* ---- blocks ---- */

static void
draw_rows(struct form *f, const json_t *block)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(block, "rows"), i, row) draw_row(f, row);
}

static void
draw_table(struct form *f, const json_t *block)
{
	const json_t *row;
	size_t i;

	f->head = json_object_get(block, "table");
	f->width = json_object_get(block, "width");
	need(f, 4 * SIZE * LEADING); /* no head without a row */
	draw_head(f);
	json_array_foreach(json_object_get(block, "rows"), i, row) draw_columns(f, row, false);
	f->head = NULL;
}

/* A text over the width of the page, which may go on over the next one. */
static void
flow(struct form *f, const char *what, double size, bool bold)
{
	PangoLayout *l = page_layout(f->p, what,
				     &(struct page_style){ .font = SERIF,
							   .size = size,
							   .width = INNER,
							   .bold = bold });
	int cnt = pango_layout_get_line_count(l);

	for (int i = 0; i < cnt; i++) {
		need(f, size * LEADING);
		cairo_move_to(f->p->cr, LEFT, f->p->y + size);
		pango_cairo_show_layout_line(f->p->cr, pango_layout_get_line_readonly(l, i));
		f->p->y += size * LEADING;
	}
	g_object_unref(l);
}

/* A heading, then what is said under it, numbered where there is more than one, or empty lines. */
static void
draw_text(struct form *f, const json_t *block)
{
	const json_t *values = json_object_get(block, "values"), *v;
	size_t cnt = json_array_size(values), i;
	int lines = (int)json_integer_value(json_object_get(block, "lines"));
	char number[16];

	need(f, 3 * SIZE * LEADING);
	flow(f, paper_text(block, "text"), SIZE, true);
	json_array_foreach(values, i, v)
	{
		char *all = NULL;

		snprintf(number, sizeof(number), cnt > 1 ? "%zu．" : "", i + 1);
		if (asprintf(&all, "%s%s", number, json_string_value(v)) >= 0)
			flow(f, all, SIZE, false);
		free(all);
	}
	for (; !cnt && lines > 0; lines--) {
		need(f, RULE);
		f->p->y += RULE;
		line(f, LEFT, f->p->y, INNER);
	}
}

/* How much room a closing block takes; 0: it is none. */
static double
closing(struct form *f, const json_t *block)
{
	const char *say = paper_text(block, *paper_text(block, "small") ? "small" : "say");
	PangoLayout *l;
	double height;

	if (json_object_get(block, "sign"))
		return SIGN * (double)((json_array_size(json_object_get(block, "sign")) + 1) / 2) +
		       8;
	if (json_object_get(block, "seal"))
		return SEAL + 8;
	if (!*say)
		return 0;
	l = page_layout(f->p, say,
			&(struct page_style){ .font = SERIF, .size = SIZE, .width = INNER });
	height = pango_layout_get_line_count(l) * SIZE * LEADING + 8;
	g_object_unref(l);
	return height;
}

/* Closing sentences, signatures and day stay together: nobody signs a page that says nothing. */
static void
keep_together(struct form *f, const json_t *blocks, size_t i)
{
	double all = 0, one;

	for (; i < json_array_size(blocks); i++) {
		one = closing(f, json_array_get(blocks, i));
		if (one == 0)
			break;
		all += one;
	}
	if (all < (BOTTOM - TOP) / 2)
		need(f, all);
}

/* Two names to a line, a line to sign on behind each. */
static void
draw_sign(struct form *f, const json_t *block)
{
	const json_t *who = json_object_get(block, "sign"), *name;
	double half = INNER / 2;
	size_t i;

	json_array_foreach(who, i, name)
	{
		double x = LEFT + half * (double)(i % 2), width = 0;
		char text[160];
		int w;

		if (i % 2 == 0)
			f->p->y += SIGN;
		snprintf(text, sizeof(text), "%.100s（签名）：", json_string_value(name));
		PangoLayout *l = page_layout(f->p, text,
					     &(struct page_style){
						     .font = SERIF, .size = SIZE, .width = half });
		pango_layout_get_pixel_size(l, &w, NULL);
		width = half - 14 - w;
		cairo_move_to(f->p->cr, x, f->p->y - SIZE * 1.6);
		pango_cairo_show_layout(f->p->cr, l);
		g_object_unref(l);
		line(f, x + w, f->p->y, width > 20 ? width : 20);
	}
}

/* The office, where the paper is sealed by one, and the day, to fill by hand. */
static void
draw_seal(struct form *f, const json_t *block)
{
	const struct page_style how = {
		.font = SERIF, .size = SIZE, .width = INNER, .align = PANGO_ALIGN_RIGHT
	};
	char text[256];

	f->p->x = LEFT;
	f->p->y += 16;
	if (json_is_true(json_object_get(block, "seal"))) {
		snprintf(text, sizeof(text), "%.200s（印章）", paper_text(block, "office"));
		page_text(f->p, text, &how);
		f->p->y += SIZE * 2;
	}
	page_text(f->p, "　　　　年　　　月　　　日", &how);
	f->p->y += SIZE * 2;
}

static void
draw_title(struct form *f, const char *title, double size)
{
	f->p->x = LEFT;
	page_text(f->p, title,
		  &(struct page_style){ .font = SERIF,
					.size = size,
					.width = INNER,
					.bold = true,
					.align = PANGO_ALIGN_CENTER });
	f->p->y += size * 1.9;
}

/* From here on it is torn off and comes back. */
static void
draw_cut(struct form *f, const json_t *block)
{
	const double dash[] = { 4, 4 };

	need(f, 320); /* it stands on one page */
	f->p->y += 14;
	cairo_set_dash(f->p->cr, dash, 2, 0);
	line(f, LEFT, f->p->y, INNER);
	cairo_set_dash(f->p->cr, NULL, 0, 0);
	f->p->y += 16;
	draw_title(f, paper_text(block, "cut"), 16);
}

static void
draw_say(struct form *f, const json_t *block)
{
	flow(f, paper_text(block, "say"), SIZE, false);
}

static void
draw_small(struct form *f, const json_t *block)
{
	flow(f, paper_text(block, "small"), 8.5, false);
}

/* A block is what it has; a table has rows, too. */
static const struct {
	const char *member;
	void (*draw)(struct form *f, const json_t *block);
} kinds[] = {
	{ "table", draw_table }, { "text", draw_text }, { "say", draw_say },
	{ "sign", draw_sign },   { "seal", draw_seal }, { "cut", draw_cut },
	{ "small", draw_small }, { "rows", draw_rows },
};

static void
draw_block(struct form *f, const json_t *block)
{
	f->least = (int)json_integer_value(json_object_get(block, "least"));
	if (f->least < 1)
		f->least = 1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (json_object_get(block, kinds[i].member)) {
			kinds[i].draw(f, block);
			break;
		}
	f->p->y += 8;
}

static void
draw_number(struct form *f, const char *number)
{
	char text[160];

	snprintf(text, sizeof(text), "编号：%s", *number ? number : "______________");
	f->p->x = LEFT;
	page_text(f->p, text,
		  &(struct page_style){ .font = SERIF,
					.size = SIZE,
					.width = INNER,
					.align = PANGO_ALIGN_RIGHT });
	f->p->y += SIZE * 2.2;
}

/* Returns how many pages it took. */
static unsigned
draw_pages(struct page *p, const json_t *paper, unsigned pages)
{
	struct form f = { .p = p, .title = paper_text(paper, "title"), .page = 1, .pages = pages };
	const json_t *b;
	size_t i;

	p->y = TOP;
	draw_title(&f, f.title, 20);
	draw_number(&f, paper_text(paper, "number"));
	json_array_foreach(json_object_get(paper, "blocks"), i, b)
	{
		keep_together(&f, json_object_get(paper, "blocks"), i);
		draw_block(&f, b);
	}
	foot(&f);
	return f.page;
}

static void
draw(struct page *p, const json_t *paper)
{
	cairo_surface_t *none = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
	struct page unseen = { .cr = cairo_create(none) };
	unsigned pages = draw_pages(&unseen, paper, 0);

	cairo_destroy(unseen.cr);
	cairo_surface_destroy(none);
	draw_pages(p, paper, pages);
}

int
paper_form(const json_t *paper)
{
	return page_make(paper, draw);
}
