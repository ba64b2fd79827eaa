/* Pages of A4 and the texts on them, which the drawings of davy-paper share. Lengths are points. */
#ifndef PAPER_PAGE_H
#define PAPER_PAGE_H

#include <jansson.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdbool.h>

#define PAGE_WIDTH  595.0
#define PAGE_HEIGHT 842.0

struct page {
	cairo_t *cr;
	double x, y;
	bool font_missing; /* a letter of some text has no picture */
	bool failed;
};

struct page_style {
	const char *font; /* NULL: the upright one of tables and lists */
	double size, width;
	bool bold;
	PangoAlignment align;
};

/* A text folded at the width. The caller unrefs it. */
PangoLayout *page_layout(struct page *p, const char *what, const struct page_style *how);
/* Draws a text whose first line stands at p->y, as many lines as it takes; or one line, cut. */
void page_text(struct page *p, const char *what, const struct page_style *how);
void page_line(struct page *p, const char *what, const struct page_style *how);
/* A code (QR) in a square with its corner at x, y, white border and all. */
void page_code(struct page *p, const QRcode *q, double x, double y, double side);
/* Makes a PDF of what `fill` draws and writes it to standard output; the title and the day are
 * "title" and "day" of `what`. Returns an enum paper_exit. */
int page_make(const json_t *what, void (*fill)(struct page *p, const json_t *what));
/* The same on a page of that size, as PDF or SVG. */
struct page_form {
	double width, height;
	bool svg;
};
int page_make_as(const json_t *what, void (*fill)(struct page *p, const json_t *what),
		 const struct page_form *form);

#endif
