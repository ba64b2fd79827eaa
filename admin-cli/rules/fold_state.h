/*
 * The types that the files of the fold share: an entry with its verdict, the state of a case or an
 * order, the fold while it runs, and one attempted move.
 */
#ifndef FOLD_STATE_H
#define FOLD_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/rules/machine.h"

struct clock_years;

#define FOLD_NONE      SIZE_MAX
#define FOLD_HAZARDS   4
#define FOLD_HIDDEN    8  /* handles in a list (FORMATS §4, restrict) */
#define FOLD_RECUSED   16 /* who took himself off a case */
#define FOLD_KEYS      80 /* file keys that one entry hands on */
#define FOLD_GIVEN     2  /* to whom a case is handed */
#define FOLD_SIDE      4  /* persons of one side of an order (FORMATS §7, order) */
#define FOLD_TEAM      12 /* persons who went */
#define FOLD_FINDINGS  32 /* of one visit */
#define FOLD_LAYERS    3
#define FOLD_BLOB_TEXT 2256 /* a blob for the reward desk in base64 */
#define CLAIM_MINUTES  30   /* after which a claim ends by itself */

/* What triage says about a case (class.h). */
enum class_member {
	CLASS_SECTOR,
	CLASS_PLACE,
	CLASS_WORK,
	CLASS_ISSUE,
	CLASS_HAZARD,
	CLASS_SEVERITY,
	CLASS_CREDIBILITY,
	CLASS_ACTIONABILITY,
	CLASS_KNOWER,
	CLASS_RISK,
	CLASS_MASS,
	CLASS_NO_REGULATOR,
	CLASS_REGULATOR,
	CLASS_NAMED,
	CLASS_ORDER_KIND,
	CLASS_RECURRENCE,
	CLASS_CAMPAIGN,
	CLASS_RECEIPT,
	CLASS_LINKS,
	CLASS__MAX
};

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
	FOLD_FLOOR,     /* severity below the floor: takes two, and a reason in words */
	FOLD_REASON,    /* two members, and no reason in words */
	FOLD_LOWER,     /* lowering S1 or S2, a floor or the start level takes two */
	FOLD_UNREAD,    /* a reply before anybody acknowledged the tip */
	FOLD_LEVEL,     /* the level, the exclusions or the county do not allow this desk */
	FOLD_CLEAR,     /* an abstract at a desk that gets sealed orders alone */
	FOLD_ABSTRACT,  /* names no accepted abstract of this case */
	FOLD_PART,      /* the parts of a split do not fit the case */
	FOLD_ANSWER,    /* this status cannot be said in this state */
	FOLD_ABOVE,     /* one of the two must be from a desk above */
	FOLD_LIST,      /* the list of those who do not read a case is none */
	FOLD_ORDER,     /* approves another order */
	FOLD_LAYER,     /* not the layer whose turn it is */
	FOLD_NUMBER,    /* names no finding of this visit, or is not the next number */
	FOLD_SHARE,     /* not what was committed to, or of another plan */
	FOLD_EARLY,     /* the desk above reveals while the author still has time */
	FOLD_QUIET,     /* words of who planned a visit, before it has arrived */
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
	bool home;      /* the desk is the receiving one */
	bool lead;      /* he leads the receiving desk */
	bool over;      /* he leads the desk above it */
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
	bool open; /* an accepted proposal, or what could not wait, without its second signature */
};

/* The desk at which a log lies, as the roster tells it. */
struct fold_desk {
	bool known;
	bool planning, integrity; /* its kind */
	int level;
	char area[7];
};

struct fold_input {
	enum machine_id machine;  /* by the kind of log, and of a book by its first entry */
	struct fold_entry *entry; /* in the order of each thread; threads in any mixture */
	size_t entry_cnt;
	uint32_t today;      /* server day */
	struct fold_desk at; /* the receiving desk */
	/* Of a reward, where our keys open its blob: what a claim code must give (crypto/reward.h).
	 */
	const uint8_t *verifier, *gateway;
	const struct clock_years *years; /* for the clocks (rules/clock.h); may be NULL */
};

/* One finding of a visit: its own state, and who must not be the one who checks or ends it. */
struct fold_finding {
	int state;
	uint32_t since;
	uint32_t deadline; /* day by which it is to be put right; 0: none yet */
	bool major;
	bool plain;       /* major, and whoever looked could see it */
	bool found_again; /* by a look-back, after it was struck off */
	unsigned failed;  /* reinspections that it did not pass */
	uint8_t inspector[2][8], reinspector[2][8];
};

