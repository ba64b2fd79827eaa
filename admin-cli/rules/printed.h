/*
 * The papers of a visit and of what follows it, in Chinese: inspection plan and record,
 * instruction, decision, and the others of data/papers.json, which says of each what stands where.
 * Nothing is drawn here (davy-paper does that): a paper and the facts become blocks of plain text.
 *
 * A paper carries what data/papers.json names and nothing else: no id and no handle, not the
 * abstract, not what an order is for. Nobody can tell from a paper whether a tip stood behind a
 * visit: every visit has the same papers with the same fields, and a field without a value is a
 * line to fill by hand.
 */
#ifndef PRINTED_H
#define PRINTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "admin-cli/rules/fold_state.h"

/* In the place of a paper's name in a note: a photo of a visit, by its number behind this. */
#define PRINTED_PHOTO "photo "
#define PRINTED_SHARE "share " /* a layer, to others who go */

struct printed {
	const char *name;
	const char *of; /* "order" or "referral" */
	const char *title, *help;
	bool finding; /* of one finding, where one is asked for */
	bool agency;  /* of one agency */
	const char *body;
};

/* All of them; *cnt how many. */
const struct printed *printed_all(size_t *cnt);
/* NULL: there is no such paper. */
const struct printed *printed_find(const char *name);
/* In the language of the user. */
const char *printed_text(const struct printed *p);

/* What the entries of an order say, by the names that papers.json uses. `layer` are the bodies of
 * its layers, NULL where one is closed. New reference; NULL where memory ends. */
json_t *printed_order(const struct fold_input *in, const struct fold *f,
		      const json_t *const layer[FOLD_LAYERS]);
/* What the first entry of a referral says. */
json_t *printed_referral(const struct fold *f);
/* Keeps one finding, and what belongs to it; false: there is no such finding. */
bool printed_only(json_t *facts, unsigned k);
/* Keeps the part of one agency; false: the order has none for it. */
bool printed_agency(json_t *facts, const char *name);

/* Fills a paper: {"title","number","blocks":[…]} for davy-paper. New reference. */
json_t *printed_page(const struct printed *p, const json_t *facts);

#endif
