/* davy case view, order view: shows a clean copy of an attachment, drawn by a decoder in a sandbox.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_view.h"
#include "admin-cli/cmd/print.h"
#include "admin-cli/desk/attached.h"
#include "admin-cli/rules/schema.h"
#include "crypto/attach.h"

#define ROWS 40 /* where there is no terminal to ask */

static int
rows_of(const struct cli *cli)
{
	struct winsize size;

	return cli->tty_out && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row > 4
		       ? size.ws_row - 2
		       : ROWS;
}

int
case_view_text(struct cli *cli, uint32_t n, struct picture *p, char **text)
{
	struct age_memory plain = { .cap = ATTACH_MAX };
	struct attached a = { 0 };
	uint64_t len = 0;
	int err = print_trace_photo(cli, _("looked at"), n);

	*text = NULL;
	if (!err)
		err = attached_fetch(cli->ses, cli->opened, n, &a);
	if (!err && !(plain.bytes = malloc(plain.cap)))
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err)
		err = attached_open(cli->ses, cli->opened, &a, age_memory_sink(&plain), &len, NULL);
	p->bytes = plain.bytes;
	p->len = plain.len;
	if (!err)
		err = picture_text(cli->ses, p, text);
	if (!err)
		cli_data(cli,
			 json_pack("{s:s, s:I, s:s}", "kind", picture_kind(plain.bytes, plain.len),
				   "len", (json_int_t)plain.len, "text", *text));
	if (plain.bytes)
		sodium_memzero(plain.bytes, plain.len);
	free(plain.bytes);
	attached_free(&a);
	p->bytes = NULL;
	return err;
}

static int
case_view(struct cli *cli)
{
	struct picture p = { .columns = cli->columns ? cli->columns : 80,
			     .rows = rows_of(cli),
			     .colours = cli->colour ? picture_colours() : PICTURE_PLAIN,
			     .drawn = cli_flag(cli, "draw") };
	uint64_t n = 0, page = 0;
	char *text = NULL;
	int err = cli_number(cli, "N", cli->argv[1], 0, 65535, &n);

	if (!err)
		err = cli_opt_number(cli, "page", 1, 9999, &page);
	p.page = (unsigned)page;
	if (!err)
		err = case_view_text(cli, (uint32_t)n, &p, &text);
	if (!err)
		cli_printf(cli, "%s%s", text, cli_style(cli, "off"));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	return err;
}

static int
check(struct cli *cli)
{
	uint64_t n;
	int err = cli_number(cli, "N", cli->argv[1], 0, 65535, &n);

	return err ? err : cli_opt_number(cli, "page", 1, 9999, &n);
}

static const struct cli_option options[] = {
	{ .name = "page", .arg = "N", .help = N_("this page of a paper") },
	{ .name = "draw", .help = N_("draw the page of a paper, also where it has words") },
	{ 0 },
};

const struct command cmd_case_view = {
	.noun = "case",
	.verb = "view",
	.args = "ID N",
	.help = N_("show a clean copy of attachment N"),
	.more = N_(
		"A picture is drawn with the characters and colours of the terminal, a PDF shown as its words; "
		"sound is not played. The "
		"decoder works in a sandbox (bubblewrap) without network and home, with limits of time and "
		"memory, and the file never reaches the disk. Needs the packages bubblewrap, chafa and "
		"mupdf-tools."),
	.group = CLI_REVIEW,
	.arg_min = 2,
	.arg_max = 2,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.check = check,
	.exec = case_view,
};

const struct command cmd_order_view = {
	.noun = "order",
	.verb = "view",
	.args = "ID N",
	.help = N_("show photo N of a visit"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check,
	.exec = case_view,
};
