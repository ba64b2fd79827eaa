/*
 * The parent: opens sockets, starts children, connects, watches and reaps them. It never parses a
 * byte from a client.
 */
#ifndef SERVER_PARENT_H
#define SERVER_PARENT_H

#include "server/base/conf.h"

/*
 * Serves until SIGTERM or SIGINT; returns the exit code. SIGHUP reads page and certificates again
 * and replaces faces and tls processes.
 */
int parent_run(const struct conf *conf);

/* listen.c: sockets for conf->listen, a service manager's where it passed them; *why on failure. */
int listen_open(int fd[static CONF_LISTEN_MAX], const struct conf *conf,
		char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));
void listen_close(int fd[static CONF_LISTEN_MAX], const struct conf *conf);
/* The socket that `davyd status` and `purge` talk to; -1 and *why on failure. */
int listen_control(const struct conf *conf, char why[static CONF_WHY_LEN]);

#endif
