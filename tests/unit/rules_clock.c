/* The clocks of a case: every row of the table by severity, working days, who can lengthen one, and
 * what a digest tells. */
#include "tests/unit/rules_fold.h"

#include "admin-cli/rules/clock.h"

static struct log l;
static struct clock_time c[CLOCK__MAX];

/* Folds the log today, and takes its clocks. */
static void
clocks(int state, bool urgent)
{
	struct fold_input in = {
		.machine = MACHINE_TIP, .entry = l.e, .entry_cnt = l.cnt, .today = l.day, .at = l.at
	};

	assert_int_equal(run(&l, MACHINE_TIP), state);
	clock_fold(c, &in, &l.f, urgent);
}

static void
at(int state)
{
	start(&l);
	l.at = (struct fold_desk){ .known = true, .level = 3, .area = "990000" };
	reach(&l, state);
}

/* The hours from the end of the day to the hour at which it is due; -1: it does not run. */
static int
span(enum clock_id id, uint32_t day)
{
	if (!c[id].due)
		return -1;
	assert_int_equal(c[id].from, (day + 1) * 24);
	return (int)(c[id].due - c[id].from);
}

/* The case has this severity from its first day on. */
static void
severity(int s)
{
	char more[64];

	snprintf(more, sizeof(more), ",\"severity\":\"S%d\"", s);
	if (s > 1)
		correct(&l, &ann, ",\"severity\":\"S4\"");
	correct(&l, &ann, more);
}

/* Each row of the table. Everything happens on one day, so every clock begins at its end. */
static void
test_table(void **arg)
{
	/* DAY is a Friday of 2024, outside the table of holidays. */
	static const int decide[] = { 2, 24, 5 * 24, 7 * 24 }, approve[] = { 4, 72, 15 * 24, -1 },
			 verify[] = { 15 * 24, 30 * 24, 60 * 24, 60 * 24 },
			 extend[] = { 15 * 24, 30 * 24, 30 * 24, 30 * 24 },
			 latest[] = { 30 * 24, 90 * 24, 90 * 24, 90 * 24 };
	int s;

	(void)arg;
	for (s = 1; s <= 4; s++) {
		at(TIP_IN_TRIAGE);
		severity(s);
		clocks(TIP_IN_TRIAGE, false);
		assert_int_equal(clock_severity(&l.f, false), s);
		assert_int_equal(span(CLOCK_READ, DAY), -1); /* it was */
		assert_int_equal(span(CLOCK_DECIDE, DAY), decide[s - 1]);
		assert_int_equal(span(CLOCK_APPROVE, DAY), -1);
		assert_int_equal(span(CLOCK_LATEST, DAY), latest[s - 1]);
		triage(&l, &ann, "accepted", "");
		clocks(TIP_ACCEPTED, false);
		assert_int_equal(span(CLOCK_DECIDE, DAY), -1);
		assert_int_equal(span(CLOCK_APPROVE, DAY), approve[s - 1]);
		assert_int_equal(span(CLOCK_VERIFY, DAY), verify[s - 1]);
		cosign(&l, &eve, propose(&l, &ann, "extend", "{\"v\":1,\"text\":\"water\"}"));
		add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"4\",\"text\":\"more time\"}");
		clocks(TIP_ACCEPTED, false);
		assert_int_equal(span(CLOCK_VERIFY, DAY), verify[s - 1] + extend[s - 1]);
		assert_int_equal(span(CLOCK_LATEST, DAY), -1); /* she heard */
		end(&l);

		at(TIP_VERIFIED);
		l.cnt > 0 ? severity(s) : (void)0;
		clocks(TIP_VERIFIED, false);
		assert_int_equal(span(CLOCK_VERIFY, DAY), -1);
		assert_true(c[CLOCK_ANSWER].due);
		assert_int_equal(c[CLOCK_ANSWER].due - c[CLOCK_ANSWER].from, 10 * 24);
		end(&l);
	}
}

/* The first read. Nobody has said how grave it is, so the source's word and the ladder count;
 * whoever triages has read, so the working days of S3 and S4 are never shorter than what counts. */
