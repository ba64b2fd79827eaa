/*
 * `davyd backup` while the vault serves: copies some pages each turn of the loop into a descriptor
 * that the operator opened.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/loop.h"

#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

#define PAGES_A_TURN 16
#define TURN_US      1000
#define FORGOTTEN_MS                                                                               \
	15000 /* no operator has asked for progress for so long: `davyd backup` has ended */

struct vault_backup {
	struct vault *v;
	struct event *turn;
	struct store_backup *copy; /* NULL: none runs */
	int fd;
	uint64_t asked;
	bool done;
	int err; /* of the last one */
};

static void
backup_end(struct vault_backup *b, int err)
{
	store_backup_free(b->copy);
	b->copy = NULL;
	event_del(b->turn);
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
	b->done = !err;
	b->err = err;
	if (err)
		log_warn("event=backup-failed why=\"%s\"", err_text(err));
	else
		log_info("event=backup-copied");
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval pause = { 0, TURN_US };
	struct vault_backup *b = arg;
	(void)fd;
	(void)what;
	int rc = clock_mono_ms() - b->asked > FORGOTTEN_MS
			 ? ERR_NET
			 : store_backup_step(b->copy, PAGES_A_TURN);
	if (rc > 0)
		loop_add(b->turn, &pause);
	else
		backup_end(b, rc);
}

struct vault_backup *
vault_backup_new(struct vault *v, struct event_base *base)
{
	struct vault_backup *b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	b->v = v;
	b->fd = -1;
	b->turn = event_new(base, -1, 0, on_turn, b);
	if (b->turn)
		return b;
	free(b);
	return NULL;
}

size_t
vault_backup_start(struct vault_backup *b, int fd, char *dst, size_t cap)
{
	static const struct timeval at_once = { 0, 0 };
	if (b->copy) {
		close(fd);
		return (size_t)snprintf(dst, cap, "backup failed: another one runs\n");
	}
	b->fd = fd;
	b->asked = clock_mono_ms();
	b->done = false;
	int err = store_backup_begin(&b->copy, b->v->store, fd);
	if (err) {
		backup_end(b, err);
	} else {
		log_info("event=backup-start");
		loop_add(b->turn, &at_once);
	}
	return vault_backup_ask(b, dst, cap);
}

size_t
vault_backup_ask(struct vault_backup *b, char *dst, size_t cap)
{
	unsigned total, left;
	int n;
	b->asked = clock_mono_ms();
	if (b->copy) {
		left = store_backup_left(b->copy, &total);
		n = snprintf(dst, cap, "backup running, %u of %u pages\n", total - left, total);
	} else if (b->err) {
		n = snprintf(dst, cap, "backup failed: %s\n", err_text(b->err));
	} else {
		n = snprintf(dst, cap, "%s\n", b->done ? "backup done" : "backup none");
	}
	return n < 0 ? 0 : (size_t)n;
}

size_t
vault_backup_kept(struct vault_backup *b, bool whole, char *dst, size_t cap)
{
	int err = whole ? vault_history_backup(b->v) : 0;
	if (whole)
		log_info("event=backup-done");
	else
		log_warn(
			"event=backup-refused text=\"davyd backup found that the copy is not whole: run davyd "
			"check, and look at both disks\"");
	int n = snprintf(dst, cap, "%s\n", err ? err_text(err) : "noted");
	return n < 0 ? 0 : (size_t)n;
}

void
vault_backup_stop(struct vault_backup *b)
{
	if (b->copy)
		backup_end(b, ERR_NET);
}
