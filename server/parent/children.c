/*
 * The parent's children: started after a back-off that grows, connected by socket pairs, pinged,
 * replaced for a reload, reaped. The parent reads only their control messages, never a client's
 * bytes.
 */
#include "server/parent/children.h"

#include "crypto/buf.h"
#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKOFF_MIN   100
#define BACKOFF_MAX   10000
#define BACKOFF_VAULT 2000  /* nothing is accepted without it */
#define CALM_MS       60000 /* a child that lived so long starts with the shortest back-off again */
#define PING_MS       10000
#define LOOK_MS       60000
#define LOOK_AGAIN_MS 1000
#define PING_MOST     12 /* without an answer: it hangs */

/* Schedules the next start; the delay doubles each time. Returns it in milliseconds. */
static unsigned
child_later(struct child *c)
{
	uint64_t now = clock_mono_ms();
	if (now - c->since > CALM_MS || !c->backoff)
		c->backoff = BACKOFF_MIN;
	unsigned ms = c->backoff;
	c->again = now + ms;
	unsigned most = c->role == IPC_VAULT ? BACKOFF_VAULT : BACKOFF_MAX;
	c->backoff = ms * 2 > most ? most : ms * 2;
	return ms;
}

void
children_start(struct parent *p, struct child *c, enum ipc_role role, int index)
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
							 .db = p->db.sock,
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

/*
 * Makes a new link between a face and the vault, or a new handoff between a face and a tls process,
 * and gives each of them its end.
 */
static void
wire(struct child *other, struct child *face)
{
	int sv[2];
	uint8_t index = (uint8_t)face->index;
	bool handoff = other->role == IPC_TLS;
	enum ipc_type type = handoff ? IPC_HANDOFF : IPC_LINK;
	if (!other->ready || !face->ready || face->draining)
		return;
	/*
	 * A child that cannot be given its end is killed and started again. Without the end a face
	 * would answer "busy" for ever, and a tls process could pass on no client.
	 */
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

/*
 * Connects the vault with all faces, or a face with the vault and with the tls processes in front
 * of it, including those that drain.
 */
static void
child_ready(struct parent *p, struct child *c)
{
	c->ready = true;
	if (c->role == IPC_VAULT) {
		p->checked = true;
		log_info("event=ready");
	}
	if (c->role == IPC_FACE)
		wire(&p->child[VAULT_AT], c);
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

/* The connections of the faces, or of the tls processes: those in use, the places for them, and how
 * many were ended because all places were taken. A face has places of its own for what the tls
 * process hands on. */
static void
places(const struct parent *p, enum ipc_role role, const char *name, struct bufw *w)
{
	uint64_t used = 0, each = role == IPC_FACE && p->conf->tls, cut = p->cut[role == IPC_TLS];
	bool direct = false;
	for (size_t i = 0; i < p->conf->listen_cnt; i++)
		direct |= p->conf->listen[i].tls == (role == IPC_TLS);
	each += direct;
	for (int i = 0; i < CHILD_MAX; i++)
		if (p->child[i].pid && p->child[i].role == role) {
			used += p->child[i].conns;
			cut += p->child[i].cut;
		}
	bufw_printf(w, "%s-connections %llu\n%s-places %llu\n%s-ended %llu\n", name,
		    (unsigned long long)used, name,
		    (unsigned long long)(each * p->conf->faces * p->conf->connections), name,
		    (unsigned long long)cut);
}

/* The parent's own facts, under the names that status.c knows. */
static void
own_facts(const struct parent *p, struct bufw *w)
{
	static const struct {
		enum ipc_role role;
		const char *name;
	} kinds[] = { { IPC_VAULT, "vault" }, { IPC_FACE, "faces" }, { IPC_TLS, "tls" } };
	uint64_t now = clock_mono_ms(), minute = clock_minute(), until = p->assets.tls_until;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		unsigned live = 0, restarts = 0;
		uint64_t died = 0;
		for (int i = 0; i < CHILD_MAX; i++) {
			const struct child *c = &p->child[i];
			if (c->role != kinds[k].role)
				continue;
			live += c->pid && c->ready;
			restarts += c->restarts;
			if (c->died > died)
				died = c->died;
		}
		bufw_printf(w, "%s-restarts %u\n", kinds[k].name, restarts);
		if (died)
			bufw_printf(w, "%s-restart-minutes %llu\n", kinds[k].name,
				    (unsigned long long)((now - died) / 60000));
		if (kinds[k].role != IPC_VAULT)
			bufw_printf(w, "%s %u\n%s-wanted %u\n", kinds[k].name, live, kinds[k].name,
				    kinds[k].role == IPC_TLS && !p->conf->tls ? 0 : p->conf->faces);
	}
	places(p, IPC_FACE, "faces", w);
	if (p->conf->tls)
		places(p, IPC_TLS, "tls", w);
	bufw_printf(w, "page %d\nconnections %u\n", p->assets.page.bytes[PAGE_PLAIN] != NULL,
		    p->conf->connections);
	if (p->files)
		bufw_printf(w, "files-limit %lu\nfiles-needed %lu\n", p->files,
			    sandbox_files(SANDBOX_FACE, p->conf));
	if (p->conf->tls)
		bufw_printf(w, "certificate-days %llu\n",
			    (unsigned long long)(until > minute ? (until - minute + 1439) / 1440
								: 0));
}

/* What the gateway's state is, for the log and the service manager; logged when another thing is
 * the worst. */
static void
children_state(struct parent *p, const char *facts, size_t len)
{
	const char *what;
	struct statvfs fs;
	uint64_t room = statvfs(p->conf->store, &fs) ? UINT64_MAX
						     : (uint64_t)fs.f_bavail * fs.f_frsize;
	enum status_level level = status_worst(p->line, sizeof(p->line), &what, facts, len, room);
	if (p->what == what && p->level == level)
		return;
	if (level != STATUS_OK)
		log_warn("event=state state=%s text=\"%s\"", status_name(level), p->line);
	else if (p->what)
		log_info("event=state state=%s text=\"%s\"", status_name(level), p->line);
	p->what = what;
	p->level = level;
}

void
children_look(struct parent *p)
{
	const struct child *vault = &p->child[VAULT_AT];
	uint64_t now = clock_mono_ms();
	if (now < p->look || p->stopping)
		return;
	p->look = now + (control_ask(&p->control, vault->ready ? vault->sock : -1) ? LOOK_MS
										   : LOOK_AGAIN_MS);
}

static void
status_reply(struct parent *p, const char *said, size_t said_len)
{
	char text[IPC_CONTROL_MAX - IPC_HEAD_LEN];
	struct bufw w;
	bufw_init(&w, text, sizeof(text));
	bufw_bytes(&w, said, said_len);
	own_facts(p, &w);
	if (!bufw_end(&w) && control_own(&p->control))
		children_state(p, text, w.len);
	control_reply(&p->control, text, bufw_end(&w) ? 0 : w.len);
}

void
children_reply(struct parent *p, const char *said, size_t said_len)
{
	if (p->control.status)
		status_reply(p, said, said_len);
	else
		control_reply(&p->control, said, said_len);
}

void
children_hear(struct parent *p, struct child *c)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc;
	while ((rc = ipc_control_recv(c->sock, IPC_PARENT, c->role, buf, &msg)) > 0) {
		c->unanswered = 0;
		if (msg.type == IPC_READY)
			child_ready(p, c);
		else if (msg.type == IPC_PONG && msg.len == IPC_PONG_LEN) {
			c->conns = ipc_get32(msg.bytes);
			c->cut = ipc_get32(msg.bytes + 4);
		} else if (msg.type == IPC_LOST)
			wire(&p->child[VAULT_AT], c);
		else if (msg.type == IPC_REPLY && control_answered(&p->control))
			children_reply(p, (const char *)msg.bytes, msg.len);
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
	p->cut[c->role == IPC_TLS] += c->cut;
	c->conns = c->cut = 0;
	const char *said = c->role == IPC_VAULT ? control_vault_gone(&p->control) : NULL;
	if (said)
		children_reply(p, said, strlen(said));
	if (expected) {
		c->used = false;
		return;
	}
	log_warn("event=child-died role=%s index=%d signal=%d code=%d again-ms=%u",
		 ipc_role_name(c->role), c->index, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		 WIFEXITED(status) ? WEXITSTATUS(status) : 0, child_later(c));
	c->restarts++;
	c->died = clock_mono_ms();
}

void
children_reap(struct parent *p)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		/* The parent can start no program any more: all of davyd is started again. */
		if (pid == p->db.pid)
			log_fatal(
				"event=db-gone text=\"davylamp-db has ended, and davyd ends with it\"");
		for (int i = 0; i < CHILD_MAX; i++)
			if (p->child[i].pid == pid)
				child_gone(p, &p->child[i], status);
	}
}

