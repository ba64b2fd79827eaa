/* A locked file as codes to photograph: six on a page, each with its number below it. */
#include "admin-cli/paper/paper.h"
#include "admin-cli/paper/paper_page.h"

#include <stdio.h>

#define ACROSS 2
#define DOWN   3
#define SIDE   252.0
#define LEFT   ((PAGE_WIDTH - ACROSS * SIDE) / 2)
#define TOP    24.0
#define LINE   14.0 /* of the number */

static void
one(struct page *p, const char *text, size_t at, size_t cnt)
{
	size_t on_page = at % (ACROSS * DOWN);
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	char number[32];

	if (!q) {
		p->failed = true;
		return;
	}
	p->x = LEFT + SIDE * (double)(on_page % ACROSS);
	p->y = TOP + (SIDE + LINE) * (double)(on_page / ACROSS);
	page_code(p, q, p->x, p->y, SIDE);
	QRcode_free(q);
	snprintf(number, sizeof(number), "%zu / %zu", at + 1, cnt);
	p->y += SIDE;
	page_line(p, number,
		  &(struct page_style){ .size = 9, .width = SIDE, .align = PANGO_ALIGN_CENTER });
}

static void
draw(struct page *p, const json_t *what)
{
	const json_t *codes = json_object_get(what, "codes"), *code;
	size_t i;

	json_array_foreach(codes, i, code)
	{
		if (i && i % (ACROSS * DOWN) == 0)
			cairo_show_page(p->cr);
		one(p, json_string_value(code), i, json_array_size(codes));
	}
}

int
paper_codes(const json_t *what)
{
	return page_make(what, draw);
}
