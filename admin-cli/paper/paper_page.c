/* Pages of A4 and the texts on them (see paper_page.h). */
#include "admin-cli/paper/paper_page.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <time.h>

#include "admin-cli/paper/paper.h"

#define QUIET 4 /* modules of white around a code (ISO 18004) */

PangoLayout *
page_layout(struct page *p, const char *what, const struct page_style *how)
{
	PangoLayout *l = pango_cairo_create_layout(p->cr);
	PangoFontDescription *font = pango_font_description_from_string(
		how->font ? how->font : "Noto Sans CJK SC, Sans");

	pango_font_description_set_absolute_size(font, how->size * PANGO_SCALE);
	pango_font_description_set_weight(font,
					  how->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(l, font);
	pango_layout_set_width(l, (int)(how->width * PANGO_SCALE));
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(l, how->align);
	pango_layout_set_text(l, what, -1);
	p->font_missing |= pango_layout_get_unknown_glyphs_count(l) > 0;
	pango_font_description_free(font);
	return l;
}

static void
show(struct page *p, PangoLayout *l)
{
	cairo_move_to(p->cr, p->x, p->y);
	pango_cairo_show_layout(p->cr, l);
	g_object_unref(l);
}

void
page_text(struct page *p, const char *what, const struct page_style *how)
{
	show(p, page_layout(p, what, how));
}

void
page_line(struct page *p, const char *what, const struct page_style *how)
{
	PangoLayout *l = page_layout(p, what, how);

	pango_layout_set_height(l, 0);
	pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	show(p, l);
}

static cairo_status_t
put(void *none, const unsigned char *data, unsigned len)
{
	(void)none;
	return paper_write(data, len) == PAPER_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The title is that of the page; the day without the hour; no author. */
static void
about(cairo_surface_t *out, const json_t *what)
{
	time_t at = (time_t)json_integer_value(json_object_get(what, "day")) * 86400;
	struct tm tm;
	char day[32];

	gmtime_r(&at, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT00:00:00Z", &tm);
	cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_CREATE_DATE, day);
	cairo_pdf_surface_set_metadata(out, CAIRO_PDF_METADATA_TITLE, paper_text(what, "title"));
}

void
page_code(struct page *p, const QRcode *q, double x, double y, double side)
{
	double m = side / (q->width + 2 * QUIET);

	cairo_save(p->cr);
	cairo_set_antialias(p->cr, CAIRO_ANTIALIAS_NONE);
	for (int i = 0; i < q->width * q->width; i++)
		if (q->data[i] & 1)
			cairo_rectangle(p->cr, x + (QUIET + i % q->width) * m,
					y + (QUIET + i / q->width) * m, m, m);
	cairo_fill(p->cr);
	cairo_restore(p->cr);
}

int
page_make(const json_t *what, void (*fill)(struct page *p, const json_t *what))
{
	return page_make_as(what, fill, &(struct page_form){ PAGE_WIDTH, PAGE_HEIGHT, false });
}

int
page_make_as(const json_t *what, void (*fill)(struct page *p, const json_t *what),
	     const struct page_form *form)
{
	cairo_surface_t *out = form->svg
				       ? cairo_svg_surface_create_for_stream(put, NULL, form->width,
									     form->height)
				       : cairo_pdf_surface_create_for_stream(put, NULL, form->width,
									     form->height);
	struct page p = { .cr = cairo_create(out) };
	cairo_status_t status;

	if (!form->svg)
		about(out, what);
	fill(&p, what);
	cairo_show_page(p.cr);
	status = cairo_status(p.cr);
	cairo_destroy(p.cr);
	cairo_surface_finish(out);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(out);
	cairo_surface_destroy(out);
	if (status != CAIRO_STATUS_SUCCESS || p.failed)
		return PAPER_FAILED;
	return p.font_missing ? PAPER_NO_FONT : PAPER_OK;
}
