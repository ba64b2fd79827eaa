/* Members of the own desk on the command line, by name or handle (see member_arg.h). */
#include "admin-cli/cmd/member_arg.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"

int
member_arg(struct cli *cli, const struct trust *view, const char *text,
	   const struct roster_member **out)
{
	const struct roster_members *all = view->members;
	size_t i, found = 0;
	char hex[17];

	*out = NULL;
	for (i = 0; all && view->me && i < all->cnt; i++) {
		const struct roster_member *m = &all->member[i];

		if (m->desk != view->me->desk ||
		    (strcmp(m->name, text) != 0 &&
		     (strlen(text) < 4 ||
		      strncmp(term_hex(hex, m->handle, 8), text, strlen(text)) != 0)))
			continue;
		*out = m;
		found++;
	}
	if (found == 1)
		return 0;
	return cli_fail(
		cli, DAVY_REFUSED, "member",
		found ? _("Several members of your desk are called %s: give the handle.")
		      : _("Nobody in your desk is called %s; davy desk list names its members."),
		cli_s(cli, text));
}
