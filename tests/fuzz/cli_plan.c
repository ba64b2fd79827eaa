/* Files of plans that somebody else made. In the input 0x1e stands between two files. The first
 * byte says what is done: a register alone is read, printed and weighed; otherwise all files are
 * verified together. */
#include <assert.h>
#include <math.h>
#include <sodium.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/log.h"
#include "admin-cli/plan/odds.h"
#include "admin-cli/plan/verify.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/plan/slots.h"
#include "crypto/err.h"
#include "crypto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Chances of a register are in their limits and sum up; the coins give them. */
static void
weigh(const struct plan_register *r, size_t m)
{
	static double w[256], p[256], q[256], pi[256];
	double sum = 0;
	size_t n = r->cnt;

	if (n > 256)
		return;
	for (size_t i = 0; i < n; i++) {
		w[i] = plan_weight(&r->site[i], 20700);
		assert(w[i] >= 0.8 && w[i] <= 5);
	}
	int err = plan_chances(p, w, n, m, PLAN_LEAST);
	assert(err == (m && (double)m <= PLAN_MOST * (double)n ? 0 : ERR_ARG));
	if (err)
		return;
	for (size_t i = 0; i < n; i++) {
		assert(p[i] > 0 && p[i] <= PLAN_MOST + 1e-12);
		sum += p[i];
	}
	assert(fabs(sum - (double)m) < 1e-9);
	assert(!plan_odds(q, p, n, m, NULL) && !plan_odds_chances(pi, q, n, m));
	for (size_t i = 0; i < n; i++)
		assert(fabs(pi[i] - p[i]) < 1e-9);
}

/* What was read is printed, and reads again as the same. */
static void
one_register(const uint8_t *data, size_t len, size_t m)
{
	struct plan_register r, again;
	struct plan_wrong wrong;
	char *text, *more;
	size_t n, k;
	int err = plan_register_read(&r, data, len, &wrong);

	assert(!err || (err == ERR_FORMAT && wrong.text));
	assert(!err || !text_printable(wrong.value, strlen(wrong.value), 0));
	if (!err) {
		assert(!plan_register_print(&text, &n, &r));
		assert(!plan_register_read(&again, text, n, &wrong) && again.cnt == r.cnt);
		assert(!plan_register_print(&more, &k, &again) && n == k && !memcmp(text, more, n));
		free(text);
		free(more);
		plan_register_free(&again);
		weigh(&r, m);
	}
	plan_register_free(&r);
}

static void
one_body(const uint8_t *data, size_t len)
{
	struct plan_body b, again;
	char *text;
	size_t n;

	if (plan_body_read(&b, data, len) == 0) {
		assert(!plan_body_print(&text, &n, &b));
		assert(!plan_body_read(&again, text, n) && again.kind == b.kind &&
		       again.drawn == b.drawn && again.free == b.free &&
		       again.standby == b.standby && again.visits == b.visits &&
		       !strcmp(again.beacon, b.beacon) && !memcmp(again.plan, b.plan, 32));
		plan_body_free(&again);
		free(text);
	}
	plan_body_free(&b);
}

/* The slots of a plan that somebody else made are filled, whatever its days are. */
static void
one_week(const struct plan_body *b)
{
	static struct plan_slot slot[2 * PLAN_VISITS_MAX];
	static uint32_t order[PLAN_VISITS_MAX];
	static uint8_t hour[PLAN_VISITS_MAX];
	static uint64_t threshold[64];
	struct plan_need need = { .taken = b->from * 24, .site = 3 };
	struct plan_slots in = { .plan = b,
				 .order = order,
				 .hour = hour,
				 .threshold = threshold,
				 .sites = 64,
				 .seed = b->table,
				 .need = &need,
				 .needs = 1 };
	size_t cnt = plan_slots_cnt(b), least = b->drawn + plan_discretionary(b), visits = 0;

	for (size_t i = 0; i < 64; i++)
		threshold[i] = PLAN_ONE / 2;
	for (size_t i = 0; i < b->drawn; i++)
		order[i] = (uint32_t)i % 64;
	int err = plan_slots_fill(slot, &in);
	assert(!err || err == ERR_ARG || err == ERR_RANGE);
	for (size_t i = 0; i < cnt && !err; i++) {
		visits += slot[i].filling != SLOT_STANDBY;
		assert(slot[i].filling == SLOT_STANDBY || slot[i].site < 64);
		assert(slot[i].seal >= slot[i].cut && slot[i].seal <= slot[i].hour0);
	}
	assert(err || (visits >= least && visits <= least + least / 4 + 1));
}

/* Bodies of the entries of a plan's book: what becomes a document is one, and says the same. */
static void
one_entry(const uint8_t *data, size_t len)
{
	json_t *body = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *list[2] = { body, body };
	struct plan_body b;
	char *text;
	size_t n;

	for (unsigned kind = 0; json_is_object(body) && kind < PLAN_KINDS; kind++) {
		int err = kind == PLAN_RESULT ? plan_log_results(&text, &n, list, 2)
					      : plan_log_text(&text, &n, kind, body);
		assert(!err || err == ERR_FORMAT);
		if (err)
			continue;
		assert(!plan_body_read(&b, text, n) && b.kind == kind);
		json_t *again = kind == PLAN_RESULT ? plan_log_result(&b, &(size_t){ 0 })
						    : plan_log_body(&b);
		assert(again);
		json_decref(again);
		if (kind == PLAN_PLAN)
			one_week(&b);
		plan_body_free(&b);
		free(text);
	}
	json_decref(body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct plan_report r;
	struct plan_file file[PLAN_FILES_MAX];
	size_t cnt = 0;

	if (sodium_init() < 0)
		abort();
	if (!len)
		return 0;
	if (data[0] < 64) {
		one_register(data + 1, len - 1, data[0]);
		return 0;
	}
	for (const uint8_t *at = data + 1, *end = data + len; at < end && cnt < PLAN_FILES_MAX;) {
		const uint8_t *stop = memchr(at, 0x1e, (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);
		file[cnt++] = (struct plan_file){ "file", at, n };
		one_body(at, n);
		one_entry(at, n);
		at += n + 1;
	}
	assert(!plan_verify(&r, file, cnt));
	for (size_t i = 0; i < r.cnt; i++)
		assert(r.finding[i].said < PLAN_SAID && plan_said_name(r.finding[i].said) &&
		       (r.finding[i].plan < r.plans || r.finding[i].plan == PLAN_FILES_MAX));
	/* A list is as long as the plan says, has no site twice, and comes only from two shares. */
	for (size_t i = 0; i < r.plans; i++)
		for (size_t k = 0; r.plan[i].order && k < r.plan[i].body.drawn; k++) {
			assert(r.plan[i].order[k] < r.plan[i].sites && r.plan[i].hour[k] < 24);
			for (size_t j = 0; j < k; j++)
				assert(r.plan[i].order[k] != r.plan[i].order[j]);
		}
	plan_report_free(&r);
	return 0;
}
