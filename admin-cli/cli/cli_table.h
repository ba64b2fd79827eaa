/*
 * Tables: aligned columns on a terminal (the last may be cut or folded), tab-separated fields
 * without headings in a pipe, nothing under --json. On a narrow terminal each row becomes a block
 * of "heading  value" lines.
 *
 *	struct cli_table *t = cli_table_new(cli, (const char *const[]){_("ID"), _("STATE"), NULL});
 *	cli_table_row(t, id, state);          // as many strings as headings
 *	cli_table_end(t);                     // prints and frees
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

struct cli;
struct cli_table;

/* `headings` ends with NULL and is borrowed until cli_table_end. A heading that begins with '>'
 * is aligned right. Never NULL (exits when memory is out). */
struct cli_table *cli_table_new(struct cli *cli, const char *const headings[])
	__attribute__((returns_nonnull));
/* One row, copied; a NULL cell is empty. Cells are made safe (TERM_ONE_LINE) here. */
void cli_table_row(struct cli_table *t, ...);
/* Gives the row just added a style of cli_style(). */
void cli_table_style(struct cli_table *t, const char *style);
/* Prints and frees; `empty` is said instead where there is no row (NULL: nothing). */
void cli_table_end(struct cli_table *t, const char *empty);

#endif
