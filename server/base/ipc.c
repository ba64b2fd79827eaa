/*
 * Messages between the processes of davyd. The table `rules` says who may send which message to
 * whom, and how long it may be; every message from another process is checked against it.
 */
#include "server/base/ipc.h"

#include "crypto/err.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define IPC_RX_CAP   (IPC_BATCH_MAX * (IPC_HEAD_LEN + IPC_REQUEST_LEN))
#define IPC_TX_START (64 * 1024)
#define IPC_SOCK_BUF (4 * 1024 * 1024)

#define FROM(r) (1u << (r))

struct ipc_rule {
	const char *name;
	uint8_t from, to; /* bits of enum ipc_role */
	bool fd;
	uint32_t min, max;
};

static const struct ipc_rule rules[IPC__MAX] = {
	[IPC_REQUEST] = { "request", FROM(IPC_FACE), FROM(IPC_VAULT), false, IPC_REQUEST_LEN,
			  IPC_REQUEST_LEN },
	[IPC_REFUSE] = { "refuse", FROM(IPC_FACE), FROM(IPC_VAULT), false, IPC_REFUSE_LEN,
			 IPC_REFUSE_LEN },
	[IPC_TILE_GET] = { "tile-get", FROM(IPC_FACE), FROM(IPC_VAULT), false, IPC_TILE_LEN,
			   IPC_TILE_LEN },
	[IPC_TILE] = { "tile", FROM(IPC_VAULT), FROM(IPC_FACE), false, 4, 4 + IPC_TILE_MAX },
	[IPC_ANSWER] = { "answer", FROM(IPC_VAULT), FROM(IPC_FACE), false, IPC_ANSWER_LEN,
			 IPC_ANSWER_LEN },
	[IPC_ANSWER_FULL] = { "answer-full", FROM(IPC_VAULT), FROM(IPC_FACE), false, IPC_FULL_LEN,
			      IPC_FULL_LEN },
	[IPC_PUZZLE] = { "puzzle", FROM(IPC_VAULT), FROM(IPC_FACE), false, IPC_PUZZLE_LEN,
			 IPC_PUZZLE_LEN },
	[IPC_BUNDLE] = { "bundle", FROM(IPC_VAULT), FROM(IPC_FACE), false, 8, 8 + IPC_BUNDLE_STEP },
	[IPC_LINK] = { "link", FROM(IPC_PARENT), FROM(IPC_FACE) | FROM(IPC_VAULT), true, 1, 1 },
	[IPC_CLIENT] = { "client", FROM(IPC_FACE), FROM(IPC_TLS), true, 0, 0 },
	[IPC_HANDOFF] = { "handoff", FROM(IPC_PARENT), FROM(IPC_FACE) | FROM(IPC_TLS), true, 1, 1 },
	[IPC_DRAIN] = { "drain", FROM(IPC_PARENT), FROM(IPC_FACE) | FROM(IPC_VAULT) | FROM(IPC_TLS),
			false, 1, 1 },
	[IPC_ASK] = { "ask", FROM(IPC_PARENT) | FROM(IPC_OPERATOR),
		      FROM(IPC_VAULT) | FROM(IPC_PARENT), false, 5, 5 },
	[IPC_BACKUP] = { "backup", FROM(IPC_PARENT) | FROM(IPC_OPERATOR),
			 FROM(IPC_VAULT) | FROM(IPC_PARENT), true, 0, 0 },
	[IPC_PING] = { "ping", FROM(IPC_PARENT), FROM(IPC_FACE) | FROM(IPC_VAULT) | FROM(IPC_TLS),
		       false, 0, 0 },
	[IPC_PONG] = { "pong", FROM(IPC_FACE) | FROM(IPC_VAULT) | FROM(IPC_TLS), FROM(IPC_PARENT),
		       false, 0, IPC_PONG_LEN },
	[IPC_LOST] = { "lost", FROM(IPC_FACE), FROM(IPC_PARENT), false, 0, 0 },
	[IPC_READY] = { "ready", FROM(IPC_FACE) | FROM(IPC_VAULT) | FROM(IPC_TLS), FROM(IPC_PARENT),
			false, 0, 0 },
	[IPC_REPLY] = { "reply", FROM(IPC_VAULT) | FROM(IPC_PARENT),
			FROM(IPC_PARENT) | FROM(IPC_OPERATOR), false, 0,
			IPC_CONTROL_MAX - IPC_HEAD_LEN },
};

