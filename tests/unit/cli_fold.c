/* The fold: every move of the tip machine, every guard both ways, and what the rules forbid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/body.h"
#include "admin-cli/fold.h"
#include "admin-cli/fold_guard.h"
#include "crypto/entry.h"

#define ROLE(r) (1u << BY_##r)
#define ALL     (ROLE(TR) | ROLE(SR) | ROLE(PL) | ROLE(IN) | ROLE(IG))
#define DAY     20000u

/* A log under construction: entries chain themselves as davy writes them. */
struct log {
	struct fold_entry e[64];
	size_t cnt;
	uint32_t day;
	struct fold_facts facts;
	struct fold f;
};

static struct fold_person ann = {.handle = {1}, .desk = 1, .level = 3, .roles = ALL, .related = true};
static struct fold_person bob = {.handle = {2}, .desk = 1, .level = 3, .roles = ALL, .related = true};
static struct fold_person eve = {.handle = {3}, .desk = 5, .level = 4, .roles = ALL, .related = true};
static struct fold_person fay = {.handle = {4}, .desk = 5, .level = 4, .roles = ALL, .related = true};

static void
start(struct log *l)
{
	memset(l, 0, sizeof *l);
	l->day = DAY;
}

static void
end(struct log *l)
{
	size_t i;

	for (i = 0; i < l->cnt; i++)
		json_decref((json_t *)l->e[i].body);
	l->cnt = 0;
	fold_free(&l->f);
}

static uint32_t
count(const struct log *l, int thread)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < l->cnt; i++)
		n += l->e[i].thread == thread;
	return n;
}

/* Adds an entry that is right in every respect but what the test then changes. who NULL: the source. */
static struct fold_entry *
add(struct log *l, const struct fold_person *who, uint16_t type, int thread, const char *text)
{
	struct fold_entry *e = &l->e[l->cnt];
	char why[BODY_WHY_CAP];
	json_t *body;
	size_t i;
	int err;

	assert_true(l->cnt < 64);
	memset(e, 0, sizeof *e);
	err = body_parse(&body, type, text, strlen(text), why);
	if (err)
		fail_msg("%s: %s", text, why);
	if (who)
		body_set_after(body, count(l, 0), count(l, 1));
	e->type = type;
	e->thread = (uint8_t)thread;
	e->number = count(l, thread);
	e->day = l->day;
	e->by_source = !who;
	e->body = body;
	if (who)
		e->who = *who;
	for (i = 0; i < l->cnt; i++) {
		if (l->e[i].thread != thread)
			continue;
		memcpy(e->seen, l->e[i].hash, 32);
		if (l->e[i].by_source == !who && (!who || !memcmp(l->e[i].who.handle, who->handle, 8)))
			memcpy(e->prev, l->e[i].hash, 32);
	}
	memset(e->hash, 0x11, 32);
	e->hash[0] = (uint8_t)++l->cnt;
	return e;
}

static int
run(struct log *l, enum machine_id machine)
{
	struct fold_input in = {.machine = machine, .entry = l->e, .entry_cnt = l->cnt,
				.today = l->day, .facts = l->facts};

	fold_free(&l->f);
	assert_int_equal(fold_run(&l->f, &in), 0);
	return l->f.state;
}

#define TIP_JSON "{\"v\":1,\"tile\":3,\"county\":\"990102\",\"where\":\"x\",\"what\":\"y\"}"

static void
tip(struct log *l)
{
	add(l, NULL, ENTRY_TIP, 0, TIP_JSON);
}

static struct fold_entry *
triage(struct log *l, const struct fold_person *who, const char *move, const char *more)
{
	char text[256];

	snprintf(text, sizeof text, "{\"v\":1,\"move\":\"%s\"%s}", move, more);
	return add(l, who, ENTRY_TRIAGE, 1, text);
}

static struct fold_entry *
propose(struct log *l, const struct fold_person *who, const char *type, const char *body)
{
	char text[512];

	snprintf(text, sizeof text, "{\"v\":1,\"type\":\"%s\",\"body\":%s}", type, body);
	return add(l, who, ENTRY_PROPOSE, 1, text);
}

