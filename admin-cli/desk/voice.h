/*
 * A desk says in its own name that it has opened a case (FORMATS §8, statement), so that the source
 * sees which desks read her tip.
 */
#ifndef VOICE_H
#define VOICE_H

#include "admin-cli/desk/opened.h"

struct session;

/* The voice key of that desk's current epoch. *have is false where this home has no secret of it;
 * otherwise the caller wipes *out. */
int voice_key(struct session *ses, uint16_t desk, uint32_t day, struct key_sign *out,
	      uint32_t *epoch, bool *have) __attribute__((warn_unused_result));
/*
 * Signs the statement with the voice key of our desk's current epoch and sends it. *said is false
 * where this home has no such key. Refused where nobody has acknowledged the case yet.
 */
int voice_say(struct session *ses, const struct opened *d, bool *said)
	__attribute__((warn_unused_result));

#endif
