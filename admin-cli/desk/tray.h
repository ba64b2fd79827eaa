/*
 * The tray: what was written leaves after some seconds, so that it can be undone. It is the outbox
 * of the workspace (struct workspace_out): an item with `leaves` lies in the tray, one without was
 * written without a network and leaves with the next sync. After a crash the items are still there.
 *
 * A session with `tray` set puts there what submit_send() is given, once the fold has allowed it.
 * What must be known at once is not put there: struct submit.now, a cosignature and a forward,
 * which open an order in the same breath.
 *
 * Replies that the gateway holds until their hour stand beside the tray: it is remembered here
 * which ones this home sent, since nobody can ask the gateway.
 */
#ifndef TRAY_H
#define TRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"

#define TRAY_SECONDS 10

struct session;
struct submit;

/* Sends what lies in the tray and is due at `now` (unix seconds); of other cases than `stay` (an
 * id; NULL: of all) also what is not due yet, where `hurry`. What cannot be sent for want of a
 * network becomes offline work; what is refused stays with its sentence, and so does what the same
 * command wrote after it. *sent and *failed count. A failure is one of the workspace. */
int tray_run(struct session *ses, uint64_t now, bool hurry, const uint8_t *stay, size_t *sent,
	     size_t *failed) __attribute__((warn_unused_result));
/* Gives what lies in the tray its full time again: after a crash or a lock nothing leaves before
 * somebody could see it. */
int tray_rest(struct session *ses, uint64_t now) __attribute__((warn_unused_result));
/* Whether it leaves with the post or in a round (desk/beat.h), and not by itself. */
bool tray_beat(const struct workspace_out *o);
/* Drops what the last command put into the tray; *cnt = how many items, 0 where the tray is empty.
 */
int tray_undo(struct session *ses, size_t *cnt) __attribute__((warn_unused_result));
/* Drops one item, or lets it leave at once. */
int tray_drop(struct session *ses, uint64_t seq) __attribute__((warn_unused_result));
int tray_hurry(struct session *ses, uint64_t seq) __attribute__((warn_unused_result));

/* A reply that the gateway holds. */
struct tray_held {
	uint8_t id[16];
	uint32_t hour; /* at which the source can see it */
	char *json;    /* the body */
};

/* Remembers one; submit.c calls it when the gateway has taken a reply. A failure is only a warning:
 * the reply is on its way. */
void tray_held_note(struct session *ses, const uint8_t id[static 16], uint32_t hour,
		    const char *json);
/* Those whose hour is after `hour`, the earliest first; drops the others. */
int tray_held_list(struct session *ses, uint32_t hour, struct tray_held **list, size_t *cnt)
	__attribute__((warn_unused_result));
void tray_held_free(struct tray_held *list, size_t cnt);

/* Whether the source of this case would see a reply of that hour only after its answer clock has
 * run out. */
bool tray_misses(struct session *ses, const uint8_t id[static 16], uint32_t hour);

#endif
