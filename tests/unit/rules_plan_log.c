/*
 * A plan as a book: who opens it, who commits, who reveals and who reveals in whose place; and what
 * one person can try who would be both persons, choose his share after the other's, change it, or
 * reveal for somebody who still has time.
 */
#include "tests/unit/rules_fold.h"

#include <sodium.h>
#include <stdio.h>

#include "admin-cli/plan/draw.h"
#include "crypto/text.h"

static uint8_t plan[32], share[2][32], commit[2][32];
static struct fold_person above;

static const char *
hex(const uint8_t *b)
{
	static char text[8][65];
	static unsigned at;

	at = (at + 1) % 8;
	text_hex(text[at], sizeof(text[at]), b, 32);
	return text[at];
}

static struct fold_entry *
say_plan(struct log *l, const struct fold_person *who, const char *beacon)
{
	char text[1024];

	snprintf(
		text, sizeof(text),
		"{\"v\":1,\"plan\":\"%s\",\"desk\":7,\"from\":\"2026-12-01\",\"until\":\"2026-12-31\","
		"\"day\":\"2026-11-20\",\"least\":200,\"register\":\"%s\",\"table\":\"%s\",\"beacon\":\"%s\","
		"\"drawn\":[],\"free\":[],\"discretionary\":1,\"seed\":\"%s\"}",
		hex(plan), hex(plan), hex(plan), beacon, hex(plan));
	return add(l, who, ENTRY_PLAN, 1, text);
}

static struct fold_entry *
say_share(struct log *l, const struct fold_person *who, unsigned by)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"v\":1,\"plan\":\"%s\",\"by\":\"%s\",\"commit\":\"%s\",\"escrow\":\"%s\"}",
		 hex(plan), by ? "approver" : "planner", hex(commit[by]), hex(plan));
	return add(l, who, ENTRY_PLAN_SHARE, 1, text);
}

static struct fold_entry *
say_reveal(struct log *l, const struct fold_person *who, unsigned by, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"v\":1,\"plan\":\"%s\",\"by\":\"%s\",\"share\":\"%s\",\"other\":\"%s\"%s}",
		 hex(plan), by ? "approver" : "planner", hex(share[by]), hex(commit[!by]), more);
	return add(l, who, ENTRY_PLAN_REVEAL, 1, text);
}

static struct fold_entry *
say_result(struct log *l, const struct fold_person *who)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"v\":1,\"plan\":\"%s\",\"visits\":[],\"missed\":[]}",
		 hex(plan));
	return add(l, who, ENTRY_PLAN_RESULT, 1, text);
}

/* What the fold says of the last entry, which is taken out again. */
static enum fold_reason
last(struct log *l)
{
	(void)run(l, MACHINE_PLAN);
	enum fold_reason reason = l->e[l->cnt - 1].reason;
	json_decref((json_t *)l->e[--l->cnt].body);
	return reason;
}

static void
begin(struct log *l, const char *beacon)
{
	start(l);
	above = eve;
	randombytes_buf(plan, sizeof(plan));
	for (unsigned i = 0; i < 2; i++) {
		randombytes_buf(share[i], sizeof(share[i]));
		plan_share_commit(commit[i], share[i], plan);
	}
	say_plan(l, &ann, beacon);
	assert_int_equal(run(l, MACHINE_PLAN), PLAN_PLANNED);
}

static void
both_commit(struct log *l, const char *beacon)
{
	begin(l, beacon);
	say_share(l, &ann, 0);
	assert_int_equal(run(l, MACHINE_PLAN), PLAN_PLANNED);
	say_share(l, &bob, 1);
	assert_int_equal(run(l, MACHINE_PLAN), PLAN_COMMITTED);
}

static void
whole(void **state)
{
	struct log l;
	(void)state;
	both_commit(&l, "");
	say_reveal(&l, &bob, 1, "");
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_COMMITTED);
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_REVEALED);
	assert_false(l.f.plan.late[0] || l.f.plan.late[1]);
	say_result(&l, &ann);
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_SETTLED);
	say_result(&l, &bob); /* what was missed, later and by a colleague */
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_SETTLED);
	assert_int_equal(l.f.rejected, 0);
	end(&l);
}

