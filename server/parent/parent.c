/*
 * The parent: reads configuration and keys, opens the sockets, starts the children and serves
 * signals and the control socket until it is told to stop. It may not parse a byte from a client.
 */
#include "server/parent/parent.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/sandbox.h"
#include "server/parent/children.h"
#include "server/parent/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- signals ---- */

static void
replace_faces(struct parent *p)
{
	service_reload();
	if (assets_read(&p->assets, p->conf)) {
		service_reload_refused();
		return;
	}
	for (int i = FACE_AT; i < DRAIN_AT; i++)
		children_replace(p, &p->child[i]);
	log_info("event=reload");
}

static void
begin_stop(struct parent *p)
{
	if (p->stopping)
		return;
	p->stopping = true;
	log_info("event=stopping");
	children_drain(p);
}

static void
on_signal(struct parent *p)
{
	struct signalfd_siginfo si;
	while (read(p->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGCHLD)
			children_reap(p);
		else if (si.ssi_signo == SIGHUP)
			replace_faces(p);
		else
			begin_stop(p);
	}
}

/* ---- the loop ---- */

static int
next_timeout(const struct parent *p)
{
	uint64_t now = clock_mono_ms(), at = now + 60000;
	for (int i = 0; i < CHILD_MAX; i++)
		if (p->child[i].again && p->child[i].again < at)
			at = p->child[i].again;
	if (control_due(&p->control) < at)
		at = control_due(&p->control);
	if (p->ping < at)
		at = p->ping;
	if (p->child[VAULT_AT].ready && p->look < at)
		at = p->look;
	if (service_due() < at)
		at = service_due();
	return at <= now ? 0 : (int)(at - now);
}

/* Reports the state of the gateway to the service manager. */
static void
tell(const struct parent *p)
{
	struct service_state s = { .vault = p->child[VAULT_AT].ready,
				   .stopping = p->stopping,
				   .wanted = p->conf->faces * (p->conf->tls ? 2 : 1),
				   .drain_s = p->conf->drain_s,
				   .line = p->level == STATUS_OK ? NULL : p->line };
	for (int i = 0; i < DRAIN_AT; i++) {
		s.ready += i >= FACE_AT && p->child[i].ready;
		s.restarts += p->child[i].restarts;
	}
	service_tell(&s);
}

static void
ask(struct parent *p, const struct pollfd fds[static CONTROL_MAX + 1])
{
	const struct child *vault = &p->child[VAULT_AT];
	const char *said = control_hear(&p->control, fds, vault->ready ? vault->sock : -1);
	if (!said)
		said = control_overdue(&p->control, clock_mono_ms());
	if (said)
		children_reply(p, said, strlen(said));
}

static void
loop(struct parent *p)
{
	enum { SIGNALS, ASKERS, CHILDREN = ASKERS + CONTROL_MAX + 1 };
	while (!p->stopping || !children_stopped(p)) {
		tell(p);
		/*
		 * Only children that run: poll refuses more places than the limit of descriptors.
		 */
		struct pollfd fds[CHILDREN + CHILD_MAX];
		struct child *of[CHILD_MAX];
		nfds_t cnt = 0;
		fds[SIGNALS] = (struct pollfd){ .fd = p->signals, .events = POLLIN };
		control_wait(&p->control, fds + ASKERS);
		for (int i = 0; i < CHILD_MAX; i++)
			if (p->child[i].pid && p->child[i].sock >= 0) {
				fds[CHILDREN + cnt] = (struct pollfd){ .fd = p->child[i].sock,
								       .events = POLLIN };
				of[cnt++] = &p->child[i];
			}
		if (poll(fds, CHILDREN + cnt, next_timeout(p)) < 0 && errno != EINTR)
			log_fatal("event=poll-failed errno=%d", errno);
		for (nfds_t i = 0; i < cnt; i++)
			if (fds[CHILDREN + i].revents && of[i]->sock == fds[CHILDREN + i].fd)
				children_hear(p, of[i]);
		ask(p, fds + ASKERS);
		if (fds[SIGNALS].revents)
			on_signal(p);
		children_start_due(p);
		children_ping_due(p);
		children_look(p);
		if (p->ticket)
			tls_ticket_turn(p->ticket);
	}
}

