/* The table of entry types: it agrees with crypto's registry, and no row is half filled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/fold_rule.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#define BOOKS                                                                                      \
	(1u << MACHINE_REFERRAL | 1u << MACHINE_ALERT | 1u << MACHINE_CAMPAIGN |                   \
	 1u << MACHINE_NEED | 1u << MACHINE_AWARD | 1u << MACHINE_REWARD)
#define CLAIMS (1u << MACHINE_TIP | 1u << MACHINE_CLAIM)

static void
test_registry(void **arg)
{
	const struct entry_type *t;
	size_t cnt, i, found = 0;
	const struct entry_name *name = entry_name_table(&cnt);

	(void)arg;
	for (t = entry_type; t->no; t++) {
		assert_non_null(entry_name(t->no));
		assert_string_equal(t->name, entry_name(t->no));
		assert_true(t->label && *t->label);
		assert_ptr_equal(entry_type_find(t->no), t);
		assert_ptr_equal(entry_type_by_name(t->name), t);
		assert_true(t == entry_type || t->no > t[-1].no);
	}
	for (i = 0; i < cnt; i++) {
		t = entry_type_find(name[i].no);
		found += t != NULL;
		assert_ptr_equal(entry_type_by_name(name[i].name), t);
	}
	assert_int_equal(found, 74);
	assert_null(entry_type_find(0));
	assert_null(entry_type_find(ENTRY_READ));
	assert_null(entry_type_by_name(""));
}

/* A rule without a schema could never be reached, a schema without a rule would be lost. */
static void
test_rows(void **arg)
{
	const struct entry_type *t;
	const struct entry_field *f;
	const struct frame_op *op;
	size_t rules = 0, parts = 0;
	int id;

	(void)arg;
	for (t = entry_type; t->no; t++) {
		if (t->thread == FRAME_PARTS) { /* sealed beside the log: no rule folds it */
			assert_true(t->schema && t->form && !t->apply && !t->machines);
			assert_int_equal(t->op, t->no == ENTRY_ORDER_SHARE ? 0 : FRAME_PART_PUT);
			parts++;
			continue;
		}
		assert_true(!t->schema == !t->apply);
		assert_true(!t->proposable || (t->apply && !t->by_source));
		if (!t->apply) {
			assert_false(t->by_source || t->op || t->roles || t->persons);
			continue;
		}
		rules++;
		assert_true(t->machines && t->machines >> MACHINE__MAX == 0);
		for (id = 0; id < MACHINE__MAX; id++)
			assert_ptr_equal(fold_rule_find((enum machine_id)id, t->no),
					 t->machines >> id & 1 ? t : NULL);
		assert_true(t->thread == FRAME_SOURCE || t->thread == FRAME_DESK);
		assert_int_equal(t->by_source, !t->roles);
		assert_int_equal(t->by_source, !t->persons);
		assert_true(!t->by_source || t->thread == FRAME_SOURCE);
		/* Both kinds of log know a second signature; every other type belongs to one. */
		if (t->no == ENTRY_PROPOSE || t->no == ENTRY_COSIGN)
			assert_int_equal(t->machines, 1u << MACHINE_TIP | 1u << MACHINE_ORDER |
							      BOOKS | 1u << MACHINE_ROTA);
		else if (t->no == ENTRY_BOOK_MOVE)
			assert_int_equal(t->machines,
					 BOOKS | 1u << MACHINE_ROTA | 1u << MACHINE_CONFLICT);
		else if (t->no == ENTRY_ROTA)
			assert_int_equal(t->machines, 1u << MACHINE_ROTA | 1u << MACHINE_CONFLICT);
		else if (t->no == ENTRY_BOOK_NOTE)
			assert_int_equal(t->machines, BOOKS);
		else if (t->no >= ENTRY_MESSAGE && t->no <= ENTRY_WITHDRAWAL)
			assert_int_equal(t->machines, CLAIMS);
		else if (t->no == ENTRY_ACKNOWLEDGE || t->no == ENTRY_REPLY || t->no == ENTRY_NOTE)
			assert_int_equal(t->machines, CLAIMS);
		else if (t->no == ENTRY_REWARD_CLAIM)
			assert_int_equal(t->machines, 1u << MACHINE_CLAIM);
		else if (t->no >= ENTRY_REWARD_ELIGIBLE)
			assert_int_equal(t->machines,
					 1u << (t->no == ENTRY_REWARD_ELIGIBLE ? MACHINE_AWARD
									       : MACHINE_REWARD));
		else if (t->no == ENTRY_HOLD)
			assert_int_equal(t->machines, 1u << MACHINE_TIP | 1u << MACHINE_ORDER);
		else if (t->no == ENTRY_NEED || t->no == ENTRY_WARN)
			assert_int_equal(t->machines,
					 1u << (t->no == ENTRY_NEED ? MACHINE_NEED : MACHINE_TIP));
		else if (t->no == ENTRY_REFERRAL)
			assert_int_equal(t->machines, 1u << MACHINE_REFERRAL | 1u << MACHINE_ALERT);
		else if (t->no == ENTRY_CAMPAIGN)
			assert_int_equal(t->machines, 1u << MACHINE_CAMPAIGN);
		else if (t->no >= ENTRY_PLAN && t->no <= ENTRY_PLAN_RESULT)
			assert_int_equal(t->machines, 1u << MACHINE_PLAN);
		else
			assert_int_equal(t->machines, 1u << (t->no >= ENTRY_ORDER ? MACHINE_ORDER
										  : MACHINE_TIP));
		op = frame_op_find(t->op);
		assert_non_null(op);
		assert_int_equal(op->sender, t->by_source ? FRAME_BY_SOURCE : FRAME_BY_MEMBER);
		for (f = t->schema; f->name; f++) {
			bool coded = f->kind == FIELD_CODE || f->kind == FIELD_CODES;

			assert_true(coded || !f->axis);
			assert_true(f->axis < TAXONOMY__MAX);
			if (f->kind == FIELD_TEXT || f->kind == FIELD_HEX)
				assert_true(f->max);
		}
	}
	assert_int_equal(rules, 69);
	assert_int_equal(parts, 4);
}

/* What may stand inside a propose is what the table says, and nothing else. */
static void
test_proposable(void **arg)
{
	size_t cnt, i;
	const struct entry_name *name = entry_name_table(&cnt);
	unsigned proposed = 0;

	(void)arg;
	for (i = 0; i < cnt; i++) {
		json_t *body = json_pack("{s:i, s:s}", "v", 1, "type", name[i].name);
		const struct entry_type *t = entry_type_find(name[i].no);

		assert_int_equal(schema_proposed(body), t && t->proposable ? name[i].no : 0);
		proposed += t && t->proposable;
		json_decref(body);
	}
	assert_int_equal(proposed, 24);
	assert_int_equal(schema_proposed(NULL), 0);
}

/* A type that the registry names but this version has no fields for reads as a newer one's. */
static void
test_unknown(void **arg)
{
	char why[SCHEMA_WHY_CAP];
	size_t cnt, i;
	const struct entry_name *name = entry_name_table(&cnt);

	(void)arg;
	for (i = 0; i < cnt; i++) {
		const struct entry_type *t = entry_type_find(name[i].no);
		json_t *body;
		int err = schema_parse(&body, name[i].no, "{\"v\":1}", 7, why);

		assert_true((err == ERR_STALE) == (!t || !t->schema));
		json_decref(body);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_proposable),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
