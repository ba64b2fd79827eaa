/* Identities and recipients of age as text (Bech32) and as key files: X25519, and the
 * post-quantum hybrid. The caller opens the key file; crypto/ itself opens no file or
 * connection, never logs and never exits. */
#include "crypto/age_key.h"

#include <errno.h>
#include <sys/types.h>

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/secret.h"
#include "crypto/x25519.h"

#define IDENTITY_MAX 1024 /* identities in one key file */

static const char *const identity_hrp[] = {
	[AGE_KIND_X25519] = "AGE-SECRET-KEY-",
	[AGE_KIND_PQ] = "AGE-SECRET-KEY-PQ-",
};

static const struct {
	const char *hrp;
	size_t len;
} recipient_form[] = {
	[AGE_KIND_X25519] = { "age", 32 },
	[AGE_KIND_PQ] = { "age1pq", XWING_PUBLIC_LEN },
};

void
age_key_from_secret(struct age_identity *id, enum age_kind kind, const uint8_t secret[static 32])
{
	struct xwing_secret sk;

	memset(id, 0, sizeof(*id));
	id->kind = kind;
	memcpy(id->secret, secret, 32);
	if (kind == AGE_KIND_X25519) {
		x25519_base(id->x25519_public, id->secret);
		return;
	}
	memcpy(sk.seed, secret, 32);
	xwing_make_ready(&id->ready, &sk);
	sodium_memzero(&sk, sizeof(sk));
}

void
age_key_make(struct age_identity *id, enum age_kind kind)
{
	uint8_t secret[32];

	randombytes_buf(secret, sizeof(secret));
	age_key_from_secret(id, kind, secret);
	sodium_memzero(secret, sizeof(secret));
}

void
age_key_recipient(struct age_recipient *to, const struct age_identity *id)
{
	struct xwing_secret sk;

	to->kind = id->kind;
	if (id->kind == AGE_KIND_X25519) {
		memcpy(to->pk.x25519, id->x25519_public, 32);
		return;
	}
	memcpy(sk.seed, id->secret, 32);
	xwing_public_of(&to->pk.xwing, &sk);
	sodium_memzero(&sk, sizeof(sk));
}

void
age_key_wipe(struct age_identity *ids, size_t cnt)
{
	if (cnt > 0)
		sodium_memzero(ids, cnt * sizeof(*ids));
}

int
age_key_parse_identity(struct age_identity *id, const char *text, size_t len)
{
	static const enum age_kind kinds[] = { AGE_KIND_X25519, AGE_KIND_PQ };
	uint8_t secret[32];
	size_t i;
	int err = ERR_KEY;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (bech32_decode(secret, 32, identity_hrp[kinds[i]], text, len) != 0)
			continue;
		age_key_from_secret(id, kinds[i], secret);
		err = 0;
		break;
	}
	sodium_memzero(secret, sizeof(secret));
	return err;
}

int
age_key_parse_recipient(struct age_recipient *to, const char *text, size_t len)
{
	if (bech32_decode(to->pk.x25519, 32, recipient_form[AGE_KIND_X25519].hrp, text, len) == 0) {
		to->kind = AGE_KIND_X25519;
		return 0;
	}
	to->kind = AGE_KIND_PQ;
	if (bech32_decode(to->pk.xwing.b, XWING_PUBLIC_LEN, recipient_form[AGE_KIND_PQ].hrp, text,
			  len) != 0)
		return ERR_KEY;
	return xwing_check(&to->pk.xwing);
}

void
age_key_print_identity(char out[static AGE_IDENTITY_CAP], const struct age_identity *id)
{
	/* The capacity is that of the longer of the two kinds. */
	(void)!bech32_encode(out, AGE_IDENTITY_CAP, identity_hrp[id->kind], id->secret, 32);
}

void
age_key_print_recipient(char out[static AGE_RECIPIENT_CAP], const struct age_recipient *to)
{
	const uint8_t *b = to->kind == AGE_KIND_PQ ? to->pk.xwing.b : to->pk.x25519;

	(void)!bech32_encode(out, AGE_RECIPIENT_CAP, recipient_form[to->kind].hrp, b,
			     recipient_form[to->kind].len);
}

/* Makes room for one more identity at the end of the array. */
static int
grow(struct age_identity **ids, size_t cnt, size_t *cap)
{
	struct age_identity *more;
	size_t want = *cap ? *cap * 2 : 4;

	if (cnt < *cap)
		return 0;
	if (want > IDENTITY_MAX)
		return ERR_RANGE;
	if (!(more = secret_realloc(*ids, *cap * sizeof(*more), want * sizeof(*more))))
		return ERR_MEM;
	*ids = more;
	*cap = want;
	return 0;
}

int
age_key_load(FILE *in, struct age_identity **ids, size_t *cnt, size_t *line)
{
	struct age_identity *list = NULL;
	size_t have = 0, cap = 0, text_cap = 4096;
	char *text = malloc(text_cap); /* longer than any secret, so that getline does not
					  reallocate and leave a copy */
	ssize_t n;
	int err = text ? 0 : ERR_MEM;

	*ids = NULL;
	*cnt = *line = 0;
	while (!err && (errno = 0, n = getline(&text, &text_cap, in)) >= 0) {
		++*line;
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
			n--;
		if (n == 0 || text[0] == '#')
			continue;
		if ((err = grow(&list, have, &cap)) == 0 &&
		    (err = age_key_parse_identity(&list[have], text, (size_t)n)) == 0)
			have++;
	}
	if (!err && !feof(in)) /* ferror does not show that getline ran out of memory */
		err = errno == ENOMEM ? ERR_MEM : ERR_IO;
	if (!err && have == 0)
		err = ERR_NOT_FOUND;
	if (text)
		sodium_memzero(text, text_cap);
	free(text);
	if (err) {
		age_key_free(list);
		return err;
	}
	*ids = list; /* transferred */
	*cnt = have;
	return 0;
}

void
age_key_free(struct age_identity *ids)
{
	secret_free(ids);
}
