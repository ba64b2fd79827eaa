/* The system calls of each role: sandbox.c only. */
#ifndef SERVER_SANDBOX_CALLS_H
#define SERVER_SANDBOX_CALLS_H

#include "server/ipc.h"

/* Loads the filter of that role; what it does not name kills the process. */
void sandbox_calls(enum ipc_role role);

#endif
