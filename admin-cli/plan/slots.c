/* What goes into the slots of a plan (see slots.h). */
#include "admin-cli/plan/slots.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

uint8_t
plan_slot_hour(const struct plan_slot *slot)
{
	return (uint8_t)(slot->depart + SLOT_ZONE - slot->day * 24);
}

/* ---- keys ---- */

int
plan_slots_key(uint8_t key[static 32], const uint8_t seed[static 32], const uint8_t plan[static 32],
	       const void *what, size_t len)
{
	uint8_t info[LABEL_LEN(LABEL_SLOTS) + 32 + 32];

	if (len > 32)
		return ERR_ARG;
	memcpy(info, LABEL_SLOTS, LABEL_LEN(LABEL_SLOTS));
	memcpy(info + LABEL_LEN(LABEL_SLOTS), plan, 32);
	memcpy(info + LABEL_LEN(LABEL_SLOTS) + 32, what, len);
	return hkdf_derive(key, 32, HKDF_IN(seed, 32), HKDF_EMPTY,
			   HKDF_IN(info, LABEL_LEN(LABEL_SLOTS) + 32 + len));
}

static int
stream(struct plan_stream *st, const struct plan_slots *s, const void *what, size_t len)
{
	uint8_t key[PLAN_KEY_LEN];
	int err = plan_slots_key(key, s->seed, s->plan->plan, what, len);

	if (!err)
		plan_stream_init(st, key);
	sodium_memzero(key, sizeof(key));
	return err;
}

/* ---- days ---- */

/* The i-th of n slots, evenly spread. */
static uint32_t
day_of(const struct plan_body *b, size_t i, size_t n)
{
	uint64_t days = b->until - b->from + 1;

	return b->from + (uint32_t)((2 * i + 1) * days / (2 * n));
}

/* Two in a quarter, of four discretionary visits or more each, so that what is left of those stays
 * between the drawn ones. */
static size_t
drill_cnt(const struct plan_body *plan)
{
	size_t days = plan->until - plan->from + 1, d = plan_discretionary(plan);
	size_t cnt = (2 * days + SLOT_QUARTER - 1) / SLOT_QUARTER;

	return cnt < d / 4 ? cnt : d / 4;
}

size_t
plan_slots_cnt(const struct plan_body *plan)
{
	return plan->drawn + plan->free + drill_cnt(plan);
}

/*
 * What each of n slots holds, in the order of their days. Drills leave theirs to stand-by. That is
 * anywhere; of the visits those outside the draw are evenly spread among the others, from a place
 * that is drawn. So whoever sees at which slots nobody went learns nothing of which visit was
 * drawn: each is with one chance, whatever happened before and after it.
 */
static int
labels(uint8_t *label, const struct plan_body *b, const uint8_t seed[static 32])
{
	static const uint8_t no_plan[32];
	size_t n = b->drawn + b->free, d = plan_discretionary(b) - drill_cnt(b);
	size_t visits = b->drawn + d, idle = n - visits;
	uint32_t *list = calloc(n, sizeof(*list));
	struct plan_stream st;
	uint8_t key[PLAN_KEY_LEN];
	int err = list ? plan_slots_key(key, seed, no_plan, "days", 4) : ERR_MEM;

	if (!err) {
		plan_stream_init(&st, key);
		for (size_t i = 0; i < n; i++)
			list[i] = (uint32_t)i;
		plan_shuffle(&st, list, n);
		memset(label, SLOT_DRAWN, n);
		for (size_t i = 0; i < idle; i++)
			label[list[i]] = SLOT_STANDBY;
		size_t v = plan_below(&st, visits);
		for (size_t i = 0; i < n; i++)
			if (label[i] != SLOT_STANDBY && ++v &&
			    v * d / visits > (v - 1) * d / visits)
				label[i] = SLOT_PRIVATE;
		sodium_memzero(&st, sizeof(st));
	}
	sodium_memzero(key, sizeof(key));
	free(list);
	return err;
}

