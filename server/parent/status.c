/*
 * The text of `davyd status`: a table of facts, and a table of the problems that they show. It
 * talks to no process and opens no file.
 */
#include "server/parent/status.h"

#include "crypto/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define FINDING_MAX 16
#define MIB         ((uint64_t)1 << 20)
#define DATE_DAYS                                                                                  \
	14 /* every date is announced so long before: signing takes several people some days */
#define BACKUP_DAYS 8
#define FULL_DAYS   14
#define RESTART_MIN 1440 /* minutes: a restart that is older is history */
#define STORE_NEAR  5    /* percent below the share at which new cases stop */
#define DISK_LOW    256  /* MiB */
#define CLOCK_MIN   10   /* minutes by which the clock of a client may differ */

enum fact {
	F_VAULT,
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
	F_MEMBERS,
	F_DESKS,
	F_KEYED,
	F_RECEIVE,
	F_SENDING,
	F_KEY_DAYS,
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

static const char *const names[F__MAX] = {
	[F_VAULT] = "vault",
	[F_FACES] = "faces",
	[F_FACES_WANTED] = "faces-wanted",
	[F_FACES_AGAIN] = "faces-restarts",
	[F_FACES_AGO] = "faces-restart-minutes",
	[F_TLS] = "tls",
	[F_TLS_WANTED] = "tls-wanted",
	[F_TLS_AGAIN] = "tls-restarts",
	[F_TLS_AGO] = "tls-restart-minutes",
	[F_VAULT_AGAIN] = "vault-restarts",
	[F_VAULT_AGO] = "vault-restart-minutes",
	[F_PAGE] = "page",
	[F_CONNECTIONS] = "connections",
	[F_FACES_USED] = "faces-connections",
	[F_FACES_PLACES] = "faces-places",
	[F_FACES_CUT] = "faces-ended",
	[F_TLS_USED] = "tls-connections",
	[F_TLS_PLACES] = "tls-places",
	[F_TLS_CUT] = "tls-ended",
	[F_FILES] = "files-limit",
	[F_FILES_NEEDED] = "files-needed",
	[F_CERT_DAYS] = "certificate-days",
	[F_CASES] = "cases",
	[F_ORDERS] = "orders",
	[F_PURGED] = "purged",
	[F_ENTRIES] = "entries",
	[F_HELD] = "held",
	[F_ORDINARY] = "unread-ordinary",
	[F_ORDINARY_DAYS] = "unread-ordinary-days",
	[F_URGENT] = "unread-urgent",
	[F_URGENT_DAYS] = "unread-urgent-days",
	[F_CLOCKS_OUT] = "clocks-run-out",
	[F_STORE] = "store-bytes",
	[F_STORE_LIMIT] = "store-limit",
	[F_OPEN_PERCENT] = "open-percent",
	[F_DAMAGED] = "store-damaged",
	[F_READ_DAYS] = "store-read-days",
	[F_USAGE_DAYS] = "usage-days",
	[F_GROWN] = "grown-bytes-a-day",
	[F_BACKUP_DAYS] = "backup-days",
	[F_FIGURE_CASES] = "figure-cases",
	[F_FIGURE_ENTRIES] = "figure-entries",
	[F_FIGURE_MIB] = "figure-mib",
	[F_BALLAST] = "ballast-gone",
	[F_ROSTER] = "roster",
	[F_ROSTER_DAYS] = "roster-days",
	[F_MEMBERS] = "members",
	[F_DESKS] = "desks",
	[F_KEYED] = "desks-keyed",
	[F_RECEIVE] = "desks-receive",
	[F_SENDING] = "desks-sending",
	[F_KEY_DAYS] = "key-days",
	[F_CLOCK_BEHIND] = "clock-behind-minutes",
	[F_CLOCK_AHEAD] = "clock-ahead-minutes",
	[F_PUZZLE] = "puzzle",
	[F_LET_SOLVED] = "let-in-percent-solved",
	[F_LET_OTHERS] = "let-in-percent-others",
	[F_OK] = "answered-ok",
	[F_BAD] = "answered-bad",
	[F_NOT_FOUND] = "answered-not-found",
	[F_STALE] = "answered-stale",
	[F_BEHIND] = "answered-behind",
	[F_BUSY] = "answered-busy",
	[F_FULL] = "answered-full",
	[F_DISK] = "disk-free-bytes",
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

/* ---- facts ---- */

static void
set(struct status *s, enum fact f, uint64_t v)
{
	s->fact[f] = v;
	s->known[f] = true;
}

static void
take_line(struct status *s, const char *line, size_t len)
{
	char word[64], *end;
	if (len >= sizeof(word))
		return;
	memcpy(word, line, len);
	word[len] = 0;
	char *space = strrchr(word, ' ');
	if (!space || space[1] < '0' || space[1] > '9')
		return;
	*space = 0;
	errno = 0;
	uint64_t v = strtoull(space + 1, &end, 10);
	for (int f = 0; f < F__MAX && !errno && !*end; f++)
		if (!strcmp(word, names[f]))
			set(s, (enum fact)f, v);
}

static unsigned long long
get(const struct status *s, enum fact f)
{
	return s->fact[f];
}

/* ---- judgement ---- */

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
	if (!get(s, again) || (s->known[ago] && get(s, ago) >= RESTART_MIN))
		return false;
	if (s->known[ago])
		snprintf(when, 48, ", last %llu minutes ago", get(s, ago));
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
	if (!get(s, F_VAULT))
		find(s, true, "vault",
		     "the vault does not serve, nothing is accepted: its reason is in the "
		     "log (journalctl -u davylamp)");
	else if (lately(s, F_VAULT_AGAIN, F_VAULT_AGO, when))
		find(s, false, "vault",
		     "the vault was started again, %llu %s%s: its reason is in the log",
		     get(s, F_VAULT_AGAIN), times(get(s, F_VAULT_AGAIN)), when);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (get(s, kinds[i].now) < get(s, kinds[i].wanted))
			find(s, !get(s, kinds[i].now), kinds[i].what,
			     "%llu of %llu %s processes serve: their reason is in the log",
			     get(s, kinds[i].now), get(s, kinds[i].wanted), kinds[i].what);
		else if (lately(s, kinds[i].again, kinds[i].ago, when))
			find(s, false, kinds[i].what,
			     "%s processes were started again, %llu %s%s: their reason is in the log",
			     kinds[i].what, get(s, kinds[i].again), times(get(s, kinds[i].again)),
			     when);
	}
	/* A tenth fewer visitors at once is no reason to call somebody. */
	if (s->known[F_FILES] && get(s, F_FILES) < get(s, F_FILES_NEEDED) / 10 * 9)
		find(s, get(s, F_FILES) < get(s, F_FILES_NEEDED) / 2, "files",
		     "a process may open %llu files and a face needs %llu, visitors are turned away: raise "
		     "LimitNOFILE (systemctl edit davylamp) or ulimit -n, or lower connections",
		     get(s, F_FILES), get(s, F_FILES_NEEDED));
	if (s->known[F_PAGE] && !get(s, F_PAGE))
		find(s, true, "page",
		     "no page, / answers 404: make one (davy site build) where davyd.conf "
		     "says, then systemctl reload davylamp");
}

