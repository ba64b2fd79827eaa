/* The fold: every move of the machines, and what they forbid. */
#include "tests/unit/rules_fold.h"

static void
test_every_move(void **arg)
{
	const struct machine *m = machine_get(MACHINE_TIP);
	struct log l;
	size_t i;

	(void)arg;
	for (i = 0; i < m->move_cnt; i++) {
		const struct machine_move *move = &m->moves[i];

		start(&l);
		reach(&l, move->from);
		assert_int_equal(run(&l, MACHINE_TIP), move->from);
		perform(&l, move->from, move->to, move->by);
		if (run(&l, MACHINE_TIP) != move->to)
			fail_msg("%s -> %s by %s ended in %s (%s)", m->states[move->from],
				 m->states[move->to], machine_by_name(move->by),
				 m->states[l.f.state], fold_reason_name(l.e[l.cnt - 1].reason));
		end(&l);
	}
}

/* From every state, whatever anybody writes leads only along the table. */
static void
test_no_other_move(void **arg)
{
	static const uint16_t said[] = { ENTRY_MESSAGE, ENTRY_ANSWER, ENTRY_OBJECTION,
					 ENTRY_WITHDRAWAL };
	const struct machine *m = machine_get(MACHINE_TIP);
	int from, to, tries = 0;
	struct log l;
	size_t i;

	(void)arg;
	for (from = 0; from < TIP__MAX; from++) {
		if (from == TIP_PURGED)
			continue; /* nobody writes there */
		for (to = 0; to < TIP__MAX; to++) {
			int way;

			for (way = 0; way < 3; way++) {
				start(&l);
				reach(&l, from);
				if (way == 0)
					triage(&l, &eve, m->states[to],
					       ALL_SAID ",\"result\":\"partly\"");
				else
					two(&l, way == 1 ? &ann : &eve, way == 1 ? &bob : &fay,
					    m->states[to]);
				run(&l, MACHINE_TIP);
				if (l.e[l.cnt - 1].verdict == FOLD_ACCEPTED) {
					tries++;
					assert_non_null(machine_next(MACHINE_TIP, from, to,
								     ~(ROLE(SYS) | ROLE(SRC)),
								     NULL));
				} else {
					assert_int_equal(l.e[l.cnt - 1].to, from);
				}
				end(&l);
			}
		}
		for (i = 0; i < sizeof(said) / sizeof(*said); i++) {
			start(&l);
			reach(&l, from);
			add(&l, NULL, said[i], 0, "{\"v\":1,\"text\":\"t\"}");
			run(&l, MACHINE_TIP);
			if (l.e[l.cnt - 1].to != from) {
				assert_int_not_equal(said[i], ENTRY_WITHDRAWAL);
				assert_non_null(machine_next(MACHINE_TIP, from, l.e[l.cnt - 1].to,
							     ROLE(SRC), NULL));
			}
			end(&l);
		}
	}
	assert_true(tries > 20);
}

/* Everyone who has all roles but the one that the table asks for is refused. */
static void
test_roles(void **arg)
{
	const struct machine *m = machine_get(MACHINE_TIP);
	struct fold_person keep[4] = { ann, bob, eve, fay };
	struct fold_person *who[4] = { &ann, &bob, &eve, &fay };
	struct log l;
	size_t i, k;

	(void)arg;
	for (i = 0; i < m->move_cnt; i++) {
		const struct machine_move *move = &m->moves[i];

		if (move->by == BY_SYS || move->by == BY_SRC)
			continue;
		start(&l);
		reach(&l, move->from);
		/* The abstract that a forward needs stays allowed: roles go afterwards. */
		for (k = 0; k < 4; k++)
			who[k]->roles = ALL & ~(1u << move->by);
		perform(&l, move->from, move->to, move->by);
		for (k = 0; k < 4; k++)
			*who[k] = keep[k];
		run(&l, MACHINE_TIP);
		assert_int_equal(l.f.state, move->from);
		/* A reply may be sent all the same; it only moves nothing. */
		if (l.e[l.cnt - 1].type != ENTRY_REPLY)
			assert_int_equal(l.e[l.cnt - 1].verdict, FOLD_REJECTED);
		end(&l);
	}
}

static void
test_two_persons(void **arg)
{
	struct fold_entry *p, *c;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	c = triage(&l, &ann, "sealed", "");
	run(&l, MACHINE_TIP);
	assert_int_equal(c->reason, FOLD_TWO);
	p = propose(&l, &ann, "triage", "{\"v\":1,\"move\":\"sealed\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(p->verdict, FOLD_ACCEPTED);
	assert_true(p->open);
	assert_int_equal(l.f.state, TIP_IN_TRIAGE);
	c = cosign(&l, &ann, p);
	run(&l, MACHINE_TIP);
	assert_int_equal(c->reason, FOLD_SAME);
	assert_int_equal(l.f.state, TIP_IN_TRIAGE);
	c = cosign(&l, &bob, p);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_SEALED);
	assert_false(p->open);
	c = cosign(&l, &eve, p); /* spent */
	run(&l, MACHINE_TIP);
	assert_int_equal(c->reason, FOLD_PROPOSAL);
	c = cosign(&l, &eve, &l.e[0]); /* no proposal at all */
	run(&l, MACHINE_TIP);
	assert_int_equal(c->reason, FOLD_PROPOSAL);
	end(&l);
}

