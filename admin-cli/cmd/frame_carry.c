/*
 * davy frame carry: hands in frames that somebody else sealed, from files or from pictures of their
 * codes (FORMATS §20). The pictures are read in a sandbox; all of them are read before anything
 * leaves.
 */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/source/source.h"
#include "admin-cli/view/barcode.h"
#include "admin-cli/view/clean.h"
#include "crypto/codes.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#define FILE_MAX ((size_t)64 << 20) /* a photo, or frames, which are counted later */

struct carry {
	struct codes *codes;
	size_t sent;
};

static int
send_frames(struct cli *cli, struct carry *c, const char *name, struct source_frames *frames)
{
	size_t done = 0;
	int err = source_frames_send(cli->ses, frames, &done);

	c->sent += done;
	cli_printf(cli, _("%s: %zu of %zu frames are there.\n"), name, done, frames->cnt);
	return err;
}

static int
carry_file(struct cli *cli, struct carry *c, const char *path)
{
	struct source_frames frames = { 0 };
	int err = source_frames_load(cli->ses, path, &frames);

	if (!err)
		err = send_frames(cli, c, cli_s(cli, path), &frames);
	source_frames_free(&frames);
	return err;
}

/* A poster in the background, or a code of another file: it is named, and left out. */
static void
take_code(struct cli *cli, struct carry *c, const char *path, const char *text, size_t len)
{
	int err = codes_take(c->codes, text, len);

	if (err == ERR_DENIED)
		cli_warn(cli,
			 _("%s shows a code of another file. It was left out: carry one file at a "
			   "time."),
			 cli_s(cli, path));
	else if (err)
		cli_warn(cli, _("%s shows a code that is none of a locked file. It was left out."),
			 cli_s(cli, path));
}

static int
take_picture(struct cli *cli, struct carry *c, const char *path, const uint8_t *bytes, size_t len)
{
	char *text;
	size_t left;
	int err = barcode_read(cli->ses, bytes, len, &text, &left);

	if (!err && !left)
		cli_warn(
			cli,
			_("In %s no code can be read: take it straight and near, one code a picture."),
			cli_s(cli, path));
	for (const char *p = text; !err && left;) {
		const char *end = memchr(p, '\n', left);
		size_t n = end ? (size_t)(end - p) : left;

		take_code(cli, c, path, p, n);
		n += end != NULL;
		p += n;
		left -= n;
	}
	free(text);
	return err;
}

/* Whether it is a picture, which is read then. */
static int
look(struct cli *cli, struct carry *c, const char *path, bool *picture)
{
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, FILE_MAX, &bytes, &len);

	if (err)
		return err;
	*picture = clean_format(bytes, len) != NULL;
	if (*picture)
		err = take_picture(cli, c, path, bytes, len);
	free(bytes);
	return err;
}

static int
still_missing(struct cli *cli, const struct codes *c)
{
	char list[4 * CODES_MAX + 1] = "";
	size_t at = 0;

	if (!c->total)
		return cli_fail(cli, DAVY_REFUSED, "no-code",
				_("No picture shows a code of a locked file. Nothing was sent."));
	for (unsigned i = 0; i < c->total; i++)
		if (!c->len[i])
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%u", at ? ", " : "",
					       i + 1);
	return cli_fail(
		cli, DAVY_REFUSED, "missing",
		_("%u of %u codes could be read. Missing: %s. Take pictures of these as well, and "
		  "give all of them at once. Nothing was sent."),
		c->have, c->total, list);
}

static int
carry_codes(struct cli *cli, struct carry *c)
{
	struct source_frames frames = { 0 };
	size_t len;
	int err = codes_join(c->codes, &frames.frame, &len);

	if (err == ERR_NOT_FOUND)
		return still_missing(cli, c->codes);
	if (err || len % FRAME_LEN) {
		source_frames_free(&frames);
		return cli_fail_err(cli, err ? err : ERR_FORMAT, "%s",
				    _("The codes do not make a locked file"));
	}
	frames.cnt = len / FRAME_LEN;
	err = send_frames(cli, c, c->codes->name, &frames);
	source_frames_free(&frames);
	return err;
}

static int
frame_carry(struct cli *cli)
{
	struct carry c = { .codes = calloc(1, sizeof(*c.codes)) };
	bool *picture = calloc((size_t)cli->argc, sizeof(*picture)), pictures = false;
	int i, err = c.codes && picture ? DAVY_OK
					: cli_fail_err(cli, ERR_MEM, "%s", _("Nothing was sent"));

	for (i = 0; !err && i < cli->argc; i++) {
		err = look(cli, &c, cli->argv[i], &picture[i]);
		pictures |= picture[i];
	}
	if (!err && pictures)
		err = carry_codes(cli, &c);
	for (i = 0; !err && i < cli->argc; i++)
		if (!picture[i])
			err = carry_file(cli, &c, cli->argv[i]);
	if (!err)
		cli_data(cli, json_pack("{s:I}", "frames", (json_int_t)c.sent));
	free(picture);
	free(c.codes);
	return err;
}

const struct command cmd_frame_carry = {
	.noun = "frame",
	.verb = "carry",
	.args = "FILE…",
	.help = N_("hand in frames that a source saved (.dvy), or pictures of their codes"),
	.more = N_("The frames are sealed: who carries them learns nothing and changes nothing. "
		   "Carrying one twice does no harm. The pictures of a set of codes are given at "
		   "once, in any order; they are read in a sandbox (packages bubblewrap, "
		   "graphicsmagick, zbar-tools). Delete them afterwards."),
	.group = CLI_SOURCE,
	.arg_min = 1,
	.arg_max = -1,
	.words = "@file",
	.exec = frame_carry,
};
