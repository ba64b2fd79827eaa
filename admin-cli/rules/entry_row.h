/* The columns that many rows of the table of entry types share (entry_type.c alone uses them). */
#ifndef ENTRY_ROW_H
#define ENTRY_ROW_H

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold_rule.h"

#define IN(log)   (1u << MACHINE_##log)
#define BY(role)  (1u << BY_##role)
#define BOOKS     (IN(REFERRAL) | IN(ALERT) | IN(CAMPAIGN) | IN(NEED) | IN(AWARD) | IN(REWARD))
#define DUTY      (IN(ROTA) | IN(CONFLICT))
#define PLAN      .machines = IN(PLAN), .thread = FRAME_DESK
#define REVIEWERS (BY(TR) | BY(SR) | BY(IG))
#define PLANNERS  (BY(PL) | BY(IG))

/* What a source says behind the entry that opened her log; where an entry of a desk stands in a
 * case, in a reward, and in an order behind the first; where the first one of a book stands. */
#define BY_ANYBODY .roles = ENTRY_ANYBODY, .persons = 1
#define OPENS(log) .machines = IN(log), .thread = FRAME_SOURCE, .op = FRAME_OPEN, .by_source = true
#define OF_SOURCE                                                                                  \
	.machines = IN(TIP) | IN(CLAIM), .thread = FRAME_SOURCE, .op = FRAME_APPEND,               \
	.by_source = true, .schema = talk_fields
#define IN_CASE       .machines = IN(TIP), .thread = FRAME_DESK, .op = FRAME_DESK_APPEND
#define FIRST_OF(log) .machines = IN(log), .thread = FRAME_DESK, .op = FRAME_BOOK_OPEN, .persons = 1
#define IN_REWARD                                                                                  \
	.machines = IN(REWARD), .thread = FRAME_DESK, .op = FRAME_DESK_APPEND, .roles = BY(RW)

#define SIGNED(n, who) .roles = (who), .persons = (n)
#define IN_ORDER       .machines = IN(ORDER), .thread = FRAME_DESK, .op = FRAME_DESK_APPEND
#define STOPS          .machines = IN(ORDER), .thread = FRAME_DESK, .op = FRAME_STOP
/* A part of a sealed order. */
#define A_PART .thread = FRAME_PARTS, .op = FRAME_PART_PUT, .persons = 1

#endif