struct ipc {
	int fd;
	enum ipc_role self, peer;
	uint8_t *rx; /* IPC_RX_CAP */
	size_t rx_at, rx_len;
	uint8_t *tx;
	size_t tx_at, tx_len, tx_cap;
};

bool
ipc_allowed(enum ipc_type type, size_t len, enum ipc_role from, enum ipc_role to)
{
	if (type <= IPC_NONE || type >= IPC__MAX || from >= IPC_ROLE__MAX || to >= IPC_ROLE__MAX)
		return false;
	const struct ipc_rule *r = &rules[type];
	return r->name && (r->from & FROM(from)) && (r->to & FROM(to)) && len >= r->min &&
	       len <= r->max;
}

const char *
ipc_role_name(enum ipc_role role)
{
	static const char *const names[IPC_ROLE__MAX] = { "parent", "face", "vault", "tls",
							  "operator" };
	return role < IPC_ROLE__MAX ? names[role] : "none";
}

struct ipc *
ipc_new(int fd, enum ipc_role self, enum ipc_role peer)
{
	struct ipc *ipc = calloc(1, sizeof(*ipc));
	if (!ipc)
		return NULL;
	ipc->rx = malloc(IPC_RX_CAP);
	if (!ipc->rx) {
		free(ipc);
		return NULL;
	}
	ipc->fd = fd;
	ipc->self = self;
	ipc->peer = peer;
	return ipc;
}

void
ipc_free(struct ipc *ipc)
{
	if (!ipc)
		return;
	close(ipc->fd);
	free(ipc->rx);
	free(ipc->tx);
	free(ipc);
}

int
ipc_fd(const struct ipc *ipc)
{
	return ipc->fd;
}

