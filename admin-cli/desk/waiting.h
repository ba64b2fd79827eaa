/*
 * What waits for this member, counted from the workspace alone: the gateway is not asked and no
 * case is opened. `davy status`, `davy ui` and `davy watch` say the same numbers, because they ask
 * here.
 */
#ifndef WAITING_H
#define WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/workspace.h"

struct session;

/* Where a case stands in the work of this desk. Each case has one place; WAITING_SIGN is beside it
 * (waiting_sign()). */
enum waiting_place {
	WAITING_TODO,    /* at this desk, and it is our turn */
	WAITING_HER,     /* at this desk; the source was asked and has not answered */
	WAITING_SETTLED, /* at this desk; it has its outcome; two have not closed it */
	WAITING_ABOVE,   /* came up: a clock or two members opened it to this desk */
	WAITING_BELOW,   /* at the desk below, which has time left */
	WAITING_CLOSED
};

#define WAITING_SOON 24 /* hours */

struct waiting {
	size_t unread;  /* at this desk or come up, and nobody has acknowledged them */
	size_t said;    /* the source has said something since */
	size_t sign;    /* cases with a proposal of another member */
	size_t late;    /* a clock has run out */
	size_t soon;    /* a clock runs out within WAITING_SOON hours */
	size_t urgent;  /* unread or late, and urgent: for the duty room */
	size_t her;     /* WAITING_HER */
	size_t settled; /* WAITING_SETTLED */
	size_t above;   /* WAITING_ABOVE */
	size_t open;    /* all at this desk that are not closed */
	size_t closed;
	size_t held;         /* replies that the gateway holds until their hour */
	size_t tray;         /* written, and leaves in some seconds */
	size_t offline;      /* written without a network */
	size_t drafts;       /* begun and not written (home/kept.h) */
	size_t orders;       /* of this desk, not closed */
	size_t visits;       /* sealed orders shown to this member that something still moves */
	size_t seconds;      /* orders with a measure of another that this member can sign */
	size_t seconds_late; /* cases and orders where one acted and a day later no second has
				signed */
	size_t alarms;       /* files that prove that the gateway hides something (alarm.h) */
	size_t stoppers; /* of desks below, who have stopped three visits or more in a quarter */
	/* books of this desk, by their state of today: */
	size_t alerts, alerts_late; /* accidents to look into, and how many of them are late */
	size_t referrals, needs, campaigns;    /* that have not ended; campaigns: to be approved */
	size_t referrals_late, referrals_soon; /* whose next step is late, or nearly */
	size_t needs_late, needs_soon;
	/* for planners, of their own desk (need_watch.h): */
	size_t crowded; /* plans of which needs take more than a third of the discretionary visits
			 */
	size_t needs_slot; /* needs of S1 or S2 that no slot, or not every plan, visits in time */
	size_t books;      /* of any desk, that have not ended and open here */
	size_t books_sign; /* books of any desk with a proposal that this member can sign */
	size_t books_else; /* late at another desk: one that this desk sent, or is above of */
	/* by the rota, for those who can read it: */
	size_t readers;       /* this member is on duty, and nobody has said who reads them */
	size_t readers_late;  /* of these, the ones of which a clock has run out */
	size_t readers_hours; /* hours until the next clock of the others; 0: there is none */
	size_t duty;          /* days of duty of this member that are still to come, with today */
	size_t confirm;       /* rotas drawn up by another, which name this member */
	size_t gap;           /* days without a pair, of the seven from today */
	size_t rota_soon;     /* 1: the rota ends within three days */
	size_t rota_days;     /* so many days from today on have a pair one after the other; at most
			       * CONFLICT_AHEAD */
};

/* How many entries the gateway lists of a case that was opened here and did not come yet: its line
 * is of before them. */
uint32_t waiting_newer(const struct workspace_case *c);
/* `now`: unix hour. A case whose state is one of rest (data/states.json) is settled; when a clock
 * calls within WAITING_SOON hours, or the source has said something since, it is to be worked on
 * again. */
enum waiting_place waiting_place(const struct workspace_case *c, uint32_t now);
bool waiting_unread(const struct workspace_case *c);
bool waiting_said(const struct workspace_case *c);
bool waiting_sign(const struct workspace_case *c);
/* The unix hour by which something must be done, by the gateway's clocks and those of
 * rules/clock.h; UINT32_MAX: never. */
uint32_t waiting_due(const struct workspace_case *c);

/* Counts. `now` is a unix hour. A failure is recorded. */
int waiting_count(struct session *ses, uint32_t now, struct waiting *out)
	__attribute__((warn_unused_result));

#endif
