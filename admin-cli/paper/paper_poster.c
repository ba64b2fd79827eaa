/*
 * A poster of the worker's page: A4, A6, a sheet with slips to tear off, a sheet for a notice
 * board. It looks like any notice: a title, some lines, a code to scan and the address below it.
 */
#include "admin-cli/paper/paper.h"
#include "admin-cli/paper/paper_page.h"

#include <string.h>

#define SLIPS   8
#define A6_SIDE (PAGE_WIDTH / 2)

static const struct poster {
	const char *kind;
	double width, height, title, text, code; /* sizes of letters, and the side of the code */
	bool slips;
} posters[] = {
	{ "a4", PAGE_WIDTH, PAGE_HEIGHT, 44, 20, 300, false },
	{ "a6", A6_SIDE, PAGE_HEIGHT / 2, 22, 11, 150, false },
	{ "slips", PAGE_WIDTH, PAGE_HEIGHT, 40, 18, 230, true },
	{ "board", PAGE_HEIGHT, 2 * PAGE_WIDTH, 64, 30, 440, false },
};

static const struct poster *
poster_of(const json_t *what)
{
	for (size_t i = 0; i < sizeof(posters) / sizeof(*posters); i++)
		if (!strcmp(paper_text(what, "kind"), posters[i].kind))
			return &posters[i];
	return NULL;
}

/* A centred text; what stands below it begins behind it. */
static void
centred(struct page *p, const char *text, double size, double width, bool bold)
{
	PangoLayout *l = page_layout(p, text,
				     &(struct page_style){ .size = size,
							   .bold = bold,
							   .width = width,
							   .align = PANGO_ALIGN_CENTER });
	int height;

	pango_layout_get_pixel_size(l, NULL, &height);
	cairo_move_to(p->cr, p->x, p->y);
	pango_cairo_show_layout(p->cr, l);
	g_object_unref(l);
	p->y += height + size * 0.4;
}

/* One slip, which stands upright when the sheet lies on its side. */
static void
slip(struct page *p, const QRcode *q, const json_t *what, double x, double width)
{
	const double height = 190, side = width - 6;
	const double top = PAGE_HEIGHT - height;
	struct page at = { .cr = p->cr, .y = 4 };

	cairo_set_dash(p->cr, (const double[]){ 4, 4 }, 2, 0);
	cairo_set_line_width(p->cr, 0.6);
	cairo_move_to(p->cr, x, top);
	cairo_line_to(p->cr, x, PAGE_HEIGHT);
	cairo_stroke(p->cr);
	cairo_set_dash(p->cr, NULL, 0, 0);
	page_code(p, q, x + 3, PAGE_HEIGHT - side - 8, side);
	cairo_save(p->cr);
	cairo_translate(p->cr, x + width, top + 2);
	cairo_rotate(p->cr, G_PI / 2);
	centred(&at, paper_text(what, "title"), 12, height - side - 12, true);
	centred(&at, paper_text(what, "address"), 8, height - side - 12, false);
	cairo_restore(p->cr);
	p->font_missing |= at.font_missing;
}

static void
fill(struct page *p, const json_t *what, const struct poster *k, const QRcode *q)
{
	const double margin = k->width * 0.08, inner = k->width - 2 * margin;
	const json_t *line;
	size_t i;

	p->x = margin;
	p->y = k->height * (k->slips ? 0.06 : 0.09);
	centred(p, paper_text(what, "title"), k->title, inner, true);
	json_array_foreach(json_object_get(what, "lines"), i, line)
		centred(p, json_string_value(line), k->text, inner, false);
	page_code(p, q, (k->width - k->code) / 2, p->y, k->code);
	p->y += k->code + k->text * 0.3;
	centred(p, paper_text(what, "address"), k->text * 0.8, inner, false);
	centred(p, paper_text(what, "words"), k->text * 0.5, inner, false);
	for (i = 0; k->slips && i < SLIPS; i++)
		slip(p, q, what, (double)i * k->width / SLIPS, k->width / SLIPS);
}

static void
draw(struct page *p, const json_t *what)
{
	QRcode *q = QRcode_encodeString8bit(paper_text(what, "address"), 0, QR_ECLEVEL_Q);

	if (q)
		fill(p, what, poster_of(what), q);
	else
		p->failed = true;
	QRcode_free(q);
}

int
paper_poster(const json_t *what)
{
	const struct poster *k = poster_of(what);

	return k ? page_make_as(what, draw,
				&(struct page_form){ k->width, k->height,
						     json_is_true(json_object_get(what, "svg")) })
		 : PAPER_FAILED;
}