static void
test_read(void **arg)
{
	(void)arg;
	/* from a Friday: Tuesday, and the next Friday */
	assert_int_equal(clock_due(CLOCK_READ, 1, DAY, NULL) - (DAY + 1) * 24, 1);
	assert_int_equal(clock_due(CLOCK_READ, 2, DAY, NULL) - (DAY + 1) * 24, 8);
	assert_int_equal(clock_due(CLOCK_READ, 3, DAY, NULL) - (DAY + 1) * 24, 4 * 24);
	assert_int_equal(clock_due(CLOCK_READ, 4, DAY, NULL) - (DAY + 1) * 24, 7 * 24);
	assert_int_equal(clock_due(CLOCK_APPROVE, 4, DAY, NULL), 0); /* a pool */
	at(TIP_RECEIVED);
	clocks(TIP_RECEIVED, false);
	assert_int_equal(span(CLOCK_READ, DAY), 8);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 24);
	clocks(TIP_RECEIVED, true);
	assert_int_equal(span(CLOCK_READ, DAY), 1);
	json_object_set_new((json_t *)l.e[0].body, "danger_now", json_true());
	clocks(TIP_RECEIVED, false);
	assert_int_equal(span(CLOCK_READ, DAY), 1);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 2);
	assert_int_equal(span(CLOCK_LATEST, DAY), 30 * 24);
	end(&l);
}

/* 2026 as the State Council announced it. */
static void
test_workdays(void **arg)
{
	const uint32_t jan1 = 20454, until = 20818; /* 1 January and 31 December 2026 */

	(void)arg;
	assert_false(clock_workday(jan1)); /* Thursday, New Year */
	assert_false(clock_workday(jan1 + 1));
	assert_false(clock_workday(jan1 + 2));
	assert_true(clock_workday(jan1 + 3)); /* Sunday, worked */
	assert_true(clock_workday(jan1 + 4));
	assert_int_equal(clock_workday_after(NULL, jan1 - 1, 2), jan1 + 4);
	assert_int_equal(clock_workday_after(NULL, 20497, 1), 20498); /* Saturday 14 February */
	assert_int_equal(clock_workday_after(NULL, 20498, 1), 20508); /* then nine days off */
	assert_int_equal(clock_workday_after(NULL, 20508, 4), 20512); /* Saturday the 28th is one */
	assert_int_equal(clock_holidays_until(), until);
	/* Behind the table Monday to Friday count: never too late but for a moved weekend. */
	assert_true(clock_workday(until + 1)); /* Friday 1 January 2027 */
	assert_false(clock_workday(until + 2));
	assert_int_equal(clock_workday_after(NULL, until, 5), until + 7);
	/* A year that the table lacks is named a month before it begins. */
	assert_int_equal(clock_holidays_missing(NULL, until - CLOCK_HOLIDAYS_SOON), 0);
	assert_int_equal(clock_holidays_missing(NULL, until - CLOCK_HOLIDAYS_SOON + 1), 2027);
	assert_int_equal(clock_holidays_missing(NULL, until), 2027);
	assert_int_equal(clock_holidays_missing(NULL, until + 1), 2027);
	assert_int_equal(clock_holidays_missing(NULL, until + 365), 2027);
	assert_int_equal(clock_holidays_missing(NULL, until + 366), 2028);
}

/* Days of 2027, whose holidays the table lacks: 1 January (a Friday) is off, and the Saturday and
 * Sunday of the next week are worked. */
static const uint32_t jan27 = 20819;
static struct clock_years more = {
	.cnt = 1,
	.year = { { .year = 2027,
		    .from = 20819 - 5,
		    .off = { 20819, 20819 + 3 },
		    .off_cnt = 2,
		    .work = { 20819 + 8 },
		    .work_cnt = 1 } },
};

/* A list that the roots have signed counts for clocks that begin when it is in force. Whoever
 * brings it later than that moves none which runs. */
