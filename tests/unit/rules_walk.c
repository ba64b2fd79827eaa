/*
 * Random walks over the machines of tips, referrals, needs and campaigns: a million steps, most of
 * them wrong.
 *
 * What holds after each step, whatever came before it:
 *   - an entry that is forged, replayed, out of its place or of a foreign desk is never accepted;
 *   - an entry that is not accepted changes nothing: the log folds to the same without it;
 *   - a state that was left was left by a row of the table, by people who have its roles, as many
 *     as it wants and each another one;
 *   - nothing leaves a final state.
 * The walks come from a seed and end after a million steps, however long the machine takes for
 * them.
 */
#include "tests/unit/rules_fold.h"

#include <sodium.h>
#include <stdio.h>

#define STEPS 1000000u
#define ROOM  20u

static uint64_t seed = 0x6461767967727562u;

/* How many forwards and splits were accepted; none would mean that the walk never gets there. */
static unsigned handed_on, parted;

static unsigned
draw(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

/* What somebody may try: a type, the body, and whether the source writes it. */
struct attempt {
	uint16_t type;
	bool source;
	const char *text;
	json_t *body;
};

#define MOVE(state, more)                                                                          \
	{                                                                                          \
		ENTRY_TRIAGE, false, "{\"v\":1,\"move\":\"" state "\"" more "}", NULL              \
	}
#define TWO(type, body)                                                                            \
	{                                                                                          \
		ENTRY_PROPOSE, false, "{\"v\":1,\"type\":\"" type "\",\"body\":" body "}", NULL    \
	}
#define TWO_MOVE(state, more) TWO("triage", "{\"v\":1,\"move\":\"" state "\"" more "}")
#define STEP(state, more)                                                                          \
	{                                                                                          \
		ENTRY_BOOK_MOVE, false, "{\"v\":1,\"move\":\"" state "\"" more "}", NULL           \
	}
#define TWO_STEP(state, more) TWO("book-move", "{\"v\":1,\"move\":\"" state "\"" more "}")
#define ID                    "00112233445566778899aabbccddeeff"

#define ABSTRACT_JSON                                                                              \
	"{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-04\"],\"county\":\"990102\",\"level\":3,"        \
	"\"keep_from\":[\"L1\"]}"

/* A forward or a split without a text names an abstract of the walk. */
static struct attempt of_tip[] = {
	{ ENTRY_ACKNOWLEDGE, false, "{\"v\":1}", NULL },
	{ ENTRY_REPLY, false, "{\"v\":1,\"status\":\"3\",\"question\":true}", NULL },
	{ ENTRY_REPLY, false, "{\"v\":1,\"status\":\"5b\"}", NULL },
	{ ENTRY_REPLY, false, "{\"v\":1,\"status\":\"6\"}", NULL },
	{ ENTRY_MESSAGE, true, "{\"v\":1,\"text\":\"t\"}", NULL },
	{ ENTRY_OBJECTION, true, "{\"v\":1,\"text\":\"t\"}", NULL },
	MOVE("in_triage", ""),
	MOVE("accepted", ",\"severity\":\"S2\",\"hazard\":[\"CM-15A\"]"),
	MOVE("accepted", ",\"severity\":\"S2\",\"hazard\":[\"CM-01\",\"CM-04\"]"),
	{ ENTRY_ABSTRACT, false, ABSTRACT_JSON, NULL },
	{ ENTRY_ABSTRACT, false, ABSTRACT_JSON, NULL },
	{ ENTRY_FORWARD, false, NULL, NULL },
	{ ENTRY_FORWARD, false, NULL, NULL },
	{ ENTRY_SPLIT, false, NULL, NULL },
	{ ENTRY_SPLIT, false, NULL, NULL },
	{ ENTRY_CORRECTION, false, "{\"v\":1,\"severity\":\"S1\",\"text\":\"t\"}", NULL },
	{ ENTRY_CORRECTION, false, "{\"v\":1,\"severity\":\"S4\",\"text\":\"t\"}", NULL },
	TWO("correction", "{\"v\":1,\"severity\":\"S3\",\"text\":\"t\"}"),
	TWO("extend", "{\"v\":1,\"text\":\"t\"}"),
	{ ENTRY_CLAIM, false, "{\"v\":1,\"until\":30000000}", NULL },
	MOVE("needs_info", ""),
	MOVE("closed_insufficient", ""),
	MOVE("closed_out", ""),
	MOVE("referred", ",\"target\":\"x\",\"into\":\"" ID "\""),
	MOVE("in_action", ""),
	MOVE("verified", ",\"result\":\"partly\""),
	TWO_MOVE("merged", ",\"into\":\"" ID "\""),
	TWO_MOVE("sealed", ""),
	TWO_MOVE("held", ""),
	TWO_MOVE("closed_abuse", ""),
	TWO_MOVE("closed_out", ""),
	TWO_MOVE("in_action", ",\"target_state\":\"in_action\""),
	TWO_MOVE("in_triage", ",\"text\":\"t\""),
	TWO_MOVE("verified", ",\"result\":\"partly\""),
	TWO_MOVE("verified_unfounded", ",\"result\":\"not_found\",\"no_leak\":true"),
	TWO_MOVE("answered", ""),
	TWO("close", "{\"v\":1,\"text\":\"t\"}"),
	TWO("hold", "{\"v\":1,\"set\":true,\"text\":\"t\"}"),
};

static struct attempt of_referral[] = {
	{ ENTRY_BOOK_NOTE, false, "{\"v\":1,\"text\":\"t\"}", NULL },
	{ ENTRY_TRIAGE, false, "{\"v\":1,\"move\":\"closed\"}", NULL },
	STEP("approved", ""),
	STEP("closed", ",\"outcome\":\"o\""),
	STEP("handed_over", ""),
	STEP("acknowledged", ",\"receipt\":\"r\""),
	STEP("acknowledged", ""),
	STEP("taken_up", ",\"receipt\":\"r\""),
	STEP("returned", ",\"receipt\":\"r\""),
	STEP("drafted", ""),
	STEP("nowhere", ""),
	TWO_STEP("approved", ""),
	TWO_STEP("approved", ""),
	TWO_STEP("not_approved", ",\"text\":\"t\""),
	TWO_STEP("recalled", ",\"text\":\"t\""),
	TWO_STEP("closed", ",\"outcome\":\"o\",\"text\":\"t\""),
	TWO_STEP("closed", ""),
};

static struct attempt of_need[] = {
	{ ENTRY_BOOK_NOTE, false, "{\"v\":1,\"text\":\"t\"}", NULL },
	{ ENTRY_ORDER, false, ABSTRACT_JSON, NULL },
	STEP("taken", ""),
	STEP("given_back", ",\"text\":\"t\""),
	STEP("given_back", ""),
	STEP("reported", ",\"result\":\"partly\",\"visits\":1"),
	STEP("reported", ",\"result\":\"partly\""),
	STEP("unconfirmed", ",\"result\":\"not_found\",\"visits\":1,\"text\":\"t\""),
	STEP("waiting", ""),
	TWO_STEP("unconfirmed", ",\"result\":\"unable\",\"text\":\"t\""),
	TWO_STEP("unconfirmed", ",\"result\":\"not_found\",\"visits\":1"),
};

static struct attempt of_campaign[] = {
	{ ENTRY_BOOK_NOTE, false, "{\"v\":1,\"text\":\"t\"}", NULL },
	STEP("standing", ""),
	STEP("withdrawn", ",\"text\":\"t\""),
	STEP("over", ""),
	TWO_STEP("standing", ""),
	TWO_STEP("standing", ",\"until\":\"2099-12-31\""),
	TWO_STEP("withdrawn", ",\"text\":\"t\""),
	TWO_STEP("withdrawn", ""),
};

static struct fold_person people[] = {
	{ .handle = { 1 }, .desk = 1, .level = 3, .roles = ALL, .related = true, .home = true },
	{ .handle = { 2 }, .desk = 1, .level = 3, .roles = ALL, .related = true, .home = true },
	{ .handle = { 3 }, .desk = 5, .level = 4, .roles = ALL, .related = true },
	{ .handle = { 4 },
	  .desk = 1,
	  .level = 3,
	  .roles = ROLE(TR),
	  .related = true,
	  .home = true },
	{ .handle = { 5 },
	  .desk = 1,
	  .level = 3,
	  .roles = ROLE(TL),
	  .related = true,
	  .home = true },
	{ .handle = { 6 }, .desk = 2, .level = 1, .roles = ROLE(SR), .related = true },
};

static void
parse_all(struct attempt *a, size_t cnt)
{
	char why[SCHEMA_WHY_CAP];

	for (; cnt--; a++)
		if (a->text && schema_parse(&a->body, a->type, a->text, strlen(a->text), why))
			fail_msg("%s: %s", a->text, why);
}

struct walk {
	enum machine_id machine;
	struct fold_entry e[ROOM];
	json_t *own[ROOM]; /* bodies made for this walk alone */
	size_t cnt;
	uint32_t day, mark;
};

static json_t *
cosign_of(const struct walk *w)
{
	char hex[65];
	size_t i, at = draw((unsigned)w->cnt);

	for (i = 0; i < w->cnt && !w->e[at].open; i++)
		at = (at + 1) % w->cnt;
	sodium_bin2hex(hex, sizeof(hex), w->e[at].hash, 32);
	return json_pack("{s:i,s:s}", "v", 1, "proposal", hex);
}

/* A forward, or a split of CM-04, of an abstract of this walk, or of one that does not exist. */
static json_t *
hand_on(const struct walk *w, uint16_t type)
{
	char hex[65];
	size_t i, at = draw((unsigned)w->cnt);

	for (i = 0; i < w->cnt && w->e[at].type != ENTRY_ABSTRACT; i++)
		at = (at + 1) % w->cnt;
	sodium_bin2hex(hex, sizeof(hex), w->e[at].hash, 32);
	if (type == ENTRY_FORWARD)
		return json_pack("{s:i,s:s,s:i,s:s}", "v", 1, "order", ID, "desk", 7, "abstract",
				 hex);
	return json_pack("{s:i,s:[s],s:[s],s:s,s:i,s:s,s:s,s:s}", "v", 1, "part", "CM-04", "hazard",
			 "CM-01", "to", "need", "desk", 7, "order", ID, "abstract", hex, "text",
			 "t");
}

/* Appends an entry that stands where it should, with what `a` says; NULL: a cosignature. */
static struct fold_entry *
append(struct walk *w, const struct attempt *a)
{
	struct fold_entry *e = &w->e[w->cnt];

	memset(e, 0, sizeof(*e));
	w->own[w->cnt] = !a ? cosign_of(w) : a->text ? NULL : hand_on(w, a->type);
	e->type = a ? a->type : ENTRY_COSIGN;
	e->body = w->own[w->cnt] ? w->own[w->cnt] : a->body;
	e->by_source = a && a->source;
	e->thread = !e->by_source && e->type != ENTRY_REPLY && e->type != ENTRY_TIP;
	e->day = w->day;
	if (!e->by_source)
		e->who = people[draw(sizeof(people) / sizeof(*people))];
	fold_link(e, w->e, w->cnt);
	memset(e->hash, 0, sizeof(e->hash));
	memcpy(e->hash, &w->mark, sizeof(w->mark));
	w->mark++;
	w->cnt++;
	return e;
}

/* Makes the newest entry wrong in one way; whether it did. */
static bool
spoil(struct walk *w)
{
	struct fold_entry *e = &w->e[w->cnt - 1];
	size_t i;

	switch (draw(12)) {
	case 0:
		e->fault = FOLD_SIGNATURE; /* forged */
		return true;
	case 1:
		e->fault = FOLD_STRANGER;
		return true;
	case 2:
		e->who.related = false;
		return !e->by_source;
	case 3: /* replayed: the same bytes at another place */
		i = draw((unsigned)w->cnt - 1);
		if (w->e[i].thread != e->thread)
			return false;
		memcpy(e->hash, w->e[i].hash, sizeof(e->hash));
		return true;
	case 4: /* out of its order: it names what is not there */
		memset(e->seen, 0xee, sizeof(e->seen));
		return e->thread == 1;
	case 5:
		memset(e->prev, 0xee, sizeof(e->prev));
		return e->thread == 1;
	case 6:
		e->thread = !e->thread;
		fold_link(e, w->e, w->cnt - 1);
		return true;
	default:
		return false;
	}
}

static void
fold_it(const struct walk *w, size_t cnt, struct fold *f)
{
	struct fold_input in = {
		.machine = w->machine,
		.entry = (struct fold_entry *)w->e,
		.entry_cnt = cnt,
		.today = w->day,
		.at = { .known = true, .planning = true, .level = 3, .area = "990102" }
	};

	assert_int_equal(fold_run(f, &in), 0);
}

static void
same(const struct fold *a, const struct fold *b)
{
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->since, b->since);
	assert_int_equal(a->severity, b->severity);
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->rechecks, b->rechecks);
	assert_int_equal(a->verifier_cnt, b->verifier_cnt);
	assert_int_equal(a->closed_day, b->closed_day);
	assert_true(a->acked == b->acked && a->closed == b->closed && a->told == b->told &&
		    a->hold == b->hold && a->question == b->question && a->book == b->book);
	assert_string_equal(a->outcome, b->outcome);
	assert_string_equal(a->result, b->result);
}

