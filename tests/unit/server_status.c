/* davyd status: each thing that can be wrong is found, named with what to do, and nothing is found
 * where all is well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "server/parent/status.h"

#define WELL                                                                                                \
	"vault 1\ncases 12\nunread-urgent 1\nunread-urgent-days 0\nclocks-run-out 2\nstore-bytes "          \
	"104857600\nstore-limit 1073741824\nopen-percent 70\nroster 2\nroster-days 20\nmembers 12\n"        \
	"clock-behind-minutes 0\npuzzle 0\nfaces 2\nfaces-wanted 2\nfaces-restarts 0\ntls 0\n"              \
	"tls-wanted 0\ntls-restarts 0\nvault-restarts 0\npage 1\ndesks 5\ndesks-keyed 5\ndesks-receive 4\n" \
	"desks-sending 4\nkey-days 40\n"
#define ROOM ((uint64_t)100 << 30)

static char text[8192];

/* What is printed for these facts, in `text`; the exit code. */
static int
shown(const char *facts, uint64_t room, enum status_form form)
{
	FILE *f = tmpfile();
	int old = dup(STDOUT_FILENO);
	assert_non_null(f);
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	int rc = (int)status_print(facts, strlen(facts), room, form);
	fflush(stdout);
	dup2(old, STDOUT_FILENO);
	close(old);
	rewind(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	return rc;
}

static void
well(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL, ROOM, STATUS_SCREEN), STATUS_OK);
	assert_memory_equal(text, "all is well\n", 12);
	assert_int_equal(shown(WELL, UINT64_MAX, STATUS_JSON), STATUS_OK);
	assert_non_null(strstr(text, "\"well\":true,\"problems\":[]"));
	assert_null(strstr(text, "disk-free"));
	assert_int_equal(shown(WELL "gateways 2\ngateways-wanted 2\n", ROOM, STATUS_SCREEN),
			 STATUS_OK);
	assert_non_null(strstr(text, "\ngateways   2 of 2 davyd have the store\n"));
	assert_int_equal(shown(WELL "certificate-days 15\n", ROOM, STATUS_SCREEN), STATUS_OK);
	assert_non_null(strstr(text, "\nhttps      certificate good for 15 days\n"));
}