int
plan_slots_days(struct plan_body *b, size_t m, size_t d, unsigned week,
		const uint8_t seed[static 32])
{
	size_t days = b->until - b->from + 1, least = (days * week + 6) / 7, n = m + d;
	size_t drawn = 0, left = 0;
	uint8_t label[PLAN_VISITS_MAX];

	b->standby = (2 * n + 4) / 5;
	if (n + b->standby < least)
		b->standby = least - n;
	/* As many on each day, if that is nearly so: the second slot of a day seldom has a need. */
	if (n + b->standby > days && (n + b->standby) % days <= b->standby / 3)
		b->standby -= (n + b->standby) % days;
	n += b->standby;
	if (n > PLAN_VISITS_MAX)
		return ERR_ARG;
	b->drawn = m;
	b->free = n - m;
	b->slot = calloc(n, sizeof(*b->slot));
	int err = b->slot ? labels(label, b, seed) : ERR_MEM;
	for (size_t i = 0; i < n && !err; i++)
		b->slot[label[i] == SLOT_DRAWN ? drawn++ : m + left++] = day_of(b, i, n);
	return err;
}

/* What the free slots of a plan hold: by the seed from which its days were made; with another seed
 * evenly drawn. */
static int
free_labels(uint8_t *label, const struct plan_body *b, const uint8_t seed[static 32],
	    struct plan_stream *st)
{
	size_t n = b->drawn + b->free, drawn = 0, left = 0;
	uint8_t all[PLAN_VISITS_MAX];
	uint32_t list[PLAN_VISITS_MAX];
	bool same = true;
	int err = labels(all, b, seed);

	for (size_t i = 0; i < n && !err && same; i++) {
		size_t at = all[i] == SLOT_DRAWN ? drawn++ : b->drawn + left++;
		same = b->slot[at] == day_of(b, i, n);
		if (same && all[i] != SLOT_DRAWN)
			label[left - 1] = all[i];
	}
	if (err || same)
		return err;
	for (size_t i = 0; i < b->free; i++)
		list[i] = (uint32_t)i;
	plan_shuffle(st, list, b->free);
	for (size_t i = 0; i < b->free; i++)
		label[list[i]] = i < b->standby + drill_cnt(b) ? SLOT_STANDBY : SLOT_PRIVATE;
	return 0;
}

/* ---- filling ---- */

static int
by_day(const void *a, const void *b)
{
	const struct plan_slot *x = a, *y = b;

	return x->hour0 != y->hour0 ? (x->hour0 < y->hour0 ? -1 : 1)
				    : (x->seal > y->seal) - (x->seal < y->seal);
}

/* Hours of slot k, which departs at that hour of its day. The hour of sealing is drawn for all
 * slots alike. */
static void
set_hours(struct plan_slot *slot, uint8_t hour, struct plan_stream *st)
{
	slot->hour0 = (slot->day - 1) * 24 - SLOT_ZONE;
	slot->cut = slot->hour0 - SLOT_CUT;
	slot->seal = slot->cut + (uint32_t)plan_below(st, SLOT_SEALS);
	slot->depart = slot->day * 24 + hour - SLOT_ZONE;
	slot->need = SIZE_MAX;
}

/* Hours of the free slots: in the mean the same share of them outside office hours as of the m
 * drawn ones, whose number is rounded up. */
static int
free_hours(struct plan_stream *st, uint8_t *hour, size_t f, size_t m)
{
	size_t share = ((45 * m + 99) / 100) * f, outside = share / m;

	outside += plan_below(st, m) < share % m;
	return plan_hours_of(st, hour, f, outside);
}

/*
 * Up to a quarter of the discretionary visits are made besides, at stand-by slots, how many only
 * the seed tells: a need that takes a stand-by slot makes one visit more, and nobody shall count
 * from the visits of a period how many needs there were.
 */
