/* Lists of holidays: there and back, what is refused, and who has to sign. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/err.h"
#include "crypto/holidays.h"
#include "crypto/note.h"
#include "crypto/roster.h"

#define HEAD                                                                                       \
	"davylamp/v1 holidays\ngateway 00112233445566778899aabbccddeeff\nyear 2027\nfrom 2026-12-05\n"

static struct holidays h;

static int
parse(const char *text)
{
	return holidays_parse(&h, text, strlen(text));
}

static void
text(void **state)
{
	static const char good[] = HEAD "off 2027-01-01\noff 2027-01-04\nwork 2027-01-10\n";
	char out[HOLIDAYS_TEXT_MAX];
	struct bufw w;
	(void)state;
	assert_int_equal(parse(good), 0);
	assert_int_equal(h.off_cnt, 2);
	assert_false(holidays_works(&h, h.off[0])); /* Friday */
	assert_true(holidays_works(&h, h.off[0] - 1));
	assert_false(holidays_works(&h, h.off[0] + 1)); /* Saturday */
	assert_true(holidays_works(&h, h.work[0]));
	bufw_init(&w, out, sizeof(out));
	assert_int_equal(holidays_print(&w, &h), 0);
	assert_int_equal(w.len, sizeof(good) - 1);
	assert_memory_equal(out, good, w.len);
	assert_int_equal(parse(HEAD), 0); /* a year without any is possible */
}

static void
refused(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "off 2027-01-02\n"), ERR_RANGE);  /* Saturday */
	assert_int_equal(parse(HEAD "work 2027-01-04\n"), ERR_RANGE); /* Monday */
	assert_int_equal(parse(HEAD "off 2026-12-31\n"), ERR_RANGE);
	assert_int_equal(parse(HEAD "off 2027-01-04\noff 2027-01-01\n"), ERR_RANGE);
	assert_int_equal(parse(HEAD "off 2027-01-04\noff 2027-01-04\n"), ERR_RANGE);
	assert_int_equal(parse(HEAD "off 2027-02-30\n"), ERR_FORMAT);
	assert_int_equal(parse(HEAD "away 2027-01-04\n"), ERR_FORMAT);
	assert_int_equal(parse(HEAD "work 2027-01-10\noff 2027-01-04\n"), ERR_FORMAT);
	assert_int_equal(h.year, 0);
}

/* Saturday 6 to Sunday 14 February are nine days; with the Monday to Wednesday behind them twelve,
 * which is the most. */
static void
run(void **state)
{
	char buf[HOLIDAYS_TEXT_MAX];
	int n = snprintf(buf, sizeof(buf), HEAD);
	(void)state;
	for (int d = 8; d <= 12; d++)
		n += snprintf(buf + n, sizeof(buf) - (size_t)n, "off 2027-02-%02d\n", d);
	for (int d = 15; d <= 17; d++)
		n += snprintf(buf + n, sizeof(buf) - (size_t)n, "off 2027-02-%02d\n", d);
	assert_int_equal(parse(buf), 0);
	snprintf(buf + n, sizeof(buf) - (size_t)n, "off 2027-02-18\n");
	assert_int_equal(parse(buf), ERR_RANGE);
	/* a Sunday that is worked parts it */
	snprintf(buf + n, sizeof(buf) - (size_t)n, "off 2027-02-18\nwork 2027-02-14\n");
	assert_int_equal(parse(buf), 0);
}

static void
signatures(void **state)
{
	struct roster_roots roots = { .cnt = 3, .threshold = 2 };
	struct key_sign key[3];
	char note[HOLIDAYS_NOTE_MAX];
	struct bufw w;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint8_t seed[32] = { (uint8_t)(i + 1) };
		key_sign_from_seed(&key[i], seed);
		key_sign_public(roots.key[i], &key[i]);
	}
	bufw_init(&w, note, sizeof(note));
	bufw_text(&w, HEAD "\n");
	for (unsigned i = 0; i < 2; i++) { /* root 1, twice */
		assert_int_equal(note_sign(&w, HEAD, strlen(HEAD), "root-1", &key[0]), 0);
		assert_int_equal(holidays_verify(&h, note, w.len, &roots), ERR_AUTH);
	}
	assert_int_equal(note_sign(&w, HEAD, strlen(HEAD), "root-3", &key[2]), 0);
	assert_int_equal(holidays_verify(&h, note, w.len, &roots), 0);
	assert_int_equal(h.year, 2027);
	note[strlen(HEAD) - 2]++; /* from the 6th */
	assert_int_equal(holidays_verify(&h, note, w.len, &roots), ERR_AUTH);
	assert_int_equal(h.year, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(refused),
		cmocka_unit_test(run),
		cmocka_unit_test(signatures),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
