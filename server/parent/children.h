/*
 * The processes that the parent started: a table of them, how they are started, connected with each
 * other, watched, replaced and reaped. Only parent.c includes this.
 */
#ifndef SERVER_PARENT_CHILDREN_H
#define SERVER_PARENT_CHILDREN_H

#include "server/base/conf.h"
#include "server/base/ipc.h"
#include "server/parent/assets.h"
#include "server/parent/child.h"
#include "server/parent/control.h"
#include "server/parent/db.h"
#include "server/parent/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Places in the table: the vault, the faces, the tls processes, and faces and tls processes that
 * drain. */
#define VAULT_AT  0
#define FACE_AT   1
#define TLS_AT    (FACE_AT + CONF_FACE_MAX)
#define DRAIN_AT  (TLS_AT + CONF_FACE_MAX)
#define CHILD_MAX (DRAIN_AT + 4 * CONF_FACE_MAX)

struct child {
	pid_t pid; /* 0: does not run */
	int sock;  /* control */
	enum ipc_role role;
	int index;             /* of a face, and of the tls process in front of it; -1: the vault */
	bool ready;            /* it has said that it serves */
	bool draining;         /* it finishes what it has and ends */
	bool used;             /* this place in the table is taken */
	uint64_t since, again; /* ms: started; when to start again (0: not) */
	unsigned backoff, restarts;
	uint64_t died;       /* ms: the last time it ended unasked; 0: it never did */
	unsigned unanswered; /* pings */
	uint32_t conns,
		cut; /* as the last pong said: connections, and those ended for want of places */
};

struct parent {
	const struct conf *conf;
	struct conf_keys *keys; /* secret memory */
	struct assets assets;
	struct tls_ticket *ticket; /* secret memory; NULL without HTTPS */
	int listen_fd[CONF_LISTEN_MAX];
	int signals;
	struct parent_db db;
	struct control control;
	uint64_t ping; /* ms; when the children are asked next whether they still run */
	bool checked;  /* the vault has read its whole store once */
	bool stopping;
	uint64_t look;          /* ms; when the parent asks for the state next */
	char line[STATUS_LINE]; /* the worst of it */
	const char *what;       /* its name; NULL: not known yet */
	enum status_level level;
	unsigned long files; /* that a process may open; 0: as many as it needs */
	uint64_t cut[2];     /* what ended faces, and ended tls processes, had counted as `cut` */
	struct child child[CHILD_MAX];
};

/* Starts a process of that role at that place. Where it cannot be started it is tried again later.
 */
void children_start(struct parent *p, struct child *c, enum ipc_role role, int index);
/* Starts those whose back-off has passed. */
void children_start_due(struct parent *p);
/* Reads what a child says on its control socket and acts on it. */
void children_hear(struct parent *p, struct child *c);
/* Takes note of all that have ended; one that was not asked to end is started again later. */
void children_reap(struct parent *p);
/* Starts a new process beside the old one, which finishes what it has. */
void children_replace(struct parent *p, struct child *old);
/* Asks all but the vault to finish what they have and to end. */
void children_drain(struct parent *p);
/* While the gateway stops: asks the vault to end when all others have; true when it has as well. */
bool children_stopped(struct parent *p);
/* Asks all children whether they still run, when the time for it has come, and ends those that
 * hang. */
void children_ping_due(struct parent *p);
/* Asks the vault how it is, when the time for it has come: for the log and the service manager. */
void children_look(struct parent *p);
/* Answers the question on the control socket: the vault's words, for a status with the parent's
 * own. */
void children_reply(struct parent *p, const char *said, size_t said_len);

#endif
