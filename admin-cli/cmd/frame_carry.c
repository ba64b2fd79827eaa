/* davy frame carry: hands in frames that somebody else sealed, from files. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/source/source.h"

static int
carry_one(struct cli *cli, const char *path, size_t *sent)
{
	struct source_frames frames = { 0 };
	size_t done = 0;
	int err = source_frames_load(cli->ses, path, &frames);

	if (err)
		return err;
	err = source_frames_send(cli->ses, &frames, &done);
	*sent += done;
	cli_printf(cli, _("%s: %zu of %zu frames are there.\n"), cli_s(cli, path), done,
		   frames.cnt);
	source_frames_free(&frames);
	return err;
}

static int
frame_carry(struct cli *cli)
{
	size_t sent = 0;
	int i, err = 0;

	for (i = 0; !err && i < cli->argc; i++)
		err = carry_one(cli, cli->argv[i], &sent);
	if (!err)
		cli_data(cli, json_pack("{s:I}", "frames", (json_int_t)sent));
	return err;
}

const struct command cmd_frame_carry = {
	.noun = "frame",
	.verb = "carry",
	.args = "FILE…",
	.help = N_("hand in frames that a source saved (.dvy)"),
	.more = N_("The frames are sealed: who carries them learns nothing and changes nothing. "
		   "Carrying one twice does no harm."),
	.group = CLI_SOURCE,
	.arg_min = 1,
	.arg_max = -1,
	.words = "@file",
	.exec = frame_carry,
};