static void
add_some(uint8_t *label, const struct plan_slots *s, struct plan_stream *st)
{
	size_t d = plan_discretionary(s->plan), f = s->plan->free;
	size_t room = s->sites > s->plan->drawn + d ? s->sites - s->plan->drawn - d : 0;
	size_t most = d / SLOT_MORE < room ? d / SLOT_MORE : room, more = plan_below(st, most + 1);
	uint32_t list[PLAN_VISITS_MAX];

	for (size_t i = 0; i < f; i++)
		list[i] = (uint32_t)i;
	plan_shuffle(st, list, f);
	for (size_t i = 0; i < f && more; i++)
		if (label[list[i]] == SLOT_STANDBY) {
			label[list[i]] = SLOT_PRIVATE;
			more--;
		}
}

/* Drawn slots as the draw says; free ones discretionary or stand-by, as the seed says. */
static int
row(struct plan_slot *out, const struct plan_slots *s)
{
	size_t m = s->plan->drawn, f = s->plan->free;
	uint8_t *hour = calloc(f ? f : 1, 1), *label = calloc(f ? f : 1, 1);
	struct plan_stream st;
	int err = label && hour ? stream(&st, s, "slots", 5) : ERR_MEM;

	if (!err)
		err = free_labels(label, s->plan, s->seed, &st);
	if (!err)
		err = free_hours(&st, hour, f, m);
	for (size_t k = 0; k < m + f && !err; k++) {
		bool drawn = k < m;
		out[k] = (struct plan_slot){ .day = s->plan->slot[k], .drawn = drawn };
		set_hours(&out[k], drawn ? s->hour[k] : hour[k - m], &st);
		out[k].site = drawn ? s->order[k] : UINT32_MAX;
	}
	if (!err)
		add_some(label, s, &st);
	for (size_t k = 0; k < m + f && !err; k++)
		out[k].filling = k < m ? SLOT_DRAWN : label[k - m];
	sodium_memzero(&st, sizeof(st));
	free(label);
	free(hour);
	return err;
}

/* Private visits that go by the pattern of S1, at any hour of the period. */
static int
drills(struct plan_slot *out, const struct plan_slots *s)
{
	size_t cnt = drill_cnt(s->plan);
	uint64_t hours = (s->plan->until - s->plan->from + 1) * 24;
	struct plan_stream st;
	int err = stream(&st, s, "drills", 6);

	for (size_t k = 0; k < cnt && !err; k++) {
		uint32_t at = s->plan->from * 24 + (uint32_t)plan_below(&st, hours);
		out[k] = (struct plan_slot){
			.day = at / 24, .drill = true, .filling = SLOT_PRIVATE, .need = SIZE_MAX
		};
		out[k].hour0 = out[k].cut = out[k].seal = out[k].depart = at - SLOT_ZONE;
	}
	sodium_memzero(&st, sizeof(st));
	return err;
}

/* The sites of the private visits, then, as far as there are more, one for each stand-by slot:
 * where nobody goes, unless a need takes the slot and another visit was to go to its site. */
static int
sites(struct plan_slot *out, size_t cnt, const struct plan_slots *s)
{
	bool *taken = calloc(s->sites ? s->sites : 1, sizeof(*taken));
	uint32_t *open = calloc(cnt, sizeof(*open));
	size_t m = s->plan->drawn, rest = s->sites > m ? s->sites - m : 0, n = 0, at = 0;
	uint8_t key[32];
	int err = taken && open ? plan_slots_key(key, s->seed, s->plan->plan, "fill", 4) : ERR_MEM;

	for (size_t k = 0; k < m && !err; k++)
		taken[s->order[k]] = true;
	for (size_t k = 0; k < cnt; k++)
		n += out[k].filling == SLOT_PRIVATE;
	n = rest > cnt - m ? cnt - m : n > rest ? n : rest;
	if (!err)
		err = plan_fill(key, s->threshold, s->sites, taken, n, open);
	for (size_t k = 0; k < cnt && !err; k++)
		if (out[k].filling == SLOT_PRIVATE)
			out[k].site = open[at++];
	for (size_t k = 0; k < cnt && at < n && !err; k++)
		if (out[k].filling == SLOT_STANDBY)
			out[k].site = open[at++];
	sodium_memzero(key, sizeof(key));
	free(taken);
	free(open);
	return err;
}

