/*
 * Visits under seal and what they find: every move of the machines of orders and findings happens
 * once, by those who may, and once not, by those who may not; and what one person, one side, one
 * forgotten date cannot do.
 */
#include "tests/unit/rules_visit.h"

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
#define G(guard)          (FOLD_GUARD + GUARD_##guard)
#define SHARED            "{\"v\":1,\"text\":\"t\",\"paper\":\"share 1\",\"shared\":[\"0101010101010101\"]}"
#define PAPER(name, text) "{\"v\":1,\"text\":\"" text "\",\"paper\":\"" name "\"}"

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
	/* Who planned it keeps quiet until it has arrived; that he printed a paper he has to say.
	 */
	NO(ORDER_SEALED, desk(&l, &planner, ENTRY_ORDER_NOTE, WHY), FOLD_QUIET);
	NO(ORDER_EN_ROUTE, desk(&l, &planner, ENTRY_ORDER_NOTE, WHY), FOLD_QUIET);
	NO(ORDER_ARMED, desk(&l, &planner, ENTRY_ORDER_NOTE, PAPER("mine 9", "printed")),
	   FOLD_QUIET);
	NO(ORDER_ARMED,
	   desk(&l, &planner, ENTRY_ORDER_NOTE,
		PAPER("plan", "printed, and go to the mine at the ninth well")),
	   FOLD_QUIET);
	YES(ORDER_ARMED, desk(&l, &planner, ENTRY_ORDER_NOTE, PAPER("plan", "printed")),
	    ORDER_ARMED);
	/* With whom a layer was shared says one of the B side; nobody else gets words in by it. */
	NO(ORDER_ARMED, desk(&l, &planner, ENTRY_ORDER_NOTE, SHARED), FOLD_ROLE);
	NO(ORDER_ON_SITE, desk(&l, &planner2, ENTRY_ORDER_NOTE, SHARED), FOLD_ROLE);
	YES(ORDER_EN_ROUTE, desk(&l, &b2, ENTRY_ORDER_NOTE, SHARED), ORDER_EN_ROUTE);
	YES(ORDER_ARMED, desk(&l, &planner2, ENTRY_ORDER_NOTE, WHY), ORDER_ARMED);
	YES(ORDER_ARMED, desk(&l, &b1, ENTRY_ORDER_NOTE, WHY), ORDER_ARMED);
	YES(ORDER_ON_SITE, desk(&l, &planner, ENTRY_ORDER_NOTE, WHY), ORDER_ON_SITE);
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

#define LOOK(k, orders)                                                                            \
	"{\"v\":1,\"k\":" #k ",\"unit\":7,\"orders\":[" orders "],\"holds\":true,\"text\":\"t\"}"
#define VISIT "\"00112233445566778899aabbccddeeff\""

/* Two from outside say that earlier visits could have seen what was plainly there. */
static void
test_soft_look(void **arg)
{
	struct log l;

	(void)arg;
	YES(ORDER_SIGNED_OFF, both(&l, &s1, &s2, "soft-look", LOOK(2, VISIT "," VISIT)),
	    ORDER_SIGNED_OFF);
	NO(ORDER_SIGNED_OFF, desk(&l, &s1, ENTRY_SOFT_LOOK, LOOK(2, VISIT "," VISIT)), FOLD_TWO);
	NO(ORDER_SIGNED_OFF, both(&l, &s1, &i1, "soft-look", LOOK(2, VISIT "," VISIT)), FOLD_ROLE);
	/* a general one, which may not have been there before; one visit is no habit */
	NO(ORDER_SIGNED_OFF, propose(&l, &s1, "soft-look", LOOK(1, VISIT "," VISIT)), FOLD_NUMBER);
	NO(ORDER_SIGNED_OFF, propose(&l, &s1, "soft-look", LOOK(2, VISIT)), FOLD_BODY);
	b2.roles |= ROLE(SR);
	NO(ORDER_SIGNED_OFF, both(&l, &s1, &b2, "soft-look", LOOK(2, VISIT "," VISIT)),
	   G(OUTSIDE_TEAM));
	setup(NULL);
	planner.roles |= ROLE(SR);
	NO(ORDER_SIGNED_OFF, both(&l, &s1, &planner, "soft-look", LOOK(2, VISIT "," VISIT)),
	   G(OUTSIDE_TEAM));
	setup(NULL);
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

/* Every move of both tables has happened above. */
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
	/* it stands at once, and waits for a second who is another and has the role */
	struct fold_entry *warned = &l.e[l.cnt - 1];
	assert_true(warned->open);
	cosign(&l, &ann, warned);
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_SAME);
	assert_true(warned->open);
	cosign(&l, &bob, warned);
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 1].verdict, FOLD_ACCEPTED);
	assert_false(warned->open);
	/* once */
	cosign(&l, &bob, warned);
	run(&l, MACHINE_TIP);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_PROPOSAL);
	end(&l);
}

/* People are got out by one, at once; a second inspector signs it, and nobody else. */
static void
test_evacuate(void **arg)
{
	struct log l;
	struct fold_entry *e;

	(void)arg;
	bring(&l, ORDER_ON_SITE);
	e = desk(&l, &i1, ENTRY_DECISION, "{\"v\":1,\"k\":0,\"kind\":\"evacuate\"}");
	run(&l, MACHINE_ORDER);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	assert_true(e->open);
	cosign(&l, &i1, e);
	run(&l, MACHINE_ORDER);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_SAME);
	cosign(&l, &s1, e);
	run(&l, MACHINE_ORDER);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_ROLE);
	assert_true(e->open);
	cosign(&l, &i2, e);
	run(&l, MACHINE_ORDER);
	assert_int_equal(l.e[l.cnt - 1].verdict, FOLD_ACCEPTED);
	assert_false(e->open);
	/* of two it waits for nobody */
	both(&l, &i1, &i2, "decision", "{\"v\":1,\"k\":0,\"kind\":\"evacuate\"}");
	run(&l, MACHINE_ORDER);
	for (size_t i = 0; i < l.cnt; i++)
		assert_false(l.e[i].open);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),          cmocka_unit_test(test_refused),
		cmocka_unit_test(test_finding_ways),  cmocka_unit_test(test_finding_refused),
		cmocka_unit_test(test_findings_wait), cmocka_unit_test(test_soft_look),
		cmocka_unit_test(test_forgotten),     cmocka_unit_test(test_warn),
		cmocka_unit_test(test_evacuate),      cmocka_unit_test(test_all_made),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
