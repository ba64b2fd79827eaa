/* Removes the ASCII armor of an age file (C2SP age.md, "ASCII armor"), as a filter in front of
 * the parser. */
#ifndef CRYPTO_AGE_ARMOR_H
#define CRYPTO_AGE_ARMOR_H

#include "crypto/age_stream.h"

struct age_armor; /* about 4 KiB */

/* Wraps a source: age_armor_read() is then the read callback, with the armor as its arg. A
 * file that does not start with armor passes unchanged. NULL if there is no memory.
 * age_armor_read() returns ERR_ARMOR for broken armor, or the error of the source. */
struct age_armor *age_armor_new(struct age_source in);
int age_armor_read(void *armor, uint8_t *buf, size_t cap, size_t *got);
void age_armor_free(struct age_armor *armor);

#endif