static struct fold_entry *
cosign(struct log *l, const struct fold_person *who, const struct fold_entry *proposal)
{
	char text[128], hex[65];
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", proposal->hash[i]);
	snprintf(text, sizeof text, "{\"v\":1,\"proposal\":\"%s\"}", hex);
	return add(l, who, ENTRY_COSIGN, 1, text);
}

static struct fold_entry *
two(struct log *l, const struct fold_person *a, const struct fold_person *b, const char *move)
{
	char text[160];

	snprintf(text, sizeof text, "{\"v\":1,\"move\":\"%s\",\"result\":\"unable\",\"voice\":true}", move);
	return cosign(l, b, propose(l, a, "triage", text));
}

static void
abstract(struct log *l, char hex[static 65])
{
	struct fold_entry *e = add(l, &ann, ENTRY_ABSTRACT, 1, "{\"v\":1,\"text\":\"t\",\"hazard\":[\"IM-01\"]}");
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", e->hash[i]);
}

#define FORWARD_JSON "{\"v\":1,\"order\":\"00112233445566778899aabbccddeeff\",\"desk\":7,\"abstract\":\"%s\"}"

/* Makes one move of the table happen from the state in which the log is. */
static void
perform(struct log *l, int from, int to, enum machine_by by)
{
	const char *name = machine_state_name(MACHINE_TIP, to);
	char text[256], hex[65];

	if (by == BY_SYS) {
		l->day += 400;
	} else if (by == BY_SRC) {
		add(l, NULL, to == TIP_RECHECK ? ENTRY_OBJECTION : ENTRY_ANSWER, 0,
		    "{\"v\":1,\"text\":\"t\"}");
	} else if (from == TIP_RECEIVED) {
		add(l, &ann, ENTRY_ACKNOWLEDGE, 1, "{\"v\":1}");
	} else if (from == TIP_ACCEPTED && to == TIP_IN_ACTION) {
		abstract(l, hex);
		snprintf(text, sizeof text, FORWARD_JSON, hex);
		add(l, &ann, ENTRY_FORWARD, 1, text);
	} else if (from == TIP_SEALED && to == TIP_IN_ACTION) {
		abstract(l, hex);
		snprintf(text, sizeof text, FORWARD_JSON, hex);
		cosign(l, &bob, propose(l, &ann, "forward", text));
	} else if (from == TIP_RECHECK) {
		if (to == TIP_ANSWERED)
			two(l, &eve, &fay, name);
		else
			triage(l, &eve, name, "");
	} else {
		if (to == TIP_CLOSED_INSUFFICIENT)
			l->day += 14;
		if (to == TIP_SEALED || to == TIP_HELD || to == TIP_CLOSED_ABUSE ||
		    to == TIP_VERIFIED_UNFOUNDED)
			two(l, &ann, &bob, name);
		else
			triage(l, &ann, name, to == TIP_VERIFIED ? ",\"result\":\"partly\"" : "");
	}
}

