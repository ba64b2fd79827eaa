/*
 * Shows an attachment as text: a picture drawn with the characters of the terminal, the words of a
 * paper or a picture of its page. Only what the decoder drew leaves the sandbox (cage.h), and of
 * that only characters and colours: the copy is clean of whatever else the file carries.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

struct picture {
	const uint8_t *bytes;
	size_t len;
	int columns, rows;
	bool colour;
	bool drawn;    /* a paper is drawn, although it has words */
	unsigned page; /* of a paper, from 1 */
};

/* What the bytes are by their beginning, whatever the source called them: "picture", "paper",
 * "sound", or NULL. */
const char *picture_kind(const uint8_t *bytes, size_t len);
/* *out is the caller's to wipe and free. Colours are the only escape sequences in it. */
int picture_text(struct session *ses, const struct picture *p, char **out)
	__attribute__((warn_unused_result));

#endif
