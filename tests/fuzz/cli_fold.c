/* Logs of entries through the fold. Each entry takes a few bytes: type, writer, place, chain, and a
 * body chosen from a list or given as text. What is rejected changes nothing; what moves is in the
 * table of the machine. */
#include <assert.h>
#include <sodium.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/fold.h"
#include "crypto/buf.h"
#include "crypto/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MAX 24

static const char *const moves[] = {
	"in_triage",  "needs_info",   "accepted", "merged",
	"referred",   "in_action",    "verified", "verified_unfounded",
	"answered",   "recheck",      "closed",   "closed_insufficient",
	"closed_out", "closed_abuse", "held",     "sealed"
};
static const char *const more[] = { "",
				    ",\"outcome\":\"ACCEPT\"",
				    ",\"severity\":\"S1\",\"credibility\":\"A1\"",
				    ",\"outcome\":\"URGENT\",\"severity\":\"S1\"",
				    ",\"result\":\"substantiated\"",
				    ",\"outcome\":\"REFER\",\"voice\":true",
				    ",\"severity\":\"S3\",\"hazard\":[\"IM-01\"]",
				    ",\"result\":\"not_found\"" };

/* The states of books, and what a step to them says. */
static const char *const steps[] = { "drafted",      "approved", "not_approved", "handed_over",
				     "acknowledged", "taken_up", "returned",     "closed",
				     "waiting",      "taken",    "reported",     "unconfirmed",
				     "given_back",   "standing", "withdrawn",    "over" };
static const char *const said[] = {
	"", ",\"text\":\"t\",\"receipt\":\"r\",\"outcome\":\"o\",\"answered\":true",
	",\"result\":\"partly\",\"visits\":2",
	",\"result\":\"unable\",\"text\":\"t\",\"until\":\"2026-01-01\""
};

/* A body of that type that mostly reads well. */
static void
text_of(char *dst, size_t cap, uint16_t type, struct buf *b, const struct fold_entry *e, size_t cnt)
{
	char move[160], step[320], hex[65];
	uint8_t pick = buf_u8(b);
	const uint8_t *hash = cnt ? e[pick % cnt].hash : (const uint8_t[32]){ 0 };
	sodium_bin2hex(hex, sizeof(hex), hash, 32);
	snprintf(move, sizeof(move), "{\"v\":1,\"move\":\"%s\"%s}", moves[pick % 16],
		 more[pick / 16 % 8]);
	snprintf(step, sizeof(step), "{\"v\":1,\"move\":\"%s\"%s}", steps[pick % 16],
		 said[pick / 16 % 4]);
	switch (type) {
	case ENTRY_TIP:
		snprintf(
			dst, cap,
			"{\"v\":1,\"tile\":%d,\"county\":\"990102\",\"where\":\"x\",\"what\":\"y\",\"danger_now\":%s}",
			pick % 12, pick & 1 ? "true" : "false");
		break;
	case ENTRY_TRIAGE:
		snprintf(dst, cap, "%s", move);
		break;
	case ENTRY_PROPOSE:
		snprintf(dst, cap, "{\"v\":1,\"type\":\"%s\",\"body\":%s}",
			 pick & 128 ? "book-move"
			 : pick & 1 ? "triage"
				    : "close",
			 pick & 128 ? step
			 : pick & 1 ? move
				    : "{\"v\":1,\"text\":\"t\"}");
		break;
	case ENTRY_COSIGN:
		snprintf(dst, cap, "{\"v\":1,\"proposal\":\"%s\"}", hex);
		break;
	case ENTRY_FORWARD:
		snprintf(dst, cap, "{\"v\":1,\"order\":\"%.32s\",\"desk\":7,\"abstract\":\"%s\"}",
			 hex, hex);
		break;
	case ENTRY_REPLY:
		snprintf(dst, cap, "{\"v\":1,\"status\":\"%d%s\",\"question\":%s}", pick % 8,
			 pick & 64 ? "a" : "", pick & 128 ? "true" : "false");
		break;
	case ENTRY_SPLIT:
		snprintf(
			dst, cap,
			"{\"v\":1,\"part\":[\"%s\"],\"hazard\":[\"IM-01\"],\"to\":\"%s\",\"desk\":7,"
			"\"order\":\"%.32s\",\"into\":\"%.32s\",\"abstract\":\"%s\",\"text\":\"t\"}",
			pick & 1 ? "CO-05" : "CM-01",
			pick & 2   ? "integrity"
			: pick & 4 ? "case"
				   : "need",
			hex, hex, hex);
		break;
	case ENTRY_CORRECTION:
		snprintf(
			dst, cap,
			"{\"v\":1,\"severity\":\"S%d\",\"hazard\":[\"IM-01\",\"%s\"],\"text\":\"t\"}",
			1 + pick % 4, pick & 4 ? "CO-05" : "CM-01");
		break;
	case ENTRY_HOLD:
		snprintf(dst, cap, "{\"v\":1,\"set\":%s,\"text\":\"t\"}",
			 pick & 1 ? "true" : "false");
		break;
	case ENTRY_CLAIM:
		snprintf(dst, cap, "{\"v\":1,\"until\":%u}", 28800000u + pick);
		break;
	case ENTRY_LINK:
		snprintf(dst, cap, "{\"v\":1,\"into\":\"%.32s\"}", hex);
		break;
	case ENTRY_REFERRAL:
		snprintf(
			dst, cap,
			"{\"v\":1,\"kind\":\"%s\",\"target\":\"x\",\"text\":\"t\",\"tier\":\"ENT\","
			"\"post\":\"p\",\"evidence\":\"%s\",\"reported\":\"2024-10-0%d\","
			"\"signed_off\":\"2024-10-04\",\"case\":\"%.32s\"}",
			pick & 1   ? "REFER"
			: pick & 2 ? "XFER_PS"
				   : "EXPOSE",
			hex, 1 + pick % 9, hex);
		break;
	case ENTRY_NEED:
		snprintf(dst, cap,
			 "{\"v\":1,\"text\":\"t\",\"hazard\":[\"IM-01\"],\"county\":\"990102\","
			 "\"level\":%d,\"keep_from\":[\"L%d\"]}",
			 pick % 4, pick / 4 % 4);
		break;
	case ENTRY_CAMPAIGN:
		snprintf(
			dst, cap,
			"{\"v\":1,\"name\":\"n\",\"issuer\":\"i\",\"basis\":\"b\",\"from\":\"2024-10-0%d\","
			"\"until\":\"2025-0%d-02\"}",
			1 + pick % 9, 1 + pick / 16 % 9);
		break;
	case ENTRY_BOOK_MOVE:
		snprintf(dst, cap, "%s", step);
		break;
	default:
		snprintf(dst, cap, "{\"v\":%d,\"text\":\"t\",\"hazard\":[\"IM-01\"]}",
			 1 + (pick == 255));
	}
}