/* How to come to a state, one step before it. */
static void
reach(struct log *l, int state)
{
	static const struct { int state, from; enum machine_by by; } way[] = {
		{TIP_IN_TRIAGE, TIP_RECEIVED, BY_TR},
		{TIP_NEEDS_INFO, TIP_IN_TRIAGE, BY_TR},
		{TIP_CLOSED_INSUFFICIENT, TIP_NEEDS_INFO, BY_TR},
		{TIP_ACCEPTED, TIP_IN_TRIAGE, BY_TR},
		{TIP_MERGED, TIP_IN_TRIAGE, BY_TR},
		{TIP_REFERRED, TIP_IN_TRIAGE, BY_TR},
		{TIP_SEALED, TIP_IN_TRIAGE, BY_SR},
		{TIP_HELD, TIP_IN_TRIAGE, BY_SR},
		{TIP_CLOSED_OUT, TIP_IN_TRIAGE, BY_TR},
		{TIP_CLOSED_ABUSE, TIP_IN_TRIAGE, BY_SR},
		{TIP_IN_ACTION, TIP_ACCEPTED, BY_PL},
		{TIP_VERIFIED, TIP_IN_ACTION, BY_SR},
		{TIP_VERIFIED_UNFOUNDED, TIP_IN_ACTION, BY_SR},
		{TIP_ANSWERED, TIP_VERIFIED, BY_TR},
		{TIP_RECHECK, TIP_ANSWERED, BY_SRC},
		{TIP_CLOSED, TIP_ANSWERED, BY_SYS},
	};
	size_t i;

	if (state == TIP_RECEIVED) {
		tip(l);
		return;
	}
	for (i = 0; i < sizeof way / sizeof *way; i++) {
		if (way[i].state != state)
			continue;
		reach(l, way[i].from);
		perform(l, way[i].from, state, way[i].by);
		return;
	}
	fail_msg("no way to %s", machine_state_name(MACHINE_TIP, state));
}

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
		/* These two stand only for a moment: the clock carries them on at once. */
		if (move->from != TIP_CLOSED && move->from != TIP_MERGED) {
			reach(&l, move->from);
			assert_int_equal(run(&l, MACHINE_TIP), move->from);
		} else {
			reach(&l, move->from == TIP_CLOSED ? TIP_ANSWERED : TIP_IN_TRIAGE);
			if (move->from == TIP_MERGED)
				triage(&l, &ann, "merged", "");
		}
		l.facts.hold = move->to == TIP_CLOSED;
		perform(&l, move->from, move->to, move->by);
		if (move->to == TIP_MERGED) {
			run(&l, MACHINE_TIP);
			assert_int_equal(l.e[l.cnt - 1].to, TIP_MERGED);
		} else if (run(&l, MACHINE_TIP) != move->to) {
			fail_msg("%s -> %s by %s ended in %s (%s)", m->states[move->from],
				 m->states[move->to], machine_by_name(move->by),
				 m->states[l.f.state],
				 fold_reason_name(l.e[l.cnt - 1].reason));
		}
		end(&l);
	}
}

