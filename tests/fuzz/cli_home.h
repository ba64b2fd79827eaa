/* A home in memory for targets that need one: a keystore that is open, one gateway pinned, nothing
 * printed. */
#ifndef TESTS_FUZZ_CLI_HOME_H
#define TESTS_FUZZ_CLI_HOME_H

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home_state.h"
#include "admin-cli/desk/sync_state.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"
#include "crypto/secret.h"
#include "tests/fuzz/draw.h"

static struct session ses;
static char cli_dir[64];
static struct key_sign home_root, home_gateway_key;

static int
home_remove(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	return remove(path);
}

static inline void
home_gone(void)
{
	workspace_close(&ses);
	trust_close(&ses);
	home_close(&ses);
	(void)nftw(cli_dir, home_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* What one run of the tool would have freed at its end. */
static inline void
home_forget(void)
{
	session_end(&ses);
}

/* True the first time. The gateway's address is the socket `sock` in the home. */
static inline bool
home_start(void)
{
	char url[128];
	struct home_gateway g = { .url = url };
	uint8_t seed[KEY_SIGN_SEED_LEN] = { 1 };
	if (ses.home)
		return false;
	draw_same();
	if (sodium_init() < 0)
		abort();
	snprintf(cli_dir, sizeof(cli_dir), "%s/davy-fuzz.XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert(mkdtemp(cli_dir));
	snprintf(url, sizeof(url), "unix:%s/sock", cli_dir);
	ses = (struct session){ .home_dir = cli_dir };
	memset(g.card.id, 0x11, sizeof(g.card.id));
	key_sign_from_seed(&home_gateway_key, seed);
	key_sign_public(g.card.key, &home_gateway_key);
	memcpy(g.key, g.card.key, sizeof(g.key));
	seed[0] = 2;
	key_sign_from_seed(&home_root, seed);
	key_sign_public(g.card.roots.key[0], &home_root);
	g.card.roots.cnt = g.card.roots.threshold = 1;
	assert(home_gateway_save(&ses, &g, true) == DAVY_OK && home_open(&ses, false) == DAVY_OK);
	ses.home->secret = secret_alloc(sizeof(*ses.home->secret));
	assert(ses.home->secret);
	struct home_keys *k = &ses.home->secret->keys;
	memset(k->workspace, 7, sizeof(k->workspace));
	seed[0] = 3;
	key_sign_from_seed(&k->sign, seed);
	key_sign_public(k->sign_pk, &k->sign);
	xwing_public_of(&k->seal_pk, &k->seal);
	atexit(home_gone);
	return true;
}

#endif
