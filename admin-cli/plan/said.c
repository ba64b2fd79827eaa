/* What the verifier of plans says: the words of its findings (see verify.h). */
#include "admin-cli/plan/verify.h"

const char *
plan_said_name(enum plan_said said)
{
	static const char *const names[PLAN_SAID] = {
		[PLAN_BAD_FILE] = "bad-file",
		[PLAN_STRAY] = "stray",
		[PLAN_TWO_PLANS] = "two-plans",
		[PLAN_BAD_TABLE] = "bad-table",
		[PLAN_BAD_SUM] = "bad-sum",
		[PLAN_TWO_SHARES] = "two-shares",
		[PLAN_BAD_SHARE] = "bad-share",
		[PLAN_REPLACED] = "replaced",
		[PLAN_BAD_BEACON] = "bad-beacon",
		[PLAN_NO_DRAW] = "no-draw",
		[PLAN_FALSE_VISIT] = "false-visit",
		[PLAN_FALSE_TIME] = "false-time",
		[PLAN_UNVISITED] = "unvisited",
		[PLAN_FREE_COUNT] = "discretionary-count",
		[PLAN_FALSE_DAY] = "false-day",
		[PLAN_FALSE_LEAST] = "false-least",
		[PLAN_FREE_FEW] = "discretionary-few",
		[PLAN_OFFICE] = "office-hours",
		[PLAN_REGISTERED] = "register-changed",
		[PLAN_UNFAIR] = "unfair-table",
		[PLAN_SEALED] = "sealed-otherwise",
		[PLAN_ESCROW] = "escrow",
		[PLAN_MISSED] = "missed",
		[PLAN_UNSEEN] = "unseen",
		[PLAN_NO_TABLE] = "no-table",
		[PLAN_NO_SHARE] = "no-share",
		[PLAN_NO_REVEAL] = "no-reveal",
		[PLAN_NO_RESULT] = "no-result",
		[PLAN_NO_REGISTER] = "no-register",
		[PLAN_GOOD_TABLE] = "good-table",
		[PLAN_GOOD_SHARES] = "good-shares",
		[PLAN_GOOD_RESULT] = "good-result",
		[PLAN_GOOD_REGISTER] = "good-register",
		[PLAN_GOOD_SEALED] = "good-sealed",
	};

	return names[said];
}

bool
plan_report_wrong(const struct plan_report *r)
{
	for (size_t i = 0; i < r->cnt; i++)
		if (plan_said_wrong(r->finding[i].said))
			return true;
	return r->more;
}
