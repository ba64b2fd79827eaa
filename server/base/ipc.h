/*
 * Messages between parent, tls processes, faces and vault, named once in the table of ipc.c.
 *
 * Two carriers. A *link* (face and vault) is a Unix stream socket: many messages a call, plain recv
 * and send on big buffers. A *control* socket (parent and child), and a *handoff* (face and tls
 * process), is SOCK_SEQPACKET: one message a packet, with a descriptor where the table says so. On
 * both a message is u32 length of what follows the header ‖ u16 type ‖ u16 zero ‖ bytes. Integers
 * are little-endian.
 */
#ifndef SERVER_IPC_H
#define SERVER_IPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An operator is a person who runs `davyd status` or `davyd purge` beside the running davyd. */
enum ipc_role { IPC_PARENT, IPC_FACE, IPC_VAULT, IPC_TLS, IPC_OPERATOR, IPC_ROLE__MAX };

enum ipc_type {
	IPC_NONE,
	/* face to vault */
	IPC_REQUEST, /* u32 slot ‖ u8 class (enum puzzle_class) ‖ frame */
	IPC_REFUSE,  /* u32 slot ‖ u8 class ‖ R (64) ‖ u8 status: sign this refusal */
	IPC_TILE_GET, /* u32 slot ‖ u8 level, or one of the two below ‖ u8 zero ‖ u16 width ‖ u64 n
		       */
	/* vault to face */
	IPC_ANSWER,      /* u32 slot ‖ head (128) of an answer whose payload is zero */
	IPC_ANSWER_FULL, /* u32 slot ‖ frame */
	IPC_PUZZLE, /* for each of the last two salts, newest first: salt (16) ‖ u8 difficulty ‖ u16
		       chance */
	IPC_BUNDLE, /* u32 total ‖ u32 offset ‖ bytes: what GET /roster serves */
	IPC_TILE,   /* u32 slot ‖ bytes of the public log; without any: there is no such tile */
	/* face to tls process */
	IPC_CLIENT, /* empty; with one end of a socket pair for one client, on a handoff socket */
	/* parent to a child; IPC_ASK also operator to parent */
	IPC_LINK,    /* u8 index of the face; with the child's end of a link */
	IPC_HANDOFF, /* u8 index of the face; with the child's end of a handoff */
	IPC_DRAIN,   /* u8 last: finish requests in progress, take no new ones, exit; 1: no process
			replaces this one */
	IPC_ASK,     /* u8 what (enum ipc_ask) ‖ u32 argument */
	IPC_PING,    /* empty: still there? */
	IPC_BACKUP, /* with an empty file that is open for writing: copy the store there; as IPC_ASK
		     */
	/* child to parent; IPC_REPLY also parent to operator */
	IPC_READY, /* empty: serving */
	IPC_PONG, /* yes; of faces and tls processes: u32 connections ‖ u32 ended for want of places
		   */
	IPC_LOST,  /* empty: a face's link broke; it asks for another link, which it gets if the
		      vault runs */
	IPC_REPLY, /* text for who asked */
	IPC__MAX
};

enum ipc_ask {
	IPC_ASK_STATUS,
	IPC_ASK_PURGE,
	IPC_ASK_BACKUP,
	IPC_ASK_KEPT,
	IPC_ASK_CLOCK,
	IPC_ASK__MAX
};

#define IPC_HEAD_LEN    8
#define IPC_FRAME_AT    5 /* in a refusal: R */
#define IPC_STATUS_AT   (IPC_FRAME_AT + 64)
#define IPC_REQUEST_LEN (IPC_FRAME_AT + 16384)
#define IPC_REFUSE_LEN  (IPC_STATUS_AT + 1)
#define IPC_SALT_LEN    (16 + 1 + 2)
#define IPC_PUZZLE_LEN  (2 * IPC_SALT_LEN)
#define IPC_ANSWER_LEN  (4 + 128)
#define IPC_FULL_LEN    (4 + 16384)
#define IPC_BUNDLE_STEP 16384
#define IPC_TILE_LEN    16
#define IPC_TILE_MAX    16896 /* a bundle of 256 entries */
#define IPC_TILE_MOST   16    /* that a face asks for at a time */
/* in place of a level: */
#define IPC_TILE_ENTRIES 0xff
#define IPC_CHECKPOINT   0xfe
#define IPC_PONG_LEN     8
#define IPC_CONTROL_MAX  8192
#define IPC_BATCH_MAX    64 /* requests that a link's buffer holds */
#define IPC_GATE_MAX     32 /* ends that a face gives ahead */

