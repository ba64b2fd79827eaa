/*
 * The parent's control socket: operators ask, the vault answers, the parent passes one question at
 * a time. Operators are trusted, but a slow one must not block the others.
 */
#include "server/parent/control.h"

#include "server/base/clock.h"
#include "server/base/ipc.h"
#include "server/base/log.h"

#include <sys/socket.h>
#include <unistd.h>

#define ASK_MS 5000

static void
control_client_end(struct control *a, struct control_client *who)
{
	close(who->fd);
	who->fd = -1;
	if (a->asking == who)
		a->asking = NULL;
}

void
control_init(struct control *a, int listener)
{
	*a = (struct control){ .listener = listener };
	for (int i = 0; i < CONTROL_MAX; i++)
		a->client[i].fd = -1;
}

static struct control_client *
place(struct control *a)
{
	for (int i = 0; i < CONTROL_MAX; i++)
		if (a->client[i].fd < 0)
			return &a->client[i];
	return NULL;
}

void
control_wait(const struct control *a, struct pollfd fds[static CONTROL_MAX + 1])
{
	bool room = false;
	for (int i = 0; i < CONTROL_MAX; i++) {
		fds[i] = (struct pollfd){ .fd = a->asking ? -1 : a->client[i].fd,
					  .events = POLLIN };
		room |= a->client[i].fd < 0;
	}
	fds[CONTROL_MAX] = (struct pollfd){ .fd = room ? a->listener : -1, .events = POLLIN };
}

static void
let_in(struct control *a)
{
	struct control_client *who = place(a);
	int fd = who ? accept4(a->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);
	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) ||
	    (peer.uid != 0 && peer.uid != geteuid())) {
		close(fd);
		return;
	}
	*who = (struct control_client){ .fd = fd, .since = clock_mono_ms() };
}

static const char *
in_its_place(const struct control *a)
{
	return a->status ? "vault 0\n" : "the vault does not serve\n";
}

static const char *
hear(struct control *a, struct control_client *who, int vault)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc = ipc_control_recv(who->fd, IPC_PARENT, IPC_OPERATOR, buf, &msg);
	if (rc == 0)
		return NULL;
	if (rc < 0 || (msg.type == IPC_ASK && msg.bytes[0] >= IPC_ASK__MAX)) {
		control_client_end(a, who);
		return NULL;
	}
	a->asking = who;
	a->status = msg.type == IPC_ASK && msg.bytes[0] == IPC_ASK_STATUS;
	who->since = clock_mono_ms();
	bool told = vault >= 0 && !a->late &&
		    !ipc_control_send(vault, msg.type, msg.bytes, msg.len, msg.fd);
	if (msg.fd >= 0)
		close(msg.fd);
	return told ? NULL : in_its_place(a);
}

const char *
control_hear(struct control *a, const struct pollfd fds[static CONTROL_MAX + 1], int vault)
{
	const char *said = NULL;
	for (int i = 0, at = a->turn; !a->asking && i < CONTROL_MAX;
	     i++, at = (at + 1) % CONTROL_MAX)
		if (fds[at].revents && fds[at].fd == a->client[at].fd) {
			said = hear(a, &a->client[at], vault);
			a->turn = (at + 1) % CONTROL_MAX;
		}
	if (fds[CONTROL_MAX].revents)
		let_in(a);
	return said;
}

bool
control_answered(struct control *a)
{
	bool late = a->late;
	a->late = false;
	return !late && a->asking;
}

const char *
control_vault_gone(struct control *a)
{
	a->late = false;
	return a->asking ? in_its_place(a) : NULL;
}

bool
control_ask(struct control *a, int vault)
{
	const uint8_t q[5] = { IPC_ASK_STATUS };
	if (a->asking || a->late || vault < 0 || ipc_control_send(vault, IPC_ASK, q, sizeof(q), -1))
		return false;
	a->self = (struct control_client){ .fd = -1, .since = clock_mono_ms() };
	a->asking = &a->self;
	a->status = true;
	return true;
}

bool
control_own(const struct control *a)
{
	return a->asking == &a->self;
}

void
control_reply(struct control *a, const char *text, size_t len)
{
	struct control_client *who = a->asking;
	if (!who)
		return;
	a->asking = NULL;
	if (who != &a->self && ipc_control_send(who->fd, IPC_REPLY, text, len, -1)) {
		log_warn("event=reply-lost");
		control_client_end(a, who);
	}
	/* The other operators waited for this answer; the wait does not count as their silence. */
	for (int i = 0; i < CONTROL_MAX; i++)
		a->client[i].since = clock_mono_ms();
}

uint64_t
control_due(const struct control *a)
{
	uint64_t at = UINT64_MAX;
	if (a->asking)
		return a->asking->since + ASK_MS;
	for (int i = 0; i < CONTROL_MAX; i++)
		if (a->client[i].fd >= 0 && a->client[i].since + ASK_MS < at)
			at = a->client[i].since + ASK_MS;
	return at;
}

const char *
control_overdue(struct control *a, uint64_t now)
{
	if (now < control_due(a))
		return NULL;
	if (a->asking) {
		a->late = true;
		return in_its_place(a);
	}
	for (int i = 0; i < CONTROL_MAX; i++)
		if (a->client[i].fd >= 0 && now >= a->client[i].since + ASK_MS)
			control_client_end(a, &a->client[i]);
	return NULL;
}
