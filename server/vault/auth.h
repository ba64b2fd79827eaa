/*
 * Decides who may do what: one table of operation × role × relation of the member's desk to the
 * log. A request that no row permits is answered *not found*. A second table says how many persons
 * an act takes, who else sees it, and how it is undone; SECURITY.md shows that table to readers.
 */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "crypto/roster.h"
#include "server/store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* The relation of a desk to a log; bits, because several may hold. */
enum auth_relation {
	AUTH_RECEIVING = 1 << 0,     /* it was sent to this desk */
	AUTH_ABOVE = 1 << 1,         /* the desk above: may know that the log exists */
	AUTH_ABOVE_OPEN = 1 << 2,    /* the desk above, after a clock ran out unmet */
	AUTH_BACKSTOP = 1 << 3,      /* the backstop: may know that the log exists */
	AUTH_WRITER = 1 << 4,        /* the desk that opened this order or book */
	AUTH_OWN = 1 << 5,           /* no log: the member's own desk */
	AUTH_BACKSTOP_OPEN = 1 << 6, /* the backstop, after the bytes were opened to it */
	AUTH_HEIR = 1 << 7,          /* the backstop, for a receiving desk that left the roster */
	AUTH_SIDE_A = 1 << 8,        /* of a sealed order: the member is on this side of it */
	AUTH_SIDE_B = 1 << 9,
	AUTH_GIVEN = 1 << 10, /* two have handed the case to the member */
	AUTH_ANEW = 1 << 11   /* of a sealed order that was stopped: the desk above */
};
/* Roles of which one is needed to work on a case, and so to be on duty. */
#define AUTH_CASEWORK (ROSTER_TR | ROSTER_SR | ROSTER_PL | ROSTER_IG | ROSTER_RW | ROSTER_LEAD)

/* In place of a thread: the variants of restrict that lift, and that take oneself off; and what
 * the lead of the desk above does at a desk below: its rota, the book for that. */
#define AUTH_LIFT   0x80
#define AUTH_RECUSE 0x81
#define AUTH_OVER   0x82
/* In place of a thread: the parts of a sealed order that are for one side, and those that the A
 * side writes; in place of a variant: a stop that waits for nobody. */
#define AUTH_HALF_A 0x83
#define AUTH_HALF_B 0x84
#define AUTH_CODES  0x85
#define AUTH_NOW    0x86
/* The same: put an order under legal hold, or end that. */
#define AUTH_HOLD 0x89
/* The same of a plan: its shares. */
#define AUTH_SHARE 0x87
/* In place of a thread: the book of a reward at the desk that pays. */
#define AUTH_PAY 0x88
/* The same: a book at a desk of a high level that takes cases, which is told of an accident. */
#define AUTH_TELL 0x8a

/*
 * One act upon a case: the op (0: the source's own), how many members it takes, and words for
 * people. The handlers read `persons`; a test compares all of it with SECURITY.md.
 */
struct auth_act {
	uint8_t op, variant, persons;
	const char *act, *who, *seen, *undone;
};

/* Who is on duty at a desk today, as far as they are in the members note; cnt 0: no rota stands, be
 * it that none was set, or that fewer than two are left of those it names. */
struct auth_duty {
	uint8_t handle[FRAME_DUTY_MAX][KEY_HANDLE_LEN];
	unsigned cnt;
};

struct auth_ask {
	const struct roster *roster;
	const struct roster_member *member;
	const struct store_log *log; /* NULL for ops on a desk */
	uint16_t desk;               /* as the request names it */
	uint8_t op, kind, thread;
	const struct auth_duty *duty; /* of the log's receiving desk; NULL: no rota stands */
};

/* Whether a list of handles names this one. */
bool auth_named(const uint8_t (*list)[KEY_HANDLE_LEN], size_t cnt,
		const uint8_t handle[static KEY_HANDLE_LEN]);
/* Whether a member of the receiving desk is shown the log. */
bool auth_admits(const struct store_log *log, const struct auth_duty *duty,
		 const uint8_t handle[static KEY_HANDLE_LEN]);
/* The relations of a desk to a log under this roster. */
unsigned auth_relations(const struct roster *r, const struct store_log *log, uint16_t desk);
/* Those of a member's desk, and his own. Who is not shown a case that was handed to him, or took
 * himself off it, has no relation of his own. */
unsigned auth_relations_of(const struct roster *r, const struct store_log *log,
			   const struct roster_member *m);
/* Whether this member may do this: applies the table, and to whom of its desk a case is shown. */
bool auth_allows(const struct auth_ask *ask);
/* How many members an act takes; variant: 0, AUTH_LIFT, AUTH_RECUSE, AUTH_OVER or
 * AUTH_NOW. */
unsigned auth_persons(uint8_t op, uint8_t variant);
/* The whole table of acts; *cnt is its length. */
const struct auth_act *auth_act_table(size_t *cnt);
/* Whether this member may see that the log exists. */
bool auth_lists(const struct auth_ask *ask);

#endif
