/* Keys that an opened case audits against: what a roster no longer names is still known years
 * later; and what the hash of a roster inside a tip says about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <sodium.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/home/home_state.h"
#include "crypto/err.h"
#include "crypto/secret.h"

static char dir[] = "/tmp/cli_dossier.XXXXXX";
static struct session ses;

static int
setup(void **state)
{
	struct home_gateway g = { .url = (char[]){ "unix:/nowhere" } };
	struct key_sign k;

	(void)state;
	if (sodium_init() < 0 || !mkdtemp(dir))
		return -1;
	ses = (struct session){ .home_dir = dir };
	memset(g.card.id, 0x11, sizeof(g.card.id));
	key_sign_new(&k);
	key_sign_public(g.card.key, &k);
	key_sign_new(&k);
	key_sign_public(g.card.roots.key[0], &k);
	g.card.roots.cnt = g.card.roots.threshold = 1;
	if (home_gateway_save(&ses, &g, true) != DAVY_OK || home_open(&ses, false) != DAVY_OK)
		return -1;
	ses.home->secret = secret_alloc(sizeof(*ses.home->secret));
	if (!ses.home->secret)
		return -1;
	memset(ses.home->secret->keys.workspace, 7, 32);
	return workspace_open(&ses);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static int
teardown(void **state)
{
	(void)state;
	workspace_close(&ses);
	home_close(&ses);
	session_end(&ses);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A roster of one epoch key; which one is told by `n`. */
struct fixture {
	struct epoch epoch;
	struct xwing_public pk;
	struct trust view;
	struct opened_inner in;
	struct opened d;
};

static void
fixture_at(struct fixture *w, int n)
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
	w->d.inner = &w->in;
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
saw(int n, uint32_t version, uint32_t day)
{
	uint8_t hash[32], val[8];

	memset(hash, n, sizeof(hash));
	for (int i = 0; i < 4; i++) {
		val[i] = (uint8_t)(version >> 8 * i);
		val[4 + i] = (uint8_t)(day >> 8 * i);
	}
	assert_int_equal(workspace_put(ses.workspace, WORKSPACE_HASH, hash, sizeof(hash), val,
				       sizeof(val)),
			 0);
}

static void
test_roster_hash(void **state)
{
	static struct fixture w;
	uint8_t hash[32];
	uint32_t version;

	(void)state;
	saw(1, 1, 100);
	saw(2, 2, 200);
	fixture_at(&w, 1);
	memset(hash, 1, sizeof(hash));
	assert_int_equal(opened_roster_check(&ses, &w.in, hash, 150, &version), OPENED_ROSTER_FINE);
	assert_int_equal(version, 1);
	/* For a week after it was replaced it may still be met; then somebody is served an old one.
	 */
	assert_int_equal(opened_roster_check(&ses, &w.in, hash, 207, &version), OPENED_ROSTER_FINE);
	assert_int_equal(opened_roster_check(&ses, &w.in, hash, 208, &version),
			 OPENED_ROSTER_OLDER);
	memset(hash, 2, sizeof(hash));
	assert_int_equal(opened_roster_check(&ses, &w.in, hash, 900, &version), OPENED_ROSTER_FINE);
	memset(hash, 3, sizeof(hash)); /* the gateway does not answer either */
	assert_int_equal(opened_roster_check(&ses, &w.in, hash, 150, &version),
			 OPENED_ROSTER_UNKNOWN);
	assert_int_equal(version, 0);
	opened_keys_free(&w.in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_roster_hash),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
