/*
 * Inside of the vault's loop: the links to the faces and the batch that is being served. Only
 * vault.c, vault_link.c and vault_batch.c include this.
 */
#ifndef SERVER_VAULT_LOOP_H
#define SERVER_VAULT_LOOP_H

#include "server/base/ipc.h"
#include "server/base/puzzle.h"
#include "server/vault/answer.h"
#include "server/vault/vault.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_MAX (2 * CONF_FACE_MAX)
/*
 * A face that does not take its answers is not read from while so many bytes wait for it, and cut
 * off above the second number, which no face can reach that was not read from.
 */
#define LINK_DEAF (4u << 20)
#define LINK_CUT  (16u << 20)

struct link {
	struct vault_loop *loop;
	struct ipc *ipc; /* NULL: free */
	struct event *read, *write;
	bool filled;    /* holds messages for the next batch */
	bool deaf;      /* is not read from, and has missed news */
	unsigned tiles; /* that this batch gives it */
	size_t waiting; /* bytes for its face when the batch began */
};

/* An answer that waits for the commit. */
struct pending {
	struct link *link;
	struct answer a;
	uint8_t class; /* enum puzzle_class */
	bool let;      /* through the lottery */
};

struct vault_loop {
	struct vault *v;
	int sock;
	struct event_base *base;
	struct event *batch, *control, *tick, *idle;
	struct link link[LINK_MAX];
	struct pending *pending;
	size_t pending_cnt, pending_cap;
	struct vault_backup *backup;
	/*
	 * FRAME_BODY_LEN bytes each, kept for the next batch; as many as the links hold requests at
	 * once. Refusals need none.
	 */
	uint8_t *body[LINK_MAX * IPC_BATCH_MAX];
	size_t body_cnt;
	bool padded; /* this batch has written something */
	bool stop;
};

/* vault_link.c: takes a new link; fd: transferred. */
void link_add(struct vault_loop *loop, int fd);
void link_drop(struct link *l);
/* Reads from the link again, unless too much waits for its face. */
void link_listen(struct link *l);
/* Sends what the link holds, the rest when its face reads again. */
void link_flush(struct link *l);
/* Gives one thing to all links and sends it: link_push_puzzle or link_push_bundle. */
void link_push_all(struct vault_loop *loop, void (*push)(struct link *l));
void link_push_puzzle(struct link *l);
void link_push_bundle(struct link *l);

/* vault_batch.c: serves all requests that the links hold, in one transaction. 0 when it is on disk;
 * a failure of the store ends the vault. */
int batch_commit(struct vault_loop *loop) __attribute__((warn_unused_result));
/* Signs and sends the answers, and listens to the links again. */
void batch_answer(struct vault_loop *loop);

#endif
