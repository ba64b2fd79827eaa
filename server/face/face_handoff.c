/*
 * A face's side of the handoff. The face makes socket pairs in advance and gives one end of each to
 * the tls process in front of it. The face never reads messages of a tls process, only the bytes of
 * one client on each pair.
 */
#include "server/face/face.h"

#include "server/base/log.h"

#include <sys/socket.h>
#include <unistd.h>

#define PAIR_BUF                                                                                   \
	(64 * 1024) /* more than a frame: what is answered is in it whole, and what is not taken   \
		       stays small */

/* An end that nobody uses yet. */
struct spare {
	struct handoff *handoff;
	struct event *said;
	int fd; /* -1: an empty place */
};

struct handoff {
	struct face *face;
	struct handoff *next;
	struct event *word;
	int fd; /* -1: closed; freed together with its last spare end */
	struct spare spare[IPC_GATE_MAX];
	unsigned spare_cnt;
};

static void
handoff_free_unused(struct handoff *g)
{
	struct handoff **at = &g->face->handoffs;
	if (g->fd >= 0 || g->spare_cnt)
		return;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	free(g);
}

/* Gives no more ends. The tls process uses the ends that it has, or closes them. */
static void
handoff_shut(struct handoff *g)
{
	if (g->fd >= 0) {
		event_free(g->word);
		close(g->fd);
		g->fd = -1;
	}
	handoff_free_unused(g);
}

static void
spare_drop(struct spare *s)
{
	if (s->said)
		event_free(s->said);
	s->said = NULL;
	s->fd = -1;
	s->handoff->spare_cnt--;
}

/* A client's first byte came, or the tls process closed an end that it did not need. */
static void
on_said(evutil_socket_t fd, short what, void *arg)
{
	struct spare *s = arg;
	struct handoff *g = s->handoff;
	struct face *f = g->face;
	char byte;
	(void)what;
	bool used = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
	spare_drop(s);
	handoff_free_unused(g);
	if (used)
		face_http_accept(f, fd, true);
	else
		close(fd);
	face_handoff_fill(f);
	face_http_pump(f);
	face_end_drained(f);
}

/* False when no more ends can be given now. */
static bool
spare_give(struct handoff *g)
{
	struct spare *s = g->spare;
	const int size = PAIR_BUF;
	int sv[2];
	while (s->fd >= 0)
		s++;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv))
		return false;
	for (int i = 0; i < 2; i++)
		setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	s->said = event_new(g->face->base, sv[0], EV_READ, on_said, s);
	bool given = s->said && !event_add(s->said, NULL) &&
		     !ipc_control_send(g->fd, IPC_CLIENT, NULL, 0, sv[1]);
	close(sv[1]);
	s->fd = sv[0];
	g->spare_cnt++;
	if (given)
		return true;
	spare_drop(s);
	close(sv[0]);
	return false;
}

void
face_handoff_fill(struct face *f)
{
	unsigned ahead = 0;
	for (struct handoff *g = f->handoffs; g; g = g->next)
		ahead += g->spare_cnt;
	/* No end is left to give: who has said nothing for longest makes room. */
	if (!ahead && !f->draining && f->handed_cnt >= f->conf->connections &&
	    !face_http_quiet(f, true))
		(void)face_http_cut(f, true);
	for (struct handoff *g = f->handoffs; g; g = g->next)
		while (!f->draining && g->fd >= 0 && g->spare_cnt < IPC_GATE_MAX &&
		       f->handed_cnt + ahead < f->conf->connections && spare_give(g))
			ahead++;
}

/* A tls process sends nothing on this socket: it has ended, or it is compromised. */
static void
on_word(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	handoff_shut(arg);
}

void
face_handoff_add(struct face *f, int fd)
{
	struct handoff *g = calloc(1, sizeof(*g));
	if (!g || !(g->word = event_new(f->base, fd, EV_READ, on_word, g)) ||
	    event_add(g->word, NULL))
		log_fatal("event=no-memory");
	g->face = f;
	g->fd = fd;
	for (unsigned i = 0; i < IPC_GATE_MAX; i++)
		g->spare[i] = (struct spare){ .handoff = g, .fd = -1 };
	g->next = f->handoffs;
	f->handoffs = g;
	face_handoff_fill(f);
}

void
face_handoff_shut(struct face *f)
{
	struct handoff *next;
	for (struct handoff *g = f->handoffs; g; g = next) {
		next = g->next;
		handoff_shut(g);
	}
}
