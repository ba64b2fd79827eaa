/* The choice of desks: 191 questions to one roster, answered by another implementation.
 */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/choose.h"
#include "crypto/err.h"

static uint8_t page[65536];
static struct bundle bundle;

static int
setup(void **state)
{
	struct vector v;
	struct roster_roots roots = { .cnt = 3, .threshold = 2 };
	size_t len = 0;
	(void)state;
	vector_open(&v, "bundle");
	assert_true(vector_next(&v));
	char *box = vector_text(&v, "container", &len);
	vector_hex(&v, "root_0", roots.key[0], 32);
	vector_hex(&v, "root_1", roots.key[1], 32);
	vector_hex(&v, "root_2", roots.key[2], 32);
	memset(page, '\n', sizeof(page));
	memcpy(page, box, len);
	int err = bundle_parse(&bundle, page, sizeof(page), &roots);
	free(box);
	free(v.text);
	return err;
}

static int
teardown(void **state)
{
	(void)state;
	bundle_free(&bundle);
	return 0;
}

static void
result_text(char dst[static 64], int err, const struct choose_set *s)
{
	if (err == ERR_NOT_FOUND)
		snprintf(dst, 64, "none");
	else if (err == ERR_DENIED)
		snprintf(dst, 64, "org");
	else if (err == ERR_STALE)
		snprintf(dst, 64, "key");
	else if (err)
		snprintf(dst, 64, "error %d", err);
	else
		snprintf(dst, 64, "%u,%u,%u,%u", s->desk[0], s->desk[1], s->desk[2], s->desk[3]);
}

static void
vectors(void **state)
{
	struct vector v;
	unsigned cnt = 0;
	(void)state;
	vector_open(&v, "choose");
	while (vector_next(&v)) {
		uint16_t excluded[8];
		char got[64];
		struct choose_set s;
		struct seal_set pks;
		char *county = vector_text(&v, "county", NULL);
		char *list = vector_text(&v, "excluded", NULL);
		struct choose_input in = { .bundle = &bundle,
					   .day = (uint32_t)vector_int(&v, "day"),
					   .county = county,
					   .named_level = (int)vector_int(&v, "named"),
					   .receiving = (uint16_t)vector_int(&v, "receiving"),
					   .excluded = excluded };
		in.route = vector_is(&v, "route", "S")   ? CHOOSE_S
			   : vector_is(&v, "route", "C") ? CHOOSE_C
							 : CHOOSE_N;
		for (char *p = list; *p != '\0'; p += *p == ',')
			excluded[in.excluded_cnt++] = (uint16_t)strtoul(p, &p, 10);
		result_text(got, choose_desks(&s, &in), &s);
		if (!vector_is(&v, "result", got))
			fail_msg("question %u (%s): %s", cnt, county, got);
		choose_seal_set(&pks, &s);
		for (size_t i = 0; i < SEAL_CNT; i++)
			assert_int_equal(s.desk[i] == 0, pks.pk[i] == NULL);
		cnt++;
		free(county);
		free(list);
	}
	assert_int_equal(cnt, 191);
}

static void
nonsense(void **state)
{
	struct choose_set s;
	struct choose_input in = { .bundle = &bundle,
				   .day = bundle.roster->from + 1,
				   .county = "99010",
				   .named_level = -1 };
	(void)state;
	assert_int_equal(choose_desks(&s, &in), ERR_ARG);
	in.county = "99010a";
	assert_int_equal(choose_desks(&s, &in), ERR_ARG);
	in.county = "990102";
	in.named_level = 4;
	assert_int_equal(choose_desks(&s, &in), ERR_ARG);
	in.named_level = -1;
	assert_int_equal(choose_desks(&s, &in), 0);
	in.use = EPOCH_OFFLINE; /* only desk 5 has one */
	assert_int_equal(choose_desks(&s, &in), ERR_STALE);
	assert_int_not_equal(s.missing, 5);
	assert_int_not_equal(s.missing, 0);
}

/* A gateway that leaves out any certificates, all subsets of the 13 desks: what the rules name and
 * cannot be replaced is in the set, or nothing is sealed. */
static void
subsets(void **state)
{
	static const struct {
		const char *county;
		enum choose_route route;
		int named;
		uint16_t out, receiving;
	} asks[] = { { "990102", CHOOSE_N, -1, 0, 0 }, { "990102", CHOOSE_S, -1, 0, 0 },
		     { "", CHOOSE_C, -1, 0, 0 },       { "970101", CHOOSE_N, 2, 0, 0 },
		     { "990203", CHOOSE_N, -1, 5, 0 }, { "", CHOOSE_N, -1, 0, 2 } };
	const struct roster *r = bundle.roster;
	struct epoch *all = calloc(r->desk_cnt, sizeof(*all));
	unsigned sealed = 0;
	(void)state;
	assert_non_null(all);
	for (size_t a = 0; a < sizeof(asks) / sizeof(*asks); a++) {
		for (uint32_t bits = 0; bits < 1u << r->desk_cnt; bits++) {
			struct bundle b = { .roster = bundle.roster, .epoch = all };
			struct choose_set s, named;
			struct choose_input in = { .bundle = &b,
						   .day = r->from + 1,
						   .county = asks[a].county,
						   .route = asks[a].route,
						   .named_level = asks[a].named,
						   .excluded = &asks[a].out,
						   .excluded_cnt = asks[a].out != 0,
						   .receiving = asks[a].receiving };
			for (size_t i = 0; i < r->desk_cnt; i++)
				if (bits >> i & 1)
					all[b.epoch_cnt++] = (struct epoch){
						.desk = r->desk[i].number,
						.number = 1,
						.from = r->from,
						.until = r->until
					};
			int err = choose_desks(&s, &in);
			assert_int_equal(choose_named(&named, &in), 0);
			if (err) {
				assert_int_equal(err, ERR_STALE);
				assert_int_not_equal(s.missing, 0);
				continue;
			}
			sealed++;
			for (size_t i = 0; i < SEAL_CNT; i++) {
				bool there = named.desk[i] == 0;
				for (size_t k = 0; k < SEAL_CNT; k++)
					there |= s.desk[k] == named.desk[i];
				if (i >= 2 || choose_must_open(r, &named, i))
					assert_true(there);
			}
		}
	}
	free(all);
	assert_true(sealed > 6 && sealed < 6u << r->desk_cnt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(subsets),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
