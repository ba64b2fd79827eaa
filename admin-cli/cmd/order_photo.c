/*
 * davy order photo: pictures of a visit, cleaned as the page cleans them, into the order's log.
 */
#include <sodium.h>
#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/photo.h"
#include "admin-cli/view/clean.h"
#include "crypto/err.h"

#define FILE_BYTES ((size_t)32 << 20)

static int
one(struct cli *cli, const char *path, unsigned k, json_t *all)
{
	struct photo p = { .k = k };
	uint8_t *raw = NULL, *clean = NULL;
	char hex[65];
	size_t len = 0;
	int err = file_read(cli->ses, path, FILE_BYTES, &raw, &len);

	if (!err)
		err = clean_picture(cli->ses, raw, len, &clean, &p.len);
	p.bytes = clean;
	if (!err)
		err = photo_send(cli->ses, cli->target, cli->opened, &p);
	if (raw)
		sodium_memzero(raw, len);
	free(raw);
	free(clean);
	if (err)
		return err;
	term_hex(hex, p.picture, sizeof(p.picture));
	cli_printf(cli, "%s  %s\n", hex, cli_s(cli, path));
	json_array_append_new(all, json_pack("{s:s,s:s}", "file", path, "picture", hex));
	return 0;
}

static int
order_photo(struct cli *cli)
{
	uint64_t k = 0;
	json_t *all = json_array();
	int err = order_sealed(cli);

	if (!err)
		err = cli_opt_number(cli, "finding", 1, FOLD_FINDINGS, &k);
	for (int i = 1; !err && i < cli->argc; i++)
		err = one(cli, cli->argv[i], (unsigned)k, all);
	if (err) {
		json_decref(all);
		return err;
	}
	cli_printf(
		cli, "%s",
		_("A finding names a photo by its hash: davy finding add ID --evidence HASH.\n"));
	cli_data(cli, all);
	return 0;
}

static int
check(struct cli *cli)
{
	uint64_t k;

	return cli_opt_number(cli, "finding", 1, FOLD_FINDINGS, &k);
}

static const struct cli_option options[] = {
	{ .name = "finding", .arg = "K", .help = N_("they belong to this finding") },
	{ 0 },
};

const struct command cmd_order_photo = {
	.noun = "order",
	.verb = "photo",
	.args = "ID FILE…",
	.help = N_("add photos of a visit"),
	.more = N_(
		"Each is cleaned in a sandbox: what the camera hides in it (place, time, device) is gone, and "
		"it has at most 1600 pixels a side. It is sealed to the desks of the order. What is printed is "
		"the hash of the cleaned picture. Needs the packages bubblewrap and graphicsmagick."),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = -1,
	.options = options,
	.words = "@file",
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check,
	.exec = order_photo,
};
