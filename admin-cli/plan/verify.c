/* The verifier of plans (see verify.h). */
#include "admin-cli/plan/verify.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "admin-cli/plan/odds.h"
#include "admin-cli/plan/register.h"
#include "crypto/err.h"

#define LEAST_OUTSIDE 40 /* per cent */

enum sort { SORT_BODY, SORT_TABLE, SORT_REGISTER, SORT_TWICE, SORT_BAD };

/* What was read from one file. */
struct item {
	const struct plan_file *file;
	enum sort sort;
	struct plan_body body;
	uint64_t *threshold;
	size_t n;
	struct plan_register reg;
	uint8_t hash[32]; /* of the bytes; of a register, of its printed form */
	bool used;
};

struct plan_work {
	struct item item[PLAN_FILES_MAX];
	size_t cnt;
};

static struct plan_finding *
say(struct plan_report *r, enum plan_said said, size_t plan, const struct item *it)
{
	static struct plan_finding none;

	if (r->cnt == PLAN_FINDINGS_MAX) {
		r->more = true;
		return &none;
	}
	struct plan_finding *f = &r->finding[r->cnt++];
	*f = (struct plan_finding){ .said = said, .plan = plan };
	f->file = it ? it->file->name : plan < r->plans ? r->plan[plan].file : NULL;
	f->approver = it && it->sort == SORT_BODY && it->body.approver;
	return f;
}

/* What a file is: it begins like JSON, like a table, or it is a register. */
static int
sort_of(struct item *it)
{
	const struct plan_file *f = it->file;
	struct plan_wrong wrong;
	uint8_t first = f->len ? f->bytes[0] : 0;
	int err;

	crypto_hash_sha256(it->hash, f->bytes, f->len);
	if (first == '{') {
		it->sort = SORT_BODY;
		err = plan_body_read(&it->body, f->bytes, f->len);
	} else if (first >= '0' && first <= '9') {
		it->sort = SORT_TABLE;
		err = plan_table_read(&it->threshold, &it->n, f->bytes, f->len);
	} else {
		it->sort = SORT_REGISTER;
		err = plan_register_read(&it->reg, f->bytes, f->len, &wrong);
		if (!err)
			err = plan_register_hash(it->hash, &it->reg);
	}
	if (err == ERR_MEM)
		return err;
	if (err)
		it->sort = SORT_BAD;
	return 0;
}

static int
read_all(struct plan_report *r, const struct plan_file *files, size_t cnt)
{
	struct plan_work *w = r->work;

	for (size_t i = 0; i < cnt; i++) {
		struct item *it = &w->item[w->cnt++];
		it->file = &files[i];
		int err = sort_of(it);
		if (err)
			return err;
		for (size_t k = 0; k < i; k++)
			if (w->item[k].sort == it->sort && it->sort != SORT_BAD &&
			    !memcmp(w->item[k].hash, it->hash, 32))
				it->sort = SORT_TWICE;
		if (it->sort == SORT_BAD)
			say(r, PLAN_BAD_FILE, PLAN_FILES_MAX, it);
		if (it->sort == SORT_BODY && it->body.kind == PLAN_PLAN) {
			struct plan_seen *p = &r->plan[r->plans++];
			it->used = true;
			p->body = it->body; /* lent; plan_report_free() knows */
			p->file = it->file->name;
		}
	}
	return 0;
}

/* The next document of that kind that belongs to the plan, from *at on. */
static struct item *
next(struct plan_report *r, size_t plan, enum plan_kind kind, size_t *at)
{
	while (*at < r->work->cnt) {
		struct item *it = &r->work->item[(*at)++];
		if (it->sort == SORT_BODY && it->body.kind == kind &&
		    !memcmp(it->body.plan, r->plan[plan].body.plan, 32))
			return it;
	}
	return NULL;
}

/* The one of the planner or the approver; a second one is a finding. */
static struct item *
only(struct plan_report *r, size_t plan, enum plan_kind kind, bool approver)
{
	struct item *it, *found = NULL;
	size_t at = 0;

	while ((it = next(r, plan, kind, &at)) != NULL) {
		if (it->body.approver != approver)
			continue;
		it->used = true;
		if (found)
			say(r, PLAN_TWO_SHARES, plan, it);
		found = found ? found : it;
	}
	return found;
}

static struct item *
with_hash(struct plan_report *r, enum sort sort, const uint8_t hash[static 32], bool *others)
{
	struct item *found = NULL;

	*others = false;
	for (size_t i = 0; i < r->work->cnt; i++) {
		struct item *it = &r->work->item[i];
		if (it->sort != sort)
			continue;
		if (memcmp(it->hash, hash, 32) == 0) {
			it->used = true;
			found = it;
		} else {
			*others = true;
		}
	}
	return found;
}

