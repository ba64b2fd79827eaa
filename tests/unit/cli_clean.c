/* What a decoder hands out is believed only where it is a picture and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "admin-cli/view/clean.h"

#define SOI   "\xff\xd8"
#define JFIF  "\xff\xe0\0\x10JFIF\0\1\1\1\0\x48\0\x48\0\0"
#define TABLE "\xff\xdb\0\4\1\2"
#define FRAME "\xff\xc0\0\4\1\2"
#define SCAN  "\xff\xda\0\4\1\2data\xff\0more\xff\xd3rest"
#define EOI   "\xff\xd9"

#define IS(text)  assert_true(clean_is_picture((const uint8_t *)(text), sizeof(text) - 1))
#define NOT(text) assert_false(clean_is_picture((const uint8_t *)(text), sizeof(text) - 1))

static void
test_only(void **state)
{
	(void)state;
	IS(SOI JFIF TABLE FRAME SCAN EOI);
	IS(SOI TABLE FRAME SCAN SCAN EOI);
	NOT("");
	NOT(SOI);
	NOT(SOI JFIF TABLE FRAME SCAN); /* cut off */
	NOT(SOI JFIF TABLE FRAME SCAN EOI "behind");
	NOT(SOI "\xff\xe1\0\x8"
		"Exif\0\0" TABLE SCAN EOI);
	NOT(SOI "\xff\xfe\0\6note" TABLE SCAN EOI); /* a comment */
	NOT(SOI "\xff\xed\0\6note" TABLE SCAN EOI);
	NOT(SOI "\xff\xe0\0\x12JFIF\0\1\1\1\0\x48\0\x48\0\0xy" TABLE SCAN EOI);
	NOT(SOI TABLE SCAN "\xff\xfe\0\6note" EOI); /* behind a scan */
	NOT(SOI "\xff\xdb\0\1" EOI);                /* a length that is none */
	NOT(SOI "\xff\xdb\xff\xff" EOI);
	NOT("\x89PNG" EOI);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
