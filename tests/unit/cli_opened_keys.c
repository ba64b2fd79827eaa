/* What an opened case is audited against: keys that no roster names any more; what the roster hash
 * inside a tip tells; the desks that the rules name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/expected.h"
#include "admin-cli/desk/opened_inner.h"
#include "crypto/err.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_opened_keys.XXXXXX";
static struct session ses;

static int
setup(void **state)
{
	(void)state;
	if (cli_home_make(dir))
		return -1;
	cli_home_start(&ses, dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cli_home_stop(&ses);
	return cli_home_remove(dir);
}

/* A roster with one epoch key, number `n`. */
struct fixture {
	struct epoch epoch;
	struct xwing_public pk;
	struct trust view;
	struct opened_ring in;
	struct opened_inner inner;
	struct opened d;
};

static void
fixture_fill(struct fixture *w, int n)
{
	const struct home_keys *keys = &ses.home->secret->keys;
	const struct home_gateway *g;
	struct xwing_secret sk;

	memset(w, 0, sizeof(*w));
	memset(sk.seed, n, sizeof(sk.seed));
	xwing_public_of(&w->pk, &sk);
	w->epoch.desk = (uint16_t)n;
	memcpy(w->epoch.key, w->pk.b, sizeof(w->epoch.key));
	w->view.bundle.epoch = &w->epoch;
	w->view.bundle.epoch_cnt = 1;
	memset(w->view.bundle.hash, n, 32);
	assert_int_equal(home_gateway(&ses, &g), DAVY_OK);
	w->in.gateway = g;
	w->in.keys = keys;
	w->d.view = &w->view;
	w->inner.ring = &w->in;
	w->d.inner = &w->inner;
}

static void
fixture_at(struct fixture *w, int n)
{
	fixture_fill(w, n);
	assert_int_equal(opened_keys_load(&ses, &w->d), 0);
}

static const struct open_known *
find(const struct fixture *w, int n)
{
	for (size_t i = 0; i < w->in.known_cnt; i++)
		if (w->in.known[i].desk == n)
			return &w->in.known[i];
	return NULL;
}

static void
test_archive(void **state)
{
	static struct fixture w;
	struct xwing_public old;
	const struct open_known *k;
	int n;

	(void)state;
	for (n = 1; n <= 40; n++) { /* enough that the table grows */
		fixture_at(&w, n);
		assert_non_null(find(&w, n));
		assert_true(n == 1 || !find(&w, n - 1)); /* the roster has forgotten it */
		if (n == 1)
			old = w.pk;
		if (n < 40)
			opened_keys_free(&w.in);
	}
	assert_true(opened_keys_older(&ses, &w.in));
	k = find(&w, 1);
	assert_non_null(k);
	assert_memory_equal(k->pk, old.b, sizeof(old.b));
	assert_int_equal(w.in.known_cnt, 40);
	assert_false(opened_keys_older(&ses, &w.in)); /* once is enough */
	opened_keys_free(&w.in);
	fixture_at(&w, 40); /* the same roster again adds nothing */
	assert_true(opened_keys_older(&ses, &w.in));
	assert_int_equal(w.in.known_cnt, 40);
	opened_keys_free(&w.in);
}

static void
test_roster_hash(void **state)
{
	static struct fixture w;
	uint8_t hash[32];
	uint32_t version;

	(void)state;
	cli_home_saw(&ses, 1, 1, 100);
	cli_home_saw(&ses, 2, 2, 200);
	fixture_at(&w, 1);
	memset(hash, 1, sizeof(hash));
	assert_int_equal(opened_roster_check(&ses, &w.d, hash, 150, &version), OPENED_ROSTER_FINE);
	assert_int_equal(version, 1);
	/* For a week after its replacement an old roster is no alarm; after that it is. */
	assert_int_equal(opened_roster_check(&ses, &w.d, hash, 207, &version), OPENED_ROSTER_FINE);
	assert_int_equal(opened_roster_check(&ses, &w.d, hash, 208, &version), OPENED_ROSTER_OLDER);
	memset(hash, 2, sizeof(hash));
	assert_int_equal(opened_roster_check(&ses, &w.d, hash, 900, &version), OPENED_ROSTER_FINE);
	memset(hash, 3, sizeof(hash)); /* the gateway does not answer either */
	assert_int_equal(opened_roster_check(&ses, &w.d, hash, 150, &version),
			 OPENED_ROSTER_UNKNOWN);
	assert_int_equal(version, 0);
	opened_keys_free(&w.in);
}

