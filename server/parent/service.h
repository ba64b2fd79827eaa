/*
 * A service manager's side of the parent (systemd's protocols, without its library): sockets that
 * it opened for us, how we are, and whether standard error is the journal. All of it is read before
 * the sandbox; the variables are removed, so that nobody after us takes them for their own. Where
 * nobody manages us everything here does nothing.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "server/base/conf.h"

/*
 * Reads and removes NOTIFY_SOCKET, WATCHDOG_*, LISTEN_* and JOURNAL_STREAM and connects to the
 * manager. A manager that cannot be reached is logged and done without. ERR_FORMAT and a sentence
 * where sockets were passed that cannot be listened on. Call before any other descriptor is opened
 * and kept.
 */
int service_begin(char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));
/* A socket of the manager's that listens on this very address, close-on-exec and non-blocking; -1
 * where there is none. */
int service_take(const struct conf_listen *l);
/* 0 when every socket that was passed has been taken, else ERR_DENIED and a sentence that names the
 * first other one. */
int service_rest(char why[static CONF_WHY_LEN]) __attribute__((warn_unused_result));
/* Did the manager open this one? Then its file is not ours to remove. */
bool service_gave(int fd);

/* What the parent knows of its children now. */
struct service_state {
	bool vault, stopping;   /* vault: it serves */
	unsigned wanted, ready; /* faces, and tls processes before them: wanted, serving */
	unsigned restarts;      /* of all children since the start */
	unsigned drain_s;
};
/* Tells the manager what changed since the last call, and that we live. Never waits. Nothing of one
 * case is in it. */
void service_tell(const struct service_state *now);
/* A reload begins; service_tell() ends it when all serve again. */
void service_reload(void);
/* The reload ends with what was in force before. */
void service_reload_refused(void);
/* Milliseconds (clock_mono_ms) at which service_tell() wants to be called again; UINT64_MAX: no
 * need. */
uint64_t service_due(void);

#endif
