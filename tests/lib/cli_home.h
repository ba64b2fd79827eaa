/*
 * A member's home in a temporary folder, for unit tests of davy: a gateway that nobody reaches and
 * a key of the workspace, without a keystore. Include after cmocka.h.
 */
#ifndef TESTS_CLI_HOME_H
#define TESTS_CLI_HOME_H

#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/home/home_state.h"
#include "admin-cli/home/workspace.h"
#include "crypto/secret.h"

#define CLI_HOME_ID 0x11 /* every byte of the gateway's id */

static inline void
cli_home_stop(struct session *c)
{
	workspace_close(c);
	home_close(c);
	session_end(c);
}

/* Opens the home and its workspace. */
static inline void
cli_home_start(struct session *c, const char *dir)
{
	*c = (struct session){ .home_dir = dir };
	assert_int_equal(home_open(c, false), DAVY_OK);
	c->home->secret = secret_alloc(sizeof(*c->home->secret));
	assert_non_null(c->home->secret);
	memset(c->home->secret->keys.workspace, 7, 32);
	assert_int_equal(workspace_open(c), DAVY_OK);
}

/* Makes the folder, a template of mkdtemp(), with the gateway in it: 0, or -1. */
static inline int
cli_home_make(char *dir)
{
	struct home_gateway g = { .url = (char[]){ "unix:/nowhere" } };
	struct session c = { .home_dir = dir };
	struct key_sign k;

	if (sodium_init() < 0 || !mkdtemp(dir))
		return -1;
	memset(g.card.id, CLI_HOME_ID, sizeof(g.card.id));
	key_sign_new(&k);
	key_sign_public(g.card.key, &k);
	key_sign_new(&k);
	key_sign_public(g.card.roots.key[0], &k);
	g.card.roots.cnt = g.card.roots.threshold = 1;
	int err = home_gateway_save(&c, &g, true);
	cli_home_stop(&c);
	return err == DAVY_OK ? 0 : -1;
}

static inline int
cli_home_remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int
cli_home_remove(const char *dir)
{
	return nftw(dir, cli_home_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* This home has seen that roster, whose hash is filled with `n`, on that day. */
static inline void
cli_home_saw(struct session *c, int n, uint32_t version, uint32_t day)
{
	uint8_t hash[32], val[8];

	memset(hash, n, sizeof(hash));
	for (int i = 0; i < 4; i++) {
		val[i] = (uint8_t)(version >> 8 * i);
		val[4 + i] = (uint8_t)(day >> 8 * i);
	}
	assert_int_equal(workspace_put(c->workspace, WORKSPACE_HASH, hash, sizeof(hash), val,
				       sizeof(val)),
			 0);
}

#endif
