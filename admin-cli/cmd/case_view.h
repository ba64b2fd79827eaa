/* A clean copy of an attachment as text: what davy case view and davy ui show. */
#ifndef CASE_VIEW_H
#define CASE_VIEW_H

#include <stdint.h>

#include "admin-cli/view/picture.h"

struct cli;

/* Of attachment n of the opened case. p says how; its bytes are filled in. *text is the caller's to
 * wipe and free. */
int case_view_text(struct cli *cli, uint32_t n, struct picture *p, char **text)
	__attribute__((warn_unused_result));

#endif
