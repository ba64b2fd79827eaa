/*
 * The text of `davyd status`: a table of facts, and a table of the problems that they show. It
 * talks to no process and opens no file.
 */
#include "server/ctl/status.h"

#include "crypto/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define FINDING_MAX 16
#define MIB         ((uint64_t)1 << 20)
#define ROSTER_DAYS 7 /* signing takes several people some days */
#define CERT_DAYS   14
#define STORE_NEAR  5   /* percent below the share at which new cases stop */
#define DISK_LOW    256 /* MiB */
#define CLOCK_MIN   10  /* minutes by which the clock of a client may differ */

enum fact {
	F_VAULT,
	F_FACES,
	F_FACES_WANTED,
	F_FACES_AGAIN,
	F_TLS,
	F_TLS_WANTED,
	F_TLS_AGAIN,
	F_VAULT_AGAIN,
	F_PAGE,
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
	F_ROSTER,
	F_ROSTER_DAYS,
	F_MEMBERS,
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
	[F_TLS] = "tls",
	[F_TLS_WANTED] = "tls-wanted",
	[F_TLS_AGAIN] = "tls-restarts",
	[F_VAULT_AGAIN] = "vault-restarts",
	[F_PAGE] = "page",
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
	[F_ROSTER] = "roster",
	[F_ROSTER_DAYS] = "roster-days",
	[F_MEMBERS] = "members",
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
		char text[200];
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

static void
judge_processes(struct status *s)
{
	static const struct {
		enum fact now, wanted, again;
		const char *what;
	} kinds[] = { { F_FACES, F_FACES_WANTED, F_FACES_AGAIN, "faces" },
		      { F_TLS, F_TLS_WANTED, F_TLS_AGAIN, "tls" } };
	if (!get(s, F_VAULT))
		find(s, true, "vault",
		     "the vault does not serve, nothing is accepted: its reason is in the "
		     "log (journalctl -u davylamp)");
	else if (get(s, F_VAULT_AGAIN))
		find(s, false, "vault",
		     "the vault was started again, %llu %s: its reason is in the log",
		     get(s, F_VAULT_AGAIN), times(get(s, F_VAULT_AGAIN)));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (get(s, kinds[i].now) < get(s, kinds[i].wanted))
			find(s, !get(s, kinds[i].now), kinds[i].what,
			     "%llu of %llu %s processes serve: their reason is in the log",
			     get(s, kinds[i].now), get(s, kinds[i].wanted), kinds[i].what);
		else if (get(s, kinds[i].again))
			find(s, false, kinds[i].what,
			     "%s processes were started again, %llu %s: their reason is in the log",
			     kinds[i].what, get(s, kinds[i].again), times(get(s, kinds[i].again)));
	}
	if (s->known[F_PAGE] && !get(s, F_PAGE))
		find(s, true, "page",
		     "no page, / answers 404: make one (davy site build) where davyd.conf "
		     "says, then systemctl reload davylamp");
}

static void
judge_certificate(struct status *s)
{
	if (!s->known[F_CERT_DAYS] || get(s, F_CERT_DAYS) > CERT_DAYS)
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
	else if (get(s, F_ROSTER_DAYS) <= ROSTER_DAYS)
		find(s, false, "roster",
		     "%llu days left: the registrars must sign and publish a new one",
		     get(s, F_ROSTER_DAYS));
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
	judge_room(s);
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
print_screen(const struct status *s)
{
	print_findings(s);
	printf("processes  vault %s, faces %llu of %llu, tls %llu of %llu; started again %llu, %llu, %llu\n",
	       get(s, F_VAULT) ? "serves" : "does not serve", get(s, F_FACES),
	       get(s, F_FACES_WANTED), get(s, F_TLS), get(s, F_TLS_WANTED), get(s, F_VAULT_AGAIN),
	       get(s, F_FACES_AGAIN), get(s, F_TLS_AGAIN));
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

int
status_print(const char *facts, size_t len, uint64_t disk_free, bool json)
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
	if (json)
		print_json(&s);
	else
		print_screen(&s);
	return s.cnt ? STATUS_HAND : STATUS_WELL;
}
