/*
 * The types of entries, one row for each: who may write it and where, which frame carries it, what
 * its body holds, what it does to a case or an order, and what people read for it.
 *
 * A new type needs its number and name in crypto/entry.{h,c}, its row here with the fields of its
 * body, its rule in fold_rule.c where no rule there fits, and the Chinese of its label. Reading,
 * checking, folding, sending and showing follow from the row.
 */
#ifndef ENTRY_TYPE_H
#define ENTRY_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/fold_state.h"
#include "admin-cli/rules/taxonomy.h"

#define ENTRY_ANYBODY UINT32_MAX /* roles: whoever is a member */

/* What a member of a body may be. */
enum entry_field_kind {
	FIELD_NUMBER,      /* a whole number from 0 to max */
	FIELD_BOOL,        /* true or false */
	FIELD_TEXT,        /* at most max bytes */
	FIELD_CODE,        /* a code of the axis */
	FIELD_CODES,       /* a list of at most max codes of the axis */
	FIELD_WORDS,       /* a list of at most max texts: the codes of a source are not checked */
	FIELD_HEX,         /* max bytes, in hex */
	FIELD_IDS,         /* a list of at most max ids of cases, in hex */
	FIELD_DAY,         /* "2026-12-01" */
	FIELD_COUNTY,      /* six digits, or empty */
	FIELD_CREDIBILITY, /* nearness A B C X and fit 1 to 4 ("B2"), or empty */
	FIELD_MEDIA,       /* a list of at most max attachments */
	FIELD_INNER        /* the body of the proposed entry, whose type is in "type" */
};

struct entry_field {
	const char *name;
	enum entry_field_kind kind;
	bool needed;
	unsigned max;
	enum taxonomy_axis axis;
};

struct entry_type {
	uint16_t no;       /* enum entry_no of crypto/entry.h */
	const char *name;  /* the same as in crypto's registry */
	const char *label; /* N_() */
	/* What follows is empty for a type that this version can only show. */
	uint32_t machines; /* bits 1u << MACHINE_…: the logs in which it has a place */
	uint8_t thread;    /* FRAME_SOURCE or FRAME_DESK; FRAME_PARTS: no entry of the fold */
	uint8_t op;        /* of the frame that carries it */
	bool by_source;    /* written by the source, else by a member */
	bool proposable;   /* may stand inside a propose */
	uint32_t roles;    /* bits 1u << BY_…: everyone who signs needs one of them */
	unsigned persons;  /* how many members must sign; a move of the machine may want more */
	const struct entry_field *schema; /* ended by {0} */
	/* What the fields cannot say of a body: 0, or ERR_FORMAT with the reason in `why`
	 * (SCHEMA_WHY_CAP). `json` are the bytes as they are signed. NULL: nothing. */
	int (*form)(const json_t *body, const char *json, size_t len, char *why);
	enum fold_reason (*apply)(struct fold_run *run, const struct fold_move *how);
};

/* All rows, by number; ended by a row whose number is 0. */
extern const struct entry_type entry_type[];

/* The row of a type; NULL where this version has none. */
const struct entry_type *entry_type_find(uint16_t no);
const struct entry_type *entry_type_by_name(const char *name);

#endif