/* From every state, whatever anybody writes leads only along the table. */
static void
test_no_other_move(void **arg)
{
	static const uint16_t said[] = {ENTRY_MESSAGE, ENTRY_ANSWER, ENTRY_OBJECTION, ENTRY_WITHDRAWAL};
	const struct machine *m = machine_get(MACHINE_TIP);
	int from, to, tries = 0;
	struct log l;
	size_t i;

	(void)arg;
	for (from = 0; from < TIP__MAX; from++) {
		if (from == TIP_CLOSED || from == TIP_PURGED || from == TIP_MERGED)
			continue; /* never stand still: see above */
		for (to = 0; to < TIP__MAX; to++) {
			int way;

			for (way = 0; way < 3; way++) {
				start(&l);
				reach(&l, from);
				if (way == 0)
					triage(&l, &eve, m->states[to], ",\"result\":\"partly\"");
				else
					two(&l, way == 1 ? &ann : &eve, way == 1 ? &bob : &fay, m->states[to]);
				run(&l, MACHINE_TIP);
				if (l.e[l.cnt - 1].verdict == FOLD_ACCEPTED) {
					tries++;
					assert_non_null(machine_next(MACHINE_TIP, from, to,
						~(ROLE(SYS) | ROLE(SRC)), NULL));
				} else {
					assert_int_equal(l.e[l.cnt - 1].to, from);
				}
				end(&l);
			}
		}
		for (i = 0; i < sizeof said / sizeof *said; i++) {
			start(&l);
			reach(&l, from);
			add(&l, NULL, said[i], 0, "{\"v\":1,\"text\":\"t\"}");
			run(&l, MACHINE_TIP);
			if (l.e[l.cnt - 1].to != from) {
				assert_int_not_equal(said[i], ENTRY_WITHDRAWAL);
				assert_non_null(machine_next(MACHINE_TIP, from, l.e[l.cnt - 1].to, ROLE(SRC), NULL));
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
	struct fold_person keep[4] = {ann, bob, eve, fay};
	struct fold_person *who[4] = {&ann, &bob, &eve, &fay};
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
	triage(&l, &eve, "accepted", ",\"severity\":\"S1\"");
	c = cosign(&l, &bob, p);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	assert_int_equal(c->reason, FOLD_STATE);
	assert_true(p->open);
	end(&l);
}

static void
test_guards(void **arg)
{
	static const struct { enum machine_guard g; uint32_t days; } clocks[] = {
		{GUARD_UNANSWERED_14_DAYS, 14}, {GUARD_AFTER_30_DAYS, 30},
		{GUARD_AFTER_90_DAYS, 90}, {GUARD_AFTER_365_DAYS, 365},
	};
	struct fold f = {.since = DAY};
	struct fold_move m = {.fold = &f, .day = DAY};
	json_t *body = json_pack("{s:b,s:s}", "voice", 1, "result", "partly");
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		m.day = DAY + clocks[i].days - 1;
		assert_false(fold_guard(clocks[i].g, &m));
		m.day++;
		assert_true(fold_guard(clocks[i].g, &m));
		m.day = DAY - 1; /* a clock that went back is no age */
		assert_false(fold_guard(clocks[i].g, &m));
	}
	m.day = DAY + 90;
	assert_true(fold_guard(GUARD_WITHIN_90_DAYS, &m));
	m.day++;
	assert_false(fold_guard(GUARD_WITHIN_90_DAYS, &m));

	assert_true(fold_guard(GUARD_NOT_S1, &m));
	f.danger_now = true; /* until somebody says otherwise */
	assert_false(fold_guard(GUARD_NOT_S1, &m));
	f.severity = 2;
	assert_true(fold_guard(GUARD_NOT_S1, &m));
	f.severity = 1;
	assert_false(fold_guard(GUARD_NOT_S1, &m));

	m.who[0] = &ann;
	m.who[1] = &bob;
	m.who_cnt = 1;
	m.body = body;
	assert_false(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	m.who_cnt = 2;
	assert_true(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	m.body = NULL;
	assert_false(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));
	f.severity = 2;
	assert_true(fold_guard(GUARD_S1_BY_TWO_AND_VOICE, &m));

	assert_false(fold_guard(GUARD_RESULT_GIVEN, &m));
	m.body = body;
	assert_true(fold_guard(GUARD_RESULT_GIVEN, &m));

	assert_true(fold_guard(GUARD_NO_LEAK_FLAG, &m));
	f.facts.leak_flags = 1;
	assert_false(fold_guard(GUARD_NO_LEAK_FLAG, &m));
	assert_true(fold_guard(GUARD_NO_HOLD, &m));
	f.facts.hold = true;
	assert_false(fold_guard(GUARD_NO_HOLD, &m));
	assert_true(fold_guard(GUARD_NO_OPEN_REWARD, &m));
	f.facts.open_reward = true;
	assert_false(fold_guard(GUARD_NO_OPEN_REWARD, &m));
	assert_true(fold_guard(GUARD_RECHECK_ONCE, &m));
	f.rechecks = 1;
	assert_false(fold_guard(GUARD_RECHECK_ONCE, &m));
	assert_false(fold_guard(GUARD_LATER, &m));
	json_decref(body);
}

/* The same in a log: the move is in the table, the role is right, and the guard says no. */
static void
test_guarded_moves(void **arg)
{
	static const struct {
		int from;
		const char *move, *more;
		bool two;
		enum machine_guard guard;
	} cases[] = {
		{TIP_NEEDS_INFO, "closed_insufficient", "", false, GUARD_UNANSWERED_14_DAYS},
		{TIP_IN_TRIAGE, "referred", ",\"severity\":\"S2\"", false, GUARD_S1_BY_TWO_AND_VOICE},
		{TIP_IN_TRIAGE, "held", "", true, GUARD_NOT_S1},
		{TIP_IN_ACTION, "verified", "", false, GUARD_RESULT_GIVEN},
		{TIP_IN_ACTION, "verified_unfounded", "", true, GUARD_NO_LEAK_FLAG},
		{TIP_RECHECK, "in_action", "", false, GUARD_OTHER_PERSON},
		{TIP_RECHECK, "answered", "", true, GUARD_OTHER_PERSON},
	};
	char text[128];
	struct log l;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fold_entry *e;

		start(&l);
		l.facts.leak_flags = 1;
		reach(&l, cases[i].from);
		if (cases[i].from == TIP_IN_TRIAGE) /* the source said that somebody may die */
			json_object_set_new((json_t *)l.e[0].body, "danger_now", json_true());
		snprintf(text, sizeof text, "{\"v\":1,\"move\":\"%s\"%s}", cases[i].move, cases[i].more);
		e = cases[i].two ? propose(&l, &ann, "triage", text)
				 : triage(&l, &ann, cases[i].move, cases[i].more);
		assert_int_equal(run(&l, MACHINE_TIP), cases[i].from);
		if (e->reason != (enum fold_reason)(FOLD_GUARD + cases[i].guard))
			fail_msg("%s: %s", cases[i].move, fold_reason_name(e->reason));
		end(&l);
	}
	start(&l); /* the one recheck is spent */
	reach(&l, TIP_RECHECK);
	two(&l, &eve, &fay, "answered");
	add(&l, NULL, ENTRY_OBJECTION, 0, "{\"v\":1,\"text\":\"again\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.e[l.cnt - 1].reason, FOLD_GUARD + GUARD_RECHECK_ONCE);
	end(&l);
	start(&l); /* a message is no objection */
	reach(&l, TIP_ANSWERED);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"thanks\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.f.rejected, 0);
	end(&l);
	start(&l); /* a word that is no state does not mean "anywhere" */
	reach(&l, TIP_IN_TRIAGE);
	triage(&l, &ann, "nowhere", "");
	propose(&l, &ann, "triage", "{\"v\":1,\"move\":\"nowhere\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 2);
	end(&l);
}

/* What follows from the calendar has happened before the next entry counts. */
static void
test_clock_between(void **arg)
{
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	triage(&l, &ann, "merged", "");
	triage(&l, &ann, "verified", ",\"result\":\"partly\"");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_VERIFIED);
	end(&l);
	start(&l);
	reach(&l, TIP_CLOSED_OUT);
	l.day += 89;
	assert_int_equal(run(&l, MACHINE_TIP), TIP_CLOSED_OUT);
	l.day++;
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"too late\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_PURGED);
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

static void
test_guards_of_people(void **arg)
{
	struct fold f = {.verifier_cnt = 1, .verifier = {{.handle = {1}, .level = 3}}};
	struct fold_move m = {.fold = &f, .who = {&ann, &eve}, .who_cnt = 1};

	(void)arg;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
	m.who[0] = &bob;
	assert_true(fold_guard(GUARD_OTHER_PERSON, &m));
	assert_false(fold_guard(GUARD_ONE_LEVEL_UP, &m)); /* the same level */
	m.who[0] = &eve;
	assert_true(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	m.who[1] = &ann; /* both must be */
	m.who_cnt = 2;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
	assert_false(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	f.verifier[0].level = 4; /* nobody is above level 4 */
	m.who[1] = &fay;
	assert_true(fold_guard(GUARD_ONE_LEVEL_UP, &m));
	m.who_cnt = 0;
	assert_false(fold_guard(GUARD_OTHER_PERSON, &m));
}

static void
test_severity(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S3\",\"hazard\":[\"CM-15A\"]");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_FLOOR);
	e = triage(&l, &ann, "needs_info", ",\"severity\":\"S1\",\"hazard\":[\"CM-15A\"]");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	assert_int_equal(l.f.severity, 1);
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S2\"");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_LOWER_S1);
	e = cosign(&l, &bob, propose(&l, &ann, "triage",
		"{\"v\":1,\"move\":\"accepted\",\"severity\":\"S2\",\"credibility\":\"A2\"}"));
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ACCEPTED);
	assert_int_equal(l.f.severity, 2);
	assert_string_equal(l.f.credibility, "A2");
	end(&l);
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"MERGE\"");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_OUTCOME);
	e = triage(&l, &ann, "accepted", ",\"outcome\":\"ACCEPT\"");
	run(&l, MACHINE_TIP);
	assert_string_equal(l.f.outcome, "ACCEPT");
	end(&l);
}