struct ipc_msg {
	enum ipc_type type;
	const uint8_t *bytes; /* borrowed until the next ipc_fill or ipc_control_recv */
	size_t len;
	int fd; /* control only: the receiver's to close; -1 without one */
};

/* One link. Owns fd. */
struct ipc;
struct ipc *ipc_new(int fd, enum ipc_role self, enum ipc_role peer)
	__attribute__((warn_unused_result));
void ipc_free(struct ipc *ipc);
int ipc_fd(const struct ipc *ipc);

/* Reads what is there, as far as the buffer goes. ERR_NET: the other side is gone. */
int ipc_fill(struct ipc *ipc) __attribute__((warn_unused_result));
/*
 * The next whole message: 1, 0 where there is none, or ERR_FORMAT where the bytes are not a
 * permitted message: drop the link.
 */
int ipc_next(struct ipc *ipc, struct ipc_msg *msg) __attribute__((warn_unused_result));
/* Starts again at the first message since the last ipc_fill: a batch that has to be run a second
 * time. */
void ipc_rewind(struct ipc *ipc);

/* Appends a message in up to three pieces; ERR_MEM only. Nothing is sent yet. */
struct ipc_piece {
	const void *bytes;
	size_t len;
};
int ipc_put(struct ipc *ipc, enum ipc_type type, const struct ipc_piece piece[], size_t cnt)
	__attribute__((warn_unused_result));
/*
 * Sends what the socket takes: 0 all was sent, 1 some bytes wait until the socket is writable,
 * ERR_NET.
 */
int ipc_flush(struct ipc *ipc) __attribute__((warn_unused_result));

/* The bytes that wait for the other side. */
size_t ipc_waiting(const struct ipc *ipc);
/* Takes back what was put since so many waited; nothing was flushed in between. */
void ipc_take_back(struct ipc *ipc, size_t waiting);

/* Control sockets. Blocking in the parent is avoided by MSG_DONTWAIT: ERR_BUSY. fd -1: none. */
int ipc_control_send(int sock, enum ipc_type type, const void *bytes, size_t len, int fd)
	__attribute__((warn_unused_result));
/*
 * 1 a message, 0 none is there, ERR_NET closed, ERR_FORMAT not a permitted message. buf has
 * IPC_CONTROL_MAX bytes.
 */
int ipc_control_recv(int sock, enum ipc_role self, enum ipc_role peer,
		     uint8_t buf[static IPC_CONTROL_MAX], struct ipc_msg *msg)
	__attribute__((warn_unused_result));
/* A connected pair for a link (big buffers) or for control; close-on-exec, non-blocking. */
int ipc_pair(int sv[2], bool control) __attribute__((warn_unused_result));
/* Is a message of this type and length allowed from `from` to `to`? */
bool ipc_allowed(enum ipc_type type, size_t len, enum ipc_role from, enum ipc_role to);
/* As it stands in the log. */
const char *ipc_role_name(enum ipc_role role);

static inline uint16_t
ipc_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline void
ipc_set16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline uint32_t
ipc_get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void
ipc_set32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint64_t
ipc_get64(const uint8_t *p)
{
	return (uint64_t)ipc_get32(p) | (uint64_t)ipc_get32(p + 4) << 32;
}

static inline void
ipc_set64(uint8_t *p, uint64_t v)
{
	ipc_set32(p, (uint32_t)v);
	ipc_set32(p + 4, (uint32_t)(v >> 32));
}

#endif
