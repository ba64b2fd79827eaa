/* The page to print: A4, two columns of sections, a bar beside each count that is shown. */
#include "admin-cli/paper/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <time.h>

#define WIDTH  595.0
#define HEIGHT 842.0
#define MARGIN 42.0
#define GAP    24.0
#define COLUMN ((WIDTH - 2 * MARGIN - GAP) / 2)
#define TOP    96.0
#define BOTTOM (HEIGHT - 112.0)
#define LINE   14.0 /* of a row, where the page has room */
#define HEAD   1.9  /* a heading, in rows */
#define VALUE  52.0
#define BAR    64.0
#define SIZE   9.0 /* of a letter in a dossier */

struct page {
	cairo_t *cr;
	double line; /* the height of a row */
	double x, y;
	bool font_missing;
};

enum align { LEFT, RIGHT };

static PangoLayout *
lay(struct page *p, const char *what, double size, bool bold, double width)
{
	PangoLayout *l = pango_cairo_create_layout(p->cr);
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC, Sans");

	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(l, font);
	pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(l, what, -1);
	p->font_missing |= pango_layout_get_unknown_glyphs_count(l) > 0;
	pango_font_description_free(font);
	return l;
}

/* Draws a text whose first line stands at y, cut or folded at `width`. */
static void
text(struct page *p, const char *what, double x, double y, double size, bool bold, double width,
     enum align align, bool fold)
{
	PangoLayout *l = lay(p, what, size, bold, width);

	if (!fold) {
		pango_layout_set_height(l, 0);
		pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	}
	pango_layout_set_alignment(l, align == RIGHT ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, l);
	g_object_unref(l);
}

static void
bar(struct page *p, double share)
{
	double x = p->x + COLUMN - VALUE - BAR, h = p->line * 0.5;

	cairo_set_source_rgb(p->cr, 0.9, 0.9, 0.9);
	cairo_rectangle(p->cr, x, p->y + p->line * 0.25, BAR, h);
	cairo_fill(p->cr);
	cairo_set_source_rgb(p->cr, 0.16, 0.36, 0.56);
	cairo_rectangle(p->cr, x, p->y + p->line * 0.25, BAR * share, h);
	cairo_fill(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
}

static void
draw_section(struct page *p, const json_t *sec)
{
	double most = (double)json_integer_value(json_object_get(sec, "most")),
	       size = p->line * 0.62;
	size_t i;
	const json_t *row, *count;

	text(p, paper_text(sec, "title"), p->x, p->y + p->line * 0.5, size * 1.1, true, COLUMN,
	     LEFT, false);
	p->y += p->line * (HEAD - 0.3);
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, p->x, p->y);
	cairo_line_to(p->cr, p->x + COLUMN, p->y);
	cairo_stroke(p->cr);
	p->y += p->line * 0.1;
	json_array_foreach(json_object_get(sec, "rows"), i, row)
	{
		count = json_object_get(row, "count");
		if (count && most > 0)
			bar(p, json_number_value(count) / most);
		text(p, paper_text(row, "label"), p->x, p->y, size, false,
		     COLUMN - VALUE - (most > 0 ? BAR + 4 : 20), LEFT, false);
		text(p, paper_text(row, "value"), p->x + COLUMN - VALUE - 16, p->y, size, false,
		     VALUE + 16, RIGHT, false);
		p->y += p->line;
	}
	p->y += p->line * 0.2;
}

static double
rows_of(const json_t *sec)
{
	return HEAD + (double)json_array_size(json_object_get(sec, "rows"));
}

/* The rows of the first `first` sections, or of the others; the fuller column decides the height of
 * a row. */
static double
column(const json_t *sections, size_t first, bool left)
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

	while (first < cnt && column(sections, first, true) < column(sections, first, false))
		first++;
	if (first && column(sections, first - 1, false) < column(sections, first, true))
		first--;
	return first;
}