size_t
plan_slots_next(const struct plan_slot *slot, size_t cnt, uint32_t taken)
{
	for (size_t k = 0; k < cnt; k++)
		if (!slot[k].drawn && !slot[k].drill && slot[k].filling != SLOT_NEED &&
		    slot[k].cut > taken)
			return k;
	return SIZE_MAX;
}

/* A drawn visit to the same site that nobody may have sealed yet and that is in time. */
static size_t
same_site(const struct plan_slot *slot, size_t cnt, const struct plan_need *need, size_t own)
{
	uint32_t due = own == SIZE_MAX || slot[own].depart < need->due ? need->due
								       : slot[own].depart;

	for (size_t k = 0; k < cnt; k++)
		if (slot[k].drawn && slot[k].site == need->site && slot[k].cut > need->taken)
			return slot[k].depart <= due ? k : SIZE_MAX;
	return SIZE_MAX;
}

/* A later slot with the site of the need gets what would have gone to the slot that it takes. */
static void
keep_apart(struct plan_slot *slot, size_t cnt, size_t x, uint32_t site)
{
	for (size_t k = x + 1; k < cnt; k++)
		if (!slot[k].drawn && slot[k].filling != SLOT_NEED && slot[k].site == site) {
			slot[k].site = slot[x].site;
			if (slot[k].site == UINT32_MAX)
				slot[k].filling = SLOT_STANDBY;
		}
}

/* Whether it was given back before its order could be sealed. */
static bool
is_gone(const struct plan_need *need, uint32_t cut)
{
	return need->gone && need->gone <= cut;
}

static void
place(struct plan_slot *slot, size_t cnt, struct plan_slots *s, size_t i)
{
	struct plan_need *need = &s->need[i];
	size_t x = plan_slots_next(slot, cnt, need->taken);
	size_t ride = same_site(slot, cnt, need, x);

	need->rides = ride != SIZE_MAX && !need->urgent;
	need->slot = need->urgent ? SIZE_MAX : need->rides ? ride : x;
	if (need->slot == SIZE_MAX || is_gone(need, slot[need->slot].cut)) {
		need->slot = SIZE_MAX;
		return;
	}
	slot[need->slot].need = i;
	if (need->rides)
		return;
	keep_apart(slot, cnt, x, need->site);
	slot[x].filling = SLOT_NEED;
	slot[x].site = need->site;
}

static int
by_taken(const void *a, const void *b)
{
	const struct plan_need *x = a, *y = b;

	return x->taken != y->taken ? (x->taken < y->taken ? -1 : 1)
				    : memcmp(x->id, y->id, sizeof(x->id));
}

int
plan_slots_fill(struct plan_slot *out, struct plan_slots *s)
{
	size_t cnt = plan_slots_cnt(s->plan);
	int err = row(out, s);

	if (!err)
		err = drills(out + s->plan->drawn + s->plan->free, s);
	if (!err)
		err = sites(out, cnt, s);
	if (err)
		return err;
	qsort(out, cnt, sizeof(*out), by_day);
	if (s->needs)
		qsort(s->need, s->needs, sizeof(*s->need), by_taken);
	for (size_t i = 0; i < s->needs; i++)
		place(out, cnt, s, i);
	return 0;
}

#define CROWDED 3 /* one of so many discretionary visits at most */

bool
plan_slots_crowded(const struct plan_body *plan, const struct plan_need *need, size_t needs)
{
	size_t cnt = 0;

	for (size_t i = 0; i < needs; i++)
		cnt += need[i].urgent ? !need[i].gone : need[i].slot != SIZE_MAX && !need[i].rides;
	return CROWDED * cnt > plan_discretionary(plan);
}