static void
judge_certificate(struct status *s)
{
	if (!s->known[F_CERT_DAYS] || get(s, F_CERT_DAYS) > DATE_DAYS)
		return;
	if (!get(s, F_CERT_DAYS))
		find(s, true, "certificate",
		     "it has run out and browsers refuse it: put a new one where tls_cert "
		     "and tls_key say, then systemctl reload davylamp");
	else
		find(s, false, "certificate",
		     "%llu days left: put a new one where tls_cert and tls_key say, then "
		     "systemctl reload davylamp",
		     get(s, F_CERT_DAYS));
}

static void
judge_roster(struct status *s)
{
	if (!get(s, F_ROSTER))
		find(s, true, "roster",
		     "no roster yet, new cases are answered busy: the registrars must "
		     "publish one (davy roster publish)");
	else if (!get(s, F_ROSTER_DAYS))
		find(s, true, "roster",
		     "it has run out and phones refuse it: the registrars must sign and "
		     "publish a new one now");
	else if (get(s, F_ROSTER_DAYS) <= DATE_DAYS)
		find(s, false, "roster",
		     "%llu days left: the registrars must sign and publish a new one",
		     get(s, F_ROSTER_DAYS));
}

/* Whether a phone can seal a tip today, and how long. */
static void
judge_keys(struct status *s)
{
	unsigned long long desks = get(s, F_DESKS), keyed = get(s, F_KEYED);
	if (!get(s, F_ROSTER) || !s->known[F_DESKS])
		return;
	if (!keyed)
		find(s, true, "keys",
		     "no desk has a key, nobody can send: the lead of each desk runs davy desk rotate, and a "
		     "second member confirms");
	else if (!get(s, F_SENDING))
		find(s, true, "keys",
		     "%llu of %llu desks have a key, fewer than a tip needs, nobody can send: the leads of the "
		     "others run davy desk rotate (davy desk list)",
		     keyed, desks);
	else if (keyed < desks || get(s, F_SENDING) < get(s, F_RECEIVE))
		find(s, false, "keys",
		     "%llu of %llu desks have a key, %llu of %llu can receive: the leads of the others run davy "
		     "desk rotate (davy desk list)",
		     keyed, desks, get(s, F_SENDING), get(s, F_RECEIVE));
	if (keyed && get(s, F_KEY_DAYS) <= DATE_DAYS)
		find(s, get(s, F_KEY_DAYS) < 2, "keys",
		     "a desk's key ends in %llu days: its lead runs davy desk rotate (davy desk list says which)",
		     get(s, F_KEY_DAYS));
}

