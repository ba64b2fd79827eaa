/* The system calls of each role: sandbox.c, and tests that read the table. */
#ifndef SERVER_SANDBOX_CALLS_H
#define SERVER_SANDBOX_CALLS_H

#include "server/base/sandbox.h"

#include <stddef.h>

/* Loads the filter of that role; what it does not name kills the process, or in the parent is
 * refused. */
void sandbox_calls(enum sandbox_role role);
/* The number of the n-th line of that role's own part of the table; -1 after the last. */
int sandbox_call(enum sandbox_role role, size_t n);

#endif
