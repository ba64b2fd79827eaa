/* A log under construction for the tests of the fold: people, entries that chain themselves, ways
 * to every state. */
#ifndef TESTS_CLI_FOLD_H
#define TESTS_CLI_FOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/fold_guard.h"
#include "crypto/entry.h"

#define ROLE(r) (1u << BY_##r)
#define ALL     (ROLE(TR) | ROLE(SR) | ROLE(PL) | ROLE(IN) | ROLE(IG))
#define DAY     20000u

/* A log under construction: entries chain themselves as davy writes them. */
struct log {
	struct fold_entry e[64];
	size_t cnt;
	uint32_t day;
	struct fold_desk at;
	struct fold f;
};

static struct fold_person ann __attribute__((unused)) = { .handle = { 1 },
							  .desk = 1,
							  .level = 3,
							  .roles = ALL,
							  .related = true,
							  .home = true,
							  .lead = true };
static struct fold_person bob __attribute__((unused)) = {
	.handle = { 2 }, .desk = 1, .level = 3, .roles = ALL, .related = true, .home = true
};
static struct fold_person eve __attribute__((
	unused)) = { .handle = { 3 }, .desk = 5, .level = 4, .roles = ALL, .related = true };
static struct fold_person fay __attribute__((
	unused)) = { .handle = { 4 }, .desk = 5, .level = 4, .roles = ALL, .related = true };

static inline void
start(struct log *l)
{
	memset(l, 0, sizeof(*l));
	l->day = DAY;
}

static inline void
end(struct log *l)
{
	size_t i;

	for (i = 0; i < l->cnt; i++)
		json_decref((json_t *)l->e[i].body);
	l->cnt = 0;
	fold_free(&l->f);
}

static inline uint32_t
count(const struct log *l, int thread)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < l->cnt; i++)
		n += l->e[i].thread == thread;
	return n;
}

/* Adds an entry that is right in every respect but what the test then changes. who NULL: the
 * source. */
static inline struct fold_entry *
add(struct log *l, const struct fold_person *who, uint16_t type, int thread, const char *text)
{
	struct fold_entry *e = &l->e[l->cnt];
	char why[SCHEMA_WHY_CAP];
	json_t *body;
	size_t i;
	int err;

	assert_true(l->cnt < 64);
	memset(e, 0, sizeof(*e));
	err = schema_parse(&body, type, text, strlen(text), why);
	if (err)
		fail_msg("%s: %s", text, why);
	if (who && count(l, 0) + count(l, 1)) /* the first entry has none */
		schema_set_after(body, count(l, 0), count(l, 1));
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
		if (l->e[i].by_source == !who &&
		    (!who || !memcmp(l->e[i].who.handle, who->handle, 8)))
			memcpy(e->prev, l->e[i].hash, 32);
	}
	memset(e->hash, 0x11, 32);
	e->hash[0] = (uint8_t)++l->cnt;
	return e;
}

static inline int
run(struct log *l, enum machine_id machine)
{
	struct fold_input in = {
		.machine = machine, .entry = l->e, .entry_cnt = l->cnt, .today = l->day, .at = l->at
	};

	fold_free(&l->f);
	assert_int_equal(fold_run(&l->f, &in), 0);
	return l->f.state;
}

#define TIP_JSON "{\"v\":1,\"tile\":3,\"county\":\"990102\",\"where\":\"x\",\"what\":\"y\"}"

static inline void
tip(struct log *l)
{
	add(l, NULL, ENTRY_TIP, 0, TIP_JSON);
}

static inline struct fold_entry *
triage(struct log *l, const struct fold_person *who, const char *move, const char *more)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"v\":1,\"move\":\"%s\"%s}", move, more);
	return add(l, who, ENTRY_TRIAGE, 1, text);
}

static inline struct fold_entry *
propose(struct log *l, const struct fold_person *who, const char *type, const char *body)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"v\":1,\"type\":\"%s\",\"body\":%s}", type, body);
	return add(l, who, ENTRY_PROPOSE, 1, text);
}

static inline struct fold_entry *
cosign(struct log *l, const struct fold_person *who, const struct fold_entry *proposal)
{
	char text[128], hex[65];
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", proposal->hash[i]);
	snprintf(text, sizeof(text), "{\"v\":1,\"proposal\":\"%s\"}", hex);
	return add(l, who, ENTRY_COSIGN, 1, text);
}

/* A move by two, with more members in its body (",\"result\":\"partly\""). */
static inline struct fold_entry *
two_with(struct log *l, const struct fold_person *a, const struct fold_person *b, const char *move,
	 const char *more)
{
	char text[400];

	snprintf(text, sizeof(text), "{\"v\":1,\"move\":\"%s\"%s}", move, more);
	return cosign(l, b, propose(l, a, "triage", text));
}

#define CASE_DIGITS "00112233445566778899aabbccddeeff"
#define CASE_HEX    "\"" CASE_DIGITS "\""
/* All that any move asks its body for. */
#define ALL_SAID                                                                                   \
	",\"severity\":\"S3\",\"voice\":true,\"into\":" CASE_HEX ",\"target\":\"t\","              \
	"\"target_state\":\"in_action\",\"no_leak\":true,\"text\":\"t\""

static inline struct fold_entry *
two(struct log *l, const struct fold_person *a, const struct fold_person *b, const char *move)
{
	return two_with(l, a, b, move,
			!strcmp(move, "verified") ? ALL_SAID ",\"result\":\"partly\""
						  : ALL_SAID ",\"result\":\"unable\"");
}

static inline struct fold_entry *
reply(struct log *l, const struct fold_person *who, const char *status)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"v\":1,\"status\":\"%s\"}", status);
	return add(l, who, ENTRY_REPLY, 0, text);
}

