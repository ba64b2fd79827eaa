/* Reading the PEM armor of age (C2SP age.md, "ASCII armor"), as a filter before the parser. */
#ifndef CRYPTO_AGE_ARMOR_H
#define CRYPTO_AGE_ARMOR_H

#include "crypto/age_stream.h"

struct age_armor; /* about 4 KiB */

/* Wraps a source: age_armor_read() is then the read callback, with the armor as its arg.
 * What follows the begin line decides: a file that does not start with armor passes
 * unchanged. NULL if memory is short. */
struct age_armor *age_armor_new(struct age_source in);
int age_armor_read(void *armor, uint8_t *buf, size_t cap, size_t *got);
void age_armor_free(struct age_armor *armor);

#endif