int
ipc_fill(struct ipc *ipc)
{
	if (ipc->rx_at) {
		memmove(ipc->rx, ipc->rx + ipc->rx_at, ipc->rx_len - ipc->rx_at);
		ipc->rx_len -= ipc->rx_at;
		ipc->rx_at = 0;
	}
	while (ipc->rx_len < IPC_RX_CAP) {
		ssize_t n = recv(ipc->fd, ipc->rx + ipc->rx_len, IPC_RX_CAP - ipc->rx_len,
				 MSG_DONTWAIT);
		if (n > 0) {
			ipc->rx_len += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		return ERR_NET;
	}
	return 0;
}

int
ipc_next(struct ipc *ipc, struct ipc_msg *msg)
{
	size_t left = ipc->rx_len - ipc->rx_at;
	if (left < IPC_HEAD_LEN)
		return 0;
	const uint8_t *p = ipc->rx + ipc->rx_at;
	uint32_t len = ipc_get32(p);
	uint16_t type = ipc_get16(p + 4);
	if (type >= IPC__MAX || p[6] || p[7] || rules[type].fd ||
	    !ipc_allowed(type, len, ipc->peer, ipc->self))
		return ERR_FORMAT;
	if (left - IPC_HEAD_LEN < len)
		return 0;
	*msg = (struct ipc_msg){ .type = type, .bytes = p + IPC_HEAD_LEN, .len = len, .fd = -1 };
	ipc->rx_at += IPC_HEAD_LEN + len;
	return 1;
}

void
ipc_rewind(struct ipc *ipc)
{
	ipc->rx_at = 0;
}

/* Room for n more bytes behind tx_len. */
static int
tx_reserve(struct ipc *ipc, size_t n)
{
	if (ipc->tx_at) {
		memmove(ipc->tx, ipc->tx + ipc->tx_at, ipc->tx_len - ipc->tx_at);
		ipc->tx_len -= ipc->tx_at;
		ipc->tx_at = 0;
	}
	if (ipc->tx_cap - ipc->tx_len >= n)
		return 0;
	size_t cap = ipc->tx_cap ? ipc->tx_cap : IPC_TX_START;
	while (cap - ipc->tx_len < n)
		cap *= 2;
	uint8_t *tx = realloc(ipc->tx, cap);
	if (!tx)
		return ERR_MEM;
	ipc->tx = tx;
	ipc->tx_cap = cap;
	return 0;
}

int
ipc_put(struct ipc *ipc, enum ipc_type type, const struct ipc_piece piece[], size_t cnt)
{
	size_t len = 0;
	for (size_t i = 0; i < cnt; i++)
		len += piece[i].len;
	if (!ipc_allowed(type, len, ipc->self, ipc->peer))
		return ERR_INTERNAL;
	if (ipc->tx_cap - ipc->tx_len < IPC_HEAD_LEN + len && tx_reserve(ipc, IPC_HEAD_LEN + len))
		return ERR_MEM;
	uint8_t *p = ipc->tx + ipc->tx_len;
	ipc_set32(p, (uint32_t)len);
	p[4] = (uint8_t)type;
	p[5] = (uint8_t)(type >> 8);
	p[6] = p[7] = 0;
	p += IPC_HEAD_LEN;
	for (size_t i = 0; i < cnt; i++) {
		if (piece[i].len)
			memcpy(p, piece[i].bytes, piece[i].len);
		p += piece[i].len;
	}
	ipc->tx_len += IPC_HEAD_LEN + len;
	return 0;
}

size_t
ipc_waiting(const struct ipc *ipc)
{
	return ipc->tx_len - ipc->tx_at;
}

void
ipc_take_back(struct ipc *ipc, size_t waiting)
{
	ipc->tx_len = ipc->tx_at + waiting;
}

int
ipc_flush(struct ipc *ipc)
{
	while (ipc->tx_at < ipc->tx_len) {
		ssize_t n = send(ipc->fd, ipc->tx + ipc->tx_at, ipc->tx_len - ipc->tx_at,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0) {
			ipc->tx_at += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
			return 1;
		return ERR_NET;
	}
	ipc->tx_at = ipc->tx_len = 0;
	if (ipc->tx_cap > 8 * 1024 * 1024) {
		free(ipc->tx);
		ipc->tx = NULL;
		ipc->tx_cap = 0;
	}
	return 0;
}

int
ipc_control_send(int sock, enum ipc_type type, const void *bytes, size_t len, int fd)
{
	uint8_t head[IPC_HEAD_LEN] = { 0 };
	ipc_set32(head, (uint32_t)len);
	head[4] = (uint8_t)type;
	struct iovec iov[2] = { { head, sizeof(head) }, { (void *)(uintptr_t)bytes, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} anc = { { 0 } };
	if (fd >= 0) {
		msg.msg_control = anc.buf;
		msg.msg_controllen = sizeof(anc.buf);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	ssize_t n;
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == ENOBUFS ? ERR_BUSY : ERR_NET;
	return 0;
}

/* The descriptors that came with the message; all but the first are closed. */
static int
control_fd(struct msghdr *msg)
{
	int got = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t cnt = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < cnt; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (got < 0)
				got = fd;
			else
				close(fd);
		}
	}
	return got;
}

int
ipc_control_recv(int sock, enum ipc_role self, enum ipc_role peer,
		 uint8_t buf[static IPC_CONTROL_MAX], struct ipc_msg *out)
{
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} anc;
	struct iovec iov = { buf, IPC_CONTROL_MAX };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = anc.buf,
			      .msg_controllen = sizeof(anc.buf) };
	ssize_t n;
	do
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : ERR_NET;
	int fd = control_fd(&msg);
	if (n == 0)
		return ERR_NET;
	uint16_t type = n >= IPC_HEAD_LEN ? ipc_get16(buf + 4) : 0;
	if (n < IPC_HEAD_LEN || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
	    ipc_get32(buf) != (size_t)n - IPC_HEAD_LEN || buf[6] || buf[7] || type >= IPC__MAX ||
	    !ipc_allowed(type, (size_t)n - IPC_HEAD_LEN, peer, self) ||
	    (fd >= 0) != rules[type].fd) {
		if (fd >= 0)
			close(fd);
		return ERR_FORMAT;
	}
	*out = (struct ipc_msg){
		.type = type, .bytes = buf + IPC_HEAD_LEN, .len = (size_t)n - IPC_HEAD_LEN, .fd = fd
	};
	return 1;
}

int
ipc_pair(int sv[2], bool control)
{
	int type = (control ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
	if (socketpair(AF_UNIX, type, 0, sv))
		return ERR_IO;
	if (!control) {
		int size = IPC_SOCK_BUF;
		for (int i = 0; i < 2; i++)
			if (setsockopt(sv[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
				(void)setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	}
	return 0;
}
