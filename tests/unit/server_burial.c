/*
 * Tries to bury tips. In a simulated year every member, the face and the operator do at random what
 * the formats allow them, thousands of times: reply, close, limit readers, object, purge, send old
 * frames again, leave frames out, stop the vault, bring back older settings. Once a day the desk
 * above and the backstop look at their lists and the test compares them with what they must show: a
 * tip that nobody read or answered in time, or whose term has ended, is open to the desk above; a
 * closing stands there for seven days before it counts; no case leaves the list without the
 * backstop's word, and then its source is told.
 *
 *	BURIAL_RUNS=n   tips to bury (default below)
 *	BURIAL_SEED=n   repeats a run
 */
#include "tests/lib/fixture.h"
#include "tests/unit/server_burial.h"

#ifdef __SANITIZE_ADDRESS__
#define RUNS_DEFAULT 1000
#else
#define RUNS_DEFAULT 10000
#endif

static void
random_years(void **state)
{
	const char *runs = getenv("BURIAL_RUNS"), *given = getenv("BURIAL_SEED");
	unsigned long all = runs ? strtoul(runs, NULL, 10) : RUNS_DEFAULT;
	(void)state;
	randombytes_buf(&seed, sizeof(seed));
	seed = given ? strtoull(given, NULL, 10) : seed >> 1 | 1;
	printf("# %lu tips, BURIAL_SEED=%llu\n", all, (unsigned long long)seed);
	fflush(stdout);
	for (unsigned long done = 0; done < all; done += WORLD)
		world(all - done < WORLD ? all - done : WORLD);
	printf("# %lu frames, %lu days; closed %lu, objected to %lu, purged %lu, opened by two %lu, "
	       "list of those hidden %lu, lead not shown %lu, sampled %lu\n",
	       tally.frames, tally.days, tally.closed, tally.objected, tally.purged, tally.opened,
	       tally.limited, tally.hidden, tally.sampled);
	/* What never happens proves nothing. */
	if (all >= 1000)
		assert_true(tally.closed && tally.objected && tally.purged && tally.opened &&
			    tally.limited && tally.hidden && tally.sampled);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_years) };
	if (access("/dev/shm", W_OK) == 0)
		fixture_in = "/dev/shm";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
