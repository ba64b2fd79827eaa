/* Rewards in the fold: who awards, who passes on, who opens, signs, claims and pays, one clerk at a
 * time; codes that do not fit; terms. */
#include "tests/unit/rules_fold.h"

#include "crypto/reward.h"

#include <sodium.h>
#include <stdio.h>

static struct fold_person
	rob = { .handle = { 5 }, .desk = 8, .roles = ROLE(RW), .related = true, .home = true },
	ria = { .handle = { 6 }, .desk = 8, .roles = ROLE(RW), .related = true, .home = true };
static const uint8_t gateway[KEY_ID_LEN] = { 9 };
static uint8_t verifier[REWARD_VERIFIER_LEN];
static struct reward_code code;
static bool key_here; /* whether this home has the key of the blob */

static const char *
award_json(const char *due, const char *result, const char *is_new)
{
	static char text[4096], blob[FOLD_BLOB_TEXT + 1];

	memset(blob, 'A', FOLD_BLOB_TEXT);
	blob[FOLD_BLOB_TEXT - 1] = '=';
	snprintf(text, sizeof(text),
		 "{\"v\":1,\"case\":" CASE_HEX ",\"due\":\"%s\",\"result\":\"%s\",\"new\":%s,"
		 "\"band\":\"10000\",\"blob\":\"%s\"}",
		 due, result, is_new, blob);
	return text;
}

static const char *
claimed_json(const char *digits, int way)
{
	static char text[128];

	snprintf(text, sizeof(text), "{\"v\":1,\"code\":\"%s\",\"way\":%d}", digits, way);
	return text;
}

static int
fold_as(struct log *l, enum machine_id machine)
{
	struct fold_input in = { .machine = machine,
				 .entry = l->e,
				 .entry_cnt = l->cnt,
				 .today = l->day,
				 .verifier = key_here ? verifier : NULL,
				 .gateway = gateway };

	fold_free(&l->f);
	assert_int_equal(fold_run(&l->f, &in), 0);
	return l->f.state;
}

static enum fold_reason
last(const struct log *l)
{
	return l->e[l->cnt - 1].reason;
}

static struct fold_entry *
move(struct log *l, const struct fold_person *who, const char *to, const char *more)
{
	char text[128];

	snprintf(text, sizeof(text), "{\"v\":1,\"move\":\"%s\"%s}", to, more);
	return add(l, who, ENTRY_BOOK_MOVE, 1, text);
}

static void
two_move(struct log *l, const struct fold_person *a, const struct fold_person *b, const char *to)
{
	char text[128];

	snprintf(text, sizeof(text), "{\"v\":1,\"move\":\"%s\",\"text\":\"t\"}", to);
	cosign(l, b, propose(l, a, "book-move", text));
}

/* DAY is 2024-10-04. */
static void
awards(void **state)
{
	struct fold_person tim = ann;
	struct log l;

	(void)state;
	start(&l);
	add(&l, &ann, ENTRY_REWARD_ELIGIBLE, 1, award_json("2024-12-01", "partly", "true"));
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PUT_FORWARD);
	assert_non_null(l.f.book);
	/* one SR, once or twice, is one */
	move(&l, &ann, "awarded", "");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PUT_FORWARD);
	assert_int_equal(last(&l), FOLD_TWO);
	two_move(&l, &ann, &ann, "awarded");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PUT_FORWARD);
	assert_int_equal(last(&l), FOLD_SAME);
	/* nor does a TR sign */
	tim.handle[0] = 9;
	tim.roles = ROLE(TR);
	two_move(&l, &ann, &tim, "awarded");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PUT_FORWARD);
	two_move(&l, &ann, &bob, "awarded");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_AWARDED);
	/* it leaves in its month, by another desk */
	move(&l, &eve, "passed_on", "");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_AWARDED);
	assert_int_equal(last(&l), FOLD_GUARD + GUARD_MONTH_DUE);
	l.day += 58; /* 2024-12-01 */
	move(&l, &bob, "passed_on", "");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_AWARDED);
	assert_int_equal(last(&l), FOLD_GUARD + GUARD_OTHER_DESK);
	move(&l, &eve, "passed_on", "");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PASSED_ON);
	move(&l, &fay, "passed_on", "");
	assert_int_equal(fold_as(&l, MACHINE_AWARD), AWARD_PASSED_ON);
	assert_int_equal(last(&l), FOLD_STATE);
	end(&l);
}

