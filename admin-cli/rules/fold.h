/*
 * The fold: entries of a case or an order in, state out.
 *
 * It is a function of its input alone (entries, who is who, today), so two people who hold the
 * same entries see the same state. Every entry gets a verdict. What the rules forbid is kept and
 * shown as rejected with its reason, whoever put it there, and changes nothing. Moves by SYS are
 * never entries: they follow from state, the server's day and today.
 *
 * Order: each thread keeps its own; across the two threads the server's day decides, and within a
 * day what an author had before her ("after" in a body); what still stands side by side goes desk
 * first, so that what a source says counts later rather than not at all.
 */
#ifndef FOLD_H
#define FOLD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/machine.h"

#define FOLD_NONE SIZE_MAX

/* Why an entry was rejected; fold_reason_text() has the sentences. */
enum fold_reason {
	FOLD_FINE,
	FOLD_UNOPENED,  /* none of our keys opens it */
	FOLD_SIGNATURE, /* malformed, or its signature does not verify */
	FOLD_PLACE,     /* gateway, case id, thread or number are not those where it stands */
	FOLD_STRANGER,  /* its author is in no members note, or is not the source of this case */
	FOLD_FOREIGN,   /* its author's desk is none of this case's */
	FOLD_CHAIN,     /* prev or seen do not name what stands before it */
	FOLD_BODY,      /* its JSON breaks the format */
	FOLD_THREAD,    /* this type has no place in this thread */
	FOLD_FIRST,     /* a log begins with its tip or order, and holds one */
	FOLD_ROLE,      /* the author has not the role */
	FOLD_STATE,     /* no such move from this state */
	FOLD_TWO,       /* needs a second member: propose and cosign */
	FOLD_SAME,      /* the second signature is by the same member */
	FOLD_PROPOSAL,  /* names no open proposal */
	FOLD_OUTCOME,   /* the outcome does not lead to that state */
	FOLD_FLOOR,     /* severity below the floor of a hazard */
	FOLD_LOWER_S1,  /* lowering S1 takes two */
	FOLD_ABSTRACT,  /* names no accepted abstract of this case */
	FOLD_ANSWER,    /* this status cannot be said in this state */
	FOLD_GUARD,     /* + enum machine_guard: a guard of the move does not hold */
	FOLD_REASON__MAX = FOLD_GUARD + GUARD__MAX
};

enum fold_verdict { FOLD_ACCEPTED, FOLD_REJECTED, FOLD_NEWER, FOLD_DUPLICATE };

/* Who wrote an entry, as the members note in force then tells it. */
struct fold_person {
	uint8_t handle[8];
	uint16_t desk;
	int level;      /* of the desk */
	uint32_t roles; /* bits 1u << BY_… */
	bool related;   /* the desk is one of the case's */
};

struct fold_entry {
	uint16_t type;
	uint8_t thread;  /* 0 source, 1 desk */
	uint32_t number; /* its place in the thread */
	uint8_t hash[32], prev[32], seen[32];
	uint32_t day; /* the server's */
	bool by_source;
	struct fold_person who; /* where not by_source */
	const json_t *body;     /* borrowed; NULL where there is none */
	enum fold_reason fault; /* what opening it found */
	bool newer;             /* the body is of a newer version */
	/* Filled in by the fold. */
	enum fold_verdict verdict;
	enum fold_reason reason;
	int from, to; /* states before and after; equal where nothing moved */
	bool open;    /* an accepted proposal without its second signature */
};

/* What a case knows from elsewhere. */
struct fold_facts {
	unsigned leak_flags; /* open ones, on orders of the case */
	bool hold;           /* a legal hold stands */
	bool open_reward;
};

struct fold_input {
	enum machine_id machine;  /* MACHINE_TIP or MACHINE_ORDER */
	struct fold_entry *entry; /* in the order of each thread; threads in any mixture */
	size_t entry_cnt;
	uint32_t today; /* server day */
	struct fold_facts facts;
};

struct fold {
	enum machine_id machine;
	struct fold_facts facts;
	int state;
	uint32_t since; /* server day on which the state began */
	int severity;   /* 1 to 4; 0 not yet classified */
	char credibility[3];
	char outcome[16];
	char result[16];
	bool danger_now, acked, withdrawn, question;
	unsigned rechecks;
	uint32_t answered; /* day of the last move to answered, 0 none */
	struct {
		uint8_t handle[8];
		int level;
	} verifier[2]; /* who signed the last verification or answer to a recheck */
	unsigned verifier_cnt;
	bool closed; /* by two members */
	uint32_t closed_day;
	uint32_t date;        /* of an order: the day set */
	size_t tip, abstract; /* index of the accepted ones, the newest; FOLD_NONE */
	size_t forward;
	unsigned rejected, newer; /* how many entries */
	size_t *order;            /* entry indices in the order in which they count */
	size_t order_cnt;
};

/* Folds; verdicts are written into the entries. fold_free() the result. ERR_MEM. */
int fold_run(struct fold *out, struct fold_input *in) __attribute__((warn_unused_result));
void fold_free(struct fold *f);

/* Sets number, seen and prev of an entry that would stand behind these `cnt`: its place in its
 * thread, the hash of the last entry there, and of the last by its author. */
void fold_link(struct fold_entry *e, const struct fold_entry *entry, size_t cnt);

/* What the fold would say to one more entry at the end: FOLD_FINE or the reason. Changes nothing.
 */
enum fold_reason fold_try(const struct fold_input *in, const struct fold_entry *next);

/* Whether a case is as grave as life in danger: S1, or not yet classified and danger_now. */
bool fold_is_s1(const struct fold *f);
/* One sentence without a full stop, for gettext; and the word for programs ("role", "state",
 * "guard:not_s1"). */
const char *fold_reason_text(enum fold_reason reason);
const char *fold_reason_name(enum fold_reason reason);

/* A state, and an entry's type, in the words of the language in use; borrowed. The type's is NULL
 * where this davy does not know it. */
const char *fold_state_text(enum machine_id machine, const char *state);
const char *fold_type_text(uint16_t type);

#endif
