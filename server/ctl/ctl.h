/* Questions to the running gateway over its control socket, for davyd status, purge and backup. */
#ifndef SERVER_CTL_H
#define SERVER_CTL_H

#include "server/base/conf.h"
#include "server/base/ipc.h"

/* A connection for one question after another; -1 and errno when no gateway answers. */
int ctl_connect(const struct conf *conf) __attribute__((warn_unused_result));
/* Whether one answers. */
bool ctl_runs(const struct conf *conf);
/* Asks and waits for the text of the answer. ERR_NET: the gateway ended or was silent too long. */
int ctl_question(int fd, enum ipc_ask what, uint32_t argument, char said[static IPC_CONTROL_MAX])
	__attribute__((warn_unused_result));
/*
 * Asks for a copy of the store into the descriptor `file`; IPC_ASK_BACKUP then asks for its
 * progress.
 */
int ctl_backup(int fd, int file, char said[static IPC_CONTROL_MAX])
	__attribute__((warn_unused_result));

/* Prints the name of the most serious finding and then its sentence, each on a line; the status
 * level. */
int ctl_line(const struct conf *conf);
/* For commands that work on the folder of the store: whether it is on a server instead, which they
 * then say. */
bool ctl_on_server(const struct conf *conf);
/* alert.c: davyd status --alert. */
int ctl_alert(const struct conf *conf);

#endif
