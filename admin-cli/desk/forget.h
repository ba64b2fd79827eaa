/*
 * Forgetting a case: everything that this home holds of it goes.
 *
 * A member who takes himself off does it at once. Where two hide a case from a member who had read
 * it, the one who signs second writes him a note, sealed to him and his lead. His davy forgets the
 * case where both say so, that note and the gateway: the gateway alone can make no desk forget what
 * it has, and a member alone cannot make a colleague forget a case that the gateway shows him.
 */
#ifndef FORGET_H
#define FORGET_H

#include <stdint.h>

struct readers;
struct session;
struct trust;
struct workspace_case;

/* Removes all that this home holds of a case: its bytes, what was opened, drafts, suggestions,
 * figures, attachments and what waits to be sent. A failure is recorded. */
int forget_case(struct session *ses, const uint8_t id[static 16])
	__attribute__((warn_unused_result));
/* Notes, before the second signature leaves, who is to be told of it: forget_tell() does. */
int forget_owe(struct session *ses, const uint8_t id[static 16], const struct readers *r)
	__attribute__((warn_unused_result));
/* Writes that note to each who had read a case and whom its log now hides it from; also after a
 * machine died before it could. A failure is recorded. */
int forget_tell(struct session *ses) __attribute__((warn_unused_result));
/* sync_hooks.listed: forgets the cases of which such a note and the gateway say so. */
int forget_hidden(struct session *ses, const struct trust *view)
	__attribute__((warn_unused_result));

#endif
