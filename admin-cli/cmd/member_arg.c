/* Members of a desk on the command line, by name or handle (see member_arg.h). */
#include "admin-cli/cmd/member_arg.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"

int
member_arg(struct cli *cli, const struct trust *view, const char *text,
	   const struct roster_member **out)
{
	return member_arg_at(cli, view, view->me ? view->me->desk : 0, text, out);
}

int
member_arg_at(struct cli *cli, const struct trust *view, uint16_t desk, const char *text,
	      const struct roster_member **out)
{
	const struct roster_members *all = view->members;
	size_t i, found = 0;
	char hex[17];

	*out = NULL;
	for (i = 0; all && desk && i < all->cnt; i++) {
		const struct roster_member *m = &all->member[i];

		if (m->desk != desk || (strcmp(m->name, text) != 0 &&
					(strlen(text) < 4 || strncmp(term_hex(hex, m->handle, 8),
								     text, strlen(text)) != 0)))
			continue;
		*out = m;
		found++;
	}
	if (found == 1)
		return 0;
	if (view->me && view->me->desk != desk)
		return cli_fail(cli, DAVY_REFUSED, "member",
				_("Not one member of desk %u is called %s: give the handle, davy "
				  "desk list names them."),
				desk, cli_s(cli, text));
	return cli_fail(
		cli, DAVY_REFUSED, "member",
		found ? _("Several members of your desk are called %s: give the handle.")
		      : _("Nobody in your desk is called %s; davy desk list names its members."),
		cli_s(cli, text));
}
