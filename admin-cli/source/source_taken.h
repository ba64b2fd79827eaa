/*
 * Tips that staff typed and that the gateway does not have yet: one file of sealed frames each, in
 * the folder `taken` beside the gateway's conf. No key here opens them, and they show only what the
 * gateway sees anyway.
 *
 * They leave over a connection of their own, so that the gateway does not see them between the
 * requests of a member.
 */
#ifndef SOURCE_TAKEN_H
#define SOURCE_TAKEN_H

#include <jansson.h>

#include "admin-cli/source/source.h"

/* Keeps the frames of one tip. `plain`: a list of marks (file_wipe.h) of plain files that
 * are overwritten once the gateway has the tip. */
int source_taken_keep(struct session *ses, const struct source_frames *frames, const json_t *plain)
	__attribute__((warn_unused_result));
/* Sends all that wait; overwrites the plain files of each that the gateway has taken. *sent and
 * *left count the tips. What keeps one from being sent is warned of. */
int source_taken_send(struct session *ses, size_t *sent, size_t *left)
	__attribute__((warn_unused_result));

#endif
