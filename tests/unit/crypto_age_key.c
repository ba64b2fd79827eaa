/* Identities, recipients and key files of age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/age_key.h"
#include "crypto/err.h"

/* C2SP age.md. */
#define IDENTITY    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT   "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define IDENTITY_PQ "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
/* The recipient that the specification gives with it, by its beginning. */
#define PQ_BEGIN "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95pae"

static void
both_kinds(void **state)
{
	struct age_identity id;
	struct age_recipient to, back;
	char secret[AGE_IDENTITY_CAP], public[AGE_RECIPIENT_CAP];

	(void)state;
	assert_int_equal(AGE_RECIPIENT_CAP, 1960);
	assert_int_equal(AGE_IDENTITY_CAP, 78);
	assert_int_equal(age_key_parse_identity(&id, IDENTITY, strlen(IDENTITY)), 0);
	assert_int_equal(id.kind, AGE_KIND_X25519);
	age_key_recipient(&to, &id);
	age_key_print_recipient(public, &to);
	assert_string_equal(public, RECIPIENT);
	age_key_print_identity(secret, &id);
	assert_string_equal(secret, IDENTITY);

	assert_int_equal(age_key_parse_identity(&id, IDENTITY_PQ, strlen(IDENTITY_PQ)), 0);
	assert_int_equal(id.kind, AGE_KIND_PQ);
	age_key_print_identity(secret, &id);
	assert_string_equal(secret, IDENTITY_PQ);
	age_key_recipient(&to, &id);
	age_key_print_recipient(public, &to);
	assert_int_equal(strlen(public), 1959);
	assert_memory_equal(public, PQ_BEGIN, sizeof(PQ_BEGIN) - 1);
	assert_int_equal(age_key_parse_recipient(&back, public, strlen(public)), 0);
	assert_int_equal(back.kind, AGE_KIND_PQ);
	assert_memory_equal(&back.pk.xwing, &to.pk.xwing, sizeof(to.pk.xwing));
	public[700] = public[700] == 'q' ? 'p' : 'q';
	assert_int_equal(age_key_parse_recipient(&back, public, strlen(public)), ERR_KEY);
}

static void
not_keys(void **state)
{
	static const char *const bad[] = {
		"",
		"age1",
		(RECIPIENT " "),
		(" " RECIPIENT),
		IDENTITY,
		"age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e"
	};
	struct age_recipient to;
	struct age_identity id;
	struct xwing_public pk = { { 0xff, 0xff, 0xff } };
	char text[AGE_RECIPIENT_CAP];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(age_key_parse_recipient(&to, bad[i], strlen(bad[i])), ERR_KEY);
	assert_int_equal(age_key_parse_identity(&id, RECIPIENT, strlen(RECIPIENT)), ERR_KEY);
	assert_int_equal(age_key_parse_identity(&id, IDENTITY, strlen(IDENTITY) - 1), ERR_KEY);
	/* Well spelled, but no ML-KEM key. */
	assert_int_equal(bech32_encode(text, sizeof(text), "age1pq", pk.b, sizeof(pk.b)), 0);
	assert_int_equal(age_key_parse_recipient(&to, text, strlen(text)), ERR_KEY);
}

static int
load(const char *text, size_t len, size_t *cnt, size_t *line)
{
	struct age_identity *ids;
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
	int err;

	assert_non_null(f);
	err = age_key_load(f, &ids, cnt, line);
	fclose(f);
	assert_true((!err) == (ids != NULL));
	age_key_free(ids);
	return err;
}

static void
key_files(void **state)
{
	static char text[200000];
	size_t cnt, line, n, i;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "# comment\r\n\n%s\r\n%s", IDENTITY, IDENTITY_PQ);
	assert_int_equal(load(text, n, &cnt, &line), 0);
	assert_int_equal(cnt, 2);
	/* A comment longer than any buffer, whose tail looks like a key. */
	memset(text, '#', 100000);
	n = 100000 + (size_t)snprintf(text + 100000, 1000, "%s\n%s\n", "x", IDENTITY);
	assert_int_equal(load(text, n, &cnt, &line), 0);
	assert_int_equal(cnt, 1);
	assert_int_equal(line, 2);
	n = (size_t)snprintf(text, sizeof(text), "%s\n%s\n", IDENTITY, RECIPIENT);
	assert_int_equal(load(text, n, &cnt, &line), ERR_KEY);
	assert_int_equal(line, 2);
	assert_int_equal(cnt, 0);
	assert_int_equal(load("# nothing\n", 10, &cnt, &line), ERR_NOT_FOUND);
	assert_int_equal(load(IDENTITY " ", strlen(IDENTITY) + 1, &cnt, &line), ERR_KEY);
	/* A NUL does not end a line early. */
	n = (size_t)snprintf(text, sizeof(text), "%s", IDENTITY);
	text[n] = '\0';
	text[n + 1] = 'x';
	assert_int_equal(load(text, n + 2, &cnt, &line), ERR_KEY);
	for (i = n = 0; i < 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", IDENTITY);
	assert_int_equal(load(text, n, &cnt, &line), 0);
	assert_int_equal(cnt, 20);
	for (; i < 2000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", IDENTITY);
	assert_int_equal(load(text, n, &cnt, &line), ERR_RANGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_kinds),
		cmocka_unit_test(not_keys),
		cmocka_unit_test(key_files),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("age_key", tests, NULL, NULL);
}