/* The proposal that a cosignature names. */
static const struct fold_entry *
proposal_of(const struct walk *w, const struct fold_entry *e)
{
	uint8_t hash[32];
	size_t i;

	if (e->type == ENTRY_COSIGN && schema_hex(e->body, "proposal", hash, sizeof(hash)))
		for (i = 0; i < w->cnt; i++)
			if (!memcmp(w->e[i].hash, hash, sizeof(hash)))
				return &w->e[i];
	return NULL;
}

/* Whether a row of the table allows what this entry did. */
static bool
allowed(const struct walk *w, const struct fold_entry *e)
{
	const struct fold_entry *p = proposal_of(w, e);
	const struct machine_move *m = NULL;
	uint32_t one = e->who.roles, two = p ? p->who.roles : 0;

	if (p && !memcmp(p->who.handle, e->who.handle, sizeof(e->who.handle)))
		return false;
	while ((m = machine_next(w->machine, e->from, e->to, UINT32_MAX, m)) != NULL) {
		if (e->by_source ? m->by == BY_SRC
		    : p          ? (one >> m->by & 1 && two & m->second) ||
				    (two >> m->by & 1 && one & m->second)
			: m->n == 1 && one >> m->by & 1)
			return true;
	}
	return false;
}

static void
walk(enum machine_id machine, struct attempt *first, struct attempt *a, unsigned cnt,
     unsigned *steps, unsigned *moved)
{
	struct walk w = { .machine = machine, .day = DAY, .mark = 1 };
	const uint32_t final = machine_get(machine)->final;
	struct fold f, before;
	size_t i;

	append(&w, first)->who = people[0];
	fold_it(&w, w.cnt, &before);
	while (w.cnt < ROOM) {
		const struct fold_entry *e;
		unsigned days = draw(8) ? 0 : draw(40);
		bool wrong;

		if (days) {
			w.day += days;
			fold_free(&before);
			fold_it(&w, w.cnt, &before);
		}
		append(&w, draw(3) ? &a[draw(cnt)] : NULL);
		wrong = spoil(&w);
		e = &w.e[w.cnt - 1];
		fold_it(&w, w.cnt, &f);
		if (wrong && e->verdict == FOLD_ACCEPTED)
			fail_msg("a wrong entry of type %u is accepted (step %u)", e->type, *steps);
		handed_on += e->verdict == FOLD_ACCEPTED && e->type == ENTRY_FORWARD;
		parted += e->verdict == FOLD_ACCEPTED && e->type == ENTRY_SPLIT;
		if (e->verdict != FOLD_ACCEPTED) {
			assert_int_equal(e->from, e->to);
			same(&before, &f);
		} else if (e->from != e->to) {
			++*moved;
			if (!allowed(&w, e))
				fail_msg("%s to %s by type %u is in no row",
					 machine_state_name(machine, e->from),
					 machine_state_name(machine, e->to), e->type);
		}
		if (final >> before.state & 1)
			assert_int_equal(f.state, before.state);
		++*steps;
		/* What is wrong stays in some logs and is taken out of others, so that both long
		 * and short ways are walked. */
		if (e->verdict != FOLD_ACCEPTED && draw(8)) {
			json_decref(w.own[--w.cnt]);
			fold_free(&f);
		} else {
			fold_free(&before);
			before = f;
		}
	}
	fold_free(&before);
	for (i = 0; i < w.cnt; i++)
		json_decref(w.own[i]);
}

