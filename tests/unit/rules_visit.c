/*
 * Visits under seal and what they find: every move of the machines of orders and findings happens
 * once, by those who may, and once not, by those who may not; and what one person, one side, one
 * forgotten date cannot do.
 */
#include "tests/unit/rules_fold.h"

#include <stdio.h>

/* The planner, both sides, inspectors who go along, others who do not, and who signs off. */
static struct fold_person planner = { .handle = { 0x10 }, .desk = 1, .level = 3, .related = true };
static struct fold_person planner2 = { .handle = { 0x11 }, .desk = 1, .level = 3, .related = true };
static struct fold_person above = { .handle = { 0x12 }, .desk = 5, .level = 4, .related = true };
static struct fold_person a1 = { .handle = { 0xa1 }, .desk = 1, .level = 3, .related = true };
static struct fold_person a2 = { .handle = { 0xa2 }, .desk = 1, .level = 3, .related = true };
static struct fold_person b1 = { .handle = { 0xb1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person b2 = { .handle = { 0xb2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person i1 = { .handle = { 0xc1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person i2 = { .handle = { 0xc2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person r1 = { .handle = { 0xd1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person r2 = { .handle = { 0xd2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person s1 = { .handle = { 0xe1 }, .desk = 5, .level = 4, .related = true };
static struct fold_person s2 = { .handle = { 0xe2 }, .desk = 5, .level = 4, .related = true };

static int
setup(void **state)
{
	(void)state;
	planner.roles = planner2.roles = above.roles = ROLE(PL);
	a1.roles = a2.roles = s1.roles = s2.roles = ROLE(SR);
	b1.roles = b2.roles = ROLE(TL) | ROLE(IN);
	i1.roles = i2.roles = r1.roles = r2.roles = ROLE(IN);
	return 0;
}

#define REST   "111111111111111111111111111111111111111111111111111111111111111"
#define HASH   "1" REST
#define KEYS   "\"keys\":[\"1" REST "\",\"2" REST "\",\"3" REST "\",\"4" REST "\"]"
#define PARTS  "\"parts\":[\"" HASH "\",\"" HASH "\",\"" HASH "\",\"" HASH "\",\"" HASH "\"]"
#define LAYERS "\"layers\":[\"" HASH "\",\"" HASH "\",\"" HASH "\"]"
#define A1     "\"a100000000000000\""
#define A2     "\"a200000000000000\""
#define B1     "\"b100000000000000\""
#define B2     "\"b200000000000000\""
#define SIDES(a, b)                                                                                \
	"{\"v\":1,\"hours\":480008,\"late\":\"00112233445566778899aabbccddeeff\",\"a\":[" a        \
	"],\"b\":[" b "]," KEYS "," PARTS "," LAYERS "}"
#define ORDER_JSON SIDES(A1 "," A2, B1 "," B2)
#define TEAM       "[" B1 "," B2 ",\"c100000000000000\",\"c200000000000000\"]"

static struct fold_entry *
desk(struct log *l, const struct fold_person *who, uint16_t type, const char *body)
{
	return add(l, who, type, 1, body);
}

static struct fold_entry *
both(struct log *l, const struct fold_person *p, const struct fold_person *q, const char *type,
     const char *body)
{
	return cosign(l, q, propose(l, p, type, body));
}

static struct fold_entry *
approve(struct log *l, const struct fold_person *p, const struct fold_person *q)
{
	char body[128], hex[65];
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", l->e[0].hash[i]);
	snprintf(body, sizeof(body), "{\"v\":1,\"order\":\"%s\"}", hex);
	return both(l, p, q, "order-approve", body);
}

static struct fold_entry *
layer(struct log *l, const struct fold_person *who, uint16_t type, int n)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"v\":1,\"layer\":%d%s}", n,
		 type == ENTRY_ORDER_RELEASE ? ",\"how\":\"sealed\"" : "");
	return desk(l, who, type, body);
}

static struct fold_entry *
hand(struct log *l, int n)
{
	layer(l, &a1, ENTRY_ORDER_RELEASE, n);
	return layer(l, &b1, ENTRY_ORDER_TAKE, n);
}

#define DEPART "{\"v\":1,\"bagged\":4,\"people\":" TEAM "}"

/* Brings an order to a state on the way to its end. */
static void
bring(struct log *l, int state)
{
	static const int way[] = { ORDER_SEALED,         ORDER_APPROVED,  ORDER_ARMED,
				   ORDER_RELEASED,       ORDER_EN_ROUTE,  ORDER_ON_SITE,
				   ORDER_FINDINGS_FILED, ORDER_SIGNED_OFF };
	size_t i;

	start(l);
	for (i = 0; i < sizeof(way) / sizeof(*way); i++) {
		if (way[i] == ORDER_SEALED)
			desk(l, &planner, ENTRY_ORDER, ORDER_JSON);
		else if (way[i] == ORDER_APPROVED)
			approve(l, &a1, &a2);
		else if (way[i] == ORDER_ARMED)
			desk(l, &planner2, ENTRY_ORDER_ARM, "{\"v\":1,\"stands\":true}");
		else if (way[i] == ORDER_RELEASED)
			hand(l, 0);
		else if (way[i] == ORDER_EN_ROUTE) {
			hand(l, 1);
			desk(l, &b1, ENTRY_DEPART, DEPART);
			hand(l, 2);
		} else if (way[i] == ORDER_ON_SITE)
			desk(l, &b1, ENTRY_ARRIVE, "{\"v\":1,\"as\":\"COVERT\"}");
		else if (way[i] == ORDER_FINDINGS_FILED)
			both(l, &i1, &i2, "findings", "{\"v\":1,\"count\":2,\"anomaly\":true}");
		else {
			both(l, &i1, &i2, "finding",
			     "{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"general\","
			     "\"text\":\"t\"}");
			both(l, &i1, &b2, "finding",
			     "{\"v\":1,\"k\":2,\"hazard\":\"CM-01\",\"grade\":\"major\","
			     "\"text\":\"t\"}");
			desk(l, &a1, ENTRY_SIGN_OFF, "{\"v\":1}");
		}
		if (way[i] == state)
			break;
	}
	if (run(l, MACHINE_ORDER) != state)
		fail_msg("%s instead of %s: %s", machine_state_name(MACHINE_ORDER, l->f.state),
			 machine_state_name(MACHINE_ORDER, state),
			 fold_reason_name(l->e[l->cnt - 1].reason));
	assert_int_equal(l->f.rejected, 0);
}

/* Which moves have happened, by machine, so that a row of the table that no test makes is named. */
static bool made[MACHINE__MAX][32][32];

static void
mark(const struct log *l)
{
	int at = ORDER_DRAFT;
	size_t i;

	for (i = 0; i < l->cnt; i++) {
		const struct fold_entry *e = &l->e[i];

		made[MACHINE_ORDER][at][e->from] = true; /* by the clock, before it */
		at = e->to;
		made[MACHINE_ORDER][e->from][e->to] |= e->verdict == FOLD_ACCEPTED;
	}
	made[MACHINE_ORDER][at][l->f.state] = true;
}

static void
becomes(struct log *l, int state)
{
	if (run(l, MACHINE_ORDER) != state)
		fail_msg("%s instead of %s: %s", machine_state_name(MACHINE_ORDER, l->f.state),
			 machine_state_name(MACHINE_ORDER, state),
			 fold_reason_name(l->e[l->cnt - 1].reason));
	assert_int_equal(l->e[l->cnt - 1].verdict, FOLD_ACCEPTED);
	mark(l);
	end(l);
}

static void
refused(struct log *l, int state, int reason)
{
	const struct fold_entry *e = &l->e[l->cnt - 1];

	assert_int_equal(run(l, MACHINE_ORDER), state);
	if (e->verdict != FOLD_REJECTED || e->reason != (enum fold_reason)reason)
		fail_msg("%s instead of %s", fold_reason_name(e->reason),
			 fold_reason_name((enum fold_reason)reason));
	end(l);
}

#define NO(state, what, why)                                                                       \
	do {                                                                                       \
		bring(&l, state);                                                                  \
		what;                                                                              \
		refused(&l, state, why);                                                           \
	} while (0)
#define YES(from, what, to)                                                                        \
	do {                                                                                       \
		bring(&l, from);                                                                   \
		what;                                                                              \
		becomes(&l, to);                                                                   \
	} while (0)
#define G(guard) (FOLD_GUARD + GUARD_##guard)

#define WHY  "{\"v\":1,\"text\":\"t\"}"
#define NONE "{\"v\":1}"

/* The way of a visit that nobody stops is bring(); here are those beside it. */
static void
test_ways(void **arg)
{
	struct log l;

	(void)arg;
	bring(&l, ORDER_SIGNED_OFF);
	end(&l);
	YES(ORDER_RELEASED, desk(&l, &b2, ENTRY_DEPART, "{\"v\":1,\"standby\":true}"),
	    ORDER_STOOD_BY);
	YES(ORDER_RELEASED,
	    (desk(&l, &b2, ENTRY_DEPART, "{\"v\":1,\"standby\":true}"), l.day += 30),
	    ORDER_ARCHIVED);
	YES(ORDER_ON_SITE, desk(&l, &b1, ENTRY_ARRIVE, "{\"v\":1,\"as\":\"SURPRISE\"}"),
	    ORDER_ON_SITE);
	YES(ORDER_EN_ROUTE, layer(&l, &b2, ENTRY_ORDER_TAKE, 2), ORDER_EN_ROUTE);
	/* Bytes that are fetched before their code is given leave a trace and move nothing; the
	 * layer is taken when it is opened with the code. */
	YES(ORDER_ARMED, layer(&l, &b1, ENTRY_ORDER_TAKE, 0), ORDER_ARMED);
	YES(ORDER_ARMED, (layer(&l, &b1, ENTRY_ORDER_TAKE, 0), hand(&l, 0)), ORDER_RELEASED);
	YES(ORDER_RELEASED, layer(&l, &b1, ENTRY_ORDER_TAKE, 1), ORDER_RELEASED);
	YES(ORDER_SEALED, both(&l, &planner, &planner2, "cancel", WHY), ORDER_CANCELLED);
	YES(ORDER_APPROVED, both(&l, &a1, &s1, "cancel", WHY), ORDER_CANCELLED);
	YES(ORDER_ARMED, both(&l, &s1, &s2, "cancel", WHY), ORDER_CANCELLED);
	YES(ORDER_RELEASED, desk(&l, &b1, ENTRY_ABORT, WHY), ORDER_ABORTED);
	YES(ORDER_EN_ROUTE, desk(&l, &b1, ENTRY_ABORT, WHY), ORDER_ABORTED);
	YES(ORDER_ON_SITE, desk(&l, &b1, ENTRY_ABORT, WHY), ORDER_ABORTED);
	YES(ORDER_SEALED, desk(&l, &s1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_APPROVED, desk(&l, &s1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_ARMED, desk(&l, &a2, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_RELEASED, desk(&l, &b1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_EN_ROUTE, desk(&l, &b1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_RELEASED, desk(&l, &a1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_EN_ROUTE, desk(&l, &a1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_FINDINGS_FILED, desk(&l, &s1, ENTRY_COMPROMISE, NONE), ORDER_COMPROMISED);
	YES(ORDER_ON_SITE, (desk(&l, &b1, ENTRY_ABORT, WHY), desk(&l, &planner, ENTRY_REPLAN, WHY)),
	    ORDER_REPLANNED);
	YES(ORDER_ARMED,
	    (desk(&l, &a2, ENTRY_COMPROMISE, NONE), desk(&l, &above, ENTRY_REPLAN, NONE)),
	    ORDER_REPLANNED);
	YES(ORDER_SEALED, l.day += 4, ORDER_LAPSED);
	YES(ORDER_APPROVED, l.day += 4, ORDER_LAPSED);
	YES(ORDER_ARMED, l.day += 4, ORDER_LAPSED);
	YES(ORDER_RELEASED, l.day += 4, ORDER_LAPSED);
}

/* What one person, or one side, may not do. */
static void
test_refused(void **arg)
{
	struct log l;

	(void)arg;
	/* The planner is on no side. (Too few and somebody twice is no order: rules_order_part.c.)
	 */
	static const char *const wrong[] = {
		SIDES(A1 ",\"1000000000000000\"", B1 "," B2),
		SIDES(A1 "," A2, "\"1000000000000000\"," B2),
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		start(&l);
		desk(&l, &planner, ENTRY_ORDER, wrong[i]);
		assert_int_equal(run(&l, MACHINE_ORDER), ORDER_DRAFT);
		assert_int_equal(l.e[0].verdict, FOLD_REJECTED);
		assert_int_equal(l.e[0].reason, G(SIDES_APART));
		assert_int_equal(l.f.visit.a_cnt, 0); /* nothing of it stays */
		end(&l);
	}
	NO(ORDER_SEALED, desk(&l, &planner, ENTRY_ORDER, ORDER_JSON), FOLD_FIRST);
	NO(ORDER_SEALED, approve(&l, &a1, &s1), G(A_SIDE));
	NO(ORDER_SEALED, approve(&l, &a1, &a1), FOLD_SAME);
	NO(ORDER_SEALED, both(&l, &a1, &a2, "order-approve", "{\"v\":1,\"order\":\"" HASH "\"}"),
	   FOLD_PROPOSAL); /* another order: not even proposed */
	NO(ORDER_SEALED, desk(&l, &planner, ENTRY_ORDER_ARM, "{\"v\":1,\"stands\":true}"),
	   FOLD_STATE);
	NO(ORDER_APPROVED, desk(&l, &planner, ENTRY_ORDER_ARM, "{\"v\":1,\"stands\":false}"),
	   G(TEAM_STANDS));
	NO(ORDER_APPROVED, desk(&l, &a1, ENTRY_ORDER_ARM, "{\"v\":1,\"stands\":true}"), FOLD_ROLE);
	/* Layers: by the A side, in their order, then taken by the B side alone. */
	NO(ORDER_APPROVED, layer(&l, &a1, ENTRY_ORDER_RELEASE, 0), FOLD_STATE);
	NO(ORDER_ARMED, layer(&l, &s1, ENTRY_ORDER_RELEASE, 0), G(A_SIDE));
	NO(ORDER_ARMED, layer(&l, &b1, ENTRY_ORDER_RELEASE, 0), FOLD_ROLE);
	NO(ORDER_ARMED, layer(&l, &a1, ENTRY_ORDER_RELEASE, 1), FOLD_LAYER);
	NO(ORDER_ARMED, hand(&l, 0)->who = i1, FOLD_ROLE);
	NO(ORDER_RELEASED, layer(&l, &b1, ENTRY_ORDER_TAKE, 2), FOLD_LAYER);
	NO(ORDER_SIGNED_OFF, layer(&l, &a1, ENTRY_ORDER_RELEASE, 2), FOLD_STATE);
	/* Nobody leaves before layer 1, with a telephone, alone, or where the order says nobody. */
	NO(ORDER_RELEASED, desk(&l, &b1, ENTRY_DEPART, DEPART), G(LAYER_OPEN));
	NO(ORDER_RELEASED,
	   (hand(&l, 1), desk(&l, &b1, ENTRY_DEPART, "{\"v\":1,\"bagged\":3,\"people\":" TEAM "}")),
	   G(PHONES_BAGGED));
	NO(ORDER_RELEASED,
	   (hand(&l, 1), desk(&l, &b1, ENTRY_DEPART, "{\"v\":1,\"bagged\":3,\"people\":[" B1 "]}")),
	   G(PHONES_BAGGED));
	NO(ORDER_ON_SITE, desk(&l, &b1, ENTRY_ARRIVE, "{\"v\":1,\"as\":\"COVERT\"}"),
	   G(WAS_COVERT));
	/* What was found, by two who were there, all of it; signed off by somebody else. */
	NO(ORDER_ON_SITE, desk(&l, &i1, ENTRY_FINDINGS, "{\"v\":1,\"count\":0}"), FOLD_TWO);
	NO(ORDER_ON_SITE, both(&l, &i1, &r1, "findings", "{\"v\":1,\"count\":0}"), G(ON_TEAM));
	NO(ORDER_FINDINGS_FILED, desk(&l, &a1, ENTRY_SIGN_OFF, NONE), G(ALL_RECORDED));
	b2.roles |= ROLE(SR);
	NO(ORDER_FINDINGS_FILED, desk(&l, &b2, ENTRY_SIGN_OFF, NONE), G(OUTSIDE_TEAM));
	setup(NULL);
	planner.roles |= ROLE(SR);
	NO(ORDER_FINDINGS_FILED, desk(&l, &planner, ENTRY_SIGN_OFF, NONE), G(OUTSIDE_TEAM));
	setup(NULL);
	/* Stops: with a reason, by two, by their role. */
	NO(ORDER_SEALED, desk(&l, &planner, ENTRY_CANCEL, WHY), FOLD_TWO);
	NO(ORDER_ARMED, both(&l, &planner, &planner2, "cancel", WHY), FOLD_PROPOSAL);
	NO(ORDER_EN_ROUTE, desk(&l, &b1, ENTRY_ABORT, NONE), G(REASON_WRITTEN));
	NO(ORDER_EN_ROUTE, desk(&l, &a1, ENTRY_ABORT, WHY), FOLD_ROLE);
	bring(&l, ORDER_ARMED);
	desk(&l, &a2, ENTRY_COMPROMISE, NONE);
	a1.roles |= ROLE(PL); /* high enough, but the old order names him */
	a1.level = 4;
	desk(&l, &a1, ENTRY_REPLAN, NONE);
	refused(&l, ORDER_COMPROMISED, G(OUTSIDE_READERS));
	a1.level = 3;
	setup(NULL);
	bring(&l, ORDER_ARMED);
	desk(&l, &a2, ENTRY_COMPROMISE, NONE);
	desk(&l, &planner2, ENTRY_REPLAN, NONE);
	refused(&l, ORDER_COMPROMISED, G(ONE_LEVEL_UP));
	bring(&l, ORDER_ARMED); /* after its window: nobody goes a week later */
	l.day += 4;
	hand(&l, 0);
	refused(&l, ORDER_LAPSED, FOLD_STATE);
}

#define FOUND(k) "{\"v\":1,\"k\":" #k ",\"hazard\":\"CM-04\",\"grade\":\"general\",\"text\":\"t\"}"

/* One inspector writes down all that he saw before another signs any of it; they are signed in
 * their order, and no more of them than were announced. */
static void
test_findings_wait(void **arg)
{
	struct fold_entry *one, *two;
	struct log l;

	(void)arg;
	bring(&l, ORDER_FINDINGS_FILED);
	one = propose(&l, &i1, "finding", FOUND(1));
	two = propose(&l, &i1, "finding", FOUND(2));
	cosign(&l, &i2, two);
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_FINDINGS_FILED);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_NUMBER);
	assert_int_equal(l.f.visit.finding_cnt, 0);
	cosign(&l, &i2, one);
	cosign(&l, &i2, two);
	run(&l, MACHINE_ORDER);
	assert_int_equal(l.f.visit.finding_cnt, 2);
	end(&l);
	NO(ORDER_FINDINGS_FILED, propose(&l, &i1, "finding", FOUND(3)), FOLD_NUMBER);
}

#define RECTIFY                                                                                    \
	"{\"v\":1,\"k\":%d,\"article\":\"a\",\"owner\":\"o\",\"measures\":\"m\",\"money\":\"y\","  \
	"\"plan\":\"p\",\"deadline\":\"%s\"%s}"
#define SOON "2024-10-20" /* DAY is 2024-10-04 */

static void
rectify(struct log *l, int k, const char *more)
{
	char body[300];

	snprintf(body, sizeof(body), RECTIFY, k, SOON, more);
	both(l, &i1, &i2, "rectify", body);
}

static void
claim(struct log *l, int k)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"file\":\"" HASH "\"}", k);
	desk(l, &i1, ENTRY_CLAIM_FIXED, body);
}

static struct fold_entry *
reinspect(struct log *l, const struct fold_person *p, const struct fold_person *q, int k, bool pass)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"pass\":%s,\"proof\":[\"" HASH "\"]}", k,
		 pass ? "true" : "false");
	return both(l, p, q, "reinspect", body);
}

static struct fold_entry *
strike(struct log *l, const struct fold_person *p, const struct fold_person *q, const char *more,
       int k)
{
	char body[200];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"look_back\":\"2024-11-20\"%s}", k, more);
	if (!q)
		return desk(l, p, ENTRY_STRIKE_OFF, body);
	return both(l, p, q, "strike-off", body);
}

#define DONE ",\"code\":\"NONE\",\"text\":\"t\",\"no_tip\":true"

/* Brings finding 2, a major one, to a state. */
static void
bring_finding(struct log *l, int state)
{
	bring(l, ORDER_SIGNED_OFF);
	if (state == FINDING_RECORDED)
		return;
	rectify(l, 2, "");
	if (state == FINDING_OVERDUE)
		l->day += 20;
	if (state == FINDING_CLAIMED_FIXED || state == FINDING_REINSPECTED_PASS ||
	    state == FINDING_REINSPECTED_FAIL || state == FINDING_STRUCK_OFF)
		claim(l, 2);
	if (state == FINDING_REINSPECTED_PASS || state == FINDING_STRUCK_OFF)
		reinspect(l, &r1, &r2, 2, true);
	if (state == FINDING_REINSPECTED_FAIL)
		reinspect(l, &r1, &r2, 2, false);
	if (state == FINDING_STRUCK_OFF)
		strike(l, &s1, &s2, DONE, 2);
}

static int
state_of(struct log *l, int k)
{
	(void)run(l, MACHINE_ORDER);
	assert_true((int)l->f.visit.finding_cnt >= k);
	return l->f.visit.finding[k - 1].state;
}

static void
finding_is(struct log *l, int k, int state)
{
	int got = state_of(l, k);

	if (got != state || l->e[l->cnt - 1].verdict != FOLD_ACCEPTED)
		fail_msg("%s instead of %s: %s", machine_state_name(MACHINE_FINDING, got),
			 machine_state_name(MACHINE_FINDING, state),
			 fold_reason_name(l->e[l->cnt - 1].reason));
	end(l);
}

static void
finding_not(struct log *l, int k, int state, int reason)
{
	const struct fold_entry *e = &l->e[l->cnt - 1];

	assert_int_equal(state_of(l, k), state);
	if (e->verdict != FOLD_REJECTED || e->reason != (enum fold_reason)reason)
		fail_msg("%s instead of %s", fold_reason_name(e->reason),
			 fold_reason_name((enum fold_reason)reason));
	end(l);
}

#define F_YES(from, what, to)                                                                      \
	do {                                                                                       \
		bring_finding(&l, FINDING_##from);                                                 \
		what;                                                                              \
		finding_is(&l, 2, FINDING_##to);                                                   \
		made[MACHINE_FINDING][FINDING_##from][FINDING_##to] = true;                        \
	} while (0)
#define F_NO(from, what, why)                                                                      \
	do {                                                                                       \
		bring_finding(&l, FINDING_##from);                                                 \
		what;                                                                              \
		finding_not(&l, 2, FINDING_##from, why);                                           \
	} while (0)

static void
test_finding_ways(void **arg)
{
	struct log l;

	(void)arg;
	F_YES(RECORDED, rectify(&l, 2, ""), ORDERED);
	bring_finding(&l, FINDING_RECORDED);
	both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":1,\"kind\":\"fix\"}");
	finding_is(&l, 1, FINDING_FIXED_ON_SPOT);
	made[MACHINE_FINDING][FINDING_RECORDED][FINDING_FIXED_ON_SPOT] = true;
	bring_finding(&l, FINDING_RECORDED);
	both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":1,\"kind\":\"fix\"}");
	strike(&l, &s1, NULL, "", 1);
	finding_is(&l, 1, FINDING_STRUCK_OFF);
	made[MACHINE_FINDING][FINDING_FIXED_ON_SPOT][FINDING_STRUCK_OFF] = true;
	F_YES(ORDERED, claim(&l, 2), CLAIMED_FIXED);
	F_YES(ORDERED, l.day += 20, OVERDUE);
	F_YES(OVERDUE, claim(&l, 2), CLAIMED_FIXED);
	F_YES(OVERDUE, reinspect(&l, &r1, &r2, 2, false), REINSPECTED_FAIL);
	F_YES(CLAIMED_FIXED, reinspect(&l, &r1, &r2, 2, true), REINSPECTED_PASS);
	F_YES(CLAIMED_FIXED, reinspect(&l, &r1, &r2, 2, false), REINSPECTED_FAIL);
	F_YES(REINSPECTED_FAIL, rectify(&l, 2, ",\"penalty\":\"p\""), ORDERED);
	F_YES(REINSPECTED_PASS, strike(&l, &s1, &s2, DONE, 2), STRUCK_OFF);
	F_YES(STRUCK_OFF, both(&l, &r1, &r2, "look-back", "{\"v\":1,\"k\":2,\"fixed\":true}"),
	      STRUCK_OFF);
	F_YES(STRUCK_OFF,
	      (both(&l, &r1, &r2, "look-back", "{\"v\":1,\"k\":2,\"fixed\":false}"),
	       rectify(&l, 2, "")),
	      ORDERED);
	F_YES(ORDERED,
	      both(&l, &s1, &s2, "supervise",
		   "{\"v\":1,\"k\":2,\"unit\":\"u\",\"until\":\"" SOON "\",\"public\":true}"),
	      ORDERED);
	F_YES(RECORDED, both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":2,\"kind\":\"stop\"}"),
	      RECORDED);
	F_YES(RECORDED, desk(&l, &i1, ENTRY_DECISION, "{\"v\":1,\"k\":2,\"kind\":\"evacuate\"}"),
	      RECORDED);
	F_YES(RECORDED,
	      desk(&l, &planner, ENTRY_SISTER, "{\"v\":1,\"sites\":[\"s\"],\"why\":\"operator\"}"),
	      RECORDED);
}

static void
test_finding_refused(void **arg)
{
	struct log l;

	(void)arg;
	/* One inspector alone; one who did not go; one too many; out of its number. */
	NO(ORDER_FINDINGS_FILED,
	   desk(&l, &i1, ENTRY_FINDING,
		"{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"major\",\"text\":\"t\"}"),
	   FOLD_TWO);
	NO(ORDER_FINDINGS_FILED,
	   both(&l, &i1, &r1, "finding",
		"{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"major\",\"text\":\"t\"}"),
	   G(ON_TEAM));
	NO(ORDER_FINDINGS_FILED,
	   both(&l, &i1, &i2, "finding",
		"{\"v\":1,\"k\":2,\"hazard\":\"CM-04\",\"grade\":\"major\",\"text\":\"t\"}"),
	   FOLD_NUMBER);
	F_NO(RECORDED, both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":2,\"kind\":\"fix\"}"),
	     FOLD_PROPOSAL); /* a major hazard is not put right on the spot */
	F_NO(RECORDED, desk(&l, &i1, ENTRY_DECISION, "{\"v\":1,\"k\":2,\"kind\":\"stop\"}"),
	     FOLD_TWO);
	F_NO(RECORDED, claim(&l, 2), FOLD_STATE);
	F_NO(RECORDED, claim(&l, 3), FOLD_NUMBER);
	F_NO(RECORDED,
	     both(&l, &i1, &i2, "rectify",
		  "{\"v\":1,\"k\":2,\"article\":\"a\",\"owner\":\"o\",\"deadline\":\"" SOON "\"}"),
	     FOLD_PROPOSAL);
	F_NO(ORDERED, desk(&l, &i1, ENTRY_CLAIM_FIXED, "{\"v\":1,\"k\":2}"), G(CLAIM_ON_FILE));
	F_NO(ORDERED, reinspect(&l, &r1, &r2, 2, true), FOLD_PROPOSAL); /* nothing was claimed */
	F_NO(CLAIMED_FIXED, reinspect(&l, &r1, &i1, 2, true), G(OTHER_INSPECTORS));
	F_NO(CLAIMED_FIXED, reinspect(&l, &r1, &b2, 2, true), G(OTHER_INSPECTORS));
	F_NO(CLAIMED_FIXED, both(&l, &r1, &r2, "reinspect", "{\"v\":1,\"k\":2,\"pass\":true}"),
	     FOLD_PROPOSAL);                                       /* no proof */
	F_NO(REINSPECTED_FAIL, rectify(&l, 2, ""), FOLD_PROPOSAL); /* no penalty */
	F_NO(REINSPECTED_PASS, strike(&l, &s1, NULL, DONE, 2), FOLD_TWO);
	F_NO(REINSPECTED_PASS, strike(&l, &s1, &s2, "", 2), FOLD_PROPOSAL);
	F_NO(REINSPECTED_PASS, strike(&l, &s1, &s2, ",\"code\":\"NONE\",\"no_tip\":true", 2),
	     FOLD_PROPOSAL); /* nobody answers for it, and no reason */
	F_NO(REINSPECTED_PASS, strike(&l, &s1, &s2, ",\"code\":\"LATE\"", 2),
	     FOLD_PROPOSAL); /* nobody says that the source is answered */
	r1.roles |= ROLE(SR);
	F_NO(REINSPECTED_PASS, strike(&l, &s1, &r1, DONE, 2), G(OUTSIDE_TEAM));
	setup(NULL);
	planner.roles |= ROLE(SR);
	F_NO(REINSPECTED_PASS, strike(&l, &s1, &planner, DONE, 2), G(OUTSIDE_TEAM));
	setup(NULL);
	F_NO(STRUCK_OFF, rectify(&l, 2, ""), FOLD_PROPOSAL); /* nobody looked back */
}

/* An order with a finding that nobody struck off is not archived, however long ago it was. */
static void
test_forgotten(void **arg)
{
	struct log l;

	(void)arg;
	bring_finding(&l, FINDING_STRUCK_OFF);
	l.day += 400;
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_SIGNED_OFF); /* finding 1 */
	l.day -= 400;
	both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":1,\"kind\":\"fix\"}");
	strike(&l, &s1, NULL, "", 1);
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_SIGNED_OFF);
	l.day += 31;
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_ARCHIVED);
	mark(&l);
	end(&l);
}

/* Every move of both tables has happened above. An order that its desk may read ends elsewhere. */
static void
test_all_made(void **arg)
{
	static const enum machine_id ids[] = { MACHINE_ORDER, MACHINE_FINDING };
	size_t i, k;

	(void)arg;
	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const struct machine *m = machine_get(ids[i]);

		for (k = 0; k < m->move_cnt; k++) {
			const struct machine_move *v = &m->moves[k];

			if (ids[i] == MACHINE_ORDER &&
			    (v->to == ORDER_SCHEDULED ||
			     (v->from == ORDER_DRAFT && v->to == ORDER_CANCELLED)))
				continue;
			if (!made[ids[i]][v->from][v->to])
				fail_msg("%s: nothing makes %s -> %s", m->name, m->states[v->from],
					 m->states[v->to]);
		}
	}
}

/* A case that is S1: somebody is told at once, by one; else by two. */
static void
test_warn(void **arg)
{
	const char *body = "{\"v\":1,\"to\":\"duty office\",\"text\":\"from a patrol\"}";
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ACCEPTED);
	add(&l, &ann, ENTRY_WARN, 1, body);
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_TWO);
	correct(&l, &ann, ",\"severity\":\"S1\"");
	add(&l, &ann, ENTRY_WARN, 1, body);
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 1].verdict, FOLD_ACCEPTED);
	end(&l);
}

/* What anybody may try, whatever the state; by its name: as a proposal that another one signs. */
static const struct {
	uint16_t type;
	const char *name, *body;
} tries[] = {
	{ ENTRY_ORDER_ARM, NULL, "{\"v\":1,\"stands\":true}" },
	{ ENTRY_ORDER_RELEASE, NULL, "{\"v\":1,\"layer\":0,\"how\":\"sealed\"}" },
	{ ENTRY_ORDER_RELEASE, NULL, "{\"v\":1,\"layer\":1,\"how\":\"spoken\"}" },
	{ ENTRY_ORDER_RELEASE, NULL, "{\"v\":1,\"layer\":2,\"how\":\"spoken\"}" },
	{ ENTRY_ORDER_TAKE, NULL, "{\"v\":1,\"layer\":0}" },
	{ ENTRY_ORDER_TAKE, NULL, "{\"v\":1,\"layer\":1}" },
	{ ENTRY_ORDER_TAKE, NULL, "{\"v\":1,\"layer\":2}" },
	{ ENTRY_DEPART, NULL, DEPART },
	{ ENTRY_DEPART, NULL, "{\"v\":1,\"standby\":true}" },
	{ ENTRY_ARRIVE, NULL, "{\"v\":1,\"as\":\"SURPRISE\"}" },
	{ 0, "findings", "{\"v\":1,\"count\":1}" },
	{ ENTRY_SIGN_OFF, NULL, NONE },
	{ 0, "cancel", WHY },
	{ ENTRY_CANCEL, NULL, WHY },
	{ ENTRY_ABORT, NULL, WHY },
	{ ENTRY_COMPROMISE, NULL, NONE },
	{ ENTRY_REPLAN, NULL, WHY },
	{ 0, "finding",
	  "{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"major\",\"text\":\"t\"}" },
	{ 0, "decision", "{\"v\":1,\"k\":1,\"kind\":\"fix\"}" },
	{ ENTRY_DECISION, NULL, "{\"v\":1,\"k\":2,\"kind\":\"fix\"}" },
	{ 0, "rectify",
	  "{\"v\":1,\"k\":2,\"article\":\"a\",\"owner\":\"o\",\"measures\":\"m\",\"money\":\"y\","
	  "\"plan\":\"p\",\"deadline\":\"2099-01-01\",\"penalty\":\"p\"}" },
	{ ENTRY_CLAIM_FIXED, NULL, "{\"v\":1,\"k\":2,\"file\":\"" HASH "\"}" },
	{ 0, "reinspect", "{\"v\":1,\"k\":2,\"pass\":true,\"proof\":[\"" HASH "\"]}" },
	{ 0, "reinspect", "{\"v\":1,\"k\":2,\"pass\":false}" },
	{ 0, "strike-off", "{\"v\":1,\"k\":2,\"look_back\":\"2024-11-20\"" DONE "}" },
	{ ENTRY_STRIKE_OFF, NULL, "{\"v\":1,\"k\":1,\"look_back\":\"2024-11-20\"" DONE "}" },
	{ 0, "look-back", "{\"v\":1,\"k\":2,\"fixed\":false}" },
};

static unsigned
draw(unsigned below)
{
	static uint64_t seed = 0x6461767967727562u;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

/* Whether a row of a machine lets these two, or this one where q is p, make the move. */
static bool
in_table(enum machine_id id, int from, int to, const struct fold_person *p,
	 const struct fold_person *q)
{
	const struct machine_move *m = NULL;

	while ((m = machine_next(id, from, to, UINT32_MAX, m)) != NULL)
		if (p == q ? m->n == 1 && p->roles >> m->by & 1
			   : (p->roles >> m->by & 1) && (q->roles >> m->by & 1))
			return true;
	return false;
}

static bool
inspected(const struct fold *f, unsigned at, const struct fold_person *p)
{
	const struct fold_finding *x = &f->visit.finding[at];
	unsigned i;

	for (i = 0; i < 2; i++)
		if (!memcmp(x->inspector[i], p->handle, 8) ||
		    !memcmp(x->reinspector[i], p->handle, 8))
			return true;
	return false;
}

/* Random acts by random people, from every state on the way: what is refused changes nothing, what
 * is done stands in a table, and nobody ends what he found or looked at. */
static void
test_walk(void **arg)
{
	static struct fold_person *const people[] = { &planner, &planner2, &above, &a1, &a2,
						      &b1,      &b2,       &i1,    &i2, &r1,
						      &r2,      &s1,       &s2 };
	static const int from[] = { FINDING_RECORDED,         FINDING_ORDERED,
				    FINDING_OVERDUE,          FINDING_CLAIMED_FIXED,
				    FINDING_REINSPECTED_PASS, FINDING_REINSPECTED_FAIL,
				    FINDING_STRUCK_OFF };
	static const int states[] = { ORDER_SEALED,        ORDER_APPROVED, ORDER_ARMED,
				      ORDER_RELEASED,      ORDER_EN_ROUTE, ORDER_ON_SITE,
				      ORDER_FINDINGS_FILED };
	unsigned n, i, done = 0, ended = 0;
	struct log l;

	(void)arg;
	for (n = 0; n < 20000; n++) {
		const struct fold_person *p = people[draw(13)], *q = p;
		size_t t = draw(sizeof(tries) / sizeof(*tries)), cnt;
		struct fold before;
		bool accepted;

		if (draw(2))
			bring_finding(&l, from[draw(7)]);
		else
			bring(&l, states[draw(7)]);
		run(&l, MACHINE_ORDER);
		before = l.f;
		cnt = l.cnt;
		if (tries[t].type) {
			desk(&l, p, tries[t].type, tries[t].body);
		} else {
			/* half of them two who work together */
			q = draw(2)    ? people[draw(13)]
			    : p == &s1 ? &s2
			    : p == &r1 ? &r2
			    : p == &i1 ? &i2
				       : people[draw(13)];
			both(&l, p, q, tries[t].name, tries[t].body);
		}
		before.order = NULL;
		run(&l, MACHINE_ORDER);
		accepted = l.e[l.cnt - 1].verdict == FOLD_ACCEPTED;
		done += accepted;
		if (!accepted) {
			assert_int_equal(l.f.state, before.state);
			assert_memory_equal(&l.f.visit, &before.visit, sizeof(before.visit));
		}
		if (l.f.state != before.state &&
		    !in_table(MACHINE_ORDER, before.state, l.f.state, p, q))
			fail_msg("%s to %s by a try of type %s",
				 machine_state_name(MACHINE_ORDER, before.state),
				 machine_state_name(MACHINE_ORDER, l.f.state),
				 tries[t].name ? tries[t].name : entry_name(tries[t].type));
		for (i = 0; i < before.visit.finding_cnt; i++) {
			int was = before.visit.finding[i].state, is = l.f.visit.finding[i].state;

			if (is == was)
				continue;
			if (!in_table(MACHINE_FINDING, was, is, p, q))
				fail_msg("finding: %d to %d", was, is);
			if (is != FINDING_STRUCK_OFF)
				continue;
			ended++;
			assert_false(inspected(&before, i, p) || inspected(&before, i, q));
			assert_true(p != &planner && q != &planner);
		}
		assert_true(l.cnt > cnt);
		end(&l);
	}
	print_message("%u acts, %u accepted, %u findings struck off\n", n, done, ended);
	assert_true(done > 500 && ended > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),          cmocka_unit_test(test_refused),
		cmocka_unit_test(test_finding_ways),  cmocka_unit_test(test_finding_refused),
		cmocka_unit_test(test_findings_wait), cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_warn),          cmocka_unit_test(test_all_made),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