static bool
take_entry(struct fold_entry *e, size_t cnt, struct buf *b)
{
	static const uint16_t types[] = {
		ENTRY_TIP,        ENTRY_MESSAGE,     ENTRY_ANSWER,    ENTRY_OBJECTION,
		ENTRY_WITHDRAWAL, ENTRY_ACKNOWLEDGE, ENTRY_REPLY,     ENTRY_NOTE,
		ENTRY_TRIAGE,     ENTRY_TRIAGE,      ENTRY_ABSTRACT,  ENTRY_FORWARD,
		ENTRY_PROPOSE,    ENTRY_COSIGN,      ENTRY_CLOSE,     ENTRY_ORDER,
		ENTRY_WARN,       ENTRY_ORDER_NOTE,  ENTRY_RESEAL,    4711,
		ENTRY_SPLIT,      ENTRY_EXTEND,      ENTRY_CLAIM,     ENTRY_CORRECTION,
		ENTRY_HOLD,       ENTRY_REFERRAL,    ENTRY_NEED,      ENTRY_CAMPAIGN,
		ENTRY_BOOK_MOVE,  ENTRY_BOOK_MOVE,   ENTRY_BOOK_NOTE, ENTRY_LINK
	};
	char text[2048], why[SCHEMA_WHY_CAP];
	struct fold_entry *n = &e[cnt];
	json_t *body = NULL;
	uint8_t what = buf_u8(b), who = buf_u8(b), how = buf_u8(b);
	memset(n, 0, sizeof(*n));
	n->type = types[what % 32];
	text_of(text, sizeof(text), n->type, b, e, cnt);
	size_t own = how & 128 ? buf_u8(b) : 0;
	const uint8_t *raw = buf_take(b, own);
	if (b->bad)
		return false;
	int err = own ? schema_parse(&body, n->type, (const char *)raw, own, why)
		      : schema_parse(&body, n->type, text, strlen(text), why);
	n->by_source = (who & 7) == 0;
	n->thread = how & 1 ? !n->by_source : n->by_source ? 0 : n->type != ENTRY_REPLY;
	n->day = cnt ? e[cnt - 1].day + ((how & 2) ? who / 4 : 0) : 20000;
	n->who = (struct fold_person){ .handle = { (uint8_t)(1 + who % 4) },
				       .desk = 1,
				       .level = 1 + who % 4,
				       .roles = who & 8 ? UINT32_MAX : 1u << (who >> 4),
				       .related = (how & 4) == 0 };
	n->fault = err < 0 && body == NULL ? FOLD_BODY : FOLD_FINE;
	n->body = body;
	memset(n->hash, 0x40 + (int)(how & 8 ? cnt / 2 : cnt), 32);
	for (size_t i = 0; i < cnt; i++) {
		n->number += e[i].thread == n->thread;
		if (e[i].thread == n->thread && !(how & 16))
			memcpy(n->seen, e[i].hash, 32);
		if (e[i].thread == n->thread && e[i].by_source == n->by_source &&
		    e[i].who.handle[0] == n->who.handle[0] && !(how & 32))
			memcpy(n->prev, e[i].hash, 32);
	}
	return true;
}