/* A proposal that was good when made is judged again when signed. */
static void
test_stale_proposal(void **arg)
{
	struct fold_entry *p, *c;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	p = propose(&l, &ann, "triage", "{\"v\":1,\"move\":\"held\"}");
	triage(&l, &eve, "accepted", ",\"severity\":\"S1\",\"text\":\"t\"");
	c = cosign(&l, &bob, p);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	assert_int_equal(c->reason, FOLD_STATE);
	assert_true(p->open);
	end(&l);
}

/* The source's own chain: a gateway that drops or swaps what she said is seen. */
static void
test_source_chain(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	e = add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
	memset(e->prev, 0, 32);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	assert_int_equal(e->reason, FOLD_CHAIN);
	memset(e->prev, 0x55, 32); /* something that nobody has */
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_CHAIN);
	memcpy(e->prev, l.e[0].hash, 32);
	memset(e->seen, 0x55, 32);
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_CHAIN);
	memcpy(e->seen, e->hash, 32); /* itself */
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_CHAIN);
	memset(e->seen, 0, 32); /* she need not have looked */
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	end(&l);
}

/* What is wrong with an entry's place or author is seen before any rule. */
static void
test_faults(void **arg)
{
	struct log l;
	int i;

	(void)arg;
	for (i = 0; i < 9; i++) {
		static const enum fold_reason want[] = {
			FOLD_CHAIN,  FOLD_CHAIN, FOLD_FOREIGN,  FOLD_SIGNATURE, FOLD_STRANGER,
			FOLD_THREAD, FOLD_BODY,  FOLD_STRANGER, FOLD_CHAIN
		};
		struct fold_entry *e;

		start(&l);
		reach(&l, TIP_IN_TRIAGE);
		e = triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
		switch (i) {
		case 0:
			e->seen[5] ^= 1;
			break;
		case 1:
			memset(e->prev, 0, 32);
			break; /* she wrote the acknowledgement */
		case 2:
			e->who.related = false;
			break;
		case 3:
			e->fault = FOLD_SIGNATURE;
			break;
		case 4:
			e->fault = FOLD_STRANGER;
			break;
		case 5:
			e->thread = 0;
			memset(e->prev, 0, 32);
			memcpy(e->seen, l.e[0].hash, 32);
			break;
		case 6:
			json_decref((json_t *)e->body);
			e->body = NULL;
			break;
		case 7:
			e->by_source = true;
			memset(e->prev, 0, 32);
			break;
		case 8:
			e->number++;
			break; /* one between is missing */
		}
		assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
		if (e->reason != want[i])
			fail_msg("case %d: %s", i, fold_reason_name(e->reason));
		assert_int_equal(e->verdict, FOLD_REJECTED);
		end(&l);
	}
}

static void
test_kept(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	e = add(&l, &ann, ENTRY_NOTE, 1, "{\"v\":1,\"text\":\"t\"}");
	e->type = 4711;
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_NEWER);
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
	e->newer = true;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(e->verdict, FOLD_NEWER);
	assert_int_equal(l.f.newer, 2);
	e = add(&l, &ann, ENTRY_NOTE, 1, "{\"v\":1,\"text\":\"t\"}");
	memcpy(e->hash, l.e[l.cnt - 2].hash, 32);
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_DUPLICATE);
	e = add(&l, NULL, ENTRY_TIP, 0, TIP_JSON);
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_FIRST);
	end(&l);
}

/* The same entries in any order of arrival, and an answer that the desk had not seen. */
static void
test_order(void **arg)
{
	struct fold_entry swap;
	struct log l;
	size_t i;
	int state;

	(void)arg;
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
	add(&l, &bob, ENTRY_NOTE, 1, "{\"v\":1,\"text\":\"t\"}");
	state = run(&l, MACHINE_TIP);
	assert_int_equal(state, TIP_ACCEPTED);
	assert_int_equal(l.f.rejected, 0);
	for (i = 0; i < l.cnt; i++) {
		swap = l.e[i];
		l.e[i] = l.e[l.cnt - 1 - i];
		l.e[l.cnt - 1 - i] = swap;
		assert_int_equal(run(&l, MACHINE_TIP), state);
		assert_int_equal(l.f.rejected, 0);
	}
	end(&l);

	/* She answered on the same day, but who closed it had not read that: her answer comes
	 * after. */
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	l.day += 14;
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	schema_set_after((json_t *)triage(&l, &ann, "closed_insufficient", ALL_SAID)->body, 1, 2);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 0);
	end(&l);

	/* A day earlier it counts as before, whatever the desk says it had not read. */
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	l.day += 14;
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	l.day++;
	schema_set_after((json_t *)triage(&l, &ann, "closed_insufficient", ALL_SAID)->body, 1, 2);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 1);
	end(&l);
}

