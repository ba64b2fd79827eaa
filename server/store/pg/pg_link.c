/*
 * The link to davylamp-db. Its keeper hands one over on a socket that lives as long as the gateway:
 * one now, and another one whenever the process at the other end has ended.
 */
#include "server/store/pg/pg.h"

#include "crypto/err.h"
#include "server/base/log.h"
#include "server/store/sql/sql_schema.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINK_MS   1000  /* until the keeper gives one */
#define ANSWER_MS 12000 /* davylamp-db itself gives up on its server sooner (server/db/db_pg.c) */

static const struct {
	int err;
	const char *name;
} fails[PG_FAIL__MAX] = {
	[PG_FAIL_AWAY] = { ERR_BUSY, "away" },     [PG_FAIL_AGAIN] = { ERR_BUSY, "again" },
	[PG_FAIL_FULL] = { ERR_FULL, "full" },     [PG_FAIL_REFUSED] = { ERR_BUSY, "refused" },
	[PG_FAIL_TAKEN] = { ERR_DENIED, "taken" }, [PG_FAIL_BROKEN] = { ERR_IO, "broken" },
};

void
pg_link_close(struct pg *s)
{
	if (s->link >= 0)
		close(s->link);
	s->link = -1;
}

/* The text is davylamp-db's; what is no plain text does not come into our log. */
static int
failed(struct pg *s, size_t len)
{
	uint8_t code = len ? s->msg[0] : 0;
	size_t n = len > PG_SAID_MAX ? PG_SAID_MAX : len ? len - 1 : 0;
	char text[PG_SAID_MAX + 1];
	if (!code || code >= PG_FAIL__MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		char c = (char)s->msg[1 + i];
		text[i] = c < ' ' || c == '"' || c == 127 ? '?' : c;
	}
	text[n] = 0;
	if (strcmp(text, s->said) != 0)
		log_warn("event=store-%s text=\"%s\"", fails[code].name, text);
	memcpy(s->said, text, sizeof(text));
	return fails[code].err;
}

int
pg_link_tell(struct pg *s, enum pg_type type, size_t len)
{
	if (s->link < 0)
		return ERR_BUSY;
	if (!pg_wire_send(s->link, type, s->msg, len, ANSWER_MS))
		return 0;
	pg_link_close(s);
	return ERR_BUSY;
}

int
pg_link_hear(struct pg *s, enum pg_type *type, size_t *len)
{
	if (s->link < 0)
		return ERR_BUSY;
	int err = pg_wire_recv(s->link, type, s->msg, len, ANSWER_MS);
	if (!err && *type == PG_FAIL)
		err = failed(s, *len);
	else if (!err && *type < PG_READY)
		err = ERR_FORMAT;
	if (err == ERR_NET || err == ERR_FORMAT) {
		pg_link_close(s);
		return ERR_BUSY;
	}
	return err;
}

int
pg_link_ask(struct pg *s, enum pg_type type, size_t len, enum pg_type wanted, size_t *got)
{
	enum pg_type heard;
	int err = pg_link_tell(s, type, len);
	if (!err)
		err = pg_link_hear(s, &heard, got);
	if (err || heard == wanted)
		return err;
	pg_link_close(s);
	return ERR_BUSY;
}

/* The next one that the keeper gives. */
static int
link_take(int keeper)
{
	char byte;
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} box;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = box.bytes,
			    .msg_controllen = sizeof(box.bytes) };
	struct pollfd p = { .fd = keeper, .events = POLLIN };
	int fd;
	if (poll(&p, 1, LINK_MS) != 1 || recvmsg(keeper, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Whether the other end still stands: it says nothing unasked. */
static bool
lost(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, 0) != 0;
}

int
pg_link_open(struct pg *s)
{
	struct bufw w;
	struct buf b;
	size_t got;
	if (s->link >= 0 && lost(s->link))
		pg_link_close(s);
	if (s->link >= 0)
		return 0;
	s->link = link_take(s->keeper);
	/* One that was given to a vault before this one, or whose process has ended since. */
	while (s->link >= 0 && lost(s->link)) {
		pg_link_close(s);
		s->link = link_take(s->keeper);
	}
	if (s->link < 0)
		return ERR_BUSY;
	bufw_init(&w, s->msg, PG_MSG_MAX);
	bufw_u32(&w, PG_WIRE_VERSION);
	bufw_u32(&w, SQL_SCHEMA);
	bufw_u32(&w, SQL__MAX);
	bufw_u8(&w, s->claimed ? PG_CLAIM_NONE : s->still ? PG_CLAIM_STILL : PG_CLAIM_TAKE);
	bufw_bytes(&w, s->owner, sizeof(s->owner));
	bufw_bytes(&w, s->self, sizeof(s->self));
	int err = pg_link_ask(s, PG_HELLO, w.len, PG_READY, &got);
	buf_init(&b, s->msg, err ? 0 : got);
	uint64_t others = buf_u64(&b);
	if (!err && buf_end(&b))
		err = ERR_BUSY;
	if (err)
		pg_link_close(s);
	else if (!s->claimed)
		s->others = others > UINT_MAX ? UINT_MAX : (unsigned)others;
	s->claimed = s->claimed || !err;
	return err;
}