/* How many days of the growth of the last days fit into the room; 0: it is not known, or does not
 * grow. */
static unsigned long long
days_until_full(const struct status *s)
{
	uint64_t used = get(s, F_STORE),
		 stop = get(s, F_STORE_LIMIT) / 100 * get(s, F_OPEN_PERCENT);
	uint64_t room = used < stop ? stop - used : 0, grown = get(s, F_GROWN);
	if (s->known[F_DISK] && get(s, F_DISK) < room)
		room = get(s, F_DISK);
	return grown ? room / grown + 1 : 0;
}

static void
judge_care(struct status *s)
{
	unsigned long long days = days_until_full(s);
	if (get(s, F_DAMAGED))
		find(s, true, "damage",
		     "%llu rows of the store are not what was stored: keep a copy of its folder, stop davyd, run "
		     "davyd check, restore the last backup",
		     get(s, F_DAMAGED));
	if (get(s, F_BALLAST))
		find(s, true, "ballast",
		     "the disk was full and the reserve of davyd was given up: make room, run davyd purge, then "
		     "restart davyd");
	if (days && days <= FULL_DAYS)
		find(s, days <= 2, "room",
		     "at the rate of the last days the room ends in %llu days: purge closed cases (davyd purge), "
		     "raise store_mib, or make room on the disk",
		     days);
	if (s->known[F_BACKUP_DAYS] && get(s, F_BACKUP_DAYS) > BACKUP_DAYS)
		find(s, false, "backup",
		     "the last whole one was made %llu days ago: run davyd backup (a timer does)",
		     get(s, F_BACKUP_DAYS));
	else if (!s->known[F_BACKUP_DAYS] && get(s, F_USAGE_DAYS) >= 7 && get(s, F_CASES))
		find(s, false, "backup", "none was made yet: run davyd backup (a timer does)");
}

static void
judge_room(struct status *s)
{
	uint64_t used = get(s, F_STORE), limit = get(s, F_STORE_LIMIT);
	uint64_t percent = limit ? used / (limit / 100 + 1) : 0, stop = get(s, F_OPEN_PERCENT);
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
	uint64_t free_mib = get(s, F_DISK) / MIB, room = used < limit ? (limit - used) / MIB : 0;
	if (free_mib < DISK_LOW)
		find(s, true, "disk", "%llu MiB free where the store lies: make room now",
		     (unsigned long long)free_mib);
	else if (free_mib < room)
		find(s, false, "disk",
		     "%llu MiB free, and the store may grow by %llu: make room, or lower "
		     "store_mib",
		     (unsigned long long)free_mib, (unsigned long long)room);
}