/* The table of the plan, if it is there and made for the plan's number of visits. */
static struct item *
check_table(struct plan_report *r, size_t plan)
{
	const struct plan_body *b = &r->plan[plan].body;
	bool others;
	double sum = 0;
	struct item *t = with_hash(r, SORT_TABLE, b->table, &others);

	if (!t) {
		say(r, others ? PLAN_BAD_TABLE : PLAN_NO_TABLE, plan, NULL);
		return NULL;
	}
	r->plan[plan].sites = t->n;
	for (size_t i = 0; i < t->n; i++)
		sum += plan_coin(t->threshold[i]);
	if (b->drawn >= t->n || fabs(sum - (double)b->drawn) > 1e-6) {
		say(r, PLAN_BAD_SUM, plan, t);
		return NULL;
	}
	say(r, PLAN_GOOD_TABLE, plan, t);
	return t;
}

/* What two persons have committed to and revealed; [0] is the planner's. */
struct shares {
	struct item *commit[2], *reveal[2];
};

/* One share: its commitment, its reveal, and that the two belong together. False where the draw
 * cannot go on. */
static bool
check_share(struct plan_report *r, size_t plan, const struct shares *s, bool approver)
{
	const struct item *commit = s->commit[approver], *other = s->commit[!approver];
	const struct item *reveal = s->reveal[approver];
	uint8_t want[32];

	if (!commit)
		say(r, PLAN_NO_SHARE, plan, NULL)->approver = approver;
	if (!reveal)
		say(r, PLAN_NO_REVEAL, plan, NULL)->approver = approver;
	if (!commit || !reveal)
		return false;
	plan_share_commit(want, reveal->body.secret, r->plan[plan].body.plan);
	if (memcmp(want, commit->body.secret, 32) != 0) {
		say(r, PLAN_BAD_SHARE, plan, reveal);
		return false;
	}
	if (other && memcmp(other->body.secret, reveal->body.other, 32) != 0) {
		say(r, PLAN_REPLACED, plan, other);
		return false;
	}
	if (reveal->body.escrow)
		say(r, PLAN_ESCROW, plan, reveal);
	return true;
}

/* The numbers of the beacon are there if, and only if, the plan has announced one. A reveal by
 * escrow may come without them. */
static bool
check_beacon(struct plan_report *r, size_t plan, const struct item *a, const struct item *b,
	     const char **beacon)
{
	const char *one = a->body.beacon, *two = b->body.beacon;
	bool announced = *r->plan[plan].body.beacon;

	*beacon = *one ? one : two;
	if (announced == (**beacon != '\0') && (!*one || !*two || !strcmp(one, two)))
		return true;
	say(r, PLAN_BAD_BEACON, plan, *one && *two ? b : NULL);
	return false;
}

static int
draw(struct plan_report *r, size_t plan, const struct item *t, const uint8_t key[static 32])
{
	struct plan_seen *p = &r->plan[plan];
	size_t m = p->body.drawn;
	struct plan_stream s;
	int err;

	p->order = calloc(m, sizeof(*p->order));
	p->hour = calloc(m, sizeof(*p->hour));
	if (!p->order || !p->hour)
		return ERR_MEM;
	plan_stream_init(&s, key);
	err = plan_draw(&s, t->threshold, t->n, m, p->order, NULL);
	if (!err) {
		plan_shuffle(&s, p->order, m);
		err = plan_hours(&s, p->hour, m);
	}
	sodium_memzero(&s, sizeof(s));
	if (err != ERR_RANGE)
		return err;
	free(p->order);
	p->order = NULL;
	say(r, PLAN_NO_DRAW, plan, t);
	return 0;
}

static int
check_shares(struct plan_report *r, size_t plan, const struct item *t)
{
	const char *beacon = "";
	uint8_t key[PLAN_KEY_LEN];
	struct shares s;
	bool good = true;

	for (int i = 0; i < 2; i++) {
		s.commit[i] = only(r, plan, PLAN_SHARE, i);
		s.reveal[i] = only(r, plan, PLAN_REVEAL, i);
	}
	for (int i = 0; i < 2; i++)
		good = check_share(r, plan, &s, i) && good;
	if (!good || !check_beacon(r, plan, s.reveal[0], s.reveal[1], &beacon))
		return 0;
	say(r, PLAN_GOOD_SHARES, plan, NULL);
	if (!t)
		return 0;
	int err = plan_draw_key(key, s.reveal[0]->body.secret, s.reveal[1]->body.secret, beacon,
				r->plan[plan].body.table);
	if (!err)
		err = draw(r, plan, t, key);
	sodium_memzero(key, sizeof(key));
	return err;
}

