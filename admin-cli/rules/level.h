/*
 * How far up a matter starts, and which desks may get it: the source named an office, or the kind
 * of danger shows that a level is involved. The abstract of a case carries the level, the offices
 * and the county, so that whoever receives it can check them too.
 */
#ifndef LEVEL_H
#define LEVEL_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/rules/fold_state.h"

/* Why a case starts as high as it does. */
enum level_why {
	LEVEL_TILE,   /* the kind of danger that the source chose */
	LEVEL_HAZARD, /* a hazard's route */
	LEVEL_KEEP,   /* an office that the source keeps it from; the one above is skipped, too */
	LEVEL_NAMED,  /* the highest post that the tip names; the same */
	LEVEL_REGULATOR, /* no regulator is responsible and none is named to lead: one up */
	LEVEL_AGAIN,     /* the matter came back: one up */
	LEVEL_OTHER      /* the tip is merged: it goes on where that case does */
};

struct level_reason {
	enum level_why why;
	char code[9]; /* of the tile, hazard, office or case */
	int level;    /* 1 to 4, to which it raises the case */
};

#define LEVEL_REASONS 16

/* What raises a case above the lowest level; *level = 1 to 4, where it starts. `hazard`: further
 * codes, or NULL; `tip` may be NULL. Returns how many reasons. */
unsigned level_explain(struct level_reason out[static LEVEL_REASONS], int *level,
		       const struct fold *f, const json_t *tip, const json_t *hazard);
/* The level alone. */
int level_start(const struct fold *f, const json_t *tip, const json_t *hazard);
/* The offices that may not get it, as a list of "L0" to "L3": where a post is named, or the source
 * keeps it from an office of the ladder, every level below the start. New reference. */
json_t *level_excluded(const struct fold *f, const json_t *tip);
/* Whether an office of the ladder is kept out: the source names one, or the case does. */
bool level_named(const struct fold *f, const json_t *tip);
/* "L0" to below this level, as a list. New reference. */
json_t *level_below(int level);
/* Whether an abstract says at least that level, and excludes whom the tip excludes. */
bool level_kept(const struct fold *f, const json_t *tip, const json_t *abstract);
/* Whether a desk of this area covers the county, "" if unknown. */
bool level_covers(const char *area, const char *county);
/* Whether a desk of this level and area may get it. */
bool level_allows(const json_t *abstract, int level, const char *area);

#endif
