/* davy: the tool of everybody who works with tips. The commands are listed in commands.c. */
#include "admin-cli/cli/cli.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