static void
draw(struct page *p, const json_t *sheet)
{
	const json_t *sections = json_object_get(sheet, "sections"), *sec;
	size_t first = split(sections), i;
	double left = column(sections, first, true), right = column(sections, first, false);
	double rows = left > right ? left : right;

	p->line = (BOTTOM - TOP) / (rows > 0 ? rows : 1);
	if (p->line > LINE)
		p->line = LINE;
	text(p, paper_text(sheet, "title"), MARGIN, 36, 20, true, WIDTH - 2 * MARGIN, LEFT, false);
	text(p, paper_text(sheet, "period"), MARGIN, 66, 11, false, 150, LEFT, false);
	text(p, paper_text(sheet, "limits"), MARGIN + 150, 66, 11, false, WIDTH - 2 * MARGIN - 150,
	     RIGHT, false);
	p->x = MARGIN;
	p->y = TOP;
	json_array_foreach(sections, i, sec)
	{
		if (i == first) {
			p->x += COLUMN + GAP;
			p->y = TOP;
		}
		draw_section(p, sec);
	}
	text(p, paper_text(sheet, "notes"), MARGIN, BOTTOM + 18, 8, false, WIDTH - 2 * MARGIN, LEFT,
	     true);
}

static cairo_status_t
put(void *none, const unsigned char *data, unsigned len)
{
	(void)none;
	return paper_write(data, len) == PAPER_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The title is that of the page; the day without the hour; no author. */
static void
about(cairo_surface_t *out, const json_t *sheet)
{
	time_t at = (time_t)json_integer_value(json_object_get(sheet, "day")) * 86400;
	struct tm tm;
	char day[32];

	gmtime_r(&at, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT00:00:00Z", &tm);
	cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_CREATE_DATE, day);
	cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_TITLE, paper_text(sheet, "title"));
}

/* One text, folded; a page ends between any two of its lines. */
static void
flow(struct page *p, const char *what, bool bold)
{
	PangoLayout *l = lay(p, what, SIZE, bold, WIDTH - 2 * MARGIN);
	int cnt = pango_layout_get_line_count(l);

	p->y += bold ? SIZE / 2 : 0;
	for (int i = 0; i < cnt; i++) {
		p->y += SIZE * 1.4;
		if (p->y > HEIGHT - MARGIN) {
			cairo_show_page(p->cr);
			p->y = MARGIN + SIZE;
		}
		cairo_move_to(p->cr, MARGIN, p->y);
		pango_cairo_show_layout_line(p->cr, pango_layout_get_line_readonly(l, i));
	}
	g_object_unref(l);
}

/* Lines of text, over as many pages as they need. */
static void
draw_lines(struct page *p, const json_t *dossier)
{
	size_t i;
	const json_t *l;

	text(p, paper_text(dossier, "title"), MARGIN, 36, 20, true, WIDTH - 2 * MARGIN, LEFT,
	     false);
	p->y = 72;
	json_array_foreach(json_object_get(dossier, "lines"), i, l)
		flow(p, paper_text(l, "text"), json_is_true(json_object_get(l, "bold")));
}

static int
make(const json_t *what, void (*fill)(struct page *p, const json_t *what))
{
	cairo_surface_t *out = cairo_pdf_surface_create_for_stream(put, NULL, WIDTH, HEIGHT);
	struct page p = { .cr = cairo_create(out) };
	cairo_status_t status;

	about(out, what);
	fill(&p, what);
	cairo_show_page(p.cr);
	status = cairo_status(p.cr);
	cairo_destroy(p.cr);
	cairo_surface_finish(out);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(out);
	cairo_surface_destroy(out);
	if (status != CAIRO_STATUS_SUCCESS)
		return PAPER_FAILED;
	return p.font_missing ? PAPER_NO_FONT : PAPER_OK;
}

int
paper_pdf(const json_t *sheet)
{
	return make(sheet, draw);
}

int
paper_dossier(const json_t *dossier)
{
	return make(dossier, draw_lines);
}