static void
test_signed(void **arg)
{
	uint32_t day;
	int s;

	(void)arg;
	assert_int_equal(clock_workday_after(NULL, jan27 - 1, 1), jan27);
	assert_int_equal(clock_workday_after(&more, jan27 - 1, 1), jan27 + 4); /* a Tuesday */
	assert_int_equal(clock_workday_after(&more, jan27 + 7, 1), jan27 + 8); /* a Saturday */
	/* a day before it is in force, all is as without it */
	for (day = jan27 - 30; day < more.year[0].from; day++)
		for (s = 1; s <= 4; s++)
			assert_int_equal(clock_due(CLOCK_READ, s, day, &more),
					 clock_due(CLOCK_READ, s, day, NULL));
	assert_int_equal(clock_due(CLOCK_READ, 3, day, &more), clock_due(CLOCK_READ, 3, day, NULL));
	assert_int_equal(clock_due(CLOCK_READ, 4, day, &more),
			 clock_due(CLOCK_READ, 4, day, NULL) + 4 * 24);
	/* S1 and S2, and whatever is not the first read, know no holidays */
	for (day = jan27 - 5; day < jan27 + 30; day++)
		for (s = 1; s <= 4; s++)
			for (int id = s > 2 ? CLOCK_DECIDE : CLOCK_READ; id < CLOCK__MAX; id++)
				assert_int_equal(clock_due((enum clock_id)id, s, day, &more),
						 clock_due((enum clock_id)id, s, day, NULL));
	/* a list of a year that the table has does not touch it */
	more.year[0].year = 2026;
	more.year[0].off[0] = jan27 - 3;
	assert_int_equal(clock_workday_after(&more, jan27 - 4, 1), jan27 - 3);
	more.year[0].year = 2027;
	more.year[0].off[0] = jan27;
	/* visits are drawn by the table alone */
	assert_true(clock_workday(jan27));
	/* the year is not missed any more, and the next one is in time */
	assert_int_equal(clock_holidays_missing(&more, jan27), 0);
	assert_int_equal(clock_holidays_missing(&more, jan27 + 334), 0);
	assert_int_equal(clock_holidays_missing(&more, jan27 + 335), 2028);
	assert_int_equal(clock_holidays_missing(&more, jan27 + 365), 2028);
}

/* Nobody waits for a holiday where it is grave. */
static void
test_holidays(void **arg)
{
	static const uint32_t day[] = { 20501, 20727 }; /* 17 February and 1 October 2026 */
	static const struct {
		enum clock_id kind;
		int severity;
		uint32_t hours;
	} grave[] = {
		{ CLOCK_READ, 1, 1 },    { CLOCK_READ, 2, 8 },    { CLOCK_DECIDE, 1, 2 },
		{ CLOCK_DECIDE, 2, 24 }, { CLOCK_APPROVE, 1, 4 }, { CLOCK_APPROVE, 2, 72 },
	};
	size_t d, i;

	(void)arg;
	for (d = 0; d < 2; d++) {
		assert_false(clock_workday(day[d]));
		assert_false(clock_workday(day[d] + 1));
		for (i = 0; i < sizeof(grave) / sizeof(*grave); i++)
			assert_int_equal(clock_due(grave[i].kind, grave[i].severity, day[d], NULL) -
						 (day[d] + 1) * 24,
					 grave[i].hours);
		assert_true(clock_due(CLOCK_READ, 3, day[d], NULL) - (day[d] + 1) * 24 > 4 * 24);
	}
}

/* 75 per cent warns, 100 is over. */
static void
test_states(void **arg)
{
	struct clock_time t = { .from = 1000, .due = 1100 }, none = { 0, 0 };

	(void)arg;
	assert_int_equal(clock_state(&none, 5000), CLOCK_IDLE);
	assert_int_equal(clock_state(&t, 900), CLOCK_FINE);
	assert_int_equal(clock_gone(&t, 900), 0);
	assert_int_equal(clock_state(&t, 1074), CLOCK_FINE);
	assert_int_equal(clock_state(&t, 1075), CLOCK_WARNED);
	assert_int_equal(clock_state(&t, 1099), CLOCK_WARNED);
	assert_int_equal(clock_state(&t, 1100), CLOCK_OVER);
	assert_int_equal(clock_gone(&t, 1250), 250);
	assert_int_equal(clock_gone(&t, 900000), 999);
}

