#include "server/parent/askers.h"

#include "server/base/clock.h"
#include "server/base/ipc.h"
#include "server/base/log.h"

#include <sys/socket.h>
#include <unistd.h>

#define ASK_MS 5000

static void
asker_end(struct askers *a, struct asker *who)
{
	close(who->fd);
	who->fd = -1;
	if (a->asking == who)
		a->asking = NULL;
}

void
askers_init(struct askers *a, int listener)
{
	*a = (struct askers){ .listener = listener };
	for (int i = 0; i < ASKERS_MAX; i++)
		a->asker[i].fd = -1;
}

static struct asker *
place(struct askers *a)
{
	for (int i = 0; i < ASKERS_MAX; i++)
		if (a->asker[i].fd < 0)
			return &a->asker[i];
	return NULL;
}

void
askers_wait(const struct askers *a, struct pollfd fds[static ASKERS_MAX + 1])
{
	bool room = false;
	for (int i = 0; i < ASKERS_MAX; i++) {
		fds[i] = (struct pollfd){ .fd = a->asking ? -1 : a->asker[i].fd, .events = POLLIN };
		room |= a->asker[i].fd < 0;
	}
	fds[ASKERS_MAX] = (struct pollfd){ .fd = room ? a->listener : -1, .events = POLLIN };
}

static void
let_in(struct askers *a)
{
	struct asker *who = place(a);
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
	*who = (struct asker){ .fd = fd, .since = clock_mono_ms() };
}

static const char *
in_its_place(const struct askers *a)
{
	return a->status ? "vault 0\n" : "the vault does not serve\n";
}

static const char *
hear(struct askers *a, struct asker *who, int vault)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int rc = ipc_control_recv(who->fd, IPC_PARENT, IPC_OPERATOR, buf, &msg);
	if (rc == 0)
		return NULL;
	if (rc < 0 || (msg.type == IPC_ASK && msg.bytes[0] >= IPC_ASK__MAX)) {
		asker_end(a, who);
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
askers_hear(struct askers *a, const struct pollfd fds[static ASKERS_MAX + 1], int vault)
{
	const char *said = NULL;
	for (int i = 0, at = a->turn; !a->asking && i < ASKERS_MAX; i++, at = (at + 1) % ASKERS_MAX)
		if (fds[at].revents && fds[at].fd == a->asker[at].fd) {
			said = hear(a, &a->asker[at], vault);
			a->turn = (at + 1) % ASKERS_MAX;
		}
	if (fds[ASKERS_MAX].revents)
		let_in(a);
	return said;
}

bool
askers_answered(struct askers *a)
{
	bool late = a->late;
	a->late = false;
	return !late && a->asking;
}

const char *
askers_vault_gone(struct askers *a)
{
	a->late = false;
	return a->asking ? in_its_place(a) : NULL;
}

void
askers_reply(struct askers *a, const char *text, size_t len)
{
	struct asker *who = a->asking;
	if (!who)
		return;
	a->asking = NULL;
	if (ipc_control_send(who->fd, IPC_REPLY, text, len, -1)) {
		log_warn("event=reply-lost");
		asker_end(a, who);
	}
	/* They waited for this one's answer, that was no silence. */
	for (int i = 0; i < ASKERS_MAX; i++)
		a->asker[i].since = clock_mono_ms();
}

uint64_t
askers_due(const struct askers *a)
{
	uint64_t at = UINT64_MAX;
	if (a->asking)
		return a->asking->since + ASK_MS;
	for (int i = 0; i < ASKERS_MAX; i++)
		if (a->asker[i].fd >= 0 && a->asker[i].since + ASK_MS < at)
			at = a->asker[i].since + ASK_MS;
	return at;
}

const char *
askers_overdue(struct askers *a, uint64_t now)
{
	if (now < askers_due(a))
		return NULL;
	if (a->asking) {
		a->late = true;
		return in_its_place(a);
	}
	for (int i = 0; i < ASKERS_MAX; i++)
		if (a->asker[i].fd >= 0 && now >= a->asker[i].since + ASK_MS)
			asker_end(a, &a->asker[i]);
	return NULL;
}