static void
awards_refused(void **state)
{
	static const struct {
		const char *due, *result, *is_new;
	} bad[] = {
		{ "2024-11-01", "partly", "true" },  /* sooner than 30 days */
		{ "2025-02-01", "partly", "true" },  /* later than 92 */
		{ "2024-12-02", "partly", "true" },  /* not the first of a month */
		{ "2024-12-01", "unable", "true" },  /* nothing was found */
		{ "2024-12-01", "partly", "false" }, /* it was known */
	};
	struct log l;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		start(&l);
		add(&l, &ann, ENTRY_REWARD_ELIGIBLE, 1,
		    award_json(bad[i].due, bad[i].result, bad[i].is_new));
		fold_as(&l, MACHINE_AWARD);
		assert_null(l.f.book);
		assert_int_equal(last(&l), FOLD_BODY);
		end(&l);
	}
	start(&l);
	add(&l, &eve, ENTRY_REWARD_ELIGIBLE, 1, award_json("2024-12-01", "partly", "true"));
	fold_as(&l, MACHINE_AWARD);
	assert_int_equal(last(&l), FOLD_FOREIGN);
	end(&l);
}

/* A reward that two of another desk have opened. */
static void
open_reward(struct log *l)
{
	const char *all = award_json("2024-12-01", "partly", "true");
	char text[4096];

	start(l);
	snprintf(text, sizeof(text), "{\"v\":1,\"band\":\"10000\",%s", strstr(all, "\"blob\""));
	add(l, &eve, ENTRY_REWARD_BATCH, 1, text);
	assert_int_equal(fold_as(l, MACHINE_REWARD), REWARD_BATCHED);
	assert_non_null(l->f.book);
	move(l, &eve, "claimable", "");
	assert_int_equal(fold_as(l, MACHINE_REWARD), REWARD_BATCHED);
	assert_int_equal(last(l), FOLD_GUARD + GUARD_NOT_WRITER);
	move(l, &rob, "claimable", "");
	assert_int_equal(fold_as(l, MACHINE_REWARD), REWARD_BATCHED);
	move(l, &fay, "claimable", "");
	assert_int_equal(fold_as(l, MACHINE_REWARD), REWARD_CLAIMABLE);
}

