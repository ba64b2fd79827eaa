/* What submit.c and submit_outbox.c share; other files use submit.h. */
#ifndef SUBMIT_INNER_H
#define SUBMIT_INNER_H

#include "admin-cli/desk/submit.h"

/* submit_update() for both threads. */
int submit_refresh(struct session *ses, struct workspace_case *c, bool *offline)
	__attribute__((warn_unused_result));
/* submit_send(), which puts the entry into the outbox only where `may_queue`; p->sent stays. */
int submit_now(struct session *ses, struct workspace_case *c, struct submit *p, bool may_queue)
	__attribute__((warn_unused_result));

#endif
