/*
 * The rules of books: what a referral must have before it may be opened, which desk may open it,
 * and by when each of its steps is due.
 *
 * A referral hands a matter to another office and follows it there: to the office that is competent
 * (REFER), or to those who hold people to account (TALK to XFER_JUD). None of them ends without an
 * outcome that two members sign. It names posts, not only persons.
 */
#ifndef BOOK_H
#define BOOK_H

#include "admin-cli/rules/fold_state.h"

struct book_word {
	const char *code, *name; /* N_() */
};

/* Each ended by a row without a code. */
extern const struct book_word book_kind[];   /* TALK … XFER_JUD, PACKET, ACCIDENT, TOLD,
					      * REFER */
extern const struct book_word book_reason[]; /* NO_DUTY … */
extern const struct book_word book_tier[];   /* ENT REG LEAD */
/* The kind with which a desk is told of an accident that another has declared. */
#define BOOK_TOLD "TOLD"
/* What a code of these three means, for gettext; NULL where it is none. */
const char *book_code_text(const char *code);
/* The row with this code, or NULL. */
const struct book_word *book_find(const struct book_word *list, const char *code);

/* Which book begins with an entry of this type and body. */
enum machine_id book_machine(uint16_t type, const json_t *body);

/* The kinds of books, in the order in which they are shown. */
#define BOOK_MACHINES 9
extern const enum machine_id book_machines[BOOK_MACHINES];
/* "referral", N_(): one of this kind in a word. */
const char *book_machine_text(enum machine_id machine);
/* Which book has a state of this name; MACHINE__MAX: none has. */
enum machine_id book_of_state(const char *state);
/* The state today of a book that was folded when it stood in `state` with its last day `last` (0:
 * it has none): a window ends by itself, without an entry. */
int book_state_today(enum machine_id machine, int state, uint32_t last, uint32_t today);

/* What a move asks for, by its guards: a member of its entry. */
enum book_ask_kind {
	BOOK_ASK_TEXT,   /* words */
	BOOK_ASK_DAY,    /* 2026-12-01 */
	BOOK_ASK_RESULT, /* a word of the axis result that the guard allows */
	BOOK_ASK_NUMBER, /* 0 to 99 */
	BOOK_ASK_YES     /* yes or no */
};
struct book_ask {
	enum machine_guard guard;
	enum book_ask_kind kind;
	const char *member, *label; /* label: N_() */
	bool needed;                /* else it may be left out where the guard holds anyway */
};
#define BOOK_ASKS 4
/* `first`: the first entry of the book. Returns how many; the text of a move, which may always be
 * given, comes last. */
size_t book_asks(const struct machine_move *move, const json_t *first,
		 const struct book_ask *out[static BOOK_ASKS]);
/* Whether a result is one that this move takes. */
bool book_ask_allows(const struct book_ask *ask, const char *result);
/* A body of the move with all of that filled in, to ask the fold whether a member may make it at
 * all; new reference. */
json_t *book_move_trial(enum machine_id machine, const struct machine_move *move,
			const json_t *first, uint32_t today);

/* Whether the first entry of a referral says all that its kind needs. */
bool book_complete(const json_t *body);
/* The lowest level of a desk that may open it and of the members who approve it: 3 for all that
 * holds people to account, and two above the post that it names, so that it never passes through
 * the unit that it is about. */
int book_level(const json_t *body);

/* In lists, in place of a state: the first entry counts for nothing, so nothing in the book does.
 */
#define BOOK_REFUSED "refused"
/* Likewise: a need that is none and was sent so that nobody sees when there is one (desk/beat.h);
 * and one that needs no more answers. */
#define BOOK_BLANK "blank"
#define BOOK_SPENT "spent"
/* By the first entry. */
bool book_blank(const json_t *first);

enum book_late { BOOK_IN_TIME, BOOK_SOON, BOOK_LATE };
/* The day by which a state is left that began on `since`; 0: none. `first` is the first entry. */
uint32_t book_due(enum machine_id machine, int state, const json_t *first, uint32_t since);
/* Soon from three quarters of the time on. */
enum book_late book_late(enum machine_id machine, int state, uint32_t due, uint32_t today);

/* A state of a book in words, for gettext; the name itself where it has none. */
const char *book_state_text(const char *state);

#endif
