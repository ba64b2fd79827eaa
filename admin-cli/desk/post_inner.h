/* What post.c and post_outbox.c share. */
#ifndef POST_INNER_H
#define POST_INNER_H

#include "admin-cli/desk/post.h"

/* Brings both threads up to date; *offline where the gateway does not answer (which is no failure). */
int post_refresh(struct cli *cli, struct workspace_case *c, bool *offline)
	__attribute__((warn_unused_result));
/* post_send with the choice of the outbox. */
int post_now(struct cli *cli, struct workspace_case *c, struct post *p, bool may_queue)
	__attribute__((warn_unused_result));

/* Records what a gateway's refusal means. */
int post_refused(struct cli *cli, uint8_t status);

#endif
