/* Words for the SHA-256 of a page, which two people can compare by reading them out. */
#ifndef SITE_WORDS_H
#define SITE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define SITE_WORDS     10 /* of six bits each */
#define SITE_WORDS_CAP 96

void site_words(char out[static SITE_WORDS_CAP], const uint8_t hash[static 32], bool zh);

#endif