/* The gateway's own clocks: an earlier hour of theirs counts, and none of them gets longer. */
static void
test_gateway(void **arg)
{
	struct clock_record rec = { .read_due = 30, .answer_due = 142 };
	struct clock_time none[CLOCK__MAX] = { { 0, 0 } };

	(void)arg;
	clock_gateway(none, &rec);
	assert_int_equal(none[CLOCK_READ].due, 30);
	assert_int_equal(none[CLOCK_READ].from, 22);
	assert_int_equal(none[CLOCK_REPLY].due, 142);
	assert_int_equal(clock_next(none), CLOCK_READ);
	assert_int_equal(clock_seen(CLOCK_READ, &rec), CLOCK_SEEN_OPENS);
	assert_int_equal(clock_seen(CLOCK_VERIFY, &rec), CLOCK_SEEN_DESK);
	rec.above = true;
	assert_int_equal(clock_seen(CLOCK_VERIFY, &rec), CLOCK_SEEN_ABOVE);
	/* an urgent one: to the hour, where the entries only know the day */
	at(TIP_RECEIVED);
	clocks(TIP_RECEIVED, true);
	rec = (struct clock_record){ .urgent = true,
				     .read_due = DAY * 24 + 9,
				     .answer_due = DAY * 24 + 10 };
	clock_gateway(c, &rec);
	assert_int_equal(c[CLOCK_READ].due, DAY * 24 + 9);
	assert_int_equal(c[CLOCK_DECIDE].due, DAY * 24 + 10);
	rec.answered = true; /* now it is the term, not the answer */
	clocks(TIP_RECEIVED, true);
	clock_gateway(c, &rec);
	assert_int_equal(c[CLOCK_REPLY].due, 0);
	assert_int_equal(c[CLOCK_DECIDE].due, (DAY + 1) * 24 + 2);
	/* a later hour of the gateway lengthens nothing */
	rec = (struct clock_record){ .read_due = DAY * 24 + 900, .answer_due = DAY * 24 + 900 };
	clocks(TIP_RECEIVED, true);
	clock_gateway(c, &rec);
	assert_int_equal(c[CLOCK_READ].due, (DAY + 1) * 24 + 1);
	rec.closed = true;
	clock_gateway(c, &rec);
	assert_int_equal(clock_next(c), CLOCK__MAX);
	end(&l);
}

/* S1 given in triage shortens the clocks for whoever reads the case, from that day on; and nobody
 * gives it without a word where neither the source nor a hazard speaks of it. */
static void
test_s1_given(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE);
	correct(&l, &ann, ",\"severity\":\"S3\"");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 5 * 24);
	l.day += 2;
	correct(&l, &ann, ",\"severity\":\"S1\"");
	clocks(TIP_IN_TRIAGE, false);
	/* two hours from the day on which it became known: nobody is late by that at once */
	assert_int_equal(c[CLOCK_DECIDE].due, (DAY + 3) * 24 + 2);
	l.day += 4; /* known after the longer clock was out: it stays out */
	end(&l);

	at(TIP_IN_TRIAGE);
	correct(&l, &ann, ",\"severity\":\"S3\"");
	l.day += 9;
	correct(&l, &ann, ",\"severity\":\"S1\"");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 5 * 24);
	end(&l);

	at(TIP_IN_TRIAGE);
	e = triage(&l, &ann, "accepted", ",\"severity\":\"S1\"");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(e->reason, FOLD_REASON);
	triage(&l, &ann, "accepted", ",\"severity\":\"S1\",\"text\":\"gas alarm\"");
	clocks(TIP_ACCEPTED, false);
	assert_int_equal(span(CLOCK_APPROVE, DAY), 4);
	end(&l);
	at(TIP_IN_TRIAGE); /* a hazard speaks of it */
	triage(&l, &ann, "accepted", ",\"severity\":\"S1\",\"hazard\":[\"CM-02\"]");
	clocks(TIP_ACCEPTED, false);
	end(&l);
}

/* One who keeps S1 back wins little: before triage the source's word counts, a hazard's floor as
 * well, and the source's word keeps the clocks of S2 whatever triage says. */
static void
test_s1_kept_back(void **arg)
{
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_TRIAGE);
	correct(&l, &ann, ",\"hazard\":[\"CM-02\"]");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(clock_severity(&l.f, false), 1); /* the floor */
	e = correct(&l, &ann, ",\"severity\":\"S2\"");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(e->reason, FOLD_FLOOR);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 2);
	end(&l);
	at(TIP_IN_TRIAGE);
	json_object_set_new((json_t *)l.e[0].body, "danger_now", json_true());
	correct(&l, &ann, ",\"severity\":\"S4\"");
	clocks(TIP_IN_TRIAGE, true);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 24);
	end(&l);
}

/* One member who gives an outcome and takes it back, or asks question after question, wins no
 * time; two who send it back, and a source that writes again, begin it anew. */