void
children_start_due(struct parent *p)
{
	uint64_t now = clock_mono_ms();
	for (int i = 0; i < CHILD_MAX; i++) {
		struct child *c = &p->child[i];
		if (c->again && c->again <= now && !p->stopping)
			children_start(p, c, c->role, c->index);
	}
}

/*
 * A child that hangs would stay and do nothing for ever, so it is killed and started again. Pings
 * are counted, not time: after a suspended machine wakes, no child is taken for hung.
 */
void
children_ping_due(struct parent *p)
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

static void
child_drain(struct child *c, bool last)
{
	const uint8_t word = last;
	if (ipc_control_send(c->sock, IPC_DRAIN, &word, 1, -1))
		kill(c->pid, SIGKILL);
}

bool
children_stopped(struct parent *p)
{
	for (int i = 1; i < CHILD_MAX; i++)
		if (p->child[i].pid)
			return false;
	struct child *vault = &p->child[VAULT_AT];
	if (!vault->pid)
		return true;
	if (!vault->draining) {
		vault->draining = true;
		child_drain(vault, true);
	}
	return false;
}

/* Starts a new process beside the old one, which finishes its requests. */
void
children_replace(struct parent *p, struct child *old)
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
	*old = (struct child){ .sock = -1, .restarts = old->restarts, .died = old->died };
	children_start(p, old, place->role, place->index);
}

void
children_drain(struct parent *p)
{
	for (int i = VAULT_AT + 1; i < CHILD_MAX; i++)
		if (p->child[i].pid)
			child_drain(&p->child[i], true);
}
