/* davyd setup: starts the script that makes a gateway of this machine. */
#include "server/ctl/commands.h"
#include "server/ctl/script.h"

int
setup_main(int argc, char **argv)
{
	return script_run("setup", (size_t)argc - 1, argv + 1);
}
