/*
 * Seals and opens for tests in other languages. A line in, a line out, all in hex ('-' =
 * nothing): seal TEST_SEED|- SIGN_SEED ID PK0 PK1 PK2 PK3 JSON    -> sealed entry, T (PK
 * '-' = dummy; a message, number 1) open XWING_SEED SEALED [PK…] -> stanza audit JSON
 * (audit: audited or the error) unseal XWING_SEED SEALED                              ->
 * plaintext of a sealed entry, unparsed What fails answers `error <number>`.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/open.h"
#include "crypto/seal.h"
#include "crypto/text.h"

#define WORDS 16

static void
put_hex(const void *bytes, size_t len)
{
	char *hex = calloc(1, 2 * len + 1);
	text_hex(hex, 2 * len + 1, bytes, len);
	fputs(hex, stdout);
	free(hex);
}

static int
get(uint8_t *dst, size_t n, const char *hex)
{
	return text_unhex(dst, n, hex, strlen(hex));
}

static int
do_seal(char **w, size_t cnt)
{
	static uint8_t pk[SEAL_CNT][KEY_SEAL_PUBLIC_LEN], sealed[SEAL_LEN], json[ENTRY_ROOM];
	struct seal_test_rng rng;
	struct seal_set set = { { NULL } };
	struct entry e = { .type = ENTRY_MESSAGE, .number = 1 };
	struct key_sign key;
	uint8_t seed[32];
	if (cnt != 9 || get(seed, 32, w[2]) || get(e.id, 16, w[3]))
		return ERR_ARG;
	key_sign_from_seed(&key, seed);
	for (size_t i = 0; i < SEAL_CNT; i++) {
		if (strcmp(w[4 + i], "-") == 0)
			continue;
		if (get(pk[i], sizeof(pk[i]), w[4 + i]))
			return ERR_ARG;
		set.pk[i] = pk[i];
	}
	e.json = (const char *)json;
	e.json_len = strlen(w[8]) / 2;
	if (e.json_len > sizeof(json) || get(json, e.json_len, w[8]))
		return ERR_ARG;
	struct seal_entry how = { .set = &set, .key = &key };
	if (strcmp(w[1], "-") != 0) {
		if (get(seed, 32, w[1]))
			return ERR_ARG;
		seal_test_rng_init(&rng, seed);
		how.rng = &rng.rng;
	}
	int err = seal_entry(sealed, &e, &how);
	if (err)
		return err;
	put_hex(sealed, sizeof(sealed));
	return 0;
}

static int
put_audited(struct open_result *r, const uint8_t sealed[static SEAL_LEN],
	    const uint8_t plain[static ENTRY_LEN], const struct open_known *known, size_t known_cnt)
{
	struct entry e;
	int err = entry_parse(&e, plain);
	if (err)
		return err;
	err = open_audit(r, sealed, &e, known, known_cnt);
	if (err)
		printf("%u %d ", r->stanza, err);
	else
		printf("%u audited ", r->stanza);
	put_hex(e.json, e.json_len);
	return 0;
}

static int
do_open(char **w, size_t cnt, int parse)
{
	static uint8_t sealed[SEAL_LEN], plain[ENTRY_LEN], pk[WORDS][KEY_SEAL_PUBLIC_LEN];
	struct open_known known[WORDS];
	struct open_result r;
	struct xwing_secret secret;
	if (cnt < 3 || get(secret.seed, 32, w[1]) || get(sealed, sizeof(sealed), w[2]))
		return ERR_ARG;
	for (size_t i = 3; i < cnt; i++) {
		if (get(pk[i], sizeof(pk[i]), w[i]))
			return ERR_ARG;
		open_known_set(&known[i - 3], pk[i], (uint16_t)(i - 2));
	}
	/* The audit asks for the key again. */
	struct open_key *key = open_key_new(&secret);
	if (key == NULL)
		return ERR_MEM;
	int err = open_sealed(plain, &r, sealed, key, 0);
	if (!err && !parse)
		put_hex(plain, sizeof(plain));
	else if (!err)
		err = put_audited(&r, sealed, plain, known, cnt - 3);
	open_key_free(key);
	return err;
}

int
main(void)
{
	char *line = NULL;
	size_t cap = 0;
	if (sodium_init() < 0)
		return 1;
	while (getline(&line, &cap, stdin) > 0) {
		char *w[WORDS], *save = NULL;
		size_t cnt = 0;
		for (char *p = strtok_r(line, " \n", &save); p != NULL && cnt < WORDS;
		     p = strtok_r(NULL, " \n", &save))
			w[cnt++] = p;
		int err = ERR_ARG;
		if (cnt > 0 && strcmp(w[0], "seal") == 0)
			err = do_seal(w, cnt);
		else if (cnt > 0 && strcmp(w[0], "open") == 0)
			err = do_open(w, cnt, 1);
		else if (cnt > 0 && strcmp(w[0], "unseal") == 0)
			err = do_open(w, cnt, 0);
		if (err)
			printf("error %d", err);
		putchar('\n');
		fflush(stdout);
	}
	free(line);
	return 0;
}
