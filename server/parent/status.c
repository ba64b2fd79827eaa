/*
 * The text of `davyd status`: a table of facts, and a table of the problems that they show. It
 * talks to no process and opens no file.
 */
#include "server/parent/status.h"
#include "server/parent/status_inner.h"

#include "crypto/buf.h"

#include <errno.h>
#include <stdio.h>

static const char *const names[F__MAX] = {
	[F_VAULT] = "vault",
	[F_STORE_AWAY] = "store-away",
	[F_GATEWAYS] = "gateways",
	[F_GATEWAYS_WANTED] = "gateways-wanted",
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
	[F_ROSTER_KEY] = "roster-other-key",
	[F_MEMBERS] = "members",
	[F_DESKS] = "desks",
	[F_KEYED] = "desks-keyed",
	[F_RECEIVE] = "desks-receive",
	[F_SENDING] = "desks-sending",
	[F_KEY_DAYS] = "key-days",
	[F_ROTA_TODAY] = "rota-none-today",
	[F_ROTA_TODAY_DESK] = "rota-none-today-desk",
	[F_ROTA_TOMORROW] = "rota-none-tomorrow",
	[F_ROTA_TOMORROW_DESK] = "rota-none-tomorrow-desk",
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
	return s->known[f] ? status_get(s, f) : 100;
}

static void
print_care(const struct status *s)
{
	if (s->known[F_BACKUP_DAYS])
		printf("backup     %llu days ago", status_get(s, F_BACKUP_DAYS));
	else
		printf("backup     none yet");
	if (s->known[F_READ_DAYS])
		printf("; the store was read %llu days ago, %llu rows damaged",
		       status_get(s, F_READ_DAYS), status_get(s, F_DAMAGED));
	if (status_days_until_full(s))
		printf("; room for %llu days", status_days_until_full(s));
	printf("\n");
}

static void
print_places(const struct status *s)
{
	if (!s->known[F_FACES_PLACES])
		return;
	printf("visitors   at the faces: %llu connections of %llu, %llu ended for want of places\n",
	       status_get(s, F_FACES_USED), status_get(s, F_FACES_PLACES),
	       status_get(s, F_FACES_CUT));
	if (s->known[F_TLS_PLACES])
		printf("           at the tls processes: %llu connections of %llu, %llu ended for want of places\n",
		       status_get(s, F_TLS_USED), status_get(s, F_TLS_PLACES),
		       status_get(s, F_TLS_CUT));
}

static void
print_screen(const struct status *s)
{
	print_findings(s);
	printf("processes  vault %s, faces %llu of %llu, tls %llu of %llu; started again %llu, %llu, %llu\n",
	       status_get(s, F_VAULT) ? "serves" : "does not serve", status_get(s, F_FACES),
	       status_get(s, F_FACES_WANTED), status_get(s, F_TLS), status_get(s, F_TLS_WANTED),
	       status_get(s, F_VAULT_AGAIN), status_get(s, F_FACES_AGAIN),
	       status_get(s, F_TLS_AGAIN));
	print_places(s);
	if (s->known[F_CERT_DAYS])
		printf("https      certificate good for %llu days\n", status_get(s, F_CERT_DAYS));
	if (!status_get(s, F_VAULT))
		return;
	printf("cases      %llu, unread urgent %llu, ordinary %llu; clocks run out %llu; replies held %llu\n",
	       status_get(s, F_CASES), status_get(s, F_URGENT), status_get(s, F_ORDINARY),
	       status_get(s, F_CLOCKS_OUT), status_get(s, F_HELD));
	printf("           orders %llu, entries %llu, purged %llu\n", status_get(s, F_ORDERS),
	       status_get(s, F_ENTRIES), status_get(s, F_PURGED));
	printf("store      %llu of %llu MiB, new cases stop at %llu %%",
	       status_get(s, F_STORE) / MIB, status_get(s, F_STORE_LIMIT) / MIB,
	       status_get(s, F_OPEN_PERCENT));
	if (s->known[F_DISK])
		printf("; %llu MiB free on the disk", status_get(s, F_DISK) / MIB);
	if (s->known[F_GATEWAYS])
		printf("\ngateways   %llu of %llu davyd have the store", status_get(s, F_GATEWAYS),
		       status_get(s, F_GATEWAYS_WANTED));
	if (status_get(s, F_ROSTER))
		printf("\nroster     version %llu, %llu days left, %llu members\n",
		       status_get(s, F_ROSTER), status_get(s, F_ROSTER_DAYS),
		       status_get(s, F_MEMBERS));
	else
		printf("\nroster     none\n");
	if (s->known[F_DESKS])
		printf("keys       %llu of %llu desks have one, the first ends in %llu days; %llu of %llu can "
		       "receive\n",
		       status_get(s, F_KEYED), status_get(s, F_DESKS), status_get(s, F_KEY_DAYS),
		       status_get(s, F_SENDING), status_get(s, F_RECEIVE));
	print_care(s);
	printf("puzzle     %llu bits\n", status_get(s, F_PUZZLE));
	if (let_in(s, F_LET_SOLVED) < 100 || let_in(s, F_LET_OTHERS) < 100)
		printf("flood      more comes than rate allows; let in: %llu %% of those who solved the newest puzzle, "
		       "%llu %% of the others\n",
		       let_in(s, F_LET_SOLVED), let_in(s, F_LET_OTHERS));
	printf("answered   ok %llu, bad %llu, not found %llu, stale %llu, behind %llu, busy %llu, full %llu\n",
	       status_get(s, F_OK), status_get(s, F_BAD), status_get(s, F_NOT_FOUND),
	       status_get(s, F_STALE), status_get(s, F_BEHIND), status_get(s, F_BUSY),
	       status_get(s, F_FULL));
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
			printf("%s\"%s\":%llu", comma, names[f], status_get(s, (enum fact)f));
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
		{ F_GATEWAYS, "davyd_gateways", "davyd that have the store on a server" },
		{ F_GATEWAYS_WANTED, "davyd_gateways_wanted", "davyd that should have it" },
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
			       gauge[i].help, gauge[i].name, gauge[i].name,
			       status_get(s, gauge[i].f));
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
		if (!status_get(s, kinds[i].places))
			continue;
		printf("# HELP davyd_%s_places_percent places in use, rounded down to tens\n"
		       "# TYPE davyd_%s_places_percent gauge\ndavyd_%s_places_percent %llu\n",
		       n, n, n,
		       status_get(s, kinds[i].used) * 10 / status_get(s, kinds[i].places) * 10);
		printf("# HELP davyd_%s_ended connections ended for want of places, rounded down to hundreds\n"
		       "# TYPE davyd_%s_ended gauge\ndavyd_%s_ended %llu\n",
		       n, n, n, status_get(s, kinds[i].cut) / 100 * 100);
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
	status_judge(&s);
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
