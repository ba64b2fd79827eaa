/* Tables for a terminal, a pipe or a narrow screen: the widths are known only at the end, so rows
 * are kept until then. */
#include "admin-cli/cli/cli_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"

#define COLUMN_MAX 16
#define GAP        2
#define LAST_MIN   12 /* where the last column would get less, rows become blocks */

/* The cells of a row stand in memory one behind the other, each with its end. */
struct row {
	const char *cells;
	const char *style;
};

/* Memory for many rows. A block never moves. */
#define BLOCK_LEN 65536
struct block {
	struct block *next;
	size_t len;
	char text[];
};

struct cli_table {
	struct cli *cli;
	const char *heading[COLUMN_MAX]; /* the list of the caller may be gone */
	size_t column_cnt;
	struct row *row;
	size_t row_cnt, row_cap;
	struct block *block; /* newest first */
	size_t left;         /* bytes that are free in the newest */
	int width[COLUMN_MAX];
};

static void *
must(void *p)
{
	if (!p) {
		fputs("davy: out of memory\n", stderr);
		exit(DAVY_REFUSED);
	}
	return p;
}

static bool
to_right(const struct cli_table *t, size_t i)
{
	return t->heading[i][0] == '>';
}

static const char *
heading(const struct cli_table *t, size_t i)
{
	return t->heading[i] + to_right(t, i);
}

struct cli_table *
cli_table_new(struct cli *cli, const char *const headings[])
{
	struct cli_table *t = must(calloc(1, sizeof(*t)));

	t->cli = cli;
	while (t->column_cnt < COLUMN_MAX && headings[t->column_cnt]) {
		size_t i = t->column_cnt++;
		t->heading[i] = headings[i];
		t->width[i] = term_width(heading(t, i));
	}
	return t;
}

static char *
take(struct cli_table *t, size_t len)
{
	if (t->left < len) {
		size_t all = len > BLOCK_LEN ? len : BLOCK_LEN;
		struct block *b = must(malloc(sizeof(*b) + all));
		b->next = t->block;
		b->len = t->left = all;
		t->block = b;
	}
	char *at = t->block->text + t->block->len - t->left;
	t->left -= len;
	return at;
}

void
cli_table_row(struct cli_table *t, ...)
{
	char *cell[COLUMN_MAX];
	size_t len[COLUMN_MAX], all = 0;
	va_list ap;

	if (t->row_cnt == t->row_cap) {
		t->row_cap = t->row_cap ? 2 * t->row_cap : 64;
		t->row = must(realloc(t->row, t->row_cap * sizeof(*t->row)));
	}
	struct row *r = &t->row[t->row_cnt++];
	*r = (struct row){ .style = NULL };
	va_start(ap, t);
	for (size_t i = 0; i < t->column_cnt; i++) {
		const char *text = va_arg(ap, const char *);
		cell[i] = term_safe(text ? text : "", text ? strlen(text) : 0, TERM_ONE_LINE);
		len[i] = strlen(cell[i]) + 1;
		all += len[i];
		int w = term_width(cell[i]);
		if (w > t->width[i])
			t->width[i] = w;
	}
	va_end(ap);
	char *at = take(t, all);
	r->cells = at;
	for (size_t i = 0; i < t->column_cnt; i++) {
		memcpy(at, cell[i], len[i]);
		at += len[i];
		free(cell[i]);
	}
}

void
cli_table_style(struct cli_table *t, const char *style)
{
	if (t->row_cnt)
		t->row[t->row_cnt - 1].style = style;
}

static void
cells_of(const struct cli_table *t, size_t r, const char *cell[static COLUMN_MAX])
{
	const char *at = t->row[r].cells;

	for (size_t i = 0; i < t->column_cnt; i++) {
		cell[i] = at;
		at += strlen(at) + 1;
	}
}

static void
pad(int n)
{
	printf("%*s", n > 0 ? n : 0, "");
}

static void
print_plain(const struct cli_table *t)
{
	const char *cell[COLUMN_MAX];

	for (size_t r = 0; r < t->row_cnt; r++) {
		cells_of(t, r, cell);
		for (size_t i = 0; i < t->column_cnt; i++) {
			fputs(cell[i], stdout);
			putchar(i + 1 < t->column_cnt ? '\t' : '\n');
		}
	}
}

static void
print_blocks(const struct cli_table *t)
{
	const char *cell[COLUMN_MAX];
	int head = 0;

	for (size_t i = 0; i < t->column_cnt; i++)
		if (term_width(heading(t, i)) > head)
			head = term_width(heading(t, i));
	for (size_t r = 0; r < t->row_cnt; r++) {
		if (r)
			putchar('\n');
		cells_of(t, r, cell);
		for (size_t i = 0; i < t->column_cnt; i++) {
			const char *text = cell[i];
			if (!*text)
				continue;
			printf("%s%s%s", cli_style(t->cli, "dim"), heading(t, i),
			       cli_style(t->cli, "off"));
			pad(head - term_width(heading(t, i)) + GAP);
			for (size_t next; *text; text += next) {
				size_t n = term_break(text, t->cli->columns - head - GAP, &next);
				printf("%.*s\n", (int)n, text);
				if (text[next])
					pad(head + GAP);
			}
		}
	}
}

static void
print_line(const struct cli_table *t, const char *const cell[], const char *style, int last_room)
{
	fputs(cli_style(t->cli, style), stdout);
	for (size_t i = 0; i < t->column_cnt; i++) {
		bool last = i + 1 == t->column_cnt;
		char *cut = last ? term_cut(cell[i], last_room) : NULL;
		const char *text = cut ? cut : cell[i];
		int blank = t->width[i] - term_width(text);
		if (to_right(t, i))
			pad(blank);
		fputs(text, stdout);
		if (!last)
			pad(GAP + (to_right(t, i) ? 0 : blank));
		free(cut);
	}
	printf("%s\n", cli_style(t->cli, "off"));
}

static void
print_lines(const struct cli_table *t, int last_room)
{
	const char *cell[COLUMN_MAX];

	for (size_t i = 0; i < t->column_cnt; i++)
		cell[i] = heading(t, i);
	print_line(t, cell, "dim", last_room);
	for (size_t r = 0; r < t->row_cnt; r++) {
		cells_of(t, r, cell);
		print_line(t, cell, t->row[r].style ? t->row[r].style : "", last_room);
	}
}

static void
print(const struct cli_table *t)
{
	int used = 0;

	if (!t->cli->columns) {
		print_plain(t);
		return;
	}
	for (size_t i = 0; i + 1 < t->column_cnt; i++)
		used += t->width[i] + GAP;
	int room = t->cli->columns - used, last = t->width[t->column_cnt - 1];
	if (room >= last)
		print_lines(t, last);
	else if (room >= LAST_MIN)
		print_lines(t, room);
	else
		print_blocks(t);
}

void
cli_table_end(struct cli_table *t, const char *empty)
{
	if (!t->cli->json) {
		if (t->row_cnt)
			print(t);
		else if (empty) /* a pipe gets no line that is no row */
			fprintf(t->cli->columns ? stdout : stderr, "%s\n", empty);
	}
	for (struct block *b = t->block, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(t->row);
	free(t);
}
