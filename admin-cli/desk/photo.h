/*
 * Photos of a visit: attachments of the order's log, sealed to its desks, and an entry that says
 * which picture lies there (FORMATS §7, §17). The parts go first, so that no entry names a picture
 * that is not whole.
 */
#ifndef PHOTO_H
#define PHOTO_H

#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"

struct opened;
struct session;

struct photo {
	const uint8_t *bytes; /* a cleaned JPEG */
	size_t len;
	unsigned k;          /* of this finding; 0: of none */
	uint8_t picture[32]; /* the result: its SHA-256 */
};

/* Sends it, then writes the entry. Without a network nothing is kept: DAVY_AGAIN. */
int photo_send(struct session *ses, struct workspace_case *c, const struct opened *d,
	       struct photo *p) __attribute__((warn_unused_result));

#endif