/* Each place of the list has its visit in its slot, or a reason; nothing else is called drawn. */
static void
check_list(struct plan_report *r, size_t plan, const struct item *it)
{
	const struct plan_seen *p = &r->plan[plan];
	const struct plan_body *b = &it->body;

	for (size_t k = 0; k < p->body.drawn; k++) {
		enum plan_said said = PLAN_UNVISITED;
		const char *why = NULL;
		for (size_t i = 0; i < b->visits; i++) {
			const struct plan_visit *v = &b->visit[i];
			if (!v->drawn || v->site != p->order[k])
				continue;
			if (v->why && v->day == p->body.slot[k]) {
				said = PLAN_MISSED;
				why = v->why;
			} else if (v->day == p->body.slot[k] && v->hour == p->hour[k]) {
				said = PLAN_SAID;
			} else {
				said = PLAN_FALSE_TIME;
			}
			break;
		}
		if (said == PLAN_SAID)
			continue;
		struct plan_finding *f = say(r, said, plan, it);
		f->site = p->order[k];
		f->day = p->body.slot[k];
		f->why = why;
	}
	for (size_t i = 0; i < b->visits; i++) {
		size_t before = 0, listed = 0;
		for (size_t k = 0; k < p->body.drawn; k++)
			listed += p->order[k] == b->visit[i].site;
		for (size_t k = 0; k < i; k++)
			before += b->visit[k].drawn && b->visit[k].site == b->visit[i].site;
		if (b->visit[i].drawn && (!listed || before))
			say(r, PLAN_FALSE_VISIT, plan, it)->site = b->visit[i].site;
	}
}

/* What can be counted without the list. */
static void
check_counts(struct plan_report *r, size_t plan, const struct item *it)
{
	const struct plan_body *p = &r->plan[plan].body, *b = &it->body;
	unsigned open = 0, visits = 0, outside = 0;
	struct plan_finding *f;

	for (size_t i = 0; i < b->visits; i++) {
		const struct plan_visit *v = &b->visit[i];
		open += !v->drawn;
		visits += !v->why;
		outside += !v->why && plan_outside(v->day, v->hour);
	}
	/* Some more follow from the seed, and from tips that took stand-by slots or went at once.
	 */
	if (open < plan_discretionary(p) || open > plan_slots_cnt(p) - p->drawn) {
		f = say(r, PLAN_FREE_COUNT, plan, it);
		f->have = open;
		f->want = (unsigned)plan_discretionary(p);
	}
	if (100 * outside < LEAST_OUTSIDE * visits) {
		f = say(r, PLAN_OFFICE, plan, it);
		f->have = 100 * outside / visits;
		f->want = LEAST_OUTSIDE;
	}
}

static void
check_result(struct plan_report *r, size_t plan)
{
	size_t at = 0, cnt = r->cnt;
	struct item *it = next(r, plan, PLAN_RESULT, &at);

	if (!it) {
		say(r, PLAN_NO_RESULT, plan, NULL);
		return;
	}
	for (; it; it = next(r, plan, PLAN_RESULT, &at)) {
		it->used = true;
		check_counts(r, plan, it);
		if (r->plan[plan].order)
			check_list(r, plan, it);
		while (cnt < r->cnt && !plan_said_wrong(r->finding[cnt].said))
			cnt++;
		if (cnt == r->cnt && r->plan[plan].order)
			say(r, PLAN_GOOD_RESULT, plan, it);
		cnt = r->cnt;
	}
}

int
plan_thresholds(uint64_t **out, const struct plan_register *reg, uint32_t day, size_t m,
		double least)
{
	double *w = calloc(reg->cnt ? reg->cnt : 1, 3 * sizeof(*w));
	uint64_t *t = calloc(reg->cnt ? reg->cnt : 1, sizeof(*t));
	int err = w && t ? 0 : ERR_MEM;

	*out = NULL;
	if (!err) {
		double *p = w + reg->cnt, *q = p + reg->cnt;
		for (size_t i = 0; i < reg->cnt; i++)
			w[i] = plan_weight(&reg->site[i], day);
		err = plan_chances(p, w, reg->cnt, m, least);
		if (!err)
			err = plan_odds(q, p, reg->cnt, m, NULL);
		for (size_t i = 0; i < reg->cnt && !err; i++)
			t[i] = plan_threshold(q[i]);
	}
	free(w);
	if (err)
		free(t);
	else
		*out = t;
	return err;
}

/* Whether the coins of the table give the chances that follow from the register. */
static int
same_chances(bool *same, const struct plan_body *b, const struct item *t,
	     const struct plan_register *reg)
{
	size_t n = reg->cnt;
	double *w = calloc(n, 4 * sizeof(*w)), *p = w + n, *q = p + n, *pi = q + n;
	int err = w ? 0 : ERR_MEM;

	*same = n == t->n;
	for (size_t i = 0; i < n && *same && !err; i++) {
		w[i] = plan_weight(&reg->site[i], b->day);
		q[i] = plan_coin(t->threshold[i]);
	}
	if (*same && !err) {
		err = plan_chances(p, w, n, b->drawn, b->least);
		if (!err)
			err = plan_odds_chances(pi, q, n, b->drawn);
		for (size_t i = 0; i < n && !err; i++)
			*same = *same && fabs(pi[i] - p[i]) <= PLAN_TABLE_NEAR;
	}
	free(w);
	if (err && err != ERR_MEM) {
		*same = false;
		err = 0;
	}
	return err;
}

