/* Questions to the running gateway over its control socket. */
#ifndef SERVER_CTL_H
#define SERVER_CTL_H

#include "server/base/conf.h"
#include "server/base/ipc.h"

/* A connection, for one question after another; -1 and errno where none answers there. */
int ctl_connect(const struct conf *conf) __attribute__((warn_unused_result));
/* The answer's text, or ERR_NET: the gateway ended, or is silent for long. */
int ctl_question(int fd, enum ipc_ask what, uint32_t argument, char said[static IPC_CONTROL_MAX])
	__attribute__((warn_unused_result));
/* The same, and what is asked is a copy of the store into `file`; then IPC_ASK_BACKUP says how far
 * it is. */
int ctl_backup(int fd, int file, char said[static IPC_CONTROL_MAX])
	__attribute__((warn_unused_result));

#endif