/* A later line of the same name wins: one fact changed, one finding. */
static void
findings(void **state)
{
	static const struct {
		const char *fact, *says;
	} wrong[] = {
		{ "vault 0\n", "! vault: the vault does not serve" },
		{ "vault-restarts 4\n", "- vault: the vault was started again, 4 times" },
		{ "faces 1\n", "- faces: 1 of 2 faces processes serve" },
		{ "faces 0\n", "! faces: 0 of 2" },
		{ "faces-restarts 1\n", "- faces: faces processes were started again, 1 time:" },
		{ "tls-wanted 2\n", "! tls: 0 of 2" },
		{ "page 0\n", "! page: no page" },
		{ "gateways 1\ngateways-wanted 2\n", "- gateways: 1 of 2 davyd have the store" },
		{ "gateways 2\ngateways-wanted 1\n",
		  "- gateways: 2 davyd have the store and store_gateways is 1" },
		{ "gateways 2\ngateways-wanted 2\nclock-behind-minutes 60\n",
		  "if it is right, that of another one is ahead" },
		{ "roster-days 14\n", "- roster: 14 days left: the registrars must sign" },
		{ "vault-restarts 4\nvault-restart-minutes 3\n",
		  "- vault: the vault was started again, 4 times, "
		  "last 3 minutes ago" },
		{ "files-limit 64\nfiles-needed 4224\n",
		  "! files: a process may open 64 files and a face needs 4224" },
		{ "files-limit 3000\nfiles-needed 4224\n", "- files: a process may open 3000" },
		{ "desks-keyed 0\ndesks-sending 0\n",
		  "! keys: no desk has a key, nobody can send" },
		{ "desks-keyed 2\ndesks-sending 0\n",
		  "! keys: 2 of 5 desks have a key, fewer than a tip needs" },
		{ "desks-keyed 4\n", "- keys: 4 of 5 desks have a key" },
		{ "desks-sending 3\n", "- keys: 5 of 5 desks have a key, 3 of 4 can receive" },
		{ "key-days 14\n", "- keys: a desk's key ends in 14 days" },
		{ "key-days 1\n", "! keys: a desk's key ends in 1 days" },
		{ "rota-none-today 1\nrota-none-today-desk 7\n",
		  "- rota: nobody is on duty today at 1 of the desks that have a rota, first at desk 7, and all "
		  "of the desk see what comes in" },
		{ "rota-none-tomorrow 2\nrota-none-tomorrow-desk 3\n",
		  "- rota: nobody is on duty tomorrow at 2 of the desks that have a rota, first at desk 3" },
		{ "store-damaged 2\n", "! damage: 2 rows of the store are not what was stored" },
		{ "ballast-gone 1\n", "! ballast: the disk was full" },
		{ "grown-bytes-a-day 60000000\n",
		  "- room: at the rate of the last days the room ends in 11 days" },
		{ "grown-bytes-a-day 600000000\n",
		  "! room: at the rate of the last days the room ends in 2 days" },
		{ "backup-days 9\n", "- backup: the last whole one was made 9 days ago" },
		{ "usage-days 7\n", "- backup: none was made yet" },
		{ "certificate-days 0\n", "! certificate: it has run out" },
		{ "certificate-days 14\n", "- certificate: 14 days left" },
		{ "roster 0\n", "! roster: no roster yet" },
		{ "roster-other-key 1\n",
		  "! roster: the roster in force still names another key of the gateway" },
		{ "roster-days 0\n", "! roster: it has run out" },
		{ "roster-days 3\n", "- roster: 3 days left: the registrars must sign" },
		{ "store-bytes 710000000\n", "- store: 66 % full, new cases stop at 70 %" },
		{ "store-bytes 800000000\n", "! store: 74 % full and new cases are refused" },
		{ "clock-behind-minutes 11\n",
		  "! clock: clock suspect: the machine's clock is 11 minutes behind" },
		{ "clock-ahead-minutes 90\n",
		  "! clock: clock suspect: the machine's clock jumped 90 minutes ahead" },
		{ "unread-urgent-days 2\n", "- unread: 1 urgent cases are unread, since 2 days" },
	};
	char facts[2048];
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(facts, sizeof(facts), "%s%s", WELL, wrong[i].fact);
		assert_int_equal(shown(facts, ROOM, STATUS_SCREEN),
				 wrong[i].says[0] == '-' ? STATUS_WARNING : STATUS_CRITICAL);
		assert_memory_equal(text, "1 thing needs a hand\n", 21);
		assert_non_null(strstr(text, wrong[i].says));
	}
	assert_int_equal(shown(WELL, (uint64_t)100 << 20, STATUS_SCREEN), STATUS_CRITICAL);
	assert_non_null(strstr(text, "! disk: 100 MiB free"));
	assert_int_equal(shown(WELL, (uint64_t)500 << 20, STATUS_SCREEN), STATUS_WARNING);
	assert_non_null(strstr(text, "- disk: 500 MiB free, and the store may grow by 924"));
}

/* A restart that is a day old is history, and so is nothing else. */
static void
old_restart(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL
			       "vault-restarts 4\nvault-restart-minutes 1440\nfaces-restarts 2\n"
			       "faces-restart-minutes 9000\n",
			       ROOM, STATUS_SCREEN),
			 STATUS_OK);
	assert_int_equal(shown(WELL "backup-days 8\ngrown-bytes-a-day 30000000\nfiles-limit 4000\n"
				    "files-needed 4224\n",
			       ROOM, STATUS_SCREEN),
			 STATUS_OK);
	assert_non_null(strstr(text, "backup     8 days ago"));
	assert_non_null(strstr(text, "room for 22 days"));
}

/* What monitoring sees has no number that a single tip moves. */
static void
prometheus(void **state)
{
	static char before[sizeof(text)];
	(void)state;
	assert_int_equal(shown(WELL "figure-cases 10\npage 0\nkey-days 3\n", ROOM,
			       STATUS_PROMETHEUS),
			 STATUS_CRITICAL);
	assert_non_null(strstr(text, "\ndavyd_state 2\n"));
	assert_non_null(
		strstr(text, "\ndavyd_problem{what=\"page\"} 2\ndavyd_problem{what=\"keys\"} 1\n"));
	assert_non_null(strstr(text, "\ndavyd_cases 10\n"));
	assert_non_null(strstr(text, "\ndavyd_key_days 3\n"));
	memcpy(before, text, sizeof(text));
	shown(WELL
	      "figure-cases 10\npage 0\nkey-days 3\ncases 13\nentries 40\nunread-urgent 0\nunread-ordinary 7\n"
	      "held 3\norders 4\nclocks-run-out 9\nstore-bytes 104890384\nanswered-ok 77\nanswered-bad 5\npuzzle 3\n"
	      "let-in-percent-others 7\npurged 3\n",
	      ROOM - 16384, STATUS_PROMETHEUS);
	assert_string_equal(text, before);
}