/* Makes the folders of the vault and the faces; as root, gives the store to the vault's user. */
static int
prepare_folders(const struct conf *conf)
{
	char run[PATH_MAX];
	snprintf(run, sizeof(run), "%s", conf->control);
	char *slash = strrchr(run, '/');
	if (slash && slash != run) {
		*slash = 0;
		/* A restart of the machine empties /run, so the folder may be missing. */
		if (mkdir(run, 0755) && errno != EEXIST)
			return ERR_IO;
	}
	/* Where the store is on a server, both are the same folder. */
	if ((mkdir(conf->empty, 0755) && errno != EEXIST) ||
	    (mkdir(conf->store, 0700) && errno != EEXIST))
		return ERR_IO;
	if (geteuid() != 0 || conf->db[0])
		return 0;
	int dir = open(conf->store, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return ERR_IO;
	static const char *const files[] = { "davylamp.db", "davylamp.db-wal", "davylamp.db-shm",
					     "davylamp.db-mark" };
	int rc = fchown(dir, conf->vault_user.uid, conf->vault_user.gid);
	for (size_t i = 0; !rc && i < sizeof(files) / sizeof(files[0]); i++)
		if (fchownat(dir, files[i], conf->vault_user.uid, conf->vault_user.gid,
			     AT_SYMLINK_NOFOLLOW) &&
		    errno != ENOENT)
			rc = -1;
	close(dir);
	return rc ? ERR_IO : 0;
}

/*
 * Standard input and output may be the operator's terminal, which a compromised child could read.
 */
static int
leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -1;
	return null > STDERR_FILENO ? close(null) : 0;
}

static int
open_signals(void)
{
	sigset_t set;
	static const int wanted[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT };
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A shell or a unit may allow fewer open files than the faces need: then HTTPS and later visitors
 * fail. */
static void
look_at_files(struct parent *p)
{
	struct rlimit r;
	unsigned long need = sandbox_files(SANDBOX_FACE, p->conf);
	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_max >= need)
		return;
	p->files = (unsigned long)r.rlim_max;
	log_warn(
		"event=files-limit text=\"a process may open %lu files and a face needs %lu: raise the limit "
		"(LimitNOFILE in the unit, ulimit -n in a shell), or lower connections\"",
		p->files, need);
}

int
parent_run(const struct conf *conf)
{
	static struct parent p;
	char why[CONF_WHY_LEN] = "";
	p.conf = conf;
	for (int i = 0; i < CHILD_MAX; i++)
		p.child[i].sock = -1;
	log_role("parent", -1);
	if (service_begin(why))
		log_fatal("event=start-refused text=\"%s\"", why);
	clock_init();
	p.keys = secret_alloc(sizeof(*p.keys));
	p.ticket = conf->tls ? secret_alloc(sizeof(*p.ticket)) : NULL;
	if (!p.keys || (conf->tls && !p.ticket))
		log_fatal("event=no-memory");
	if (p.ticket)
		tls_ticket_new(p.ticket);
	if (conf_keys_read(p.keys, conf, why))
		log_fatal("event=keys-refused text=\"%s\"", why);
	if (assets_read(&p.assets, conf))
		log_fatal("event=tls-refused text=\"tls_cert or tls_key cannot be read\"");
	if (prepare_folders(conf))
		log_fatal("event=store-folder-failed errno=%d text=\"%s cannot be made or given to "
			  "%s, or the folder of %s cannot be made\"",
			  errno, conf->store, conf->vault_user.name, conf->control);
	if (leave_terminal())
		log_fatal("event=start-refused text=\"/dev/null cannot be opened\"");
	p.signals = open_signals();
	int control = listen_control(conf, why);
	if (p.signals < 0 || control < 0 || listen_open(p.listen_fd, conf, why))
		log_fatal("event=start-refused text=\"%s\"", why);
	control_init(&p.control, control);
	look_at_files(&p);
	if (parent_db_start(&p.db, conf, false, why))
		log_fatal("event=start-refused text=\"%s\"", why);
	sandbox_drop(SANDBOX_PARENT, conf);
	sandbox_enter(SANDBOX_PARENT, conf);
	children_start(&p, &p.child[VAULT_AT], IPC_VAULT, -1);
	for (int i = 0; i < (int)conf->faces; i++) {
		children_start(&p, &p.child[FACE_AT + i], IPC_FACE, i);
		if (conf->tls)
			children_start(&p, &p.child[TLS_AT + i], IPC_TLS, i);
	}
	log_info("event=start faces=%u addresses=%zu", conf->faces, conf->listen_cnt);
	loop(&p);
	listen_close(p.listen_fd, conf);
	unlink(conf->control);
	assets_drop(&p.assets);
	secret_free(p.keys);
	secret_free(p.ticket);
	log_info("event=stopped");
	return 0;
}
