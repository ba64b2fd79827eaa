/* What submit.c, submit_outbox.c and submit_tray.c share; other files use submit.h. */
#ifndef SUBMIT_INNER_H
#define SUBMIT_INNER_H

#include "admin-cli/desk/submit.h"

/* submit_update() for both threads. */
int submit_refresh(struct session *ses, struct workspace_case *c, bool *offline)
	__attribute__((warn_unused_result));
/* submit_send(), which puts the entry into the outbox only where `may_queue`; p->sent stays. */
int submit_now(struct session *ses, struct workspace_case *c, struct submit *p, bool may_queue)
	__attribute__((warn_unused_result));

/* Seals an entry of the type p->type with this body at the end of its thread; *number is its place
 * there. */
int submit_seal(struct session *ses, const struct opened *d, const struct submit *p,
		const json_t *body, uint8_t *sealed, uint32_t *number)
	__attribute__((warn_unused_result));
/* Puts an entry of the desk thread that the gateway has taken into the workspace, as a fetch would,
 * where no other entry is missing before it. */
int submit_keep(struct session *ses, struct workspace_case *c, uint64_t minute, uint32_t number,
		const uint8_t *sealed) __attribute__((warn_unused_result));

/* The current keys of these desks, each once, the first of which must have one. Borrowed from the
 * trust. */
int submit_desk_set(struct session *ses, const struct trust *view,
		    const uint16_t want[static SEAL_CNT], struct seal_set *set)
	__attribute__((warn_unused_result));

/* Notes a reply that the gateway has taken: what she was told last, and its hour where it is held.
 */
void submit_told(struct session *ses, const struct workspace_case *c, const struct submit *p);

/* Records the refusal of an entry, with the hazard whose floor it breaks where that is the reason.
 */
int submit_refuse(struct session *ses, const struct opened *d, const json_t *body,
		  enum fold_reason reason);
/* Puts an entry into the outbox, or with `leaves` (a unix second) into the tray. */
int submit_queue(struct session *ses, const struct workspace_case *c, struct submit *p,
		 uint64_t leaves) __attribute__((warn_unused_result));
/* Whether this session lets it wait in the tray; and puts it there. */
bool submit_waits(const struct session *ses, const struct submit *p);
int submit_tray(struct session *ses, struct workspace_case *c, struct submit *p)
	__attribute__((warn_unused_result));

#endif
