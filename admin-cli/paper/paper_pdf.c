/* Figures: A4, two columns of sections, a bar beside each count that is shown. */
#include "admin-cli/paper/paper.h"
#include "admin-cli/paper/paper_page.h"

#define MARGIN 42.0
#define INNER  (PAGE_WIDTH - 2 * MARGIN)
#define GAP    24.0
#define COLUMN ((INNER - GAP) / 2)
#define TOP    96.0
#define BOTTOM (PAGE_HEIGHT - 112.0)
#define LINE   14.0 /* of a row, where the page has room */
#define HEAD   1.9  /* a heading, in rows */
#define VALUE  52.0
#define BAR    64.0

/* A column that fills from p.x, p.y downwards. */
struct column {
	struct page *p;
	double line; /* the height of a row */
};

static void
bar(const struct column *c, double share)
{
	cairo_t *cr = c->p->cr;
	double x = c->p->x + COLUMN - VALUE - BAR, y = c->p->y + c->line * 0.25, h = c->line * 0.5;

	cairo_set_source_rgb(cr, 0.9, 0.9, 0.9);
	cairo_rectangle(cr, x, y, BAR, h);
	cairo_fill(cr);
	cairo_set_source_rgb(cr, 0.16, 0.36, 0.56);
	cairo_rectangle(cr, x, y, BAR * share, h);
	cairo_fill(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
}

/* One line at x, y. */
static void
put(struct page *p, const char *what, double x, double y, struct page_style how)
{
	struct page at = *p;

	at.x = x;
	at.y = y;
	page_line(&at, what, &how);
	p->font_missing |= at.font_missing;
}

static void
draw_row(const struct column *c, const json_t *row, double most)
{
	struct page *p = c->p;
	const json_t *count = json_object_get(row, "count");
	struct page_style how = { .size = c->line * 0.62,
				  .width = COLUMN - VALUE - (most > 0 ? BAR + 4 : 20) };

	if (count && most > 0)
		bar(c, json_number_value(count) / most);
	put(p, paper_text(row, "label"), p->x, p->y, how);
	how.width = VALUE + 16;
	how.align = PANGO_ALIGN_RIGHT;
	put(p, paper_text(row, "value"), p->x + COLUMN - VALUE - 16, p->y, how);
}

static void
draw_section(const struct column *c, const json_t *sec)
{
	struct page *p = c->p;
	double most = (double)json_integer_value(json_object_get(sec, "most"));
	const json_t *row;
	size_t i;

	put(p, paper_text(sec, "title"), p->x, p->y + c->line * 0.5,
	    (struct page_style){ .size = c->line * 0.682, .bold = true, .width = COLUMN });
	p->y += c->line * (HEAD - 0.3);
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, p->x, p->y);
	cairo_line_to(p->cr, p->x + COLUMN, p->y);
	cairo_stroke(p->cr);
	p->y += c->line * 0.1;
	json_array_foreach(json_object_get(sec, "rows"), i, row)
	{
		draw_row(c, row, most);
		p->y += c->line;
	}
	p->y += c->line * 0.2;
}

static double
rows_of(const json_t *sec)
{
	return HEAD + (double)json_array_size(json_object_get(sec, "rows"));
}

/* The rows of the first `first` sections, or of the others; the fuller column decides the height of
 * a row. */
static double
rows_in(const json_t *sections, size_t first, bool left)
{
	double sum = 0;
	size_t i;
	const json_t *sec;

	json_array_foreach(sections, i, sec) if ((i < first) == left) sum += rows_of(sec);
	return sum;
}

/* After how many sections the second column begins, so that both are about as long. */
static size_t
split(const json_t *sections)
{
	size_t cnt = json_array_size(sections), first = 0;

	while (first < cnt && rows_in(sections, first, true) < rows_in(sections, first, false))
		first++;
	if (first && rows_in(sections, first - 1, false) < rows_in(sections, first, true))
		first--;
	return first;
}

static void
draw_columns(struct page *p, const json_t *sections)
{
	size_t first = split(sections), i;
	double left = rows_in(sections, first, true), right = rows_in(sections, first, false);
	double rows = left > right ? left : right;
	struct column c = { .p = p, .line = (BOTTOM - TOP) / (rows > 0 ? rows : 1) };
	const json_t *sec;

	if (c.line > LINE)
		c.line = LINE;
	p->x = MARGIN;
	p->y = TOP;
	json_array_foreach(sections, i, sec)
	{
		if (i == first) {
			p->x += COLUMN + GAP;
			p->y = TOP;
		}
		draw_section(&c, sec);
	}
}

static void
draw(struct page *p, const json_t *sheet)
{
	put(p, paper_text(sheet, "title"), MARGIN, 36,
	    (struct page_style){ .size = 20, .bold = true, .width = INNER });
	put(p, paper_text(sheet, "period"), MARGIN, 66,
	    (struct page_style){ .size = 11, .width = 150 });
	put(p, paper_text(sheet, "limits"), MARGIN + 150, 66,
	    (struct page_style){ .size = 11, .width = INNER - 150, .align = PANGO_ALIGN_RIGHT });
	draw_columns(p, json_object_get(sheet, "sections"));
	p->x = MARGIN;
	p->y = BOTTOM + 18;
	page_text(p, paper_text(sheet, "notes"), &(struct page_style){ .size = 8, .width = INNER });
}

int
paper_pdf(const json_t *sheet)
{
	return page_make(sheet, draw);
}
