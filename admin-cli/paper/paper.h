/*
 * davy-paper: makes a workbook (xlsx) or a page to print (PDF) of figures, a dossier to print, a
 * paper of a visit, a poster of the worker's page, or a locked file as codes. `davy` starts it as a
 * process of its own, so that no font, and nothing of the libraries that draw, is loaded where keys
 * are. It gets what is to be seen as JSON on standard input (of figures: after small counts were
 * hidden), and writes the file to standard output. It opens no file of the user and has no network.
 */
#ifndef PAPER_H
#define PAPER_H

#include <jansson.h>
#include <stddef.h>

/* Exit codes, which davy puts into words. */
enum paper_exit { PAPER_OK, PAPER_FAILED, PAPER_NO_FONT };

/* Write to standard output; return an enum paper_exit. */
int paper_xlsx(const json_t *sheet);
int paper_pdf(const json_t *sheet);
int paper_dossier(const json_t *dossier);
int paper_form(const json_t *form);
int paper_poster(const json_t *poster);
int paper_codes(const json_t *codes);

/* A text of an object; "" where there is none. Borrowed. */
const char *paper_text(const json_t *of, const char *name);
int paper_write(const void *buf, size_t len);

#endif
