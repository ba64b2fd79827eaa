/* The terms of mine and works safety (data/taxonomy.json): codes with their names in Chinese and
 * English, and what the rules know of a code. */
#ifndef TAXONOMY_H
#define TAXONOMY_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/choose.h"

#define TAXONOMY_ENUMS
#include "taxonomy.inc"
#undef TAXONOMY_ENUMS

struct taxonomy_word {
	const char *code, *zh, *en;
	char route; /* of a hazard or tile: 'N' normal, 'C' city, 'S' sealed; else 0 */
	int floor;  /* of a hazard: the lowest severity allowed, 1 to 4; else 0 */
	const char *place, *issue; /* of a hazard: the usual ones; else NULL */
	const char *to;            /* of a triage outcome: the state it leads to; else NULL */
	int n;                     /* of a triage outcome: how many people it takes */
	const char *also;          /* further words by which it is found, or NULL */
};

/* The word of an axis with this code, or NULL. */
const struct taxonomy_word *taxonomy_find(enum taxonomy_axis axis, const char *code);
/* All words of an axis; *cnt = how many. */
const struct taxonomy_word *taxonomy_all(enum taxonomy_axis axis, size_t *cnt);
/* The name of an axis as in the file ("hazard"). */
const char *taxonomy_axis_name(enum taxonomy_axis axis);
/* Its name in the language of the user. */
const char *taxonomy_name(const struct taxonomy_word *word);
/* Whether the user's language is Chinese. */
bool taxonomy_chinese(void);
/* The lowest severity (1 to 4) that a list of hazard codes allows; 4 where none is known. */
int taxonomy_floor(const char *const *codes, size_t cnt);
/* Whether only the integrity desk may handle this hazard: misconduct of officials. */
bool taxonomy_sealed(const char *hazard);
/* The route that a tip takes whose tile has this code ("3"): normal where the tile is unknown. */
enum choose_route taxonomy_route(const char *tile);

#endif