static int
check_register(struct plan_report *r, size_t plan, const struct item *t)
{
	const struct plan_body *b = &r->plan[plan].body;
	bool others, same;
	struct item *reg = with_hash(r, SORT_REGISTER, b->reg, &others);
	int err;

	if (!reg) {
		say(r, others ? PLAN_REGISTERED : PLAN_NO_REGISTER, plan, NULL);
		return 0;
	}
	r->plan[plan].reg = &reg->reg;
	if (!t)
		return 0;
	err = same_chances(&same, b, t, &reg->reg);
	if (!err)
		say(r, same ? PLAN_GOOD_REGISTER : PLAN_UNFAIR, plan, t);
	return err;
}

/* Two plans for one desk whose days overlap: somebody has drawn again. */
static void
check_twins(struct plan_report *r, size_t plan)
{
	const struct plan_body *a = &r->plan[plan].body;

	for (size_t i = 0; i < plan; i++) {
		const struct plan_body *b = &r->plan[i].body;
		if (a->desk == b->desk && a->from <= b->until && b->from <= a->until)
			say(r, PLAN_TWO_PLANS, plan, NULL)->why = r->plan[i].file;
	}
}

static int
check_plan(struct plan_report *r, size_t plan)
{
	const struct plan_body *b = &r->plan[plan].body;
	struct item *t;
	int err;

	check_twins(r, plan);
	size_t d = plan_discretionary(b);
	if (100 * d < PLAN_FREE_LEAST * (d + b->drawn)) {
		struct plan_finding *f = say(r, PLAN_FREE_FEW, plan, NULL);
		f->have = (unsigned)d;
		f->want = (unsigned)(d + b->drawn);
	}
	if (b->day > b->from || b->from - b->day > PLAN_AHEAD_MAX)
		say(r, PLAN_FALSE_DAY, plan, NULL);
	if (fabs(b->least - PLAN_LEAST) > 1e-9)
		say(r, PLAN_FALSE_LEAST, plan, NULL);
	t = check_table(r, plan);
	err = check_shares(r, plan, t);
	if (!err)
		err = check_register(r, plan, t);
	if (!err)
		check_result(r, plan);
	return err;
}

int
plan_verify(struct plan_report *r, const struct plan_file *files, size_t cnt)
{
	int err;

	memset(r, 0, sizeof(*r));
	if (cnt > PLAN_FILES_MAX)
		return ERR_ARG;
	r->work = calloc(1, sizeof(*r->work));
	if (!r->work)
		return ERR_MEM;
	err = read_all(r, files, cnt);
	for (size_t i = 0; i < r->plans && !err; i++)
		err = check_plan(r, i);
	for (size_t i = 0; i < r->work->cnt && !err; i++) {
		const struct item *it = &r->work->item[i];
		if ((it->sort == SORT_BODY || it->sort == SORT_TABLE) && !it->used)
			say(r, PLAN_STRAY, PLAN_FILES_MAX, it);
	}
	return err;
}

static void
say_count(struct plan_report *r, enum plan_said said, size_t plan, unsigned have, unsigned want)
{
	struct plan_finding *f = say(r, said, plan, NULL);

	f->have = have;
	f->want = want;
}

void
plan_report_unseen(struct plan_report *r, size_t plan, unsigned have, unsigned want)
{
	say_count(r, PLAN_UNSEEN, plan, have, want);
}

void
plan_report_agree(struct plan_report *r, size_t plan, unsigned have, unsigned want)
{
	say_count(r, PLAN_GOOD_SEALED, plan, have, want);
}

void
plan_report_differs(struct plan_report *r, size_t plan, const char *order, const char *code,
		    const char *why)
{
	struct plan_finding *f = say(r, PLAN_SEALED, plan, NULL);

	f->file = NULL;
	f->order = order;
	f->differs = code;
	f->why = why;
}

void
plan_report_free(struct plan_report *r)
{
	for (size_t i = 0; i < r->plans; i++) {
		free(r->plan[i].order);
		free(r->plan[i].hour);
	}
	for (size_t i = 0; r->work && i < r->work->cnt; i++) {
		plan_body_free(&r->work->item[i].body);
		free(r->work->item[i].threshold);
		plan_register_free(&r->work->item[i].reg);
	}
	free(r->work);
	memset(r, 0, sizeof(*r));
}
