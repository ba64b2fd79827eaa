/*
 * A triage under construction: the fields in the order in which a person is asked, what each may
 * hold, what is missing or wrong, what the case would come to (floor, start level, excluded
 * offices, priority), which outcomes are possible, and the entries that must be written for the one
 * chosen.
 *
 * Every face fills the same draft: `davy case triage`, `davy triage` and `davy ui`. What is
 * possible is not decided here: the draft asks the fold. No terminal, no network, no file; the
 * sentences are in the language of the user.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/fold_state.h"
#include "admin-cli/rules/taxonomy.h"

#define DRAFT_WHY_CAP 400
#define DRAFT_LIKES   4

/* The fields: first those of the classification (enum class_member), then those of the decision. */
enum draft_field {
	DRAFT_OUTCOME = CLASS__MAX,
	DRAFT_QUESTION, /* to the source, with NEED_INFO */
	DRAFT_INTO,     /* the other case of MERGE and LINK */
	DRAFT_TARGET,   /* who takes a referred matter over; where an out-of-scope tip could go */
	DRAFT_VOICE,    /* handed over by voice: a referred S1 */
	DRAFT_TEXT,     /* the reason in words */
	DRAFT__MAX
};

enum draft_kind {
	DRAFT_ONE,    /* one word of the axis */
	DRAFT_MANY,   /* at most max words of the axis */
	DRAFT_MARK,   /* credibility: nearness and fit, "B2" */
	DRAFT_NUMBER, /* 0 to max */
	DRAFT_YES,    /* yes or no */
	DRAFT_WORDS,  /* free text of at most max bytes */
	DRAFT_CASE,   /* the id of a case, 32 hex digits */
	DRAFT_CASES   /* at most max ids */
};

struct draft_info {
	const char *name;  /* as in the body and in an answer file */
	const char *label; /* N_() */
	const char *help;  /* N_(): what is asked, one sentence */
	enum draft_kind kind;
	enum taxonomy_axis axis; /* TAXONOMY__MAX: none */
	unsigned max;
};

extern const struct draft_info draft_info[DRAFT__MAX];
/* The fields in the order of asking; DRAFT__MAX of them, each once. */
extern const uint8_t draft_order[DRAFT__MAX];

/* What this home knows of the other case of a MERGE or LINK. */
struct draft_other {
	bool here; /* it is in the workspace; else nothing below counts */
	uint16_t desk;
	char state[24];
	int severity;    /* 0: not classified */
	int start;       /* the level at which it starts; 0: it cannot be opened here */
	bool named;      /* and the offices below are kept out of it */
	char title[192]; /* the first words of its tip, harmless on a terminal */
};

/* The case and who decides; all borrowed for the life of the draft. */
struct draft_case {
	const struct fold_input *in;
	const struct fold *fold;
	const json_t *tip; /* body of the tip, or NULL */
	uint8_t id[16];
	uint16_t desk; /* at which the case lies */
	struct fold_person me;
	/* Cases of this desk that may be the same matter or site (rules/like.h), the best first;
	 * those that take a merge before the others. */
	struct draft_like {
		char id[33];
		bool same; /* perhaps the same matter, else the same site */
		struct draft_other other;
		json_t *said; /* its classification, member by name, or NULL; the draft frees it */
	} like[DRAFT_LIKES];
	size_t like_cnt;
};

struct draft;

struct draft *draft_new(const struct draft_case *c);
void draft_free(struct draft *d);

/* The field of a name; DRAFT__MAX: there is none. */
unsigned draft_field(const char *name);
/* Whether the field has a place in this draft now, by what the others say. */
bool draft_asks(const struct draft *d, unsigned field);
/* Whether a whole triage with the chosen outcome has it. */
bool draft_needs(const struct draft *d, unsigned field);
/* The value: of the draft, else of the case; borrowed; NULL: nobody has said. */
const json_t *draft_get(const struct draft *d, unsigned field);
/* The same in words; "" where there is none. Freed by the caller. */
char *draft_text(const struct draft *d, unsigned field);
/* What the tip itself suggests for the field; for the other case the one that it is most like; for
 * a merge what that case says. New reference, or NULL. Nothing is filled in by it. */
json_t *draft_suggestion(const struct draft *d, unsigned field);
/* Fills in what is suggested for every field that has a place and no value yet. */
void draft_take(struct draft *d);
/* What a person typed for a field, as a body has it: new reference; NULL with the sentence why it
 * is not understood. */
