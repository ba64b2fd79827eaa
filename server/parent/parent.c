#include "server/parent/parent.h"

#include "crypto/err.h"
#include "crypto/secret.h"
#include "server/parent/control.h"
#include "server/parent/assets.h"
#include "server/parent/child.h"
#include "server/base/clock.h"
#include "server/base/ipc.h"
#include "server/base/log.h"
#include "server/base/sandbox.h"
#include "server/parent/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FACE_AT     1 /* child[0] is the vault, then faces, tls processes, */
#define TLS_AT      (FACE_AT + CONF_FACE_MAX) /* and those of both that drain */
#define DRAIN_AT    (TLS_AT + CONF_FACE_MAX)
#define CHILD_MAX   (DRAIN_AT + 4 * CONF_FACE_MAX)
#define BACKOFF_MIN 100
#define BACKOFF_MAX 10000
#define CALM_MS     60000 /* a child that lived so long starts with the shortest back-off again */
#define PING_MS     10000
#define PING_MOST   12 /* without an answer: it hangs */

struct child {
	pid_t pid; /* 0: does not run */
	int sock;  /* control */
	enum ipc_role role;
	int index; /* of a face, and of the tls process before it; -1: the vault */
	bool ready, draining, used;
	uint64_t since, again; /* ms: started; when to start again (0: not) */
	unsigned backoff, restarts;
	unsigned unanswered; /* pings */
};

struct parent {
	const struct conf *conf;
	struct conf_keys *keys; /* secret memory */
	struct assets assets;
	struct tls_ticket *ticket; /* secret memory; NULL without HTTPS */
	int listen_fd[CONF_LISTEN_MAX];
	int signals;
	struct control control;
	uint64_t ping; /* ms; when they are asked whether they are still there */
	bool checked;  /* the vault has read its whole store once */
	bool stopping;
	struct child child[CHILD_MAX];
};

/* ---- children ---- */

/* It is started in so many ms, and in more of them each time. */
static unsigned
child_later(struct child *c)
{
	uint64_t now = clock_mono_ms();
	if (now - c->since > CALM_MS || !c->backoff)
		c->backoff = BACKOFF_MIN;
	unsigned ms = c->backoff;
	c->again = now + ms;
	c->backoff = ms * 2 > BACKOFF_MAX ? BACKOFF_MAX : ms * 2;
	return ms;
}

static void
child_start(struct parent *p, struct child *c, enum ipc_role role, int index)
{
	int sv[2];
	c->used = true;
	c->role = role;
	c->index = index;
	c->again = 0;
	c->ready = c->draining = false;
	c->unanswered = 0;
	c->since = clock_mono_ms();
	pid_t pid = -1;
	if (!ipc_pair(sv, true)) {
		pid = fork();
		if (pid == 0)
			child_main(&(struct child_args){ .conf = p->conf,
							 .keys = p->keys,
							 .assets = &p->assets,
							 .ticket = p->ticket,
							 .listen_fd = p->listen_fd,
							 .check = !p->checked },
				   role, index, sv[1]);
		close(sv[1]);
		if (pid < 0)
			close(sv[0]);
	}
	if (pid < 0) {
		int why = errno;
		log_warn("event=fork-failed errno=%d again-ms=%u", why, child_later(c));
		return;
	}
	c->pid = pid;
	c->sock = sv[0];
	log_info("event=child-start role=%s index=%d pid=%d", ipc_role_name(role), index, (int)pid);
}

/* A new link between a face and the vault, or a new gate between a face and a tls process, each
 * given its end. */
static void
wire(struct child *other, struct child *face)
{
	int sv[2];
	uint8_t index = (uint8_t)face->index;
	bool handoff = other->role == IPC_TLS;
	enum ipc_type type = handoff ? IPC_HANDOFF : IPC_LINK;
	if (!other->ready || !face->ready || face->draining)
		return;
	/* One that could not be told is started again: without it a face would be busy for ever, a
	 * tls process deaf. */
	if (ipc_pair(sv, handoff)) {
		log_warn("event=socketpair-failed errno=%d", errno);
		kill(handoff ? other->pid : face->pid, SIGKILL);
		return;
	}
	if (ipc_control_send(other->sock, type, &index, 1, sv[0]))
		kill(other->pid, SIGKILL);
	else if (ipc_control_send(face->sock, type, &index, 1, sv[1]))
		kill(face->pid, SIGKILL);
	close(sv[0]);
	close(sv[1]);
}

/* The vault with all faces; a face with the vault and with the tls processes before it, those that
 * drain as well. */
