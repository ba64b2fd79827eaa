/* The workbook: one sheet with all sections; counts are numbers, what is hidden is a text. */
#include "admin-cli/paper/paper.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

static lxw_row_t
put_section(lxw_worksheet *ws, lxw_row_t at, const json_t *sec, lxw_format *bold, lxw_format *right)
{
	size_t i;
	const json_t *row, *count;

	worksheet_write_string(ws, at++, 0, paper_text(sec, "title"), bold);
	json_array_foreach(json_object_get(sec, "rows"), i, row)
	{
		worksheet_write_string(ws, at, 0, paper_text(row, "key"), NULL);
		worksheet_write_string(ws, at, 1, paper_text(row, "label"), NULL);
		count = json_object_get(row, "count");
		if (count)
			worksheet_write_number(ws, at, 2, json_number_value(count), right);
		else
			worksheet_write_string(ws, at, 2, paper_text(row, "value"), right);
		at++;
	}
	return at + 1;
}

/* What the library wrote into the file in memory, to standard output. */
static int
copy_out(int fd)
{
	char buf[65536];
	ssize_t n;
	int code = PAPER_OK;

	if (lseek(fd, 0, SEEK_SET))
		return PAPER_FAILED;
	while (code == PAPER_OK && (n = read(fd, buf, sizeof(buf))) != 0)
		code = n < 0 ? PAPER_FAILED : paper_write(buf, (size_t)n);
	return code;
}

int
paper_xlsx(const json_t *sheet)
{
	/* The library writes to a name, and goes back in what it wrote. */
	int fd = memfd_create("workbook", 0), code;
	char path[32];
	/* The day, no hour; no author. */
	lxw_doc_properties about = {
		.created = (time_t)json_integer_value(json_object_get(sheet, "day")) * 86400
	};
	lxw_workbook *book;
	lxw_worksheet *ws;
	lxw_format *bold, *right, *wrap;
	lxw_row_t at = 3;
	const json_t *sec;
	size_t i;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	book = fd >= 0 ? workbook_new(path) : NULL;
	ws = book ? workbook_add_worksheet(book, NULL) : NULL;
	if (!ws)
		return PAPER_FAILED;
	bold = workbook_add_format(book);
	right = workbook_add_format(book);
	wrap = workbook_add_format(book);
	format_set_bold(bold);
	format_set_align(right, LXW_ALIGN_RIGHT);
	format_set_text_wrap(wrap);
	format_set_align(wrap, LXW_ALIGN_VERTICAL_TOP);
	workbook_set_properties(book, &about);
	worksheet_set_column(ws, 0, 0, 18, NULL);
	worksheet_set_column(ws, 1, 1, 48, NULL);
	worksheet_set_column(ws, 2, 2, 14, NULL);
	worksheet_write_string(ws, 0, 0, paper_text(sheet, "title"), bold);
	worksheet_write_string(ws, 1, 0, paper_text(sheet, "period"), NULL);
	worksheet_write_string(ws, 1, 1, paper_text(sheet, "limits"), NULL);
	json_array_foreach(json_object_get(sheet, "sections"), i, sec)
		at = put_section(ws, at, sec, bold, right);
	worksheet_set_row(ws, at, 110, NULL);
	worksheet_merge_range(ws, at, 0, at, 2, paper_text(sheet, "notes"), wrap);
	code = workbook_close(book) == LXW_NO_ERROR ? copy_out(fd) : PAPER_FAILED;
	close(fd);
	return code;
}
