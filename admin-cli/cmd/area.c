/* Administrative codes on the command line: the check that case abstract and tip send share. */
#include "admin-cli/cmd/area.h"

#include <string.h>

#include "admin-cli/cli/cli.h"

int
area_check(struct cli *cli, const char *option, const char *value)
{
	if (!*value || (strlen(value) == 6 && strspn(value, "0123456789") == 6))
		return 0;
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("--%s must be an administrative code of six digits, such as 990102, "
			  "not \"%s\"; davy desk list shows the areas that have a desk."),
			option, cli_s(cli, value));
}
