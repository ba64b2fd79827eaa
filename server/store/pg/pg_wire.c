/* Messages between a vault and davylamp-db: cells, and whole messages over a socket. */
#include "server/store/pg/pg_wire.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/ipc.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

void
pg_value_get(struct buf *b, struct pg_value *out)
{
	*out = (struct pg_value){ .kind = (enum pg_cell)buf_u8(b) };
	if (out->kind == PG_NUMBER) {
		out->number = (int64_t)buf_u64(b);
	} else if (out->kind == PG_BYTES || out->kind == PG_NAME) {
		out->len = buf_u32(b);
		out->bytes = buf_take(b, out->len);
		if (out->kind == PG_NAME && out->bytes && memchr(out->bytes, 0, out->len))
			buf_fail(b);
	} else if (out->kind != PG_NULL) {
		buf_fail(b);
	}
}

void
pg_value_put(struct bufw *w, const struct pg_value *v)
{
	bufw_u8(w, (uint8_t)v->kind);
	if (v->kind == PG_NUMBER) {
		bufw_u64(w, (uint64_t)v->number);
	} else if (v->kind != PG_NULL) {
		bufw_u32(w, (uint32_t)v->len);
		bufw_bytes(w, v->bytes, v->len);
	}
}

int64_t
pg_now_ms(void)
{
	return (int64_t)(clock_mono_us() / 1000);
}

/* Waits until the socket can be read, or written; ERR_NET where the time is over. */
static int
ready(int fd, short what, int64_t until)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = what };
		int64_t left = until < 0 ? -1 : until - pg_now_ms();
		if (until >= 0 && left < 0)
			return ERR_NET;
		int rc = poll(&p, 1, (int)left);
		if (rc > 0)
			return 0;
		if (!rc || errno != EINTR)
			return ERR_NET;
	}
}

static int
send_all(int fd, struct iovec *piece, size_t cnt, int64_t until)
{
	while (cnt) {
		struct msghdr m = { .msg_iov = piece, .msg_iovlen = cnt };
		ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return ERR_NET;
		if (n < 0 && ready(fd, POLLOUT, until))
			return ERR_NET;
		for (; n > 0 && cnt && (size_t)n >= piece->iov_len; piece++, cnt--)
			n -= (ssize_t)piece->iov_len;
		if (n > 0) {
			piece->iov_base = (uint8_t *)piece->iov_base + n;
			piece->iov_len -= (size_t)n;
		}
		while (cnt && !piece->iov_len)
			piece++, cnt--;
	}
	return 0;
}

int
pg_wire_send(int fd, enum pg_type type, const void *bytes, size_t len, int ms)
{
	uint8_t head[PG_HEAD_LEN] = { 0 };
	struct iovec piece[2] = { { head, sizeof(head) }, { (void *)(uintptr_t)bytes, len } };
	if (len > PG_MSG_MAX)
		return ERR_RANGE;
	ipc_set32(head, (uint32_t)len);
	head[4] = (uint8_t)type;
	return send_all(fd, piece, 2, ms < 0 ? -1 : pg_now_ms() + ms);
}

static int
recv_all(int fd, uint8_t *dst, size_t len, int64_t until)
{
	while (len) {
		ssize_t n = recv(fd, dst, len, MSG_DONTWAIT);
		if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
			return ERR_NET;
		if (n < 0 && ready(fd, POLLIN, until))
			return ERR_NET;
		if (n > 0) {
			dst += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int
pg_wire_recv(int fd, enum pg_type *type, uint8_t *dst, size_t *len, int ms)
{
	uint8_t head[PG_HEAD_LEN];
	int64_t until = ms < 0 ? -1 : pg_now_ms() + ms;
	int err = recv_all(fd, head, sizeof(head), until);
	if (err)
		return err;
	*len = ipc_get32(head);
	*type = (enum pg_type)head[4];
	if (*len > PG_MSG_MAX || !*type || *type >= PG__MAX || head[5] || head[6] || head[7])
		return ERR_FORMAT;
	return recv_all(fd, dst, *len, until);
}
