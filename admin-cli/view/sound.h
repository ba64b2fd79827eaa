/*
 * A voice note (FORMATS §22), made into an Ogg file that any player reads. The note is not decoded
 * here: its packets are counted and measured by the rules of RFC 6716 §3, each byte of the note
 * must have its place, and the Ogg file gets heads of our own, which are the same for everybody.
 */
#ifndef SOUND_H
#define SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOUND_LEN  65528
#define SOUND_TYPE "audio/opus" /* what a page says of it */

struct session;

/* Whether the bytes begin as a voice note does. */
bool sound_is(const uint8_t *bytes, size_t len);
/* How many samples (48,000 a second) a packet of Opus has; 0 where it is none, or has padding, in
 * which anything could stand. */
unsigned sound_samples(const uint8_t *packet, size_t len);
/* *out is the caller's to wipe and free. `samples` may be NULL. A failure is recorded. */
int sound_ogg(struct session *ses, const uint8_t *bytes, size_t len, uint8_t **out, size_t *out_len,
	      uint32_t *samples) __attribute__((warn_unused_result));

#endif
