/* What the papers of a visit are filled from: the entries of its log and the open layers, and of
 * these nothing but what papers.json names. What a PDF shows is tests/cli/printed.test.mjs's. */
#include "tests/unit/rules_fold.h"

#include <stdlib.h>

#include "admin-cli/rules/fold_done.h"
#include "admin-cli/rules/printed.h"

#define HASH "3f2a9c0d5b7e4f6a81c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728"

/* The log of a visit as if the fold had accepted all of it. */
struct visit {
	struct log l;
	struct fold_input in;
	size_t order[64];
};

static void
both(struct visit *v, const char *type, const char *body)
{
	cosign(&v->l, &bob, propose(&v->l, &ann, type, body));
}

static void
visit(struct visit *v)
{
	size_t i;

	start(&v->l);
	add(&v->l, &ann, ENTRY_ARRIVE, 1,
	    "{\"v\":1,\"as\":\"SURPRISE\",\"at\":498883,\"site\":\"二号井\"}");
	both(v, "finding",
	     "{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"major\",\"text\":\"甲\","
	     "\"place\":\"巷\",\"evidence\":[\"" HASH "\"]}");
	both(v, "finding",
	     "{\"v\":1,\"k\":2,\"hazard\":\"FR-01\",\"grade\":\"general\",\"text\":\"乙\"}");
	both(v, "decision", "{\"v\":1,\"k\":2,\"kind\":\"stop\",\"text\":\"停\"}");
	both(v, "decision", "{\"v\":1,\"k\":0,\"kind\":\"warn\",\"text\":\"警\"}");
	both(v, "rectify", "{\"v\":1,\"k\":1,\"deadline\":\"2026-12-01\",\"owner\":\"先\"}");
	both(v, "rectify", "{\"v\":1,\"k\":1,\"deadline\":\"2026-12-09\",\"owner\":\"后\"}");
	/* proposed by one only: it was not done */
	propose(&v->l, &ann, "rectify", "{\"v\":1,\"k\":2,\"deadline\":\"2026-12-02\"}");
	both(v, "strike-off",
	     "{\"v\":1,\"k\":1,\"look_back\":\"2027-01-10\",\"code\":\"NONE\",\"no_tip\":true}");
	for (i = 0; i < v->l.cnt; i++) {
		v->order[i] = i;
		v->l.e[i].verdict = FOLD_ACCEPTED;
	}
	v->in = (struct fold_input){ .entry = v->l.e, .entry_cnt = v->l.cnt };
	v->l.f.order = v->order;
	v->l.f.order_cnt = v->l.cnt;
}

static void
leave(struct visit *v)
{
	v->l.f.order = NULL;
	end(&v->l);
}

static char *
paper(const char *name, const json_t *facts)
{
	json_t *page = printed_page(printed_find(name), facts);
	char *text = json_dumps(page, 0);

	json_decref(page);
	return text;
}

/* Whether a paper says a text. */
static bool
says(const char *name, const json_t *facts, const char *what)
{
	char *text = paper(name, facts);
	bool found = strstr(text, what);

	free(text);
	return found;
}

static void
test_entries(void **state)
{
	struct visit v;
	const json_t *none[FOLD_LAYERS] = { 0 };
	json_t *facts;

	(void)state;
	visit(&v);
	facts = printed_order(&v.in, &v.l.f, none);
	assert_true(says("rectify", facts, "二号井"));
	assert_true(says("rectify", facts, "甲"));
	assert_true(says("rectify", facts, "重大隐患"));
	assert_true(says("rectify", facts, "2026年12月9日"));
	assert_false(says("rectify", facts, "12月1日")); /* the newest counts */
	assert_false(says("rectify", facts, "12月2日")); /* one signature is none */
	assert_true(says("measures", facts, "停产停业整顿"));
	assert_true(says("evidence", facts, HASH));
	assert_true(says("strike-off", facts, "不予问责"));
	assert_false(says("strike-off", facts, "2027")); /* the look-back comes unannounced */
	json_decref(facts);
	leave(&v);
}

