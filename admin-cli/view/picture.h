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

/* How many colours the terminal has. Where a terminal has pixels (sixel, kitty) they are not used:
 * what passes to it from a decoder are characters and colours, nothing that a terminal acts on. */
enum picture_colours { PICTURE_PLAIN, PICTURE_16, PICTURE_256, PICTURE_FULL };
/* By $TERM, $COLORTERM and $NO_COLOR. */
enum picture_colours picture_colours(void);

struct picture {
	const uint8_t *bytes;
	size_t len;
	int columns, rows;
	enum picture_colours colours;
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
