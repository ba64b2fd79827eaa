/* Cases that may be the same matter or the same site: which of the samples belong together, what is
 * said as the reason, and that nothing else is suggested. */
#include "tests/unit/samples.h"

#include <time.h>

#include "admin-cli/rules/like.h"

#define SAMPLES 16

struct sample {
	const char *id;
	json_t *body;
	const json_t *links;
	struct like_sig *sig;
};

static struct like_sig *
sign(uint8_t id, uint32_t day, const json_t *body)
{
	struct like_sig *sig = malloc(sizeof(*sig));
	uint8_t all[16] = { id };

	assert_non_null(sig);
	like_sign(sig, all, day, &body, 1, NULL, 0);
	return sig;
}

static size_t
samples(json_t *all, const char *lang, struct sample *out)
{
	json_t *tip;
	size_t i, n = 0;

	json_array_foreach(json_object_get(all, "tips"), i, tip)
	{
		struct sample *s = &out[n++];

		s->id = json_string_value(json_object_get(tip, "id"));
		s->body = samples_body(json_object_get(tip, "form"), lang);
		s->links = json_object_get(json_object_get(tip, "expect"), "links");
		s->sig = sign((uint8_t)n, 20000, s->body);
	}
	return n;
}

static bool
linked(const struct sample *a, const struct sample *b)
{
	const json_t *one;
	size_t i;

	json_array_foreach(a->links, i, one)
	{
		if (!strcmp(json_string_value(one), b->id))
			return true;
	}
	return false;
}

static void
pairs(const char *lang)
{
	json_t *all = samples_load("tests/data/sample-tips.json");
	struct sample s[SAMPLES];
	size_t n = samples(all, lang, s), i, k;
	struct like_hit hit;

	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++) {
			bool is = like_compare(s[i].sig, s[k].sig, &hit);

			if (is != linked(&s[i], &s[k]))
				fail_msg("%s: %s and %s: %d, why %u", lang, s[i].id, s[k].id, is,
					 hit.why);
			if (is && !strcmp(s[i].id, "T02"))
				assert_int_equal(hit.same, !strcmp(s[k].id, "T12"));
		}
	for (i = 0; i < n; i++) {
		json_decref(s[i].body);
		free(s[i].sig);
	}
	json_decref(all);
}

/* The samples' own links are found, as the same matter where the danger is of one family, and no
 * other pair is. */
static void
test_samples(void **arg)
{
	(void)arg;
	pairs("zh");
	pairs("en");
}

static json_t *
tip(const char *where, const char *what)
{
	return json_pack("{s:i,s:s,s:s}", "tile", 6, "where", where, "what", what);
}

static bool
alike(const json_t *a, const json_t *b, uint32_t days, struct like_hit *hit)
{
	struct like_sig *x = sign(1, 20000, a), *y = sign(2, 20000 + days, b);
	bool is = like_compare(x, y, hit);

	free(x);
	free(y);
	return is;
}

static void
test_reasons(void **arg)
{
	json_t *a = tip("柳巷 安康敬老院", "后门用链子锁着，灭火器都是空的，护工一睡觉就缠上"), *b;
	struct like_sig *sig;
	struct like_hit hit;
	char words[LIKE_WORDS_CAP];
	const json_t *said = a;

	(void)arg;
	b = tip("安康敬老院二楼", "大门夜里锁死了");
	assert_true(alike(a, b, 3, &hit));
	assert_int_equal(hit.why, LIKE_SITE | LIKE_DANGER);
	assert_true(hit.same);
	assert_int_equal(hit.days, 3);
	assert_true(alike(a, b, LIKE_DAYS, &hit));
	assert_false(alike(a, b, LIKE_DAYS + 1, &hit));
	sig = sign(2, 20000, b);
	like_words(words, &said, 1, sig);
	assert_string_equal(words, "安康敬老院");
	free(sig);
	json_decref(b);
	/* a kind of place and a county in common are no site */
	b = tip("松树巷敬老院", "大门夜里锁死了");
	assert_false(alike(a, b, 3, &hit));
	json_decref(b);
	/* the same text elsewhere: pasted */
	b = tip("别处", "后门用链子锁着，灭火器都是空的。护工一睡觉就缠上！");
	assert_true(alike(a, b, 3, &hit));
	assert_true(hit.why & LIKE_COPY);
	json_decref(b);
	json_decref(a);
}

static void
test_bytes(void **arg)
{
	json_t *a = tip("柳巷 安康敬老院", "后门用链子锁着");
	struct like_sig *sig = sign(1, 20000, a), back;
	uint8_t buf[LIKE_SIG_MAX];
	size_t len = like_pack(buf, sig), i;

	(void)arg;
	assert_true(len > 0 && like_unpack(&back, buf, len));
	assert_memory_equal(&back, sig, sizeof(back));
	for (i = 0; i < len; i++)
		assert_false(like_unpack(&back, buf, i));
	memset(buf, 0xff, sizeof(buf));
	assert_false(like_unpack(&back, buf, sizeof(buf)));
	free(sig);
	json_decref(a);
}

/* A long text is cut, not overrun; ten thousand comparisons take less than two seconds. */
static void
test_many(void **arg)
{
	enum { LONG = 3000 };
	char *text = malloc(LONG * 3 + 1);
	struct like_sig *x, *y;
	struct like_hit hit;
	struct timespec from, to;
	json_t *a;
	size_t i;

	(void)arg;
	assert_non_null(text);
	for (i = 0; i < LONG; i++) {
		uint32_t c = 0x4e00 + (uint32_t)(i * 7919 % 20000);

		text[3 * i] = (char)(0xe0 | c >> 12);
		text[3 * i + 1] = (char)(0x80 | (c >> 6 & 0x3f));
		text[3 * i + 2] = (char)(0x80 | (c & 0x3f));
	}
	text[LONG * 3] = '\0';
	a = tip(text, text);
	x = sign(1, 20000, a);
	y = sign(2, 20000, a);
	assert_int_equal(x->cnt[LIKE_TEXT], LIKE_PART);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (i = 0; i < 10000; i++)
		assert_true(like_compare(x, y, &hit));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("# 10,000 comparisons of the longest signatures: %.0f ms\n",
	       (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6);
	assert_true(to.tv_sec - from.tv_sec < 2);
	free(x);
	free(y);
	free(text);
	json_decref(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