static void
rewards(void **state)
{
	struct fold_person sr = rob;
	struct log l;

	(void)state;
	open_reward(&l);
	/* without the key of the blob nobody can say that a code fits; nor with a guessed one */
	key_here = false;
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 2));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMABLE);
	key_here = true;
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	end(&l);
	open_reward(&l);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json("00000000000000000000", 2));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMABLE);
	assert_int_equal(last(&l), FOLD_GUARD + GUARD_CODE_FITS);
	/* unclaimed, two cannot pay it */
	cosign(&l, &ria, propose(&l, &rob, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMABLE);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 2));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	/* claimed twice is claimed once */
	add(&l, &ria, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 4));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	assert_int_equal(last(&l), FOLD_STATE);
	/* one alone, or one with an SR, pays nothing */
	add(&l, &rob, ENTRY_REWARD_PAID, 1, "{\"v\":1}");
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	assert_int_equal(last(&l), FOLD_TWO);
	cosign(&l, &rob, propose(&l, &rob, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	sr.handle[0] = 7;
	sr.roles = ROLE(SR);
	cosign(&l, &sr, propose(&l, &rob, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	cosign(&l, &ria, propose(&l, &rob, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_PAID);
	cosign(&l, &rob, propose(&l, &ria, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_PAID);
	assert_int_not_equal(last(&l), FOLD_FINE);
	end(&l);
}

/* Who pays opens no reward; she may not want it; a payment that failed; a year. */
static void
ends(void **state)
{
	const char *all = award_json("2024-12-01", "partly", "true");
	char text[4096];
	struct log l;

	(void)state;
	key_here = true;
	start(&l);
	snprintf(text, sizeof(text), "{\"v\":1,\"band\":\"10000\",%s", strstr(all, "\"blob\""));
	rob.roles |= ROLE(SR);
	add(&l, &rob, ENTRY_REWARD_BATCH, 1, text);
	rob.roles = ROLE(RW);
	fold_as(&l, MACHINE_REWARD);
	assert_null(l.f.book);
	end(&l);
	open_reward(&l);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 0));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_DECLINED);
	end(&l);
	open_reward(&l);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 4));
	move(&l, &rob, "claimable", "");
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	assert_int_equal(last(&l), FOLD_GUARD + GUARD_REASON_WRITTEN);
	move(&l, &rob, "claimable", ",\"text\":\"t\"");
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMABLE);
	l.day += 364;
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMABLE);
	l.day += 1;
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_EXPIRED);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 2));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_EXPIRED);
	end(&l);
}

/* Every clerk reads the code of a claim. One alone says that its payment failed, claims anew for
 * himself, and signs what the other had proposed for the claim before: nothing is paid. */
static void
one_clerk(void **state)
{
	struct fold_entry *old;
	struct log l;

	(void)state;
	key_here = true;
	open_reward(&l);
	add(&l, &rob, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 2));
	old = propose(&l, &rob, "reward-paid", "{\"v\":1}");
	move(&l, &ria, "claimable", ",\"text\":\"t\"");
	add(&l, &ria, ENTRY_REWARD_CLAIMED, 1, claimed_json(code.digits, 4));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	cosign(&l, &ria, old);
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_CLAIMED);
	assert_int_equal(last(&l), FOLD_PROPOSAL);
	cosign(&l, &ria, propose(&l, &rob, "reward-paid", "{\"v\":1}"));
	assert_int_equal(fold_as(&l, MACHINE_REWARD), REWARD_PAID);
	end(&l);
}

static void
claims(void **state)
{
	struct log l;

	(void)state;
	start(&l);
	add(&l, NULL, ENTRY_REWARD_CLAIM, 0, claimed_json(code.digits, 2));
	assert_int_equal(fold_as(&l, MACHINE_CLAIM), CLAIM_ASKED);
	reply(&l, &ann, "5d"); /* a reviewer has no word here */
	assert_int_equal(fold_as(&l, MACHINE_CLAIM), CLAIM_ASKED);
	reply(&l, &rob, "4");
	assert_int_equal(fold_as(&l, MACHINE_CLAIM), CLAIM_ASKED);
	assert_int_equal(last(&l), FOLD_FINE);
	triage(&l, &ann, "accepted", ""); /* nor has a case's work */
	assert_int_equal(fold_as(&l, MACHINE_CLAIM), CLAIM_ASKED);
	reply(&l, &rob, "5d");
	assert_int_equal(fold_as(&l, MACHINE_CLAIM), CLAIM_TOLD);
	end(&l);
	/* nor who pays in a case */
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	reply(&l, &rob, "4");
	assert_int_equal(fold_as(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(last(&l), FOLD_ROLE);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(awards),    cmocka_unit_test(awards_refused),
		cmocka_unit_test(rewards),   cmocka_unit_test(ends),
		cmocka_unit_test(one_clerk), cmocka_unit_test(claims),
	};

	if (sodium_init() < 0)
		return 1;
	reward_code_new(&code);
	if (reward_verifier(verifier, &code, gateway))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
