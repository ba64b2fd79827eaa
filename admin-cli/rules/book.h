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
extern const struct book_word book_kind[];   /* TALK … XFER_JUD, PACKET, ACCIDENT, REFER */
extern const struct book_word book_reason[]; /* NO_DUTY … */
extern const struct book_word book_tier[];   /* ENT REG LEAD */
/* What a code of these three means, for gettext; NULL where it is none. */
const char *book_code_text(const char *code);
/* The row with this code, or NULL. */
const struct book_word *book_find(const struct book_word *list, const char *code);

/* Which book begins with an entry of this type and body. */
enum machine_id book_machine(uint16_t type, const json_t *body);

/* Whether the first entry of a referral says all that its kind needs. */
bool book_complete(const json_t *body);
/* The lowest level of a desk that may open it and of the members who approve it: 3 for all that
 * holds people to account, and two above the post that it names, so that it never passes through
 * the unit that it is about. */
int book_level(const json_t *body);

enum book_late { BOOK_IN_TIME, BOOK_SOON, BOOK_LATE };
/* The day by which a state is left that began on `since`; 0: none. `first` is the first entry. */
uint32_t book_due(enum machine_id machine, int state, const json_t *first, uint32_t since);
/* Soon from three quarters of the time on. */
enum book_late book_late(enum machine_id machine, int state, uint32_t due, uint32_t today);

/* A state of a book in words, for gettext; the name itself where it has none. */
const char *book_state_text(const char *state);

#endif