json_t *draft_read(unsigned field, const char *text, char why[static DRAFT_WHY_CAP]);
/* Fills in what a person typed: codes or words, several separated by commas; "-" takes the draft's
 * value back. False with the sentence why it is not understood, and the choices where several fit.
 */
bool draft_set(struct draft *d, unsigned field, const char *text, char why[static DRAFT_WHY_CAP]);
/* Fills in a value as a body has it. */
bool draft_put(struct draft *d, unsigned field, const json_t *value,
	       char why[static DRAFT_WHY_CAP]);
/* The cases that are like this one. */
const struct draft_like *draft_likes(const struct draft *d, size_t *cnt);
/* States in which another case still leads somewhere, so that it takes a merge. */
bool draft_lives(const char *state);
/* What this home knows of the case in DRAFT_INTO, and its classification (NULL: none), which is
 * taken over. */
void draft_other(struct draft *d, const struct draft_other *other, json_t *said);

/* The words of an axis that fit: by code, by a name in either language, by a further word; the best
 * first. Returns how many, at most max. */
size_t draft_find(enum taxonomy_axis axis, const char *query, const struct taxonomy_word **hit,
		  size_t max);

/* All that was filled in, as one object of members by name: what an answer file holds and what is
 * kept for later. draft_load() stops at the first member that it does not accept. */
json_t *draft_save(const struct draft *d);
bool draft_load(struct draft *d, const json_t *saved, char why[static DRAFT_WHY_CAP]);

enum draft_mark {
	DRAFT_MISSING, /* the outcome cannot go without this field */
	DRAFT_WANTED,  /* a whole triage has it; a correction can add it */
	DRAFT_WRONG,   /* it cannot go like this */
	DRAFT_TWO,     /* it goes, as a proposal that another member signs */
	DRAFT_NOTE     /* something to know before it goes */
};

struct draft_problem {
	enum draft_mark mark;
	unsigned field; /* DRAFT__MAX: the whole */
	char text[DRAFT_WHY_CAP];
};

#define DRAFT_PROBLEMS 24

/* What there is to say, in the order of asking. Returns how many. */
size_t draft_problems(const struct draft *d, struct draft_problem out[static DRAFT_PROBLEMS]);

/* The case as the draft classifies it, for class.h, level.h and priority.h; borrowed. */
const struct fold *draft_fold(const struct draft *d);
/* Floor, start level, excluded offices and priority, each with its reasons: one line each, for
 * people; and as an object for programs. Freed by the caller, or a new reference. */
char *draft_why_floor(const struct draft *d);
char *draft_why_level(const struct draft *d);
char *draft_why_priority(const struct draft *d);
json_t *draft_computed(const struct draft *d);

/* Whether an outcome can be chosen now, if what it asks for is filled in. */
struct draft_outcome {
	const struct taxonomy_word *word;
	unsigned persons;     /* 1 or 2; 0: not possible */
	enum fold_reason why; /* why it is not possible, or why one person is not enough */
};
/* All outcomes, in the order of the taxonomy. Returns how many. */
#define DRAFT_OUTCOMES 16
size_t draft_outcomes(const struct draft *d, struct draft_outcome out[static DRAFT_OUTCOMES]);

/* The entries to write, in this order. */
struct draft_step {
	uint16_t type; /* ENTRY_REPLY, ENTRY_TRIAGE or ENTRY_PROPOSE */
	json_t *body;
	/* The decision names the step before it: put the hex of that entry's hash into this member
	 * of `body` (of the proposed body where it is a propose); NULL: nothing. */
	const char *names;
};

struct draft_plan {
	struct draft_step step[2];
	unsigned cnt;
	unsigned persons; /* 2: the last step is a proposal */
	bool duty;        /* the duty is called once it is written */
	bool refer;       /* a referral is opened first; its id goes into "into" of the decision */
	bool source_told; /* where the matter goes is told to the source once it is written */
};

/* Makes the plan of a draft without a MISSING or WRONG problem, where `whole` without a WANTED one;
 * false with the sentence else. */
bool draft_plan(const struct draft *d, bool whole, struct draft_plan *out,
		char why[static DRAFT_WHY_CAP]);
void draft_plan_free(struct draft_plan *p);

#endif