static void
test_no_time_won(void **arg)
{
	(void)arg;
	at(TIP_IN_TRIAGE);
	l.day += 3;
	triage(&l, &ann, "accepted", ",\"severity\":\"S3\"");
	l.day += 20;
	triage(&l, &ann, "in_triage", "");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 5 * 24);
	assert_int_equal(clock_state(&c[CLOCK_DECIDE], l.day * 24), CLOCK_OVER);
	l.day += 20;
	triage(&l, &ann, "accepted", "");
	clocks(TIP_ACCEPTED, false);
	assert_int_equal(span(CLOCK_VERIFY, DAY + 3), 60 * 24);
	end(&l);

	at(TIP_IN_TRIAGE);
	correct(&l, &ann, ",\"severity\":\"S4\"");
	reply(&l, &ann, "3");
	triage(&l, &ann, "needs_info", "");
	clocks(TIP_NEEDS_INFO, false);
	assert_int_equal(span(CLOCK_DECIDE, DAY), 7 * 24);
	end(&l);

	at(TIP_IN_ACTION);
	l.day += 5;
	two_with(&l, &ann, &bob, "in_triage", ",\"text\":\"wrong mine\"");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(c[CLOCK_DECIDE].from, (l.day + 1) * 24);
	end(&l);
}

/* "We have it", "somebody has read it" and a dummy are no answer. */
static void
test_no_empty_answer(void **arg)
{
	(void)arg;
	at(TIP_IN_TRIAGE);
	reply(&l, &ann, "1");
	reply(&l, &ann, "2");
	add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"4\",\"dummy\":true}");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(span(CLOCK_LATEST, DAY), 90 * 24);
	reply(&l, &ann, "4");
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(span(CLOCK_LATEST, DAY), -1);
	end(&l);
}

/* More time for the verification: two, one of them from above, once, and it counts when the source
 * has been told. */
static void
test_extension(void **arg)
{
	static const char body[] = "{\"v\":1,\"text\":\"water in the shaft\"}";
	struct fold_entry *e;

	(void)arg;
	at(TIP_IN_ACTION);
	clocks(TIP_IN_ACTION, false);
	int before = (int)c[CLOCK_VERIFY].due;
	e = add(&l, &ann, ENTRY_EXTEND, 1, body);
	clocks(TIP_IN_ACTION, false);
	assert_int_equal(e->reason, FOLD_TWO);
	e = cosign(&l, &bob, propose(&l, &ann, "extend", body));
	clocks(TIP_IN_ACTION, false);
	assert_int_equal(e->reason, FOLD_ABOVE);
	l.day++;
	e = cosign(&l, &eve, propose(&l, &ann, "extend", body));
	clocks(TIP_IN_ACTION, false);
	assert_int_equal(e->reason, FOLD_FINE);
	assert_int_equal(c[CLOCK_VERIFY].due, before); /* the source does not know */
	reply(&l, &ann, "4");
	clocks(TIP_IN_ACTION, false);
	assert_int_equal(c[CLOCK_VERIFY].due, before); /* nor why */
	add(&l, &ann, ENTRY_REPLY, 0, "{\"v\":1,\"status\":\"4\",\"text\":\"it takes longer\"}");
	clocks(TIP_IN_ACTION, false);
	assert_true((int)c[CLOCK_VERIFY].due > before);
	e = propose(&l, &ann, "extend", body);
	clocks(TIP_IN_ACTION, false);
	assert_int_equal(e->reason, FOLD_STATE); /* once */
	end(&l);
	at(TIP_IN_TRIAGE);
	e = propose(&l, &ann, "extend", body);
	clocks(TIP_IN_TRIAGE, false);
	assert_int_equal(e->reason, FOLD_STATE);
	end(&l);
}

/* A band says no number, and every band has the same length. */
static void
test_bands(void **arg)
{
	static const struct {
		size_t cnt;
		const char *band;
	} bands[] = { { 0, "0   " },  { 1, "1-4 " },  { 4, "1-4 " },   { 5, "5-19" },
		      { 19, "5-19" }, { 20, "20+ " }, { 4000, "20+ " } };
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof(bands) / sizeof(*bands); i++)
		assert_string_equal(clock_band(bands[i].cnt), bands[i].band);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),           cmocka_unit_test(test_read),
		cmocka_unit_test(test_workdays),        cmocka_unit_test(test_signed),
		cmocka_unit_test(test_holidays),        cmocka_unit_test(test_states),
		cmocka_unit_test(test_gateway),         cmocka_unit_test(test_s1_given),
		cmocka_unit_test(test_s1_kept_back),    cmocka_unit_test(test_no_time_won),
		cmocka_unit_test(test_no_empty_answer), cmocka_unit_test(test_extension),
		cmocka_unit_test(test_bands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