static void
child_ready(struct parent *p, struct child *c)
{
	c->ready = true;
	if (c->role == IPC_VAULT) {
		p->checked = true;
		log_info("event=ready");
	}
	if (c->role == IPC_FACE)
		wire(&p->child[0], c);
	for (int i = 1; i < CHILD_MAX; i++) {
		struct child *o = &p->child[i];
		if (!o->pid || o->role == c->role || (o->index != c->index && c->role != IPC_VAULT))
			continue;
		if (o->role == IPC_FACE)
			wire(c, o);
		else if (c->role == IPC_FACE)
			wire(o, c);
	}
}

/* What the vault said, and what the parent knows besides: names as server/ctl/status.c has them. */
static void
status_reply(struct parent *p, const char *said, size_t said_len)
{
	char text[IPC_CONTROL_MAX - IPC_HEAD_LEN];
	unsigned live[IPC_ROLE__MAX] = { 0 }, restarts[IPC_ROLE__MAX] = { 0 };
	for (int i = 0; i < CHILD_MAX; i++) {
		live[p->child[i].role] += p->child[i].pid && p->child[i].ready;
		restarts[p->child[i].role] += p->child[i].restarts;
	}
	int n = snprintf(text, sizeof(text),
			 "%.*sfaces %u\nfaces-wanted %u\nfaces-restarts %u\n"
			 "tls %u\ntls-wanted %u\ntls-restarts %u\nvault-restarts %u\npage %d\n",
			 (int)said_len, said, live[IPC_FACE], p->conf->faces, restarts[IPC_FACE],
			 live[IPC_TLS], p->conf->tls ? p->conf->faces : 0, restarts[IPC_TLS],
			 restarts[IPC_VAULT], p->assets.page.bytes[PAGE_PLAIN] != NULL);
	if (p->conf->tls && n > 0 && (size_t)n < sizeof(text)) {
		uint64_t now = clock_minute(), until = p->assets.tls_until;
		n += snprintf(text + n, sizeof(text) - (size_t)n, "certificate-days %llu\n",
			      (unsigned long long)(until > now ? (until - now + 1439) / 1440 : 0));
	}
	control_reply(&p->control, text,
		      n < 0                       ? 0
		      : (size_t)n >= sizeof(text) ? sizeof(text) - 1
						  : (size_t)n);
}

static void
reply(struct parent *p, const char *said, size_t said_len)
{
	if (p->control.status)
		status_reply(p, said, said_len);
	else
		control_reply(&p->control, said, said_len);
}

static void
child_message(struct parent *p, struct child *c)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc;
	while ((rc = ipc_control_recv(c->sock, IPC_PARENT, c->role, buf, &msg)) > 0) {
		c->unanswered = 0;
		if (msg.type == IPC_READY)
			child_ready(p, c);
		else if (msg.type == IPC_LOST)
			wire(&p->child[0], c);
		else if (msg.type == IPC_REPLY && control_answered(&p->control))
			reply(p, (const char *)msg.bytes, msg.len);
	}
	if (rc == ERR_FORMAT) {
		log_warn("event=child-nonsense role=%s index=%d", ipc_role_name(c->role), c->index);
		kill(c->pid, SIGKILL);
	}
	if (rc < 0) {
		close(c->sock);
		c->sock = -1;
	}
}

static void
child_gone(struct parent *p, struct child *c, int status)
{
	bool expected = c->draining || p->stopping;
	if (c->sock >= 0)
		close(c->sock);
	c->sock = -1;
	c->pid = 0;
	c->ready = false;
	const char *said = c->role == IPC_VAULT ? control_vault_gone(&p->control) : NULL;
	if (said)
		reply(p, said, strlen(said));
	if (expected) {
		c->used = false;
		return;
	}
	log_warn("event=child-died role=%s index=%d signal=%d code=%d again-ms=%u",
		 ipc_role_name(c->role), c->index, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		 WIFEXITED(status) ? WEXITSTATUS(status) : 0, child_later(c));
	c->restarts++;
}

static void
reap(struct parent *p)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < CHILD_MAX; i++)
			if (p->child[i].pid == pid)
				child_gone(p, &p->child[i], status);
}

/* ---- signals ---- */

static void
child_drain(struct child *c, bool last)
{
	const uint8_t word = last;
	if (ipc_control_send(c->sock, IPC_DRAIN, &word, 1, -1))
		kill(c->pid, SIGKILL);
}

/* A new one beside the old one; the old one finishes what it has. */
static void
child_replace(struct parent *p, struct child *old)
{
	struct child *place = NULL;
	for (int k = DRAIN_AT; k < CHILD_MAX && !place; k++)
		if (!p->child[k].used)
			place = &p->child[k];
	if (!place || !old->pid)
		return;
	*place = *old;
	place->draining = true;
	place->restarts = 0;
	child_drain(place, false);
	*old = (struct child){ .sock = -1, .restarts = old->restarts };
	child_start(p, old, place->role, place->index);
}

static void
replace_faces(struct parent *p)
{
	service_reload();
	if (assets_read(&p->assets, p->conf)) {
		service_reload_refused();
		return;
	}
	for (int i = FACE_AT; i < DRAIN_AT; i++)
		child_replace(p, &p->child[i]);
	log_info("event=reload");
}