/* A withdrawal deletes nothing, moves nothing, stops no clock. */
static void
test_withdrawal(void **arg)
{
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	add(&l, NULL, ENTRY_WITHDRAWAL, 0, "{\"v\":1,\"text\":\"I take it back\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_NEEDS_INFO);
	assert_true(l.f.withdrawn);
	assert_int_equal(l.f.since, DAY);
	assert_int_equal(l.f.rejected, 0);
	end(&l);
}

static void
test_close(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_ACTION);
	e = propose(&l, &ann, "close", "{\"v\":1,\"text\":\"done\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_STATE); /* not before it was answered */
	end(&l);
	start(&l);
	reach(&l, TIP_ANSWERED);
	e = add(&l, &ann, ENTRY_CLOSE, 1, "{\"v\":1,\"text\":\"done\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_TWO);
	assert_false(l.f.closed);
	cosign(&l, &bob, propose(&l, &ann, "close", "{\"v\":1,\"text\":\"done\"}"));
	run(&l, MACHINE_TIP);
	assert_true(l.f.closed);
	assert_int_equal(l.f.state, TIP_ANSWERED);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"and another thing\"}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.closed);
	end(&l);
}

static void
test_reply(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ACCEPTED);
	e = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"5a\"}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_ANSWER);
	e = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"3\",\"text\":\"where?\",\"question\":true}");
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	assert_true(l.f.question);
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"there\"}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.question);
	e = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"3\",\"dummy\":true,\"question\":true}");
	run(&l, MACHINE_TIP);
	assert_false(l.f.question); /* a dummy says nothing */
	end(&l);
	start(&l);
	reach(&l, TIP_VERIFIED);
	l.day += 3;
	add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"5b\"}");
	assert_int_equal(run(&l, MACHINE_TIP), TIP_ANSWERED);
	assert_int_equal(l.f.answered, DAY + 3);
	end(&l);
}

