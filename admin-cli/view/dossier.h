/* The dossier of an opened case: what is printed of it, and its sealed originals as a tar. */
#ifndef DOSSIER_H
#define DOSSIER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli;
struct opened;

/* Lines for davy-paper. Of the source's entries only that they came, unless `with_tip`. The caller
 * drops the reference. A failure is recorded. */
int dossier_page(struct cli *cli, const struct opened *d, bool with_tip, json_t **out)
	__attribute__((warn_unused_result));
/* The sealed bytes of each entry, and proofs.json: place, day, hash and the source's signature. The
 * caller frees *out. A failure is recorded. */
int dossier_tar(struct cli *cli, const struct opened *d, uint8_t **out, size_t *len)
	__attribute__((warn_unused_result));
/* A file made by davy-paper, for its owner only. A failure is recorded. */
int paper_make(struct cli *cli, const json_t *what, const char *form, const char *path)
	__attribute__((warn_unused_result));

#endif
