/* What submit.c and submit_outbox.c share. */
#ifndef SUBMIT_INNER_H
#define SUBMIT_INNER_H

#include "admin-cli/desk/submit.h"

/* Brings both threads up to date; *offline where the gateway does not answer (which is no failure).
 */
int submit_refresh(struct session *ses, struct workspace_case *c, bool *offline)
	__attribute__((warn_unused_result));
/* submit_send with the choice of the outbox. */
int submit_now(struct session *ses, struct workspace_case *c, struct submit *p, bool may_queue)
	__attribute__((warn_unused_result));

#endif
