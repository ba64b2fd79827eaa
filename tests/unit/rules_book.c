/* What a referral must have before it is opened, at the edges of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "admin-cli/rules/book.h"
#include "admin-cli/rules/fold_guard.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static bool
complete(const char *kind, const char *more)
{
	char text[2000];
	json_t *body;
	bool is;

	snprintf(text, sizeof(text), "{\"kind\":\"%s\",\"target\":\"x\"%s}", kind, more);
	body = json_loads(text, 0, NULL);
	assert_non_null(body);
	is = book_complete(body);
	json_decref(body);
	return is;
}

static bool
expose(const char *text, const char *evidence)
{
	char more[1800];

	snprintf(more, sizeof(more),
		 ",\"tier\":\"ENT\",\"post\":\"p\",\"case\":\"c\",\"signed_off\":\"2026-10-01\","
		 "\"text\":\"%s\",\"evidence\":\"%s\"",
		 text, evidence);
	return complete("EXPOSE", more);
}

/* A hash of a finding for each sentence, no more and no fewer, and nothing else. */
static void
sentences(void **state)
{
	(void)state;
	assert_true(expose("一句。", HASH));
	assert_true(expose("一句", HASH));
	assert_true(expose("一句。二句！", HASH "," HASH));
	assert_true(expose("One. Two? Three", HASH " " HASH ", " HASH));
	assert_true(expose("第一段\\n第二段", HASH " " HASH));
	assert_true(expose("3.5 tonnes over the limit.", HASH)); /* a point is no end */
	assert_true(expose("一句。。。", HASH));
	assert_false(expose("一句。二句。", HASH));
	assert_false(expose("一句。", HASH HASH));
	assert_false(expose("一句。", HASH " " HASH));
	assert_false(expose("一句。", ""));
	assert_false(expose("一句。", "0011"));
	assert_false(expose("一句。", HASH " 检查记录"));
	assert_false(expose("", HASH));
	assert_false(expose("。", HASH));
}

static void
kinds(void **state)
{
	static const char all[] = ",\"tier\":\"REG\",\"post\":\"p\",\"evidence\":\"e\","
				  "\"reason\":[\"LATE\"],\"reported\":\"2026-10-01\"";

	(void)state;
	assert_true(complete("REFER", ""));
	assert_false(complete("NOBODY", all));
	assert_false(complete("TALK", ""));
	assert_true(complete("TALK", all));
	assert_true(complete("XFER_PS", all));
	assert_false(complete("TALK", ",\"tier\":\"REG\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_true(complete("TALK", ",\"tier\":\"ENT\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_false(complete("XFER_PS", ",\"tier\":\"ENT\",\"post\":\"p\",\"evidence\":\"e\""));
	assert_true(complete(BOOK_TOLD, ",\"county\":\"990102\",\"reported\":\"2026-10-01\","
					"\"evidence\":\"e\""));
	assert_false(complete(BOOK_TOLD, all)); /* it has no county */
	assert_false(complete("EXPOSE", all));  /* its evidence is no hash */
}

/* The states of all books have different names, so that a line of a list says which book it is. */
static void
states(void **state)
{
	(void)state;
	for (size_t i = 0; i < BOOK_MACHINES; i++) {
		const struct machine *m = machine_get(book_machines[i]);

		for (int k = 0; k < m->state_cnt; k++)
			assert_int_equal(book_of_state(m->states[k]), book_machines[i]);
		assert_string_not_equal(book_machine_text(book_machines[i]), "");
	}
	assert_int_equal(book_of_state("in_triage"), MACHINE__MAX);
	assert_int_equal(book_of_state(""), MACHINE__MAX);
}

/* A window ends by itself on the day after its last; what has no window, or waits for people, does
 * not. */
