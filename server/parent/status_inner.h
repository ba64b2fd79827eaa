/* What the text of `davyd status` is made of: the facts, and the findings that they lead to. */
#ifndef SERVER_STATUS_INNER_H
#define SERVER_STATUS_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDING_MAX 16
#define MIB         ((uint64_t)1 << 20)

enum fact {
	F_VAULT,
	F_STORE_AWAY,
	F_GATEWAYS,
	F_GATEWAYS_WANTED,
	F_FACES,
	F_FACES_WANTED,
	F_FACES_AGAIN,
	F_FACES_AGO,
	F_TLS,
	F_TLS_WANTED,
	F_TLS_AGAIN,
	F_TLS_AGO,
	F_VAULT_AGAIN,
	F_VAULT_AGO,
	F_PAGE,
	F_CONNECTIONS,
	F_FACES_USED,
	F_FACES_PLACES,
	F_FACES_CUT,
	F_TLS_USED,
	F_TLS_PLACES,
	F_TLS_CUT,
	F_FILES,
	F_FILES_NEEDED,
	F_CERT_DAYS,
	F_CASES,
	F_ORDERS,
	F_PURGED,
	F_ENTRIES,
	F_HELD,
	F_ORDINARY,
	F_ORDINARY_DAYS,
	F_URGENT,
	F_URGENT_DAYS,
	F_CLOCKS_OUT,
	F_STORE,
	F_STORE_LIMIT,
	F_OPEN_PERCENT,
	F_DAMAGED,
	F_READ_DAYS,
	F_USAGE_DAYS,
	F_GROWN,
	F_BACKUP_DAYS,
	F_FIGURE_CASES,
	F_FIGURE_ENTRIES,
	F_FIGURE_MIB,
	F_BALLAST,
	F_ROSTER,
	F_ROSTER_DAYS,
	F_ROSTER_KEY,
	F_MEMBERS,
	F_DESKS,
	F_KEYED,
	F_RECEIVE,
	F_SENDING,
	F_KEY_DAYS,
	F_ROTA_TODAY,
	F_ROTA_TODAY_DESK,
	F_ROTA_TOMORROW,
	F_ROTA_TOMORROW_DESK,
	F_CLOCK_BEHIND,
	F_CLOCK_AHEAD,
	F_PUZZLE,
	F_LET_SOLVED,
	F_LET_OTHERS,
	F_OK,
	F_BAD,
	F_NOT_FOUND,
	F_STALE,
	F_BEHIND,
	F_BUSY,
	F_FULL,
	F_DISK,
	F__MAX
};

struct status {
	uint64_t fact[F__MAX];
	bool known[F__MAX];
	struct finding {
		bool bad; /* the gateway does not do its work, or soon will not */
		const char *what;
		char text[256];
	} finding[FINDING_MAX];
	size_t cnt;
};

static inline unsigned long long
status_get(const struct status *s, enum fact f)
{
	return s->fact[f];
}

/* status_judge.c: fills the findings from the facts. */
void status_judge(struct status *s);
/* Days until new cases find no room, at the pace of the last days; 0 where that is not known. */
unsigned long long status_days_until_full(const struct status *s);

#endif
