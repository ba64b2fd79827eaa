/*
 * Copies of an abstract for each reader, and how well a copy names its reader: cropped, retyped
 * with slips, mixed by two readers; and that nobody is named by chance.
 */
#include "tests/unit/samples.h"

#include "admin-cli/rules/variant.h"
#include "crypto/err.h"

#define READERS 50
/* Twenty-four places of two ways in ordinary text. */
static const char marked[] =
	"{疑有|似有}图纸以外的采掘面，{建议|可以}在{夜间|夜里}前去，到后{立即|马上}测定瓦斯。入井人数"
	"与定位数{不符|对不上}，"
	"{同时|一并}控制调度室和灯房，对{附近|周边}巷道{检查|查看}一遍，密闭墙{可能|或许}是临时砌的。"
	"皮带运量与上报的产量"
	"{应当|应该}逐日{核对|核查}，"
	"台账{较大|较多}出入的要{首先|先行}封存，{随后|然后}询问带班人员。风机{停运|停转}的时段"
	"与供电记录{不一致|有出入}，抽采泵{失效|不能用}的要停产，通道{堵塞|堵死}的要清开，{如果|要是}发现有人"
	"{望风|放哨}，车辆{接近|靠近}时不停。现场{发现|看到}的问题{并且|而且}影像要{当场|就地}固定。";

static struct variant_text t;
static uint8_t seed[VARIANT_SEED_LEN] = { 1, 2, 3 };
static uint8_t choice[READERS][VARIANT_PLACES];

static uint64_t state;