/* One person is never both, and who commits second is not the one who made the table. */
static void
commitments(void **state)
{
	struct log l;
	(void)state;
	begin(&l, "");
	say_share(&l, &bob, 1);
	assert_int_equal(last(&l), FOLD_STATE); /* the planner first */
	say_share(&l, &bob, 0);
	assert_int_equal(last(&l), FOLD_ROLE); /* nobody commits for him */
	say_share(&l, &ann, 0);
	say_share(&l, &ann, 1);
	assert_int_equal(last(&l), FOLD_SAME);
	say_share(&l, &eve, 1);
	assert_int_equal(last(&l), FOLD_FOREIGN); /* the desk above would hold both shares */
	commit[0][0] ^= 1;                        /* another share */
	say_share(&l, &ann, 0);
	assert_int_equal(last(&l), FOLD_STATE);
	commit[0][0] ^= 1;
	say_share(&l, &bob, 1);
	commit[1][0] ^= 1;
	say_share(&l, &bob, 1);
	assert_int_equal(last(&l), FOLD_STATE);
	say_plan(&l, &ann, "");
	assert_int_equal(last(&l), FOLD_FIRST);
	plan[0] ^= 1;
	say_share(&l, &bob, 1);
	assert_int_equal(last(&l), FOLD_SHARE);
	end(&l);
}

/* Who may reveal, and what: the share committed to, by its author, for the other's commitment. */
static void
reveals(void **state)
{
	struct log l;
	(void)state;
	begin(&l, "");
	say_share(&l, &ann, 0);
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(last(&l), FOLD_STATE); /* else the other would choose */
	end(&l);
	both_commit(&l, "");
	say_reveal(&l, &ann, 1, "");
	assert_int_equal(last(&l), FOLD_ROLE);
	share[0][0] ^= 1;
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(last(&l), FOLD_SHARE);
	share[0][0] ^= 1;
	commit[1][0] ^= 1;
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(last(&l), FOLD_SHARE);
	commit[1][0] ^= 1;
	say_reveal(&l, &ann, 0, ",\"beacon\":\"1 2 3\"");
	assert_int_equal(last(&l), FOLD_SHARE); /* numbers of no lottery */
	say_result(&l, &ann);
	assert_int_equal(last(&l), FOLD_STATE);
	say_reveal(&l, &ann, 0, "");
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(last(&l), FOLD_STATE);
	end(&l);
	both_commit(&l, "the lottery of 1 December");
	say_reveal(&l, &ann, 0, "");
	assert_int_equal(last(&l), FOLD_SHARE);
	say_reveal(&l, &ann, 0, ",\"beacon\":\"1 2 3\"");
	say_reveal(&l, &bob, 1, ",\"beacon\":\"1 2 3\"");
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_REVEALED);
	end(&l);
}

/* An approver who refuses: the desk above reveals in his place, not before he has had a whole day,
 * and the log says for whom. */
static void
escrow(void **state)
{
	struct log l;
	(void)state;
	both_commit(&l, "");
	say_reveal(&l, &ann, 0, "");
	for (unsigned days = 0; days < 2; days++) {
		say_reveal(&l, &above, 1, ",\"escrow\":true");
		assert_int_equal(last(&l), FOLD_EARLY);
		l.day++;
	}
	say_reveal(&l, &bob, 1, ",\"escrow\":true");
	assert_int_equal(last(&l), FOLD_ROLE); /* the desk that draws holds no share of his */
	share[1][5] ^= 1;
	say_reveal(&l, &above, 1, ",\"escrow\":true");
	assert_int_equal(last(&l), FOLD_SHARE); /* nor may those above choose */
	share[1][5] ^= 1;
	say_reveal(&l, &above, 1, ",\"escrow\":true");
	assert_int_equal(run(&l, MACHINE_PLAN), PLAN_REVEALED);
	assert_true(l.f.plan.late[1] && !l.f.plan.late[0]);
	say_reveal(&l, &bob, 1, "");
	assert_int_equal(last(&l), FOLD_STATE);
	end(&l);
}

/* Nobody from outside, and no role that has nothing to do with plans. */
static void
strangers(void **state)
{
	struct fold_person other = bob, clerk = bob;
	struct log l;
	(void)state;
	other.related = other.home = false;
	clerk.roles = ROLE(TR);
	begin(&l, "");
	say_share(&l, &ann, 0);
	say_share(&l, &other, 1);
	assert_int_equal(last(&l), FOLD_FOREIGN);
	say_share(&l, &clerk, 1);
	assert_int_equal(last(&l), FOLD_ROLE);
	end(&l);
	start(&l);
	say_plan(&l, &above, "");
	(void)run(&l, MACHINE_PLAN);
	assert_int_equal(l.e[0].reason, FOLD_FOREIGN);
	end(&l);
	start(&l);
	say_plan(&l, &clerk, "");
	(void)run(&l, MACHINE_PLAN);
	assert_int_equal(l.e[0].reason, FOLD_ROLE);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),  cmocka_unit_test(commitments), cmocka_unit_test(reveals),
		cmocka_unit_test(escrow), cmocka_unit_test(strangers),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