static inline struct fold_entry *
correct(struct log *l, const struct fold_person *who, const char *more)
{
	char text[400];

	snprintf(text, sizeof(text), "{\"v\":1,\"text\":\"t\"%s}", more);
	return add(l, who, ENTRY_CORRECTION, 1, text);
}

static inline void
abstract(struct log *l, char hex[static 65])
{
	struct fold_entry *e = add(l, &ann, ENTRY_ABSTRACT, 1,
				   "{\"v\":1,\"text\":\"t\",\"hazard\":[\"CM-01\"],\"level\":2}");
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", e->hash[i]);
}

#define FORWARD_JSON                                                                               \
	"{\"v\":1,\"order\":\"00112233445566778899aabbccddeeff\",\"desk\":7,\"abstract\":\"%s\"}"

static inline void reach(struct log *l, int state);

/* Makes one move of the table happen from the state in which the log is. */
static inline void
perform(struct log *l, int from, int to, enum machine_by by)
{
	const char *name = machine_state_name(MACHINE_TIP, to);
	char text[256], hex[65];

	if (by == BY_SYS && from == TIP_HELD) {
		correct(l, &ann, ",\"severity\":\"S1\"");
	} else if (by == BY_SYS && from == TIP_NEEDS_INFO) { /* a question that never came */
		end(l);
		start(l);
		reach(l, TIP_IN_TRIAGE);
		triage(l, &ann, name = "needs_info",
		       ",\"question\":\"" CASE_DIGITS CASE_DIGITS "\"");
		l->day += 5;
	} else if (by == BY_SYS) {
		l->day += from == TIP_CLOSED_INSUFFICIENT ? 365 : 90;
	} else if (by == BY_SRC) {
		add(l, NULL, to == TIP_RECHECK ? ENTRY_OBJECTION : ENTRY_ANSWER, 0,
		    "{\"v\":1,\"text\":\"t\"}");
	} else if (from == TIP_RECEIVED) {
		add(l, &ann, ENTRY_ACKNOWLEDGE, 1, "{\"v\":1}");
	} else if (from == TIP_ACCEPTED && to == TIP_IN_ACTION) {
		abstract(l, hex);
		snprintf(text, sizeof(text), FORWARD_JSON, hex);
		add(l, &ann, ENTRY_FORWARD, 1, text);
	} else if (from == TIP_SEALED && to == TIP_IN_ACTION) {
		abstract(l, hex);
		snprintf(text, sizeof(text), FORWARD_JSON, hex);
		cosign(l, &bob, propose(l, &ann, "forward", text));
	} else if (from == TIP_RECHECK) {
		if (to == TIP_ANSWERED) {
			reply(l, &eve, "5d");
			two(l, &eve, &fay, name);
		} else
			triage(l, &eve, name, "");
	} else if (to == TIP_ANSWERED) {
		reply(l, &ann, from == TIP_REFERRED ? "6" : from == TIP_VERIFIED ? "5b" : "5d");
	} else {
		if (to == TIP_NEEDS_INFO)
			reply(l, &ann, "3");
		if (to == TIP_CLOSED_INSUFFICIENT)
			l->day += 14;
		if (to == TIP_SEALED || to == TIP_HELD || to == TIP_CLOSED_ABUSE ||
		    to == TIP_MERGED || to == TIP_VERIFIED || to == TIP_VERIFIED_UNFOUNDED ||
		    from == TIP_IN_ACTION || from == TIP_SEALED || to == TIP_IN_ACTION)
			two(l, &ann, &bob, name);
		else
			triage(l, &ann, name, to == TIP_NEEDS_INFO ? "" : ALL_SAID);
	}
}

/* How to come to a state, one step before it. */
static inline void
reach(struct log *l, int state)
{
	static const struct {
		int state, from;
		enum machine_by by;
	} way[] = {
		{ TIP_IN_TRIAGE, TIP_RECEIVED, BY_TR },
		{ TIP_NEEDS_INFO, TIP_IN_TRIAGE, BY_TR },
		{ TIP_CLOSED_INSUFFICIENT, TIP_NEEDS_INFO, BY_TR },
		{ TIP_ACCEPTED, TIP_IN_TRIAGE, BY_TR },
		{ TIP_MERGED, TIP_IN_TRIAGE, BY_TR },
		{ TIP_REFERRED, TIP_IN_TRIAGE, BY_TR },
		{ TIP_SEALED, TIP_IN_TRIAGE, BY_SR },
		{ TIP_HELD, TIP_IN_TRIAGE, BY_SR },
		{ TIP_CLOSED_OUT, TIP_IN_TRIAGE, BY_TR },
		{ TIP_CLOSED_ABUSE, TIP_IN_TRIAGE, BY_SR },
		{ TIP_IN_ACTION, TIP_ACCEPTED, BY_PL },
		{ TIP_VERIFIED, TIP_IN_ACTION, BY_SR },
		{ TIP_VERIFIED_UNFOUNDED, TIP_IN_ACTION, BY_SR },
		{ TIP_ANSWERED, TIP_VERIFIED, BY_TR },
		{ TIP_RECHECK, TIP_ANSWERED, BY_SRC },
		{ TIP_CLOSED, TIP_ANSWERED, BY_SYS },
	};
	size_t i;

	if (state == TIP_RECEIVED) {
		tip(l);
		return;
	}
	for (i = 0; i < sizeof(way) / sizeof(*way); i++) {
		if (way[i].state != state)
			continue;
		reach(l, way[i].from);
		perform(l, way[i].from, state, way[i].by);
		return;
	}
	fail_msg("no way to %s", machine_state_name(MACHINE_TIP, state));
}

#endif