static void
test_try(void **arg)
{
	struct fold_input in = { .machine = MACHINE_TIP, .today = DAY };
	struct fold_entry next;
	json_t *body;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
	next = *triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
	l.cnt--;
	in.entry = l.e;
	in.entry_cnt = l.cnt;
	assert_int_equal(fold_try(&in, &next), FOLD_FINE);
	next.who.roles = ROLE(PL);
	assert_int_equal(fold_try(&in, &next), FOLD_ROLE);
	body = json_deep_copy(next.body);
	json_object_set_new(body, "move", json_string("answered"));
	json_decref((json_t *)next.body);
	next.body = body;
	next.who.roles = ALL;
	assert_int_equal(fold_try(&in, &next), FOLD_STATE);
	json_decref(body);
	end(&l);
}

/* Ann claims the case until minute 1030; then another claim. Who has it? */
static const struct fold_person *
claimed(const struct fold_person *who, uint32_t until)
{
	const struct fold_person *has;
	char body[64];
	struct log l;

	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	add(&l, &ann, ENTRY_CLAIM, 1, "{\"v\":1,\"until\":1030}");
	snprintf(body, sizeof(body), "{\"v\":1,\"until\":%u}", until);
	add(&l, who, ENTRY_CLAIM, 1, body);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 0);
	has = !l.f.claim.until ? NULL : !memcmp(l.f.claim.handle, bob.handle, 8) ? &bob : &ann;
	if (has == who)
		assert_int_equal(l.f.claim.until, until);
	end(&l);
	return has;
}

/* The first of two claims made at once stands, whoever has seen which; over, it keeps nobody. */
static void
test_claim(void **arg)
{
	(void)arg;
	assert_ptr_equal(claimed(&bob, 1030), &ann);
	assert_ptr_equal(claimed(&bob, 1029), &ann); /* a clock that is behind */
	assert_ptr_equal(claimed(&bob, 1059), &ann); /* the last minute of hers */
	assert_ptr_equal(claimed(&bob, 1060), &bob);
	assert_ptr_equal(claimed(&bob, 999),
			 &bob); /* hers is of a clock far ahead: it does not stand */
	assert_ptr_equal(claimed(&ann, 1040), &ann); /* her own, anew */
	assert_null(claimed(&bob, 0));
	assert_null(claimed(&ann, 0));
}

static void
test_order_machine(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	add(&l, &ann, ENTRY_ORDER, 1, "{\"v\":1,\"text\":\"t\",\"hazard\":[\"IM-01\"]}");
	l.at = (struct fold_desk){ .known = true, .integrity = true, .level = 3, .area = "990000" };
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_DRAFT);
	assert_int_equal(l.e[0].verdict, FOLD_ACCEPTED);
	e = add(&l, &bob, ENTRY_ORDER_NOTE, 1, "{\"v\":1,\"text\":\"t\"}");
	run(&l, MACHINE_ORDER);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	e = add(&l, &bob, ENTRY_NOTE, 1, "{\"v\":1,\"text\":\"t\"}"); /* a case's type */
	run(&l, MACHINE_ORDER);
	assert_int_equal(e->verdict, FOLD_NEWER);
	end(&l);
}

/* An abstract in an order without a seal counts at an integrity desk alone, and nothing behind one
 * that does not count. */
static void
test_order_in_clear(void **arg)
{
	const char *body = "{\"v\":1,\"text\":\"t\",\"hazard\":[\"IM-01\"]}";
	uint32_t roles = ann.roles;
	struct fold_entry *note;
	struct log l;

	(void)arg;
	ann.roles = ROLE(TR); /* who splits a case need not plan */
	for (int integrity = 0; integrity < 2; integrity++) {
		start(&l);
		l.at = (struct fold_desk){
			.known = true, .integrity = integrity, .level = 3, .area = "990000"
		};
		add(&l, &ann, ENTRY_ORDER, 1, body);
		note = add(&l, &bob, ENTRY_ORDER_NOTE, 1, "{\"v\":1,\"text\":\"t\"}");
		run(&l, MACHINE_ORDER);
		assert_int_equal(l.e[0].reason, integrity ? FOLD_FINE : FOLD_CLEAR);
		assert_int_equal(note->reason, integrity ? FOLD_FINE : FOLD_FIRST);
		assert_int_equal(l.f.tip == FOLD_NONE, !integrity);
		end(&l);
	}
	ann.roles = roles;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_move),     cmocka_unit_test(test_no_other_move),
		cmocka_unit_test(test_roles),          cmocka_unit_test(test_two_persons),
		cmocka_unit_test(test_stale_proposal), cmocka_unit_test(test_source_chain),
		cmocka_unit_test(test_faults),         cmocka_unit_test(test_kept),
		cmocka_unit_test(test_order),          cmocka_unit_test(test_try),
		cmocka_unit_test(test_order_machine),  cmocka_unit_test(test_claim),
		cmocka_unit_test(test_order_in_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
