/* X-Wing and its stanza over lines of hex, for a test to compare with another implementation:
 *     public SEED            -> PK
 *     enc PK COINS           -> CT SHARED, or "refused"
 *     dec SEED CT            -> SHARED, or "refused"
 *     stanza PK COINS KEY    -> the two lines of the stanza, or "refused" */
#include <sodium.h>

#include "crypto/age_stanza.h"

#define WORDS 4

static bool
unhex(uint8_t *out, size_t len, const char *word)
{
	size_t n = 0;

	return word && sodium_hex2bin(out, len, word, strlen(word), NULL, &n, NULL) == 0 &&
	       n == len;
}

static void
print_hex(const uint8_t *b, size_t len, char end)
{
	size_t i;

	for (i = 0; i < len; i++)
		printf("%02x", b[i]);
	putchar(end);
}

static bool
do_public(char *const *w)
{
	struct xwing_secret sk;
	struct xwing_public pk;

	if (!unhex(sk.seed, sizeof(sk.seed), w[1]))
		return false;
	xwing_public_of(&pk, &sk);
	print_hex(pk.b, sizeof(pk.b), '\n');
	return true;
}

static bool
do_enc(char *const *w)
{
	struct xwing_public pk;
	struct xwing_shared shared;
	struct xwing_ct ct;
	uint8_t coins[XWING_COINS_LEN];
	int err;

	if (!unhex(pk.b, sizeof(pk.b), w[1]) || !unhex(coins, sizeof(coins), w[2]))
		return false;
	err = xwing_encapsulate(&ct, &shared, &pk, coins);
	if ((!err) != (xwing_check(&pk) == 0))
		puts("check and encapsulate disagree");
	else if (err)
		puts("refused");
	else {
		print_hex(ct.b, sizeof(ct.b), ' ');
		print_hex(shared.b, sizeof(shared.b), '\n');
	}
	return true;
}

static bool
do_dec(char *const *w)
{
	struct xwing_secret sk;
	struct xwing_ready ready;
	struct xwing_shared shared;
	struct xwing_ct ct;

	if (!unhex(sk.seed, sizeof(sk.seed), w[1]) || !unhex(ct.b, sizeof(ct.b), w[2]))
		return false;
	xwing_make_ready(&ready, &sk);
	if (xwing_decapsulate(&shared, &ct, &ready) == 0)
		print_hex(shared.b, sizeof(shared.b), '\n');
	else
		puts("refused");
	return true;
}

static bool
do_stanza(char *const *w)
{
	struct xwing_public pk;
	struct age_file_key key;
	uint8_t coins[XWING_COINS_LEN], out[AGE_STANZA_PQ_LEN];

	if (!unhex(pk.b, sizeof(pk.b), w[1]) || !unhex(coins, sizeof(coins), w[2]) ||
	    !unhex(key.b, sizeof(key.b), w[3]))
		return false;
	if (age_stanza_seal_pq(out, &pk, coins, &key) == 0)
		print_hex(out, sizeof(out), '\n');
	else
		puts("refused");
	return true;
}

static const struct {
	const char *name;
	bool (*run)(char *const *words);
} verbs[] = {
	{ "public", do_public },
	{ "enc", do_enc },
	{ "dec", do_dec },
	{ "stanza", do_stanza },
};

static bool
answer(char *line)
{
	char *words[WORDS] = { NULL }, *at = line;
	size_t i, n;

	for (n = 0; n < WORDS && at; n++)
		words[n] = strsep(&at, " \n");
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (words[0] && strcmp(words[0], verbs[i].name) == 0)
			return verbs[i].run(words);
	return false;
}

int
main(void)
{
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	if (sodium_init() < 0)
		return 1;
	while (!err && getline(&line, &cap, stdin) > 0) {
		if (!answer(line))
			err = 2;
		fflush(stdout);
	}
	free(line);
	return err;
}
