/* What the facts of a gateway mean: the problems, and what to do about them; see status_inner.h. */
#include "server/parent/status_inner.h"

#include <stdarg.h>
#include <stdio.h>

#define DATE_DAYS                                                                                  \
	14 /* every date is announced so long before: signing takes several people some days */
#define BACKUP_DAYS 8
#define FULL_DAYS   14
#define RESTART_MIN 1440 /* minutes: a restart that is older is history */
#define STORE_NEAR  5    /* percent below the share at which new cases stop */
#define DISK_LOW    256  /* MiB */
#define CLOCK_MIN   10   /* minutes by which the clock of a client may differ */

static void __attribute__((format(printf, 4, 5)))
find(struct status *s, bool bad, const char *what, const char *fmt, ...)
{
	va_list ap;
	if (s->cnt == FINDING_MAX)
		return;
	struct finding *f = &s->finding[s->cnt++];
	f->bad = bad;
	f->what = what;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

static const char *
times(unsigned long long n)
{
	return n == 1 ? "time" : "times";
}

/* Whether a process was started again in the last day; *when says how long ago. */
static bool
lately(const struct status *s, enum fact again, enum fact ago, char when[static 48])
{
	when[0] = 0;
	if (!status_get(s, again) || (s->known[ago] && status_get(s, ago) >= RESTART_MIN))
		return false;
	if (s->known[ago])
		snprintf(when, 48, ", last %llu minutes ago", status_get(s, ago));
	return true;
}

static void
judge_processes(struct status *s)
{
	static const struct {
		enum fact now, wanted, again, ago;
		const char *what;
	} kinds[] = { { F_FACES, F_FACES_WANTED, F_FACES_AGAIN, F_FACES_AGO, "faces" },
		      { F_TLS, F_TLS_WANTED, F_TLS_AGAIN, F_TLS_AGO, "tls" } };
	char when[48];
	if (status_get(s, F_STORE_AWAY))
		find(s, true, "store",
		     "the server of the store is away, every request is answered busy: its reason is in "
		     "the log (journalctl -u davylamp)");
	else if (!status_get(s, F_VAULT))
		find(s, true, "vault",
		     "the vault does not serve, nothing is accepted: its reason is in the "
		     "log (journalctl -u davylamp)");
	else if (lately(s, F_VAULT_AGAIN, F_VAULT_AGO, when))
		find(s, false, "vault",
		     "the vault was started again, %llu %s%s: its reason is in the log",
		     status_get(s, F_VAULT_AGAIN), times(status_get(s, F_VAULT_AGAIN)), when);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (status_get(s, kinds[i].now) < status_get(s, kinds[i].wanted))
			find(s, !status_get(s, kinds[i].now), kinds[i].what,
			     "%llu of %llu %s processes serve: their reason is in the log",
			     status_get(s, kinds[i].now), status_get(s, kinds[i].wanted),
			     kinds[i].what);
		else if (lately(s, kinds[i].again, kinds[i].ago, when))
			find(s, false, kinds[i].what,
			     "%s processes were started again, %llu %s%s: their reason is in the log",
			     kinds[i].what, status_get(s, kinds[i].again),
			     times(status_get(s, kinds[i].again)), when);
	}
	/* A tenth fewer visitors at once is no reason to call somebody. */
	if (s->known[F_FILES] && status_get(s, F_FILES) < status_get(s, F_FILES_NEEDED) / 10 * 9)
		find(s, status_get(s, F_FILES) < status_get(s, F_FILES_NEEDED) / 2, "files",
		     "a process may open %llu files and a face needs %llu, visitors are turned away: raise "
		     "LimitNOFILE (systemctl edit davylamp) or ulimit -n, or lower connections",
		     status_get(s, F_FILES), status_get(s, F_FILES_NEEDED));
	if (s->known[F_PAGE] && !status_get(s, F_PAGE))
		find(s, true, "page",
		     "no page, / answers 404: make one (davy site build) where davyd.conf "
		     "says, then systemctl reload davylamp");
}

/* Those that have one store on a server. */
static void
judge_gateways(struct status *s)
{
	unsigned long long now = status_get(s, F_GATEWAYS),
			   wanted = status_get(s, F_GATEWAYS_WANTED);
	if (!s->known[F_GATEWAYS] || now == wanted)
		return;
	if (now < wanted)
		find(s, false, "gateways",
		     "%llu of %llu davyd have the store, and whoever is led to another one cannot work: run "
		     "davyd status on the machines of the others",
		     now, wanted);
	else
		find(s, false, "gateways",
		     "%llu davyd have the store and store_gateways is %llu: set it in each davyd.conf, and "
		     "restart; if you started no other one, somebody has the gateway's key",
		     now, wanted);
}

