/*
 * davy frame codes: prints a locked file as codes (FORMATS §20), for somebody who has no cable, no
 * card and no network in common with who carries it.
 */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/source/source.h"
#include "admin-cli/view/dossier.h"
#include "crypto/codes.h"
#include "crypto/err.h"
#include "crypto/frame.h"

static int
check(struct cli *cli)
{
	if (cli_opt(cli, "output"))
		return DAVY_OK;
	return cli_fail(cli, DAVY_USAGE, "usage", _("Say where it goes: -o FILE.pdf."));
}

/* The texts in their order, for davy-paper; NULL where memory ends. */
static json_t *
texts(const struct source_frames *frames)
{
	size_t len = frames->cnt * FRAME_LEN;
	unsigned cnt = codes_count(len);
	json_t *list = json_array();
	char text[CODES_TEXT_CAP];

	for (unsigned n = 1; list && n <= cnt; n++)
		if (codes_text(text, frames->frame, len, n) != 0 ||
		    json_array_append_new(list, json_string(text)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int
print_codes(struct cli *cli, const struct source_frames *frames)
{
	const char *path = cli_opt(cli, "output");
	json_t *list = texts(frames);
	size_t cnt = json_array_size(list);
	json_t *what = list ? json_pack("{s:s, s:o, s:I}", "title", "", "codes", list, "day",
					(json_int_t)term_today())
			    : NULL;

	if (!what)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The paper was not made"));
	int err = paper_make(cli, what, "codes", path);
	json_decref(what);
	if (err)
		return err;
	cli_printf(cli,
		   _("%s: %zu codes. Whoever has all of them can hand in the file, and nobody "
		     "can read it.\n"),
		   cli_s(cli, path), cnt);
	cli_data(cli, json_pack("{s:s, s:I}", "file", path, "codes", (json_int_t)cnt));
	return DAVY_OK;
}

static int
frame_codes(struct cli *cli)
{
	struct source_frames frames = { 0 };
	int err = source_frames_load(cli->ses, cli->argv[0], &frames);

	if (!err && !codes_count(frames.cnt * FRAME_LEN))
		err = cli_fail(cli, DAVY_REFUSED, "size",
			       _("%s is too long for codes: they are for words, and photos go as a "
				 "file."),
			       cli_s(cli, cli->argv[0]));
	if (!err)
		err = print_codes(cli, &frames);
	source_frames_free(&frames);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the PDF to write") },
	{ 0 },
};

const struct command cmd_frame_codes = {
	.noun = "frame",
	.verb = "codes",
	.args = "FILE",
	.help = N_("print a locked file (.dvy) as codes to photograph"),
	.more = N_("davy frame carry, or the offline edition of the page on a phone, reads the "
		   "pictures. A file of words makes twenty codes, on four pages."),
	.group = CLI_SOURCE,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@file",
	.options = options,
	.check = check,
	.exec = frame_codes,
};