static void
walks(void **state)
{
	static struct {
		enum machine_id machine;
		struct attempt first, *list;
		unsigned cnt, steps, moved;
	} all[] = {
		{ MACHINE_TIP,
		  { ENTRY_TIP, true, TIP_JSON, NULL },
		  of_tip,
		  sizeof(of_tip) / sizeof(*of_tip),
		  0,
		  0 },
		{ MACHINE_REFERRAL,
		  { ENTRY_REFERRAL, false,
		    "{\"v\":1,\"kind\":\"REFER\",\"target\":\"x\",\"text\":\"t\"}", NULL },
		  of_referral,
		  sizeof(of_referral) / sizeof(*of_referral),
		  0,
		  0 },
		{ MACHINE_NEED,
		  { ENTRY_NEED, false, ABSTRACT_JSON, NULL },
		  of_need,
		  sizeof(of_need) / sizeof(*of_need),
		  0,
		  0 },
		{ MACHINE_CAMPAIGN,
		  { ENTRY_CAMPAIGN, false,
		    "{\"v\":1,\"name\":\"n\",\"issuer\":\"i\",\"basis\":\"b\","
		    "\"from\":\"2020-01-01\",\"until\":\"2099-01-01\"}",
		    NULL },
		  of_campaign,
		  sizeof(of_campaign) / sizeof(*of_campaign),
		  0,
		  0 },
	};
	size_t i, k;
	unsigned sum = 0;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		parse_all(&all[i].first, 1);
		parse_all(all[i].list, all[i].cnt);
	}
	while (sum < STEPS)
		for (i = sum = 0; i < sizeof(all) / sizeof(*all); i++) {
			walk(all[i].machine, &all[i].first, all[i].list, all[i].cnt, &all[i].steps,
			     &all[i].moved);
			sum += all[i].steps;
		}
	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		printf("# %s: %u steps, %u moves\n", machine_get(all[i].machine)->name,
		       all[i].steps, all[i].moved);
		assert_true(all[i].moved > all[i].steps / 200);
		json_decref(all[i].first.body);
		for (k = 0; k < all[i].cnt; k++)
			json_decref(all[i].list[k].body);
	}
	printf("# handed on: %u, split: %u\n", handed_on, parted);
	assert_true(handed_on && parted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(walks) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