static void
judge_certificate(struct status *s)
{
	if (!s->known[F_CERT_DAYS] || status_get(s, F_CERT_DAYS) > DATE_DAYS)
		return;
	if (!status_get(s, F_CERT_DAYS))
		find(s, true, "certificate",
		     "it has run out and browsers refuse it: put a new one where tls_cert "
		     "and tls_key say, then systemctl reload davylamp");
	else
		find(s, false, "certificate",
		     "%llu days left: put a new one where tls_cert and tls_key say, then "
		     "systemctl reload davylamp",
		     status_get(s, F_CERT_DAYS));
}

static void
judge_roster(struct status *s)
{
	if (!status_get(s, F_ROSTER))
		find(s, true, "roster",
		     "no roster yet, new cases are answered busy: the registrars must "
		     "publish one (davy roster publish)");
	else if (status_get(s, F_ROSTER_KEY))
		find(s, true, "roster",
		     "the roster in force still names another key of the gateway, and nobody believes its "
		     "answers: the registrars must publish a roster for the new gateway.card now");
	else if (!status_get(s, F_ROSTER_DAYS))
		find(s, true, "roster",
		     "it has run out and phones refuse it: the registrars must sign and "
		     "publish a new one now");
	else if (status_get(s, F_ROSTER_DAYS) <= DATE_DAYS)
		find(s, false, "roster",
		     "%llu days left: the registrars must sign and publish a new one",
		     status_get(s, F_ROSTER_DAYS));
}

/* Whether a phone can seal a tip today, and how long. */
static void
judge_keys(struct status *s)
{
	unsigned long long desks = status_get(s, F_DESKS), keyed = status_get(s, F_KEYED);
	if (!status_get(s, F_ROSTER) || !s->known[F_DESKS])
		return;
	if (!keyed)
		find(s, true, "keys",
		     "no desk has a key, nobody can send: the lead of each desk runs davy desk rotate, and a "
		     "second member confirms");
	else if (!status_get(s, F_SENDING))
		find(s, true, "keys",
		     "%llu of %llu desks have a key, fewer than a tip needs, nobody can send: the leads of the "
		     "others run davy desk rotate (davy desk list)",
		     keyed, desks);
	else if (keyed < desks || status_get(s, F_SENDING) < status_get(s, F_RECEIVE))
		find(s, false, "keys",
		     "%llu of %llu desks have a key, %llu of %llu can receive: the leads of the others run davy "
		     "desk rotate (davy desk list)",
		     keyed, desks, status_get(s, F_SENDING), status_get(s, F_RECEIVE));
	if (keyed && status_get(s, F_KEY_DAYS) <= DATE_DAYS)
		find(s, status_get(s, F_KEY_DAYS) < 2, "keys",
		     "a desk's key ends in %llu days: its lead runs davy desk rotate (davy desk list says which)",
		     status_get(s, F_KEY_DAYS));
}

/* Desks that had set once who is on duty, and forgot a day: their new tips are shown to all of
 * them. */
static void
judge_rota(struct status *s)
{
	static const struct {
		enum fact cnt, desk;
		const char *when;
	} days[] = { { F_ROTA_TODAY, F_ROTA_TODAY_DESK, "today" },
		     { F_ROTA_TOMORROW, F_ROTA_TOMORROW_DESK, "tomorrow" } };
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (status_get(s, days[i].cnt))
			find(s, false, "rota",
			     "nobody is on duty %s at %llu of the desks that have a rota, first at desk %llu, and "
			     "all of the desk see what comes in: its lead and a second member set one (davy rota)",
			     days[i].when, status_get(s, days[i].cnt), status_get(s, days[i].desk));
}

/* How many days of the growth of the last days fit into the room; 0: it is not known, or does not
 * grow. */
unsigned long long
status_days_until_full(const struct status *s)
{
	uint64_t used = status_get(s, F_STORE),
		 stop = status_get(s, F_STORE_LIMIT) / 100 * status_get(s, F_OPEN_PERCENT);
	uint64_t room = used < stop ? stop - used : 0, grown = status_get(s, F_GROWN);
	if (s->known[F_DISK] && status_get(s, F_DISK) < room)
		room = status_get(s, F_DISK);
	return grown ? room / grown + 1 : 0;
}