static void
test_forward(void **arg)
{
	char text[256], hex[65] = "00";
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_ACCEPTED);
	memset(hex, 'a', 64);
	hex[64] = '\0';
	snprintf(text, sizeof text, FORWARD_JSON, hex);
	e = add(&l, &ann, ENTRY_FORWARD, 1, text);
	run(&l, MACHINE_TIP);
	assert_int_equal(e->reason, FOLD_ABSTRACT);
	abstract(&l, hex);
	snprintf(text, sizeof text, FORWARD_JSON, hex);
	e = add(&l, &ann, ENTRY_FORWARD, 1, text);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_ACTION);
	e = add(&l, &bob, ENTRY_FORWARD, 1, text); /* a second desk */
	run(&l, MACHINE_TIP);
	assert_int_equal(e->verdict, FOLD_ACCEPTED);
	assert_int_equal(l.f.state, TIP_IN_ACTION);
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
		static const enum fold_reason want[] = {FOLD_CHAIN, FOLD_CHAIN, FOLD_FOREIGN, FOLD_SIGNATURE,
			FOLD_STRANGER, FOLD_THREAD, FOLD_BODY, FOLD_STRANGER, FOLD_CHAIN};
		struct fold_entry *e;

		start(&l);
		reach(&l, TIP_IN_TRIAGE);
		e = triage(&l, &ann, "accepted", "");
		switch (i) {
		case 0: e->seen[5] ^= 1; break;
		case 1: memset(e->prev, 0, 32); break; /* she wrote the acknowledgement */
		case 2: e->who.related = false; break;
		case 3: e->fault = FOLD_SIGNATURE; break;
		case 4: e->fault = FOLD_STRANGER; break;
		case 5: e->thread = 0; memset(e->prev, 0, 32); memcpy(e->seen, l.e[0].hash, 32); break;
		case 6: json_decref((json_t *)e->body); e->body = NULL; break;
		case 7: e->by_source = true; memset(e->prev, 0, 32); break;
		case 8: e->number++; break; /* one between is missing */
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
	e = triage(&l, &ann, "accepted", "");
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
	triage(&l, &ann, "accepted", "");
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

	/* She answered on the same day, but who closed it had not read that: her answer comes after. */
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	l.day += 14;
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	body_set_after((json_t *)triage(&l, &ann, "closed_insufficient", "")->body, 1, 2);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 0);
	end(&l);

	/* A day earlier it counts as before, whatever the desk says it had not read. */
	start(&l);
	reach(&l, TIP_NEEDS_INFO);
	l.day += 14;
	add(&l, NULL, ENTRY_ANSWER, 0, "{\"v\":1,\"text\":\"t\"}");
	l.day++;
	body_set_after((json_t *)triage(&l, &ann, "closed_insufficient", "")->body, 1, 2);
	assert_int_equal(run(&l, MACHINE_TIP), TIP_IN_TRIAGE);
	assert_int_equal(l.f.rejected, 1);
	end(&l);
}