static void
judge(struct status *s)
{
	judge_processes(s);
	judge_certificate(s);
	if (!get(s, F_VAULT))
		return;
	judge_roster(s);
	judge_keys(s);
	judge_room(s);
	judge_care(s);
	if (get(s, F_CLOCK_BEHIND) >= CLOCK_MIN)
		find(s, true, "clock",
		     "clock suspect: the machine's clock is %llu minutes behind the store's time: "
		     "set it (timedatectl); if it is right: stop davyd, davyd clock --set now",
		     get(s, F_CLOCK_BEHIND));
	if (get(s, F_CLOCK_AHEAD) >= CLOCK_MIN)
		find(s, true, "clock",
		     "clock suspect: the machine's clock jumped %llu minutes ahead and is not "
		     "followed: set it (timedatectl); if it is right: davyd clock --accept",
		     get(s, F_CLOCK_AHEAD));
	if (get(s, F_URGENT) && get(s, F_URGENT_DAYS))
		find(s, false, "unread",
		     "%llu urgent cases are unread, since %llu days: call the desks",
		     get(s, F_URGENT), get(s, F_URGENT_DAYS));
}

static enum status_level
level(const struct status *s)
{
	enum status_level worst = s->cnt ? STATUS_WARNING : STATUS_OK;
	for (size_t i = 0; i < s->cnt; i++)
		if (s->finding[i].bad)
			worst = STATUS_CRITICAL;
	return worst;
}