/* The same draws on every run. */
static uint32_t
draw(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

static char *
copy_of(unsigned reader)
{
	return variant_render(&t, choice[reader]);
}

static int
setup(void **arg)
{
	unsigned i;

	(void)arg;
	assert_int_equal(variant_parse(&t, marked), 0);
	for (i = 0; i < READERS; i++) {
		uint8_t handle[8] = { (uint8_t)i, 77 };

		assert_int_equal(variant_choose(choice[i], &t, seed, handle), 0);
	}
	return 0;
}

/* The one reader who is named, -1: nobody. *n: how many places could be told. */
static int
named(const char *copy, size_t *n)
{
	int8_t seen[VARIANT_PLACES];
	int who = -1;
	unsigned i;

	*n = variant_seen(seen, &t, copy);
	for (i = 0; i < READERS; i++)
		if (READERS * variant_chance(&t, seen, variant_match(&t, seen, choice[i], NULL),
					     false) <=
		    VARIANT_CHANCE) {
			assert_int_equal(who, -1);
			who = (int)i;
		}
	return who;
}

static void
test_form(void **arg)
{
	static const char *const bad[] = { "{a|b", "a}",        "{a}",        "{a||b}",
					   "{|b}", "{a|{b|c}}", "{a|b|c|d|e}" };
	struct variant_text x;
	size_t i;
	char *text;

	(void)arg;
	assert_int_equal(t.cnt, 24);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(variant_parse(&x, bad[i]), ERR_FORMAT);
	text = variant_offer("疑有人，see what is illegal, {夜间|夜里} nearly near it");
	assert_string_equal(
		text, "{疑有|似有|或有}人，see what is {illegal|unlawful}, {夜间|夜里} nearly "
		      "{near|close to} it");
	assert_int_equal(variant_parse(&x, text), 0);
	assert_int_equal(x.cnt, 4);
	free(text);
}

/* Each reader has a copy of his own, always the same; who reads no abstract with a seed sees no
 * braces. */
static void
test_copies(void **arg)
{
	json_t *body =
		json_pack("{s:s,s:s}", "text", marked, "seed",
			  "0102030000000000000000000000000000000000000000000000000000000000");
	uint8_t handle[8] = { 5, 77 };
	json_t *mine = variant_body(body, handle);
	char *five = copy_of(5), *six = copy_of(6);

	(void)arg;
	assert_string_equal(json_string_value(json_object_get(mine, "text")), five);
	assert_null(json_object_get(mine, "seed"));
	assert_string_not_equal(five, six);
	assert_null(strpbrk(five, "{|}"));
	json_decref(mine);
	json_object_del(body, "seed");
	mine = variant_body(body, handle);
	assert_string_equal(json_string_value(json_object_get(mine, "text")), marked);
	json_decref(mine);
	json_decref(body);
	free(five);
	free(six);
}

static void
test_whole(void **arg)
{
	unsigned i;
	size_t n;

	(void)arg;
	for (i = 0; i < READERS; i++) {
		char *copy = copy_of(i);

		assert_int_equal(named(copy, &n), i);
		assert_int_equal(n, t.cnt);
		free(copy);
	}
}

/* Photographed in part: four fifths of the text are enough, a third is not, and nobody is named
 * then. */
static void
test_cropped(void **arg)
{
	unsigned i, most = 0, third = 0;
	size_t n;

	(void)arg;
	for (i = 0; i < READERS; i++) {
		char *copy = copy_of(i);
		size_t len = strlen(copy);
		int who;

		copy[len / 15 * 12] = '\0'; /* every sign has three bytes */
		who = named(copy, &n);
		assert_true(who == (int)i || who == -1);
		most += who == (int)i;
		copy[len / 9 * 3] = '\0';
		third += named(copy, &n) != -1;
		free(copy);
	}
	printf("# of %d readers four fifths of the text name %u, a third names %u\n", READERS, most,
	       third);
	assert_true(most >= READERS * 9 / 10);
	assert_int_equal(third, 0);
}

/* Retyped: other punctuation, no lines, and one sign in fifteen wrong. */
static void
test_retyped(void **arg)
{
	unsigned i, right = 0;
	size_t n, k, from;

	(void)arg;
	for (i = 0; i < READERS; i++) {
		char *copy = copy_of(i), *typed = calloc(1, strlen(copy) + 1);

		assert_non_null(typed);
		for (from = n = k = 0; copy[from];
		     from += 3, k++) { /* every sign has three bytes */
			if (!memcmp(copy + from, "，", 3) || !memcmp(copy + from, "。", 3)) {
				typed[n++] = ' ';
				continue;
			}
			memcpy(typed + n, (k * 7 + i) % 15 ? copy + from : "错", 3);
			n += 3;
		}
		k = (size_t)named(typed, &n);
		assert_true((int)k == (int)i || (int)k == -1);
		right += (int)k == (int)i;
		free(typed);
		free(copy);
	}
	printf("# of %d retyped copies with slips %u name their reader\n", READERS, right);
	assert_true(right >= READERS * 3 / 4);
}

/* What two mixed copies of `places` places show, over 200 pairs: how often one of the two is named,
 * how often the pair, and how often somebody else. */
struct mixed {
	unsigned one, both, other;
};

static bool
fits(const struct variant_text *x, const int8_t *seen, unsigned a, int b)
{
	size_t match = variant_match(x, seen, choice[a], b < 0 ? NULL : choice[b]);
	double all = b < 0 ? READERS : READERS * (READERS - 1) / 2.0;

	return all * variant_chance(x, seen, match, b >= 0) <= VARIANT_CHANCE;
}

static struct mixed
mix(size_t places)
{
	struct variant_text *x = calloc(1, sizeof(*x));
	struct mixed m = { 0 };
	int8_t seen[VARIANT_PLACES];
	unsigned run, a, b;
	size_t i;

	assert_non_null(x);
	x->cnt = places;
	for (i = 0; i < places; i++)
		x->place[i].ways = 2;
	for (a = 0; a < READERS; a++) {
		uint8_t handle[8] = { (uint8_t)a, 77 };

		assert_int_equal(variant_choose(choice[a], x, seed, handle), 0);
	}
	for (run = 0; run < 200; run++) {
		unsigned p = run % READERS, q = (p + 1 + run / READERS) % READERS;
		bool named_one = false;

		memset(seen, -1, sizeof(seen));
		for (i = 0; i < places; i++)
			seen[i] = (int8_t)choice[draw() & 1 ? p : q][i];
		for (a = 0; a < READERS; a++) {
			if (fits(x, seen, a, -1)) {
				named_one = named_one || a == p || a == q;
				m.other += a != p && a != q;
			}
			for (b = a + 1; b < READERS; b++)
				if (fits(x, seen, a, (int)b)) {
					m.both += (a == p && b == q) || (a == q && b == p);
					m.other += a != p && a != q && b != p && b != q;
				}
		}
		m.one += named_one;
	}
	free(x);
	return m;
}

/* Two readers mix their copies, place by place. Few places name none of them; sixty name one of the
 * two or the pair nearly always. Readers who have nothing to do with it are not named. */
static void
test_two(void **arg)
{
	static const size_t places[] = { 24, 40, 60 };
	struct mixed m = { 0 };
	size_t i;

	state = 7;
	for (i = 0; i < 3; i++) {
		m = mix(places[i]);
		printf("# two of %d readers mixed %zu places: one of them named in %u of 200, the pair in %u, "
		       "somebody else in %u\n",
		       READERS, places[i], m.one, m.both, m.other);
		assert_true(m.other <= 1);
	}
	assert_true(m.both >= 180);
	assert_int_equal(setup(arg), 0);
}

/* Somebody else's words name nobody, and chance does not either: 20,000 random copies. */
static void
test_nobody(void **arg)
{
	int8_t seen[VARIANT_PLACES];
	unsigned run, i, wrong = 0;
	size_t n, k;

	(void)arg;
	assert_int_equal(named("据反映，该矿通风不良，请尽快派人到现场核实处理。", &n), -1);
	state = 11;
	for (run = 0; run < 20000; run++) {
		memset(seen, -1, sizeof(seen));
		for (k = 0; k < t.cnt; k++)
			seen[k] = (int8_t)(draw() % 2);
		for (i = 0; i < READERS; i++)
			wrong += READERS * variant_chance(&t, seen,
							  variant_match(&t, seen, choice[i], NULL),
							  false) <=
				 VARIANT_CHANCE;
	}
	printf("# of 20,000 random copies %u name somebody\n", wrong);
	assert_true(wrong <= 40); /* twice what is promised */
}

/* How many places of two ways it takes to name one of so many readers. */
static void
test_limit(void **arg)
{
	static const struct {
		unsigned readers, places;
	} want[] = { { 5, 13 }, { 10, 14 }, { 50, 16 }, { 200, 18 }, { 1000, 20 } };
	int8_t seen[VARIANT_PLACES];
	size_t i, k;

	(void)arg;
	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		memset(seen, -1, sizeof(seen));
		for (k = 0; k < want[i].places - 1; k++)
			seen[k] = 0;
		assert_true(want[i].readers * variant_chance(&t, seen, k, false) > VARIANT_CHANCE);
		seen[k++] = 0;
		assert_true(want[i].readers * variant_chance(&t, seen, k, false) <= VARIANT_CHANCE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),    cmocka_unit_test(test_copies),
		cmocka_unit_test(test_whole),   cmocka_unit_test(test_cropped),
		cmocka_unit_test(test_retyped), cmocka_unit_test(test_two),
		cmocka_unit_test(test_nobody),  cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