/* A tip from a county of city desk 2 (above it 1, then 5, the backstop; 6 is of another
 * organisation): which desks may open it without an alarm. */
static void
test_expected(void **state)
{
	static const struct {
		uint16_t desk[SEAL_CNT];
		const char *more;
		enum opened_choice want;
		uint16_t which;
	} cases[] = {
		{ { 2, 1, 5, 6 }, "", OPENED_CHOICE_FINE, 0 },
		/* without the backstop, or without the other desk of level 4 */
		{ { 2, 1, 6, 0 }, "", OPENED_CHOICE_MISSING, 5 },
		{ { 2, 1, 5, 0 }, "", OPENED_CHOICE_MISSING, 6 },
		{ { 2, 1, 6, 0 }, ",\"excluded\":[5]", OPENED_CHOICE_FINE, 0 },
		/* this home has seen a key of desk 2, none of desk 1 */
		{ { 1, 5, 6, 0 }, "", OPENED_CHOICE_MISSING, 2 },
		{ { 2, 5, 6, 0 }, "", OPENED_CHOICE_FINE, 0 },
		{ { 2, 3, 5, 6 }, "", OPENED_CHOICE_OTHER, 3 },
		{ { 3, 1, 5, 6 }, "", OPENED_CHOICE_MISSING, 2 },
		/* nobody above the level that she named but the two */
		{ { 5, 6, 0, 0 }, ",\"keep_from\":[\"L2\"]", OPENED_CHOICE_FINE, 0 },
		{ { 2, 5, 6, 0 }, ",\"keep_from\":[\"L2\"]", OPENED_CHOICE_OTHER, 2 },
	};
	static const uint8_t kind[] = { ROSTER_REVIEW, ROSTER_REVIEW, ROSTER_REVIEW,
					ROSTER_OVERSIGHT, ROSTER_OVERSIGHT };
	static const uint16_t number[] = { 1, 2, 3, 5, 6 }, over[] = { 5, 1, 1, 0, 0 };
	static const uint8_t level[] = { 3, 2, 2, 4, 4 };
	static const char *const area[] = { "990000", "990100", "990200", "000000", "000000" };
	static struct roster r;
	static struct fixture w;
	struct opened_entry x;
	struct fold_entry f = { .by_source = true, .day = 200 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct roster_desk *d = &r.desk[r.desk_cnt++];

		*d = (struct roster_desk){ .number = number[i],
					   .above = over[i],
					   .kind = kind[i],
					   .level = level[i],
					   .org = number[i] };
		memcpy(d->area, area[i], sizeof(d->area));
	}
	r.version = 3;
	r.backstop = 5;
	fixture_fill(&w, 2); /* a roster that names the key of desk 2 */
	w.epoch.from = 150;
	w.epoch.until = 250;
	w.view.bundle.hash[0] = 77;
	w.epoch.key[0] ^= 1;
	w.view.today = 160;
	assert_int_equal(opened_keys_load(&ses, &w.d), 0);
	w.view.bundle.roster = &r;
	w.d.x = &x;
	w.d.entry = &f;
	w.d.cnt = 1;
	assert_memory_equal(opened_keys_good(&w.in, 2, 200), w.epoch.key, sizeof(w.epoch.key));
	assert_non_null(opened_keys_good(&w.in, 2, 160)); /* seen on that day */
	assert_null(opened_keys_good(&w.in, 2, 159));
	assert_null(opened_keys_good(&w.in, 2, 250));
	assert_null(opened_keys_good(&w.in, 1, 200));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char body[200];

		snprintf(body, sizeof(body), "{\"tile\":0,\"county\":\"990102\"%s}", cases[i].more);
		x = (struct opened_entry){ .audit = OPENED_AUDITED, .roster_version = 3 };
		x.e.type = ENTRY_TIP;
		x.body = json_loads(body, 0, NULL);
		while (x.desk_cnt < SEAL_CNT && cases[i].desk[x.desk_cnt]) {
			x.desk[x.desk_cnt] = cases[i].desk[x.desk_cnt];
			x.desk_cnt++;
		}
		expected_check(&ses, &w.d, 0);
		if (x.choice != cases[i].want || x.choice_desk != cases[i].which)
			fail_msg("case %zu: %d, desk %u", i, x.choice, x.choice_desk);
		assert_int_equal(opened_alarm(&w.d), x.choice != OPENED_CHOICE_FINE);
		json_decref(x.body);
	}
	opened_keys_free(&w.in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_roster_hash),
		cmocka_unit_test(test_expected),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