static void
windows(void **state)
{
	(void)state;
	assert_int_equal(book_state_today(MACHINE_CAMPAIGN, CAMPAIGN_STANDING, 100, 100),
			 CAMPAIGN_STANDING);
	assert_int_equal(book_state_today(MACHINE_CAMPAIGN, CAMPAIGN_STANDING, 100, 101),
			 CAMPAIGN_OVER);
	assert_int_equal(book_state_today(MACHINE_CAMPAIGN, CAMPAIGN_STANDING, 0, 101),
			 CAMPAIGN_STANDING);
	assert_int_equal(book_state_today(MACHINE_CAMPAIGN, CAMPAIGN_PROPOSED, 100, 101),
			 CAMPAIGN_PROPOSED);
	assert_int_equal(book_state_today(MACHINE_ROTA, ROTA_DRAWN_UP, 100, 101), ROTA_ENDED);
	assert_int_equal(book_state_today(MACHINE_ROTA, ROTA_IN_FORCE, 100, 101), ROTA_ENDED);
	assert_int_equal(book_state_today(MACHINE_CONFLICT, CONFLICT_DECLARED, 100, 101),
			 CONFLICT_LAPSED);
	assert_int_equal(book_state_today(MACHINE_REFERRAL, REFERRAL_DRAFTED, 100, 101),
			 REFERRAL_DRAFTED);
	assert_int_equal(book_state_today(MACHINE_NEED, NEED_WAITING, 100, 101), NEED_WAITING);
}

/* Whether the source was answered is asked of what is made public, and of nothing else. */
static void
asks_expose(void)
{
	const struct machine_move *move = machine_next(MACHINE_REFERRAL, REFERRAL_APPROVED,
						       REFERRAL_HANDED_OVER, 1u << BY_SR, NULL);
	const struct book_ask *ask[BOOK_ASKS];
	json_t *expose = json_pack("{s:s}", "kind", "EXPOSE");

	assert_non_null(move);
	assert_int_equal(book_asks(move, NULL, ask), 1);
	assert_string_equal(ask[0]->member, "text");
	assert_int_equal(book_asks(move, expose, ask), 2);
	assert_string_equal(ask[0]->member, "answered");
	json_decref(expose);
}

/* Whatever a guard reads in the body of a move is asked for: with what is asked filled in, each
 * guard holds that looks at nothing but the body, and without it at least one does not. */
static void
asked(void **state)
{
	static const enum machine_guard body_alone[] = {
		GUARD_RECEIPT_NAMED,   GUARD_OUTCOME_NAMED,   GUARD_UNTIL_NAMED,
		GUARD_RESULT_POSITIVE, GUARD_RESULT_NEGATIVE, GUARD_VISITS_NAMED,
		GUARD_REASON_WRITTEN,
	};
	unsigned cnt = 0;

	(void)state;
	for (size_t i = 0; i < BOOK_MACHINES; i++) {
		const struct machine *m = machine_get(book_machines[i]);

		for (size_t k = 0; k < m->move_cnt; k++) {
			const struct machine_move *move = &m->moves[k];
			const struct book_ask *ask[BOOK_ASKS];
			json_t *full = book_move_trial(book_machines[i], move, NULL, 100);
			struct fold_move with = { .day = 100, .body = full },
					 without = { .day = 100 };
			bool some = false, all = true;

			for (size_t g = 0; g < sizeof(body_alone) / sizeof(*body_alone); g++) {
				if (!machine_guarded(move, body_alone[g]))
					continue;
				assert_true(fold_guard(body_alone[g], &with));
				all &= fold_guard(body_alone[g], &without);
				some = true;
			}
			if (move->n) {
				assert_int_equal(all, !some);
				assert_true(book_asks(move, NULL, ask) > 0);
				cnt++;
			}
			json_decref(full);
		}
	}
	assert_true(cnt > 20);
	asks_expose();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sentences), cmocka_unit_test(kinds),
					    cmocka_unit_test(states), cmocka_unit_test(windows),
					    cmocka_unit_test(asked) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
