/*
 * A locked file that comes by an ordinary form, from a browser without scripts: the parser of its
 * body, and the pages that answer. The browser makes multipart/form-data (RFC 7578) of the page's
 * only field. The boundary is read from the body's first line and not from a header, so that a
 * proxy in front need not pass any.
 */
#ifndef SERVER_FORM_H
#define SERVER_FORM_H

#include "crypto/frame.h"

#include <stddef.h>
#include <stdint.h>

#define FORM_ROOM ((size_t)FRAME_LEN + 2048) /* a frame, and what a browser puts around it */
#define FORM_PAGE 3072                       /* each answer has this length */

/* FORM_TAKEN does not say whether the frame was stored, nor whether a case exists. */
enum form_answer { FORM_TAKEN, FORM_LATER, FORM_WRONG, FORM_ANSWER__MAX };

/* The frame of a body: points into it, or NULL where the body is not a form with one file that is a
 * frame which opens a case or adds to one. */
const uint8_t *form_frame(const uint8_t *body, size_t len) __attribute__((warn_unused_result));
/* Writes the page that answers; its way out is that of the worker's page, of which it takes the
 * first link of class "exit". */
void form_page(char out[static FORM_PAGE], enum form_answer what, const uint8_t *page, size_t len);

#endif