static void
test_one(void **state)
{
	struct visit v;
	const json_t *none[FOLD_LAYERS] = { 0 };
	json_t *facts;

	(void)state;
	visit(&v);
	facts = printed_order(&v.in, &v.l.f, none);
	assert_false(printed_only(facts, 3));
	json_decref(facts);
	facts = printed_order(&v.in, &v.l.f, none);
	assert_true(printed_only(facts, 1));
	assert_true(says("measures", facts, "甲"));
	assert_false(says("measures", facts, "乙"));
	assert_false(says("measures", facts, "停产停业整顿"));
	assert_true(says("measures", facts, "警告")); /* of the visit as a whole */
	assert_true(says("evidence", facts, HASH));
	json_decref(facts);
	leave(&v);
}

#define LAYER0 "{\"v\":1,\"kind\":\"COVERT\",\"region\":\"秘密\",\"kit\":\"测距仪\"}"
#define LAYER1                                                                                     \
	"{\"v\":1,\"muster\":\"南环路\",\"vehicles\":\"三台\",\"papers\":[\"record\"],"       \
	"\"turn\":[\"丙\",\"丁\"]}"
#define LAYER2                                                                                     \
	"{\"v\":1,\"site\":\"青石沟\",\"companion\":\"秘密\",\"cover\":\"TRAINING\","         \
	"\"abstract\":\"秘密\",\"excluded\":[\"秘密\"],\"need\":\"秘密\","                   \
	"\"route\":[\"灯房\"],\"questions\":[\"几人？\"],\"checklist\":[\"CM-04\"],"          \
	"\"agencies\":[\"消防: 看出口\",\"公安：秘密\"]}"

static void
test_layers(void **state)
{
	struct fold_input in = { 0 };
	struct fold f = { 0 };
	json_t *l[FOLD_LAYERS] = { json_loads(LAYER0, 0, NULL), json_loads(LAYER1, 0, NULL),
				   json_loads(LAYER2, 0, NULL) };
	const json_t *two[FOLD_LAYERS] = { l[0], l[1], NULL },
		     *all[FOLD_LAYERS] = { l[0], l[1], l[2] };
	json_t *facts = printed_order(&in, &f, two);
	size_t cnt, i;
	const struct printed *p = printed_all(&cnt);

	(void)state;
	/* before layer 2 is open no paper knows where it goes */
	assert_true(says("checklist", facts, "南环路"));
	assert_true(says("checklist", facts, "现场检查记录"));
	assert_false(says("checklist", facts, "CM-04"));
	assert_false(says("plan", facts, "青石沟"));
	json_decref(facts);
	facts = printed_order(&in, &f, all);
	assert_true(says("plan", facts, "青石沟"));
	assert_true(says("plan", facts, "培训持证抽查"));
	assert_true(says("record", facts, "灯房"));
	assert_false(printed_agency(facts, "海关"));
	assert_false(printed_agency(facts, "消"));
	assert_true(printed_agency(facts, "消防"));
	assert_true(says("agency", facts, "看出口"));
	for (i = 0; i < cnt; i++) {
		assert_false(says(p[i].name, facts, "秘密"));
		assert_false(says(p[i].name, facts, "COVERT"));
		assert_false(says(p[i].name, facts, "暗"));
	}
	json_decref(facts);
	for (i = 0; i < FOLD_LAYERS; i++)
		json_decref(l[i]);
}

static void
test_referral(void **state)
{
	json_t *book = json_loads("{\"kind\":\"XFER_PS\",\"target\":\"治安支队\",\"text\":\"丁\","
				  "\"case\":\"00112233445566778899aabbccddeeff\",\"tier\":\"REG\"}",
				  0, NULL);
	const struct fold f = { .book = book };
	json_t *facts = printed_referral(&f);

	(void)state;
	assert_true(says("transfer", facts, "治安支队"));
	assert_true(says("transfer", facts, "公安机关"));
	assert_true(says("transfer", facts, "部门监管责任"));
	assert_false(says("transfer", facts, "0011223344"));
	json_decref(facts);
	json_decref(book);
}

static void
test_names(void **state)
{
	size_t cnt, i;
	const struct printed *p = printed_all(&cnt);

	(void)state;
	assert_int_equal(cnt, 15);
	for (i = 0; i < cnt; i++)
		assert_ptr_equal(printed_find(p[i].name), &p[i]);
	assert_null(printed_find("tip"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries), cmocka_unit_test(test_one),
		cmocka_unit_test(test_layers),  cmocka_unit_test(test_referral),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
