/* davyd status: each thing that can be wrong is found, named with what to do, and nothing is found
 * where all is well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "server/ctl/status.h"

#define WELL                                                                                         \
	"vault 1\ncases 12\nunread-urgent 1\nunread-urgent-days 0\nclocks-run-out 2\nstore-bytes "   \
	"104857600\nstore-limit 1073741824\nopen-percent 70\nroster 2\nroster-days 20\nmembers 12\n" \
	"clock-behind-minutes 0\npuzzle 0\nfaces 2\nfaces-wanted 2\nfaces-restarts 0\ntls 0\n"       \
	"tls-wanted 0\ntls-restarts 0\nvault-restarts 0\npage 1\n"
#define ROOM ((uint64_t)100 << 30)

static char text[8192];

/* What is printed for these facts, in `text`; the exit code. */
static int
shown(const char *facts, uint64_t room, bool json)
{
	FILE *f = tmpfile();
	int old = dup(STDOUT_FILENO);
	assert_non_null(f);
	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	int rc = status_print(facts, strlen(facts), room, json);
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
	assert_int_equal(shown(WELL, ROOM, false), STATUS_WELL);
	assert_memory_equal(text, "all is well\n", 12);
	assert_int_equal(shown(WELL, UINT64_MAX, true), STATUS_WELL);
	assert_non_null(strstr(text, "\"well\":true,\"problems\":[]"));
	assert_null(strstr(text, "disk-free"));
	assert_int_equal(shown(WELL "certificate-days 15\n", ROOM, false), STATUS_WELL);
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
		{ "certificate-days 0\n", "! certificate: it has run out" },
		{ "certificate-days 14\n", "- certificate: 14 days left" },
		{ "roster 0\n", "! roster: no roster yet" },
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
		assert_int_equal(shown(facts, ROOM, false), STATUS_HAND);
		assert_memory_equal(text, "1 thing needs a hand\n", 21);
		assert_non_null(strstr(text, wrong[i].says));
	}
	assert_int_equal(shown(WELL, (uint64_t)100 << 20, false), STATUS_HAND);
	assert_non_null(strstr(text, "! disk: 100 MiB free"));
	assert_int_equal(shown(WELL, (uint64_t)500 << 20, false), STATUS_HAND);
	assert_non_null(strstr(text, "- disk: 500 MiB free, and the store may grow by 924"));
}

static void
order(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL "vault-restarts 1\npage 0\n", ROOM, false), STATUS_HAND);
	assert_true(strstr(text, "! page") < strstr(text, "- vault"));
}

/* Whatever the gateway answers is a screen, never a crash. */
static void
nonsense(void **state)
{
	(void)state;
	assert_int_equal(shown("", ROOM, false), STATUS_HAND);
	assert_int_equal(shown("no answer\n", ROOM, true), STATUS_HAND);
	assert_int_equal(
		shown("cases -1\ncases 99999999999999999999999\ncases\n cases 1\nvault 1x\n"
		      "store-limit 18446744073709551615\nopen-percent 18446744073709551615",
		      0, false),
		STATUS_HAND);
}

/* What a flood does to those who come shows while it lasts: a line of its own, nothing that a hand
 * could mend. */
static void
flood(void **state)
{
	(void)state;
	assert_int_equal(shown(WELL "let-in-percent-solved 100\nlet-in-percent-others 100\n", ROOM,
			       false),
			 STATUS_WELL);
	assert_null(strstr(text, "flood"));
	assert_int_equal(shown(WELL "let-in-percent-solved 100\nlet-in-percent-others 99\n", ROOM,
			       false),
			 STATUS_WELL);
	assert_non_null(
		strstr(text, "\nflood      more comes than rate allows; let in: 100 % of those who "
			     "solved the newest puzzle, 99 % of the others\n"));
	assert_int_equal(shown(WELL "let-in-percent-solved 0\n", ROOM, false), STATUS_WELL);
	assert_non_null(
		strstr(text,
		       "let in: 0 % of those who solved the newest puzzle, 100 % of the others\n"));
	assert_int_equal(shown(WELL "let-in-percent-others 7\n", ROOM, true), STATUS_WELL);
	assert_non_null(strstr(text, "\"let-in-percent-others\":7"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(well), cmocka_unit_test(findings),
					    cmocka_unit_test(order), cmocka_unit_test(flood),
					    cmocka_unit_test(nonsense) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
