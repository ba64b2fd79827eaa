/* Scripts that do what a shell does better: service/setup, service/drill. They are installed in
 * share/davylamp beside the folder of the program; in the source tree they are in service/. */
#ifndef SERVER_CTL_SCRIPT_H
#define SERVER_CTL_SCRIPT_H

#include <stddef.h>

#define SCRIPT_ARGS_MAX 64

/* Becomes the script of that name, which gets the program's own path and these arguments. Comes
 * back only where it cannot, with the exit code, after a sentence. */
int script_run(const char *name, size_t cnt, char *const args[]);

#endif
