/* Visits under seal: thousands of random acts by random people change nothing but what the tables
 * of orders and findings allow. */
#include "tests/unit/rules_visit.h"

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
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