/* A visit under seal: the two sides, what was released and taken, who went, what was found. */
struct fold_visit {
	uint8_t a[FOLD_SIDE][8], b[FOLD_SIDE][8], team[FOLD_TEAM][8];
	unsigned a_cnt, b_cnt, team_cnt;
	uint32_t from;            /* first day of its window; the last one is in fold.date */
	unsigned released, taken; /* bits 1u << layer */
	bool covert;              /* it is a covert look so far */
	bool anomaly;             /* they were expected */
	struct fold_finding finding[FOLD_FINDINGS];
	unsigned finding_cnt, declared; /* how many there are, and how many were said to come */
	unsigned at;                    /* the finding that a move is about */
};

/* A plan: what binds its two persons, the planner first. */
struct fold_plan {
	uint8_t plan[32];        /* its hash, by which all documents of it name it */
	uint8_t who[2][8];       /* who committed */
	uint8_t commit[2][32];   /* zero: not yet */
	uint8_t escrow[2][32];   /* SHA-256 of the share that lies with those above */
	const json_t *reveal[2]; /* the newest; NULL: not yet */
	bool late[2];            /* the desk above revealed, since its author had not */
	bool beacon;             /* it waits for the numbers of a lottery */
};

struct fold {
	enum machine_id machine;
	int state;
	uint32_t since;        /* server day on which the state began */
	uint32_t last;         /* server day of the latest entry so far */
	int severity;          /* 1 to 4; 0 not yet classified */
	int severity_was;      /* before it became that, on severity_day */
	uint32_t severity_day; /* 0: it never changed */
	char hazard[FOLD_HAZARDS][8];
	unsigned hazard_cnt;
	char credibility[3];
	const json_t *said[CLASS__MAX]; /* the newest value of each member, in a body; or NULL */
	unsigned people;                /* at least so many in danger, by the tip; 0 unknown */
	char outcome[16];
	char result[16];
	char into[33]; /* of a merged case: the other one, in hex */
	bool danger_now, acked, withdrawn, question;
	bool told;      /* the source has got a status 5 or 6 since the state began */
	bool hold;      /* a legal hold stands in this log */
	uint32_t asked; /* day of a question that the source could see; 0: none, or she spoke since
			 */
	unsigned rechecks;
	uint32_t answered;   /* day of the last move to answered, 0 none */
	uint32_t extended;   /* day on which the verification got more time; 0: it did not */
	bool extension_told; /* and the source has heard since why */
	struct {
		uint8_t handle[8];
		int level;
	} verifier[2]; /* who signed the last verification or answer to a recheck */
	unsigned verifier_cnt;
	struct { /* who says that he works on it, and until which unix minute */
		uint8_t handle[8];
		uint32_t until;
	} claim;
	uint32_t referred; /* the day on which it was referred; 0: never */
	uint32_t reviewed; /* of a held case: the day on which it was held or last reviewed */
	unsigned parts;    /* how often something was split off */
	bool closed;       /* by two members */
	uint32_t closed_day;
	uint32_t date;      /* of an order: the day set; of a campaign: its last day */
	const json_t *book; /* first entry of a book, or NULL */
	bool code_fits;     /* the claim code of the entry at hand is that of this reward */
	uint8_t owner[8];   /* who wrote that */
	bool readers_set;   /* two have said from whom this case is hidden, or one lifted that */
	uint8_t hidden[FOLD_HIDDEN][8];   /* from whom, filled up with handles of nobody */
	unsigned hidden_cnt;              /* FOLD_HIDDEN, or 0 */
	uint8_t recused[FOLD_RECUSED][8]; /* who took himself off */
	unsigned recused_cnt;
	uint8_t given[FOLD_GIVEN][8]; /* to whom two have handed it, in place of its desk */
	unsigned given_cnt;
	size_t tip, abstract; /* index of the accepted ones, the newest; FOLD_NONE */
	size_t forward;
	struct fold_visit visit;
	struct fold_plan plan;
	unsigned rejected, newer; /* how many entries */
	size_t *order;            /* entry indices in the order in which they count */
	size_t order_cnt;
};

struct entry_type;

/* The fold while it runs: e is the entry at hand. */
struct fold_run {
	struct fold *f;
	struct fold_input *in;
	struct fold_entry *e;
};

/* One attempted move. People: the author, or proposer and cosigner; none for SYS and SRC. */
struct fold_move {
	const struct fold *fold;       /* before the move, with the new classification */
	const struct entry_type *type; /* of the entry that asks for it; NULL for SYS */
	const struct fold_person *who[2];
	unsigned who_cnt;
	bool trial;         /* a proposal is tried: the second person is not known yet */
	const json_t *body; /* of the move, or NULL */
	uint32_t day;
};

#endif