const char *
status_name(enum status_level l)
{
	static const char *const word[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	return word[l];
}

/* ---- the screen ---- */

static void
print_findings(const struct status *s)
{
	if (!s->cnt)
		printf("all is well\n");
	else
		printf("%zu %s a hand\n", s->cnt, s->cnt == 1 ? "thing needs" : "things need");
	/* The worst first. */
	for (int bad = 1; bad >= 0; bad--)
		for (size_t i = 0; i < s->cnt; i++)
			if (s->finding[i].bad == bad)
				printf("  %s %s: %s\n", bad ? "!" : "-", s->finding[i].what,
				       s->finding[i].text);
	printf("\n");
}

/* In percent; 100 where the vault did not report it. */
static unsigned long long
let_in(const struct status *s, enum fact f)
{
	return s->known[f] ? get(s, f) : 100;
}

static void
print_care(const struct status *s)
{
	if (s->known[F_BACKUP_DAYS])
		printf("backup     %llu days ago", get(s, F_BACKUP_DAYS));
	else
		printf("backup     none yet");
	if (s->known[F_READ_DAYS])
		printf("; the store was read %llu days ago, %llu rows damaged", get(s, F_READ_DAYS),
		       get(s, F_DAMAGED));
	if (days_until_full(s))
		printf("; room for %llu days", days_until_full(s));
	printf("\n");
}

static void
print_places(const struct status *s)
{
	if (!s->known[F_FACES_PLACES])
		return;
	printf("visitors   at the faces: %llu connections of %llu, %llu ended for want of places\n",
	       get(s, F_FACES_USED), get(s, F_FACES_PLACES), get(s, F_FACES_CUT));
	if (s->known[F_TLS_PLACES])
		printf("           at the tls processes: %llu connections of %llu, %llu ended for want of places\n",
		       get(s, F_TLS_USED), get(s, F_TLS_PLACES), get(s, F_TLS_CUT));
}

static void
print_screen(const struct status *s)
{
	print_findings(s);
	printf("processes  vault %s, faces %llu of %llu, tls %llu of %llu; started again %llu, %llu, %llu\n",
	       get(s, F_VAULT) ? "serves" : "does not serve", get(s, F_FACES),
	       get(s, F_FACES_WANTED), get(s, F_TLS), get(s, F_TLS_WANTED), get(s, F_VAULT_AGAIN),
	       get(s, F_FACES_AGAIN), get(s, F_TLS_AGAIN));
	print_places(s);
	if (s->known[F_CERT_DAYS])
		printf("https      certificate good for %llu days\n", get(s, F_CERT_DAYS));
	if (!get(s, F_VAULT))
		return;
	printf("cases      %llu, unread urgent %llu, ordinary %llu; clocks run out %llu; replies held %llu\n",
	       get(s, F_CASES), get(s, F_URGENT), get(s, F_ORDINARY), get(s, F_CLOCKS_OUT),
	       get(s, F_HELD));
	printf("           orders %llu, entries %llu, purged %llu\n", get(s, F_ORDERS),
	       get(s, F_ENTRIES), get(s, F_PURGED));
	printf("store      %llu of %llu MiB, new cases stop at %llu %%", get(s, F_STORE) / MIB,
	       get(s, F_STORE_LIMIT) / MIB, get(s, F_OPEN_PERCENT));
	if (s->known[F_DISK])
		printf("; %llu MiB free on the disk", get(s, F_DISK) / MIB);
	if (get(s, F_ROSTER))
		printf("\nroster     version %llu, %llu days left, %llu members\n",
		       get(s, F_ROSTER), get(s, F_ROSTER_DAYS), get(s, F_MEMBERS));
	else
		printf("\nroster     none\n");
	if (s->known[F_DESKS])
		printf("keys       %llu of %llu desks have one, the first ends in %llu days; %llu of %llu can "
		       "receive\n",
		       get(s, F_KEYED), get(s, F_DESKS), get(s, F_KEY_DAYS), get(s, F_SENDING),
		       get(s, F_RECEIVE));
	print_care(s);
	printf("puzzle     %llu bits\n", get(s, F_PUZZLE));
	if (let_in(s, F_LET_SOLVED) < 100 || let_in(s, F_LET_OTHERS) < 100)
		printf("flood      more comes than rate allows; let in: %llu %% of those who solved the newest puzzle, "
		       "%llu %% of the others\n",
		       let_in(s, F_LET_SOLVED), let_in(s, F_LET_OTHERS));
	printf("answered   ok %llu, bad %llu, not found %llu, stale %llu, behind %llu, busy %llu, full %llu\n",
	       get(s, F_OK), get(s, F_BAD), get(s, F_NOT_FOUND), get(s, F_STALE), get(s, F_BEHIND),
	       get(s, F_BUSY), get(s, F_FULL));
}

/* Names and sentences are ours: nothing in them needs escaping. */
static void
print_json(const struct status *s)
{
	printf("{\"v\":1,\"ok\":true,\"data\":{\"well\":%s,\"problems\":[",
	       s->cnt ? "false" : "true");
	for (size_t i = 0; i < s->cnt; i++)
		printf("%s{\"level\":\"%s\",\"what\":\"%s\",\"text\":\"%s\"}", i ? "," : "",
		       s->finding[i].bad ? "bad" : "warn", s->finding[i].what, s->finding[i].text);
	printf("],\"facts\":{");
	const char *comma = "";
	for (int f = 0; f < F__MAX; f++)
		if (s->known[f]) {
			printf("%s\"%s\":%llu", comma, names[f], get(s, (enum fact)f));
			comma = ",";
		}
	printf("}}}\n");
}

/*
 * For Prometheus. What changes with a single tip is not in it: counts are those of the last
 * midnight, rounded (vault_history.c), and how full the store and its disk are is given in steps of
 * 5 and 10 percent points by the findings alone.
 */
static void
print_prometheus(const struct status *s)
{
	static const struct {
		enum fact f;
		const char *name, *help;
	} gauge[] = {
		{ F_VAULT, "davyd_vault_up", "1 where the vault serves" },
		{ F_FACES, "davyd_faces", "faces that serve" },
		{ F_FACES_WANTED, "davyd_faces_wanted", "faces that should serve" },
		{ F_TLS, "davyd_tls", "tls processes that serve" },
		{ F_TLS_WANTED, "davyd_tls_wanted", "tls processes that should serve" },
		{ F_VAULT_AGAIN, "davyd_vault_restarts", "since davyd was started" },
		{ F_CERT_DAYS, "davyd_certificate_days", "days until the HTTPS certificate ends" },
		{ F_ROSTER_DAYS, "davyd_roster_days", "days until the roster ends" },
		{ F_DESKS, "davyd_desks", "desks in the roster" },
		{ F_KEYED, "davyd_desks_keyed", "desks that have a key today" },
		{ F_SENDING, "davyd_desks_sending", "desks that can receive a tip today" },
		{ F_KEY_DAYS, "davyd_key_days", "days until the first key of a desk ends" },
		{ F_BACKUP_DAYS, "davyd_backup_days", "days since the last whole backup" },
		{ F_DAMAGED, "davyd_store_damaged_rows",
		  "rows that the last reading of the store found damaged" },
		{ F_FIGURE_CASES, "davyd_cases", "cases at the last midnight, rounded to tens" },
		{ F_FIGURE_ENTRIES, "davyd_entries",
		  "entries at the last midnight, rounded to tens" },
		{ F_FIGURE_MIB, "davyd_store_mib",
		  "size of the store at the last midnight, rounded to 64 MiB" },
	};
	printf("# HELP davyd_state 0 all is well, 1 warning, 2 critical\n# TYPE davyd_state gauge\ndavyd_state %d\n",
	       level(s));
	printf("# HELP davyd_problem 1 warning, 2 critical\n# TYPE davyd_problem gauge\n");
	for (size_t i = 0; i < s->cnt; i++) {
		bool twice = false;
		for (size_t k = 0; k < s->cnt; k++)
			twice = twice ||
				(k != i && !strcmp(s->finding[k].what, s->finding[i].what) &&
				 (s->finding[k].bad > s->finding[i].bad ||
				  (s->finding[k].bad == s->finding[i].bad && k < i)));
		if (!twice)
			printf("davyd_problem{what=\"%s\"} %d\n", s->finding[i].what,
			       s->finding[i].bad ? 2 : 1);
	}
	for (size_t i = 0; i < sizeof(gauge) / sizeof(gauge[0]); i++)
		if (s->known[gauge[i].f])
			printf("# HELP %s %s\n# TYPE %s gauge\n%s %llu\n", gauge[i].name,
			       gauge[i].help, gauge[i].name, gauge[i].name, get(s, gauge[i].f));
}

/* A single visitor must not show here: shares of the places in steps of ten percent, and hundreds.
 */
static void
print_prometheus_places(const struct status *s)
{
	static const struct {
		enum fact used, places, cut;
		const char *name;
	} kinds[] = { { F_FACES_USED, F_FACES_PLACES, F_FACES_CUT, "faces" },
		      { F_TLS_USED, F_TLS_PLACES, F_TLS_CUT, "tls" } };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *n = kinds[i].name;
		if (!get(s, kinds[i].places))
			continue;
		printf("# HELP davyd_%s_places_percent places in use, rounded down to tens\n"
		       "# TYPE davyd_%s_places_percent gauge\ndavyd_%s_places_percent %llu\n",
		       n, n, n, get(s, kinds[i].used) * 10 / get(s, kinds[i].places) * 10);
		printf("# HELP davyd_%s_ended connections ended for want of places, rounded down to hundreds\n"
		       "# TYPE davyd_%s_ended gauge\ndavyd_%s_ended %llu\n",
		       n, n, n, get(s, kinds[i].cut) / 100 * 100);
	}
}