static void
begin_stop(struct parent *p)
{
	if (p->stopping)
		return;
	p->stopping = true;
	log_info("event=stopping");
	for (int i = 1; i < CHILD_MAX; i++)
		if (p->child[i].pid)
			child_drain(&p->child[i], true);
}

static void
on_signal(struct parent *p)
{
	struct signalfd_siginfo si;
	while (read(p->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGCHLD)
			reap(p);
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
	if (service_due() < at)
		at = service_due();
	return at <= now ? 0 : (int)(at - now);
}

static void
start_due(struct parent *p)
{
	uint64_t now = clock_mono_ms();
	for (int i = 0; i < CHILD_MAX; i++) {
		struct child *c = &p->child[i];
		if (c->again && c->again <= now && !p->stopping)
			child_start(p, c, c->role, c->index);
	}
}

/*
 * One that hangs would be there and do nothing for ever: it is ended, and started again. Rounds are
 * counted, not time: a machine that slept finds everybody well.
 */
static void
ping_due(struct parent *p)
{
	uint64_t now = clock_mono_ms();
	if (now < p->ping)
		return;
	p->ping = now + PING_MS;
	for (int i = 0; i < CHILD_MAX; i++) {
		struct child *c = &p->child[i];
		if (!c->pid || !c->ready || c->draining || c->sock < 0)
			continue;
		if (c->unanswered++ < PING_MOST) {
			(void)!ipc_control_send(c->sock, IPC_PING, NULL, 0,
						-1); /* the count tells */
		} else {
			log_warn("event=child-hangs role=%s index=%d", ipc_role_name(c->role),
				 c->index);
			kill(c->pid, SIGKILL);
		}
	}
}

/* True when everybody has gone. */
static bool
stop_on(struct parent *p)
{
	for (int i = 1; i < CHILD_MAX; i++)
		if (p->child[i].pid)
			return false;
	struct child *vault = &p->child[0];
	if (!vault->pid)
		return true;
	if (!vault->draining) {
		vault->draining = true;
		child_drain(vault, true);
	}
	return false;
}

/* What the service manager should know. */
static void
tell(const struct parent *p)
{
	struct service_state s = { .vault = p->child[0].ready,
				   .stopping = p->stopping,
				   .wanted = p->conf->faces * (p->conf->tls ? 2 : 1),
				   .drain_s = p->conf->drain_s };
	for (int i = 0; i < DRAIN_AT; i++) {
		s.ready += i >= FACE_AT && p->child[i].ready;
		s.restarts += p->child[i].restarts;
	}
	service_tell(&s);
}

static void
ask(struct parent *p, const struct pollfd fds[static CONTROL_MAX + 1])
{
	const struct child *vault = &p->child[0];
	const char *said = control_hear(&p->control, fds, vault->ready ? vault->sock : -1);
	if (!said)
		said = control_overdue(&p->control, clock_mono_ms());
	if (said)
		reply(p, said, strlen(said));
}

static void
loop(struct parent *p)
{
	enum { SIGNALS, ASKERS, CHILDREN = ASKERS + CONTROL_MAX + 1 };
	while (!p->stopping || !stop_on(p)) {
		tell(p);
		/* Only who is there: poll refuses more places than the limit of descriptors. */
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
				child_message(p, of[i]);
		ask(p, fds + ASKERS);
		if (fds[SIGNALS].revents)
			on_signal(p);
		start_due(p);
		ping_due(p);
		if (p->ticket)
			tls_ticket_turn(p->ticket);
	}
}

/* Folders of the vault and the faces; the store becomes the vault user's where we are root. */
static int
prepare_folders(const struct conf *conf)
{
	char run[PATH_MAX];
	snprintf(run, sizeof(run), "%s", conf->control);
	char *slash = strrchr(run, '/');
	if (slash && slash != run) {
		*slash = 0;
		/* Of /run nothing is left after a start of the machine. */
		if (mkdir(run, 0755) && errno != EEXIST)
			return ERR_IO;
	}
	if ((mkdir(conf->store, 0700) && errno != EEXIST) ||
	    (mkdir(conf->empty, 0755) && errno != EEXIST))
		return ERR_IO;
	if (geteuid() != 0)
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

/* What davyd was started from is nobody's business here: a terminal could be read through these. */
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
	sandbox_drop(SANDBOX_PARENT, conf);
	sandbox_enter(SANDBOX_PARENT, conf);
	child_start(&p, &p.child[0], IPC_VAULT, -1);
	for (int i = 0; i < (int)conf->faces; i++) {
		child_start(&p, &p.child[FACE_AT + i], IPC_FACE, i);
		if (conf->tls)
			child_start(&p, &p.child[TLS_AT + i], IPC_TLS, i);
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
