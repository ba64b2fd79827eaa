/*
 * The parent's side of a service manager (systemd's protocols, without its library): sockets that
 * the manager opened, the state that davyd reports to it, and whether standard error is the
 * journal. The environment is read before the sandbox is entered, and its variables are removed, so
 * that no child uses them. Without a manager all functions do nothing.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "server/base/conf.h"

/*
 * Reads and removes NOTIFY_SOCKET, WATCHDOG_*, LISTEN_* and JOURNAL_STREAM and connects to the
 * manager. A manager that cannot be reached is logged; davyd then runs without it. ERR_FORMAT and a
 * sentence where sockets were passed that cannot be listened on. Call before any other descriptor
 * is opened and kept.
 */
int service_begin(char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));
/* A socket of the manager's that listens on this very address, close-on-exec and non-blocking; -1
 * where there is none. */
int service_take(const struct conf_listen *l);
/* 0 when every socket that was passed has been taken, else ERR_DENIED and a sentence that names the
 * first other one. */
int service_rest(char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));
/* Whether the manager opened this socket; its file is then not ours to remove. */
bool service_gave(int fd);

/* The state of the children as the parent knows it. */
struct service_state {
	bool vault, stopping;   /* vault: it serves */
	unsigned wanted, ready; /* faces and tls processes: how many are wanted, how many serve */
	unsigned restarts;      /* restarts of all children since the start */
	unsigned drain_s;
	const char *line; /* the most serious finding; NULL: all is well, or not known yet */
};
/*
 * Tells the manager what changed since the last call, and that davyd runs. Never waits. Says
 * nothing about a single case.
 */
void service_tell(const struct service_state *now);
/* A reload begins; service_tell() ends it when all serve again. */
void service_reload(void);
/* The reload failed; the earlier page and certificate stay in force. */
void service_reload_refused(void);
/* Milliseconds (clock_mono_ms) at which service_tell() wants to be called again; UINT64_MAX: no
 * need. */
uint64_t service_due(void);

#endif
