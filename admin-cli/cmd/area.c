/* Counties on the command line, as codes or by name: what case abstract and tip send share. */
#include "admin-cli/cmd/area.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/county.h"

int
area_take(struct cli *cli, const char *option, const char **value)
{
	if (!**value || (strlen(*value) == 6 && strspn(*value, "0123456789") == 6))
		return 0;
	const char *code = county_code(cli->ses, *value);
	if (!code)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--%s must be a county's name or its code of six digits, such as 990102, not "
			  "\"%s\"; davy county list shows both."),
			option, cli_s(cli, *value));
	*value = code;
	return 0;
}