/* Replies wait for their hour: two of one author may appear in the other order. */
static void
test_held_replies(void **arg)
{
	struct fold_entry *a, *b;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	a = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"2\"}");
	b = add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"4\"}");
	memset(b->prev, 0x77, 32); /* one that is still on its way */
	run(&l, MACHINE_TIP);
	assert_int_equal(a->verdict, FOLD_ACCEPTED);
	assert_int_equal(b->verdict, FOLD_ACCEPTED);
	memcpy(b->prev, l.e[0].hash, 32); /* the source's tip is not hers */
	run(&l, MACHINE_TIP);
	assert_int_equal(b->reason, FOLD_CHAIN);
	end(&l);
}

static void
test_try(void **arg)
{
	struct fold_input in = {.machine = MACHINE_TIP, .today = DAY};
	struct fold_entry next;
	json_t *body;
	struct log l;

	(void)arg;
	start(&l);
	reach(&l, TIP_IN_TRIAGE);
	add(&l, NULL, ENTRY_MESSAGE, 0, "{\"v\":1,\"text\":\"t\"}");
	next = *triage(&l, &ann, "accepted", "");
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

static void
test_order_machine(void **arg)
{
	struct fold_entry *e;
	struct log l;

	(void)arg;
	start(&l);
	add(&l, &ann, ENTRY_ORDER, 1, "{\"v\":1,\"text\":\"t\",\"hazard\":[\"IM-01\"]}");
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_DRAFT);
	bob.roles = ROLE(IN);
	add(&l, &bob, ENTRY_SCHEDULE, 1, "{\"v\":1,\"date\":\"2026-12-01\"}");
	assert_int_equal(run(&l, MACHINE_ORDER), ORDER_SCHEDULED);
	assert_int_equal(l.f.date, 20788);
	add(&l, &bob, ENTRY_SCHEDULE, 1, "{\"v\":1,\"date\":\"2026-12-02\"}");
	run(&l, MACHINE_ORDER);
	assert_int_equal(l.f.date, 20789);
	bob.roles = ROLE(TR);
	e = add(&l, &bob, ENTRY_SCHEDULE, 1, "{\"v\":1,\"date\":\"2026-12-03\"}");
	run(&l, MACHINE_ORDER);
	assert_int_equal(e->reason, FOLD_ROLE);
	bob.roles = ALL;
	e = add(&l, &bob, ENTRY_NOTE, 1, "{\"v\":1,\"text\":\"t\"}"); /* a case's type */
	run(&l, MACHINE_ORDER);
	assert_int_equal(e->verdict, FOLD_NEWER);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_move),      cmocka_unit_test(test_no_other_move),
		cmocka_unit_test(test_roles),           cmocka_unit_test(test_two_persons),
		cmocka_unit_test(test_stale_proposal),  cmocka_unit_test(test_guards),
		cmocka_unit_test(test_guards_of_people), cmocka_unit_test(test_severity),
		cmocka_unit_test(test_guarded_moves),   cmocka_unit_test(test_clock_between),
		cmocka_unit_test(test_source_chain),
		cmocka_unit_test(test_withdrawal),      cmocka_unit_test(test_close),
		cmocka_unit_test(test_reply),           cmocka_unit_test(test_forward),
		cmocka_unit_test(test_faults),          cmocka_unit_test(test_kept),
		cmocka_unit_test(test_order),           cmocka_unit_test(test_held_replies),
		cmocka_unit_test(test_try),             cmocka_unit_test(test_order_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