static void
moved_rightly(const struct fold *f, const struct fold_entry *e)
{
	assert(e->verdict <= FOLD_DUPLICATE && e->reason < FOLD_REASON__MAX);
	assert((e->verdict != FOLD_REJECTED) == (e->reason == FOLD_FINE) ||
	       e->verdict == FOLD_NEWER || e->verdict == FOLD_DUPLICATE);
	assert(e->from >= 0 && e->from < machine_get(f->machine)->state_cnt && e->to >= 0 &&
	       e->to < machine_get(f->machine)->state_cnt);
	if (e->verdict != FOLD_ACCEPTED)
		assert(e->from == e->to);
	else if (e->from != e->to)
		assert(machine_next(f->machine, e->from, e->to, UINT32_MAX, NULL));
}

/* The end of both is the same in everything that is shown. */
static void
same_end(const struct fold *a, const struct fold *b)
{
	assert(a->state == b->state && a->since == b->since && a->severity == b->severity &&
	       a->closed == b->closed);
	assert(!strcmp(a->credibility, b->credibility) && !strcmp(a->outcome, b->outcome) &&
	       !strcmp(a->result, b->result));
	assert(a->danger_now == b->danger_now && a->acked == b->acked &&
	       a->withdrawn == b->withdrawn && a->question == b->question);
	assert(a->asked == b->asked && a->told == b->told && a->hold == b->hold &&
	       a->hazard_cnt == b->hazard_cnt);
	assert(a->rechecks == b->rechecks && a->answered == b->answered &&
	       a->verifier_cnt == b->verifier_cnt && a->date == b->date);
	assert(a->tip == b->tip && a->abstract == b->abstract && a->forward == b->forward &&
	       a->closed_day == b->closed_day);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum machine_id machines[2][8] = {
		{ MACHINE_TIP, MACHINE_ORDER, MACHINE_TIP, MACHINE_REFERRAL, MACHINE_TIP,
		  MACHINE_NEED, MACHINE_TIP, MACHINE_CAMPAIGN },
		{ MACHINE_PLAN, MACHINE_ORDER, MACHINE_ROTA, MACHINE_CONFLICT, MACHINE_ALERT,
		  MACHINE_AWARD, MACHINE_REWARD, MACHINE_CLAIM },
	};
	static struct fold_entry e[MAX], copy[MAX];
	struct fold f, second;
	struct buf b;
	size_t cnt = 0;
	buf_init(&b, data, len);
	uint8_t head = buf_u8(&b);
	while (cnt < MAX && b.left && take_entry(e, cnt, &b))
		cnt++;
	struct fold_input in = { .machine = machines[head >> 4 & 1][head % 8],
				 .entry = e,
				 .entry_cnt = cnt,
				 .today = 20000 + head,
				 .at = { .known = head & 32,
					 .planning = head & 32,
					 .integrity = head & 32,
					 .level = head >> 6,
					 .area = "990102" } };
	assert(fold_run(&f, &in) == 0 && f.order_cnt == cnt);
	uint32_t seen = 0;
	for (size_t i = 0; i < cnt; i++) {
		assert(f.order[i] < cnt && !(seen >> f.order[i] & 1));
		seen |= 1u << f.order[i];
		moved_rightly(&f, &e[i]);
	}
	/* An entry that was rejected might as well never have been readable. */
	memcpy(copy, e, sizeof(copy));
	for (size_t i = 0; i < cnt; i++)
		if (e[i].verdict == FOLD_REJECTED)
			copy[i].fault = FOLD_SIGNATURE;
	in.entry = copy;
	assert(fold_run(&second, &in) == 0);
	same_end(&f, &second);
	for (size_t i = 0; i < cnt; i++)
		assert(copy[i].verdict == e[i].verdict && copy[i].from == e[i].from &&
		       copy[i].to == e[i].to && copy[i].open == e[i].open);
	fold_free(&second);
	if (cnt) {
		memcpy(copy, e, sizeof(copy));
		in.entry = e;
		(void)fold_try(&in, &copy[cnt - 1]);
		assert(!memcmp(copy, e, sizeof(copy)));
	}
	fold_free(&f);
	for (size_t i = 0; i < cnt; i++)
		json_decref((json_t *)(uintptr_t)e[i].body);
	return 0;
}
