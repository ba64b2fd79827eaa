/* Options that the commands of a source share. */
#include "admin-cli/cmd/tip_options.h"

#include "admin-cli/cli/cli.h"

int
tip_exclude(struct cli *cli, struct source_exclude *out)
{
	uint64_t desk = 0;
	int err = 0;

	out->cnt = 0;
	for (size_t i = 0; !err && cli_opt_at(cli, "exclude", i) && i < ROSTER_DESK_MAX; i++) {
		err = cli_number(cli, "--exclude", cli_opt_at(cli, "exclude", i), 1, 65535, &desk);
		if (!err)
			out->desk[out->cnt++] = (uint16_t)desk;
	}
	return err;
}
