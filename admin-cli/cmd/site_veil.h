/* The edition of the page that sends every frame through a relay of single requests. */
#ifndef CMD_SITE_VEIL_H
#define CMD_SITE_VEIL_H

#include "crypto/card.h"

struct cli;

/* --card FILE, which has to be there. */
int site_card_take(struct cli *cli, struct card_gateway *out) __attribute__((warn_unused_result));
/* With --veil FILE: the key of this gateway's veil for the page, malloc'ed base64 in *out, which
 * stays NULL without. That page needs a relay: its address as an origin, and who runs it. */
int site_veil_take(struct cli *cli, const struct card_gateway *card, char **out)
	__attribute__((warn_unused_result));
/* A template that seals to a veil is one that the deployer asked for, and the other way about. */
int site_veil_check(struct cli *cli, const char *page) __attribute__((warn_unused_result));

/* Whether a page that was built seals to the key of --veil FILE. Without: a word, where it seals.
 */
int site_veil_verify(struct cli *cli, const uint8_t *page, size_t len)
	__attribute__((warn_unused_result));

#endif