static void
worst(void **state)
{
	char line[STATUS_LINE];
	const char *what;
	static const char bad[] = WELL "vault-restarts 1\npage 0\n";
	(void)state;
	assert_int_equal(status_worst(line, sizeof(line), &what, bad, strlen(bad), ROOM),
			 STATUS_CRITICAL);
	assert_string_equal(what, "page");
	assert_memory_equal(line, "page: no page", 13);
	assert_int_equal(status_worst(line, sizeof(line), &what, WELL, strlen(WELL), ROOM),
			 STATUS_OK);
	assert_string_equal(line, "all is well");
}

static void
order(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL "vault-restarts 1\npage 0\n", ROOM, STATUS_SCREEN),
			 STATUS_CRITICAL);
	assert_true(strstr(text, "! page") < strstr(text, "- vault"));
}

/* Whatever the gateway answers is a screen, never a crash. */
static void
nonsense(void **state)
{
	(void)state;
	assert_int_equal(shown("", ROOM, STATUS_SCREEN), STATUS_CRITICAL);
	assert_int_equal(shown("no answer\n", ROOM, STATUS_JSON), STATUS_CRITICAL);
	assert_int_equal(
		shown("cases -1\ncases 99999999999999999999999\ncases\n cases 1\nvault 1x\n"
		      "store-limit 18446744073709551615\nopen-percent 18446744073709551615",
		      0, STATUS_SCREEN),
		STATUS_CRITICAL);
}

/* What a flood does to those who come shows while it lasts: a line of its own, nothing that a hand
 * could mend. */
static void
flood(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL "let-in-percent-solved 100\nlet-in-percent-others 100\n", ROOM,
			       STATUS_SCREEN),
			 STATUS_OK);
	assert_null(strstr(text, "flood"));
	assert_int_equal(shown(WELL "let-in-percent-solved 100\nlet-in-percent-others 99\n", ROOM,
			       STATUS_SCREEN),
			 STATUS_OK);
	assert_non_null(
		strstr(text, "\nflood      more comes than rate allows; let in: 100 % of those who "
			     "solved the newest puzzle, 99 % of the others\n"));
	assert_int_equal(shown(WELL "let-in-percent-solved 0\n", ROOM, STATUS_SCREEN), STATUS_OK);
	assert_non_null(
		strstr(text,
		       "let in: 0 % of those who solved the newest puzzle, 100 % of the others\n"));
	assert_int_equal(shown(WELL "let-in-percent-others 7\n", ROOM, STATUS_JSON), STATUS_OK);
	assert_non_null(strstr(text, "\"let-in-percent-others\":7"));
}

/* How full the door is, and whom it turned away. */
static void
places(void **state)
{
	static const char facts[] = WELL
		"faces-connections 12\nfaces-places 20000\nfaces-ended 345\n"
		"tls-connections 19\ntls-places 20\ntls-ended 7\n";
	(void)state;
	assert_int_equal(shown(facts, ROOM, STATUS_SCREEN), STATUS_OK);
	assert_non_null(strstr(
		text,
		"\nvisitors   at the faces: 12 connections of 20000, 345 ended for want of places\n"
		"           at the tls processes: 19 connections of 20, 7 ended for want of places\n"));
	shown(facts, ROOM, STATUS_JSON);
	assert_non_null(
		strstr(text,
		       "\"faces-connections\":12,\"faces-places\":20000,\"faces-ended\":345"));
	shown(facts, ROOM, STATUS_PROMETHEUS);
	assert_non_null(strstr(text, "\ndavyd_faces_places_percent 0\n"));
	assert_non_null(strstr(text, "\ndavyd_faces_ended 300\n"));
	assert_non_null(strstr(text, "\ndavyd_tls_places_percent 90\n"));
	assert_non_null(strstr(text, "\ndavyd_tls_ended 0\n"));
	/* Without HTTPS there is no second line. */
	shown(WELL "faces-connections 1\nfaces-places 8\nfaces-ended 0\n", ROOM, STATUS_SCREEN);
	assert_null(strstr(text, "tls processes:"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),      cmocka_unit_test(well),
		cmocka_unit_test(findings),    cmocka_unit_test(order),
		cmocka_unit_test(flood),       cmocka_unit_test(nonsense),
		cmocka_unit_test(old_restart), cmocka_unit_test(prometheus),
		cmocka_unit_test(worst)
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
