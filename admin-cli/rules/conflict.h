/*
 * Conflicts of interest: which kinds there are, what members declare, and from whom a case is to be
 * hidden. Pure: the same tip, sheet and keys give the same list on every machine, so the two
 * members on duty reckon it each for himself and compare by signing.
 *
 * A hard kind always excludes. A soft one excludes while CONFLICT_QUORUM readers are left without
 * him. Beside those who are excluded for a reason, about one member in twenty is left out for none,
 * drawn from the tip's own file key and the seed of the rota. The seed is sealed to those on duty
 * and to the leads, so nobody else can tell the one from the other: not the server, not who is left
 * out, not who reads the tip. It counts only for tips that came after the day on which the rota was
 * put in force: whoever draws a rota up cannot choose whom the draw takes.
 */
#ifndef CONFLICT_H
#define CONFLICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/fold_state.h"

#define CONFLICT_DUTY    4     /* members whom a rota names: the pair and those who stand in */
#define CONFLICT_QUORUM  2     /* fewer readers than this: the case moves up */
#define CONFLICT_LEFT    3     /* the draw leaves at least so many */
#define CONFLICT_AHEAD   31    /* days: how far ahead a rota may reach, and how long it may be */
#define CONFLICT_SHARE   20    /* the draw takes one member in so many */
#define CONFLICT_KEY_LEN 16    /* of a file key */
#define CONFLICT_SEED    32    /* bytes: of a rota */
#define CONFLICT_NTH     65535 /* so many rotas can be counted */
#define CONFLICT_NAMES   16    /* of one operator group */

struct conflict_kind {
	const char *code, *name; /* N_() */
	bool soft;
};

/* Ended by a row without a code. */
extern const struct conflict_kind conflict_kind[];
const struct conflict_kind *conflict_find(const char *code);

/*
 * Whether the first entry of a book of the machine *conflict* says all that it needs; *until is its
 * last day. By "what": a conflict; a recusal (why a member took himself off a case); a standin (a
 * rota that is in force, for those who stand in); an off (to a member from whom a case is hidden
 * that he had); a group (the names by which one operator group is known).
 */
bool conflict_complete(const json_t *body, uint32_t *until);
/* Whether this member, who leads nothing, may write it: a standin, one of the pair that it names;
 * a group, nobody; the others, anybody. */
bool conflict_may_write(const json_t *body, const uint8_t handle[static 8]);
/* The same as conflict_complete() of a rota that is written on `day`: two different members on
 * duty, up to two who stand in for them. */
bool conflict_rota_fits(const json_t *body, uint32_t day, uint32_t *until);

/* The handles of those on duty by a rota, the pair first; how many, 0 where it is no rota. */
unsigned conflict_duty(uint8_t list[static CONFLICT_DUTY][8], const json_t *body);
/* The eight handles of a restrict body; false where it has no such list. */
bool conflict_list_read(uint8_t list[static FOLD_HIDDEN][8], const json_t *body);

/* Why a member is left out. */
enum conflict_cause {
	CONFLICT_NONE,    /* he may read it */
	CONFLICT_NAME,    /* the tip or whom it is kept from names him */
	CONFLICT_HARD,    /* he declared it: kind, word */
	CONFLICT_SOFT,    /* the same, and others are left */
	CONFLICT_BY_HAND, /* the pair says so */
	CONFLICT_RECUSED, /* he took himself off */
	CONFLICT_DRAWN    /* without a reason */
};

struct conflict_member {
	uint8_t handle[8];
	const char *name;
	bool pair;    /* on duty: he has read it already, so the draw leaves him alone */
	bool hidden;  /* by hand */
	bool recused; /* said so in the log */
	/* The result. */
	enum conflict_cause cause;
	const char *kind;    /* of CONFLICT_HARD and CONFLICT_SOFT; borrowed from the sheet */
	const char *word;    /* what was found; borrowed */
	const json_t *group; /* the names of the operator group through which; NULL: none */
};

struct conflict_case {
	const json_t *tip;   /* its body */
	const json_t *said;  /* what triage named: an object of texts; or NULL */
	const json_t *sheet; /* of the rota in force; or NULL */
	/* Names of operator groups: who declared one has a conflict with all of that group; or
	 * NULL. */
	const json_t *groups;
	const uint8_t *key;  /* the tip's file key, CONFLICT_KEY_LEN bytes */
	const uint8_t *seed; /* CONFLICT_SEED bytes; NULL: nobody is drawn */
};

/* Fills in the results, and returns how many are left as readers. */
size_t conflict_reckon(const struct conflict_case *c, struct conflict_member *m, size_t cnt);
/* Whether the draw takes this member in a case with this file key (FORMATS section 7, rota). */
bool conflict_drawn(const uint8_t seed[static CONFLICT_SEED],
		    const uint8_t key[static CONFLICT_KEY_LEN], const uint8_t handle[static 8]);
/* A cause in words, for gettext. */
const char *conflict_cause_text(enum conflict_cause cause);

#endif