static void
judge_care(struct status *s)
{
	unsigned long long days = status_days_until_full(s);
	if (status_get(s, F_DAMAGED))
		find(s, true, "damage",
		     "%llu rows of the store are not what was stored: keep a copy of its folder, stop davyd, run "
		     "davyd check, restore the last backup",
		     status_get(s, F_DAMAGED));
	if (status_get(s, F_BALLAST))
		find(s, true, "ballast",
		     "the disk was full and the reserve of davyd was given up: make room, run davyd purge, then "
		     "restart davyd");
	if (days && days <= FULL_DAYS)
		find(s, days <= 2, "room",
		     "at the rate of the last days the room ends in %llu days: purge closed cases (davyd purge), "
		     "raise store_mib, or make room on the disk",
		     days);
	if (s->known[F_BACKUP_DAYS] && status_get(s, F_BACKUP_DAYS) > BACKUP_DAYS)
		find(s, false, "backup",
		     "the last whole one was made %llu days ago: run davyd backup (a timer does)",
		     status_get(s, F_BACKUP_DAYS));
	else if (!s->known[F_BACKUP_DAYS] && status_get(s, F_USAGE_DAYS) >= 7 &&
		 status_get(s, F_CASES))
		find(s, false, "backup", "none was made yet: run davyd backup (a timer does)");
}

static void
judge_room(struct status *s)
{
	uint64_t used = status_get(s, F_STORE), limit = status_get(s, F_STORE_LIMIT);
	uint64_t percent = limit ? used / (limit / 100 + 1) : 0,
		 stop = status_get(s, F_OPEN_PERCENT);
	if (percent >= stop)
		find(s, true, "store",
		     "%llu %% full and new cases are refused: purge closed ones (davyd "
		     "purge), or raise store_mib and restart",
		     (unsigned long long)percent);
	else if (percent + STORE_NEAR >= stop)
		find(s, false, "store",
		     "%llu %% full, new cases stop at %llu %%: purge closed ones (davyd "
		     "purge), or raise store_mib and restart",
		     (unsigned long long)percent, (unsigned long long)stop);
	if (!s->known[F_DISK])
		return;
	uint64_t free_mib = status_get(s, F_DISK) / MIB,
		 room = used < limit ? (limit - used) / MIB : 0;
	if (free_mib < DISK_LOW)
		find(s, true, "disk", "%llu MiB free where the store lies: make room now",
		     (unsigned long long)free_mib);
	else if (free_mib < room)
		find(s, false, "disk",
		     "%llu MiB free, and the store may grow by %llu: make room, or lower "
		     "store_mib",
		     (unsigned long long)free_mib, (unsigned long long)room);
}

void
status_judge(struct status *s)
{
	judge_processes(s);
	judge_certificate(s);
	if (!status_get(s, F_VAULT))
		return;
	judge_gateways(s);
	judge_roster(s);
	judge_keys(s);
	judge_rota(s);
	judge_room(s);
	judge_care(s);
	if (status_get(s, F_CLOCK_BEHIND) >= CLOCK_MIN && s->known[F_GATEWAYS])
		find(s, true, "clock",
		     "clock suspect: the machine's clock is %llu minutes behind the store's time, which all its "
		     "davyd have: set it (timedatectl); if it is right, that of another one is ahead",
		     status_get(s, F_CLOCK_BEHIND));
	else if (status_get(s, F_CLOCK_BEHIND) >= CLOCK_MIN)
		find(s, true, "clock",
		     "clock suspect: the machine's clock is %llu minutes behind the store's time: "
		     "set it (timedatectl); if it is right: stop davyd, davyd clock --set now",
		     status_get(s, F_CLOCK_BEHIND));
	if (status_get(s, F_CLOCK_AHEAD) >= CLOCK_MIN)
		find(s, true, "clock",
		     "clock suspect: the machine's clock jumped %llu minutes ahead and is not "
		     "followed: set it (timedatectl); if it is right: davyd clock --accept",
		     status_get(s, F_CLOCK_AHEAD));
	if (status_get(s, F_URGENT) && status_get(s, F_URGENT_DAYS))
		find(s, false, "unread",
		     "%llu urgent cases are unread, since %llu days: call the desks",
		     status_get(s, F_URGENT), status_get(s, F_URGENT_DAYS));
}