static struct status *
look(const char *facts, size_t len, uint64_t disk_free)
{
	static struct status s;
	struct buf b;
	const char *line;
	size_t n;
	memset(&s, 0, sizeof(s));
	buf_init(&b, facts, len);
	while ((line = buf_line(&b, &n)))
		take_line(&s, line, n);
	if (disk_free != UINT64_MAX)
		set(&s, F_DISK, disk_free);
	judge(&s);
	return &s;
}

enum status_level
status_print(const char *facts, size_t len, uint64_t disk_free, enum status_form form)
{
	const struct status *s = look(facts, len, disk_free);
	if (form == STATUS_JSON)
		print_json(s);
	else if (form == STATUS_PROMETHEUS) {
		print_prometheus(s);
		print_prometheus_places(s);
	} else
		print_screen(s);
	return level(s);
}

enum status_level
status_worst(char *line, size_t cap, const char **what, const char *facts, size_t len,
	     uint64_t disk_free)
{
	const struct status *s = look(facts, len, disk_free);
	const struct finding *worst = NULL;
	for (size_t i = 0; i < s->cnt; i++)
		if (!worst || (s->finding[i].bad && !worst->bad))
			worst = &s->finding[i];
	*what = worst ? worst->what : "well";
	if (worst)
		snprintf(line, cap, "%s: %s", worst->what, worst->text);
	else
		snprintf(line, cap, "all is well");
	return level(s);
}
