/* A dossier: lines of text, over as many pages as they need. */
#include "admin-cli/paper/paper.h"
#include "admin-cli/paper/paper_page.h"

#define MARGIN 42.0
#define SIZE   9.0

/* One text, folded; a page ends between any two of its lines. */
static void
flow(struct page *p, const char *what, bool bold)
{
	PangoLayout *l = page_layout(p, what,
				     &(struct page_style){ .size = SIZE,
							   .bold = bold,
							   .width = PAGE_WIDTH - 2 * MARGIN });
	int cnt = pango_layout_get_line_count(l);

	p->y += bold ? SIZE / 2 : 0;
	for (int i = 0; i < cnt; i++) {
		p->y += SIZE * 1.4;
		if (p->y > PAGE_HEIGHT - MARGIN) {
			cairo_show_page(p->cr);
			p->y = MARGIN + SIZE;
		}
		cairo_move_to(p->cr, MARGIN, p->y);
		pango_cairo_show_layout_line(p->cr, pango_layout_get_line_readonly(l, i));
	}
	g_object_unref(l);
}

static void
draw(struct page *p, const json_t *dossier)
{
	const json_t *l;
	size_t i;

	p->x = MARGIN;
	p->y = 36;
	page_line(p, paper_text(dossier, "title"),
		  &(struct page_style){
			  .size = 20, .bold = true, .width = PAGE_WIDTH - 2 * MARGIN });
	p->y = 72;
	json_array_foreach(json_object_get(dossier, "lines"), i, l)
		flow(p, paper_text(l, "text"), json_is_true(json_object_get(l, "bold")));
}

int
paper_dossier(const json_t *dossier)
{
	return page_make(dossier, draw);
}
