/* davyd.conf: an error names the line that it is in, whatever comments stand above it; addresses
 * are strict. */
#include "crypto/text.h"
#include "server/base/conf.h"
#include "tests/lib/fixture.h"

/* Whether what conf_read says of the file `text` has the words `want`. */
static void
says(const char *text, size_t len, const char *want)
{
	char dir[] = "/tmp/davylamp-conf.XXXXXX", path[64], why[CONF_WHY_LEN] = "";
	static struct conf conf;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/davyd.conf", dir);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	int err = conf_read(&conf, path, why);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(err == 0, want == NULL);
	if (want && !strstr(why, want))
		fail_msg("\"%s\" does not say \"%s\"", why, want);
}

#define BAD "drain_secnods = 1\n"

static void
line_is_named(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ BAD, "line 1:" },
		{ "rate = 1\n" BAD, "line 2:" },
		{ "# one\n" BAD, "line 2:" },
		{ "# one\n# two\n\n# four\nrate = 1 # five\n" BAD, "line 6:" },
		{ "// one\n// two\n" BAD, "line 3:" },
		{ "/* one\n * two\n */\n" BAD, "line 4:" },
		{ "rate = 1 /* one */\n/* two */ burst = 5\n" BAD, "line 3:" },
		{ "# don't\npage = \"a # b\"\n" BAD, "line 3:" },
		{ "page = 'a // b'\ncard = \"\\\"#\"\n" BAD, "line 3:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		says(cases[i].text, strlen(cases[i].text), cases[i].want);
}

/* What stands in quotes, or within a word, is no comment. */
static void
values_stay(void **state)
{
	static const char text[] =
		"page = \"a#b\"\ncard = 'c//d'\nkey = e//f\nstore = g/*h*/i # end\n"
		"listen = 127.0.0.1:8080\n";
	char copy[sizeof(text)];

	(void)state;
	memcpy(copy, text, sizeof(text));
	text_blank_comments(copy);
	assert_string_equal(copy, "page = \"a#b\"\ncard = 'c//d'\nkey = e//f\n"
				  "store = g/*h*/i      \nlisten = 127.0.0.1:8080\n");
	says("listen = 127.0.0.1:8080 # here\n", 31, NULL);
}

/* An empty file lacks an address; one with a byte of zero is no text. */
static void
odd_files(void **state)
{
	(void)state;
	says("", 0, "listen needs");
	says("rate = 1\n\0listen = 127.0.0.1:8080\n", 34, "cannot read");
}

static void
addresses(void **state)
{
	static const struct {
		const char *text;
		int good, local, tls;
	} cases[] = {
		{ "127.0.0.1:80", 1, 1, 0 },
		{ "127.9.9.9:1", 1, 1, 0 },
		{ "0.0.0.0:80", 1, 0, 0 },
		{ "10.0.0.1:80", 1, 0, 0 },
		{ "[::1]:80", 1, 1, 0 },
		{ "[::]:80", 1, 0, 0 },
		{ "https:[::]:443", 1, 0, 1 },
		{ "unix:a.sock", 1, 1, 0 },
		{ "https:unix:/a", 1, 1, 1 },
		{ "localhost:80", 0, 0, 0 },
		{ "127.0.0.1", 0, 0, 0 },
		{ "127.0.0.1:", 0, 0, 0 },
		{ "127.0.0.1:99999", 0, 0, 0 },
		{ "127.0.0.1:80x", 0, 0, 0 },
		{ ":80", 0, 0, 0 },
		{ "[::1:80", 0, 0, 0 },
		{ "unix:", 0, 0, 0 },
		{ "", 0, 0, 0 },
		{ "[]:1", 0, 0, 0 },
	};
	struct conf_listen l;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int err = conf_listen_parse(&l, cases[i].text, "/tmp");
		if ((!err) != cases[i].good)
			fail_msg("%s: %d", cases[i].text, err);
		if (cases[i].good) {
			assert_int_equal(l.local, cases[i].local);
			assert_int_equal(l.tls, cases[i].tls);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_is_named),
		cmocka_unit_test(values_stay),
		cmocka_unit_test(odd_files),
		cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
