/* Which confirmed cases of illegal mining call for a packet: the days at the boundary, the county,
 * the site, and that one case alone never does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/packet.h"

static bool
by_mark(void *arg, size_t a, size_t b)
{
	const struct packet_case *list = arg;

	/* In these tests the second byte of the id says which site it is; 0: unknown. */
	return list[a].id[1] && list[a].id[1] == list[b].id[1];
}

static struct packet_case
one(uint8_t id, const char *county, uint32_t day, uint8_t site)
{
	struct packet_case c = { .id = { id, site }, .day = day };

	snprintf(c.county, sizeof(c.county), "%s", county);
	return c;
}

static size_t
find(struct packet out[4], struct packet_case *list, size_t cnt)
{
	memset(out, 0, 4 * sizeof(*out));
	return packet_find(out, 4, list, cnt, by_mark, list);
}

static void
thirty_days(void **state)
{
	struct packet out[4];
	struct packet_case near[] = { one(1, "990102", 20030, 0), one(2, "990102", 20000, 0) };
	struct packet_case far[] = { one(1, "990102", 20031, 0), one(2, "990102", 20000, 0) };

	(void)state;
	assert_int_equal(find(out, near, 2), 1);
	assert_int_equal(near[out[0].first].day, 20000);
	assert_int_equal(near[out[0].second].day, 20030);
	assert_false(out[0].site);
	assert_int_equal(find(out, far, 2), 0);
}

static void
county_and_site(void **state)
{
	struct packet out[4];
	struct packet_case other[] = { one(1, "990102", 20000, 0), one(2, "990103", 20001, 0) };
	struct packet_case unknown[] = { one(1, "", 20000, 0), one(2, "", 20001, 0) };
	struct packet_case site[] = { one(1, "990102", 20000, 7), one(2, "990102", 20900, 7) };

	(void)state;
	assert_int_equal(find(out, other, 2), 0);
	assert_int_equal(find(out, unknown, 2), 0);
	assert_int_equal(find(out, site, 2), 1);
	assert_true(out[0].site);
	assert_int_equal(find(out, site, 1), 0);
	assert_int_equal(find(out, site, 0), 0);
}

/* A county is named once, by its newest pair, and all counties are named as far as there is room.
 */
static void
once_a_county(void **state)
{
	struct packet out[4];
	struct packet_case list[] = { one(1, "990102", 20000, 0), one(2, "990102", 20010, 0),
				      one(3, "990102", 20020, 0), one(4, "990103", 20000, 0),
				      one(5, "990103", 20030, 0) };

	(void)state;
	assert_int_equal(find(out, list, 5), 2);
	assert_int_equal(list[out[0].second].day, 20030);
	assert_int_equal(list[out[1].second].day, 20020);
	assert_int_equal(list[out[1].first].day, 20010);
	assert_int_equal(packet_find(out, 1, list, 5, by_mark, list), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thirty_days),
		cmocka_unit_test(county_and_site),
		cmocka_unit_test(once_a_county),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
