/* The option --exclude of tip send and tip say. */
#include "admin-cli/cmd/tip_options.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"

int
tip_exclude(struct cli *cli, const struct trust *view, struct source_exclude *out)
{
	uint64_t desk = 0;
	int err = 0;

	out->cnt = 0;
	for (size_t i = 0; !err && cli_opt_at(cli, "exclude", i) && i < ROSTER_DESK_MAX; i++) {
		err = cli_number(cli, "--exclude", cli_opt_at(cli, "exclude", i), 1, 65535, &desk);
		if (!err && view && !roster_find(view->bundle.roster, (uint16_t)desk))
			err = cli_fail(cli, DAVY_REFUSED, "not-found",
				       _("--exclude %u: roster %u has no such desk; davy desk list "
					 "shows the desks."),
				       (unsigned)desk, view->bundle.roster->version);
		if (!err)
			out->desk[out->cnt++] = (uint16_t)desk;
	}
	return err;
}

void
tip_exclude_put(json_t *body, const struct source_exclude *exclude)
{
	json_t *list = exclude->cnt ? json_array() : NULL;

	for (size_t i = 0; list && i < exclude->cnt; i++)
		json_array_append_new(list, json_integer(exclude->desk[i]));
	if (list)
		json_object_set_new(body, "excluded", list);
}
